//! How the provider misbehaves: one key for each endpoint, read from the value that a suite wrote.
//!
//! A script says what is changed about an honest answer, never how an honest one is made. It knows nothing of
//! requests, sockets or cases.

mod answer;
mod certificate;
mod jwt;
mod keys;
mod members;
mod plan;
mod reader;
mod redirect;
#[cfg(test)]
mod tests;
mod userinfo;

use serde_json::{Map, Value};

use answer::AnswerTwist;
pub use certificate::Certificate;
pub(super) use jwt::{JwtTwist, Signer};
pub(super) use keys::KeysTwist;
pub(super) use members::{ClaimsTwist, MetadataTwist, PlainTwist};
pub(super) use plan::Plan;
pub(super) use reader::Place;
pub use reader::{ScriptError, Word};
pub(super) use redirect::{RedirectTwist, ResponseMode};
pub(super) use userinfo::UserinfoTwist;

/// Changes to one endpoint that a map can write.
pub(super) trait Behaviour: Sized {
    /// The fields that only this endpoint has.
    const OWN: &'static [Word];
    /// Reads the map.
    fn read(map: &Map<String, Value>, place: &Place) -> Result<Self, ScriptError>;
    /// What it changes about the answer as such.
    fn answer(&self) -> &AnswerTwist;
    /// What it changes about the members of an answer that says yes.
    fn change(&self, _honest: &mut Map<String, Value>) {}
}

/// How the provider behaves where it is not honest. The default is honest.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Script {
    pub(super) metadata: Option<Plan<MetadataTwist>>,
    pub(super) key_set: Option<Plan<PlainTwist>>,
    pub(super) authorization: Option<Plan<RedirectTwist>>,
    pub(super) token: Option<Plan<PlainTwist>>,
    pub(super) id_token: Option<Plan<JwtTwist>>,
    pub(super) access_token: Option<Plan<JwtTwist>>,
    pub(super) logout_token: Option<Plan<JwtTwist>>,
    /// The token that holds an authorization response (JARM).
    pub(super) response: Option<Plan<JwtTwist>>,
    pub(super) userinfo: Option<Plan<UserinfoTwist>>,
    pub(super) introspection: Option<Plan<ClaimsTwist>>,
    pub(super) revocation: Option<Plan<PlainTwist>>,
    pub(super) device: Option<Plan<PlainTwist>>,
    pub(super) registration: Option<Plan<PlainTwist>>,
    pub(super) api: Option<Plan<PlainTwist>>,
    pub(super) api_metadata: Option<Plan<MetadataTwist>>,
    pub(super) keys: Option<Plan<KeysTwist>>,
    /// What it shows of itself under TLS.
    pub(super) certificate: Option<Certificate>,
    /// Codes may be redeemed again.
    pub(super) code_reusable: Option<bool>,
    /// Tokens that were never issued are alice's and active.
    pub(super) opaque_known: Option<bool>,
}

const KEYS: &[Word] = &[
    (
        "metadata",
        "the metadata documents (RFC 8414, OpenID Connect Discovery)",
    ),
    (
        "key-set",
        "the answer that holds the key set (RFC 7517 section 5)",
    ),
    (
        "authorization",
        "the redirect of the authorization endpoint (RFC 6749 section 4.1.2)",
    ),
    (
        "token",
        "the answer of the token endpoint (RFC 6749 section 5)",
    ),
    (
        "id-token",
        "the ID tokens that are issued (OpenID Connect Core section 2)",
    ),
    (
        "access-token",
        "the access tokens that are issued (RFC 9068)",
    ),
    (
        "logout-token",
        "the tokens that tell a client of a logout (OpenID Connect Back-Channel Logout section 2.4)",
    ),
    (
        "response",
        "the token that holds an authorization response, where one was asked for (JARM section 2.1)",
    ),
    (
        "userinfo",
        "the userinfo answer (OpenID Connect Core section 5.3)",
    ),
    (
        "introspection",
        "the answer of the introspection endpoint (RFC 7662 section 2.2)",
    ),
    (
        "revocation",
        "the answer of the revocation endpoint (RFC 7009 section 2.2)",
    ),
    (
        "device",
        "the answer of the device authorization endpoint (RFC 8628 section 3.2)",
    ),
    (
        "registration",
        "the answer of the registration endpoint (RFC 7591 section 3.2)",
    ),
    ("api", "the answers of the API behind `provider.api`"),
    (
        "api-metadata",
        "what that API says of itself (RFC 9728 section 3.2)",
    ),
    ("keys", "which keys the key set publishes"),
    (
        "certificate",
        "what it shows of itself under TLS: `foreign` of an authority that nobody trusts, `other-host`, `expired`; or none: with `old-version` it answers every handshake with TLS 1.1",
    ),
    (
        "code",
        "`reusable`: a code may be redeemed again; `single-use` is honest",
    ),
    (
        "opaque",
        "`known`: introspection says active, and alice, of tokens never issued; `unknown` is honest",
    ),
];

