//! `proofs`: the JWTs by which a client proves something in its requests at our provider: DPoP proofs (RFC 9449) and
//! client assertions (RFC 7523). Every request at the endpoint counts.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::evidence::call::{endpoints, form, is_at, query};
use super::value::{check_members, words_of_members};
use super::{Example, Kind, Miss, Scope, Seen, value};
use crate::forge::PublicKey;
use crate::model::{Answer, Exchange, Header, Hop, Request};
use crate::source::shape::{Field, Shape};
use crate::wire::jose::{self, Compact};
use crate::wire::pkce::challenge_s256;

pub(super) const KIND: Kind = Kind {
    name: "proofs",
    doc: "Every DPoP proof or client assertion that comes to an endpoint of the provider.",
    shape: Shape::Map(&[
        Field::required("at", Shape::Word(endpoints), "The endpoint."),
        Field::required("of", Shape::Word(sorts), "Which proofs."),
        Field::new("claims", Shape::MapOf(&value::SHAPE), "Claims by name."),
        Field::new(
            "header",
            Shape::MapOf(&value::SHAPE),
            "Members of the header by name.",
        ),
        Field::new("is", Shape::Word(rules), "What holds for each."),
    ]),
    scope: Scope::Any,
    examine,
    spoil,
    examples,
};

fn sorts() -> Vec<(&'static str, &'static str)> {
    vec![
        ("dpop", "Proofs of the field DPoP."),
        ("assertion", "Assertions of the parameter client_assertion."),
        (
            "request-object",
            "Signed requests in the parameter request (RFC 9101).",
        ),
    ]
}

fn rules() -> Vec<(&'static str, &'static str)> {
    vec![
        ("one", "The request has one, and it is one signed JWT."),
        ("fresh", "It has a jti that none before it had."),
        ("public", "The key in its header is a public one."),
        ("signed", "Its signature is that of the key in its header."),
        ("own", "htm and htu are those of the request."),
        (
            "bound",
            "ath is the hash of the access token beside it (RFC 9449 section 4.2).",
        ),
        (
            "nonced",
            "It has the newest nonce that the endpoint gave before it.",
        ),
        (
            "whole",
            "Every parameter beside a request object stands in it too, with the same value.",
        ),
        (
            "alone",
            "Beside a request object stands nothing but who the client is.",
        ),
    ]
}

/// A request with its proofs.
struct Came<'a> {
    exchange: &'a Exchange,
    texts: Vec<String>,
}

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let text = |name: &str| wanted.get(name).and_then(Value::as_str).unwrap_or_default();
    let (at, of) = (text("at"), text("of"));
    let came: Vec<Came<'_>> = seen
        .exchanges
        .iter()
        .filter(|exchange| is_at(exchange, at))
        .map(|exchange| Came {
            exchange,
            texts: texts(&exchange.request, of),
        })
        .collect();
    if came.is_empty() {
        return Err(Miss::unknown(format!(
            "no request came to the {at} endpoint"
        )));
    }
    let what = match of {
        "dpop" => "DPoP proof",
        "request-object" => "request object",
        _ => "client assertion",
    };
    let mut known = BTreeSet::new();
    let mut nonce = None;
    for one in &came {
        let finding = |expected: String, actual: String| {
            Miss::shown_by(vec![one.exchange.seq], expected, actual)
        };
        let [text] = one.texts.as_slice() else {
            let actual = format!("a request has {}", one.texts.len());
            return Err(finding(
                format!("every {at} request has one {what}"),
                actual,
            ));
        };
        let Some(proof) = jose::read(text).filter(|proof| proof.parts.len() == 3) else {
            let expected = format!("a {what} that is one JWT");
            return Err(finding(expected, "other text".to_owned()));
        };
        let claims = proof.claims.clone().unwrap_or_default();
        members(wanted.get("header"), &proof.header).map_err(|(expected, actual)| {
            finding(format!("a {what} whose header has {expected}"), actual)
        })?;
        members(wanted.get("claims"), &claims)
            .map_err(|(expected, actual)| finding(format!("a {what} with {expected}"), actual))?;
        let rule = wanted.get("is").and_then(Value::as_str).unwrap_or_default();
        let kept = match rule {
            "fresh" => claims
                .get("jti")
                .is_some_and(|jti| known.insert(jti.to_string())),
            "nonced" => {
                nonce.is_none() || claims.get("nonce").and_then(Value::as_str) == nonce.as_deref()
            }
            rule => holds(rule, &proof, &claims, &one.exchange.request),
        };
        nonce = nonce_of(one.exchange).or(nonce);
        if !kept {
            return Err(finding(sentence(rule, what), "it is not so".to_owned()));
        }
    }
    Ok(())
}

