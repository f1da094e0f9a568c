//! The metadata of an authorization server, and the endpoints that it names.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::{Origin, Request};
use crate::run::drive::Ports;
use crate::suite::profile::Endpoint;
use crate::wire::json;

use super::Prepared;

impl Prepared {
    /// RFC 8414 section 3: the well-known part between host and path, or behind the path (OpenID Discovery).
    pub(super) async fn metadata(&mut self, ports: &Ports) {
        let Some(issuer) = self
            .world
            .profile
            .server
            .as_ref()
            .and_then(|server| server.issuer.clone())
        else {
            return;
        };
        let Ok((origin, url)) = Origin::parse(&issuer) else {
            self.trouble("metadata", format!("`{issuer}` is no issuer identifier"));
            return;
        };
        let path = url.path().trim_end_matches('/');
        let places = places(path);
        for (name, place) in &places {
            let endpoint = at("GET", origin.clone(), place.clone());
            self.world.endpoints.insert((*name).to_owned(), endpoint);
        }
        let mut seen = String::new();
        for (_, place) in places.into_iter().filter(|(name, _)| is_read(name)) {
            let request = Request::new("GET", origin.clone(), place.clone());
            match self.ask(request, ports).await {
                Ok(response) if response.status == 200 => {
                    if let Some(body) = json::parse_lenient(response.body.bytes()) {
                        let metadata = at("GET", origin, place);
                        self.world.endpoints.insert("metadata".to_owned(), metadata);
                        return self.take_metadata(body, &issuer);
                    }
                    seen = format!("{place} is no JSON");
                }
                Ok(response) => seen = format!("{place} answered {}", response.status),
                Err(why) => seen = why,
            }
        }
        self.trouble("metadata", format!("no metadata of {issuer}: {seen}"));
    }

    fn take_metadata(&mut self, body: Value, issuer: &str) {
        // a document that can't be used can still be judged, at `metadata`
        let said = body
            .get("issuer")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if said != issuer {
            self.trouble("metadata", format!("the metadata is of `{said}`, not of `{issuer}`: not used (RFC 8414 section 3.3)"));
            return;
        }
        let mut found: BTreeMap<String, Endpoint> = BTreeMap::new();
        let own = self.world.own_origins();
        let aliases = body.get("mtls_endpoint_aliases").and_then(Value::as_object);
        let aliases = aliases.into_iter().flatten();
        let aliases = aliases.map(|(member, url)| (ALIAS, member, url));
        let members = body.as_object().into_iter().flatten();
        let members = members.map(|(member, url)| ("", member, url));
        for (kind, member, url) in members.chain(aliases) {
            let name = match member.strip_suffix("_endpoint") {
                Some(name) => format!("{kind}{}", name.replace('_', "-")),
                None if member == "jwks_uri" => "jwks".to_owned(),
                None => continue,
            };
            let Some(text) = url.as_str() else { continue };
            let Ok((origin, parsed)) = Origin::parse(text) else {
                continue;
            };
            if !own.contains(&origin.to_string()) {
                self.trouble(
                    "metadata",
                    format!("{member} is at {origin}, which the profile does not name (origins:)"),
                );
                continue;
            }
            let query = parsed
                .query()
                .map(|query| format!("?{query}"))
                .unwrap_or_default();
            let get = matches!(name.as_str(), "authorization" | "userinfo" | "jwks");
            let method = if get { "GET" } else { "POST" };
            found.insert(
                name,
                at(method, origin, format!("{}{query}", parsed.path())),
            );
        }
        for (name, endpoint) in found {
            self.world.endpoints.entry(name).or_insert(endpoint);
        }
        self.world.metadata = Some(body);
    }
}

/// What stands before the name of an endpoint for clients with certificates (RFC 8705 section 5).
const ALIAS: &str = "mtls-";

/// Where documents of an issuer may be: the well-known part between host and path (RFC 8414 section 3), or behind the
/// path (OpenID Connect Discovery section 4). The wrong one of each pair is a place that some servers use all the same.
fn places(path: &str) -> [(&'static str, String); 4] {
    let (oauth, openid) = (
        "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration",
    );
    [
        ("oauth-metadata", format!("{oauth}{path}")),
        ("openid-metadata", format!("{path}{openid}")),
        ("openid-metadata-inserted", format!("{openid}{path}")),
        ("oauth-metadata-appended", format!("{path}{oauth}")),
    ]
}

/// Whether a run takes its metadata from there.
fn is_read(name: &str) -> bool {
    matches!(name, "oauth-metadata" | "openid-metadata")
}

fn at(method: &str, origin: Origin, target: String) -> Endpoint {
    Endpoint {
        method: method.to_owned(),
        origin,
        target,
        headers: Vec::new(),
        body: None,
    }
}
