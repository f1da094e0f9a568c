//! The texts that keys are written in: PEM, hexadecimal digits, JSON of other languages, lines of OpenSSH.

use crate::forge::PublicKey;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

pub(super) fn trimmed(text: &str) -> Option<Vec<u8>> {
    Some(text.trim_end().as_bytes().to_vec())
}

pub(super) fn lines(octets: &[u8], width: usize) -> String {
    let text = STANDARD.encode(octets);
    let chunks = text.as_bytes().chunks(width.min(text.len().max(1)));
    chunks
        .map(|line| String::from_utf8_lossy(line) + "\n")
        .collect()
}

pub(in crate::forge) fn pem(label: &str, octets: &[u8], width: usize) -> String {
    let body = lines(octets, width);
    format!("-----BEGIN {label}-----\n{body}-----END {label}-----\n")
}

pub(super) fn spki_pem(key: &PublicKey) -> Option<String> {
    Some(pem("PUBLIC KEY", &key.spki()?, 64))
}

pub(super) fn pkcs1_pem(key: &PublicKey) -> Option<String> {
    Some(pem("RSA PUBLIC KEY", &key.pkcs1()?, 64))
}

pub(super) fn x5c(key: &PublicKey) -> Option<&str> {
    key.jwk().get("x5c")?.get(0)?.as_str()
}

pub(super) fn certificate_pem(key: &PublicKey) -> Option<String> {
    let octets = STANDARD.decode(x5c(key)?).ok()?;
    Some(pem("CERTIFICATE", &octets, 64))
}

pub(super) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// JSON as `json.dumps` of Python writes it; a JWK's members are texts and lists of texts.
pub(super) fn python_json(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let write = |(name, value): (&String, &Value)| {
                format!("{}: {}", Value::from(name.as_str()), python_json(value))
            };
            format!(
                "{{{}}}",
                members.iter().map(write).collect::<Vec<_>>().join(", ")
            )
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(python_json).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}

pub(super) fn ssh_line(key: &PublicKey) -> Option<String> {
    let curve = key.family().curve();
    let blob = match (key.rsa(), curve) {
        (Some((n, e)), _) => [ssh_text(b"ssh-rsa"), ssh_number(e), ssh_number(n)].concat(),
        (None, Some("Ed25519")) => {
            [ssh_text(b"ssh-ed25519"), ssh_text(key.coordinates()?.0)].concat()
        }
        (None, Some(curve)) => {
            let curve = curve.to_ascii_lowercase().replace("p-", "nistp");
            let name = format!("ecdsa-sha2-{curve}");
            [
                ssh_text(name.as_bytes()),
                ssh_text(curve.as_bytes()),
                ssh_text(&key.point()?),
            ]
            .concat()
        }
        (None, None) => return None,
    };
    let length = usize::from(*blob.get(3)?);
    let name = String::from_utf8_lossy(blob.get(4..4 + length)?).into_owned();
    Some(format!("{name} {}", STANDARD.encode(blob)))
}

pub(super) fn ssh_text(octets: &[u8]) -> Vec<u8> {
    let length = u32::try_from(octets.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), octets].concat()
}

pub(super) fn ssh_number(octets: &[u8]) -> Vec<u8> {
    let sign = octets.first().is_some_and(|first| *first >= 0x80);
    ssh_text(&[&[0][..usize::from(sign)], octets].concat())
}
