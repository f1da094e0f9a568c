//! Wrong secrets in a row, by the client that they were sent for (RFC 6749 section 2.3.1).

use crate::state::Server;

/// Seconds for which a client is locked.
const LOCKED_FOR: u64 = 60;

/// Whether too many wrong secrets came in the name of a client.
pub(super) fn is_locked(server: &Server, client: &'static str) -> bool {
    let now = server.clock.now();
    let most = server.decisions.grant.back.most_tries;
    let tries = server.store().secrets.get(client).copied();
    tries.is_some_and(|(count, last)| count >= most && now < last + LOCKED_FOR)
}

/// Counts a wrong secret; a right one ends the row.
pub(super) fn count(server: &Server, client: &'static str, wrong: bool) {
    let now = server.clock.now();
    let mut store = server.store();
    if !wrong {
        store.secrets.remove(client);
        return;
    }
    let (count, last) = store.secrets.entry(client).or_default();
    *count = if now < *last + LOCKED_FOR {
        *count + 1
    } else {
        1
    };
    *last = now;
}
