//! Mistakes around requests: addresses that are asked, files that lie about, errors, sessions and codes that say or keep too much.

use serde_json::json;

use super::super::Fault;
use super::SERVER;
use crate::decisions::grant as right;
use crate::encoding;
use crate::issuer::client_auth::{Presented, Unauthenticated};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-front-error-uri-broken",
        what: "error_uri holds blanks and a quotation mark.",
        models: "a template that is filled with the message; RFC 6749 section 4.1.2.1",
        breaks: &["RFC6749-4.1.2.1-7"],
        install: |d| {
            d.grant.front.error_uri =
                Some("https://as.example/errors?text=the \"request\" is wrong")
        },
        ..SERVER
    },
    Fault {
        name: "as-front-errors-unexplained",
        what: "Errors of the authorization endpoint have a code and nothing else.",
        models: "RFC 7636 section 4.4.1",
        breaks: &["RFC7636-4.4.1-2"],
        install: |d| d.grant.front.says_why = false,
        ..SERVER
    },
    Fault {
        name: "as-oidc-unknown-scope-refused",
        what: "A scope of which one value is unknown is refused.",
        models: "OpenID Connect Core section 3.1.2.1, a strict look-up",
        breaks: &["OIDC-CORE-3.1.2.1-3"],
        install: |d| d.grant.front.refuses_unknown_scope = true,
        ..SERVER
    },
    Fault {
        name: "as-code-by-way-of-own-page",
        what: "After the consent the code goes through an address of the server's own.",
        models: "a router that redirects twice; CWE-598",
        breaks: &["CWE-598"],
        install: |d| d.grant.front.by_own_page = true,
        ..SERVER
    },
    Fault {
        name: "as-redirect-without-fragment",
        what: "A redirect to the client doesn't end the fragment that the browser may carry.",
        models: "RFC 9700 section 4.1.3",
        breaks: &["CWE-601"],
        install: |d| d.grant.front.ends_in_fragment = false,
        ..SERVER
    },
    Fault {
        name: "as-redirect-uri-asked",
        what: "redirect_uri is asked whether it is there, before it is compared.",
        models: "a link checker in the wrong place; CWE-918",
        breaks: &["CWE-918"],
        install: |d| d.grant.front.asks_redirect_uri = true,
        ..SERVER
    },
    Fault {
        name: "as-client-id-asked",
        what: "A client_id that is an address is asked for the client's metadata, whichever address it is.",
        models: "draft-ietf-oauth-client-id-metadata-document, fetch(client_id); CWE-918",
        breaks: &["CWE-918"],
        install: |d| d.grant.front.asks_client_id = true,
        ..SERVER
    },
    Fault {
        name: "as-code-holds-the-challenge",
        what: "The code is a JWT that holds the challenge for all to read.",
        models: "a code without a store; RFC 7636 section 4.4",
        breaks: &["RFC7636-4.4-2"],
        install: |d| {
            d.grant.front.code = |code, challenge| {
                let said = json!({ "cc": challenge, "jti": code });
                let part = |text: &str| encoding::base64url(text.as_bytes());
                format!(
                    "{}.{}.{code}",
                    part("{\"alg\":\"HS256\"}"),
                    part(&said.to_string())
                )
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-logout-in-the-browser-alone",
        what: "Logging out takes the cookie away, and the session lives on at the server.",
        models: "res.clearCookie('session'); CWE-613",
        breaks: &["CWE-613"],
        install: |d| d.grant.front.ends_session = false,
        ..SERVER
    },
    Fault {
        name: "as-files-left-behind",
        what: "The key of the server lies in a file that is served.",
        models: "a document root that is the directory of the project; CWE-538",
        breaks: &["CWE-538"],
        install: |d| {
            d.grant.front.files = &[(
                "/.env",
                "ISSUER=https://as.example\nCLIENT_SECRET=5a0c77e1b2f94d63\nDB_PASSWORD=hunter22hunter22\n",
            )];
        },
        ..SERVER
    },
    Fault {
        name: "as-token-takes-json",
        what: "A JSON body is read like a form.",
        models: "express.json() beside express.urlencoded(); RFC 6749 section 3.2",
        breaks: &["CWE-436"],
        install: |d| d.grant.back.reads_json = true,
        ..SERVER
    },
    Fault {
        name: "as-token-hidden-from-get",
        what: "GET at the token endpoint is told that there is nothing.",
        models: "a router with one route for each method; RFC 9110 section 9.1",
        breaks: &["RFC9110-9.1-1"],
        install: |d| d.grant.back.hides_from_get = true,
        ..SERVER
    },
    Fault {
        name: "as-password-grant-unchecked",
        what: "The password grant looks the user up and compares nothing.",
        models: "a grant for tests that was left on; RFC 6749 section 4.3.2",
        breaks: &["RFC6749-4.3.2-2", "RFC9700-2.4-1"],
        install: |d| {
            d.grant.password_grant = true;
            d.grant.back.password_is_compared = false;
        },
        ..SERVER
    },
    Fault {
        name: "as-refresh-never-expires",
        what: "A refresh token works however long it was not used.",
        models: "no column for the expiry; RFC 9700 section 4.14.2",
        breaks: &["RFC9700-4.14.2-3", "OAUTH21-4.3.3-2"],
        install: |d| d.grant.back.refresh_expires = false,
        ..SERVER
    },
    Fault {
        name: "as-refresh-for-one-key",
        what: "A refresh token works only with the key with which the client authenticated before.",
        models: "the thumbprint of the client's key as its identity; OpenID Connect Core section 10.1.1",
        breaks: &["CWE-439"],
        install: |d| d.grant.back.refreshes_by = |before, now| before == now,
        ..SERVER
    },
    Fault {
        name: "as-public-client-needs-a-secret",
        what: "A client without a secret gets no tokens.",
        models: "one rule for all clients; RFC 8252 section 8.5",
        breaks: &["RFC8252-8.5-1"],
        install: |d| {
            d.grant.client = |presented| match presented {
                Presented::Name { .. } => Err(Unauthenticated::Wrong),
                _ => right::client(presented),
            };
        },
        ..SERVER
    },
];
