//! Mistakes with nonces in the proofs of token requests (RFC 9449 section 8), and with clients that need a proof.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};

use super::super::Fault;
use super::SERVER;
use crate::decisions::grant::bound;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-dpop-nonce-optional",
        what: "A proof without nonce is taken, though one was given.",
        models: "if (claims.nonce && !known(claims.nonce)); RFC 9449 section 8",
        breaks: &["RFC9449-11.3-2", "RFC9449-8-1"],
        install: |d| d.grant.bound.nonce = |nonce, live| live || nonce.is_none(),
        ..SERVER
    },
    Fault {
        name: "as-dpop-any-nonce-taken",
        what: "Any nonce is taken, whoever made it.",
        models: "a check that the claim is there; RFC 9449 section 8",
        breaks: &["RFC9449-8-4"],
        install: |d| d.grant.bound.nonce = |nonce, _| nonce.is_some(),
        ..SERVER
    },
    Fault {
        name: "as-dpop-nonce-asked-with-401",
        what: "The token endpoint asks for a nonce as an API does, with 401.",
        models: "RFC 9449 section 9 in place of section 8",
        breaks: &["RFC9449-8-1"],
        install: |d| {
            d.grant.bound.asks = |nonce| {
                let mut response = bound::asks(nonce);
                *response.status_mut() = StatusCode::UNAUTHORIZED;
                response
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-dpop-nonce-in-two-fields",
        what: "The answer has two DPoP-Nonce fields, one of the server and one of its gateway.",
        models: "headers.append in two layers; RFC 9449 section 8",
        breaks: &["RFC9449-8-3"],
        install: |d| {
            d.grant.bound.asks = |nonce| {
                let mut response = bound::asks(nonce);
                let other = HeaderValue::from_static("gateway-nonce-7f3a");
                let name = HeaderName::from_static("dpop-nonce");
                response.headers_mut().append(name, other);
                response
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-dpop-nonce-in-quotes",
        what: "The nonce stands in quotation marks.",
        models: "a value written like an entity tag; RFC 9449 section 8.1",
        breaks: &["RFC9449-8.1-1"],
        install: |d| d.grant.bound.asks = |nonce| bound::asks(&format!("\"{nonce}\"")),
        ..SERVER
    },
    Fault {
        name: "as-dpop-nonce-cacheable",
        what: "The answer with a nonce may be kept by caches.",
        models: "a default of the framework; RFC 9449 section 8.2",
        breaks: &["RFC9449-8.2-2"],
        install: |d| {
            d.grant.bound.asks = |nonce| {
                let mut response = bound::asks(nonce);
                let kept = HeaderValue::from_static("public, max-age=60");
                response.headers_mut().insert(header::CACHE_CONTROL, kept);
                response
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-dpop-not-demanded",
        what: "A client that is registered for bound tokens gets others, too.",
        models: "dpop_bound_access_tokens stored and never read; RFC 9449 section 5.2",
        breaks: &["RFC9449-5.2-1"],
        install: |d| d.grant.bound.demanded = false,
        ..SERVER
    },
];
