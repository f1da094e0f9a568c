//! What the authorization server has issued, and who is logged in at it.

use std::collections::HashMap;

use serde_json::Value;

use super::device::Device;
use super::openid::{Known, Wishes};
use super::register::Registered;
use super::request::Pushed;
use crate::accounts::Account;
use crate::clients::Client;
use crate::encoding;

/// How many of each are kept. Beyond that the server forgets rather than grows.
const KEPT: usize = 20_000;

/// What extensions add to a request and to what is granted for it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extra {
    /// The request_uri under which it was pushed (RFC 9126).
    pub(crate) pushed: Option<String>,
    /// The thumbprint of the key that it is bound to (RFC 9449).
    pub(crate) jkt: Option<String>,
    /// The thumbprint of the certificate that it is bound to (RFC 8705).
    pub(crate) certificate: Option<String>,
    /// The APIs that the tokens are for; the server's own if none is named (RFC 8707).
    pub(crate) resources: Vec<String>,
    /// What was asked for in detail (RFC 9396).
    pub(crate) details: Vec<Value>,
    /// The name of the key with which the client authenticated, where it did by a JWT.
    pub(crate) client_key: Option<String>,
    /// Who acts for the user (RFC 8693 section 4.1).
    pub(crate) actor: Option<String>,
}

/// An authorization request that passed its checks.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) extra: Extra,
    pub(crate) client: &'static Client,
    /// Where the answer goes.
    pub(crate) redirect_uri: String,
    /// Whether the request named it.
    pub(crate) named_redirect_uri: bool,
    pub(crate) scope: String,
    pub(crate) state: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: Option<String>,
    /// The subjects that a hint or the claims parameter asked for, each on a line.
    pub(crate) subject: Option<String>,
    /// The user name that the form begins with.
    pub(crate) hint: Option<String>,
    /// Whether the user must log in for this request.
    pub(crate) fresh_login: bool,
    /// The response type, where tokens are asked for beside or instead of a code.
    pub(crate) tokens: Option<String>,
    /// Whether the answer shall stand in the query.
    pub(crate) in_query: bool,
    /// The scope as it was asked for.
    pub(crate) asked_scope: String,
    pub(crate) max_age: Option<u64>,
    /// What OpenID Connect lets it ask for.
    pub(crate) wishes: Wishes,
}

/// A request that waits for the user.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub(crate) asked: Asked,
    /// The session of the browser that brought it.
    pub(crate) session: String,
    /// What the forms of its pages carry.
    pub(crate) form: String,
}

/// A browser at the authorization server.
#[derive(Debug, Clone, Default)]
pub(crate) struct Session {
    pub(crate) account: Option<&'static Account>,
    /// When the user logged in, in seconds.
    pub(crate) since: u64,
}

/// An authorization code.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(crate) asked: Asked,
    pub(crate) account: &'static Account,
    pub(crate) since: u64,
    /// When it was issued, in milliseconds.
    pub(crate) issued: u64,
    /// What became of it.
    pub(crate) used: Option<Spent>,
}

/// That a code was used.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spent {
    /// The grant that its use made.
    pub(crate) grant: u64,
    /// From when on it counts as used, in milliseconds: at once, on a sound server.
    pub(crate) from: u64,
}

/// What a user or a client was granted; its tokens end with it.
#[derive(Debug, Clone)]
pub(crate) struct Granted {
    pub(crate) extra: Extra,
    pub(crate) client: &'static str,
    pub(crate) account: Option<&'static Account>,
    pub(crate) scope: String,
    pub(crate) ended: bool,
}

impl Granted {
    /// This scope, and nothing beside it.
    pub(crate) fn new(client: &Client, account: Option<&'static Account>, scope: String) -> Self {
        Self {
            extra: Extra::default(),
            client: client.id,
            account,
            scope,
            ended: false,
        }
    }
}

/// A refresh token.
#[derive(Debug, Clone)]
pub(crate) struct Refresh {
    pub(crate) grant: u64,
    /// From when on it counts as used, in milliseconds; none: it was not used.
    pub(crate) used: Option<u64>,
    /// When it expires, in seconds.
    pub(crate) expires: u64,
    /// The scope it keeps.
    pub(crate) scope: String,
}

/// An access token, by its jti.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) grant: u64,
    pub(crate) ended: bool,
    /// What it is good for in detail (RFC 9396).
    pub(crate) details: Vec<Value>,
}

/// Everything that was issued.
#[derive(Debug, Default)]
pub(crate) struct Store {
    pub(crate) pending: HashMap<String, Pending>,
    pub(crate) sessions: HashMap<String, Session>,
    pub(crate) codes: HashMap<String, Code>,
    pub(crate) grants: HashMap<u64, Granted>,
    pub(crate) refresh: HashMap<String, Refresh>,
    pub(crate) access: HashMap<String, Access>,
    /// Wrong passwords in a row, by user, and when the last one came, in seconds.
    pub(crate) tries: HashMap<&'static str, (u32, u64)>,
    /// Wrong secrets in a row, by client, and when the last one came, in seconds.
    pub(crate) secrets: HashMap<&'static str, (u32, u64)>,
    /// Devices that wait for their users.
    pub(crate) devices: HashMap<String, Device>,
    /// Clients that registered themselves.
    pub(crate) registered: HashMap<String, Registered>,
    /// Requests that were pushed.
    pub(crate) pushed: HashMap<String, Pushed>,
    /// Identifiers of JWTs that may be used once.
    pub(crate) seen: HashMap<String, ()>,
    /// What users agreed to, by the browser's session and what was asked.
    pub(crate) agreed: HashMap<(String, String), ()>,
    /// How the user of a grant logged in.
    pub(crate) known: HashMap<u64, Known>,
    counter: u64,
}

