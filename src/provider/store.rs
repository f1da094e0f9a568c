//! What was issued: codes and tokens, the newest of them, in order.

use std::collections::VecDeque;
use std::time::Duration;

use crate::model::{Moment, Secret};

/// How many codes, and how many tokens of a kind, are remembered; the oldest are forgotten first.
const REMEMBERED: usize = 4096;

/// RFC 6749 section 4.1.2: ten minutes at most.
pub(super) const CODE_LIFETIME: Duration = Duration::from_secs(600);
pub(super) const TOKEN_LIFETIME: Duration = Duration::from_secs(3600);

/// Things by a text that only their holder knows.
pub(super) struct Bounded<T> {
    kept: VecDeque<(String, T)>,
    forgotten: usize,
}

impl<T> Bounded<T> {
    pub(super) const fn new() -> Self {
        Self {
            kept: VecDeque::new(),
            forgotten: 0,
        }
    }

    pub(super) fn insert(&mut self, handle: String, value: T) {
        if self.kept.len() == REMEMBERED {
            self.kept.pop_front();
            self.forgotten += 1;
        }
        self.kept.push_back((handle, value));
    }

    /// How many there were so far.
    pub(super) fn count(&self) -> usize {
        self.forgotten + self.kept.len()
    }

    /// Those that came after so many.
    pub(super) fn after(&self, count: usize) -> impl Iterator<Item = (&str, &T)> {
        self.iter().skip(count.saturating_sub(self.forgotten))
    }

    pub(super) fn get(&self, handle: &str) -> Option<&T> {
        let newest_first = self.kept.iter().rev();
        newest_first
            .into_iter()
            .find(|(known, _)| known == handle)
            .map(|(_, value)| value)
    }

    pub(super) fn get_mut(&mut self, handle: &str) -> Option<&mut T> {
        let newest_first = self.kept.iter_mut().rev();
        newest_first
            .into_iter()
            .find(|(known, _)| known == handle)
            .map(|(_, value)| value)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.kept
            .iter()
            .map(|(handle, value)| (handle.as_str(), value))
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.kept.iter_mut().map(|(_, value)| value)
    }
}

/// Whom a code or token speaks for, and to whom it was given.
#[derive(Clone)]
pub(super) struct Grant {
    /// The client it was given to.
    pub(super) client: String,
    /// Index of the user; none where the client speaks for itself.
    pub(super) user: Option<usize>,
    /// As asked for; none if none was asked for.
    pub(super) scope: Option<String>,
    /// Of the authorization request (OpenID Connect Core section 3.1.2.1).
    pub(super) nonce: Option<String>,
    /// The first of the classes asked for (OpenID Connect Core section 3.1.2.1).
    pub(super) acr: Option<String>,
    /// When the user was seen.
    pub(super) auth_time: Moment,
    /// Number of the authorization, so that its tokens can end together.
    pub(super) family: u64,
}

impl Grant {
    pub(super) fn has_scope(&self, wanted: &str) -> bool {
        let mut scopes = self.scope.as_deref().unwrap_or_default().split(' ');
        scopes.any(|scope| scope == wanted)
    }
}

/// A code that was given out.
pub(super) struct Code {
    pub(super) grant: Grant,
    /// As the authorization request had it; it must come again if it was there (RFC 6749 section 4.1.3).
    pub(super) redirect_uri: Option<String>,
    /// `code_challenge` and whether its method is S256 (RFC 7636 section 4.3).
    pub(super) challenge: Option<(String, bool)>,
    pub(super) state: Option<String>,
    pub(super) actor: String,
    pub(super) issued: Moment,
    /// Tokens were given for it.
    pub(super) redeemed: bool,
    pub(super) verifiers: Vec<(Option<Secret>, bool)>,
}

/// A device that waits for its user.
pub(super) struct Device {
    pub(super) client: String,
    pub(super) scope: Option<String>,
    pub(super) issued: Moment,
    /// How often its client asked for tokens.
    pub(super) polls: u32,
    pub(super) redeemed: bool,
}

/// A token that was given out.
pub(super) struct Token {
    pub(super) grant: Grant,
    pub(super) issued: Moment,
    pub(super) expires: Option<Moment>,
    pub(super) audience: Option<String>,
    pub(super) jti: String,
    /// Used up, replaced or revoked.
    pub(super) ended: bool,
}

impl Token {
    pub(super) fn is_active(&self, now: Moment) -> bool {
        !self.ended && self.expires.is_none_or(|expires| now < expires)
    }
}

/// All that the provider remembers.
pub(super) struct Store {
    pub(super) codes: Bounded<Code>,
    pub(super) access: Bounded<Token>,
    pub(super) refresh: Bounded<Token>,
    /// Handles of ID tokens, which nobody redeems: kept so that reports can hide them.
    pub(super) id_tokens: Bounded<usize>,
    /// Pushed requests by their URI: the client, and the form.
    pub(super) pushed: Bounded<(String, String)>,
    /// What devices were given, by device code.
    pub(super) devices: Bounded<Device>,
    /// Tokens that describe themselves, and that introspection was asked about.
    pub(super) asked: Bounded<()>,
    families: u64,
}

impl Store {
    pub(super) const fn new() -> Self {
        Self {
            codes: Bounded::new(),
            access: Bounded::new(),
            refresh: Bounded::new(),
            id_tokens: Bounded::new(),
            pushed: Bounded::new(),
            devices: Bounded::new(),
            asked: Bounded::new(),
            families: 0,
        }
    }

    /// A number for a new authorization.
    pub(super) const fn new_family(&mut self) -> u64 {
        self.families = self.families.wrapping_add(1);
        self.families
    }

    /// Ends every token of an authorization (RFC 6749 section 4.1.2, RFC 9700 section 4.14.2).
    pub(super) fn end_family(&mut self, family: u64) {
        let tokens = self.access.values_mut().chain(self.refresh.values_mut());
        for token in tokens.filter(|token| token.grant.family == family) {
            token.ended = true;
        }
    }
}
