//! The places that only some cases are about: what is asked there, and what a yes looks like.

use serde_json::{Value, json};

use crate::model::{Answer, Exchange, Header, Outcome, Request, Response, Silence};
use crate::suite::profile::{Door, Place};
use crate::wire::{json, tls};

use super::act::request_for;
use super::form_body::set_content;
use super::outcome::{Oracle, of_plain, unjudged};

/// Whether a credential goes there: to change an account the profile gives one of its own, and none is sent in the
/// clear.
pub(super) fn takes_credential(word: &str) -> bool {
    matches!(
        word,
        "admin-only" | "own-object" | "other-object" | "socket" | "graphql"
    )
}

/// The request as it is sent with this method, or the place's own. The port for plain HTTP is asked for what the door
/// guards.
pub(super) fn request(
    word: &str,
    place: &Place,
    door: Option<&Door>,
    method: Option<String>,
) -> Request {
    let mut request = match door.filter(|_| matches!(word, "plain-http" | "over-tls")) {
        Some(door) => request_for(&door.endpoint),
        None => request_for(&place.endpoint),
    };
    request.method = method.unwrap_or(request.method);
    match word {
        "plain-http" | "over-tls" => request.origin = place.endpoint.origin.clone(),
        "socket" => request.headers.extend(handshake()),
        // with GET it stands in the query
        "graphql" if request.method != "GET" => {
            let field = place.mutation.as_deref().unwrap_or_default();
            let body = json!({ "query": format!("mutation {{ {field} }}") });
            set_content(
                &mut request,
                "application/json",
                body.to_string().into_bytes(),
            );
        }
        _ => {}
    }
    request
}

/// The first message of a handshake in the place of a request.
pub(super) fn hello(place: &Place, offers: &str, random: &[u8; 32]) -> Result<Request, String> {
    let offer = tls::find(offers).ok_or_else(|| format!("nothing offers `{offers}`"))?;
    let origin = place.endpoint.origin.clone();
    let body = offer.client_hello(&origin.host, random);
    let mut request = Request::new(tls::METHOD, origin, "/");
    request
        .headers
        .push(Header::new("Offers", offer.versions()));
    request.body = body;
    Ok(request)
}

/// RFC 6455 section 4.1. The key need not be new: nobody here reads what would follow.
fn handshake() -> [Header; 4] {
    [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "YXV0aHNwZWMtaGFuZHNoYQ=="),
    ]
    .map(|(name, value)| Header::new(name, value))
}

/// How an answer there is to be taken.
pub(super) fn outcome(word: &str, place: &Place, exchange: &Exchange) -> Outcome {
    let answer = &exchange.answer;
    match word {
        "socket" => of_upgrade(answer),
        "graphql" => whole(answer, is_data),
        "plain-http" => in_the_clear(answer),
        "over-tls" | "issuer-over-tls" if exchange.request.method == tls::METHOD => {
            of_hello(exchange)
        }
        "over-tls" | "issuer-over-tls" => of_certificate(answer),
        _ => match (&place.accepted, &place.shows) {
            (Some(rule), _) => Oracle {
                rule: Some(rule.clone()),
                ..Oracle::default()
            }
            .classify(exchange),
            (None, Some(text)) => whole(answer, |response| {
                String::from_utf8_lossy(response.body.bytes()).contains(text.as_str())
            }),
            (None, None) => of_plain(answer),
        },
    }
}

/// 101 is a yes; whatever else came is a no.
fn of_upgrade(answer: &Answer) -> Outcome {
    match answer.status() {
        Some(101) => Outcome::Accepted,
        Some(200..=299) => Outcome::Refused,
        _ => of_plain(answer),
    }
}

/// A ServerHello that chose of what was offered is a yes; an alert, or a connection that ends, is a no. Where the
/// newest version is offered only an alert about versions and suites is one: anything else may be about our hello.
fn of_hello(exchange: &Exchange) -> Outcome {
    let offered: Vec<String> = exchange.request.header("offers").map(text_of).collect();
    let newest = offered.iter().any(|all| all.contains("TLS 1.3"));
    match &exchange.answer {
        Answer::Response(response) => {
            const ABOUT_VERSIONS: &[&str] = &[
                "protocol_version",
                "handshake_failure",
                "insufficient_security",
            ];
            let alert = response.first("tls-alert");
            let other = |alert: String| !ABOUT_VERSIONS.contains(&alert.as_str());
            if newest && alert.is_some_and(other) {
                return Outcome::Unclear;
            }
            let chosen = response.first("tls-version");
            let fits = |chosen: String| offered.iter().any(|all| all.contains(&chosen));
            if chosen.is_some_and(fits) {
                Outcome::Accepted
            } else {
                Outcome::Refused
            }
        }
        Answer::Silence(Silence::Closed(_)) if !newest => Outcome::Refused,
        Answer::Silence(Silence::Malformed(_)) => Outcome::Broken,
        Answer::Silence(_) => Outcome::Unreachable,
    }
}

fn text_of(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}

/// Any answer came through a connection whose certificate was checked; one that was refused for its certificate is a
/// no, and no other silence is.
fn of_certificate(answer: &Answer) -> Outcome {
    match answer {
        Answer::Response(_) => Outcome::Accepted,
        // who minds our certificate has shown its own before
        Answer::Silence(Silence::Declined(_)) => Outcome::Accepted,
        Answer::Silence(Silence::Unreachable(why)) if why.contains("certificate") => {
            Outcome::Refused
        }
        silent => unjudged(silent).unwrap_or(Outcome::Unreachable),
    }
}

