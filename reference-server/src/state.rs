//! What one running server holds.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::request::Parts;
use serde_json::{Map, Value};

use crate::accounts::Account;
use crate::client::browser::Browsers;
use crate::client::extension::Kept;
use crate::clock::Clock;
use crate::decisions::Decisions;
use crate::decisions::basic::{CLOSED_FOR, TRIES};
use crate::decisions::jwt::{Jwt, Object};
use crate::issuer::store::Store;
use crate::jwt::Issuer;
use crate::tls::OverTls;
use crate::upstream::{Http, Keys, Provider, Want};

/// Where a server is reached.
pub(crate) struct Origins {
    pub(crate) plain: String,
    /// Over TLS, by its address.
    pub(crate) tls: String,
    /// Over TLS, by a name.
    pub(crate) named_tls: String,
}

/// One running server.
pub(crate) struct Server {
    pub(crate) decisions: Decisions,
    pub(crate) clock: Clock,
    pub(crate) origin: String,
    /// Its origin over TLS by its address, at which the client's users and the API's callers come.
    pub(crate) tls_origin: String,
    /// The same by a name, at which the authorization server is reached.
    pub(crate) named_tls_origin: String,
    pub(crate) provider: Option<Provider>,
    pub(crate) http: Http,
    /// What logins that use extensions remember.
    pub(crate) kept: Kept,
    memory: Mutex<Memory>,
    browsers: Arc<Mutex<Browsers>>,
    /// The same application in front of the second provider.
    second: Option<Arc<Server>>,
    /// It is that one.
    pub(crate) is_second: bool,
    store: Mutex<Store>,
}

/// What a server remembers while it runs.
#[derive(Default)]
pub(crate) struct Memory {
    /// Notes, in the order they came.
    pub(crate) notes: Vec<String>,
    /// DPoP proofs that were used, and nonces that were given, with the time.
    pub(crate) proofs: HashMap<String, u64>,
    pub(crate) nonces: HashMap<String, u64>,
    /// The paths whose good answer a shared cache holds, the marks of tokens that were verified, and
    /// the user a session is for. All stay
    /// empty unless a fault keeps something.
    pub(crate) cached: HashSet<String>,
    pub(crate) verdicts: HashSet<String>,
    pub(crate) believed: Option<&'static Account>,
    /// Answers of UserInfo that a proxy keeps, by the credential, and since when. It stays empty unless a fault keeps some.
    pub(crate) in_front: HashMap<String, (Value, u64)>,
    /// The accounts that an operator disabled.
    pub(crate) disabled: HashSet<&'static str>,
    /// Wrong passwords in a row, by account, and when the last one came.
    pub(crate) tries: HashMap<&'static str, (u32, u64)>,
    /// SHA-256 of the passwords that an operator set.
    pub(crate) passwords: HashMap<&'static str, Vec<u8>>,
    /// What the provider said of opaque tokens, and until when that may be used.
    pub(crate) introspected: HashMap<String, (Object, u64)>,
}

/// Answers that are kept; beyond these the next one is not.
const KEPT: usize = 10_000;

impl Memory {
    /// Keeps what was said of a token. What is old goes first.
    pub(crate) fn keep_introspected(&mut self, token: &str, said: &Object, until: u64, now: u64) {
        if self.introspected.len() >= KEPT {
            self.introspected.retain(|_, (_, until)| now < *until);
        }
        if self.introspected.len() < KEPT && now < until {
            self.introspected
                .insert(token.to_owned(), (said.clone(), until));
        }
    }
}

impl Server {
    pub(crate) fn new(
        decisions: Decisions,
        clock: Clock,
        origins: Origins,
        provider: Option<Provider>,
        provider_authority: Option<String>,
    ) -> Self {
        Self {
            http: Http::new(decisions.transport.clone(), provider_authority),
            decisions,
            clock,
            origin: origins.plain,
            tls_origin: origins.tls,
            named_tls_origin: origins.named_tls,
            provider,
            kept: Kept::default(),
            memory: Mutex::default(),
            browsers: Arc::default(),
            second: None,
            is_second: false,
            store: Mutex::default(),
        }
    }

