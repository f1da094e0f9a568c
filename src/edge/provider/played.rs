//! The provider of a run: two machines behind one socket, scripted through [`ProviderPort`].

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Bound, Socket};
use crate::forge::key::Key;
use crate::matcher::CodeFact;
use crate::model::{Exchange, Header};
use crate::provider::described::Seal;
use crate::provider::{Facts, Provider, Script, Setup, Use};
use crate::run::port::{Chance, Clock, ProviderPort};

/// The provider of a run. Everything ends when it is dropped.
pub struct Played {
    socket: Socket,
    providers: [Arc<Mutex<Provider>>; 2],
    key: Arc<Key>,
    seal: Seal,
    /// How many codes were given before the case that runs.
    earlier: Mutex<[usize; 2]>,
}

impl Played {
    /// Begins to answer at the addresses taken. `setup` is asked for the honest (0) and the evil (1) provider with
    /// their issuer identifiers.
    pub async fn open(
        bound: Bound,
        setup: impl Fn(usize, String) -> Setup,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Self, String> {
        let honest = setup(0, bound.issuer(0));
        let evil = setup(1, bound.issuer(1));
        let key = Arc::clone(&honest.key);
        let seal = Seal::new(&chance.bytes());
        let providers = [honest, evil].map(|setup| {
            let provider = Provider::new(setup).sealed(seal.clone());
            Arc::new(Mutex::new(provider))
        });
        let [honest, evil] = &providers;
        let machines: [super::Shared; 2] = [honest.clone(), evil.clone()];
        Ok(Self {
            socket: bound.serve(machines, clock, chance).await?,
            providers,
            key,
            seal,
            earlier: Mutex::default(),
        })
    }

    /// What a provider gave out so far.
    pub fn facts(&self, which: usize) -> Facts {
        self.provider(which).facts()
    }

    /// The scripted keys that changed no answer since they were set.
    pub fn take_idle(&self, which: usize) -> Vec<Use> {
        self.provider(which).take_idle()
    }

    /// What the place that only listens answers from now on.
    pub fn listen_with(&self, media_type: &str, content: Vec<u8>) {
        self.socket.listen_with(media_type, content);
    }

    fn provider(&self, which: usize) -> MutexGuard<'_, Provider> {
        self.providers[which.min(1)]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl ProviderPort for Played {
    fn issuer(&self, which: usize) -> String {
        self.socket.issuer(which)
    }

    fn script(&self, which: usize, script: Script) {
        self.provider(which).set(script);
    }

    fn heard(&self) -> Vec<Exchange> {
        self.socket.heard()
    }

    fn listener(&self) -> String {
        self.socket.listener()
    }

    fn authority(&self) -> Option<String> {
        let file = self.socket.authority()?;
        Some(file.to_string_lossy().into_owned())
    }

    fn signing_key(&self) -> Arc<Key> {
        Arc::clone(&self.key)
    }

    fn foreign(&self) -> u64 {
        self.socket.foreign()
    }

    fn browser_fields(&self, actor: &str) -> Vec<Header> {
        self.socket.browser_fields(actor).to_vec()
    }

    fn idle(&self) -> Vec<String> {
        let unused = |which| {
            self.take_idle(which)
                .into_iter()
                .map(|one| one.key.to_string())
        };
        unused(0).chain(unused(1)).collect()
    }

    fn seal(&self) -> Seal {
        self.seal.clone()
    }

    fn was_asked(&self, token: &str) -> bool {
        (0..2).any(|which| self.provider(which).was_asked(token))
    }

    fn begin(&self) {
        self.socket.heard();
        let given = [0, 1].map(|which| self.provider(which).code_count());
        *self.earlier.lock().unwrap_or_else(PoisonError::into_inner) = given;
    }

    fn codes(&self) -> Vec<CodeFact> {
        let earlier = *self.earlier.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |which: usize| self.provider(which).codes_after(earlier[which]).into_iter();
        of(0)
            .chain(of(1))
            .map(|fact| CodeFact {
                code: fact.code.reveal().to_owned(),
                challenge: fact.challenge,
                verifiers: fact
                    .verifiers
                    .iter()
                    .filter_map(|offered| offered.verifier.as_ref())
                    .map(|verifier| verifier.reveal().to_owned())
                    .collect(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::edge::clock::{Random, SystemClock};
    use crate::edge::http::{Client, Confirmed};
    use crate::edge::provider::Settings;
    use crate::model::{Origin, Request, Response};
    use crate::run::port::{Call, Http as _, Pool};

    async fn ask(client: &Client, url: &str) -> Response {
        let (origin, url) = Origin::parse(url).unwrap();
        let call = Call {
            request: Request::new("GET", origin, url.path()),
            pool: Pool(0),
            within: Duration::from_secs(20),
        };
        let answer = client.send(call).await.answer;
        answer.response().unwrap().clone()
    }

    #[tokio::test]
    async fn metadata_names_the_issuer_under_both_spellings_until_a_script_says_otherwise() {
        let bound = Bound::take(&Settings::default(), &Random).unwrap();
        let key = Arc::new(Key::generate("ES256").unwrap());
        let setup = |_, issuer| Setup {
            issuer,
            clients: Vec::new(),
            users: Vec::new(),
            key: Arc::clone(&key),
            api_audience: None,
            api_claims: serde_json::Map::new(),
            offers: crate::provider::Offers::default(),
        };
        let played = Played::open(bound, setup, Arc::new(SystemClock), Arc::new(Random))
            .await
            .unwrap();
        let (origin, path) = Origin::parse(&played.issuer(0)).unwrap();
        let client = Client::new(
            Confirmed {
                origins: vec![origin.clone()],
            },
            Arc::new(SystemClock),
        );
        let places = [
            format!("{}/.well-known/openid-configuration", played.issuer(0)),
            format!(
                "{origin}/.well-known/oauth-authorization-server{}",
                path.path()
            ),
        ];
        for place in &places {
            let response = ask(&client, place).await;
            let metadata: serde_json::Value =
                serde_json::from_slice(response.body.bytes()).unwrap();
            assert_eq!(metadata["issuer"], played.issuer(0));
        }
        let script = serde_json::json!({ "metadata": { "status": 503 } });
        played.script(0, Script::from_value(&script).unwrap());
        assert_eq!(ask(&client, &places[0]).await.status, 503);
        played.script(0, Script::default());
        assert_eq!(ask(&client, &places[0]).await.status, 200);
        let heard: Vec<_> = played
            .heard()
            .iter()
            .map(|exchange| exchange.answer.status())
            .collect();
        assert_eq!(heard, [Some(200), Some(200), Some(503), Some(200)]);
    }
}
