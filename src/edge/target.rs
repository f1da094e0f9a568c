//! The target of a run: the reference server in this process, or whatever the profile names.
//!
//! This is the only tie to the reference server: it is started here, and its faults are listed here.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use authspec_reference_server as reference;

use crate::forge::{self, Key};
use crate::model::{Capability, Origin};
use crate::provider::{Offers, Registered, Setup, User};
use crate::run::drive::Ports;
use crate::run::port::{Clock, Promise, ProviderPort, Restart};
use crate::suite::profile::Profile;

use super::clock::{MovingClock, Random, SystemClock};
use super::embedded::{self, CLIENT_ID, CLIENT_SECRET};
use super::http::{Client, Confirmed, Pace, Trust};
use super::provider::{Bound, Played, Settings};

/// A target that can be run against.
pub struct Target {
    /// Its profile.
    pub profile: Arc<Profile>,
    /// The world around it.
    pub ports: Ports,
    /// What reports call it.
    pub name: String,
    server: Option<Arc<Embedded>>,
    /// What lives as long as the target.
    kept: Option<Box<dyn Any + Send>>,
}

/// The provider of this issuer, as the reference server is registered there.
pub fn upstream(issuer: String) -> reference::Upstream {
    reference::Upstream {
        api: Some(crate::provider::address(
            &issuer,
            crate::provider::Endpoint::Api,
        )),
        issuer,
        client_id: CLIENT_ID.to_owned(),
        client_secret: CLIENT_SECRET.to_owned(),
    }
}

/// The embedded server, which can be started anew.
struct Embedded(tokio::sync::Mutex<Option<reference::Running>>);

impl Restart for Embedded {
    fn restart(&self) -> Promise<'_, Result<(), String>> {
        Box::pin(async {
            match &mut *self.0.lock().await {
                Some(server) => {
                    server.restart().await;
                    Ok(())
                }
                None => Err("the embedded server was stopped".to_owned()),
            }
        })
    }
}

impl Target {
    /// Starts the reference server with these faults.
    pub async fn embedded(faults: &[String]) -> Result<Self, String> {
        let settings = Settings {
            tls: true,
            asks_certificates: true,
            slash: true,
            ..Settings::default()
        };
        let bound = Bound::take(&settings, &Random)?;
        let config = reference::Config {
            faults: faults.to_vec(),
            provider_authority: bound.authority().map(str::to_owned),
            provider: Some(upstream(bound.issuer(0))),
            second_provider: Some(reference::Upstream {
                issuer: bound.issuer(1),
                client_id: "registered-elsewhere".to_owned(),
                client_secret: "embedded client, elsewhere".to_owned(),
                api: None,
            }),
            ..reference::Config::default()
        };
        let server = reference::start(config)
            .await
            .map_err(|why| why.to_string())?;
        let profile = Arc::new(embedded::profile_at(
            server.origin(),
            server.plain_origin(),
            server.tls_origin(),
            server.named_tls_origin(),
        )?);
        let moved = server.clock();
        let clock: Arc<dyn Clock> = Arc::new(MovingClock::new(move |span| moved.advance(span)));
        let key = forge::test_key("test-rsa")
            .cloned()
            .ok_or("the test key is missing")?;
        let authority = reference::tls_authority().as_bytes().to_vec();
        let origins = profile.named_origins();
        let http = client(&profile, origins, &clock, vec![authority], Some(&bound))?;
        let mut ports = ports(&profile, bound, key, clock, http).await?;
        let server = Arc::new(Embedded(tokio::sync::Mutex::new(Some(server))));
        ports.restart = Some(server.clone());
        Ok(Self {
            profile,
            ports,
            name: "embedded reference server".to_owned(),
            server: Some(server),
            kept: None,
        })
    }

    /// Whatever the profile names. The provider is played only where it is wanted, with a key of this run.
    pub async fn attached(profile: Arc<Profile>, confirmed: Vec<Origin>) -> Result<Self, String> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let name = profile.origin.to_string();
        let ports = if profile.plays_provider() {
            let settings = settings(&profile)?;
            let bound = Bound::take(&settings, &Random)?;
            let http = client(&profile, confirmed, &clock, Vec::new(), Some(&bound))?;
            let key = Arc::new(
                Key::generate(signing_alg(&profile))
                    .map_err(|why| why.to_string())?
                    .with_kid("authspec-run"),
            );
            ports(&profile, bound, key, clock, http).await?
        } else {
            let http = client(&profile, confirmed, &clock, Vec::new(), None)?;
            Ports {
                http: Arc::new(http),
                clock,
                chance: Arc::new(Random),
                provider: None,
                restart: None,
            }
        };
        Ok(Self {
            profile,
            ports,
            name,
            server: None,
            kept: None,
        })
    }

    /// With something that can start the target anew.
    #[must_use]
    pub fn restarted_by(mut self, restart: Arc<dyn Restart>) -> Self {
        self.ports.restart = Some(restart);
        self
    }

    /// With something that must live as long as the target: it is dropped when that is stopped.
    #[must_use]
    pub fn keeping(mut self, kept: Box<dyn Any + Send>) -> Self {
        self.kept = Some(kept);
        self
    }

    /// Stops what was started here.
    pub async fn stop(self) {
        drop(self.kept);
        if let Some(server) = self.server
            && let Some(server) = server.0.lock().await.take()
        {
            server.stop().await;
        }
    }
}

