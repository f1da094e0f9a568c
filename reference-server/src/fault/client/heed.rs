//! Mistakes in what the client does because of an answer: an offer, a redirect, a refusal, a challenge, an error.

use super::super::Fault;
use super::CLIENT;
use crate::answer;
use crate::client::challenge;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "client-basic-whatever-is-offered",
        what: "The secret goes by Basic, whatever methods the provider offers.",
        models: "the default of a library, with discovery that reads endpoints only",
        breaks: &["OIDC-CORE-3.1.3.1-1", "CWE-436"],
        install: |d| d.client.flow.by_basic = |_| true,
        ..CLIENT
    },
    Fault {
        name: "client-challenge-left-out",
        what: "The authorization request has no challenge, and the token request a verifier.",
        models: "a verifier made by the library, its challenge dropped by a list of allowed parameters; RFC 7636 section 4.3",
        breaks: &["RFC7636-4.3-1", "OAUTH21-4.1.3-3"],
        install: |d| {
            d.client.asks =
                |asked, _| asked.retain(|(name, _)| !name.starts_with("code_challenge"));
        },
        ..CLIENT
    },
    Fault {
        name: "client-rests-on-pkce-alone",
        what: "Neither state nor nonce is sent, and nobody looks whether the provider takes challenges.",
        models: "state dropped because PKCE is there; RFC 9700 section 4.7.1",
        breaks: &["RFC9700-4.7.1-1", "OAUTH21-2.3.3-1"],
        install: |d| {
            d.client.nonce = || None;
            d.client.asks = |asked, _| asked.retain(|(name, _)| *name != "state");
            d.client.stateless = |browser| {
                let latest = browser.latest.take()?;
                browser.logins.remove(&latest)
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-redirected-post-becomes-get",
        what: "A redirected token request goes on as a GET.",
        models: "HTTP libraries that treat 307 as 302; RFC 9110 section 15.4.8",
        breaks: &["RFC9110-15.4.8-1"],
        install: |d| d.client.flow.turns_to_get = true,
        ..CLIENT
    },
    Fault {
        name: "client-runs-in-a-circle",
        what: "Redirects of UserInfo are followed without counting.",
        models: "while (response.redirected), by hand; RFC 9110 section 15.4",
        breaks: &["RFC9110-15.4-2"],
        install: |d| d.client.answers.follows_userinfo = 150,
        ..CLIENT
    },
    Fault {
        name: "client-repeats-what-is-forbidden",
        what: "A request that is answered 403 is sent again, five times.",
        models: "retry policies that know 4xx as little as 5xx; RFC 9110 section 15.5.4",
        breaks: &["RFC9110-15.5.4-1"],
        install: |d| d.client.answers.insists = 5,
        ..CLIENT
    },
    Fault {
        name: "client-error-shown-whoever-sent-it",
        what: "The error of any answer is shown as what the provider said.",
        models: "the error page before the check of iss; RFC 9207 section 2.4",
        breaks: &["RFC9207-2.4-3"],
        install: |d| {
            d.client.failure = |given| {
                let mut texts = given.iter().filter(|(name, _)| name == "error_description");
                let text = texts.next().map_or("", |(_, text)| text.as_str());
                let detail = format!("The provider said: {text}");
                answer::problem(axum::http::StatusCode::BAD_REQUEST, "Login failed", &detail)
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-challenge-ends-at-a-backslash",
        what: "A quoted text in a challenge ends at its first quote, also behind a backslash.",
        models: "/\\w+=\"([^\"]*)\"/; RFC 9110 section 5.6.4",
        breaks: &["RFC9110-5.6.4-1"],
        install: |d| {
            d.client.proofs.reads = |fields| {
                let unescaped = fields.iter().map(|field| field.replace("\\\"", "\""));
                challenge::all(&unescaped.collect::<Vec<_>>())
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-challenge-names-with-case",
        what: "Names of parameters in a challenge are compared with case.",
        models: "params['error']; RFC 9110 section 11.2",
        breaks: &["RFC9110-11.2-2"],
        install: |d| {
            d.client.proofs.reads = |fields| {
                let mut all = challenge::all(fields);
                for one in &mut all {
                    one.parameters
                        .retain(|(name, _)| *name == name.to_ascii_lowercase());
                }
                all
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-challenge-first-alone",
        what: "Of several challenges only the first is read.",
        models: "header.split(' ')[0]; RFC 9110 section 11.6.1",
        breaks: &["RFC9110-11.6.1-4"],
        install: |d| {
            d.client.proofs.reads = |fields| challenge::all(fields).into_iter().take(1).collect();
        },
        ..CLIENT
    },
    Fault {
        name: "client-proof-key-in-the-open",
        what: "The key of proofs is named beside the reference to a pushed request, in the browser's address.",
        models: "one of two code paths that add dpop_jkt; RFC 9449 section 10.1",
        breaks: &["RFC9449-10.1-1"],
        install: |d| d.client.proofs.key_in_the_open = true,
        ..CLIENT
    },
];