    /// Its users may log in at the provider of this one too; browsers are the same.
    pub(crate) fn knows(&mut self, mut second: Self) {
        second.browsers = Arc::clone(&self.browsers);
        second.is_second = true;
        self.second = Some(Arc::new(second));
    }

    /// The application in front of each provider.
    pub(crate) fn fronts(self: &Arc<Self>) -> impl Iterator<Item = &Arc<Self>> {
        std::iter::once(self).chain(&self.second)
    }

    /// The application in front of the provider that a login names, or that of this issuer.
    pub(crate) fn in_front_of(self: &Arc<Self>, named: Option<&str>) -> Arc<Self> {
        let second = self.second.as_ref().filter(|second| {
            let provider = second.provider.as_ref();
            named == Some("second")
                || provider.is_some_and(|one| Some(one.registration.issuer.as_str()) == named)
        });
        Arc::clone(second.unwrap_or(self))
    }

    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an account was disabled, and that counts.
    pub(crate) fn is_disabled(&self, account: &Account) -> bool {
        self.decisions.places.heeds_disabled && self.memory().disabled.contains(account.name)
    }

    /// Whether so many wrong passwords came for an account that it is closed for a while.
    pub(crate) fn is_closed(&self, account: &Account) -> bool {
        let tries = self.memory().tries.get(account.name).copied();
        let now = self.clock.now();
        tries.is_some_and(|(count, last)| count >= TRIES && now < last.saturating_add(CLOSED_FOR))
    }

    /// A wrong password counts until a right one comes.
    pub(crate) fn count_try(&self, account: &'static Account, right: bool) {
        let now = self.clock.now();
        let mut memory = self.memory();
        if right {
            memory.tries.remove(account.name);
        } else {
            let (count, last) = memory.tries.entry(account.name).or_default();
            *count = count.saturating_add(1);
            *last = now;
        }
    }

    /// The sessions of the client role.
    pub(crate) fn browsers(&self) -> MutexGuard<'_, Browsers> {
        self.browsers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the authorization server issued.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The origin at which a request came in.
    pub(crate) fn reached_at(&self, parts: &Parts) -> &str {
        match parts.extensions.get::<OverTls>() {
            Some(_) => &self.named_tls_origin,
            None => &self.origin,
        }
    }

    /// The issuer identifier of the server's own authorization server.
    pub(crate) fn issuer(&self) -> String {
        format!("{}/as", self.origin)
    }

    /// Everyone whose access tokens the API takes.
    pub(crate) fn issuers(&self) -> Vec<Issuer> {
        let mut issuers = vec![Issuer::Own(self.issuer())];
        if let Some(provider) = &self.provider {
            issuers.push(Issuer::Provider(provider.registration.issuer.clone()));
        }
        issuers
    }

    /// The provider's key set; `kid` is one that it should have.
    pub(crate) async fn provider_keys(&self, rules: &Jwt, kid: Option<&str>) -> Keys {
        let want = Want {
            kid: kid.filter(|_| rules.refetches),
            life: rules.key_set_life,
            rest: rules.key_set_rest,
            follows: rules.follows_key_set,
            longest: rules.key_set_length,
            readable: rules.reads_key_set,
            discovery: self.decisions.client.discovery,
        };
        match &self.provider {
            Some(provider) => provider.keys(&self.http, &self.clock, &want).await,
            None => Keys {
                set: Value::Null,
                failed: false,
            },
        }
    }

    /// The provider's metadata.
    pub(crate) async fn provider_metadata(&self) -> Option<&Map<String, Value>> {
        let provider = self.provider.as_ref()?;
        provider
            .metadata(&self.http, self.decisions.client.discovery)
            .await
    }

    /// JSON behind an address.
    pub(crate) async fn fetch_json(&self, url: &str) -> Option<Value> {
        self.http.get_json(url).await
    }
}
