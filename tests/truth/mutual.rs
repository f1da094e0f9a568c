//! Authorization servers that know clients by their certificates (RFC 8705): where one refuses a certificate, and how, is
//! its to choose; and what is asked of TLS is asked of no server on plain loopback.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::json;

use crate::certificates::{CERTIFICATE, Choice, KEY, known, start_with, thumbprint};
use crate::judged::{Run, bundled, run};
use crate::server::{Answer, Asked, Server};
use crate::tokens::SECRET;

/// Where clients show certificates, beside where the others ask.
const ALIAS: &str = "/mtls/token";

fn metadata(origin: &str) -> Answer {
    let metadata = json!({
        "issuer": origin,
        "token_endpoint": format!("{origin}/token"),
        "token_endpoint_auth_methods_supported": ["tls_client_auth", "self_signed_tls_client_auth"],
        "response_types_supported": ["code"],
        "mtls_endpoint_aliases": { "token_endpoint": format!("{origin}{ALIAS}") },
    });
    Answer::json(200, metadata.to_string())
}

/// A server with two clients that registered the known certificate.
fn answer(choice: Choice, asked: &Asked, shown: Option<&[u8]>) -> Answer {
    let origin = format!("https://{}", asked.one("host").unwrap_or_default());
    if asked.target == "/.well-known/oauth-authorization-server" {
        return metadata(&origin);
    }
    if asked.target != ALIAS {
        return Answer::json(404, "{}");
    }
    let named = ["client_id=one", "client_id=two"];
    let named = named.iter().any(|pair| asked.body.contains(pair));
    let compares = !matches!(
        choice,
        Choice::ComparesNothing | Choice::KnowsAndComparesNothing
    );
    let right = !compares || shown == Some(known().as_ref());
    if !named || !right {
        return Answer::json(401, r#"{"error":"invalid_client"}"#);
    }
    let exp = jsonwebtoken::get_current_timestamp() + 600;
    let bound = shown.map(thumbprint);
    let claims = json!({ "iss": origin, "sub": "one", "exp": exp, "cnf": { "x5t#S256": bound } });
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let token = encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap();
    let answer = json!({ "access_token": token, "token_type": "Bearer", "expires_in": 600 });
    Answer::json(200, answer.to_string()).with("Cache-Control", "no-store")
}

async fn judged(choice: Choice, prefixes: &[&str]) -> Run {
    let answers =
        move |asked: Asked, shown: Option<Vec<u8>>| answer(choice, &asked, shown.as_deref());
    let origin = format!("https://{}", start_with(choice, answers).await);
    let certificate = format!("{{ pem: {}, key: {} }}", json!(CERTIFICATE), json!(KEY));
    let own = match choice {
        Choice::Compares | Choice::ComparesNothing | Choice::TakesBoth => String::new(),
        // such a server shows its metadata to nobody else either
        _ => format!(", client-certificate: {certificate}"),
    };
    let profile = format!(
        r#"
target: {origin}
authorization-server: {{ issuer: "{origin}" }}
clients:
  tls-client: {{ id: one, certificate: {certificate} }}
  self-signed-tls-client: {{ id: two, certificate: {certificate} }}
standards: [rfc8705]
claims: [target.binds-tokens-to-certificates]
tls: {{ ca: reference-server/keys/tls-authority.crt{own} }}
"#
    );
    run(&profile, &bundled(prefixes)).await
}

/// Each certificate is a connection of its own: the forms of fields make no difference here.
const CASES: [&str; 6] = [
    "as/mutual::a",
    "as/mutual::client",
    "as/mutual::i",
    "as/mutual::no",
    "as/mutual::o",
    "as/mutual::t",
];

const REFUSED: [&str; 5] = [
    "as/mutual::another-self-signed-certificate[certificate=look-alike]",
    "as/mutual::another-self-signed-certificate[certificate=other]",
    "as/mutual::no-certificate[client=self-signed-tls-client]",
    "as/mutual::no-certificate[client=tls-client]",
    "as/mutual::nobody-vouches-for-it",
];

#[tokio::test]
async fn wherever_a_sound_server_refuses_the_certificate_of_a_client_it_is_a_refusal() {
    for choice in [
        Choice::Compares,
        Choice::Knows,
        Choice::KnowsAt12,
        Choice::CutsOff,
        Choice::Says400,
        Choice::KnowsAndComparesNothing,
    ] {
        let run = judged(choice, &CASES).await;
        for word in ["fail", "warn", "inconclusive"] {
            let said = run.with(word);
            assert!(said.is_empty(), "{choice:?}: {said:?}\n{}", run.told());
        }
        for case in REFUSED {
            assert_eq!(run.verdict(case).word(), "pass", "{choice:?}: {case}");
        }
    }
}

#[tokio::test]
async fn a_server_that_asks_nobody_for_the_certificate_is_seen() {
    let run = judged(Choice::ComparesNothing, &CASES).await;
    for case in REFUSED {
        assert_eq!(run.verdict(case).word(), "fail", "{case}\n{}", run.told());
    }
    run.assert_only("inconclusive", &[]);
}

#[tokio::test]
async fn a_policy_for_browsers_is_asked_of_names_and_no_address_and_tls_1_3_alone_lets_nobody_in() {
    let run = judged(Choice::Compares, &["as/tls"]).await;
    run.assert_only("fail", &[]);
    run.assert_only("inconclusive", &[]);
    run.assert_only("warn", &["as/tls::tls-one-two"]);
    for case in [
        "as/tls::browsers-are-told-to-come-back",
        "as/tls::unknown-name",
    ] {
        assert_eq!(run.verdict(case).word(), "skip", "{case}");
    }
    for case in ["as/tls::certificate", "as/tls::metadata-over-tls"] {
        assert_eq!(run.verdict(case).word(), "pass", "{case}");
    }
}

#[tokio::test]
async fn of_a_server_on_plain_loopback_no_tls_is_asked() {
    let server = Server::start(|asked| {
        let origin = format!("http://{}", asked.one("host").unwrap_or_default());
        match asked.target.starts_with("/.well-known/") {
            true => metadata(&origin),
            false => Answer::json(404, "{}"),
        }
    })
    .await;
    let profile = format!(
        "target: {0}\nauthorization-server: {{ issuer: \"{0}\" }}\n",
        server.origin
    );
    let run = run(
        &profile,
        &bundled(&["as/tls", "as/clear", "as/mutual::no-certificate"]),
    )
    .await;
    for word in ["pass", "fail", "warn", "inconclusive"] {
        run.assert_only(word, &[]);
    }
    let told = run.told();
    assert!(told.contains("needs issuer-tls"), "{told}");
}
