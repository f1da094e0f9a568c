//! Mistakes in what a client registers of itself (RFC 7591), and in how its tokens end (RFC 7009).

use axum::http::StatusCode;

use super::{CLIENT, Fault};
use crate::decisions::client::standing as right;
use crate::keys;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "client-registration-with-both-key-sets",
        what: "The client registers its keys and their address together.",
        models: "every field of a settings class that is set; RFC 7591 section 2",
        breaks: &["RFC7591-2-8"],
        install: |d| {
            d.client.standing.metadata = |origin| {
                let mut metadata = right::metadata(origin);
                metadata["jwks"] = keys::own_set();
                metadata
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-registration-nameless",
        what: "The client registers neither its name nor its address.",
        models: "the smallest registration that a provider takes; RFC 7591 section 2",
        breaks: &["RFC7591-2-9"],
        install: |d| {
            d.client.standing.metadata = |origin| {
                let mut metadata = right::metadata(origin);
                if let Some(members) = metadata.as_object_mut() {
                    members.remove("client_name");
                    members.remove("client_uri");
                }
                metadata
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-registration-error-strict",
        what: "An error with a member that the client does not know is a crash.",
        models: "TypeError: __init__() got an unexpected keyword argument; RFC 7591 section 3.2.2",
        breaks: &["RFC7591-3.2.2-5"],
        install: |d| {
            d.client.standing.refused = |said| {
                let known = ["error", "error_description"];
                if said.keys().all(|name| known.contains(&name.as_str())) {
                    StatusCode::BAD_REQUEST
                } else {
                    StatusCode::INTERNAL_SERVER_ERROR
                }
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-revocation-hammers",
        what: "A revocation that was put off is tried three times at once.",
        models: "retries without a pause around every request; RFC 7009 section 2.2.1",
        breaks: &["RFC7009-2.2.1-2"],
        install: |d| d.client.standing.tries = 3,
        ..CLIENT
    },
];
