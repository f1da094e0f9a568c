//! Logins whose tokens come by the browser: the implicit and the hybrid flow (OpenID Connect Core sections 3.2 and 3.3).
//!
//! What came by the browser came through anybody's hands. It is believed by its signature alone, and only together.

use serde_json::{Map, Value};

use super::browser::{Login, User};
use super::exchange::{self, Bound};
use super::userinfo;
use crate::state::Server;
use crate::upstream::Provider;

/// The flows that a page of this application may ask for, beside the code alone.
const TYPES: [&str; 3] = ["code id_token", "id_token", "id_token token"];

/// The flow that a login goes by: the code alone unless another was asked for.
pub(super) fn response_type(asked: Option<&str>) -> &'static str {
    let known = TYPES.iter().find(|known| asked == Some(known));
    known.copied().unwrap_or("code")
}

/// Whether tokens come by the browser.
pub(super) fn is_front(response_type: &str) -> bool {
    TYPES.contains(&response_type)
}

/// Whether the answer is one answer: each parameter once, what was asked for and no error.
pub(super) fn coherent(response_type: &str, answer: &[(String, String)]) -> bool {
    let count = |name: &str| answer.iter().filter(|(given, _)| given == name).count();
    let asked = |part: &str| usize::from(response_type.split(' ').any(|one| one == part));
    count("id_token") == 1
        && count("code") == asked("code")
        && count("access_token") == asked("token")
        && count("error") == 0
        && count("state") == 1
        && count("iss") <= 1
}

/// The user whom an answer stands for.
pub(super) async fn complete(
    server: &Server,
    provider: &Provider,
    metadata: &Map<String, Value>,
    login: &Login,
    given: &[(String, String)],
) -> Option<User> {
    let one = |name: &str| {
        let mut values = given.iter().filter(|(given, _)| given == name);
        values.next().map(|(_, value)| value.as_str())
    };
    let (code, access_token) = (one("code"), one("access_token"));
    let bound = Bound {
        access_token: access_token.unwrap_or_default(),
        code: code.unwrap_or_default(),
        state: one("state").unwrap_or_default(),
        front: true,
    };
    let rules = &server.decisions.client;
    let text = one("id_token")?;
    let claims = exchange::id_token(server, provider, metadata, login, text, &bound).await?;
    // A hash is there for each that came along (OIDC Core 3.2.2.10, 3.3.2.11).
    let named = |name: &str, came: bool| !came || claims.contains_key(name);
    if !(rules.answers.hashes_may_miss
        || named("c_hash", code.is_some()) && named("at_hash", access_token.is_some()))
    {
        return None;
    }
    let subject = claims.get("sub")?.as_str()?;
    if let Some(code) = code {
        let user = exchange::redeem(server, provider, metadata, login, given, code).await?;
        return (user.subject == subject).then_some(user);
    }
    let name = match access_token {
        Some(token) => {
            userinfo::name(server, provider, metadata, login.way, &claims, token).await?
        }
        None => claims
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or(subject)
            .to_owned(),
    };
    Some(User {
        issuer: login.issuer.clone(),
        sid: None,
        subject: subject.to_owned(),
        name,
        token: access_token.unwrap_or_default().to_owned(),
        kept: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_holds_what_was_asked_for() {
        for (asked, answer, good) in [
            ("code id_token", "code=a&id_token=b&state=c", true),
            ("code id_token", "id_token=b&state=c", false),
            ("id_token", "id_token=b&state=c", true),
            ("id_token", "id_token=b&id_token=b&state=c", false),
            ("id_token", "id_token=b&state=c&access_token=d", false),
            ("id_token token", "id_token=b&state=c&access_token=d", true),
            ("id_token token", "id_token=b&access_token=d", false),
            ("id_token", "id_token=b&state=c&error=d", false),
        ] {
            let answer = crate::encoding::form(answer.as_bytes());
            assert_eq!(coherent(asked, &answer), good, "{asked} {answer:?}");
        }
    }

    #[test]
    fn only_known_flows_are_asked_for() {
        assert_eq!(response_type(Some("id_token")), "id_token");
        assert_eq!(response_type(Some("token")), "code");
        assert_eq!(response_type(None), "code");
    }
}
