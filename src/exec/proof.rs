//! DPoP proofs (RFC 9449): made once a request is whole, and made anew each time it is sent.
//!
//! A server that asks for a nonce of its own gets the same request once more with it; the last one that it gave is
//! used from then on (sections 8.2 and 9).

use std::sync::Arc;

use serde_json::{Map, Value};
use url::Url;

use crate::forge::dpop::{self, About};
use crate::forge::{ForgeError, Key, PublicKey, Recipe, SignWith, stranger_shared};
use crate::model::{Answer, Header, Request, Secret};
use crate::suite::template::as_text;
use crate::wire::{challenge, json};

use super::act::{Context, Trouble};

/// A request whose proofs are still to be made.
#[derive(Clone)]
pub(super) struct Unproved {
    /// The request without them.
    pub(super) request: Request,
    /// What they are to be.
    pub(super) proofs: Vec<Proof>,
}

impl From<Request> for Unproved {
    fn from(request: Request) -> Self {
        Self {
            request,
            proofs: Vec::new(),
        }
    }
}

impl Unproved {
    /// The request with its proofs; `count` is how often it was sent before.
    pub(super) fn proved(&self, count: u32, context: &mut Context<'_>) -> Result<Request, Trouble> {
        let mut request = self.request.clone();
        for (number, proof) in self.proofs.iter().enumerate() {
            let id = context.fresh(&format!("proof {number} {count}"));
            for value in proof.fields(&self.request, id, context)? {
                request.headers.push(Header::new("DPoP", value));
            }
        }
        Ok(request)
    }

    /// Whether anything is to be proved.
    pub(super) fn has_proofs(&self) -> bool {
        !self.proofs.is_empty()
    }

    /// Whether a nonce that the server gives would be used.
    pub(super) fn takes_nonce(&self) -> bool {
        self.proofs.iter().any(Proof::takes_nonce)
    }

    /// What later steps may refer to: the nonce that was used.
    pub(super) fn results(&self, context: &Context<'_>) -> Map<String, Value> {
        let mut results = Map::new();
        if let Some(nonce) = context.memory.nonces.get(&self.request.origin)
            && !self.proofs.is_empty()
        {
            results.insert("nonce".to_owned(), Value::from(nonce.clone()));
        }
        results
    }

    /// Why it is no fault that this was accepted: a server may tell the age of a proof by its own nonce instead
    /// (section 4.3, item 11).
    pub(super) fn excused(&self, context: &Context<'_>) -> Option<String> {
        let told = context.memory.nonces.contains_key(&self.request.origin);
        let changed = |proof: &Proof| proof.takes_nonce() && proof.changes_time();
        (told && self.proofs.iter().any(changed)).then(|| {
            "the server tells the age of a proof by its own nonce, not by iat (RFC 9449 section 4.3)"
                .to_owned()
        })
    }
}

/// Keeps the nonce that an answer brings. Whether the answer asks for it is told.
pub(super) fn take_nonce(answer: &Answer, asked: &Request, context: &mut Context<'_>) -> bool {
    let Some(response) = answer.response() else {
        return false;
    };
    let Some(nonce) = response.first("dpop-nonce") else {
        return false;
    };
    let known = context
        .memory
        .nonces
        .insert(asked.origin.clone(), nonce.clone());
    let fields: Vec<&[u8]> = response.header("www-authenticate").collect();
    let challenged = challenge::parse(&fields).is_ok_and(|all| {
        all.iter()
            .any(|one| one.param("error") == Some("use_dpop_nonce"))
    });
    let said = || {
        let body = json::parse_lenient(response.body.bytes());
        body.is_some_and(|body| body.get("error") == Some(&Value::from("use_dpop_nonce")))
    };
    matches!(response.status, 400 | 401) && known.as_ref() != Some(&nonce) && (challenged || said())
}

/// The proof that goes with a token.
#[derive(Clone)]
pub(super) struct Proof {
    /// The token that it goes with; none goes with a request for one.
    token: Option<String>,
    changes: Map<String, Value>,
}

impl Proof {
    /// A right one.
    pub(super) fn of(token: &str) -> Self {
        Self::changed(token, Map::new())
    }

    /// One with a departure.
    pub(super) fn changed(token: &str, changes: Map<String, Value>) -> Self {
        Self {
            token: Some(token.to_owned()),
            changes,
        }
    }

    /// One for a request for tokens (section 5), with a departure.
    pub(super) fn alone(changes: Map<String, Value>) -> Self {
        Self {
            token: None,
            changes,
        }
    }

    fn part(&self, key: &str) -> Map<String, Value> {
        let part = self.changes.get(key).and_then(Value::as_object);
        part.cloned().unwrap_or_default()
    }

    fn takes_nonce(&self) -> bool {
        self.changes.get("nonce").is_none()
            && self.changes.get("raw").is_none()
            && !self.part("claims").contains_key("nonce")
    }

    fn changes_time(&self) -> bool {
        let claims = self.part("claims");
        claims.get("iat").is_some_and(|iat| !iat.is_null())
    }

