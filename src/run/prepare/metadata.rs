//! The metadata of an authorization server, and the endpoints that it names.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::model::{Origin, Request};
use crate::run::claims::claims_standard;
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
            match self.document(&origin, &place, ports).await {
                Ok(body) => {
                    let metadata = at("GET", origin.clone(), place.clone());
                    self.world.endpoints.insert("metadata".to_owned(), metadata);
                    self.take_metadata(body, &issuer);
                    let further = format!("{path}{OPENID}");
                    if place != further {
                        self.add_openid(&origin, &further, &issuer, ports).await;
                    }
                    return;
                }
                Err(why) => seen = why,
            }
        }
        self.trouble("metadata", format!("no metadata of {issuer}: {seen}"));
    }

    async fn document(
        &mut self,
        origin: &Origin,
        place: &str,
        ports: &Ports,
    ) -> Result<Value, String> {
        let request = Request::new("GET", origin.clone(), place.to_owned());
        let response = self.ask(request, ports).await?;
        if response.status != 200 {
            return Err(format!("{place} answered {}", response.status));
        }
        json::parse_lenient(response.body.bytes()).ok_or_else(|| format!("{place} is no JSON"))
    }

    /// What OpenID Connect Discovery says beyond RFC 8414: servers with two documents name UserInfo in the second alone.
    async fn add_openid(&mut self, origin: &Origin, place: &str, issuer: &str, ports: &Ports) {
        if !claims_standard("oidc-core", &self.world.profile) {
            return;
        }
        let Some(Value::Object(first)) = self.world.metadata.clone() else {
            return;
        };
        let Ok(Value::Object(mut second)) = self.document(origin, place, ports).await else {
            return;
        };
        if second.get("issuer").and_then(Value::as_str) != Some(issuer) {
            return;
        }
        second.retain(|member, _| !first.contains_key(member));
        self.take_endpoints(&second);
        second.extend(first);
        self.world.metadata = Some(Value::Object(second));
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
        if let Some(members) = body.as_object() {
            self.take_endpoints(members);
        }
        self.world.metadata = Some(body);
    }

    fn take_endpoints(&mut self, body: &Map<String, Value>) {
        let mut found: BTreeMap<String, Endpoint> = BTreeMap::new();
        let own = self.world.own_origins();
        let aliases = body.get("mtls_endpoint_aliases").and_then(Value::as_object);
        let aliases = aliases.into_iter().flatten();
        let aliases = aliases.map(|(member, url)| (ALIAS, member, url));
        let members = body.iter().map(|(member, url)| ("", member, url));
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
    }
}

/// What stands before the name of an endpoint for clients with certificates (RFC 8705 section 5).
const ALIAS: &str = "mtls-";

/// The well-known part of OpenID Connect Discovery.
const OPENID: &str = "/.well-known/openid-configuration";

/// Where documents of an issuer may be: the well-known part between host and path (RFC 8414 section 3), or behind the
/// path (OpenID Connect Discovery section 4). The wrong one of each pair is a place that some servers use all the same.
fn places(path: &str) -> [(&'static str, String); 4] {
    let (oauth, openid) = ("/.well-known/oauth-authorization-server", OPENID);
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::exec::world::World;
    use crate::model::{Answer, Moment, Response, Vault};
    use crate::run::port::{Call, Chance, Clock, Heard, Http, Pool, Promise};
    use crate::source::Sources;
    use crate::suite::profile::profile;

    /// Answers with the document of a path, and with 404 elsewhere.
    struct Documents(Vec<(&'static str, Value)>);

    impl Http for Documents {
        fn send(&self, call: Call) -> Promise<'_, Heard> {
            let mut all = self.0.iter();
            let found = all.find(|(path, _)| *path == call.request.target);
            let response = match found {
                Some((_, document)) => Response::new(200, Vec::new(), document.to_string()),
                None => Response::new(404, Vec::new(), ""),
            };
            Box::pin(async move {
                Heard {
                    answer: Answer::Response(response),
                    at: Moment(Duration::ZERO),
                    took: Duration::ZERO,
                    resent: false,
                }
            })
        }

        fn close(&self, _: Pool) {}
    }

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Moment {
            Moment(Duration::ZERO)
        }

        fn wait(&self, _: Duration) -> Promise<'_, ()> {
            Box::pin(async {})
        }
    }

    impl Chance for Still {
        fn bytes(&self) -> [u8; 32] {
            [0; 32]
        }
    }

    async fn prepared(lines: &str, documents: Vec<(&'static str, Value)>) -> Prepared {
        let mut sources = Sources::default();
        let lines = format!(
            "target: http://127.0.0.1:1\nauthorization-server: {{ issuer: \"http://127.0.0.1:1\" }}\n{lines}\n"
        );
        let file = sources.add("authspec.yaml", lines);
        let read = profile(&sources, file, None, &|_| None, &|_| Err(String::new()));
        let profile = read.unwrap_or_else(|wrong| panic!("{wrong:?}"));
        let mut prepared = Prepared {
            world: World::new(Arc::new(profile)),
            vault: Vault::default(),
            troubles: Vec::new(),
            requests: 0,
            skew: None,
        };
        let ports = Ports {
            http: Arc::new(Documents(documents)),
            clock: Arc::new(Still),
            chance: Arc::new(Still),
            provider: None,
            restart: None,
        };
        prepared.metadata(&ports).await;
        prepared
    }

    #[tokio::test]
    async fn where_openid_is_claimed_its_document_adds_what_the_first_lacks_and_changes_nothing() {
        let (oauth, openid) = (
            "/.well-known/oauth-authorization-server",
            "/.well-known/openid-configuration",
        );
        let own = |path: &str| format!("http://127.0.0.1:1{path}");
        let first = json!({ "issuer": own(""), "token_endpoint": own("/token") });
        let second = |issuer: String| {
            json!({
                "issuer": issuer,
                "token_endpoint": own("/other"),
                "userinfo_endpoint": own("/userinfo"),
                "request_parameter_supported": true,
            })
        };
        let both = vec![(oauth, first.clone()), (openid, second(own("")))];
        let foreign = vec![(oauth, first.clone()), (openid, second(own("/other")))];
        let oidc = "standards: [oidc]";
        for (lines, documents, added, requests) in [
            (oidc, both.clone(), true, 2),
            (oidc, foreign, false, 2),
            (oidc, vec![(oauth, first)], false, 2),
            ("", both, false, 1),
        ] {
            let prepared = prepared(lines, documents).await;
            let target = |name: &str| {
                let endpoint = prepared.world.endpoints.get(name);
                endpoint.map(|endpoint| endpoint.target.as_str())
            };
            let about = format!("{lines}, {added}");
            assert_eq!(target("token"), Some("/token"), "{about}");
            assert_eq!(target("metadata"), Some(oauth), "{about}");
            assert_eq!(target("userinfo"), added.then_some("/userinfo"), "{about}");
            let metadata = prepared.world.metadata.as_ref().unwrap();
            assert_eq!(
                metadata.get("request_parameter_supported").is_some(),
                added,
                "{about}"
            );
            assert_eq!(metadata["token_endpoint"], own("/token"), "{about}");
            assert_eq!(prepared.requests, requests, "{about}");
            assert!(prepared.troubles.is_empty(), "{:?}", prepared.troubles);
        }
    }
}
