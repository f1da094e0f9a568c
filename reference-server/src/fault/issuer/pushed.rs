//! Mistakes with pushed authorization requests.

use serde_json::Value;

use super::super::Fault;
use super::SERVER;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-par-expiry-is-text",
        what: "The answer to a push is 200, and expires_in a text.",
        models: "RFC 9126 section 2.2, a map of strings",
        breaks: &["RFC9126-2.2-1"],
        install: |d| {
            d.grant.request.answer = |said, status| {
                said["expires_in"] = Value::from("90");
                *status = 200;
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-par-for-anyone",
        what: "A client that only says its name may push, though it has a secret.",
        models: "RFC 9126 section 2.1, the route was left out of the filter",
        breaks: &["RFC9126-2.1-2"],
        install: |d| d.grant.request.anyone_pushes = true,
        ..SERVER
    },
    Fault {
        name: "as-par-hidden-from-get",
        what: "A GET at the endpoint for pushes is answered 404.",
        models: "a router that knows paths by method; RFC 9126 section 2.3",
        breaks: &["RFC9126-2.3-3"],
        install: |d| d.grant.request.hides_from_get = true,
        ..SERVER
    },
    Fault {
        name: "as-par-takes-request-uri",
        what: "request_uri may be pushed.",
        models: "RFC 9126 section 2.1",
        breaks: &["RFC9126-2.1-3"],
        install: |d| d.grant.request.pushes_request_uri = true,
        ..SERVER
    },
    Fault {
        name: "as-par-not-validated",
        what: "A pushed request is stored as it comes, and validated when it is opened.",
        models: "RFC 9126 section 2.1",
        breaks: &["RFC9126-2.1-4", "RFC9126-2.4-1", "RFC9126-7.2-1"],
        install: |d| d.grant.request.validates = false,
        ..SERVER
    },
    Fault {
        name: "as-par-for-any-client",
        what: "Any client may open a request that another one pushed.",
        models: "RFC 9126 section 2.2, a lookup by request_uri alone",
        breaks: &["RFC9126-2.2-3"],
        install: |d| d.grant.request.pushed_by = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-par-works-again",
        what: "A request_uri works until it expires.",
        models: "RFC 9126 section 4, a cache with a time to live",
        breaks: &["RFC9126-4-2", "RFC9126-7.3-1"],
        install: |d| d.grant.request.once = false,
        ..SERVER
    },
    Fault {
        name: "as-par-gone-when-opened",
        what: "A request_uri is gone as soon as a page was shown for it.",
        models: "RFC 9126 section 4, GETDEL",
        breaks: &["RFC9126-4-4"],
        install: |d| d.grant.request.once_opened = true,
        ..SERVER
    },
    Fault {
        name: "as-par-never-expires",
        what: "expires_in is said, and nothing expires.",
        models: "RFC 9126 section 4, a map without a sweeper",
        breaks: &["RFC9126-4-3", "RFC9101-10.2-1"],
        install: |d| d.grant.request.life = 1_000_000_000,
        ..SERVER
    },
    Fault {
        name: "as-par-uris-count-up",
        what: "request_uri holds the number of a row.",
        models: "AUTO_INCREMENT; CWE-340",
        breaks: &["RFC9126-2.2-2", "RFC9101-10.2-2"],
        install: |d| {
            d.grant.request.fresh =
                |number| format!("urn:ietf:params:oauth:request_uri:{number:08}");
        },
        ..SERVER
    },
    Fault {
        name: "as-par-not-demanded",
        what: "A client that is registered to push may ask without.",
        models: "RFC 9126 section 6, a setting that nothing reads",
        breaks: &["RFC9126-6-1", "RFC9126-5-1"],
        install: |d| d.grant.request.plain_of_pushers = true,
        ..SERVER
    },
    Fault {
        name: "as-par-outside-wins",
        what: "Parameters beside a request_uri or a request object replace those inside.",
        models: "{ ...pushed, ...query }; RFC 9101 section 6.3",
        breaks: &["CWE-472", "RFC9101-5-3", "RFC9101-6.3-1"],
        install: |d| {
            d.grant.request.joined = |inside, outside| {
                let mut joined = inside.clone();
                joined.override_with(outside);
                joined
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-par-issuer-alone",
        what: "Where requests are pushed a client assertion must be for the issuer.",
        models: "RFC 9126 section 2, one rule for all endpoints",
        breaks: &["RFC9126-2-3"],
        install: |d| d.grant.assertion.names = |issuer, _| vec![issuer.to_owned()],
        ..SERVER
    },
    Fault {
        name: "as-par-object-wrong-error",
        what: "A pushed request object that isn't sound is answered with server_error.",
        models: "an exception of the JWT library; RFC 9101 section 6",
        breaks: &["RFC9101-6.2-4", "RFC9101-6.3-3", "RFC9101-6.1-1"],
        install: |d| d.grant.request.object_error = "server_error",
        ..SERVER
    },
    Fault {
        name: "as-par-unbounded",
        what: "A pushed request may be of any length.",
        models: "no limit for bodies; RFC 9126 section 2.3, CWE-770",
        breaks: &["RFC9126-2.3-4", "CWE-770"],
        install: |d| d.grant.request.unbounded = true,
        ..SERVER
    },
    Fault {
        name: "as-par-lives-for-a-day",
        what: "A request_uri works for a day.",
        models: "RFC 9101 section 10.2, the lifetime of the session",
        breaks: &["RFC9101-10.2-1", "RFC9126-4-3"],
        install: |d| {
            d.grant.request.life = 86_400_000;
            d.grant.request.answer = |said, _| said["expires_in"] = 86_400.into();
        },
        ..SERVER
    },
];
