//! The table `public-key-form`: every way in which a public key is written down, each of which a library might take
//! for the secret of an HMAC (RFC 8725 section 2.1). One octet more or less is another secret, so final newlines,
//! line ends and blanks have rows of their own.

mod text;

use crate::forge::PublicKey;
use crate::wire::jose;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use text::{certificate_pem, hex, lines, pkcs1_pem, python_json, spki_pem, ssh_line, trimmed, x5c};

pub(super) use text::pem;

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct PublicKeyForm {
    /// Its name in suites.
    pub name: &'static str,
    /// What it is, in a line.
    pub doc: &'static str,
    /// The `kty` of keys that have it, in lower case.
    pub kinds: &'static [&'static str],
    /// The octets; none for a key that lacks it.
    pub encode: fn(&PublicKey) -> Option<Vec<u8>>,
}

const RSA: &[&str] = &["rsa"];
const EC: &[&str] = &["ec"];
const CURVES: &[&str] = &["ec", "okp"];
const OKP: &[&str] = &["okp"];
const ANY: &[&str] = &["rsa", "ec", "okp"];

const fn row(
    name: &'static str,
    doc: &'static str,
    kinds: &'static [&'static str],
    encode: fn(&PublicKey) -> Option<Vec<u8>>,
) -> PublicKeyForm {
    PublicKeyForm {
        name,
        doc,
        kinds,
        encode,
    }
}

