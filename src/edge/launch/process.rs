//! A process with all that it starts, as one group.

use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::Start;
use super::output::Output;

/// Variables that every target sees.
const SEEN: [&str; 4] = ["PATH", "HOME", "TMPDIR", "LANG"];
/// From KILL until we stop waiting for the group to vanish. Dead members that nobody reaps, as in a container
/// without an init process, count as living ones.
const AFTERMATH: Duration = Duration::from_millis(500);
/// From one look to the next.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// A running process. Dropping it stops the group.
pub(super) struct Process {
    child: Child,
    output: Output,
    readers: Vec<JoinHandle<()>>,
    grace: Duration,
    /// The group was seen to be gone: its number may be another's by now, so it is never signalled again.
    gone: bool,
}

impl Process {
    /// Starts the command of a profile; the error never shows a variable's value.
    pub(super) fn spawn(start: &Start) -> Result<Self, String> {
        let (program, arguments) = start
            .command
            .split_first()
            .ok_or_else(|| "the command to start the target is empty".to_owned())?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for name in SEEN {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        for (name, value) in &start.variables {
            command.env(name, value.reveal());
        }
        if let Some(folder) = &start.folder {
            command.current_dir(folder);
        }
        own_group(&mut command);
        let mut child = command
            .spawn()
            .map_err(|why| format!("the target can't be started: {program}: {why}"))?;
        let output = Output::default();
        let mut readers = Vec::new();
        readers.extend(child.stdout.take().map(|pipe| output.follow(pipe)));
        readers.extend(child.stderr.take().map(|pipe| output.follow(pipe)));
        Ok(Self {
            child,
            output,
            readers,
            grace: start.grace,
            gone: false,
        })
    }

    /// How the process itself ended, if it did.
    pub(super) fn ended(&mut self) -> Option<String> {
        match self.child.try_wait() {
            Ok(status) => status.map(|status| status.to_string()),
            Err(why) => Some(why.to_string()),
        }
    }

    /// The end of what it printed.
    pub(super) fn printed(&self) -> String {
        self.output.text()
    }

    /// Asks the group to end, then ends it. Waits, so it is not for a thread that serves others.
    pub(super) fn stop(&mut self) {
        if self.gone {
            return;
        }
        signal::ask(&mut self.child);
        if !self.is_gone_within(self.grace) {
            signal::end(&mut self.child);
            self.is_gone_within(AFTERMATH);
        }
        self.gone = true;
        self.hear_out();
    }

    /// Waits for what was printed last; not for ever, since a process that left the group may hold the pipe.
    fn hear_out(&self) {
        let begun = Instant::now();
        while begun.elapsed() < AFTERMATH && !self.readers.iter().all(JoinHandle::is_finished) {
            std::thread::sleep(LOOK_EVERY);
        }
    }

    fn is_gone_within(&mut self, span: Duration) -> bool {
        let begun = Instant::now();
        loop {
            // the process is reaped first: until then it counts as a member of its group
            let ended = self.ended().is_some();
            if ended && !signal::group_lives(&self.child) {
                return true;
            }
            if begun.elapsed() >= span {
                return false;
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(unix)]
fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
}

#[cfg(not(unix))]
fn own_group(_: &mut Command) {}

#[cfg(unix)]
mod signal {
    use std::process::Child;

    use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

    /// The group has the number of the process that leads it.
    fn group(child: &Child) -> Option<Pid> {
        i32::try_from(child.id()).ok().and_then(Pid::from_raw)
    }

    pub(super) fn ask(child: &mut Child) {
        if let Some(group) = group(child) {
            // an error means that nobody is left
            let _ = kill_process_group(group, Signal::TERM);
        }
    }

    pub(super) fn end(child: &mut Child) {
        if let Some(group) = group(child) {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }

    pub(super) fn group_lives(child: &Child) -> bool {
        group(child).is_some_and(|group| test_kill_process_group(group).is_ok())
    }
}

#[cfg(not(unix))]
mod signal {
    use std::process::Child;

    pub(super) fn ask(child: &mut Child) {
        end(child);
    }

    pub(super) fn end(child: &mut Child) {
        let _ = child.kill();
    }

    pub(super) fn group_lives(_: &Child) -> bool {
        false
    }
}
