//! Runs the program in a folder of its own, so that no path in its output depends on the machine.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

/// A folder with files, in which the program runs.
pub struct Place {
    folder: TempDir,
}

/// What the program said.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Place {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// The program, without anything of the environment that it was not given.
    pub fn command(&self) -> Command {
        let mut command = Command::cargo_bin("authspec").unwrap();
        command.current_dir(self.path()).env_clear();
        command
    }

    pub fn run(&self, args: &[&str]) -> Said {
        self.run_with(args, &[])
    }

    pub fn run_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Said {
        let mut command = self.command();
        command.args(args).envs(environment.iter().copied());
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said {
            code: output.status.code().unwrap_or(-1),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

/// A port of loopback that notices whether anybody came.
pub struct Ear(TcpListener);

impl Ear {
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.0.local_addr().unwrap())
    }

    pub fn heard_nothing(&self) -> bool {
        self.0.accept().is_err()
    }
}
