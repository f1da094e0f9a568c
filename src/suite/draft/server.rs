//! From the metadata of an authorization server (RFC 8414, OpenID Connect Discovery) to a profile.

use serde_json::Value;

use crate::model::{Capability, Origin};

use super::Draft;
use super::page::{Page, env, value};
use super::place::far;

/// A redirection URI for the registrations. Nobody listens there: authspec is the browser, and reads the answer where it
/// is sent away.
const REDIRECT: &str = "https://client.example/cb";

/// A client that can be registered: its role, its entry, and whether metadata speaks of such.
struct Client {
    role: &'static str,
    capability: Capability,
    entry: &'static str,
    announced: fn(&Metadata<'_>) -> bool,
}

const CLIENTS: &[Client] = &[
    Client {
        role: "other",
        capability: Capability::OtherClient,
        entry: "{ id: \"${env.OTHER_ID}\", secret: \"${env.OTHER_SECRET}\", redirect-uri: https://other.example/cb }",
        announced: |_| true,
    },
    Client {
        role: "public",
        capability: Capability::PublicClient,
        entry: "{ id: \"${env.PUBLIC_ID}\", redirect-uri: https://app.example/cb }",
        announced: |metadata| {
            !metadata.says("token_endpoint_auth_methods_supported") || metadata.takes("none")
        },
    },
    Client {
        role: "with-query",
        capability: Capability::QueryClient,
        entry: "{ id: \"${env.CLIENT_ID}\", secret: \"${env.CLIENT_SECRET}\", redirect-uri: \"https://client.example/cb?tenant=7\" }",
        announced: |_| true,
    },
    Client {
        role: "native",
        capability: Capability::NativeClient,
        entry: "{ id: \"${env.PUBLIC_ID}\", redirect-uri: \"http://127.0.0.1/cb\" }",
        announced: |_| true,
    },
    Client {
        role: "private-key-jwt",
        capability: Capability::PrivateKeyJwt,
        entry: "{ id: \"${env.KEYED_ID}\", pem: \"${env.CLIENT_KEY}\", kid: key-1, redirect-uri: https://client.example/cb }",
        announced: |metadata| metadata.takes("private_key_jwt"),
    },
    Client {
        role: "tls-client",
        capability: Capability::TlsClient,
        entry: "{ id: \"${env.CERTIFIED_ID}\", certificate: { pem-file: client.pem, key-file: client.key } }",
        announced: |metadata| metadata.takes("tls_client_auth"),
    },
    Client {
        role: "self-signed-tls-client",
        capability: Capability::SelfSignedTlsClient,
        entry: "{ id: \"${env.CERTIFIED_ID}\", certificate: { pem-file: client.pem, key-file: client.key } }",
        announced: |metadata| metadata.takes("self_signed_tls_client_auth"),
    },
    Client {
        role: "attested",
        capability: Capability::AttestedClient,
        entry: "{ id: \"${env.ATTESTED_ID}\", pem: \"${env.ATTESTER_KEY}\", kid: key-1, redirect-uri: https://client.example/cb }",
        announced: |metadata| metadata.takes("attest_jwt_client_auth"),
    },
    Client {
        role: "pushing",
        capability: Capability::PushingClient,
        entry: "{ id: \"${env.PUSHING_ID}\", secret: \"${env.PUSHING_SECRET}\", redirect-uri: https://client.example/cb }",
        announced: |metadata| metadata.says("pushed_authorization_request_endpoint"),
    },
    Client {
        role: "signing",
        capability: Capability::SigningClient,
        entry: "{ id: \"${env.SIGNING_ID}\", pem: \"${env.CLIENT_KEY}\", kid: key-1, redirect-uri: https://client.example/cb }",
        announced: |metadata| metadata.says("request_object_signing_alg_values_supported"),
    },
    Client {
        role: "bound",
        capability: Capability::BoundClient,
        entry: "{ id: \"${env.BOUND_ID}\", secret: \"${env.BOUND_SECRET}\", redirect-uri: https://client.example/cb }",
        announced: |metadata| metadata.says("dpop_signing_alg_values_supported"),
    },
];

/// The profile of the authorization server with this issuer identifier; `allowed` are hosts that may be audited.
pub fn server(issuer: &str, metadata: &Value, allowed: &[String]) -> Draft {
    let metadata = Metadata(metadata);
    let mut page = Page::default();
    page.note(&format!(
        "A profile for authspec, made from the metadata of {issuer}."
    ));
    super::conventions(&mut page);
    page.blank();
    place(&mut page, issuer, &metadata, allowed);
    page.blank();
    page.meaning(&["authorization-server"]);
    page.line("authorization-server:");
    page.indent = 2;
    inside(&mut page, issuer, &metadata);
    page.indent = 0;
    page.blank();
    clients(&mut page, &metadata);
    page.blank();
    users(&mut page);
    page.blank();
    page.note("`authspec doctor` says what further entries would unlock.");
    page.off("standards", "[oauth21, oidc]");
    page.off("allow", "[writes, failed-logins]");
    page.done()
}

struct Metadata<'a>(&'a Value);

