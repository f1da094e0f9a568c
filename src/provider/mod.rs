//! The OAuth 2 and OpenID provider that authspec plays, without a socket: a request in, an answer out.
//!
//! It is exemplary until a [`Script`] says how it misbehaves, and then differs in that one thing. It judges nobody:
//! where a sound client can't be told from a careless one by refusing, it goes on and leaves the verdict to the
//! case. Time and randomness come with each request.

mod answers;
mod client;
pub mod described;
mod endpoint;
mod facts;
mod issue;
mod parameters;
mod patch;
mod paths;
mod play;
mod script;
mod store;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

pub use facts::{CodeFact, Facts, VerifierFact};
pub use patch::{merge_members, merge_patch};
pub use paths::Endpoint;
pub(crate) use paths::LOGOUT_TOKEN;
pub use play::Use;
pub use script::{Certificate, Script, ScriptError, Word};

use crate::forge::key::Key;
use crate::model::{Header, Moment, Request, Response, Secret};
use described::Seal;
use paths::Paths;
use play::Play;
use script::Behaviour;
use store::Store;

/// The field by which a browser of ours says whose it is: `alice` without it. It is for the provider alone and
/// never written to a log.
pub const ACTOR_FIELD: &str = "x-authspec-actor";

/// Whether a field is between our own browser and provider, so that it must not appear in what a case sees.
pub fn is_private_field(name: &str) -> bool {
    name.get(..11)
        .is_some_and(|start| start.eq_ignore_ascii_case("x-authspec-"))
}

/// The address of an endpoint of the provider with this issuer identifier.
pub fn address(issuer: &str, endpoint: Endpoint) -> String {
    Paths::of_issuer(issuer).url(endpoint)
}

/// What the provider is from the start.
pub struct Setup {
    /// Issuer identifier: a URL with the secret path, without query and fragment.
    pub issuer: String,
    /// Registered clients. Without any, every client is known, with any secret and redirect URI.
    pub clients: Vec<Registered>,
    /// Users; the first is everybody whose name is no other's.
    pub users: Vec<User>,
    /// The key that signs tokens.
    pub key: Arc<Key>,
    /// `aud` of access tokens; the issuer if there is none.
    pub api_audience: Option<String>,
    /// Claims of an access token that the API wants to see.
    pub api_claims: Map<String, Value>,
    /// Extensions that the metadata announces.
    pub offers: Offers,
}

/// Extensions that are announced where the client is known to use them: some set themselves up by the metadata.
#[derive(Clone, Copy, Debug, Default)]
pub struct Offers {
    /// Client assertions (RFC 7523).
    pub assertion: bool,
    /// Tokens bound to a key (RFC 9449).
    pub dpop: bool,
    /// Pushed authorization requests (RFC 9126).
    pub push: bool,
    /// Logouts that clients are told of (OpenID Connect Back-Channel Logout).
    pub logout: bool,
    /// Authorization responses as tokens (JARM).
    pub response_tokens: bool,
    /// Signed requests (RFC 9101).
    pub request_object: bool,
    /// Signed requests behind an address of the client's.
    pub request_uri: bool,
    /// Clients that authenticate by a certificate (RFC 8705).
    pub certificate: bool,
    /// Devices (RFC 8628).
    pub device: bool,
    /// Clients that register themselves (RFC 7591).
    pub registration: bool,
}

/// A registered client.
#[derive(Clone)]
pub struct Registered {
    /// `client_id`.
    pub id: String,
    /// Its secret; a public client has none.
    pub secret: Option<Secret>,
    /// Compared exactly; without any, every redirect URI is registered.
    pub redirect_uris: Vec<String>,
}

/// A user who is always logged in and consents to everything.
#[derive(Clone, Debug)]
pub struct User {
    /// Name of the browser: `alice` or `mallory`.
    pub actor: String,
    /// `sub`.
    pub subject: String,
    /// `name`.
    pub name: String,
    /// `email`.
    pub email: String,
}

/// What goes back over the connection.
#[derive(Clone, PartialEq, Eq)]
pub enum Reply {
    /// An answer.
    Response(Response),
    /// The connection is closed before a head.
    Close,
    /// Nothing for this long; then the connection is closed.
    Silence(Duration),
    /// Octets that need not be HTTP.
    Raw(Vec<u8>),
}

/// The provider and all that it remembers.
pub struct Provider {
    setup: Setup,
    paths: Paths,
    play: Play,
    store: Store,
    seal: Option<Seal>,
}

/// Requests that are longer are not read: what they hold would be remembered.
const LONGEST_TARGET: usize = 16 << 10;
const LONGEST_BODY: usize = 64 << 10;

