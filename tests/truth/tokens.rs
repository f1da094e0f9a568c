//! A sound verifier of HS256 tokens, for servers that differ from it in one thing; and what differs.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Value, json};

use crate::judged::{Run, bundled, run};
use crate::server::{Answer, Asked, Server};

pub(crate) const SECRET: &str = "a secret of these tests, 32 octets and more";
pub(crate) const ISSUER: &str = "https://issuer.example";
pub(crate) const AUDIENCE: &str = "https://api.example";

/// The profile of a server at this origin; `further` lines at its end.
pub(crate) fn profile(origin: &str, guarded: &str, further: &str) -> String {
    format!(
        r#"
target: {origin}
guarded: [{guarded}]
open: GET /
users: {{ alice: {{ name: alice }} }}
key:
  alg: HS256
  secret: "{SECRET}"
  kid: main
  header: {{ typ: at+jwt }}
  claims: {{ iss: "{ISSUER}", aud: "{AUDIENCE}", sub: alice, client_id: app, scope: read }}
{further}
"#
    )
}

fn standard(origin: &str) -> String {
    profile(origin, "{ path: /protected, scheme: bearer }", "")
}

/// The claims of a token that is good.
pub(crate) fn claims(token: &str) -> Option<Value> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    validation.validate_nbf = true;
    let header = decode_header(token).ok()?;
    let key = DecodingKey::from_secret(SECRET.as_bytes());
    let claims = decode::<Value>(token, &key, &validation).ok()?.claims;
    // the library reads past these
    let known = header.crit.is_none() && claims.get("iss").is_some_and(Value::is_string);
    let numbers = ["exp", "nbf"]
        .iter()
        .all(|name| claims.get(name).is_none_or(Value::is_number));
    (known && numbers).then_some(claims)
}

