//! Mistakes with the APIs that tokens are for (RFC 8707), and with tokens for tokens (RFC 8693).

use serde_json::json;

use super::super::Fault;
use super::SERVER;
use crate::decisions::grant::extension;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-resource-first-alone",
        what: "Of several APIs the first counts, and nobody is told.",
        models: "params.get('resource'); RFC 8707 section 2",
        breaks: &["RFC8707-2-6"],
        install: |d| {
            d.grant.extension.audience =
                |asked, own| asked.first().map_or(own, String::as_str).into();
        },
        ..SERVER
    },
    Fault {
        name: "as-resource-and-its-own",
        what: "A token for an API is for the server's own API too.",
        models: "an audience that is added for UserInfo; RFC 8707 section 2",
        breaks: &["RFC8707-2-7", "RFC9068-3-1"],
        install: |d| {
            d.grant.extension.audience = |asked, own| {
                let own = [own.to_owned()];
                json!([asked, &own[..]].concat())
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-resource-one-name-for-all",
        what: "Tokens for every API have one and the same audience.",
        models: "an API gateway in front of them all; RFC 9068 section 5",
        breaks: &["RFC9068-5-1", "RFC9068-3-1", "RFC8707-2-7"],
        install: |d| {
            d.grant.extension.audience = |asked, own| match asked {
                [] => own.into(),
                _ => "https://gateway.example".into(),
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-resource-in-the-code-flow-alone",
        what: "A client's own grant is for the server's own API, whichever it names.",
        models: "RFC 8707 section 2.2, one grant of several",
        breaks: &["RFC8707-2.2-3"],
        install: |d| d.grant.extension.own_grant_for = |_| Vec::new(),
        ..SERVER
    },
    Fault {
        name: "as-refresh-for-all-apis",
        what: "A refresh that names one API is for all that were granted.",
        models: "RFC 8707 section 2.2, a copy of the old token",
        breaks: &["RFC8707-2.2-2"],
        install: |d| d.grant.extension.refreshes_for_one = false,
        ..SERVER
    },
    Fault {
        name: "as-resource-fragment-cut",
        what: "The fragment of a resource is cut off, and a path alone is one of the server.",
        models: "new URL(resource, origin); RFC 8693 section 2.1",
        breaks: &["RFC8693-2.1-2", "RFC8707-2-5"],
        install: |d| {
            d.grant.extension.target = |uri, origin| {
                let whole = uri.split('#').next().unwrap_or_default();
                whole.starts_with('/') || extension::target(whole, origin)
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-exchange-actor-without-type",
        what: "An actor's token is taken without its type.",
        models: "RFC 8693 section 2.1, a default",
        breaks: &["RFC8693-2.1-3"],
        install: |d| d.grant.extension.needs_actor_type = false,
        ..SERVER
    },
    Fault {
        name: "as-exchange-of-any-actor",
        what: "An actor's token is decoded, and not verified.",
        models: "the subject's token is what counts; RFC 8693 section 2.1",
        breaks: &["RFC8693-2.1-6"],
        install: |d| d.grant.extension.checks_actor = false,
        ..SERVER
    },
    Fault {
        name: "as-bearer-without-client",
        what: "Where a JWT is the grant, a wrong secret or assertion of the client does no harm.",
        models: "authentication is optional for the grant; RFC 7523 section 3.1",
        breaks: &["RFC7523-3.1-1"],
        install: |d| d.grant.extension.bearer_without_client = true,
        ..SERVER
    },
];