/// One request with what the provider has no other source for.
struct Call<'a> {
    request: &'a Request,
    now: Moment,
    chance: [u8; 32],
}

impl Provider {
    /// An honest provider.
    pub fn new(setup: Setup) -> Self {
        Self {
            paths: Paths::of(&setup),
            setup,
            play: Play::default(),
            store: Store::new(),
            seal: None,
        }
    }

    /// It believes the tokens that describe themselves under this seal.
    pub fn sealed(self, seal: Seal) -> Self {
        Self {
            seal: Some(seal),
            ..self
        }
    }

    /// Behaves like this from now on; lists begin at their start, and uses are counted anew.
    pub fn set(&mut self, script: Script) {
        self.play = Play::new(script);
    }

    /// The scripted keys that changed no answer since the script was set, or since this was last asked.
    pub fn take_idle(&mut self) -> Vec<Use> {
        let mut uses = self.uses();
        uses.retain(|one| one.bitten == 0);
        self.play.forget_uses();
        uses
    }

    /// What is shown to whoever begins to speak TLS.
    pub fn certificate(&mut self) -> Certificate {
        let shown = self.play.certificate();
        if shown != Certificate::Right {
            self.play.bit("certificate");
        }
        shown
    }

    /// Whether introspection was asked about a token that describes itself.
    pub fn was_asked(&self, token: &str) -> bool {
        self.store.asked.get(token).is_some()
    }

    /// Every scripted key, and how often it was fetched and changed something.
    pub fn uses(&self) -> Vec<Use> {
        self.play.uses()
    }

    /// The endpoint that a request is for, if it knows the secret path.
    pub fn endpoint(&self, request: &Request) -> Option<Endpoint> {
        self.paths.endpoint(request.path())
    }

    /// Answers a request. `chance` must be fresh for each.
    pub fn answer(&mut self, request: &Request, now: Moment, chance: [u8; 32]) -> Reply {
        let Some(endpoint) = self.endpoint(request) else {
            return Reply::Response(answers::page(404, "There is nothing here."));
        };
        let mut methods = endpoint.methods().split(", ");
        if !methods.any(|method| method == request.method) {
            let mut response = answers::page(405, "This method is not answered here.");
            response
                .headers
                .push(Header::new("allow", endpoint.methods()));
            return Reply::Response(response);
        }
        if request.target.len() > LONGEST_TARGET {
            return Reply::Response(answers::page(414, "The address is too long."));
        }
        if request.body.len() > LONGEST_BODY {
            return Reply::Response(answers::page(413, "The content is too long."));
        }
        let call = Call {
            request,
            now,
            chance,
        };
        match endpoint {
            Endpoint::Metadata => endpoint::metadata::answer(self, &call),
            Endpoint::KeySet => endpoint::key_set::answer(self),
            Endpoint::Authorization => endpoint::authorization::answer(self, &call),
            Endpoint::Token => endpoint::token::answer(self, &call),
            Endpoint::Userinfo => endpoint::userinfo::answer(self, &call),
            Endpoint::Introspection => endpoint::introspection::answer(self, &call),
            Endpoint::Revocation => endpoint::revocation::answer(self, &call),
            Endpoint::Pushed => endpoint::pushed::answer(self, &call),
            Endpoint::LogoutToken => endpoint::logout_token::answer(self, &call),
            Endpoint::Device => endpoint::device::answer(self, &call),
            Endpoint::Registration => endpoint::registration::answer(self, &call),
            Endpoint::Api => endpoint::api::answer(self, &call),
            Endpoint::ApiMetadata => endpoint::api::described(self, &call),
        }
    }

    /// An answer that is a JSON object or a refusal, changed as the script wants it.
    fn say<T: Behaviour>(
        &mut self,
        key: &'static str,
        twist: Option<T>,
        honest: impl FnOnce(&mut Self) -> Result<Map<String, Value>, Response>,
    ) -> Reply {
        let Some(twist) = twist else {
            let said = honest(self);
            return Reply::Response(
                said.map_or_else(|no| no, |members| answers::object(200, members)),
            );
        };
        if let Some(reply) = twist.answer().outright(answers::JSON) {
            self.play.bit(key);
            return reply;
        }
        let (before, after) = match honest(self) {
            Err(refusal) => (refusal.clone(), refusal),
            Ok(members) => {
                let mut changed = members.clone();
                twist.change(&mut changed);
                (answers::object(200, members), answers::object(200, changed))
            }
        };
        let after = twist.answer().amend(after);
        if after != before {
            self.play.bit(key);
        }
        Reply::Response(after)
    }
}
