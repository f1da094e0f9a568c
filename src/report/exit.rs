//! The exit code: a function of the counts, of what the user asked for, and of how the run ended.
//!
//! Only `cli` ends the process; nothing here does.

use crate::model::Summary;

/// Judged, and nothing failed.
pub const OK: u8 = 0;
/// Something failed, whatever else happened.
pub const FAILED: u8 = 1;
/// What was given can't be used; nothing was sent.
pub const UNUSABLE: u8 = 2;
/// Nothing failed, but something is inconclusive, or nothing at all could be judged.
pub const INCONCLUSIVE: u8 = 3;
/// Internal error, panic, or a report that couldn't be written.
pub const INTERNAL: u8 = 4;

/// From which level on a broken rule fails the run (`--fail-on`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailOn {
    /// Failed cases only.
    #[default]
    Must,
    /// Warned ones too.
    Should,
}

impl FailOn {
    /// Both, the default first.
    pub const ALL: &'static [Self] = &[Self::Must, Self::Should];

    /// The word on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
        }
    }

    /// The value that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.word() == word)
    }
}

/// Where the user draws the line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// From which level on a broken rule fails the run.
    pub fail_on: FailOn,
    /// Inconclusive cases, and a run that a limit ended early, are let pass.
    pub allow_inconclusive: bool,
}

/// A signal that ended the run early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGHUP.
    Hangup,
    /// SIGINT.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

impl Signal {
    /// 128 and its number, as shells have it.
    pub const fn code(self) -> u8 {
        match self {
            Self::Hangup => 129,
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }
}

/// The exit code of a run.
///
/// A signal comes first: what was judged until then is part of a run, and a shell must see that it was stopped.
/// A failure outweighs the rest. No policy turns a run that judged nothing into a good one.
pub fn code(summary: &Summary, policy: &Policy, internal: bool, signal: Option<Signal>) -> u8 {
    if let Some(signal) = signal {
        return signal.code();
    }
    let failed = summary.failed > summary.known_failed;
    let warned = summary.warned > summary.known_warned;
    let broken = summary.stale > 0
        || match policy.fail_on {
            FailOn::Must => failed,
            FailOn::Should => failed || warned,
        };
    let open = summary.inconclusive > 0 || summary.interrupted.is_some();
    if broken {
        FAILED
    } else if internal {
        INTERNAL
    } else if summary.judged() == 0 || (open && !policy.allow_inconclusive) {
        INCONCLUSIVE
    } else {
        OK
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// passed, warned, failed, skipped, inconclusive
    fn counts([passed, warned, failed, skipped, inconclusive]: [u32; 5]) -> Summary {
        Summary {
            passed,
            warned,
            failed,
            skipped,
            inconclusive,
            ..Summary::default()
        }
    }

    const STRICT: Policy = Policy {
        fail_on: FailOn::Must,
        allow_inconclusive: false,
    };
    const SHOULD: Policy = Policy {
        fail_on: FailOn::Should,
        ..STRICT
    };
    const LENIENT: Policy = Policy {
        allow_inconclusive: true,
        ..STRICT
    };

    #[test]
    fn each_row_of_the_table() {
        for (name, cases, policy, internal, signal, expected) in [
            ("all pass", [5, 0, 0, 0, 0], STRICT, false, None, 0),
            ("some skipped", [5, 0, 0, 3, 0], STRICT, false, None, 0),
            ("warned", [4, 1, 0, 0, 0], STRICT, false, None, 0),
            ("only warned", [0, 1, 0, 0, 0], STRICT, false, None, 0),
            (
                "warned, fail on should",
                [4, 1, 0, 0, 0],
                SHOULD,
                false,
                None,
                1,
            ),
            ("failed", [4, 0, 1, 0, 0], STRICT, false, None, 1),
            (
                "failed and inconclusive",
                [4, 0, 1, 0, 9],
                LENIENT,
                false,
                None,
                1,
            ),
            (
                "failed and a report unwritten",
                [4, 0, 1, 0, 0],
                STRICT,
                true,
                None,
                1,
            ),
            ("inconclusive", [4, 0, 0, 0, 1], STRICT, false, None, 3),
            (
                "inconclusive, allowed",
                [4, 0, 0, 0, 1],
                LENIENT,
                false,
                None,
                0,
            ),
            (
                "warned and inconclusive",
                [0, 1, 0, 0, 1],
                SHOULD,
                false,
                None,
                1,
            ),
            ("all skipped", [0, 0, 0, 7, 0], STRICT, false, None, 3),
            (
                "all inconclusive, allowed",
                [0, 0, 0, 0, 7],
                LENIENT,
                false,
                None,
                3,
            ),
            ("nothing at all", [0, 0, 0, 0, 0], LENIENT, false, None, 3),
            ("internal", [5, 0, 0, 0, 0], STRICT, true, None, 4),
            (
                "internal and inconclusive",
                [5, 0, 0, 0, 1],
                STRICT,
                true,
                None,
                4,
            ),
            (
                "hangup",
                [5, 0, 0, 0, 0],
                STRICT,
                false,
                Some(Signal::Hangup),
                129,
            ),
            (
                "interrupt",
                [0, 0, 0, 0, 0],
                STRICT,
                false,
                Some(Signal::Interrupt),
                130,
            ),
            (
                "interrupt, failed",
                [0, 0, 1, 0, 0],
                STRICT,
                true,
                Some(Signal::Interrupt),
                130,
            ),
            (
                "terminate",
                [0, 0, 0, 0, 1],
                LENIENT,
                false,
                Some(Signal::Terminate),
                143,
            ),
        ] {
            assert_eq!(
                code(&counts(cases), &policy, internal, signal),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn a_run_that_a_limit_ended_is_not_whole() {
        let summary = Summary {
            interrupted: Some("the target throttles".to_owned()),
            ..counts([5, 0, 0, 0, 0])
        };
        assert_eq!(code(&summary, &STRICT, false, None), INCONCLUSIVE);
        assert_eq!(code(&summary, &LENIENT, false, None), OK);
    }

    #[test]
    fn what_is_known_breaks_nothing_and_what_is_stale_does() {
        let known = |known_failed, known_warned, stale| Summary {
            known_failed,
            known_warned,
            stale,
            ..counts([5, 1, 2, 0, 0])
        };
        for (summary, policy, expected) in [
            (known(2, 0, 0), STRICT, OK),
            (known(1, 1, 0), STRICT, FAILED),
            (known(2, 0, 0), SHOULD, FAILED),
            (known(2, 1, 0), SHOULD, OK),
            (known(2, 1, 1), STRICT, FAILED),
        ] {
            assert_eq!(
                code(&summary, &policy, false, None),
                expected,
                "{summary:?}"
            );
        }
        let open = Summary {
            inconclusive: 1,
            ..known(2, 1, 0)
        };
        assert_eq!(code(&open, &STRICT, false, None), INCONCLUSIVE);
    }

    #[test]
    fn words_are_read_back() {
        for one in FailOn::ALL {
            assert_eq!(FailOn::from_word(one.word()), Some(*one));
        }
        assert_eq!(FailOn::from_word("may"), None);
    }
}
