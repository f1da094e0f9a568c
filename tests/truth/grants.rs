//! Authorization servers, each sound in a way of its own: no status, no word and no freedom of the standard is a failure,
//! and none of them hides what matters.

mod server;

use crate::judged::{Run, bundled, run};
use crate::server::Server;
use server::{Issuer, LETTER, SECRET, Unknown, Ways};

/// Cases of the core flow that need no metadata and no second user.
const CASES: &[&str] = &[
    "as/authorize::unknown-response-type",
    "as/authorize::parameter-twice",
    "as/authorize::state-comes-back-unchanged",
    "as/code::",
    "as/clients::wrong-secret-in-basic",
    "as/clients::name-alone-is-no-proof",
    "as/clients::empty-secret",
    "as/clients::two-ways-at-once",
    "as/clients::client-id-of-another",
    "as/clients::unknown-grant-type",
    "as/pages::",
    "as/pkce::",
    "as/redirect::",
    "as/refresh::",
    "as/request::",
    "as/session::",
    "as/token-answer::",
    "as/token-request::",
    "as/tokens::",
];

fn profile(origin: &str) -> String {
    format!(
        r#"
target: {origin}
users: {{ alice: {{ name: alice, password: wonderland }} }}
clients:
  confidential: {{ id: web, secret: {SECRET}, redirect-uri: "http://127.0.0.1:9401/cb" }}
  other: {{ id: other, secret: {SECRET}, redirect-uri: "http://127.0.0.1:9402/cb" }}
  public: {{ id: app, redirect-uri: "http://127.0.0.1:9401/cb" }}
authorization-server:
  authorization: {origin}/authorize
  token: {origin}/token
  introspection: {origin}/introspect
  scope: openid read
  refresh-token: {{ scope: openid read }}
  witness: introspection
"#
    )
}

async fn judged(ways: Ways) -> Run {
    judged_within(ways, "").await
}

/// The same, with more lines of the profile.
async fn judged_within(ways: Ways, lines: &str) -> Run {
    let mut issuer = Issuer::new(ways);
    let server = Server::start(move |asked| issuer.answer(asked)).await;
    let profile = format!("{}{lines}", profile(&server.origin));
    run(&profile, &bundled(CASES)).await
}

#[tokio::test]
async fn a_server_by_the_letter_fails_nothing() {
    let run = judged(LETTER).await;
    for word in ["fail", "warn", "inconclusive"] {
        run.assert_only(word, &[]);
    }
    assert!(run.with("pass").len() > 90, "{}", run.told());
}

#[tokio::test]
async fn the_token_of_a_race_is_the_one_that_is_asked_about() {
    let mut issuer = Issuer::new(LETTER);
    let server = Server::start(move |asked| issuer.answer(asked)).await;
    let origin = &server.origin;
    let lines = format!("  revocation: {origin}/revoke\nallow: [flood]\n");
    let profile = format!("{}{lines}", profile(origin));
    let run = run(
        &profile,
        &bundled(&["as/refresh::race-leaves-nothing-behind"]),
    )
    .await;
    let id = "as/refresh::race-leaves-nothing-behind";
    run.assert_only("pass", &[id]);
}

#[tokio::test]
async fn freedoms_of_the_standard_fail_nothing() {
    for ways in [
        // the port of a loopback address is free (RFC 8252 section 7.3), another client's may differ in it alone
        Ways {
            free_port: true,
            ..LETTER
        },
        // OAuth 2.1 has no redirect_uri in the token request, and a wrong verifier need not spend the code
        Ways {
            wants_redirect_uri: false,
            burns: false,
            ..LETTER
        },
        // what is unknown of a scope is left out, or refused as such or as a malformed request
        Ways {
            unknown_scope: Unknown::Dropped,
            ..LETTER
        },
        Ways {
            unknown_scope: Unknown::Refused("invalid_request"),
            ..LETTER
        },
        // pages that go nowhere have any status; nonce and a plain state may be demanded
        Ways {
            page: 404,
            particular: true,
            ..LETTER
        },
        Ways {
            page: 500,
            ..LETTER
        },
        // what breaks on an odd redirection URI sends the browser nowhere all the same
        Ways {
            breaks_on_backslash: true,
            ..LETTER
        },
    ] {
        let run = judged(ways).await;
        for word in ["fail", "warn", "inconclusive"] {
            run.assert_only(word, &[]);
        }
    }
}

#[tokio::test]
async fn clumsy_errors_are_told_where_they_are_the_matter_and_nowhere_else() {
    let run = judged(Ways {
        client: (403, r#"{"error":"unauthorized_client"}"#),
        code: (403, r#"{"error":"invalid_code"}"#),
        missing: (500, ""),
        unknown: (501, r#"{"error":"unsupported_grant_type"}"#),
        ..LETTER
    })
    .await;
    run.assert_only("inconclusive", &[]);
    run.assert_only("warn", &[]);
    run.assert_only(
        "fail",
        &[
            "as/clients::unknown-grant-type",
            "as/clients::wrong-secret-in-basic/answer-is-401-with-a-challenge",
            "as/clients::wrong-secret-in-basic/error-is-invalid-client",
            "as/code::code-works-once/used-code-is-invalid-grant",
            "as/token-request::without-grant-type/refusal-is-an-error-of-the-protocol",
            "as/tokens::refresh-token-works-once/used-refresh-token-is-invalid-grant",
        ],
    );
}

#[tokio::test]
async fn tokens_that_are_the_same_within_a_second_are_one_finding() {
    let ways = Ways {
        tokens_by_the_second: true,
        ..LETTER
    };
    // one case after the other, as the profile of such a server says
    let run = judged_within(ways, "limits: { in-flight: 1 }\n").await;
    run.assert_only("inconclusive", &[]);
    run.assert_only("warn", &[]);
    run.assert_only("fail", &["as/token-answer::tokens-differ"]);
}
