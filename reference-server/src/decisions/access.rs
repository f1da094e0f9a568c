//! What guard and router see of a request, and whom the guard believes.

use axum::http::request::Parts;
use axum::response::Response;

use crate::accounts::{self, Account};

/// Decisions before and around any mechanism.
#[derive(Clone)]
pub(crate) struct Access {
    /// Another name under which a request reaches a resource past its guard. There is none: guard
    /// and router see one path, octet by octet, and one method (CWE-650, CWE-863).
    pub(crate) alias: fn(&Parts) -> Option<Alias>,
    /// Whom a request is believed to come from without a credential: nobody, whatever its address
    /// fields, its Host or its identity fields say (CWE-290).
    pub(crate) trusted: fn(&Parts) -> Option<&'static Account>,
    /// Whose user name and password a login form holds: the argon2 hash says so, and an unknown user
    /// costs the same work.
    pub(crate) login: fn(&str, &str) -> Option<&'static Account>,
    /// Whether the handler waits for the guard (CWE-696): it does.
    pub(crate) order: Order,
    /// What an earlier good request is remembered for: nothing (RFC 9111 section 3.5, CWE-524).
    pub(crate) memory: Memory,
    /// The Cache-Control of a guarded answer (RFC 9111 section 5.2.2, RFC 6750 section 2.3).
    pub(crate) caching: &'static str,
    /// What is added for requests of another origin: nothing (CWE-942).
    pub(crate) cors: fn(&Parts, &mut Response),
    /// What answers a request before router and guard: nothing. TRACE is no method of any resource here
    /// (RFC 9110 section 9.3.8 keeps credentials out of its answer).
    pub(crate) before: fn(&Parts) -> Option<Response>,
    /// What is done to every answer on its way out: nothing. It is whole when it leaves its handler.
    pub(crate) on_the_way_out: fn(&Parts, &mut Response),
    /// Whether the mechanisms have the last word: they do.
    pub(crate) last_word: LastWord,
}

/// A resource reached under a name that its guard doesn't know.
pub(crate) struct Alias {
    /// The path that the router takes it for.
    pub(crate) path: String,
    /// Whether it is taken for a GET.
    pub(crate) as_get: bool,
    /// What is said of caches there, where that name leads past no guard: a rule of its own.
    pub(crate) guarded: Option<&'static str>,
}

/// When a guarded handler runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// After the guard let the request through.
    GuardFirst,
    /// Before the guard answers.
    HandlerFirst,
}

/// What is kept of a good request for later ones.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Memory {
    /// Nothing.
    None,
    /// Its answer, by path, for everyone.
    SharedCache,
    /// Its user, by client address, for everyone behind it.
    Address,
    /// Its user, in a cookie whose value can be guessed.
    Cookie,
}

/// Who decides in the end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum LastWord {
    /// The mechanism.
    Mechanism,
    /// Everything is refused.
    RefuseAll,
    /// Whatever is offered is accepted; who offers nothing is refused.
    AcceptOffered,
    /// Nobody is asked.
    Open,
}

impl Access {
    pub(crate) fn right() -> Self {
        Self {
            alias: |_| None,
            trusted: |_| None,
            login: |name, password| {
                let account = accounts::find(name);
                let matches = accounts::verify(account, password);
                account.filter(|_| matches)
            },
            order: Order::GuardFirst,
            memory: Memory::None,
            caching: "no-store",
            cors: |_, _| {},
            before: |_| None,
            on_the_way_out: |_, _| {},
            last_word: LastWord::Mechanism,
        }
    }
}