    /// The values of the field, one for each time that it stands there.
    fn fields(
        &self,
        request: &Request,
        id: String,
        context: &mut Context<'_>,
    ) -> Result<Vec<String>, Trouble> {
        if let Some(raw) = self.changes.get("raw") {
            return Ok(vec![as_text(raw)]);
        }
        let one = self.signed(request, &id, context)?;
        Ok(match self.changes.get("twice").and_then(Value::as_str) {
            Some("same") => vec![one.clone(), one],
            Some("joined") => vec![format!("{one}, {one}")],
            Some(_) => {
                let other = self.signed(request, &format!("{id}-2"), context)?;
                vec![one, other]
            }
            None => vec![one],
        })
    }

    fn signed(
        &self,
        request: &Request,
        id: &str,
        context: &mut Context<'_>,
    ) -> Result<String, Trouble> {
        let world = context.world;
        let own = match self.token {
            Some(_) => world.proof_key.clone(),
            None => world.client_proof_key.clone(),
        };
        let own = own.ok_or("no key for proofs is known")?;
        let nonce = context.memory.nonces.get(&request.origin);
        let url = request.url();
        let uri = url.split(['?', '#']).next().unwrap_or_default().to_owned();
        let claims = dpop::claims(&About {
            method: request.method.clone(),
            uri: uri.clone(),
            at: context.now.unix(),
            id: id.to_owned(),
            token: self.token.clone(),
            nonce: nonce.filter(|_| self.takes_nonce()).cloned(),
        });
        let known = format!("{:?} {:?}", Value::Object(claims.clone()), self.changes);
        if let Some(proof) = context.memory.proofs.get(&known) {
            return Ok(proof.clone());
        }
        let key = match self.changes.get("key").and_then(Value::as_str) {
            Some("stranger") => Arc::clone(stranger_shared(own.alg().name())),
            _ => Arc::clone(&own),
        };
        let private = self.changes.get("key").and_then(Value::as_str) == Some("private");
        if private && self.token.is_some() && context.world.profile.proof_key.is_some() {
            return Err(Trouble::DoesNotApply(
                "the private key of the profile is not sent to anybody".to_owned(),
            ));
        }
        let recipe = self.recipe(&key, &uri)?;
        let proof = dpop::proof(&claims, &key, private, &recipe).map_err(|why| match why {
            ForgeError::NotApplicable { .. } | ForgeError::UnusableKey(_) => {
                Trouble::DoesNotApply(why.to_string())
            }
            _ => Trouble::CannotBeDone(why.to_string()),
        })?;
        context.vault.add(&Secret::new(proof.clone(), "DPoP proof"));
        context.memory.proofs.insert(known, proof.clone());
        Ok(proof)
    }

    /// What the case changes; it is signed by the key in the header unless the case says otherwise.
    fn recipe(&self, key: &Arc<Key>, uri: &str) -> Result<Recipe, Trouble> {
        let mut claims = self.part("claims");
        if let Some(form) = self.part("htu").get("form").map(as_text) {
            claims.insert("htu".to_owned(), Value::from(form_of(uri, &form)?));
        }
        let mutate: Vec<String> = match self.changes.get("mutate") {
            Some(Value::Array(all)) => all.iter().map(as_text).collect(),
            Some(one) => vec![as_text(one)],
            None => Vec::new(),
        };
        let header = self.part("header");
        let unchanged = claims.is_empty() && header.is_empty() && mutate.is_empty();
        let sign_with = match self.changes.get("sign-with") {
            None if unchanged => SignWith::Keep,
            None => SignWith::Key(Arc::clone(key)),
            Some(signer) => signer_of(signer, key)?,
        };
        Ok(Recipe {
            header,
            claims,
            repeat: Vec::new(),
            mutate,
            sign_with,
        })
    }
}

fn signer_of(signer: &Value, key: &Arc<Key>) -> Result<SignWith, Trouble> {
    if let Some(form) = signer.get("public-key-as").map(as_text) {
        // as it stands in the header
        let jwk = dpop::public_jwk(key).ok_or("the key of the proofs has no public half")?;
        let key = PublicKey::from_jwk(&jwk).map_err(|why| why.to_string())?;
        return Ok(SignWith::PublicKeyAs { form, key });
    }
    match signer.as_str() {
        Some("own") => Ok(SignWith::Key(Arc::clone(key))),
        Some("stranger") => {
            let stranger = stranger_shared(key.alg().name());
            Ok(SignWith::Key(Arc::clone(stranger)))
        }
        Some("keep") => Ok(SignWith::Keep),
        Some("none") => Ok(SignWith::None),
        _ => Err("no known signer of a proof".into()),
    }
}

/// The URI in a form of the table `htu-form`.
fn form_of(uri: &str, form: &str) -> Result<String, Trouble> {
    let row = dpop::form_named(form).ok_or_else(|| format!("no form of htu is named `{form}`"))?;
    let url = Url::parse(uri).map_err(|_| format!("`{uri}` is no URI"))?;
    (row.make)(&url).ok_or_else(|| {
        Trouble::DoesNotApply(format!("the URI of this endpoint has no form `{form}`"))
    })
}