impl Script {
    /// Reads what stands under `provider`.
    pub fn from_value(value: &Value) -> Result<Self, ScriptError> {
        Self::read(value, &Place::root(false))
    }

    /// Whether a value will be a script once its references (`${each.answer}`) are replaced.
    pub fn check(value: &Value) -> Result<(), ScriptError> {
        let place = Place::root(true);
        if place.is_open(value) {
            return Ok(());
        }
        Self::read(value, &place).map(|_| ())
    }

    /// Every key with what it is for.
    pub const fn keys() -> &'static [Word] {
        KEYS
    }

    /// The fields of a key with what they do; none for a key that takes a word only, or that is unknown.
    pub fn fields(key: &str) -> Vec<Word> {
        let own = match key {
            "keys" => return KeysTwist::FIELDS.to_vec(),
            "id-token" | "access-token" | "logout-token" | "response" => {
                return JwtTwist::FIELDS.to_vec();
            }
            "metadata" | "api-metadata" => MetadataTwist::OWN,
            "key-set" | "token" | "revocation" | "device" | "registration" | "api" => {
                PlainTwist::OWN
            }
            "authorization" => RedirectTwist::OWN,
            "userinfo" => UserinfoTwist::OWN,
            "introspection" => ClaimsTwist::OWN,
            _ => return Vec::new(),
        };
        own.iter().chain(AnswerTwist::FIELDS).copied().collect()
    }

    /// The words that a key takes in place of a map.
    pub fn words(key: &str) -> &'static [&'static str] {
        match key {
            "certificate" => &["foreign", "other-host", "expired", "old-version", "honest"],
            "code" => &["reusable", "single-use", "honest"],
            "opaque" => &["known", "unknown", "honest"],
            _ => &["honest"],
        }
    }

    /// Whether nothing is changed.
    pub fn is_honest(&self) -> bool {
        self.misbehaving().next().is_none()
    }

    /// Lets a later script take the place of this one, key by key; only `keys` add up.
    pub fn merge(&mut self, other: Self) {
        fn replace<T>(mine: &mut Option<T>, theirs: Option<T>) {
            if theirs.is_some() {
                *mine = theirs;
            }
        }
        replace(&mut self.metadata, other.metadata);
        replace(&mut self.key_set, other.key_set);
        replace(&mut self.authorization, other.authorization);
        replace(&mut self.token, other.token);
        replace(&mut self.id_token, other.id_token);
        replace(&mut self.access_token, other.access_token);
        replace(&mut self.logout_token, other.logout_token);
        replace(&mut self.response, other.response);
        replace(&mut self.userinfo, other.userinfo);
        replace(&mut self.introspection, other.introspection);
        replace(&mut self.revocation, other.revocation);
        replace(&mut self.device, other.device);
        replace(&mut self.registration, other.registration);
        replace(&mut self.api, other.api);
        replace(&mut self.api_metadata, other.api_metadata);
        replace(&mut self.certificate, other.certificate);
        replace(&mut self.code_reusable, other.code_reusable);
        replace(&mut self.opaque_known, other.opaque_known);
        match (&mut self.keys, other.keys) {
            (Some(Plan::Always(mine)), Some(Plan::Always(theirs))) => mine.absorb(theirs),
            (mine, theirs) => replace(mine, theirs),
        }
    }

    /// The keys that say something other than `honest`.
    pub(super) fn misbehaving(&self) -> impl Iterator<Item = &'static str> {
        fn is_bad<T>(plan: &Option<Plan<T>>) -> bool {
            plan.as_ref()
                .is_some_and(|plan| !matches!(plan, Plan::Honest))
        }
        [
            ("metadata", is_bad(&self.metadata)),
            ("key-set", is_bad(&self.key_set)),
            ("authorization", is_bad(&self.authorization)),
            ("token", is_bad(&self.token)),
            ("id-token", is_bad(&self.id_token)),
            ("access-token", is_bad(&self.access_token)),
            ("logout-token", is_bad(&self.logout_token)),
            ("response", is_bad(&self.response)),
            ("userinfo", is_bad(&self.userinfo)),
            ("introspection", is_bad(&self.introspection)),
            ("revocation", is_bad(&self.revocation)),
            ("device", is_bad(&self.device)),
            ("registration", is_bad(&self.registration)),
            ("api", is_bad(&self.api)),
            ("api-metadata", is_bad(&self.api_metadata)),
            ("keys", is_bad(&self.keys)),
            (
                "certificate",
                self.certificate
                    .is_some_and(|one| one != Certificate::Right),
            ),
            ("code", self.code_reusable == Some(true)),
            ("opaque", self.opaque_known == Some(true)),
        ]
        .into_iter()
        .filter(|(_, bad)| *bad)
        .map(|(key, _)| key)
    }

    const HONEST: Self = Self {
        metadata: Some(Plan::Honest),
        key_set: Some(Plan::Honest),
        authorization: Some(Plan::Honest),
        token: Some(Plan::Honest),
        id_token: Some(Plan::Honest),
        access_token: Some(Plan::Honest),
        logout_token: Some(Plan::Honest),
        response: Some(Plan::Honest),
        userinfo: Some(Plan::Honest),
        introspection: Some(Plan::Honest),
        revocation: Some(Plan::Honest),
        device: Some(Plan::Honest),
        registration: Some(Plan::Honest),
        api: Some(Plan::Honest),
        api_metadata: Some(Plan::Honest),
        keys: Some(Plan::Honest),
        certificate: Some(Certificate::Right),
        code_reusable: Some(false),
        opaque_known: Some(false),
    };

    fn read(value: &Value, root: &Place) -> Result<Self, ScriptError> {
        if value == "honest" {
            return Ok(Self::HONEST);
        }
        let mut script = Self::default();
        for (name, value) in root.map(value)? {
            let place = root.at(name);
            match name.as_str() {
                "metadata" => script.metadata = plan::read(value, &place)?,
                "key-set" => script.key_set = plan::read(value, &place)?,
                "authorization" => script.authorization = plan::read(value, &place)?,
                "token" => script.token = plan::read(value, &place)?,
                "id-token" => script.id_token = jwt::read_plan(value, &place)?,
                "access-token" => script.access_token = jwt::read_plan(value, &place)?,
                "logout-token" => script.logout_token = jwt::read_plan(value, &place)?,
                "response" => script.response = jwt::read_plan(value, &place)?,
                "userinfo" => script.userinfo = plan::read(value, &place)?,
                "introspection" => script.introspection = plan::read(value, &place)?,
                "revocation" => script.revocation = plan::read(value, &place)?,
                "device" => script.device = plan::read(value, &place)?,
                "registration" => script.registration = plan::read(value, &place)?,
                "api" => script.api = plan::read(value, &place)?,
                "api-metadata" => script.api_metadata = plan::read(value, &place)?,
                "keys" => script.keys = plan::read_keys(value, &place)?,
                "certificate" => script.certificate = certificate::read(value, &place)?,
                "code" => script.code_reusable = read_switch(value, &place, name)?,
                "opaque" => script.opaque_known = read_switch(value, &place, name)?,
                other => {
                    let known = KEYS.iter().map(|(known, _)| *known);
                    return Err(place.unknown("provider key", other, known));
                }
            }
        }
        Ok(script)
    }
}

/// A key that takes one of two words; the first of them is dishonest.
fn read_switch(value: &Value, place: &Place, key: &str) -> Result<Option<bool>, ScriptError> {
    if place.is_open(value) {
        return Ok(None);
    }
    let word = place.text(value)?;
    let words = Script::words(key);
    match words.iter().position(|known| *known == word) {
        Some(at) => Ok(Some(at == 0)),
        None => Err(place.unknown("word", word, words.iter().copied())),
    }
}

/// An error for the first name that none of the lists holds.
fn reject_unknown(
    map: &Map<String, Value>,
    place: &Place,
    lists: &[&[Word]],
) -> Result<(), ScriptError> {
    let known = || {
        lists
            .iter()
            .flat_map(|list| list.iter())
            .map(|(known, _)| *known)
    };
    match map
        .keys()
        .find(|name| known().all(|known| known != name.as_str()))
    {
        None => Ok(()),
        Some(name) => Err(place.at(name).unknown("field", name, known())),
    }
}
