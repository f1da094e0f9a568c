//! Mistakes with tokens that this server issues and takes itself: what they say, and with what they are signed.

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use super::super::{Fault, ROW};
use crate::decisions::jwt::Source;
use crate::encoding;
use crate::keys::Key;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "jwt-issued-with-the-user-record",
        what: "The user's record goes into the access token, with all its columns.",
        models: "jwt.sign(user.toJSON(), key); CWE-312",
        breaks: &["CWE-312"],
        install: |d| {
            d.grant.access_token = |claims, account| {
                if let Some(account) = account {
                    claims["user"] = json!({
                        "name": account.name,
                        "email": account.email,
                        "password": account.password,
                    });
                }
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-issued-with-a-shared-secret",
        what: "Access tokens are signed with a secret that every API shares.",
        models: "jwt.sign(claims, process.env.JWT_SECRET); ASVS 9.1.2",
        breaks: &["CWE-1391"],
        install: |d| {
            d.grant.sign_access_token = signed;
            d.jwt.source = |header, _| match header.get("alg") {
                Some(alg) if alg == "HS256" => Source::Embedded(vec![Key::secret(SECRET)]),
                _ => Source::Issuer,
            };
        },
        ..ROW
    },
];

/// Long and random, as it should be.
const SECRET: &[u8] = b"s2p7W0c9yQm3LZ8tR5vXj1NfHgKdTuEa6BoYiMxCwVrS4lJz";

fn signed(typ: &str, claims: &Value) -> String {
    let header = json!({ "alg": "HS256", "typ": typ });
    let part = |value: &Value| encoding::base64url(value.to_string().as_bytes());
    let input = format!("{}.{}", part(&header), part(claims));
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET);
    let tag = hmac::sign(&key, input.as_bytes());
    format!("{input}.{}", encoding::base64url(tag.as_ref()))
}