impl Store {
    /// A number that was not used before.
    pub(crate) fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// Keeps a device.
    pub(crate) fn keep_device(&mut self, name: String, device: Device) {
        forget(&mut self.devices);
        self.devices.insert(name, device);
    }

    /// Keeps what a client said of itself.
    pub(crate) fn keep_registered(&mut self, id: String, registered: Registered) {
        forget(&mut self.registered);
        self.registered.insert(id, registered);
    }

    /// Keeps a pushed request.
    pub(crate) fn keep_pushed(&mut self, name: String, pushed: Pushed) {
        forget(&mut self.pushed);
        self.pushed.insert(name, pushed);
    }

    /// Whether a name comes for the first time.
    pub(crate) fn first(&mut self, name: String) -> bool {
        forget(&mut self.seen);
        self.seen.insert(name, ()).is_none()
    }

    /// Keeps a request for the user, and gives its name.
    pub(crate) fn suspend(&mut self, asked: Asked, session: String) -> (String, Pending) {
        forget(&mut self.pending);
        let name = encoding::unguessable();
        let pending = Pending {
            asked,
            session,
            form: encoding::unguessable(),
        };
        self.pending.insert(name.clone(), pending.clone());
        (name, pending)
    }

    /// The session, or a new one where it is not known.
    pub(crate) fn session(&mut self, name: Option<String>, fresh: fn(u64) -> String) -> String {
        forget(&mut self.sessions);
        let known = name.filter(|name| self.sessions.contains_key(name));
        let name = known.unwrap_or_else(|| fresh(self.next()));
        self.sessions.entry(name.clone()).or_default();
        name
    }

    /// Logs the user in, under a new name of the session.
    pub(crate) fn log_in(
        &mut self,
        old: &str,
        session: Session,
        renew: Option<fn(u64) -> String>,
    ) -> String {
        let name = match renew {
            Some(fresh) => fresh(self.next()),
            None => old.to_owned(),
        };
        self.sessions.remove(old);
        self.sessions.insert(name.clone(), session);
        for pending in self
            .pending
            .values_mut()
            .filter(|pending| pending.session == old)
        {
            pending.session.clone_from(&name);
        }
        name
    }

    /// Keeps a code.
    pub(crate) fn keep_code(&mut self, name: String, code: Code) {
        forget(&mut self.codes);
        self.codes.insert(name, code);
    }

    /// Keeps a grant, and gives its number.
    pub(crate) fn keep_grant(&mut self, granted: Granted) -> u64 {
        forget(&mut self.grants);
        let number = self.next();
        self.grants.insert(number, granted);
        number
    }

    /// Keeps a refresh token.
    pub(crate) fn keep_refresh(&mut self, name: String, refresh: Refresh) {
        forget(&mut self.refresh);
        self.refresh.insert(name, refresh);
    }

    /// Keeps that a user agreed to a request in this browser.
    pub(crate) fn agree(&mut self, session: String, request: String) {
        forget(&mut self.agreed);
        self.agreed.insert((session, request), ());
    }

    /// Keeps how the user of a grant logged in.
    pub(crate) fn keep_known(&mut self, grant: u64, known: Known) {
        forget(&mut self.known);
        self.known.insert(grant, known);
    }

    /// Keeps that an access token was issued.
    pub(crate) fn keep_access(&mut self, jti: String, access: Access) {
        forget(&mut self.access);
        self.access.insert(jti, access);
    }

    /// Ends a grant with all its tokens.
    pub(crate) fn end(&mut self, grant: u64) {
        if let Some(granted) = self.grants.get_mut(&grant) {
            granted.ended = true;
        }
    }

    /// Ends the access tokens of a grant, and nothing else of it.
    pub(crate) fn end_last_access(&mut self, grant: u64) {
        let own = |access: &&mut Access| access.grant == grant;
        let all = self.access.values_mut();
        all.filter(own).for_each(|access| access.ended = true);
    }

    /// Ends the grants of a user.
    pub(crate) fn end_all_of(&mut self, user: &str) {
        let own = |granted: &&mut Granted| granted.account.is_some_and(|one| one.name == user);
        let grants = self.grants.values_mut();
        grants.filter(own).for_each(|granted| granted.ended = true);
    }

    /// Whether the tokens of a grant still live.
    pub(crate) fn lives(&self, grant: u64) -> bool {
        self.grants
            .get(&grant)
            .is_some_and(|granted| !granted.ended)
    }

    /// Whether the access token was ended before it expired.
    pub(crate) fn is_revoked(&self, jti: &str) -> bool {
        self.access
            .get(jti)
            .is_some_and(|access| access.ended || !self.lives(access.grant))
    }
}

fn forget<K, V>(map: &mut HashMap<K, V>) {
    if map.len() >= KEPT {
        map.clear();
    }
}
