//! What was sent and heard in a case, in order, and the one word that sums an answer up.

use std::time::Duration;

use super::message::{Answer, Request};

/// A point in time: the span since the Unix epoch, handed in by whoever has the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Moment(pub Duration);

impl Moment {
    /// Whole seconds since the Unix epoch, as `exp` and `iat` count (RFC 7519 section 2).
    pub fn unix(self) -> i64 {
        i64::try_from(self.0.as_secs()).unwrap_or(i64::MAX)
    }

    /// The time from an earlier moment to this one; zero if that is later.
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

/// Who spoke to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hop {
    /// The harness, as client of an API or authorization server.
    HarnessToTarget,
    /// A browser of a case.
    BrowserToTarget,
    /// A browser of a case at the provider we play.
    BrowserToProvider,
    /// The target at the provider we play.
    TargetToProvider,
    /// Someone at the listener that only listens.
    ToListener,
}

/// One request and what came back.
#[derive(Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Position in the transcript of the case, from 0.
    pub seq: u32,
    /// Who spoke to whom.
    pub hop: Hop,
    /// The actor whose browser it was, or `evil`/`honest` for a provider that was asked.
    pub actor: String,
    /// Index of the step it belongs to.
    pub step: usize,
    /// What was sent.
    pub request: Request,
    /// What came back.
    pub answer: Answer,
    /// When the request was sent.
    pub at: Moment,
    /// From sending to the end of the answer.
    pub took: Duration,
}

/// One word for the answer of any endpoint (`suite-language`: Outcome). Decided in one place, `exec::outcome`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It opened: the protected content, tokens, a code, `active: true`, a login.
    Accepted,
    /// A whole answer that properly says no.
    Refused,
    /// A whole 5xx that no gateway says: nobody got in, nobody was properly refused.
    Errored,
    /// 429, or 503 with Retry-After.
    Throttled,
    /// Not answered, or answered by a gateway.
    Unreachable,
    /// Cut or malformed.
    Broken,
    /// A 2xx of another kind than the good answer.
    Unclear,
    /// A page that no recipe fits, or the same page again.
    Stuck,
}

impl Outcome {
    /// Every outcome, in the order of the documentation.
    pub const ALL: &'static [Self] = &[
        Self::Accepted,
        Self::Refused,
        Self::Errored,
        Self::Throttled,
        Self::Unreachable,
        Self::Broken,
        Self::Unclear,
        Self::Stuck,
    ];

    /// The word in YAML and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Errored => "errored",
            Self::Throttled => "throttled",
            Self::Unreachable => "unreachable",
            Self::Broken => "broken",
            Self::Unclear => "unclear",
            Self::Stuck => "stuck",
        }
    }

    /// The outcome that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|outcome| outcome.word() == word)
    }

    /// An attack was stopped: refused, or the server fell over without letting anybody in.
    pub const fn is_not_accepted(self) -> bool {
        matches!(self, Self::Refused | Self::Errored)
    }

    /// Something was said that can carry a verdict.
    pub const fn is_verdict(self) -> bool {
        matches!(self, Self::Accepted | Self::Refused | Self::Errored)
    }
}