impl<'a> Metadata<'a> {
    fn says(&self, member: &str) -> bool {
        self.0
            .get(member)
            .is_some_and(|value| *value != Value::Bool(false))
    }

    fn lists(&self, member: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let list = self.0.get(member).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str)
    }

    fn takes(&self, method: &str) -> bool {
        let mut methods = self.lists("token_endpoint_auth_methods_supported");
        methods.any(|one| one == method)
    }

    fn scope(&self, scope: &str) -> bool {
        self.lists("scopes_supported").any(|one| one == scope)
    }

    /// Members that name an address, with it.
    fn endpoints(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let members = self.0.as_object().into_iter().flatten();
        members.filter_map(|(name, value)| {
            let is_address = name.ends_with("_endpoint") || name == "jwks_uri";
            Some((name.as_str(), value.as_str().filter(|_| is_address)?))
        })
    }
}

/// The target is where the issuer is; what else is asked must be named.
fn place(page: &mut Page, issuer: &str, metadata: &Metadata<'_>, allowed: &[String]) {
    let own = Origin::parse(issuer).ok().map(|(origin, _)| origin);
    let mut all: Vec<Origin> = own.iter().cloned().collect();
    for (_, url) in metadata.endpoints() {
        if let Ok((origin, _)) = Origin::parse(url)
            && !all.contains(&origin)
        {
            all.push(origin);
        }
    }
    let target = own.map_or_else(|| issuer.to_owned(), |origin| origin.to_string());
    page.key("target", &value(&target));
    let further: Vec<String> = all
        .iter()
        .skip(1)
        .map(|one| value(&one.to_string()))
        .collect();
    if !further.is_empty() {
        page.key("origins", &format!("[{}]", further.join(", ")));
    }
    let away = || all.iter().filter(|origin| !origin.is_loopback());
    let mut hosts: Vec<String> = away().map(|origin| origin.host.clone()).collect();
    hosts.dedup();
    let plain = away().any(|origin| origin.scheme == "http");
    far(page, &hosts, plain, allowed);
}

fn inside(page: &mut Page, issuer: &str, metadata: &Metadata<'_>) {
    let key = |page: &mut Page, key: &str, value: &str, off: bool| {
        page.meaning(&["authorization-server", key]);
        if off {
            page.line_off(&format!("{key}: {value}"));
        } else {
            page.bare(key, value);
        }
    };
    key(page, "issuer", &value(issuer), false);
    for (name, url) in metadata.endpoints() {
        page.note(&format!("{name}: {url}"));
    }
    let openid = metadata.scope("openid");
    key(page, "scope", "openid", !openid);
    key(
        page,
        "refresh-token",
        "{ scope: openid offline_access }",
        !(openid && metadata.scope("offline_access")),
    );
    let witness = if metadata.says("userinfo_endpoint") {
        "userinfo"
    } else {
        "introspection"
    };
    let unsure = !(openid && witness == "userinfo");
    key(page, "witness", witness, unsure);
    page.note("Forms of user name and password, and of consent, are found and filled in. Where that fails, say how:");
    key(
        page,
        "login",
        "[{ submit: { fields: { username: \"${user.name}\", password: \"${user.password}\" } } }]",
        true,
    );
    key(page, "consent", "[{ submit: { button: allow } }]", true);
}

fn clients(page: &mut Page, metadata: &Metadata<'_>) {
    page.note("Clients to register there first, with these redirection URIs. authspec is the browser: nobody listens at them.");
    let mut methods = metadata
        .lists("token_endpoint_auth_methods_supported")
        .peekable();
    if methods.peek().is_some() {
        let methods: Vec<&str> = methods.collect();
        page.note(&format!(
            "The server lets clients authenticate by {}.",
            methods.join(", ")
        ));
    }
    page.line("clients:");
    page.indent = 2;
    let posts = metadata.takes("client_secret_post") && !metadata.takes("client_secret_basic");
    let post = if posts { ", post: true" } else { "" };
    page.note(Capability::ConfidentialClient.what());
    page.line(&format!(
        "confidential: {{ id: {}, secret: {}, redirect-uri: {}{post} }}",
        env("CLIENT_ID"),
        env("CLIENT_SECRET"),
        REDIRECT,
    ));
    for client in CLIENTS.iter().filter(|client| (client.announced)(metadata)) {
        page.note(client.capability.what());
        page.line_off(&format!("{}: {}", client.role, client.entry));
    }
    page.indent = 0;
}

fn users(page: &mut Page) {
    page.note("Accounts there: one to log in with, and one of somebody else.");
    page.line("users:");
    page.indent = 2;
    page.line(&format!(
        "alice: {{ name: {}, password: {} }}",
        env("API_USER"),
        env("API_PASSWORD")
    ));
    page.line_off(&format!(
        "mallory: {{ name: {}, password: {} }}",
        env("OTHER_USER"),
        env("OTHER_PASSWORD")
    ));
    page.indent = 0;
}
