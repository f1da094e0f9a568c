//! What a case needs, which endpoint it is about and whether it must run alone, read off its steps.

use serde_json::Value;

use crate::forge::mutation;
use crate::model::Capability;

use super::model::{Case, CredentialKind, Departure};
use super::profile::PLACES;
use super::template::{Path, Template};
use super::verb::Verb;

/// Fills in `needs`, `kind` and `exclusive`.
pub fn infer(case: &mut Case) {
    let mut found = Found::default();
    for step in &case.steps {
        found.action(step.action.verb, &step.action.args, true);
        found.references(&step.action.args);
        if let Departure::But { action, .. } = &step.departure {
            found.action(action.verb, &action.args, false);
            found.references(&action.args);
        }
    }
    for script in case.provider.good.iter().chain(&case.provider.departed) {
        found.exclusive = true;
        found.references(script);
        if case.role == crate::model::Role::ResourceServer {
            found.needs.push(Capability::TrustsProvider);
        }
    }
    case.needs.extend(found.needs);
    case.kind = found.kind;
    if case.needs.contains(&Capability::DpopNonce) {
        case.kind = Some(CredentialKind::DpopNonce);
    }
    case.exclusive |= found.exclusive
        || listens(case)
        || case.role == crate::model::Role::Client
        || !case.effects.is_empty();
    let actors = case.steps.iter().filter_map(|step| match &step.actor {
        Template::Plain(actor) => actor.as_str(),
        _ => None,
    });
    if case.role != crate::model::Role::Client && actors.into_iter().any(|actor| actor == "mallory")
    {
        case.needs.insert(Capability::SecondUser);
    }
}

/// Whether it is judged by what came to our provider, or by how long an answer took: that is one case's own only if
/// nothing else runs.
fn listens(case: &Case) -> bool {
    let of_steps = case.steps.iter().flat_map(|step| &step.expect);
    let of_riders = case.riders.iter().flat_map(|rider| &rider.expect);
    of_steps
        .chain(of_riders)
        .chain(&case.expect)
        .flat_map(|expectation| expectation.check.any_of.iter().flatten())
        .any(|(kind, _)| {
            ["called", "heard", "request", "never-sent", "answers-within"].contains(&kind.name)
        })
}

#[derive(Default)]
struct Found {
    needs: Vec<Capability>,
    kind: Option<CredentialKind>,
    exclusive: bool,
}

