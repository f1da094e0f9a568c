//! The authorization request: the honest one, changed as the case says.

use serde_json::Value;
use url::Url;

use crate::forge::redirect_trick;
use crate::suite::template::as_text;
use crate::wire::pkce;

use super::super::act::Context;
use super::super::{bindings, token::patch};
use super::Walk;

impl Walk {
    /// The honest request (RFC 6749 section 4.1.1, RFC 7636 section 4.3), changed as the case says.
    pub(super) fn parameters(
        &mut self,
        context: &mut Context<'_>,
    ) -> Result<Vec<(String, String)>, String> {
        let text = |key: &str| self.args.get(key).map(as_text);
        let role = text("client").unwrap_or_else(|| "confidential".to_owned());
        let profile = context.world.profile.clone();
        let client = profile
            .clients
            .get(&role)
            .ok_or_else(|| format!("the profile has no client `{role}`"))?;
        let server = profile
            .server
            .as_ref()
            .ok_or("the profile has no authorization server")?;
        let scope = text("scope").or_else(|| server.scope.clone());
        let (state, nonce, verifier) = (
            context.fresh("state"),
            context.fresh("nonce"),
            context.fresh("verifier"),
        );
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut pairs = vec![pair("response_type", "code"), pair("client_id", &client.id)];
        if let Some(uri) = &client.redirect_uri {
            pairs.push(pair("redirect_uri", uri));
            self.redirect = Url::parse(uri).ok();
        }
        pairs.push(pair("state", &state));
        pairs.push(pair("nonce", &nonce));
        pairs.extend(scope.map(|scope| pair("scope", &scope)));
        if text("wants").as_deref() == Some("refresh-token") {
            for (name, value) in server.refresh_token.iter().flatten() {
                pairs.retain(|(known, _)| known != name);
                pairs.push(pair(name, value));
            }
        }
        match text("pkce").as_deref() {
            Some("none") => {}
            Some("plain") => {
                pairs.extend([
                    pair("code_challenge", &verifier),
                    pair("code_challenge_method", "plain"),
                ]);
                self.flow.verifier = Some(verifier.clone());
            }
            _ => {
                let challenge = pkce::challenge_s256(&verifier);
                pairs.extend([
                    pair("code_challenge", &challenge),
                    pair("code_challenge_method", "S256"),
                ]);
                self.results
                    .insert("challenge".to_owned(), Value::from(challenge));
                self.flow.verifier = Some(verifier.clone());
            }
        }
        let changes = self.tricked(client.redirect_uri.as_deref())?;
        patch(&mut pairs, changes.as_ref());
        self.flow.client = role;
        let sent = |name: &str| {
            pairs
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.clone())
        };
        self.flow.redirect_uri = sent("redirect_uri");
        for (name, value) in [
            ("state", sent("state")),
            ("nonce", sent("nonce")),
            ("verifier", self.flow.verifier.clone()),
        ] {
            self.results
                .extend(value.map(|value| (name.to_owned(), Value::from(value))));
        }
        self.results
            .insert("started".to_owned(), Value::from(context.now.unix()));
        bindings::guard(&self.results, context.vault);
        Ok(pairs)
    }

    /// The trick for which the registered redirection URI leaves no room: no port on a loopback address, say.
    pub(super) fn no_room(&self, context: &Context<'_>) -> Option<String> {
        let role = self
            .args
            .get("client")
            .map_or("confidential".to_owned(), as_text);
        let uri = context
            .world
            .profile
            .clients
            .get(&role)?
            .redirect_uri
            .clone()?;
        let url = Url::parse(&uri).ok()?;
        let changes = self.args.get("query").and_then(Value::as_object)?;
        let given = changes.get("redirect_uri").and_then(Value::as_str);
        if given.is_some_and(|given| only_port_differs(&url, given)) {
            return Some(format!(
                "{uri} differs in its port alone, which is free on a loopback address (RFC 8252 section 7.3)"
            ));
        }
        changes
            .values()
            .filter_map(|value| value.get("like-registered").map(as_text))
            .filter_map(|name| redirect_trick::named(&name))
            .find(|row| (row.make)(&url).is_none())
            .map(|row| format!("`{}` can't be made from {uri}", row.name))
    }

    /// The changes of the case, with `like-registered` made from the registered redirection URI.
    fn tricked(&self, registered: Option<&str>) -> Result<Option<Value>, String> {
        let Some(Value::Object(changes)) = self.args.get("query") else {
            return Ok(None);
        };
        let mut changes = changes.clone();
        for value in changes.values_mut() {
            if let Some(port) = value.get("registered-at-port").and_then(Value::as_u64) {
                *value = Value::from(at_port(registered, port)?);
                continue;
            }
            let Some(name) = value.get("like-registered").map(as_text) else {
                continue;
            };
            let row = redirect_trick::named(&name)
                .ok_or_else(|| format!("there is no redirect-trick `{name}`"))?;
            let url = registered
                .and_then(|uri| Url::parse(uri).ok())
                .ok_or("the client has no redirection URI")?;
            *value = Value::from(
                (row.make)(&url).ok_or_else(|| format!("`{name}` does not apply to {url}"))?,
            );
        }
        Ok(Some(Value::Object(changes)))
    }
}

/// The registered URI with another port (RFC 8252 section 7.3).
fn at_port(registered: Option<&str>, port: u64) -> Result<String, String> {
    let url = registered.and_then(|uri| Url::parse(uri).ok());
    let mut url = url.ok_or("the client has no redirection URI")?;
    let port = u16::try_from(port).map_err(|_| "there is no such port".to_owned())?;
    url.set_port(Some(port))
        .map_err(|()| format!("{url} takes no port"))?;
    Ok(url.into())
}

/// Whether a URI is the registered one of a loopback address with another port.
fn only_port_differs(registered: &Url, given: &str) -> bool {
    let Ok(mut given) = Url::parse(given) else {
        return false;
    };
    let loopback = match registered.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    let differs = given.port() != registered.port();
    loopback && differs && given.set_port(registered.port()).is_ok() && given == *registered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loopback_address_may_have_any_port() {
        for (registered, given, alike) in [
            ("http://127.0.0.1:9401/cb", "http://127.0.0.1:9402/cb", true),
            ("http://[::1]/cb", "http://[::1]:9402/cb", true),
            (
                "http://127.0.0.1:9401/cb",
                "http://127.0.0.1:9401/cb",
                false,
            ),
            (
                "http://127.0.0.1:9401/cb",
                "http://127.0.0.1:9402/other",
                false,
            ),
            (
                "https://app.example/cb",
                "https://app.example:8443/cb",
                false,
            ),
        ] {
            let url = Url::parse(registered).unwrap();
            assert_eq!(
                only_port_differs(&url, given),
                alike,
                "{registered} {given}"
            );
        }
    }
}
