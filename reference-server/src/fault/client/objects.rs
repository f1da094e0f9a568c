//! Mistakes in signed requests (RFC 9101), in requests that are pushed (RFC 9126) and in rights asked for in detail (RFC
//! 9396).

use serde_json::json;

use super::{CLIENT, Fault};
use crate::decisions::client::{assertions as asserted, objects as right};
use crate::encoding;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "client-jar-unsigned",
        what: "The request object is not signed: alg is none.",
        models: "request_object_signing_alg left at a default of none, as OpenID Connect Core section 6.1 lets it; RFC 9101 section 10.1",
        breaks: &["RFC9101-10.1-1"],
        install: |d| {
            d.client.objects.text = |claims| {
                let part = |text: String| encoding::base64url(text.as_bytes());
                format!(
                    "{}.{}.",
                    part(json!({ "alg": "none" }).to_string()),
                    part(claims.to_string())
                )
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-jar-state-outside",
        what: "state stands beside the request object and not in it.",
        models: "a library that signs what is configured and adds what is fresh; RFC 9101 section 4",
        breaks: &["RFC9101-4-1"],
        install: |d| {
            d.client.objects.claims = |asked, facts| {
                let mut claims = right::claims(asked, facts);
                claims.remove("state");
                claims
            };
            d.client.objects.beside = |asked| {
                let mine = asked
                    .iter()
                    .filter(|(name, _)| ["client_id", "state"].contains(name));
                mine.cloned().collect()
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-jar-numbers-as-text",
        what: "max_age stands in the request object as text.",
        models: "claims made from a map of query parameters; RFC 9101 section 4",
        breaks: &["RFC9101-4-2"],
        install: |d| {
            d.client.objects.claims = |asked, facts| {
                let mut claims = right::claims(asked, facts);
                for (name, text) in asked {
                    claims.insert((*name).to_owned(), json!(text));
                }
                claims
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-jar-for-anybody",
        what: "The request object says neither who made it nor for whom.",
        models: "JWTs of the parameters and nothing else; RFC 9101 section 4",
        breaks: &["RFC9101-4-3"],
        install: |d| {
            d.client.objects.claims = |asked, facts| {
                let mut claims = right::claims(asked, facts);
                claims.remove("iss");
                claims.remove("aud");
                claims
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-jar-holds-an-address",
        what: "The request object names an address of a request object.",
        models: "all parameters of a request builder, request_uri among them; RFC 9101 section 4",
        breaks: &["RFC9101-4-5"],
        install: |d| {
            d.client.objects.claims = |asked, facts| {
                let mut claims = right::claims(asked, facts);
                let address = format!("{}/request.jwt", facts.issuer);
                claims.insert("request_uri".to_owned(), json!(address));
                claims
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-jar-address-counted",
        what: "The addresses of request objects are numbered.",
        models: "the primary key of a table in the address; RFC 9101 section 5.2.1",
        breaks: &["RFC9101-5.2.1-1"],
        install: |d| d.client.objects.name = |_, count| format!("{}", 1000 + count),
        ..CLIENT
    },
    Fault {
        name: "client-jar-address-too-long",
        what: "The address of a request object holds the whole object.",
        models: "stateless handlers that put the object into their own query; RFC 9101 section 5.2",
        breaks: &["RFC9101-5.2-1"],
        install: |d| d.client.objects.name = |object, _| object.to_owned(),
        ..CLIENT
    },
    Fault {
        name: "client-jar-pushed-beside-parameters",
        what: "The parameters are pushed beside the request object that holds them.",
        models: "a push that adds request to the form it had; RFC 9126 section 3",
        breaks: &["RFC9126-3-1"],
        install: |d| {
            d.client.objects.pushed = |signed, mut asked| {
                asked.extend(signed.into_iter().filter(|(name, _)| *name == "request"));
                asked
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-push-assertion-for-the-endpoint",
        what: "The audience of an assertion is the address to which it is sent.",
        models: "aud = the URL of the request, which RFC 7523 lets a client choose; RFC 9126 section 2",
        breaks: &["RFC9126-2-4"],
        install: |d| {
            d.client.assertions.claims = |facts| {
                let mut claims = asserted::claims(facts);
                claims["aud"] = facts.endpoint.into();
                claims
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-push-binds-nothing",
        what: "A pushed request has neither challenge nor state nor nonce.",
        models: "what is pushed is taken to be safe from everything; RFC 9126 section 7.5",
        breaks: &["RFC9126-7.5-1"],
        install: |d| {
            d.client.assertions.pushed = |mut asked| {
                let binds = ["state", "nonce", "code_challenge", "code_challenge_method"];
                asked.retain(|(name, _)| !binds.contains(name));
                asked
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-push-demand-unread",
        what: "A provider that takes pushed requests alone gets another by the browser.",
        models: "a setting of the client decides, and the metadata is not asked; RFC 9126 section 5",
        breaks: &["CWE-522"],
        install: |d| d.client.assertions.must_push = |_| false,
        ..CLIENT
    },
    Fault {
        name: "client-details-without-type",
        what: "The rights that are asked for name no type.",
        models: "details copied from an API that has one kind alone; RFC 9396 section 2",
        breaks: &["RFC9396-2-2"],
        install: |d| {
            d.client.objects.details = |origin| json!([{ "locations": [format!("{origin}/api")], "actions": ["initiate"] }]);
        },
        ..CLIENT
    },
    Fault {
        name: "client-details-in-the-browser",
        what: "The rights that are asked for go through the browser, for anybody to change.",
        models: "amount and account of a payment in the address; RFC 9396 section 12",
        breaks: &["RFC9396-12-1"],
        install: |d| d.client.objects.protects_details = false,
        ..CLIENT
    },
];
