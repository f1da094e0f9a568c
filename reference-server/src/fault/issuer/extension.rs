//! Mistakes with grants beside those of RFC 6749, with what tokens are for, and with signed introspection.

use serde_json::{Value, json};

use super::super::Fault;
use super::SERVER;
use super::published::without;
use crate::accounts::accounts;
use crate::{clients, keys};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-bearer-not-verified",
        what: "The JWT of a grant is decoded, and its signature not looked at.",
        models: "jwt.decode in place of jwt.verify; CWE-347",
        breaks: &["RFC7523-3-12", "RFC7523-3-11"],
        install: |d| d.grant.extension.bearer.rules.unsecured = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-bearer-aud-ignored",
        what: "The JWT of a grant may be for another server.",
        models: "aud is verified only on request in most libraries",
        breaks: &["RFC7523-3-4"],
        install: |d| d.grant.extension.bearer.rules.audience = |_, _| Ok(()),
        ..SERVER
    },
    Fault {
        name: "as-bearer-exp-ignored",
        what: "The JWT of a grant never expires.",
        models: "ignoreExpiration: true",
        breaks: &["RFC7523-3-7", "RFC7523-3-6"],
        install: |d| {
            d.grant.extension.bearer.rules.expiry = |_, _| Ok(());
            d.grant.extension.bearer.rules.span = |_, _| Ok(());
        },
        ..SERVER
    },
    Fault {
        name: "as-bearer-replayed",
        what: "The JWT of a grant works again as long as it lives.",
        models: "RFC 7523 section 3, jti not kept",
        breaks: &["RFC7523-3-10"],
        install: |d| d.grant.extension.bearer.once = false,
        ..SERVER
    },
    Fault {
        name: "as-bearer-wrong-error",
        what: "A JWT that is no grant is answered with invalid_client.",
        models: "RFC 7523 section 3.1, one handler for both kinds of assertion",
        breaks: &["RFC7523-3.1-2"],
        install: |d| d.grant.extension.bearer_error = "invalid_client",
        ..SERVER
    },
    Fault {
        name: "as-exchange-of-any-token",
        what: "A token is exchanged that was changed or revoked.",
        models: "jwt.decode(subject_token); RFC 8693 section 2.1",
        breaks: &["RFC8693-2.1-5", "RFC8693-2.2.2-1"],
        install: |d| d.grant.extension.checks_subject = false,
        ..SERVER
    },
    Fault {
        name: "as-exchange-without-type",
        what: "A token is exchanged without its type.",
        models: "RFC 8693 section 2.1, a default",
        breaks: &["RFC8693-2.1-1"],
        install: |d| d.grant.extension.needs_type = false,
        ..SERVER
    },
    Fault {
        name: "as-exchange-actor-type-alone",
        what: "actor_token_type may come without actor_token.",
        models: "RFC 8693 section 2.1, a parameter that nothing reads",
        breaks: &["RFC8693-2.1-4"],
        install: |d| d.grant.extension.stray_actor_type = true,
        ..SERVER
    },
    Fault {
        name: "as-exchange-widens-scope",
        what: "An exchange brings any scope that it asks for.",
        models: "the policy of the client alone; CWE-269",
        breaks: &["CWE-269"],
        install: |d| d.grant.extension.within = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-exchange-says-little",
        what: "The answer to an exchange doesn't say what was issued.",
        models: "RFC 8693 section 2.2.1, the answer of RFC 6749",
        breaks: &["RFC8693-2.2.1-1", "RFC8693-2.2.1-3"],
        install: |d| {
            d.grant.extension.exchanged = |answer| {
                without(answer, "issued_token_type");
                without(answer, "expires_in");
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-resource-ignored",
        what: "resource is ignored, and tokens are for the server's own API.",
        models: "RFC 8707 section 2, an unknown parameter",
        breaks: &[
            "RFC8707-2-8",
            "RFC8707-2-7",
            "RFC8707-2-5",
            "RFC8693-2.2.2-2",
        ],
        install: |d| {
            d.grant.extension.target = |_, _| true;
            d.grant.extension.audience = |_, own| own.into();
        },
        ..SERVER
    },
    Fault {
        name: "as-resource-wrong-error",
        what: "An API that there is not is answered with invalid_scope.",
        models: "RFC 8707 section 2, an older draft of one's own",
        breaks: &["RFC8707-2-8", "RFC8693-2.2.2-2"],
        install: |d| d.grant.extension.target_error = "invalid_scope",
        ..SERVER
    },
    Fault {
        name: "as-access-token-without-client",
        what: "Access tokens don't say which client they were issued to.",
        models: "RFC 9068 section 2.2, the claims of an ID token",
        breaks: &["RFC9068-2.2-1"],
        install: |d| d.grant.access_token = |claims, _| without(claims, "client_id"),
        ..SERVER
    },
    Fault {
        name: "as-access-token-without-scope",
        what: "Access tokens don't say their scope.",
        models: "RFC 9068 section 2.2.3",
        breaks: &["RFC9068-2.2.3-1"],
        install: |d| d.grant.access_token = |claims, _| without(claims, "scope"),
        ..SERVER
    },
    Fault {
        name: "as-own-grant-names-a-user",
        what: "The token of a client without a user has a user for its subject.",
        models: "a service account in the table of users; RFC 9700 section 4.15",
        breaks: &["RFC9068-2.2-3", "RFC9700-4.15.1-1"],
        install: |d| {
            d.grant.access_token = |claims, account| {
                let user = accounts().first().map_or("", |account| account.subject);
                if account.is_none() {
                    claims["sub"] = user.into();
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-signed-introspection-says-jwt",
        what: "A signed introspection answer has the typ JWT.",
        models: "RFC 9701 section 5, jwt.sign(answer, key)",
        breaks: &["RFC9701-5-1"],
        install: |d| d.grant.afterwards.signed_kind = "JWT",
        ..SERVER
    },
    Fault {
        name: "as-signed-introspection-for-anyone",
        what: "A signed introspection answer doesn't say for whom it is.",
        models: "RFC 9701 section 5",
        breaks: &["RFC9701-5-3"],
        install: |d| d.grant.afterwards.signed = |claims| without(claims, "aud"),
        ..SERVER
    },
    Fault {
        name: "as-signed-introspection-flat",
        what: "A signed introspection answer has the members of the plain one at its top.",
        models: "RFC 9701 section 5, { iss, aud, iat, ...answer }",
        breaks: &["RFC9701-5-5", "RFC9701-5-9"],
        install: |d| {
            d.grant.afterwards.signed = |claims| {
                let inner = claims["token_introspection"].clone();
                without(claims, "token_introspection");
                for (name, value) in inner.as_object().into_iter().flatten() {
                    claims[name.as_str()] = value.clone();
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-signed-introspection-of-another-issuer",
        what: "A signed introspection answer is of the internal name of the server.",
        models: "RFC 9701 section 5, a hostname of the cluster",
        breaks: &["RFC9701-5-2", "RFC9701-5-4"],
        install: |d| {
            d.grant.afterwards.signed = |claims: &mut Value| {
                claims["iss"] = json!("http://as.internal.example");
                without(claims, "iat");
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-plain-http-serves-tokens",
        what: "The endpoints of the authorization server are served over plain HTTP too.",
        models: "a proxy that listens on both ports; CWE-319",
        breaks: &["RFC6749-3.2-3", "CWE-319"],
        install: |d| {
            d.places.plain = |parts| {
                let served = parts.uri.path().starts_with("/as/");
                (!served).then(crate::decisions::places::refused_in_the_clear)
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-signed-introspection-by-secret",
        what: "A signed introspection answer has a MAC under the client's secret.",
        models: "RFC 9701 section 6, HS256 as a default",
        breaks: &["RFC9701-6-1"],
        install: |d| {
            d.grant.afterwards.signs = |kind, claims| {
                let client = claims["aud"].as_str().and_then(clients::find);
                let secret = client.and_then(|client| client.secret).unwrap_or_default();
                keys::sign_with_secret(secret.as_bytes(), kind, claims)
            };
        },
        ..SERVER
    },
];
