//! Mistakes with the metadata of a protected resource.

use serde_json::{Value, json};

use super::{Fault, ROW};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "metadata-of-the-origin-alone",
        what: "There is one document, at the root; the resources have none.",
        models: "a fixed route /.well-known/oauth-protected-resource for an API below a path",
        breaks: &["RFC9728-3-1"],
        install: |d| d.metadata.served = |path| path.is_empty(),
        ..ROW
    },
    Fault {
        name: "metadata-behind-the-guard",
        what: "The document needs the token that it tells how to get.",
        models: "a guard for every route, mounted before the well-known ones",
        breaks: &["RFC9728-3.1-1"],
        install: |d| d.metadata.guarded = true,
        ..ROW
    },
    Fault {
        name: "metadata-as-text",
        what: "The document is served as a static file without a type.",
        models: "a file without extension, served as text/plain",
        breaks: &["RFC9728-3.2-1"],
        install: |d| d.metadata.media_type = "text/plain",
        ..ROW
    },
    Fault {
        name: "metadata-names-the-origin",
        what: "Every document names the origin as its resource.",
        models: "resource: process.env.BASE_URL, whatever path was asked for",
        breaks: &["RFC9728-3.3-1", "RFC9728-3.3-4"],
        install: |d| d.metadata.resource = |origin, _| origin.to_owned(),
        ..ROW
    },
    Fault {
        name: "metadata-names-the-inner-host",
        what: "The resource is named as the server sees itself behind its proxy.",
        models: "a URL made from the Host field of the inner request",
        breaks: &["RFC9728-1.2-1", "RFC9728-3.3-1"],
        install: |d| d.metadata.resource = |_, path| format!("http://api.internal:8080{path}"),
        ..ROW
    },
    Fault {
        name: "metadata-without-resource",
        what: "The document lists issuers and doesn't say for what.",
        models: "the authorization server's fields, copied into another file",
        breaks: &["RFC9728-2-1"],
        install: |d| d.metadata.members = |document| leave_out(document, "resource"),
        ..ROW
    },
    Fault {
        name: "metadata-keys-without-use",
        what: "The keys of the resource don't say whether they sign or encrypt.",
        models: "exportJWK(publicKey) without more; RFC 9728 section 2",
        breaks: &["RFC9728-2-3"],
        install: |d| d.metadata.key_uses = false,
        ..ROW
    },
    Fault {
        name: "metadata-issuer-without-scheme",
        what: "Authorization servers are listed by host name.",
        models: "authorization_servers: [process.env.AUTH0_DOMAIN]",
        breaks: &["CWE-346"],
        install: |d| {
            d.metadata.members = |document| {
                document["authorization_servers"] = json!(["login.example.com"]);
            };
        },
        ..ROW
    },
    Fault {
        name: "metadata-keys-over-http",
        what: "jwks_uri is a plain http address inside the network.",
        models: "the address by which the server itself fetches them",
        breaks: &["RFC9728-2-2"],
        install: |d| {
            d.metadata.members = |document| {
                document["jwks_uri"] = json!("http://keys.internal/jwks");
            };
        },
        ..ROW
    },
    Fault {
        name: "metadata-lists-none",
        what: "The algorithms of signed answers are all that the library knows, `none` among them.",
        models: "Object.keys(algorithms)",
        breaks: &["RFC9728-2-5"],
        install: |d| {
            d.metadata.members = |document| {
                document["resource_signing_alg_values_supported"] = json!(["RS256", "none"]);
            };
        },
        ..ROW
    },
    Fault {
        name: "metadata-copied-methods",
        what: "The methods of the RFC's example are listed, of which the server knows one.",
        models: "the example of RFC 9728 section 3.2 with other addresses",
        breaks: &["RFC9728-2-7", "CWE-598"],
        install: |d| {
            d.metadata.members = |document| {
                document["bearer_methods_supported"] = json!(["header", "query"]);
            };
        },
        ..ROW
    },
    Fault {
        name: "metadata-methods-of-its-own",
        what: "A cookie is listed among the methods.",
        models: "an API that its own front end calls with a cookie",
        breaks: &["RFC9728-2-7"],
        install: |d| {
            d.metadata.members = |document| {
                document["bearer_methods_supported"] = json!(["header", "cookie"]);
            };
        },
        ..ROW
    },
    Fault {
        name: "metadata-empty-lists",
        what: "What isn't configured is an empty list.",
        models: "a serializer that writes every field of the struct",
        breaks: &["RFC9728-3.2-2"],
        install: |d| {
            d.metadata.members = |document| {
                document["authorization_details_types_supported"] = json!([]);
            };
        },
        ..ROW
    },
    Fault {
        name: "metadata-minimal",
        what: "Neither scopes nor a name are in it.",
        models: "the two members that the client of the day asks for",
        breaks: &["RFC9728-2-4", "RFC9728-2-6"],
        install: |d| {
            d.metadata.members = |document| {
                for name in ["scopes_supported", "resource_name", "resource_name#de"] {
                    leave_out(document, name);
                }
            };
        },
        ..ROW
    },
    Fault {
        name: "metadata-only-translated",
        what: "The name exists in one language, and without the tag not at all.",
        models: "a translation table written out as it is",
        breaks: &["RFC9728-2.1-1", "RFC9728-2-6"],
        install: |d| d.metadata.members = |document| leave_out(document, "resource_name"),
        ..ROW
    },
    Fault {
        name: "metadata-signed-by-nobody",
        what: "The signed copy doesn't say who vouches for it.",
        models: "jwt.sign(metadata, key)",
        breaks: &["RFC9728-2.2-1"],
        install: |d| d.metadata.signed = |claims| leave_out(claims, "iss"),
        ..ROW
    },
    Fault {
        name: "metadata-signed-again",
        what: "The signed copy holds a signed copy: the last one, signed anew at each start.",
        models: "sign(JSON.parse(readFile(published)))",
        breaks: &["RFC9728-2.2-3"],
        install: |d| {
            d.metadata.signed = |claims| {
                claims["signed_metadata"] = json!("eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl");
            };
        },
        ..ROW
    },
];

fn leave_out(document: &mut Value, name: &str) {
    if let Some(members) = document.as_object_mut() {
        members.remove(name);
    }
}
