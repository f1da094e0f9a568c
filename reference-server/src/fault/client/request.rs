//! Mistakes in what is asked, and in whose answer it is.

use super::super::Fault;
use super::CLIENT;
use crate::client::browser::Login;
use crate::decisions::client as right;
use crate::encoding;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "client-state-not-checked",
        groups: &["tutorial"],
        what: "The callback works without a state and with a wrong one.",
        models: "CWE-352, the API tutorial this project started from",
        breaks: &[
            "RFC6749-10.12-1",
            "RFC9700-2.1-4",
            "OIDC-CORE-3.1.2.7-1",
            "OIDC-CORE-3.2.2.5-2",
        ],
        install: |d| {
            d.client.stateless = |browser| {
                let latest = browser.latest.take()?;
                browser.logins.remove(&latest)
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-login-bound-to-no-browser",
        groups: &["tutorial"],
        what: "A code is taken from any browser, whichever began the login.",
        models: "CWE-352, login CSRF; the API tutorial this project started from",
        breaks: &[
            "RFC6749-10.12-1",
            "RFC9700-2.1-4",
            "RFC9700-2.1-6",
            "RFC9700-2.1.1-3",
        ],
        install: |d| {
            d.client.take = |browsers, _, state| {
                let state = state?;
                browsers
                    .all()
                    .find_map(|browser| browser.logins.remove(state))
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-state-reusable",
        what: "A state works again after it was used.",
        models: "RFC 9700 section 4.2.4",
        breaks: &["RFC9700-4.2.4-5", "RFC9700-2.1-6"],
        install: |d| {
            d.client.take =
                |browsers, browser, state| browsers.get_mut(browser?)?.logins.get(state?).cloned();
        },
        ..CLIENT
    },
    Fault {
        name: "client-state-constant",
        what: "Every request has the same state.",
        models: "state=xyz from an example; CWE-330",
        breaks: &["RFC6749-4.1.1-2", "RFC6749-10.12-3"],
        install: |d| d.client.state = || "xyz-state".to_owned(),
        ..CLIENT
    },
    Fault {
        name: "client-latest-login-wins",
        what: "A callback is read with nonce and verifier of the login that the browser began last.",
        models: "one slot in the session for all logins",
        breaks: &["RFC9700-2.1.1-3", "RFC9700-4.4.2-1"],
        install: |d| {
            d.client.take = |browsers, browser, state| {
                let browser = browsers.get_mut(browser?)?;
                let asked: Login = browser.logins.remove(state?)?;
                let latest = browser.latest.clone();
                let last = latest.and_then(|latest| browser.logins.get(&latest));
                Some(last.cloned().unwrap_or(asked))
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-token-request-follows-redirects",
        what: "A redirect of the token endpoint is followed, and code and secret go along.",
        models: "the default of HTTP libraries; CWE-522",
        breaks: &["RFC9110-15.4-1", "CWE-522"],
        install: |d| d.client.follows_redirects = true,
        ..CLIENT
    },
    Fault {
        name: "client-no-pkce",
        what: "No code challenge is sent.",
        models: "RFC 9700 section 2.1.1",
        breaks: &[
            "RFC9700-2.1.1-2",
            "RFC7636-5-1",
            "RFC9700-2.1.1-1",
            "RFC8252-6-1",
        ],
        install: |d| d.client.verifier = || None,
        ..CLIENT
    },
    Fault {
        name: "client-pkce-plain",
        what: "The challenge is the verifier itself.",
        models: "RFC 7636 section 7.2",
        breaks: &["RFC7636-4.2-1", "RFC9700-2.1.1-4", "RFC7636-7.2-2"],
        install: |d| d.client.challenge = |verifier| (verifier.to_owned(), "plain"),
        ..CLIENT
    },
    Fault {
        name: "client-verifier-constant",
        what: "Every request has the same verifier.",
        models: "the verifier of RFC 7636 appendix B, copied",
        breaks: &["RFC7636-4.1-1", "RFC7636-7.1-1"],
        install: |d| {
            d.client.verifier = || Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
        },
        ..CLIENT
    },
    Fault {
        name: "client-verifier-too-short",
        what: "The verifier has 16 characters.",
        models: "RFC 7636 section 4.1",
        breaks: &["RFC7636-4.1-2"],
        install: |d| {
            d.client.verifier = || encoding::unguessable().get(..16).map(str::to_owned);
        },
        ..CLIENT
    },
    Fault {
        name: "client-verifier-not-sent",
        what: "A challenge is sent and the verifier never.",
        models: "RFC 7636 section 4.5",
        breaks: &["RFC7636-4.5-1"],
        install: |d| {
            d.client.redeems =
                |request| request.fields.retain(|(name, _)| *name != "code_verifier");
        },
        ..CLIENT
    },
    Fault {
        name: "client-redirect-uri-not-repeated",
        what: "The token request has no redirect_uri.",
        models: "RFC 6749 section 4.1.3",
        breaks: &["RFC6749-4.1.3-2"],
        install: |d| {
            d.client.redeems = |request| request.fields.retain(|(name, _)| *name != "redirect_uri");
        },
        ..CLIENT
    },
    Fault {
        name: "client-secret-in-query",
        what: "The secret goes into the address of the token request.",
        models: "CWE-598",
        breaks: &["RFC6749-2.3.1-6"],
        install: |d| {
            d.client.redeems = |request| {
                let secret = request.authorization.take().and_then(|value| {
                    let pair = encoding::base64_decode(value.strip_prefix("Basic ")?)?;
                    let pair = String::from_utf8(pair).ok()?;
                    let (id, secret) = pair.split_once(':')?;
                    Some(format!("?client_id={id}&client_secret={secret}"))
                });
                request.url.push_str(&secret.unwrap_or_default());
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-authenticates-twice",
        what: "The secret is sent in the Authorization field and in the body.",
        models: "libraries that try everything; RFC 6749 section 2.3",
        breaks: &["RFC6749-2.3-1"],
        install: |d| {
            d.client.redeems = |request| {
                let pair = request
                    .authorization
                    .as_deref()
                    .and_then(|value| encoding::base64_decode(value.strip_prefix("Basic ")?))
                    .and_then(|pair| String::from_utf8(pair).ok());
                if let Some((id, secret)) = pair.as_deref().and_then(|pair| pair.split_once(':')) {
                    request.fields.push(("client_id", id.to_owned()));
                    request.fields.push(("client_secret", secret.to_owned()));
                }
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-does-not-authenticate",
        what: "The token request carries the client identifier alone.",
        models: "RFC 6749 section 3.2.1",
        breaks: &["RFC6749-3.2.1-1", "OIDC-CORE-3.1.3.1-1"],
        install: |d| {
            d.client.redeems = |request| {
                let pair = request
                    .authorization
                    .take()
                    .and_then(|value| encoding::base64_decode(value.strip_prefix("Basic ")?))
                    .and_then(|pair| String::from_utf8(pair).ok());
                let id = pair
                    .as_deref()
                    .and_then(|pair| pair.split(':').next())
                    .unwrap_or_default();
                request.fields.push(("client_id", id.to_owned()));
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-credentials-not-encoded",
        what: "Identifier and secret go into the Basic credential without being form-encoded.",
        models: "RFC 6749 section 2.3.1, most HTTP libraries' basic_auth()",
        breaks: &["RFC6749-2.3.1-3"],
        install: |d| {
            d.client.credentials = |id, secret| {
                format!(
                    "Basic {}",
                    encoding::base64(format!("{id}:{secret}").as_bytes())
                )
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-secret-in-front-channel",
        what: "The authorization request carries the client secret.",
        models: "CWE-598, one parameter map for both requests",
        breaks: &["RFC6749-2.3.1-6"],
        install: |d| {
            d.client.asks = |asked, registration| {
                asked.push(("client_secret", registration.client_secret.clone()));
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-error-answer-goes-on",
        what: "A callback with an error and a code is used as if there were no error.",
        models: "if (query.code) before if (query.error)",
        breaks: &["OIDC-CORE-3.1.2.7-1"],
        install: |d| d.client.coherent = |answer| answer.iter().any(|(name, _)| name == "code"),
        ..CLIENT
    },
    Fault {
        name: "client-iss-ignored",
        what: "The iss of the callback is not looked at.",
        models: "RFC 9207; the mix-up attack",
        breaks: &[
            "RFC9207-2.4-1",
            "RFC9207-2.4-2",
            "RFC9207-2.4-4",
            "RFC9700-2.1-7",
            "OAUTH21-2.3.4-1",
        ],
        install: |d| d.client.answered_by = |_, _, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-iss-missing-taken",
        what: "A callback without iss is taken from a provider that announces to send it.",
        models: "RFC 9207 section 2.4, stripped by an attacker",
        breaks: &["RFC9207-2.4-4"],
        install: |d| {
            d.client.answered_by = |answer, issuer, announced| {
                !answer.iter().any(|(name, _)| name == "iss")
                    || right::answered_by(answer, issuer, announced)
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-iss-normalised",
        what: "iss is compared without case and final slash.",
        models: "RFC 9207 section 2.4, URL normalisation",
        breaks: &["RFC9207-2.4-1"],
        install: |d| {
            d.client.answered_by = |answer, issuer, _| {
                let plain = |text: &str| text.trim_end_matches('/').to_ascii_lowercase();
                answer
                    .iter()
                    .filter(|(name, _)| name == "iss")
                    .all(|(_, iss)| plain(iss) == plain(issuer))
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-nonce-constant",
        what: "Every request has the same nonce.",
        models: "CWE-330",
        breaks: &["OIDC-CORE-3.1.2.1-7"],
        install: |d| d.client.nonce = || Some("n-0S6_WzA2Mj".to_owned()),
        ..CLIENT
    },
];