/// All rows.
pub static PUBLIC_KEY_FORMS: &[PublicKeyForm] = &[
    row(
        "spki-pem",
        "SubjectPublicKeyInfo as PEM, as `openssl pkey -pubout` writes it",
        ANY,
        |k| Some(spki_pem(k)?.into_bytes()),
    ),
    row(
        "spki-pem-no-newline",
        "the same without final newline, as environment variables hold it",
        ANY,
        |k| trimmed(&spki_pem(k)?),
    ),
    row(
        "spki-pem-two-newlines",
        "the same with a second final newline",
        ANY,
        |k| Some((spki_pem(k)? + "\n").into_bytes()),
    ),
    row("spki-pem-crlf", "the same with CRLF line ends", ANY, |k| {
        Some(spki_pem(k)?.replace('\n', "\r\n").into_bytes())
    }),
    row(
        "spki-pem-crlf-no-newline",
        "the same with CRLF line ends and no final one",
        ANY,
        |k| trimmed(&spki_pem(k)?.replace('\n', "\r\n")),
    ),
    row(
        "spki-pem-leading-blank",
        "the same after a blank line",
        ANY,
        |k| Some(format!("\n{}", spki_pem(k)?).into_bytes()),
    ),
    row(
        "spki-pem-indented",
        "the same with every line indented, as a YAML block pasted whole",
        ANY,
        |k| Some(spki_pem(k)?.replace("\n", "\n  ").into_bytes()),
    ),
    row(
        "spki-pem-escaped",
        "the same on one line with `\\n` written out, as JSON and .env files hold it",
        ANY,
        |k| Some(spki_pem(k)?.replace('\n', "\\n").into_bytes()),
    ),
    row(
        "spki-pem-one-line",
        "the same with its base64 on one line",
        ANY,
        |k| Some(pem("PUBLIC KEY", &k.spki()?, usize::MAX).into_bytes()),
    ),
    row(
        "spki-pem-one-line-no-newline",
        "the same with its base64 on one line and no final newline",
        ANY,
        |k| trimmed(&pem("PUBLIC KEY", &k.spki()?, usize::MAX)),
    ),
    row(
        "spki-pem-joined",
        "the same without any line break, as settings that can't hold one have it",
        ANY,
        |k| Some(spki_pem(k)?.replace('\n', "").into_bytes()),
    ),
    row(
        "spki-pem-76",
        "the same with lines of 76 characters, as MIME encoders break them",
        ANY,
        |k| Some(pem("PUBLIC KEY", &k.spki()?, 76).into_bytes()),
    ),
    row(
        "spki-base64",
        "the base64 of SubjectPublicKeyInfo without armour, as Keycloak shows it",
        ANY,
        |k| Some(STANDARD.encode(k.spki()?).into_bytes()),
    ),
    row("spki-base64-lines", "the same in lines of 64", ANY, |k| {
        Some(lines(&k.spki()?, 64).into_bytes())
    }),
    row(
        "spki-der",
        "SubjectPublicKeyInfo in DER",
        ANY,
        PublicKey::spki,
    ),
    row("pkcs1-pem", "RSAPublicKey as PEM", RSA, |k| {
        Some(pkcs1_pem(k)?.into_bytes())
    }),
    row(
        "pkcs1-pem-no-newline",
        "the same without final newline",
        RSA,
        |k| trimmed(&pkcs1_pem(k)?),
    ),
    row("pkcs1-pem-crlf", "the same with CRLF line ends", RSA, |k| {
        Some(pkcs1_pem(k)?.replace('\n', "\r\n").into_bytes())
    }),
    row(
        "pkcs1-pem-one-line",
        "the same with its base64 on one line",
        RSA,
        |k| Some(pem("RSA PUBLIC KEY", &k.pkcs1()?, usize::MAX).into_bytes()),
    ),
    row(
        "pkcs1-base64",
        "the base64 of RSAPublicKey without armour",
        RSA,
        |k| Some(STANDARD.encode(k.pkcs1()?).into_bytes()),
    ),
    row("pkcs1-der", "RSAPublicKey in DER", RSA, PublicKey::pkcs1),
    row(
        "certificate-pem",
        "the certificate of the JWK's `x5c` as PEM",
        ANY,
        |k| Some(certificate_pem(k)?.into_bytes()),
    ),
    row(
        "certificate-pem-no-newline",
        "the same without final newline",
        ANY,
        |k| trimmed(&certificate_pem(k)?),
    ),
    row(
        "certificate-base64",
        "the first entry of the JWK's `x5c` as it stands",
        ANY,
        |k| Some(x5c(k)?.as_bytes().to_vec()),
    ),
    row(
        "certificate-der",
        "the certificate of the JWK's `x5c` in DER",
        ANY,
        |k| STANDARD.decode(x5c(k)?).ok(),
    ),
    row(
        "jwk-json",
        "the JWK as published, without white space",
        ANY,
        |k| Some(k.jwk().to_string().into_bytes()),
    ),
    row(
        "jwk-json-pretty",
        "the JWK as published, in lines indented by two",
        ANY,
        |k| serde_json::to_vec_pretty(k.jwk()).ok(),
    ),
    row(
        "jwk-json-python",
        "the JWK as published, with blanks after colon and comma as Python writes it",
        ANY,
        |k| Some(python_json(k.jwk()).into_bytes()),
    ),
    row(
        "jwk-canonical",
        "the JWK's required members in order, without white space (RFC 7638 section 3)",
        ANY,
        |k| Some(jose::canonical_jwk(k.jwk())?.into_bytes()),
    ),
    row(
        "jwk-set-json",
        "the key set with this key alone",
        ANY,
        |k| Some(format!("{{\"keys\":[{}]}}", k.jwk()).into_bytes()),
    ),
    row(
        "jwk-thumbprint",
        "the thumbprint of the JWK as text (RFC 7638)",
        ANY,
        |k| Some(jose::thumbprint(k.jwk())?.into_bytes()),
    ),
    row("jwk-kid", "the `kid` of the JWK", ANY, |k| {
        Some(k.jwk().get("kid")?.as_str()?.as_bytes().to_vec())
    }),
    row(
        "jwk-kty",
        "the `kty` of the JWK: its first text",
        ANY,
        |k| Some(k.jwk().get("kty")?.as_str()?.as_bytes().to_vec()),
    ),
    row("jwk-alg", "the `alg` of the JWK", ANY, |k| {
        Some(k.jwk().get("alg")?.as_str()?.as_bytes().to_vec())
    }),
    row(
        "ssh-line",
        "the line of an authorized_keys file (RFC 4253 section 6.6, RFC 5656, RFC 8709)",
        ANY,
        |k| Some(ssh_line(k)?.into_bytes()),
    ),
    row(
        "ssh-line-newline",
        "the same with final newline",
        ANY,
        |k| Some((ssh_line(k)? + "\n").into_bytes()),
    ),
    row("modulus-bytes", "the octets of the modulus", RSA, |k| {
        Some(k.rsa()?.0.to_vec())
    }),
    row(
        "modulus-signed-bytes",
        "the octets of the modulus behind a zero, as Java's BigInteger gives them",
        RSA,
        |k| Some([&[0], k.rsa()?.0].concat()),
    ),
    row("modulus-base64url", "the text of `n`", RSA, |k| {
        Some(jose::base64url(k.rsa()?.0).into_bytes())
    }),
    row(
        "modulus-hex",
        "the modulus in hexadecimal digits, as `openssl rsa -modulus` shows it",
        RSA,
        |k| Some(hex(k.rsa()?.0).into_bytes()),
    ),
    row("exponent", "the octets of the exponent", RSA, |k| {
        Some(k.rsa()?.1.to_vec())
    }),
    row("exponent-base64url", "the text of `e`", RSA, |k| {
        Some(jose::base64url(k.rsa()?.1).into_bytes())
    }),
    row(
        "exponent-decimal",
        "the exponent in decimal digits",
        RSA,
        |k| {
            let value = k
                .rsa()?
                .1
                .iter()
                .fold(0_u64, |value, octet| (value << 8) | u64::from(*octet));
            Some(value.to_string().into_bytes())
        },
    ),
    row(
        "point-uncompressed",
        "the point with both coordinates (SEC 1 section 2.3.3)",
        EC,
        PublicKey::point,
    ),
    row(
        "point-compressed",
        "the point with one coordinate and a sign (SEC 1 section 2.3.3)",
        EC,
        |k| {
            let (x, y) = k.coordinates()?;
            let odd = y?.last()? & 1;
            Some([&[2 + odd], x].concat())
        },
    ),
    row(
        "point-hex",
        "the uncompressed point in hexadecimal digits",
        EC,
        |k| Some(hex(&k.point()?).into_bytes()),
    ),
    row(
        "point-coordinates",
        "both coordinates without the leading 4",
        EC,
        |k| Some(k.point()?.get(1..)?.to_vec()),
    ),
    row("x-coordinate", "the octets of `x`", CURVES, |k| {
        Some(k.coordinates()?.0.to_vec())
    }),
    row("x-coordinate-base64url", "the text of `x`", CURVES, |k| {
        Some(jose::base64url(k.coordinates()?.0).into_bytes())
    }),
    row("y-coordinate-base64url", "the text of `y`", EC, |k| {
        Some(jose::base64url(k.coordinates()?.1?).into_bytes())
    }),
    row(
        "okp-hex",
        "the key of 32 octets in hexadecimal digits",
        OKP,
        |k| Some(hex(okp(k)?).into_bytes()),
    ),
    row(
        "okp-base64",
        "the key of 32 octets in padded base64",
        OKP,
        |k| Some(STANDARD.encode(okp(k)?).into_bytes()),
    ),
];

/// The row of a name.
pub fn named(name: &str) -> Option<&'static PublicKeyForm> {
    PUBLIC_KEY_FORMS.iter().find(|row| row.name == name)
}

/// The octets of a key that has one coordinate.
fn okp(key: &PublicKey) -> Option<&[u8]> {
    match key.coordinates()? {
        (x, None) => Some(x),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
