//! Public keys as HMAC secrets: one mistake, and one fault for each form in which the key is at hand.
//!
//! The verifier takes the algorithm from the header. Handed the issuer's key as text or octets, it
//! uses that as the secret where the header says HS256.

use super::super::super::{Fault, ROW};
use super::{Object, Problem, is_hmac, kid, right};
use crate::keys::form::{pem, raw, spki, ssh};
use crate::keys::{Key, Material};

const WHAT: &str = "The header chooses HMAC, and the public key at hand is its secret.";

/// A row: name, form, decision.
macro_rules! confusion {
    ($name:literal, $models:literal, $form:expr) => {
        Fault {
            name: $name,
            what: WHAT,
            models: $models,
            breaks: &["RFC8725-3.1-2", "RFC8725-3.1-3", "RFC7515-5.2-2"],
            groups: &["confusion"],
            install: |d| d.jwt.select = |header, keys| confused(header, keys, $form),
            ..ROW
        }
    };
}

pub(crate) const FAULTS: &[Fault] = &[
    confusion!(
        "jwt-confusion-spki-pem",
        "CVE-2015-9235, CVE-2016-10555; the key as SubjectPublicKeyInfo PEM",
        |key| pem("PUBLIC KEY", &spki(key)).into_bytes()
    ),
    confusion!(
        "jwt-confusion-spki-pem-trimmed",
        "CVE-2023-48223, fast-jwt; PEM without its last line feed",
        |key| pem("PUBLIC KEY", &spki(key)).trim_end().as_bytes().to_vec()
    ),
    confusion!(
        "jwt-confusion-spki-pem-crlf",
        "PEM with CR LF, as a file from another system has it",
        |key| pem("PUBLIC KEY", &spki(key))
            .replace('\n', "\r\n")
            .into_bytes()
    ),
    confusion!(
        "jwt-confusion-spki-pem-one-line",
        "PEM without any line break, as an environment variable has it",
        |key| pem("PUBLIC KEY", &spki(key)).replace('\n', "").into_bytes()
    ),
    confusion!(
        "jwt-confusion-spki-base64",
        "the text between the armour, as Keycloak's console shows it",
        |key| crate::encoding::base64(&spki(key)).into_bytes()
    ),
    confusion!(
        "jwt-confusion-spki-der",
        "the key as SubjectPublicKeyInfo DER",
        spki
    ),
    confusion!(
        "jwt-confusion-pkcs1-pem",
        "CVE-2023-48223; the key as PKCS#1 PEM",
        |key| pem("RSA PUBLIC KEY", &raw(key)).into_bytes()
    ),
    confusion!(
        "jwt-confusion-raw",
        "PKCS#1 DER, the uncompressed point, the 32 octets of Ed25519; CVE-2022-29217, PyJWT",
        raw
    ),
    confusion!(
        "jwt-confusion-jwk",
        "the JWK as JSON text; CVE-2026-22817",
        |key| key.published().as_bytes().to_vec()
    ),
    confusion!(
        "jwt-confusion-modulus",
        "the modulus, or the coordinate x, as octets",
        |key| match &key.material {
            Material::Rsa { n, .. } => n.clone(),
            Material::Ec { x, .. } | Material::Okp { x } => x.clone(),
            Material::Secret(octets) => octets.clone(),
        }
    ),
    // each of these has a list of forms that it refuses, and forgot one
    Fault {
        name: "jwt-confusion-openssh-ecdsa",
        what: WHAT,
        models: "CVE-2024-33663, python-jose; an OpenSSH line that begins with ecdsa",
        breaks: &["RFC8725-3.1-2", "RFC8725-3.1-3", "RFC7515-5.2-2"],
        groups: &["confusion"],
        install: |d| {
            d.jwt.select = |header, keys| {
                confused_if(header, keys, ssh, |key| {
                    matches!(key.material, Material::Ec { .. })
                })
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-confusion-openssh-ed25519",
        what: WHAT,
        models: "CVE-2022-29217, PyJWT; an OpenSSH line that begins with ssh-ed25519",
        breaks: &["RFC8725-3.1-2", "RFC8725-3.1-3", "RFC7515-5.2-2"],
        groups: &["confusion"],
        install: |d| {
            d.jwt.select = |header, keys| {
                confused_if(header, keys, ssh, |key| {
                    matches!(key.material, Material::Okp { .. })
                })
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-confusion-jwk-without-alg",
        what: "Where the published key names no alg, the header chooses, HMAC too.",
        models: "CVE-2026-22817, Hono",
        breaks: &["RFC8725-3.1-2", "RFC8725-3.1-3", "RFC7515-5.2-2"],
        groups: &["confusion"],
        install: |d| {
            d.jwt.select = |header, keys| {
                let spki = |key: &Key| pem("PUBLIC KEY", &spki(key)).into_bytes();
                confused_if(header, keys, spki, |key| {
                    !key.published().contains("\"alg\"")
                })
            };
        },
        ..ROW
    },
    // The client's own check of the algorithm is the same mistake: the header chooses.
    Fault {
        name: "client-id-token-public-key-as-hmac",
        what: "The header of an ID token chooses HMAC, and the provider's public key is its secret.",
        models: "CVE-2015-9235; the key as SubjectPublicKeyInfo PEM",
        breaks: &["RFC8725-3.1-4", "OIDC-CORE-3.1.3.7-8"],
        role: "client",
        install: |d| {
            d.client.algorithm = |_, _| true;
            d.client.id_token.select = |header, keys| {
                confused(header, keys, |key| {
                    pem("PUBLIC KEY", &spki(key)).into_bytes()
                })
            };
        },
        ..ROW
    },
];

fn confused_if(
    header: &Object,
    keys: &[Key],
    form: fn(&Key) -> Vec<u8>,
    forgotten: fn(&Key) -> bool,
) -> Result<Vec<Key>, Problem> {
    let open: Vec<Key> = keys.iter().filter(|key| forgotten(key)).cloned().collect();
    if is_hmac(header) {
        confused(header, &open, form)
    } else {
        right::select(header, keys)
    }
}

fn confused(header: &Object, keys: &[Key], form: fn(&Key) -> Vec<u8>) -> Result<Vec<Key>, Problem> {
    if !is_hmac(header) {
        return right::select(header, keys);
    }
    let named = kid(header);
    Ok(keys
        .iter()
        .filter(|key| named.is_none() || key.kid() == named)
        .map(|key| Key::secret(&form(key)))
        .collect())
}