fn refusal() -> Answer {
    let challenge = r#"Bearer realm="orders", error="invalid_token""#;
    Answer::json(401, r#"{"error":"invalid_token"}"#).with("WWW-Authenticate", challenge)
}

/// What a token gets, or nothing.
pub(crate) fn answer(token: Option<&str>) -> Answer {
    match token {
        None => Answer::json(401, "{}").with("WWW-Authenticate", r#"Bearer realm="orders""#),
        Some(token) => match claims(token) {
            Some(claims) => Answer::json(200, json!({ "sub": claims.get("sub") }).to_string()),
            None => refusal(),
        },
    }
}

/// The token of RFC 6750 section 2.1.
fn token(asked: &Asked) -> Option<&str> {
    let (scheme, token) = asked.one("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

fn at_home(asked: &Asked, protected: impl FnOnce(Option<&str>) -> Answer) -> Answer {
    match asked.target.split('?').next() {
        Some("/") => Answer::json(200, r#"{"hello":"world"}"#),
        Some("/protected") => protected(token(asked)),
        _ => Answer::json(404, "{}"),
    }
}

async fn judged(server: &Server, prefixes: &[&str]) -> Run {
    run(&standard(&server.origin), &bundled(prefixes)).await
}

#[tokio::test]
async fn what_a_shared_secret_has_not_does_not_apply() {
    let server = Server::start(|asked| at_home(asked, answer)).await;
    let run = judged(&server, &["bearer/", "jwt/", "access/"]).await;
    for word in ["fail", "warn", "inconclusive"] {
        run.assert_only(word, &[]);
    }
    for (id, why) in [
        (
            "jwt/keys::alg-of-the-same-key[mutation=alg-sibling-padding]",
            "no such sibling",
        ),
        (
            "jwt/keys::public-key-is-not-an-hmac-secret[modulus]",
            "there is no public key",
        ),
        (
            "jwt/keys::key-behind-an-address[trusted-kid]",
            "reaches-listener: true",
        ),
    ] {
        let authspec::model::Verdict::Skip(skip) = run.verdict(id) else {
            panic!("{id}\n{}", run.told());
        };
        assert!(skip.to_string().contains(why), "{id}: {skip}");
    }
    let named = run.verdict("access/ways-in::user-in-a-field[field=X-Remote-User]");
    assert_eq!(
        named.word(),
        "pass",
        "a name is enough, no password is needed"
    );
}

#[tokio::test]
async fn an_answer_that_shows_the_odd_claim_has_believed_it() {
    let server = Server::start(|asked| at_home(asked, answer)).await;
    let run = claiming(&server.origin).await;
    for odd in ["missing", "number"] {
        let row = format!("jwt/claims::subject-missing[mutation=sub-{odd}]");
        // 200 with `sub` as it came; the bundled level of an odd type is a warning
        let said = run.verdict(&row).word();
        assert!(["fail", "warn"].contains(&said), "{row}: {said}");
    }
}

#[tokio::test]
async fn an_answer_of_another_kind_hinders_only_who_asks_for_a_yes() {
    let server = Server::start(|asked| {
        at_home(asked, |token| match token.and_then(claims) {
            Some(claims) if !claims["sub"].is_string() => Answer::json(200, r#"{"hello":"you"}"#),
            _ => answer(token),
        })
    })
    .await;
    let run = claiming(&server.origin).await;
    // a 200 is no server error, whatever it says
    let odd = run.verdict("jwt/claims::odd-claim-is-no-server-error[sub-number]");
    assert_eq!(odd.word(), "pass", "{}", run.told());
    let why = run.why("jwt/claims::subject-missing[mutation=sub-number]");
    assert!(why.contains("no `sub`"), "{why}");
    assert!(why.contains("accepted: { status: 200 }"), "{why}");
}

/// The claims suite at a server that claims RFC 9068.
async fn claiming(origin: &str) -> Run {
    let claimed = profile(
        origin,
        "{ path: /protected, scheme: bearer }",
        "standards: [rfc9068]",
    );
    run(&claimed, &bundled(&["jwt/claims"])).await
}

#[tokio::test]
async fn a_refusal_without_challenge_is_one_finding() {
    let server = Server::start(|asked| {
        at_home(asked, |token| {
            let mut answer = answer(token);
            answer
                .fields
                .retain(|(name, _)| *name != "WWW-Authenticate");
            answer
        })
    })
    .await;
    let run = judged(&server, &["bearer/"]).await;
    run.assert_only(
        "fail",
        &["bearer/challenge::missing-token/challenge-is-there"],
    );
    run.assert_only("warn", &[]);
}

#[tokio::test]
async fn a_challenge_without_error_is_a_note() {
    let server = Server::start(|asked| {
        at_home(asked, |token| match answer(token) {
            refused if refused.status == 401 => answer(None),
            good => good,
        })
    })
    .await;
    let run = judged(&server, &["bearer/"]).await;
    for word in ["fail", "warn", "inconclusive"] {
        run.assert_only(word, &[]);
    }
    let told = &run.outcomes["bearer/challenge::unknown-token/error-is-named"];
    assert_eq!(told.notes.len(), 1, "{:?}", told.notes);
}

#[tokio::test]
async fn a_token_that_is_split_off_by_a_blank_is_found_whatever_stands_before_it() {
    let server = Server::start(|asked| match asked.target.as_str() {
        "/" => Answer::json(200, "{}"),
        _ => answer(
            asked
                .one("authorization")
                .map(|field| field.rsplit(' ').next().unwrap_or(field)),
        ),
    })
    .await;
    let run = judged(&server, &["bearer/scheme"]).await;
    run.assert_only(
        "fail",
        &[
            "bearer/scheme::scheme-of-another-name[scheme=Basic]",
            "bearer/scheme::scheme-of-another-name[scheme=JWT]",
            "bearer/scheme::scheme-of-another-name[scheme=Token]",
            "bearer/scheme::token-without-scheme",
        ],
    );
}

#[tokio::test]
async fn tokens_in_the_query_are_one_finding_and_one_key_is_none() {
    let server = Server::start(|asked| {
        let query = asked.target.split_once("access_token=");
        let query = query.map(|(_, token)| token.split('&').next().unwrap_or(token));
        match asked.target.split('?').next() {
            Some("/") => Answer::json(200, r#"{"hello":"world"}"#),
            Some("/protected") => answer(token(asked).or(query)),
            _ => Answer::json(404, "{}"),
        }
    })
    .await;
    let run = judged(&server, &["bearer/carriage", "jwt/keys::kid"]).await;
    run.assert_only("fail", &["bearer/carriage::token-in-the-query"]);
    run.assert_only(
        "warn",
        &[
            "bearer/carriage::query-answer-is-private",
            "bearer/carriage::token-in-field-and-query",
        ],
    );
    let told = &run.outcomes["jwt/keys::kid-that-names-no-key"];
    assert_eq!(told.notes.len(), 1, "{:?}", told.notes);
    let case = run.verdict("jwt/keys::kid-in-another-case");
    assert_eq!(case.word(), "skip", "{}", run.told());
    let twice = run.verdict("bearer/carriage::token-that-stands-twice");
    assert!(matches!(twice.word(), "skip" | "pass"), "{}", run.told());
}