/// A 2xx with something in it; one without is a no.
fn whole(answer: &Answer, accepted: impl Fn(&Response) -> bool) -> Outcome {
    match of_plain(answer) {
        Outcome::Accepted if answer.response().is_some_and(accepted) => Outcome::Accepted,
        Outcome::Accepted => Outcome::Refused,
        other => other,
    }
}

/// A member of `data` that is not null, of one answer or of one in a list.
fn is_data(response: &Response) -> bool {
    let has_data = |answer: &Value| {
        let data = answer.get("data").and_then(Value::as_object);
        data.is_some_and(|data| data.values().any(|value| !value.is_null()))
    };
    match json::parse_lenient(response.body.bytes()) {
        Some(Value::Array(all)) => all.iter().any(has_data),
        Some(one) => has_data(&one),
        None => false,
    }
}

/// Who asks for a credential in the clear would take it there. A port that nobody listens on serves nothing.
fn in_the_clear(answer: &Answer) -> Outcome {
    match answer {
        Answer::Silence(Silence::Unreachable(_)) => Outcome::Refused,
        other => match (unjudged(other), other.response()) {
            (Some(outcome), _) => outcome,
            (None, Some(response)) if response.first("www-authenticate").is_some() => {
                Outcome::Accepted
            }
            (None, Some(response)) if response.status >= 500 => Outcome::Errored,
            _ => Outcome::Refused,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Body, Hop, Moment, Origin};

    fn exchange(method: &str, answer: Answer) -> Exchange {
        let origin = Origin {
            scheme: "https".to_owned(),
            host: "api.example".to_owned(),
            port: 443,
        };
        Exchange {
            seq: 0,
            hop: Hop::HarnessToTarget,
            actor: "alice".to_owned(),
            step: 0,
            request: Request::new(method, origin, "/"),
            answer,
            at: Moment::default(),
            took: std::time::Duration::ZERO,
        }
    }

    fn answered(status: u16, fields: &[(&str, &str)], body: &str) -> Answer {
        let fields = fields
            .iter()
            .map(|(name, value)| Header::new(*name, *value));
        let response = Response::new(status, fields.collect(), body);
        assert!(matches!(response.body, Body::Whole(_)));
        Answer::Response(response)
    }

    #[test]
    fn a_hello_is_refused_by_what_is_about_versions() {
        let closed = || Answer::Silence(Silence::Closed("reset".to_owned()));
        let alert = |name| answered(400, &[("TLS-Alert", name)], "");
        let hello = |version| answered(200, &[("TLS-Version", version)], "");
        for (offers, answer, outcome) in [
            ("TLS 1.3, TLS 1.2", hello("TLS 1.2"), Outcome::Accepted),
            ("TLS 1.3, TLS 1.2", hello("TLS 1.0"), Outcome::Refused),
            ("TLS 1.3", alert("protocol_version"), Outcome::Refused),
            ("TLS 1.3", alert("unrecognized_name"), Outcome::Unclear),
            ("TLS 1.3", closed(), Outcome::Unreachable),
            ("TLS 1.0", hello("TLS 1.0"), Outcome::Accepted),
            ("TLS 1.0", alert("internal_error"), Outcome::Refused),
            ("TLS 1.0", closed(), Outcome::Refused),
        ] {
            let mut exchange = exchange(tls::METHOD, answer);
            exchange.request.headers.push(Header::new("Offers", offers));
            assert_eq!(of_hello(&exchange), outcome, "{offers}");
        }
    }

    #[test]
    fn only_data_is_a_yes_of_graphql() {
        for (status, body, outcome) in [
            (200, r#"{"data":{"addNote":{"id":1}}}"#, Outcome::Accepted),
            (
                200,
                r#"{"data":{"addNote":null},"errors":[]}"#,
                Outcome::Refused,
            ),
            (200, r#"{"data":null,"errors":[]}"#, Outcome::Refused),
            (
                200,
                r#"[{"errors":[]},{"data":{"addNote":1}}]"#,
                Outcome::Accepted,
            ),
            (401, "", Outcome::Refused),
            (500, "", Outcome::Errored),
        ] {
            assert_eq!(
                whole(&answered(status, &[], body), is_data),
                outcome,
                "{body}"
            );
        }
    }

    #[test]
    fn in_the_clear_only_a_question_for_a_credential_is_a_yes() {
        let asked = answered(401, &[("WWW-Authenticate", "Basic realm=\"x\"")], "");
        assert_eq!(in_the_clear(&asked), Outcome::Accepted);
        for answer in [
            answered(403, &[], ""),
            answered(308, &[("Location", "https://api.example/")], ""),
            answered(200, &[], "a page"),
            Answer::Silence(Silence::Unreachable("refused".to_owned())),
        ] {
            assert_eq!(in_the_clear(&answer), Outcome::Refused);
        }
    }

    #[test]
    fn a_socket_opens_by_101_alone() {
        for (status, outcome) in [
            (101, Outcome::Accepted),
            (200, Outcome::Refused),
            (401, Outcome::Refused),
            (426, Outcome::Refused),
            (500, Outcome::Errored),
        ] {
            assert_eq!(of_upgrade(&answered(status, &[], "")), outcome, "{status}");
        }
    }
}
