//! Browsers: each has a session, the logins it began, and perhaps a user.

use std::collections::{HashMap, HashSet};

use super::device::Waiting;
use super::extension::Way;
use crate::accounts::accounts;
use crate::encoding;

/// A login that a browser began.
#[derive(Debug, Clone, Default)]
pub(crate) struct Login {
    /// The issuer it went to (RFC 9700 section 4.4.2).
    pub(crate) issuer: String,
    /// The nonce that the ID token must have.
    pub(crate) nonce: Option<String>,
    /// The verifier that redeems the code.
    pub(crate) verifier: Option<String>,
    /// What was asked for: a code, or what comes by the browser.
    pub(crate) response_type: &'static str,
    /// Where the browser asked to go afterwards.
    pub(crate) next: Option<String>,
    /// The page of ours that another site asked for.
    pub(crate) target: Option<String>,
    /// Where its answer comes.
    pub(crate) redirect_uri: String,
    /// The extension that it uses.
    pub(crate) way: Way,
}

/// Who is logged in: issuer and subject together (OIDC Core 5.7).
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) name: String,
    /// The provider's name for its session.
    pub(crate) sid: Option<String>,
    /// The access token that the login brought.
    pub(crate) token: String,
    /// With what new tokens are asked for.
    pub(crate) kept: Option<Kept>,
}

/// The refresh token of a session.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) refresh_token: String,
    /// When the access token is over, in milliseconds.
    pub(crate) over: u64,
}

impl User {
    /// Whoever it is, where nobody was asked.
    pub(crate) fn somebody() -> Self {
        let first = accounts().first();
        Self {
            issuer: String::new(),
            subject: first.map_or("", |account| account.subject).to_owned(),
            name: first.map_or("", |account| account.name).to_owned(),
            sid: None,
            token: String::new(),
            kept: None,
        }
    }

    /// The account of this subject.
    pub(crate) fn of_subject(subject: &str) -> Option<Self> {
        let account = accounts()
            .iter()
            .find(|account| account.subject == subject)?;
        Some(Self {
            subject: account.subject.to_owned(),
            name: account.name.to_owned(),
            ..Self::somebody()
        })
    }
}

/// One browser's session.
#[derive(Debug, Default)]
pub(crate) struct Browser {
    /// The logins under way, by state.
    pub(crate) logins: HashMap<String, Login>,
    /// The state of the login begun last.
    pub(crate) latest: Option<String>,
    user: Option<User>,
    /// A login on another device.
    device: Option<Waiting>,
    given_up: bool,
    /// The next challenge is a weaker one.
    weakened: bool,
}

/// All browsers, by session identifier.
#[derive(Debug, Default)]
pub(crate) struct Browsers {
    by_session: HashMap<String, Browser>,
    /// The logout tokens that came, by their identifiers.
    told: HashSet<String>,
    /// The nonces of all logins; empty unless a fault keeps them.
    pub(crate) nonces: HashSet<String>,
}

/// How many sessions and logins are kept. Beyond that the server forgets rather than grows.
const SESSIONS: usize = 10_000;
const LOGINS: usize = 20;

impl Browsers {
    /// Begins a login in the session, or in a new one where it has none here.
    pub(crate) fn begin(&mut self, session: Option<String>, state: String, login: Login) -> String {
        let known = session.filter(|session| self.by_session.contains_key(session));
        if self.by_session.len() >= SESSIONS {
            self.by_session.clear();
        }
        let session = known.unwrap_or_else(encoding::unguessable);
        let browser = self.by_session.entry(session.clone()).or_default();
        if browser.logins.len() >= LOGINS {
            browser.logins.clear();
        }
        browser.latest = Some(state.clone());
        browser.logins.insert(state, login);
        session
    }