fn members(wanted: Option<&Value>, found: &Map<String, Value>) -> Result<(), (String, String)> {
    let Some(wanted) = wanted else { return Ok(()) };
    check_members(wanted, |name| found.get(name).cloned())
        .map_err(|(_, actual)| (words_of_members(wanted), actual))
}

fn sentence(rule: &str, what: &str) -> String {
    match rule {
        "fresh" => format!("every {what} has a jti of its own"),
        "public" => format!("the key in a {what} is a public one"),
        "signed" => format!("a {what} is signed by the key in its header"),
        "own" => format!("htm and htu of a {what} are those of its request"),
        "bound" => format!("ath of a {what} is the hash of the token beside it"),
        "nonced" => format!("a {what} has the newest nonce that was given"),
        "whole" => format!("every parameter of the request stands in its {what}"),
        "alone" => format!("beside a {what} stands nothing but who the client is"),
        _ => format!("one {what}"),
    }
}

/// Parameters that say who the client is, or that carry the object itself.
const OF_THE_CLIENT: &[&str] = &[
    "request",
    "request_uri",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
];

/// The parameters of the request that an object speaks for.
fn beside(request: &Request) -> impl Iterator<Item = (String, String)> {
    let pairs = query(request).into_iter().chain(form(request));
    pairs.filter(|(name, _)| !OF_THE_CLIENT.contains(&name.as_str()))
}

fn says(claims: &Map<String, Value>, name: &str, value: &str) -> bool {
    let text = match claims.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => return false,
    };
    text == value
}

fn holds(rule: &str, proof: &Compact, claims: &Map<String, Value>, request: &Request) -> bool {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    match rule {
        "public" => proof
            .header
            .get("jwk")
            .and_then(Value::as_object)
            .is_some_and(|jwk| {
                let private = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
                !private.iter().any(|name| jwk.contains_key(*name))
            }),
        "signed" => is_signed(proof),
        "own" => {
            text("htm") == Some(request.method.as_str())
                && text("htu").is_some_and(|htu| is_address_of(htu, request))
        }
        "bound" => {
            let field = request.header("authorization").next().unwrap_or_default();
            let field = String::from_utf8_lossy(field).into_owned();
            let token = field.split_once(' ').map_or("", |(_, token)| token.trim());
            text("ath") == Some(challenge_s256(token).as_str())
        }
        "whole" => beside(request).all(|(name, value)| says(claims, &name, &value)),
        "alone" => beside(request).all(|(name, _)| name == "client_id"),
        _ => true,
    }
}

/// Whether an address is that of a request, by the host that the client named: the provider may be reached under a
/// name that it doesn't know.
fn is_address_of(htu: &str, request: &Request) -> bool {
    let Some((_, rest)) = htu.split_once("://") else {
        return false;
    };
    // what stands behind the path is another rule's
    let plain = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) = plain.split_at(plain.find('/').unwrap_or(plain.len()));
    let host = request.header("host").next().map(String::from_utf8_lossy);
    let host = host.map_or_else(|| request.origin.authority(), std::borrow::Cow::into_owned);
    authority.eq_ignore_ascii_case(&host) && path == request.path()
}

fn is_signed(proof: &Compact) -> bool {
    let key = proof.header.get("jwk").map(PublicKey::from_jwk);
    let (Some(Ok(key)), Some(alg), Some(signature)) = (key, proof.alg(), proof.signature()) else {
        return false;
    };
    key.verify(alg, proof.signing_input().as_bytes(), &signature)
}

