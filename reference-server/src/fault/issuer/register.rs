//! Mistakes with clients that register themselves.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value};

use super::super::Fault;
use super::SERVER;
use crate::decisions::grant::register;
use crate::encoding;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-registration-open",
        what: "Anyone registers a client.",
        models: "RFC 7591 section 3, a default that was left on; ASVS 10.4.7",
        breaks: &["CWE-306"],
        install: |d| d.grant.registration.open = true,
        ..SERVER
    },
    Fault {
        name: "as-registration-takes-fragments",
        what: "A redirection URI with a fragment is registered.",
        models: "new URL(uri), and nothing more; RFC 6749 section 3.1.2",
        breaks: &["RFC7591-3.2.2-2"],
        install: |d| {
            d.grant.registration.redirect_uri =
                |uri| register::redirect_uri(uri.split('#').next().unwrap_or_default());
        },
        ..SERVER
    },
    Fault {
        name: "as-registration-takes-any-scheme",
        what: "A redirection URI of any scheme is registered.",
        models: "new URL(uri), and nothing more; CVE-2021-26715 and its kin",
        breaks: &["RFC7591-5-1", "RFC9700-2.6-4"],
        install: |d| d.grant.registration.redirect_uri = |uri| !uri.contains('#'),
        ..SERVER
    },
    Fault {
        name: "as-registration-fetches-addresses",
        what: "logo_uri, jwks_uri and the like are fetched as soon as they are registered.",
        models: "CVE-2021-26715, MITREid Connect; CWE-918",
        breaks: &["CWE-918"],
        install: |d| {
            d.grant.registration.asks = |said| {
                let values = ["logo_uri", "jwks_uri", "client_uri", "policy_uri"];
                let found = values.iter().filter_map(|name| said.get(*name)?.as_str());
                found.map(str::to_owned).collect()
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-registration-believes-metadata",
        what: "jwks beside jwks_uri, a sector's document and http addresses are registered as they come.",
        models: "db.clients.insert(req.body)",
        breaks: &["RFC7591-2-5", "CWE-20"],
        install: |d| d.grant.registration.metadata = |_| true,
        ..SERVER
    },
    Fault {
        name: "as-registration-refuses-unknown",
        what: "Metadata that isn't known is refused.",
        models: "additionalProperties: false; RFC 7591 section 2",
        breaks: &["RFC7591-2-7"],
        install: |d| d.grant.registration.refuses_unknown = true,
        ..SERVER
    },
    Fault {
        name: "as-registration-believes-statements",
        what: "A software statement is decoded, and its signature not looked at.",
        models: "jwt.decode in place of jwt.verify; RFC 7591 section 2.3",
        breaks: &["RFC7591-2.3-1", "RFC7591-3.2.2-4"],
        install: |d| d.grant.registration.statement = decoded,
        ..SERVER
    },
    Fault {
        name: "as-registration-any-scope",
        what: "A client is registered for every scope that it names.",
        models: "scope: req.body.scope; CWE-269",
        breaks: &["CWE-269"],
        install: |d| d.grant.registration.scope = str::to_owned,
        ..SERVER
    },
    Fault {
        name: "as-registration-one-secret",
        what: "All clients of one software get the same secret.",
        models: "an HMAC of the software_id; RFC 7591 section 5",
        breaks: &["RFC7591-3.2.1-4", "RFC7591-5-5"],
        install: |d| {
            d.grant.registration.secret =
                || encoding::base64url(&encoding::sha256(b"software 1 of this server"));
        },
        ..SERVER
    },
    Fault {
        name: "as-registration-cacheable",
        what: "The answer with the secret may be kept by caches.",
        models: "a default of the framework; CWE-525",
        breaks: &["CWE-525"],
        install: |d| {
            d.grant.registration.answer = |_, response| {
                let kept = HeaderValue::from_static("public, max-age=300");
                response.headers_mut().insert(header::CACHE_CONTROL, kept);
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-registration-is-200",
        what: "A registration is answered 200.",
        models: "res.json(client); RFC 7591 section 3.2.1",
        breaks: &["RFC7591-3.2.1-1"],
        install: |d| {
            d.grant.registration.answer = |_, response| *response.status_mut() = StatusCode::OK
        },
        ..SERVER
    },
    Fault {
        name: "as-registration-says-little",
        what: "The answer holds client_id and secret alone.",
        models: "RFC 7591 section 3.2.1",
        breaks: &[
            "RFC7591-3.2.1-5",
            "RFC7591-3.2.1-6",
            "RFC7591-2-3",
            "RFC7591-2-4",
        ],
        install: |d| {
            d.grant.registration.answer = |client, response| {
                if let Some(all) = client.as_object_mut() {
                    let kept = [
                        "client_id",
                        "client_secret",
                        "registration_access_token",
                        "registration_client_uri",
                    ];
                    all.retain(|name, _| kept.contains(&name.as_str()));
                    *response.body_mut() = Body::from(client.to_string());
                }
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-registration-wrong-error",
        what: "Bad metadata of every kind is answered with invalid_request.",
        models: "RFC 7591 section 3.2.2",
        breaks: &["RFC7591-3.2.2-2", "RFC7591-3.2.2-3"],
        install: |d| d.grant.registration.error = |_| "invalid_request",
        ..SERVER
    },
    Fault {
        name: "as-registration-managed-by-anyone",
        what: "Whoever knows the client_id manages the registration.",
        models: "RFC 7592 section 2, CWE-639",
        breaks: &["CWE-306"],
        install: |d| d.grant.registration.manages = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-registration-updates-unchecked",
        what: "An update is not validated.",
        models: "RFC 7592 section 2.2, Object.assign(client, req.body)",
        breaks: &["RFC7591-5-1"],
        install: |d| d.grant.registration.validates_updates = false,
        ..SERVER
    },
    Fault {
        name: "as-registration-not-deleted",
        what: "Deleting a registration answers 204 and deletes nothing.",
        models: "RFC 7592 section 2.3, a soft delete that nobody reads",
        breaks: &["CWE-459"],
        install: |d| d.grant.registration.deletes = false,
        ..SERVER
    },
    Fault {
        name: "as-registration-secret-for-all",
        what: "A client that has nothing to prove itself by gets a secret all the same.",
        models: "client_secret in every row; RFC 6749 section 10.1",
        breaks: &["RFC6749-10.1-1"],
        install: |d| d.grant.registration.has_secret = |_| true,
        ..SERVER
    },
    Fault {
        name: "as-registration-short-secrets",
        what: "Secrets have 32 bits.",
        models: "crypto.randomBytes(4).toString('hex'); CWE-331",
        breaks: &["CWE-331", "RFC6749-10.10-1"],
        install: |d| {
            d.grant.registration.secret = || {
                encoding::unguessable()
                    .get(..6)
                    .unwrap_or_default()
                    .to_owned()
            }
        },
        ..SERVER
    },
    Fault {
        name: "as-registration-takes-private-keys",
        what: "A key set with a private key is registered.",
        models: "the output of a key generator, pasted; RFC 7591 section 2",
        breaks: &["RFC7591-2-6"],
        install: |d| d.grant.registration.metadata = register::all_but::<1>,
        ..SERVER
    },
    Fault {
        name: "as-registration-inconsistent-grants",
        what: "Grants and response types that don't go together are registered.",
        models: "two enumerations checked one by one; RFC 7591 section 2.1",
        breaks: &["RFC7591-2.1-1"],
        install: |d| d.grant.registration.metadata = register::all_but::<3>,
        ..SERVER
    },
    Fault {
        name: "as-registration-foreign-pages",
        what: "Logo and pages of any host are registered.",
        models: "RFC 7591 section 5",
        breaks: &["RFC7591-5-3"],
        install: |d| d.grant.registration.metadata = register::all_but::<4>,
        ..SERVER
    },
    Fault {
        name: "as-registration-encryption-by-half",
        what: "A content algorithm is registered without the algorithm for its key.",
        models: "RFC 9701 section 6",
        breaks: &["RFC9701-6-2"],
        install: |d| d.grant.registration.metadata = register::all_but::<2>,
        ..SERVER
    },
    Fault {
        name: "as-registration-names-itself",
        what: "A client is registered under the identifier that it asks for.",
        models: "Object.assign({ client_id: uuid() }, body); RFC 9700 section 2.6",
        breaks: &["RFC9700-2.6-3"],
        install: |d| d.grant.registration.names_itself = true,
        ..SERVER
    },
    Fault {
        name: "as-registration-web-alone",
        what: "Redirection URIs are https, those of native apps too.",
        models: "uri.startsWith('https://'); RFC 8252 section 7",
        breaks: &["RFC8252-7-1"],
        install: |d| {
            d.grant.registration.redirect_uri =
                |uri| uri.starts_with("https://") && register::redirect_uri(uri);
        },
        ..SERVER
    },
    Fault {
        name: "as-registration-schemes-without-dot",
        what: "Private-use schemes need no dot.",
        models: "a list of schemes that are forbidden; RFC 8252 section 8.4",
        breaks: &["RFC8252-8.4-2"],
        install: |d| {
            d.grant.registration.redirect_uri = |uri| {
                let scheme = uri.split(':').next().unwrap_or_default();
                let app = !scheme.contains('.')
                    && !["http", "https", "javascript", "data", "file", "vbscript"]
                        .contains(&scheme);
                app || register::redirect_uri(uri)
            };
        },
        ..SERVER
    },
];

/// The claims of a JWT, whoever wrote it.
fn decoded(text: &str) -> Option<Map<String, Value>> {
    let payload = encoding::base64url_decode(text.split('.').nth(1)?)?;
    serde_json::from_slice(&payload).ok()
}
