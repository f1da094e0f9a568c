//! `GET /dpop` and `GET /dpop/nonce`: resources for tokens that are bound to a key (RFC 9449). The second demands a
//! nonce of this server in every proof.
//!
//! The order is: token, proof, what the proof says of this request, and only then is it remembered as used.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde_json::{Value, json};

use crate::credential::Field;
use crate::decisions::dpop::{Asked, Dpop, Lacking, Problem, give, thumbprint};
use crate::decisions::jwt::{Object, Signed};
use crate::state::Server;
use crate::{answer, bearer, encoding, guard, jwt};

/// How many used proofs and nonces are kept before old ones are dropped, and for how long at least, in seconds.
const KEPT: usize = 10_000;
const MEMORY: u64 = 600;

/// The resource.
pub(crate) async fn resource(State(server): State<Arc<Server>>, parts: Parts) -> Response {
    answered(&server, &parts, false).await
}

/// The resource that demands nonces.
pub(crate) async fn with_nonce(State(server): State<Arc<Server>>, parts: Parts) -> Response {
    answered(&server, &parts, true).await
}

/// The key of the proof in a request that holds no token (section 5): its thumbprint. None without a proof.
pub(crate) fn alone(
    server: &Server,
    rules: &Dpop,
    parts: &Parts,
) -> Result<Option<String>, Problem> {
    let Some(proof) = (rules.field)(&parts.headers)? else {
        return Ok(None);
    };
    let proof = jwt::read(&server.decisions.jwt, &proof).map_err(|_| Problem::InvalidProof)?;
    let thumbprint = signed(rules, &proof)?;
    of_this_request(server, rules, parts, &proof.claims, None)?;
    first_use(server, rules, &proof.claims, &thumbprint)?;
    Ok(Some(thumbprint))
}

/// Whether this key signed a JWT.
pub(crate) fn signed_by(server: &Server, token: &jwt::Token, jwk: Value) -> bool {
    let rules = &server.decisions.grant.bound.proof;
    let mut header = token.header.clone();
    header.insert("jwk".to_owned(), jwk);
    (rules.key)(&header).is_some_and(|key| {
        (rules.signature)(&Signed {
            header: &header,
            input: token.input.as_bytes(),
            signature: &token.signature,
            key: &key,
        })
    })
}

/// Whether a request has a proof, and that no nonce that will do.
pub(crate) fn lacks_nonce(
    server: &Server,
    rules: &Dpop,
    parts: &Parts,
    will_do: fn(Option<&Value>, bool) -> bool,
) -> bool {
    let proof = (rules.field)(&parts.headers).ok().flatten();
    let proof = proof.and_then(|proof| jwt::read(&server.decisions.jwt, &proof).ok());
    proof.is_some_and(|proof| !will_do(proof.claims.get("nonce"), gave(server, &proof.claims)))
}

/// Why a request isn't let in.
enum Refused {
    For(Problem),
    /// It must come once more with a nonce.
    WithoutNonce,
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::For(problem)
    }
}

async fn answered(server: &Server, parts: &Parts, demands_nonce: bool) -> Response {
    let rules = &server.decisions.dpop;
    let admitted = admit(server, parts, demands_nonce).await;
    let nonce = demands_nonce.then(|| new_nonce(server));
    let mut response = match admitted {
        Ok(subject) => content(&subject),
        Err(Refused::For(problem)) => (rules.refusal)(problem),
        Err(Refused::WithoutNonce) => {
            let response = (rules.challenge)(nonce.as_deref().unwrap_or_default());
            return guard::finish(server, parts, None, response);
        }
    };
    if let Some(nonce) = nonce {
        give(&mut response, &nonce);
    }
    guard::finish(server, parts, None, response)
}

fn content(subject: &str) -> Response {
    let body = json!({
        "mechanism": "dpop",
        "subject": subject,
        "note": "Only who holds the key of the token reads this.",
    });
    answer::json(StatusCode::OK, &body)
}

