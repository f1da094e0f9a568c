//! `secret-length`: whether the secret under which a token is signed suffices for its algorithm (RFC 7518 section 3.2).

use serde_json::{Value, json};

use super::{Example, Kind, Miss, Scope, Seen};
use crate::source::shape::{Field, Shape};
use crate::wire::jose;

pub(super) const KIND: Kind = Kind {
    name: "secret-length",
    doc: "The token is signed with no shared secret, or with one as long as the hash of its algorithm.",
    shape: Shape::Map(&[
        Field::required("token", Shape::Text, "The token: `${step.id-token}`."),
        Field::required(
            "secret",
            Shape::Text,
            "The secret: `${clients.confidential.secret}`.",
        ),
    ]),
    scope: Scope::Step,
    examine,
    spoil,
    examples,
};

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let text = |name: &str| wanted.get(name).and_then(Value::as_str).unwrap_or_default();
    let Some(token) = jose::read(text("token")) else {
        return Err(Miss::unknown("the token is no JWT"));
    };
    let alg = token.alg().unwrap_or_default();
    let Some(bits) = alg
        .strip_prefix("HS")
        .and_then(|bits| bits.parse::<usize>().ok())
    else {
        return Ok(());
    };
    let (found, least) = (text("secret").len(), bits / 8);
    if found >= least {
        return Ok(());
    }
    Err(Miss::finding(
        seen,
        format!("a secret of at least {least} octets for {alg}"),
        format!("one of {found}"),
    ))
}

fn spoil(argument: &mut Value, _: &mut Seen<'_>) {
    let token = format!("{}.e30.c2ln", jose::base64url(br#"{"alg":"HS512"}"#));
    *argument = json!({ "token": token, "secret": "short" });
}

fn examples() -> Vec<Example> {
    let token = |alg: &str| {
        let header = format!(r#"{{"alg":"{alg}"}}"#);
        format!("{}.e30.c2ln", jose::base64url(header.as_bytes()))
    };
    let of = |alg: &str, secret: &str| Example {
        argument: json!({ "token": token(alg), "secret": secret }),
        seen: super::sample::answer(200, &[], ""),
    };
    vec![
        of("HS256", "a secret of thirty-two octets ..."),
        of("RS256", "short"),
    ]
}