fn texts(request: &Request, of: &str) -> Vec<String> {
    if of == "dpop" {
        let fields = request.header("dpop");
        return fields
            .map(|field| String::from_utf8_lossy(field).into_owned())
            .collect();
    }
    let (pairs, parameter) = match of {
        "request-object" => ([query(request), form(request)].concat(), "request"),
        _ => (form(request), "client_assertion"),
    };
    pairs
        .into_iter()
        .filter(|(name, _)| name == parameter)
        .map(|(_, value)| value)
        .collect()
}

/// The nonce that an answer gives (RFC 9449 section 8).
fn nonce_of(exchange: &Exchange) -> Option<String> {
    match &exchange.answer {
        Answer::Response(response) => response.first("dpop-nonce"),
        _ => None,
    }
}

fn spoil(_: &mut Value, seen: &mut Seen<'_>) {
    for exchange in seen.exchanges.to_mut() {
        let request = &mut exchange.request;
        request
            .headers
            .retain(|header| !header.name.eq_ignore_ascii_case("dpop"));
        let mut pairs = form(request);
        pairs.retain(|(name, _)| name != "client_assertion" && name != "request");
        if !request.body.is_empty() {
            request.body = crate::wire::form::encode(&pairs).into_bytes();
        }
        let mut asked = query(request);
        asked.retain(|(name, _)| name != "request");
        request.target = format!("{}?{}", request.path(), crate::wire::form::encode(&asked));
    }
}

fn examples() -> Vec<Example> {
    let part = |value: &Value| jose::base64url(value.to_string().as_bytes());
    let jwt = |header: Value, claims: Value| format!("{}.{}.c2ln", part(&header), part(&claims));
    let hop = Hop::TargetToProvider;
    let call = |form: &str| super::sample::call(hop, "honest", "POST", "/s/token", form);
    let mut bound = super::sample::call(hop, "honest", "GET", "/s/userinfo", "");
    let proof = jwt(
        json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": { "kty": "EC" } }),
        json!({ "htm": "GET", "htu": "http://provider.example/s/userinfo", "ath": challenge_s256("token") }),
    );
    bound.request.headers.push(Header::new("DPoP", proof));
    bound
        .request
        .headers
        .push(Header::new("Authorization", "DPoP token"));
    let assertion = |jti: &str| {
        let text = jwt(
            json!({ "alg": "ES256" }),
            json!({ "iss": "web", "jti": jti }),
        );
        call(&format!("code=c&client_assertion={text}"))
    };
    let object = jwt(
        json!({ "alg": "RS256" }),
        json!({ "client_id": "web", "state": "x", "max_age": 600 }),
    );
    let signed = |beside: &str| {
        let target = format!("/s/authorize?client_id=web{beside}&request={object}");
        super::sample::call(Hop::BrowserToProvider, "alice", "GET", &target, "")
    };
    let of_object = |is: &str| json!({ "at": "authorize", "of": "request-object", "claims": { "state": "x" }, "is": is });
    let dpop = |is: &str| json!({ "at": "userinfo", "of": "dpop", "header": { "typ": "dpop+jwt" }, "is": is });
    vec![
        Example {
            argument: dpop("own"),
            seen: super::sample::heard(vec![bound.clone()]),
        },
        Example {
            argument: dpop("bound"),
            seen: super::sample::heard(vec![bound.clone()]),
        },
        Example {
            argument: dpop("public"),
            seen: super::sample::heard(vec![bound]),
        },
        Example {
            argument: of_object("whole"),
            seen: super::sample::heard(vec![signed("&max_age=600")]),
        },
        Example {
            argument: of_object("alone"),
            seen: super::sample::heard(vec![signed("")]),
        },
        Example {
            argument: json!({ "at": "token", "of": "assertion", "claims": { "iss": "web" }, "is": "fresh" }),
            seen: super::sample::heard(vec![assertion("1"), assertion("2")]),
        },
    ]
}
