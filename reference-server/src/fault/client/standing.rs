//! Mistakes in what a client registers of itself (RFC 7591), in how it shows its certificate (RFC 8705), and in how its
//! tokens end (RFC 7009).

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
        name: "client-mtls-nameless",
        what: "The token request over mutual TLS does not say which client it is from.",
        models: "the certificate is taken to say it all; RFC 8705 section 2",
        breaks: &["RFC8705-2-2"],
        install: |d| d.client.standing.names_itself = false,
        ..CLIENT
    },
    Fault {
        name: "client-mtls-aliases-unread",
        what: "The endpoints for everybody are asked, though there are others for clients with a certificate.",
        models: "metadata.token_endpoint without a look at mtls_endpoint_aliases; RFC 8705 section 5",
        breaks: &["RFC8705-5-1"],
        install: |d| d.client.standing.endpoints = |metadata| metadata,
        ..CLIENT
    },
    Fault {
        name: "client-mtls-token-without-certificate",
        what: "The certificate is shown for the token, and not where the token is used.",
        models: "the agent with the certificate configured for one host of two; RFC 8705 section 3",
        breaks: &["RFC8705-3-3"],
        install: |d| d.client.standing.shows_again = false,
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