    /// Waits for a device in the session, or in a new one where it has none here.
    pub(crate) fn wait_for_device(&mut self, session: Option<String>, waiting: Waiting) -> String {
        let known = session.filter(|session| self.by_session.contains_key(session));
        if self.by_session.len() >= SESSIONS {
            self.by_session.clear();
        }
        let session = known.unwrap_or_else(encoding::unguessable);
        self.by_session.entry(session.clone()).or_default().device = Some(waiting);
        session
    }

    /// The login on another device that the session waits for.
    pub(crate) fn device(&self, session: &str) -> Option<Waiting> {
        self.by_session.get(session)?.device.clone()
    }

    /// Puts the user into the session, under a new identifier: one that was known before the login
    /// opens nothing afterwards.
    pub(crate) fn log_in(&mut self, session: Option<String>, user: User, renew: bool) -> String {
        let old = session.unwrap_or_else(encoding::unguessable);
        let mut browser = self.by_session.remove(&old).unwrap_or_default();
        browser.user = Some(user);
        browser.device = None;
        let session = if renew { encoding::unguessable() } else { old };
        self.by_session.insert(session.clone(), browser);
        session
    }

    /// Who is logged in.
    pub(crate) fn user(&self, session: &str) -> Option<User> {
        self.by_session.get(session)?.user.clone()
    }

    /// The user whose access token is over, and the refresh token, which nobody gets twice.
    pub(crate) fn take_due(&mut self, session: &str, now: u64) -> Option<(User, Kept)> {
        let user = self.by_session.get_mut(session)?.user.as_mut()?;
        let kept = user.kept.take_if(|kept| kept.over <= now)?;
        Some((user.clone(), kept))
    }

    /// The user of a session that is still there, after a refresh.
    pub(crate) fn keep(&mut self, session: &str, user: User) {
        if let Some(browser) = self.by_session.get_mut(session) {
            browser.user = Some(user);
        }
    }

    /// No login of this session will succeed any more.
    pub(crate) fn give_up(&mut self, session: Option<&str>) {
        if let Some(browser) = session.and_then(|session| self.by_session.get_mut(session)) {
            browser.given_up = true;
        }
    }

    pub(crate) fn has_given_up(&self, session: Option<&str>) -> bool {
        let browser = session.and_then(|session| self.by_session.get(session));
        browser.is_some_and(|browser| browser.given_up)
    }

    /// The next challenge of this session is a weaker one.
    pub(crate) fn weaken(&mut self, session: Option<&str>) {
        if let Some(browser) = session.and_then(|session| self.by_session.get_mut(session)) {
            browser.weakened = true;
        }
    }

    pub(crate) fn is_weakened(&self, session: Option<&str>) -> bool {
        let browser = session.and_then(|session| self.by_session.get(session));
        browser.is_some_and(|browser| browser.weakened)
    }

    pub(crate) fn get_mut(&mut self, session: &str) -> Option<&mut Browser> {
        self.by_session.get_mut(session)
    }

    /// All sessions, for who asks whose a login is.
    pub(crate) fn all(&mut self) -> impl Iterator<Item = &mut Browser> {
        self.by_session.values_mut()
    }

    /// Notes a logout token; whether it is the first of its identifier.
    pub(crate) fn told(&mut self, id: &str) -> bool {
        if self.told.len() >= SESSIONS {
            self.told.clear();
        }
        self.told.insert(id.to_owned())
    }

    /// Ends the sessions of a user of an issuer: the one that the provider calls by this name, or all of this subject.
    pub(crate) fn end(&mut self, issuer: &str, subject: Option<&str>, sid: Option<&str>) {
        self.by_session.retain(|_, browser| {
            !browser.user.as_ref().is_some_and(|user| {
                let named = match sid {
                    Some(_) => user.sid.as_deref() == sid,
                    None => subject == Some(user.subject.as_str()),
                };
                user.issuer == issuer && named
            })
        });
    }

    pub(crate) fn remove(&mut self, session: &str) {
        self.by_session.remove(session);
    }
}
