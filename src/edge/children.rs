//! Processes that do a piece of work each and end by themselves, or are ended when their time is over.
//!
//! One that hangs or dies takes nothing with it but its own work.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::watch;
use tokio::time::timeout;

/// How long a process that was asked to end may take for it: it writes its reports then.
const GRACE: Duration = Duration::from_secs(10);
/// Most that is kept of what a process says.
const SAID: usize = 64 * 1024;

/// What is to be done.
pub struct Piece {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Variables of our environment that it does not get.
    pub without: &'static [&'static str],
    /// How long it may take.
    pub within: Duration,
}

/// How a piece ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its exit code; none if a signal ended it, or it could not be started.
    pub code: Option<i32>,
    /// Its time was over.
    pub overdue: bool,
    /// What it said on standard error, or why it was not started.
    pub said: String,
}

/// Does a piece; `stop` turning true asks its process to end.
pub async fn work(piece: Piece, mut stop: watch::Receiver<bool>) -> Ended {
    let mut command = Command::new(&piece.program);
    command
        .args(&piece.arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    for name in piece.without {
        command.env_remove(name);
    }
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            return Ended {
                code: None,
                overdue: false,
                said: error.to_string(),
            };
        }
    };
    let said = tokio::spawn(heard(child.stderr.take()));
    let over = async {
        tokio::select! {
            () = tokio::time::sleep(piece.within) => true,
            _ = stop.wait_for(|stop| *stop) => false,
        }
    };
    let (overdue, status) = tokio::select! {
        status = child.wait() => (false, status),
        overdue = over => (overdue, end(&mut child).await),
    };
    // what it launched may hold the stream open
    let said = timeout(Duration::from_secs(1), said).await;
    Ended {
        code: status.ok().and_then(|status| status.code()),
        overdue,
        said: said.ok().and_then(Result::ok).unwrap_or_default(),
    }
}

/// Asks a process to end, and ends it if it doesn't.
async fn end(child: &mut Child) -> std::io::Result<std::process::ExitStatus> {
    ask(child);
    match timeout(GRACE, child.wait()).await {
        Ok(status) => status,
        Err(_) => {
            child.start_kill()?;
            child.wait().await
        }
    }
}

#[cfg(unix)]
fn ask(child: &Child) {
    let id = child.id().and_then(|id| i32::try_from(id).ok());
    if let Some(id) = id.and_then(rustix::process::Pid::from_raw) {
        // a process that is gone needs not be asked
        let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
    }
}

#[cfg(not(unix))]
fn ask(_: &Child) {}

async fn heard(stream: Option<ChildStderr>) -> String {
    let Some(mut stream) = stream else {
        return String::new();
    };
    let mut said = Vec::new();
    let mut buffer = [0_u8; 4096];
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        let room = SAID.saturating_sub(said.len()).min(read);
        said.extend_from_slice(&buffer[..room]);
    }
    String::from_utf8_lossy(&said).into_owned()
}