impl Found {
    fn action(&mut self, verb: Verb, args: &Template, path: bool) {
        use Capability as C;
        match verb {
            Verb::Send => self.send(args, path),
            Verb::Survey => self
                .needs
                .extend([C::OpenApi, C::Guarded, C::ValidCredential]),
            Verb::Authorize | Verb::Submit => self.needs.push(C::AuthorizationEndpoint),
            // where there are browsers there is a way to log in
            Verb::CopyCookies => {}
            Verb::Tokens => self
                .needs
                .extend([C::AuthorizationEndpoint, C::TokenEndpoint]),
            Verb::Exchange | Verb::Refresh | Verb::Grant => self.needs.push(C::TokenEndpoint),
            Verb::Push => self.needs.push(C::PushedAuthorization),
            Verb::Device => self.needs.push(C::DeviceAuthorization),
            Verb::Introspect => self.needs.push(C::Introspection),
            Verb::Revoke => self.needs.push(C::Revocation),
            Verb::Use => self.needs.push(C::Witness),
            Verb::Login | Verb::BeginLogin | Verb::Callback | Verb::Open => {
                self.needs.push(C::Client);
            }
            Verb::Logout => self.needs.extend([C::Client, C::Logout]),
            Verb::BackChannelLogout => self.needs.extend([C::Client, C::BackChannelLogout]),
            Verb::DeviceLogin => {
                // it waits, and the clock that is moved instead is everybody's
                self.exclusive = true;
                self.needs.extend([C::Client, C::DeviceLogin]);
            }
            Verb::Register => self.needs.extend([C::Client, C::RegistersItself]),
            Verb::Provider => self.exclusive = true,
            Verb::Restart => {
                self.exclusive = true;
                self.needs.push(C::Restart);
            }
            // the clock that is moved instead of waiting is everybody's
            Verb::Wait => self.exclusive = true,
            Verb::Again => {}
        }
        if matches!(
            verb,
            Verb::Authorize | Verb::Tokens | Verb::Grant | Verb::Push | Verb::Device
        ) && member(args, "pushed").is_none()
        {
            self.client(text(args, "client").unwrap_or("confidential"));
        }
        if let Some(client) = text(args, "client") {
            self.client(client);
        }
        let words = ["own", "other", "look-alike", "none"];
        if let Some(shown) = text(args, "certificate").filter(|shown| !words.contains(shown)) {
            self.client(shown);
        }
        if text(args, "over") == Some("tls") {
            self.needs.push(C::IssuerTls);
        }
        if verb == Verb::Open && text(args, "page") == Some("api") {
            self.needs.push(C::CallsApi);
        }
        if text(args, "wants") == Some("refresh-token") {
            self.needs.push(C::RefreshToken);
        }
        if matches!(text(args, "at"), Some("evil"))
            || matches!(text(args, "answered-by"), Some("evil"))
        {
            self.needs.push(C::SecondIssuer);
        }
        self.needs.extend(match text(args, "by") {
            Some("assertion") => Some(C::LoginByAssertion),
            Some("dpop") => Some(C::LoginByDpop),
            Some("push") => Some(C::LoginByPush),
            Some("resource") => Some(C::LoginByResource),
            Some("public") => Some(C::LoginByPublic),
            Some("https") => Some(C::LoginByHttps),
            Some("third-party") => Some(C::LoginByThirdParty),
            Some("encrypted") => Some(C::LoginByEncrypted),
            Some("response-token") => Some(C::LoginByResponseToken),
            Some("api") => Some(C::LoginByApi),
            Some("request-object") => Some(C::LoginByRequestObject),
            Some("request-uri") => Some(C::LoginByRequestUri),
            Some("pushed-object") => Some(C::LoginByPushedObject),
            Some("certificate") => Some(C::LoginByCertificate),
            Some("details") => Some(C::LoginByDetails),
            Some("step-up") => Some(C::CallsApi),
            _ => None,
        });
        if member(args, "at-once").is_some() {
            self.exclusive = true;
        }
    }

    fn client(&mut self, role: &str) {
        self.needs.extend(match role {
            "confidential" => Some(Capability::ConfidentialClient),
            "other" => Some(Capability::OtherClient),
            "public" => Some(Capability::PublicClient),
            "with-query" => Some(Capability::QueryClient),
            "native" => Some(Capability::NativeClient),
            "odd-secret" => Some(Capability::OddSecret),
            "pushing" => Some(Capability::PushingClient),
            "signing" => Some(Capability::SigningClient),
            "sealing" => Some(Capability::SealingClient),
            "bound" => Some(Capability::BoundClient),
            "attested" => Some(Capability::AttestedClient),
            "rotated" => Some(Capability::RotatedKey),
            "private-key-jwt" => Some(Capability::PrivateKeyJwt),
            "other-private-key-jwt" => Some(Capability::OtherPrivateKeyJwt),
            "tls-client" => Some(Capability::TlsClient),
            "other-tls-client" => Some(Capability::OtherTlsClient),
            "expired-tls-client" => Some(Capability::ExpiredTlsClient),
            "self-signed-tls-client" => Some(Capability::SelfSignedTlsClient),
            "certified-public" => Some(Capability::CertifiedPublic),
            "signed-userinfo" => Some(Capability::SignedUserinfo),
            _ => None,
        });
    }

