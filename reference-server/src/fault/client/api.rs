//! Mistakes at an API: how its challenges are read, whom they are believed to come from, and what is made of them.

use super::{CLIENT, Fault};
use crate::client::challenge::{self, Challenge};
use crate::decisions::client::api as right;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "client-api-metadata-of-any-resource",
        what: "Metadata is used, whichever resource it names.",
        models: "MCP clients that read authorization_servers and nothing else; RFC 9728 section 3.3",
        breaks: &["RFC9728-3.3-2", "RFC9728-3.3-3", "RFC9728-6-1"],
        install: |d| d.client.api.is_of = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-api-resource-without-case",
        what: "The resource of metadata is compared without regard to case.",
        models: "URLs normalised before they are compared; RFC 9728 section 6",
        breaks: &["RFC9728-6-1", "RFC9728-3.3-2"],
        install: |d| {
            d.client.api.is_of = |resource, api| {
                resource
                    .as_str()
                    .is_some_and(|named| named.eq_ignore_ascii_case(api))
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-api-metadata-strict",
        what: "Metadata with a member that the client does not know is none.",
        models: "deny_unknown_fields, additionalProperties: false; RFC 9728 section 3.2",
        breaks: &["RFC9728-3.2-3"],
        install: |d| {
            d.client.api.readable = |metadata| {
                let known = [
                    "resource",
                    "authorization_servers",
                    "scopes_supported",
                    "bearer_methods_supported",
                    "resource_name",
                ];
                metadata.keys().all(|name| known.contains(&name.as_str()))
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-api-signed-metadata-loses",
        what: "What stands in signed metadata does not count where the plain metadata says something else.",
        models: "{ ...signed, ...plain }: the spread the wrong way round; RFC 9728 section 2.2",
        breaks: &["RFC9728-2.2-2"],
        install: |d| {
            d.client.api.signed = |plain, mut claims| {
                claims.extend(plain);
                claims
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-api-signed-metadata-unverified",
        what: "Signed metadata is decoded, and nobody looks at the signature.",
        models: "jwt.decode(text) where verify was meant; RFC 9728 section 3.3",
        breaks: &["RFC9728-3.3-5"],
        install: |d| d.client.api.verifies = false,
        ..CLIENT
    },
    Fault {
        name: "client-api-well-known-behind-a-slash",
        what: "The well-known path is put behind a slash too many.",
        models: "origin + '/' + '/.well-known/...'; RFC 9728 section 3.1",
        breaks: &["RFC9728-3.1-2"],
        install: |d| d.client.api.address = |api| right::address(api, "/"),
        ..CLIENT
    },
    Fault {
        name: "client-api-metadata-kept-for-ever",
        what: "A new challenge does not make the client read the metadata again.",
        models: "discovery at the first connection alone; RFC 9728 section 5.2",
        breaks: &["RFC9728-5.2-1"],
        install: |d| d.client.api.reads_again = false,
        ..CLIENT
    },
    Fault {
        name: "client-api-token-for-anything",
        what: "The client does not say for which API the token is.",
        models: "MCP clients without RFC 8707; RFC 9728 section 7.4",
        breaks: &["RFC9728-7.4-1"],
        install: |d| d.client.api.resource = |_| None,
        ..CLIENT
    },
    Fault {
        name: "client-api-token-for-the-host",
        what: "The token is asked for the whole host, and not for the API on it.",
        models: "new URL(api).origin as resource; RFC 8707 section 2",
        breaks: &["RFC8707-2-4"],
        install: |d| {
            d.client.api.resource = |api| {
                let origin = api.splitn(4, '/').take(3).collect::<Vec<_>>();
                Some(format!("{}/", origin.join("/")))
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-api-parameters-by-case",
        what: "Parameters of a challenge are looked for in lower case alone.",
        models: "params['resource_metadata'] of a plain map; RFC 9110 section 11.2",
        breaks: &["RFC9110-11.2-2"],
        install: |d| {
            d.client.api.parameter = |challenge, name| {
                let mut all = challenge.parameters.iter();
                all.find(|(known, _)| known == name)
                    .map(|(_, value)| value.clone())
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-api-challenge-by-pattern",
        what: "A quoted text of a challenge ends at the first quotation mark in it.",
        models: "/(\\w+)=\"([^\"]*)\"/ over the field; RFC 9110 section 5.6.4",
        breaks: &["RFC9110-5.6.4-1"],
        install: |d| {
            d.client.api.reads = |fields| {
                let plain = |field: &String| {
                    // what stands behind an escaped mark is lost
                    let end = field.find("\\\"").unwrap_or(field.len());
                    challenge::of(&field[..end])
                };
                fields.iter().flat_map(plain).collect()
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-api-first-challenge-alone",
        what: "Only the first challenge of the first field is read.",
        models: "header.split(' ', 1), headers.get(): the first of several; RFC 9110 section 11.6.1",
        breaks: &["RFC9110-11.6.1-4"],
        install: |d| {
            d.client.api.reads = |fields| challenge::all(fields).into_iter().take(1).collect();
        },
        ..CLIENT
    },
    Fault {
        name: "client-api-challenge-strict",
        what: "A challenge with a parameter that the client does not know is not read.",
        models: "a schema of the challenge that allows what it lists; RFC 9110 section 11.6.1",
        breaks: &["RFC9110-11.6.1-4"],
        install: |d| {
            d.client.api.reads = |fields| {
                let known = [
                    "realm",
                    "charset",
                    "scope",
                    "error",
                    "error_description",
                    "resource_metadata",
                ];
                let is_known = |one: &Challenge| {
                    one.parameters
                        .iter()
                        .all(|(name, _)| known.iter().any(|known| name.eq_ignore_ascii_case(known)))
                };
                let all = challenge::all(fields);
                if all.iter().all(is_known) {
                    all
                } else {
                    Vec::new()
                }
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-api-demand-unread",
        what: "A demand for a better login leads to a login like every other.",
        models: "any 401 starts the login; RFC 9470 section 4",
        breaks: &["RFC9470-4-1"],
        install: |d| d.client.api.stronger = |_| Vec::new(),
        ..CLIENT
    },
    Fault {
        name: "client-api-first-class-alone",
        what: "Of the classes that an API demands the first is asked for.",
        models: "acr_values.split(' ')[0]; RFC 9470 section 4",
        breaks: &["RFC9470-4-2"],
        install: |d| {
            d.client.api.stronger = |challenge| {
                let mut all = (right::Api::right().stronger)(challenge);
                for (_, value) in all.iter_mut().filter(|(name, _)| *name == "acr_values") {
                    *value = value.split(' ').next().unwrap_or_default().to_owned();
                }
                all
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-api-asks-on-after-401",
        what: "A request that was refused as unauthenticated is sent again and again, with the same token.",
        models: "a retry of every failure, thirty times; RFC 9110 section 15.5.2",
        breaks: &["RFC9110-15.5.2-2"],
        install: |d| d.client.api.attempts = |answer| if answer.status == 401 { 30 } else { 1 },
        ..CLIENT
    },
    Fault {
        name: "client-api-repeats-after-403",
        what: "A request that was forbidden is sent once more as it was.",
        models: "retries of every status above 399; RFC 9110 section 15.5.4",
        breaks: &["RFC9110-15.5.4-1"],
        install: |d| d.client.api.attempts = |answer| if answer.status == 403 { 2 } else { 1 },
        ..CLIENT
    },
    Fault {
        name: "client-api-token-of-the-last-user",
        what: "The API is asked with the token of whoever came last, logged out or not.",
        models: "axios.defaults.headers.common['Authorization'] on a server: one header for everybody; RFC 7009 section 2.1",
        breaks: &["RFC7009-2.1-7"],
        install: |d| d.client.api.keeps_token = true,
        ..CLIENT
    },
];
