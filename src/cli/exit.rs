//! How a command ends, and the exit code of each way.
//!
//! The codes are those of [`crate::report::exit`]; nothing else in the program chooses one.

use std::io;
use std::process::ExitCode;

use crate::report::exit::{INTERNAL, OK, UNUSABLE};

use super::console::Console;

/// Why a command did not get to its end.
#[derive(Debug)]
pub(super) enum Failure {
    /// What was given can't be used: the whole message, as it is shown.
    Unusable(String),
    /// The reader of standard output went away.
    Closed,
    /// Something of ours, or of this machine, went wrong.
    Internal(String),
}

/// What a command comes to.
pub(super) type Ending = Result<u8, Failure>;

impl Failure {
    /// A message of one line.
    pub(super) fn unusable(message: impl AsRef<str>) -> Self {
        Self::Unusable(format!(
            "error: {}",
            crate::source::visible(message.as_ref())
        ))
    }

    /// What is said of it.
    pub(super) fn into_message(self) -> String {
        match self {
            Self::Unusable(why) | Self::Internal(why) => why,
            Self::Closed => "standard output was closed".to_owned(),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Internal(format!("standard output can't be written: {error}")),
        }
    }
}

/// Says why a command failed, and maps every ending to its code.
pub(super) fn end(ending: Ending, console: &Console) -> ExitCode {
    let code = match ending {
        Ok(code) => code,
        Err(Failure::Closed) => OK,
        Err(Failure::Unusable(message)) => {
            console.tell(message.trim_end());
            UNUSABLE
        }
        Err(Failure::Internal(message)) => {
            console.tell(&format!("internal error: {message}"));
            INTERNAL
        }
    };
    ExitCode::from(code)
}