    fn send(&mut self, args: &Template, path: bool) {
        use Capability as C;
        let to = text(args, "to").unwrap_or_default();
        let mut guarded =
            to.split('.').next() == Some("protected") || text(args, "opens").is_some();
        match to.split('.').next().unwrap_or_default() {
            "protected" => self.needs.push(C::Guarded),
            "guarded-write" => {
                self.needs.push(C::GuardedWrite);
                self.exclusive = true;
            }
            "open" => {
                self.needs.push(C::Open);
                if text(args, "opens").is_some() {
                    self.needs.push(C::Guarded);
                }
            }
            "login" | "callback" | "who-am-i" | "client-keys" => self.needs.push(C::Client),
            "logout" => self.needs.extend([C::Client, C::Logout]),
            "token-logout" => self.needs.extend([C::Guarded, C::TokenLogout]),
            "resource-metadata" => self.needs.push(C::Guarded),
            "metadata" | "jwks" => self.needs.push(C::Metadata),
            word if word.contains("-metadata") => self.needs.push(C::Metadata),
            "authorization" => self.needs.push(C::AuthorizationEndpoint),
            "token" => self.needs.push(C::TokenEndpoint),
            "introspection" => self.needs.push(C::Introspection),
            "revocation" => self.needs.push(C::Revocation),
            "userinfo" => self.needs.push(C::Userinfo),
            "pushed-authorization-request" => self.needs.push(C::PushedAuthorization),
            "device-authorization" => self.needs.push(C::DeviceAuthorization),
            "registration" => self.needs.push(C::Registration),
            word => {
                let place = PLACES.iter().find(|(place, _)| *place == word);
                self.needs.extend(place.map(|(_, capability)| *capability));
                if matches!(
                    word,
                    "admin-only" | "own-object" | "other-object" | "socket" | "graphql"
                ) {
                    self.needs.push(C::Guarded);
                    guarded = true;
                }
            }
        }
        match member(args, "credential") {
            Some(credential) => self.credential(&credential),
            None if path && (guarded || to == "guarded-write") && to != "open" => {
                self.needs.push(C::ValidCredential);
            }
            None => {}
        }
    }

    fn credential(&mut self, credential: &Template) {
        use Capability as C;
        if let Template::Plain(Value::Array(items)) = credential {
            items
                .iter()
                .for_each(|item| self.credential(&Template::Plain(item.clone())));
            return;
        }
        if let Template::List(items) = credential {
            items.iter().for_each(|item| self.credential(item));
            return;
        }
        match credential {
            Template::Plain(Value::String(word)) => match word.as_str() {
                "valid" => self.needs.push(C::ValidCredential),
                "basic" => self.about(CredentialKind::Basic),
                "bearer" => self.about(CredentialKind::Bearer),
                "jwt" => self.about(CredentialKind::Jwt),
                "introspected" => self.about(CredentialKind::Introspected),
                "dpop" => self.about(CredentialKind::Dpop),
                "certificate-bound" => self.about(CredentialKind::CertificateBound),
                _ => {}
            },
            _ => {
                if member(credential, "basic").is_some() {
                    self.about(CredentialKind::Basic);
                }
                if let Some(jwt) = member(credential, "jwt") {
                    self.about(CredentialKind::Jwt);
                    self.jwt(&jwt);
                }
                if member(credential, "introspected").is_some() {
                    self.about(CredentialKind::Introspected);
                }
                if let Some(jwt) = member(credential, "certificate-bound") {
                    self.about(CredentialKind::CertificateBound);
                    self.jwt(&jwt);
                }
                if let Some(dpop) = member(credential, "dpop") {
                    self.about(CredentialKind::Dpop);
                    if let Some(token) = member(&dpop, "token") {
                        self.jwt(&token);
                    }
                }
                if let Some(turns) = member(credential, "turns") {
                    self.credential(&turns);
                }
                if member(credential, "opaque").is_some() && self.kind.is_none() {
                    self.kind = Some(CredentialKind::Bearer);
                }
                if member(credential, "valid").is_some() {
                    self.needs.push(C::ValidCredential);
                }
            }
        }
    }

