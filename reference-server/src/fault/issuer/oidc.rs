//! Mistakes with what an OpenID request asks: how the user is asked, who it is, and what shall be said.

use super::super::Fault;
use super::SERVER;
use crate::decisions::grant::openid::ACR;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-oidc-prompt-none-shows-a-page",
        what: "With prompt none the login page is shown.",
        models: "OpenID Connect Core section 3.1.2.1, a parameter that nobody reads",
        breaks: &["OIDC-CORE-3.1.2.1-8", "OIDC-CORE-3.1.2.3-2"],
        install: |d| d.grant.openid.quiet = |_| false,
        ..SERVER
    },
    Fault {
        name: "as-oidc-prompt-none-wrong-error",
        what: "With prompt none and nobody logged in the client is told access_denied.",
        models: "OpenID Connect Core section 3.1.2.6",
        breaks: &["OIDC-CORE-3.1.2.6-2"],
        install: |d| d.grant.openid.quiet_error = |_| "access_denied",
        ..SERVER
    },
    Fault {
        name: "as-oidc-prompt-none-forgets-the-session",
        what: "With prompt none the session is not looked at, and login is always required.",
        models: "silent renewal in an iframe that gets no SameSite cookie",
        breaks: &["OIDC-CORE-3.1.2.3-2"],
        install: |d| d.grant.openid.session_counts = false,
        ..SERVER
    },
    Fault {
        name: "as-oidc-prompt-none-beside-others",
        what: "prompt none beside other values is read as the others.",
        models: "prompts.contains('login') before prompts.contains('none')",
        breaks: &["OIDC-CORE-3.1.2.1-9"],
        install: |d| d.grant.openid.none_alone = false,
        ..SERVER
    },
    Fault {
        name: "as-oidc-prompt-login-ignored",
        what: "prompt login is not read, and the session suffices.",
        models: "OpenID Connect Core section 3.1.2.1",
        breaks: &["OIDC-CORE-3.1.2.1-10", "OIDC-CORE-3.1.2.3-1"],
        install: |d| d.grant.openid.logs_in_anew = |prompt| prompt == "select_account",
        ..SERVER
    },
    Fault {
        name: "as-oidc-prompt-select-account-ignored",
        what: "prompt select_account is not read, and the session decides.",
        models: "OpenID Connect Core section 3.1.2.1",
        breaks: &["OIDC-CORE-3.1.2.1-12"],
        install: |d| d.grant.openid.logs_in_anew = |prompt| prompt == "login",
        ..SERVER
    },
    Fault {
        name: "as-oidc-prompt-consent-ignored",
        what: "Who once agreed in this browser is not asked again, prompt consent or not.",
        models: "django-oauth-toolkit approval_prompt=auto",
        breaks: &[
            "OIDC-CORE-3.1.2.1-11",
            "OIDC-CORE-11-1",
            "OIDC-CORE-11-3",
            "OIDC-CORE-11-4",
            "RFC6749-10.2-2",
        ],
        install: |d| d.grant.openid.remembers = |_| true,
        ..SERVER
    },
    Fault {
        name: "as-oidc-consent-page-left-out",
        what: "Every client gets what it asks for, without a page of consent.",
        models: "skip_authorization for all clients",
        breaks: &["OIDC-CORE-3.1.2.4-1", "OIDC-CORE-11-3", "OIDC-CORE-11-4"],
        install: |d| d.grant.asks_consent = false,
        ..SERVER
    },
    Fault {
        name: "as-oidc-max-age-ignored",
        what: "max_age is not compared with the age of the login.",
        models: "OpenID Connect Core section 3.1.2.1",
        breaks: &["OIDC-CORE-3.1.2.1-13"],
        install: |d| d.grant.openid.recent = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-oidc-max-age-in-minutes",
        what: "max_age is taken for minutes.",
        models: "OpenID Connect Core section 3.1.2.1, a unit of the session settings",
        breaks: &["OIDC-CORE-3.1.2.1-13"],
        install: |d| d.grant.openid.recent = |max_age, age| age <= max_age * 60,
        ..SERVER
    },
    Fault {
        name: "as-oidc-hint-ignored",
        what: "Whoever is logged in gets the code, whomever the id_token_hint or a claims request names.",
        models: "OpenID Connect Core section 3.1.2.2",
        breaks: &["OIDC-CORE-3.1.2.1-15", "OIDC-CORE-3.1.2.2-2"],
        install: |d| d.grant.openid.is_asked_for = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-oidc-hint-logs-in",
        what: "The user whom an id_token_hint names is taken for logged in.",
        models: "session lookup by the subject of the hint",
        breaks: &["OIDC-CORE-3.1.2.1-15", "OIDC-CORE-3.1.2.2-2"],
        install: |d| d.grant.openid.hint_logs_in = true,
        ..SERVER
    },
    Fault {
        name: "as-oidc-hint-not-verified",
        what: "An id_token_hint is decoded and not verified.",
        models: "jwt.decode in place of jwt.verify",
        breaks: &["OIDC-CORE-3.1.2.2-3"],
        install: |d| d.grant.openid.hint_is_verified = false,
        ..SERVER
    },
    Fault {
        name: "as-oidc-hint-must-be-young",
        what: "An expired id_token_hint is refused.",
        models: "the verifier of access tokens used for hints",
        breaks: &["OIDC-CORE-3.1.2.2-4"],
        install: |d| d.grant.openid.hint_may_be_old = false,
        ..SERVER
    },
    Fault {
        name: "as-oidc-nonce-demanded",
        what: "A request for a code without nonce is refused.",
        models: "canaille, the rule of the implicit flow in all flows",
        breaks: &["CWE-436"],
        install: |d| d.grant.openid.needs_nonce = true,
        ..SERVER
    },
    Fault {
        name: "as-oidc-display-refused",
        what: "A display that is not supported is an error.",
        models: "an enumeration in the request's schema",
        breaks: &["OIDC-CORE-15.1-2"],
        install: |d| d.grant.openid.refuses = |name| name == "display",
        ..SERVER
    },
    Fault {
        name: "as-oidc-locales-refused",
        what: "Languages that are not supported are an error.",
        models: "OpenID Connect Core section 3.1.2.1",
        breaks: &["OIDC-CORE-15.1-2", "OIDC-CORE-3.1.2.1-14"],
        install: |d| {
            d.grant.openid.refuses = |name| matches!(name, "ui_locales" | "claims_locales")
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-login-hint-refused",
        what: "A request with login_hint is refused as unsupported.",
        models: "OpenID Connect Core section 15.1, a strict schema for the query",
        breaks: &["OIDC-CORE-15.1-2"],
        install: |d| d.grant.openid.refuses = |name| name == "login_hint",
        ..SERVER
    },
    Fault {
        name: "as-oidc-metadata-without-key-set",
        what: "The metadata does not name the key set.",
        models: "RFC 9068 section 4, keys handed out by mail",
        breaks: &["RFC9068-4-1"],
        install: |d| {
            d.grant.metadata = |metadata, _| {
                if let Some(metadata) = metadata.as_object_mut() {
                    metadata.remove("jwks_uri");
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-metadata-without-rs256",
        what: "The metadata lists ES256 alone for ID tokens.",
        models: "OpenID Connect Core section 15.1",
        breaks: &["OIDC-CORE-15.1-1"],
        install: |d| {
            d.grant.metadata = |metadata, _| {
                metadata["id_token_signing_alg_values_supported"] = serde_json::json!(["ES256"]);
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-answer-in-the-fragment",
        what: "Every answer is written into the fragment.",
        models: "one function for all response types",
        breaks: &["OIDC-CORE-3.1.2.5-1"],
        install: |d| {
            d.grant.front.address = |redirect_uri, answer| {
                let mut url = url::Url::parse(redirect_uri).ok()?;
                let mut fragment = url::form_urlencoded::Serializer::new(String::new());
                url.set_fragment(Some(&fragment.extend_pairs(answer).finish()));
                Some(url.into())
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-key-set-without-max-age",
        what: "Key set and metadata don't say how long they may be kept.",
        models: "OpenID Connect Core section 10.2.1",
        breaks: &["OIDC-CORE-10.2.1-1"],
        install: |d| {
            d.grant.document = |response| {
                response
                    .headers_mut()
                    .remove(axum::http::header::CACHE_CONTROL);
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-metadata-without-acr-values",
        what: "The metadata doesn't list the authentication contexts.",
        models: "RFC 9470 section 7",
        breaks: &["RFC9470-7-1"],
        install: |d| {
            d.grant.metadata = |metadata, _| {
                if let Some(metadata) = metadata.as_object_mut() {
                    metadata.remove("acr_values_supported");
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-acr-values-refused",
        what: "A request with acr_values is refused as unsupported.",
        models: "OpenID Connect Core section 15.1",
        breaks: &["OIDC-CORE-15.1-2"],
        install: |d| d.grant.openid.refuses = |name| name == "acr_values",
        ..SERVER
    },
    Fault {
        name: "as-oidc-unmet-acr-ignored",
        what: "An acr that can't be reached is passed over, and the token says what was reached.",
        models: "RFC 9470 section 5",
        breaks: &["RFC9470-5-1", "OIDC-CORE-5.5.1.1-1"],
        install: |d| d.grant.openid.refuses_unmet_acr = false,
        ..SERVER
    },
    Fault {
        name: "as-oidc-acr-echoed",
        what: "Tokens say the acr that was asked for, reached or not.",
        models: "acr: request.acrValues",
        breaks: &["RFC9470-5-1", "OIDC-CORE-5.5.1.1-1", "OIDC-CORE-5.5.1.1-2"],
        install: |d| {
            d.grant.openid.refuses_unmet_acr = false;
            d.grant.openid.acr = |wishes| {
                let asked = wishes.claims["id_token"]["acr"]["value"].as_str();
                let first = wishes.acr.first().cloned();
                first.or(asked.map(str::to_owned)).or(Some(ACR.to_owned()))
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-acr-missing",
        what: "Tokens don't say how the user was authenticated.",
        models: "OpenID Connect Core section 5.5.1.1, RFC 9470 section 5",
        breaks: &["RFC9470-5-2", "OIDC-CORE-5.5.1.1-2"],
        install: |d| d.grant.openid.acr = |_| None,
        ..SERVER
    },
    Fault {
        name: "as-oidc-claims-unknown-member-refused",
        what: "A claims parameter with a member that nobody knows is refused.",
        models: "a strict schema for the parameter",
        breaks: &["OIDC-CORE-5.5-1"],
        install: |d| d.grant.openid.refuses_unknown_claims = true,
        ..SERVER
    },
    Fault {
        name: "as-oidc-claims-missing-refused",
        what: "An essential claim that the server doesn't have is an error.",
        models: "OpenID Connect Core section 5.5.1",
        breaks: &["OIDC-CORE-5.5.1-1"],
        install: |d| d.grant.openid.refuses_missing_claims = true,
        ..SERVER
    },
    Fault {
        name: "as-oidc-claims-written-into-the-token",
        what: "The values that the claims parameter asks for are written into the ID token.",
        models: "PrOfessos, sub claim spoofing by the claims parameter",
        breaks: &["OIDC-CORE-3.1.2.2-2", "OIDC-CORE-5.5.1.1-1"],
        install: |d| {
            d.grant.openid.is_asked_for = |_, _| true;
            d.grant.openid.wished = |claims, wishes| {
                let asked = wishes.claims["id_token"].as_object();
                for (name, wish) in asked.into_iter().flatten() {
                    if let Some(value) = wish.get("value") {
                        claims[name] = value.clone();
                    }
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-oidc-auth-time-with-max-age-alone",
        what: "auth_time is given for max_age, and not where the claims parameter asks for it.",
        models: "OpenID Connect Core section 2",
        breaks: &["OIDC-CORE-15.1-3"],
        install: |d| d.grant.openid.says_auth_time = |_| false,
        ..SERVER
    },
];