/// Whose token the request carries, if its sender has the key.
async fn admit(server: &Server, parts: &Parts, demands_nonce: bool) -> Result<String, Refused> {
    if guard::refuses_all(server) {
        return Err(Problem::InvalidToken.into());
    }
    if let Some(account) = guard::believed(server, parts) {
        return Ok(account.subject.to_owned());
    }
    let rules = &server.decisions.dpop;
    let value = match (server.decisions.bearer.field)(&parts.headers) {
        Field::None => return Err(Problem::Missing.into()),
        Field::Several => return Err(Problem::InvalidRequest.into()),
        Field::One(value) => value,
    };
    let subject = |claims: &Object| {
        let subject = claims.get("sub").and_then(Value::as_str);
        subject.unwrap_or_default().to_owned()
    };
    if let Some(text) = (rules.downgraded)(&value) {
        return Ok(subject(&claims(server, parts, &text).await?));
    }
    let text = (rules.token)(&value)?;
    let claims = claims(server, parts, &text).await?;
    let proof = match (rules.field)(&parts.headers)? {
        None => return lacks(rules, Lacking::Field).map(|()| subject(&claims)),
        Some(proof) => proof,
    };
    let Ok(proof) = jwt::read(&server.decisions.jwt, &proof) else {
        return lacks(rules, Lacking::Jwt).map(|()| subject(&claims));
    };
    let thumbprint = signed(rules, &proof)?;
    if demands_nonce && !(rules.nonce)(proof.claims.get("nonce"), gave(server, &proof.claims)) {
        return Err(Refused::WithoutNonce);
    }
    of_this_request(server, rules, parts, &proof.claims, Some(&text))?;
    if !(rules.bound)(&claims, &thumbprint) {
        return Err(Problem::InvalidToken.into());
    }
    first_use(server, rules, &proof.claims, &thumbprint)?;
    Ok(subject(&claims))
}

fn lacks(rules: &Dpop, what: Lacking) -> Result<(), Refused> {
    (rules.lacking)(what).map_err(Refused::For)
}

async fn claims(server: &Server, parts: &Parts, text: &str) -> Result<Object, Problem> {
    Ok(bearer::claims(server, parts, &server.issuers(), text).await?)
}

/// The thumbprint of the key that signed a proof.
fn signed(rules: &Dpop, proof: &jwt::Token) -> Result<String, Problem> {
    let wrong = Problem::InvalidProof;
    if !(rules.kind)(&proof.header) || !(rules.header)(&proof.header) {
        return Err(wrong);
    }
    let jwk = proof.header.get("jwk").and_then(Value::as_object);
    let thumbprint = jwk.and_then(thumbprint).ok_or(wrong)?;
    if (rules.unsecured)(&proof.header) {
        return Ok(thumbprint);
    }
    let key = (rules.key)(&proof.header).ok_or(wrong)?;
    let right = (rules.signature)(&Signed {
        header: &proof.header,
        input: proof.input.as_bytes(),
        signature: &proof.signature,
        key: &key,
    });
    if right { Ok(thumbprint) } else { Err(wrong) }
}

/// Whether a proof was made for this request, now, with this token.
fn of_this_request(
    server: &Server,
    rules: &Dpop,
    parts: &Parts,
    claims: &Object,
    token: Option<&str>,
) -> Result<(), Problem> {
    let asked = Asked {
        origin: server.reached_at(parts),
        path: parts.uri.path(),
        query: parts.uri.query(),
    };
    let right = (rules.claims)(claims)
        && (rules.name)(claims.get("jti"))
        && (rules.method)(claims.get("htm"), parts.method.as_str())
        && (rules.uri)(claims.get("htu"), &asked)
        && (rules.age)(claims.get("iat"), server.clock.now())
        && token.is_none_or(|token| (rules.hash)(claims.get("ath"), token));
    if right {
        Ok(())
    } else {
        Err(Problem::InvalidProof)
    }
}

/// Remembers a proof that is right in everything else; one that was seen before is refused.
fn first_use(
    server: &Server,
    rules: &Dpop,
    claims: &Object,
    thumbprint: &str,
) -> Result<(), Problem> {
    let Some(mark) = (rules.mark)(claims) else {
        return Ok(());
    };
    let now = server.clock.now();
    let mut memory = server.memory();
    if memory.proofs.len() > KEPT {
        memory.proofs.retain(|_, at| *at + MEMORY > now);
    }
    match memory.proofs.insert(format!("{thumbprint} {mark}"), now) {
        None => Ok(()),
        Some(_) => Err(Problem::InvalidProof),
    }
}

pub(crate) fn new_nonce(server: &Server) -> String {
    let now = server.clock.now();
    let nonce = encoding::unguessable();
    let mut memory = server.memory();
    if memory.nonces.len() > KEPT {
        memory.nonces.retain(|_, at| *at + MEMORY > now);
    }
    memory.nonces.insert(nonce.clone(), now);
    nonce
}

/// Whether the nonce is one that was given here, and not long ago.
fn gave(server: &Server, claims: &Object) -> bool {
    let nonce = claims.get("nonce").and_then(Value::as_str);
    let memory = server.memory();
    let at = nonce.and_then(|nonce| memory.nonces.get(nonce));
    let life = server.decisions.dpop.nonce_life;
    at.is_some_and(|at| server.clock.now() < at.saturating_add(life))
}