    fn about(&mut self, kind: CredentialKind) {
        self.kind = Some(self.kind.map_or(kind, |known| known.max(kind)));
        self.needs.push(match kind {
            CredentialKind::Basic => Capability::Basic,
            CredentialKind::Bearer => Capability::Bearer,
            CredentialKind::Jwt => Capability::Jwt,
            CredentialKind::Introspected => Capability::AsksIntrospection,
            CredentialKind::Dpop => Capability::Dpop,
            CredentialKind::CertificateBound => Capability::ClientCertificate,
            CredentialKind::DpopNonce => Capability::DpopNonce,
        });
    }

    fn jwt(&mut self, jwt: &Template) {
        if text(jwt, "sign-with") == Some("trusted") || member(jwt, "repeat-claim").is_some() {
            self.needs.push(Capability::SigningKey);
        }
        let abused = member(jwt, "sign-with").filter(|signer| member(signer, "of").is_none());
        if abused.is_some_and(|signer| member(&signer, "public-key-as").is_some()) {
            self.needs.push(Capability::PublishedKey);
        }
        if member(jwt, "sign-with").is_none() {
            let named = member(jwt, "mutate");
            let names: Vec<String> = match named {
                Some(Template::Plain(Value::String(one))) => vec![one],
                Some(Template::Plain(Value::Array(all))) => all
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect(),
                _ => Vec::new(),
            };
            if names
                .iter()
                .filter_map(|name| mutation::MUTATIONS.iter().find(|row| row.name == *name))
                .any(|row| row.needs_signature)
            {
                self.needs.push(Capability::SigningKey);
            }
        }
    }

    fn references(&mut self, template: &Template) {
        let mut found = Vec::new();
        template.references(&mut found);
        for reference in found {
            let Path::Name(parts) = &reference.path else {
                continue;
            };
            let second = parts.get(1).map(String::as_str).unwrap_or_default();
            match (reference.path.root(), second) {
                ("users", "alice") => self.needs.push(match parts.get(2).map(String::as_str) {
                    Some("password") => Capability::Basic,
                    _ => Capability::Account,
                }),
                ("users", "mallory") => self.needs.push(Capability::SecondUser),
                ("users", "colon") => self.needs.push(Capability::ColonPassword),
                ("users", "non-ascii") => self.needs.push(Capability::NonAsciiPassword),
                ("users", "long") => self.needs.push(Capability::LongPassword),
                ("clients", role) => self.client(role),
                ("resources", _) => self.needs.push(Capability::Resources),
                ("scopes", _) => self.needs.push(Capability::Scopes),
                ("details", _) => self.needs.push(Capability::AuthorizationDetails),
                ("endpoints", "end-session") => self.needs.push(Capability::EndSession),
                ("listener", _) => {
                    // what is heard there belongs to one case only if nothing else runs
                    self.exclusive = true;
                    self.needs.push(Capability::Listener);
                }
                ("evil", _) => self.needs.push(Capability::SecondIssuer),
                _ => {}
            }
        }
    }
}

/// A member of a map, whether or not its siblings hold references.
pub fn member(template: &Template, key: &str) -> Option<Template> {
    match template {
        Template::Plain(Value::Object(map)) => map.get(key).cloned().map(Template::Plain),
        Template::Map(entries) => entries
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.clone()),
        _ => None,
    }
}

fn text<'a>(template: &'a Template, key: &str) -> Option<&'a str> {
    match template {
        Template::Plain(Value::Object(map)) => map.get(key).and_then(Value::as_str),
        Template::Map(entries) => {
            entries
                .iter()
                .find(|(name, _)| name == key)
                .and_then(|(_, value)| match value {
                    Template::Plain(value) => value.as_str(),
                    _ => None,
                })
        }
        _ => None,
    }
}
