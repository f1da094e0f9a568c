//! An API that does everything right, for servers that differ from it in one thing.

use super::server::{Answer, Asked};

/// What every server here guards.
pub(crate) const PATH: &str = "/orders";

const ACCOUNTS: &[(&str, &str)] = &[
    ("alice", "correct horse battery"),
    ("mallory", "a password of her own"),
    ("carol", "with:colons:inside"),
    ("dàvid", "pässwörd-ünd-mehr"),
    ("erin", LONG),
];

/// Longer than what bcrypt reads.
const LONG: &str =
    "a password that goes on for so long that not every hash function reads it to its very end";

/// The profile of a server at this origin, with all that the Basic cases ask for.
pub(crate) fn profile(origin: &str) -> String {
    profile_with(origin, &format!("[GET {PATH}]"), "")
}

/// The same with another list of guarded endpoints, and further lines.
pub(crate) fn profile_with(origin: &str, guarded: &str, further: &str) -> String {
    format!(
        r#"
target: {origin}
guarded: {guarded}
open: GET /
basic: {{ user: alice, password: correct horse battery }}
users:
  mallory: {{ name: mallory, password: a password of her own }}
  colon: {{ name: carol, password: "with:colons:inside" }}
  non-ascii: {{ name: dàvid, password: pässwörd-ünd-mehr }}
  long: {{ name: erin, password: {LONG} }}
{further}
"#
    )
}

/// The good answer.
pub(crate) fn orders() -> Answer {
    Answer::json(200, r#"{"orders":[{"id":1,"total":20}],"owner":"alice"}"#)
        .with("Cache-Control", "no-store")
}

/// The proper refusal.
pub(crate) fn refusal() -> Answer {
    Answer::json(401, r#"{"error":"unauthorized"}"#).with(
        "WWW-Authenticate",
        r#"Basic realm="orders", charset="UTF-8""#,
    )
}

/// Whether the request carries one credential that is right.
pub(crate) fn is_good(asked: &Asked) -> bool {
    asked
        .basic()
        .is_some_and(|(user, password)| ACCOUNTS.contains(&(user.as_str(), password.as_str())))
}

/// Whether the request is for what is guarded.
pub(crate) fn is_guarded(asked: &Asked) -> bool {
    asked.target.split('?').next() == Some(PATH)
}

/// The answer of the sound API.
pub(crate) fn answer(asked: &Asked) -> Answer {
    answer_or(asked, |_| refusal())
}

/// The answer of the sound API, but for refusals.
pub(crate) fn answer_or(asked: &Asked, refuse: impl FnOnce(&Asked) -> Answer) -> Answer {
    match asked.target.split('?').next() {
        Some("/") => Answer::json(200, r#"{"hello":"world"}"#),
        Some(PATH) if !is_good(asked) => refuse(asked),
        Some(PATH) if asked.method == "GET" || asked.method == "HEAD" => orders(),
        Some(PATH) => Answer::json(405, r#"{"error":"method"}"#).with("Allow", "GET, HEAD"),
        _ => Answer::json(404, r#"{"error":"not found"}"#),
    }
}
