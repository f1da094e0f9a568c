//! Mistakes of a client that logs its users in at a provider.

use axum::http::StatusCode;
use serde_json::Value;

use super::{Fault, ROW};
use crate::client::browser::Login;
use crate::decisions::client as right;
use crate::decisions::jwt::{self, ensure};
use crate::{answer, encoding};

const CLIENT: Fault = Fault {
    role: "client",
    ..ROW
};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "client-state-not-checked",
        groups: &["tutorial"],
        what: "The callback works without a state and with a wrong one.",
        models: "CWE-352, the API tutorial this project started from",
        breaks: &["RFC6749-10.12-1", "RFC9700-2.1-4", "OIDC-CORE-3.1.2.7-1"],
        install: |d| {
            d.client.take = |browsers, browser, state| {
                let found = right::take(browsers, browser, state);
                found.or_else(|| {
                    let browser = browsers.get_mut(browser?)?;
                    let latest = browser.latest.take()?;
                    browser.logins.remove(&latest)
                })
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
        breaks: &["RFC6749-10.12-3"],
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
        name: "client-no-pkce",
        what: "No code challenge is sent.",
        models: "RFC 9700 section 2.1.1",
        breaks: &["RFC9700-2.1.1-2", "RFC7636-5-1"],
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
        breaks: &["RFC9207-2.4-1", "RFC9207-2.4-2", "RFC9207-2.4-4"],
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
        name: "client-token-type-ignored",
        what: "A token of any type is used as a bearer token.",
        models: "RFC 6749 section 7.1",
        breaks: &["RFC6749-7.1-1"],
        install: |d| d.client.token_type = |_| true,
        ..CLIENT
    },
    Fault {
        name: "client-token-type-case-sensitive",
        what: "Only the spelling `Bearer` of the token type is understood.",
        models: "RFC 6749 section 5.1",
        breaks: &["RFC6749-5.1-7"],
        install: |d| d.client.token_type = |answer| answer["token_type"] == "Bearer",
        ..CLIENT
    },
    Fault {
        name: "client-id-token-not-verified",
        what: "The ID token is decoded and its signature never verified.",
        models: "OIDC Core 3.1.3.7 item 6 without the TLS that it rests on",
        breaks: &["OIDC-CORE-3.1.3.7-6", "RFC8725-3.1-4"],
        install: |d| d.client.id_token.unsecured = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-id-token-alg-none",
        what: "An ID token whose alg is none, in any case, needs no signature.",
        models: "CVE-2015-9235",
        breaks: &["OIDC-CORE-3.1.3.7-6", "OIDC-CORE-3.1.3.7-8"],
        install: |d| {
            d.client.id_token.unsecured = |header, _| {
                header
                    .get("alg")
                    .and_then(Value::as_str)
                    .is_some_and(|alg| alg.eq_ignore_ascii_case("none"))
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-id-token-any-algorithm",
        what: "An ID token under an algorithm other than the registered one is taken if it verifies.",
        models: "OIDC Core 3.1.3.7 item 7",
        breaks: &["OIDC-CORE-3.1.3.7-8"],
        install: |d| d.client.algorithm = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-id-token-embedded-key",
        what: "An ID token is verified with the key in its own header jwk.",
        models: "CVE-2018-0114",
        breaks: &["OIDC-CORE-3.1.3.7-7", "RFC8725-3.10-2"],
        install: |d| {
            d.client.id_token.source = |header| {
                let key = header
                    .get("jwk")
                    .and_then(Value::as_object)
                    .and_then(crate::keys::Key::material);
                key.map_or(jwt::Source::Issuer, |key| jwt::Source::Embedded(vec![key]))
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-id-token-iss-ignored",
        what: "The iss of an ID token is not looked at.",
        models: "OIDC Core 3.1.3.7 item 2",
        breaks: &["OIDC-CORE-3.1.3.7-2"],
        install: |d| d.client.id_token.issuer = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-id-token-aud-ignored",
        what: "An ID token that was made for another client logs in.",
        models: "OIDC Core 3.1.3.7 item 3, token substitution",
        breaks: &["OIDC-CORE-3.1.3.7-3", "RFC7519-4.1.3-4"],
        install: |d| d.client.id_token.audience = |_, _| Ok(()),
        ..CLIENT
    },
    Fault {
        name: "client-id-token-other-audiences-taken",
        what: "An ID token with audiences that nobody here trusts is taken.",
        models: "OIDC Core 3.1.3.7 item 3",
        breaks: &["OIDC-CORE-3.1.3.7-4"],
        install: |d| d.client.id_token.audience = jwt::audience,
        ..CLIENT
    },
    Fault {
        name: "client-azp-ignored",
        what: "An ID token whose azp is another client logs in.",
        models: "OIDC Core 3.1.3.7 item 5",
        breaks: &["OIDC-CORE-3.1.3.7-5"],
        install: |d| d.client.authorized_party = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-id-token-exp-ignored",
        what: "An expired ID token logs in.",
        models: "OIDC Core 3.1.3.7 item 9",
        breaks: &["OIDC-CORE-3.1.3.7-9", "RFC7519-4.1.4-5"],
        install: |d| d.client.id_token.expiry = |_, _| Ok(()),
        ..CLIENT
    },
    Fault {
        name: "client-id-token-nbf-ignored",
        what: "An ID token that isn't valid yet logs in.",
        models: "RFC 7519 section 4.1.5",
        breaks: &["RFC7519-4.1.5-3"],
        install: |d| d.client.id_token.not_before = |_, _| Ok(()),
        ..CLIENT
    },
    Fault {
        name: "client-id-token-iat-ignored",
        what: "An ID token without iat, or with one in the future, logs in.",
        models: "OIDC Core 3.1.3.7 item 10",
        breaks: &["OIDC-CORE-3.1.3.7-10"],
        install: |d| d.client.id_token.issued_at = |_, _| Ok(()),
        ..CLIENT
    },
    Fault {
        name: "client-id-token-sub-not-required",
        what: "An ID token without a usable sub logs somebody in.",
        models: "CWE-287",
        breaks: &["OIDC-CORE-5.7-1"],
        install: |d| d.client.id_token.subject = |claims| ensure(claims.contains_key("sub")),
        ..CLIENT
    },
    Fault {
        name: "client-id-token-typ-ignored",
        what: "A JWT of another kind from the provider is taken for an ID token.",
        models: "RFC 8725 section 3.12",
        breaks: &["RFC8725-3.12-3"],
        install: |d| d.client.id_token.kind = |_| Ok(()),
        ..CLIENT
    },
    Fault {
        name: "client-id-token-kid-unknown-taken",
        what: "A kid that the provider's keys don't have falls back to any of them.",
        models: "find(kid) ?? keys[0]",
        breaks: &["OIDC-CORE-10.1.1-2"],
        install: |d| {
            d.client.id_token.select = |header, keys| {
                let mut nameless = header.clone();
                nameless.remove("kid");
                jwt::select(header, keys)
                    .ok()
                    .filter(|found| !found.is_empty())
                    .map_or_else(|| jwt::select(&nameless, keys), Ok)
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-nonce-ignored",
        what: "The nonce of an ID token is not compared.",
        models: "OIDC Core 3.1.3.7 item 11, replay and code injection",
        breaks: &["OIDC-CORE-3.1.3.7-11", "OIDC-CORE-2-6", "RFC9700-4.5.3.2-1"],
        install: |d| d.client.nonce_matches = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-nonce-missing-taken",
        what: "An ID token without nonce is taken although one was sent.",
        models: "if (claims.nonce && claims.nonce !== sent)",
        breaks: &["OIDC-CORE-3.1.3.7-11"],
        install: |d| {
            d.client.nonce_matches = |claims, sent| {
                claims
                    .get("nonce")
                    .is_none_or(|nonce| nonce.as_str() == sent)
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
    Fault {
        name: "client-at-hash-ignored",
        what: "at_hash is not compared with the access token.",
        models: "OIDC Core 3.1.3.8",
        breaks: &["OIDC-CORE-3.1.3.8-1"],
        install: |d| d.client.at_hash = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-userinfo-of-another-subject",
        what: "What UserInfo says is used without comparing its sub.",
        models: "OIDC Core 5.3.2, token substitution",
        breaks: &["OIDC-CORE-5.3.2-2"],
        install: |d| d.client.same_subject = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-session-not-renewed",
        what: "The session keeps the identifier that it had before the login.",
        models: "CWE-384, session fixation",
        breaks: &["RFC6265BIS-8.4-1", "CWE-384"],
        install: |d| d.client.renews_session = false,
        ..CLIENT
    },
    Fault {
        name: "client-cookie-readable-by-scripts",
        what: "The session cookie has no HttpOnly.",
        models: "CWE-1004",
        breaks: &["CWE-1004"],
        install: |d| d.client.cookie = "Path=/; SameSite=Lax",
        ..CLIENT
    },
    Fault {
        name: "client-cookie-sent-across-sites",
        what: "The session cookie has SameSite=None and no Secure.",
        models: "CWE-1275",
        breaks: &["CWE-1275"],
        install: |d| d.client.cookie = "Path=/; HttpOnly; SameSite=None",
        ..CLIENT
    },
    Fault {
        name: "client-open-redirect",
        what: "After the login the browser goes wherever the parameter next says.",
        models: "CWE-601",
        breaks: &["RFC9700-2.1-3", "RFC9700-4.1.3-1", "CWE-601"],
        install: |d| d.client.destination = |next| next.unwrap_or("/me").to_owned(),
        ..CLIENT
    },
    Fault {
        name: "client-open-redirect-by-prefix",
        what: "The parameter next is taken where it begins with a slash.",
        models: "CWE-601, //evil.example and /\\evil.example",
        breaks: &["RFC9700-2.1-3", "RFC9700-4.1.3-1", "CWE-601"],
        install: |d| {
            d.client.destination = |next| {
                next.filter(|next| next.starts_with('/'))
                    .unwrap_or("/me")
                    .to_owned()
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-logout-by-other-sites",
        what: "Another site can log the user out.",
        models: "CWE-352",
        breaks: &["CWE-352"],
        install: |d| d.client.may_log_out = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-logout-forgets-cookie-only",
        what: "Logout clears the browser's cookie and leaves the session alive.",
        models: "CWE-613",
        breaks: &["CWE-613"],
        install: |d| d.client.ends_session = false,
        ..CLIENT
    },
    Fault {
        name: "client-error-text-unescaped",
        what: "The provider's error text is written into the page as it came.",
        models: "CWE-79",
        breaks: &["RFC6749-10.14-2", "CWE-79"],
        install: |d| {
            d.client.failure = |given| {
                let text = |name: &str| {
                    let mut values = given.iter().filter(|(given, _)| given == name);
                    values
                        .next()
                        .map(|(_, value)| value.clone())
                        .unwrap_or_default()
                };
                let page = format!(
                    "<!doctype html><title>Login failed</title><p>{}: {}</p>",
                    text("error"),
                    text("error_description")
                );
                answer::html(StatusCode::BAD_REQUEST, page)
            };
        },
        ..CLIENT
    },
];