/// The algorithm of the provider's key. Where nobody trusts it, one whose key costs nothing to make.
fn signing_alg(profile: &Profile) -> &str {
    let signing = profile.signing.as_ref();
    match signing.filter(|signing| signing.key.is_none()) {
        Some(signing) => &signing.alg,
        None if profile.client.is_some() => "RS256",
        None => "ES256",
    }
}

fn settings(profile: &Profile) -> Result<Settings, String> {
    let mut settings = Settings {
        issuer: profile.provider.issuer.clone(),
        tls: profile.provider.tls,
        asks_certificates: offers(profile).certificate,
        slash: profile.provider.slash,
        ..Settings::default()
    };
    if let Some(listen) = &profile.provider.listen {
        settings.listen = listen
            .parse()
            .map_err(|_| format!("`listen: {listen}` is no address with a port"))?;
    }
    Ok(settings)
}

fn client(
    profile: &Profile,
    mut origins: Vec<Origin>,
    clock: &Arc<dyn Clock>,
    mut authorities: Vec<Vec<u8>>,
    provider: Option<&Bound>,
) -> Result<Client, String> {
    origins.push(profile.origin.clone());
    // the embedded server's own, which nothing else vouches for
    let alone = !authorities.is_empty();
    let mut client = Client::new(Confirmed { origins }, Arc::clone(clock));
    if !profile.origin.is_loopback() {
        let per_second = profile.limits.per_second.unwrap_or(10).max(1);
        let in_flight = profile.limits.in_flight.unwrap_or(4).max(1);
        client = client.paced(Pace {
            every: Some(Duration::from_secs(1) / per_second),
            in_flight: usize::try_from(in_flight).ok(),
        });
    }
    if let Some(path) = &profile.ca {
        let pem = std::fs::read(path).map_err(|why| format!("tls: ca: {path}: {why}"))?;
        authorities.push(pem);
    }
    let provider = provider.and_then(|bound| {
        let (origin, _) = Origin::parse(&bound.issuer(0)).ok()?;
        Some((origin, bound.authority()?.to_owned()))
    });
    Ok(client.trusting(Trust {
        authorities,
        alone,
        provider,
        identity: profile.certificates.as_ref().map(|all| all.own.pem.clone()),
    }))
}

async fn ports(
    profile: &Arc<Profile>,
    bound: Bound,
    key: Arc<Key>,
    clock: Arc<dyn Clock>,
    http: Client,
) -> Result<Ports, String> {
    let chance = Arc::new(Random);
    let setup = |which: usize, issuer: String| setup(profile, which, issuer, &key);
    let played = Played::open(bound, setup, Arc::clone(&clock), chance.clone()).await?;
    // whoever follows an address in a token finds the keys that signed it, so that only distrust keeps it out
    let known = profile
        .signing
        .as_ref()
        .and_then(|signing| signing.key.as_ref());
    let known = known.unwrap_or(&key).public_jwk();
    played.listen_with("application/jwk-set+json", strangers_key_set(known));
    for address in [played.issuer(0), played.issuer(1), played.listener()] {
        if let Ok((origin, _)) = Origin::parse(&address) {
            http.confirm(origin);
        }
    }
    Ok(Ports {
        http: Arc::new(http),
        clock,
        chance,
        provider: Some(Arc::new(played)),
        restart: None,
    })
}

/// The stranger's keys, before a key that the target may know: one good key vouches for no other.
fn strangers_key_set(known: Option<serde_json::Value>) -> Vec<u8> {
    let keys: Vec<serde_json::Value> = ["RS256", "ES256", "EdDSA"]
        .into_iter()
        .filter_map(|alg| forge::stranger(alg).public_jwk())
        .collect();
    let keys: Vec<_> = keys.into_iter().chain(known).collect();
    serde_json::json!({ "keys": keys }).to_string().into_bytes()
}

/// What the client is known to use.
fn offers(profile: &Profile) -> Offers {
    let has = profile.capabilities();
    Offers {
        assertion: has.contains(&Capability::LoginByAssertion),
        dpop: has.contains(&Capability::LoginByDpop),
        logout: has.contains(&Capability::BackChannelLogout),
        response_tokens: has.contains(&Capability::LoginByResponseToken),
        push: has.contains(&Capability::LoginByPush)
            || has.contains(&Capability::LoginByPushedObject),
        request_object: has.contains(&Capability::LoginByRequestObject)
            || has.contains(&Capability::LoginByPushedObject),
        request_uri: has.contains(&Capability::LoginByRequestUri),
        certificate: has.contains(&Capability::LoginByCertificate),
        device: has.contains(&Capability::DeviceLogin),
        registration: has.contains(&Capability::RegistersItself),
    }
}

fn setup(profile: &Profile, which: usize, issuer: String, key: &Arc<Key>) -> Setup {
    let registered = profile
        .client
        .as_ref()
        .and_then(|client| client.registered.as_ref());
    let clients = registered
        .filter(|_| which == 0)
        .map(|client| Registered {
            id: client.id.clone(),
            secret: client.secret.clone(),
            redirect_uris: Vec::new(),
        })
        .into_iter()
        .collect();
    let users = profile
        .players()
        .into_iter()
        .map(|(actor, user)| User {
            actor: actor.to_owned(),
            subject: user.subject,
            name: user.name,
            email: user.email,
        })
        .collect();
    Setup {
        issuer,
        clients,
        users,
        key: Arc::clone(key),
        api_audience: None,
        api_claims: serde_json::Map::new(),
        offers: offers(profile),
    }
}
