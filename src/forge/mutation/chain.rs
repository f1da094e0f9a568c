//! `x5c` in which a certificate for the trusted key stands beside the stranger's: one good link makes no chain.

use super::{Aim, Mutation};
use crate::forge::parts::{NotApplicable, Parts};
use crate::forge::recipe::SignWith;
use crate::forge::{PublicKey, der, stranger, stranger_certificate};
use crate::wire::jose::base64url;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

const fn row(name: &'static str, doc: &'static str, apply: super::Apply) -> Mutation {
    Mutation::after(Aim::Header, name, doc, apply).signed()
}

pub(super) const ROWS: &[Mutation] = &[
    row(
        "x5c-trusted-first",
        "signed by a stranger, whose certificate stands behind one for the trusted key in `x5c`",
        |p| mixed(p, true),
    ),
    row(
        "x5c-trusted-last",
        "signed by a stranger, whose certificate stands before one for the trusted key in `x5c`",
        |p| mixed(p, false),
    ),
];

fn mixed(parts: &mut Parts, trusted_first: bool) -> Result<(), NotApplicable> {
    let SignWith::Key(trusted) = &parts.sign_with else {
        return Err(NotApplicable("the key that is trusted is not at hand"));
    };
    let spki = PublicKey::of(trusted).and_then(|key| key.spki());
    let spki = spki.ok_or(NotApplicable("a shared secret has no certificate"))?;
    let signer = stranger("RS256");
    let own = stranger_certificate("RS256").unwrap_or_default();
    let other = der::certificate(&spki, |body| signer.sign("RS256", body).unwrap_or_default());
    let mut chain = vec![STANDARD.encode(other), own];
    if !trusted_first {
        chain.reverse();
    }
    parts.header.insert("alg".into(), json!("RS256"));
    parts.header.insert("x5c".into(), json!(chain));
    let header = base64url(Value::Object(parts.header.clone()).to_string().as_bytes());
    let input = format!("{header}.{}", parts.segments[1]);
    parts.segments[0] = header;
    let signature = signer.sign("RS256", input.as_bytes());
    parts.set_signature(&signature.map_err(|_| NotApplicable("the stranger can't sign"))?);
    Ok(())
}
