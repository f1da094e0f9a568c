//! Client certificates (RFC 5280 section 4.1): one of our own for a run, one that is given, and those of somebody else.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::public_key_form::pem;
use super::{ForgeError, Key, PublicKey, der, stranger};
use crate::model::{ClientCertificate, Secret};
use crate::wire::jose::base64url;

/// The certificates of a run.
#[derive(Clone)]
pub struct Certificates {
    /// The one that the valid token is bound to.
    pub own: Arc<ClientCertificate>,
    /// One of somebody else: given, or made of the stranger's key.
    pub other: Arc<ClientCertificate>,
    /// One with all that stands in our own but for the key, which is the stranger's.
    pub look_alike: Arc<ClientCertificate>,
}

/// The algorithm that every peer of TLS 1.2 and 1.3 knows (RFC 8446 section 9.1).
const USUAL: &str = "ES256";
/// `ecdsa-with-SHA256` (RFC 5758 section 3.2).
const SIGNATURE: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];
/// In our own certificate of a run, and as `client_id` in the tokens of the embedded server.
const OUR_NAME: &[u8] = b"authspec";

impl Certificates {
    /// Around one that is given, with another that is given or made.
    pub fn around(
        own: Arc<ClientCertificate>,
        other: Option<Arc<ClientCertificate>>,
    ) -> Result<Self, ForgeError> {
        let look_alike = Arc::new(look_alike(&own)?);
        let other = match other {
            Some(other) => other,
            None => Arc::new(made("another", b"authspec TEST stranger", stranger(USUAL))?),
        };
        Ok(Self {
            own,
            other,
            look_alike,
        })
    }

    /// Around one of this run, vouched for by itself.
    pub fn of_this_run() -> Result<Self, ForgeError> {
        let own = made("our own", OUR_NAME, &Key::generate(USUAL)?)?;
        Self::around(Arc::new(own), None)
    }

    /// By the word of a suite; none for `none` and for what is no word.
    pub fn named(&self, word: &str) -> Option<&Arc<ClientCertificate>> {
        match word {
            "own" => Some(&self.own),
            "other" => Some(&self.other),
            "look-alike" => Some(&self.look_alike),
            _ => None,
        }
    }
}

/// A certificate as given: its text in PEM, those that vouch for it behind it, and its private key.
pub fn given(
    name: &'static str,
    certificate: &str,
    key: &str,
) -> Result<ClientCertificate, ForgeError> {
    let der = first(certificate)?;
    let parsed = Key::from_pem(key, None, None)?;
    let spki = PublicKey::of(&parsed).and_then(|public| public.spki());
    let parts = der::parts(&der).ok_or(ForgeError::UnusableKey("the certificate is malformed"))?;
    if spki.is_none_or(|spki| parts.spki != spki) {
        let why = "the private key is not that of the certificate";
        return Err(ForgeError::UnusableKey(why));
    }
    Ok(assembled(
        name,
        &der,
        &format!("{}\n{}", certificate.trim_end(), key),
    ))
}

/// The octets of the first certificate of a text (RFC 7468 section 5).
fn first(text: &str) -> Result<Vec<u8>, ForgeError> {
    let none = ForgeError::UnusableKey("the text holds no certificate in PEM");
    let begin = text.split_once("-----BEGIN CERTIFICATE-----");
    let body = begin.and_then(|(_, rest)| rest.split_once("-----END CERTIFICATE-----"));
    let (body, _) = body.ok_or(none.clone())?;
    let body: String = body.split_ascii_whitespace().collect();
    STANDARD.decode(body).map_err(|_| none)
}

/// A certificate of version 3 that a key signs for itself.
fn made(name: &'static str, subject: &[u8], key: &Key) -> Result<ClientCertificate, ForgeError> {
    let subject = der::sequence(&[COMMON_NAME, &der::text(subject)]);
    let subject = der::sequence(&[&der::set(&subject)]);
    let validity = der::sequence(&[&der::time(b"200101000000Z"), &der::time(b"491231235959Z")]);
    let spki = spki(key)?;
    let serial = digest(&SHA256, &spki);
    let body = der::sequence(&[
        &der::version_3(),
        &der::integer(&serial.as_ref()[..8]),
        &der::sequence(&[SIGNATURE]),
        &subject,
        &validity,
        &subject,
        &spki,
    ]);
    signed(name, &body, key)
}

/// The same certificate with the stranger's key in the place of the subject's, signed by it.
fn look_alike(of: &ClientCertificate) -> Result<ClientCertificate, ForgeError> {
    let der = first(of.pem.reveal())?;
    let broken = ForgeError::UnusableKey("the certificate is malformed");
    let parts = der::parts(&der).ok_or(broken)?;
    let key = stranger(USUAL);
    let body = der::sequence(&[
        parts.before_algorithm,
        &der::sequence(&[SIGNATURE]),
        parts.names,
        &spki(key)?,
        parts.after_key,
    ]);
    signed("a look-alike", &body, key)
}

fn spki(key: &Key) -> Result<Vec<u8>, ForgeError> {
    let spki = PublicKey::of(key).and_then(|public| public.spki());
    spki.ok_or(ForgeError::UnusableKey("the key has no public half"))
}

fn signed(name: &'static str, body: &[u8], key: &Key) -> Result<ClientCertificate, ForgeError> {
    let signature = key.sign(USUAL, body)?;
    let (r, s) = signature.split_at(signature.len() / 2);
    let signature = der::sequence(&[&der::integer(r), &der::integer(s)]);
    let algorithm = der::sequence(&[SIGNATURE]);
    let whole = der::sequence(&[body, &algorithm, &der::bits(&signature)]);
    let private = key
        .pkcs8()
        .ok_or(ForgeError::UnusableKey("the key can't be written"))?;
    let text = [
        pem("CERTIFICATE", &whole, 64),
        pem("PRIVATE KEY", &private, 64),
    ];
    Ok(assembled(name, &whole, &text.concat()))
}

fn assembled(name: &'static str, der: &[u8], text: &str) -> ClientCertificate {
    ClientCertificate {
        name,
        thumbprint: base64url(digest(&SHA256, der).as_ref()),
        base64: STANDARD.encode(der),
        pem: Secret::new(text, "key of a client certificate"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn octets(certificate: &ClientCertificate) -> Vec<u8> {
        first(certificate.pem.reveal()).unwrap()
    }

    #[test]
    fn three_certificates_of_a_run_differ_and_one_looks_like_ours() {
        let all = Certificates::of_this_run().unwrap();
        let prints = [&all.own, &all.other, &all.look_alike].map(|one| one.thumbprint.clone());
        assert_ne!(prints[0], prints[1]);
        assert_ne!(prints[0], prints[2]);
        assert_ne!(prints[1], prints[2]);
        let (own, like) = (octets(&all.own), octets(&all.look_alike));
        let (own, like) = (der::parts(&own).unwrap(), der::parts(&like).unwrap());
        assert_eq!(own.names, like.names);
        assert_eq!(own.before_algorithm, like.before_algorithm);
        assert_ne!(own.spki, like.spki);
    }

    #[test]
    fn a_given_certificate_keeps_its_thumbprint_and_needs_its_own_key() {
        let certificate = include_str!("../../fixtures/keys/stranger-rsa.crt");
        let key = include_str!("../../fixtures/keys/stranger-rsa.pem");
        let own = given("our own", certificate, key).unwrap();
        assert_eq!(
            own.thumbprint,
            base64url(digest(&SHA256, &first(certificate).unwrap()).as_ref())
        );
        let around = Certificates::around(Arc::new(own), None).unwrap();
        let (own, like) = (octets(&around.own), octets(&around.look_alike));
        let (own, like) = (der::parts(&own).unwrap(), der::parts(&like).unwrap());
        assert_eq!((own.names, own.after_key), (like.names, like.after_key));
        assert!(!own.after_key.is_empty(), "openssl writes extensions");
        for (certificate, key) in [
            (
                certificate,
                include_str!("../../fixtures/keys/test-rsa.pem"),
            ),
            (certificate, certificate),
            (key, key),
            (
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                key,
            ),
        ] {
            assert!(given("our own", certificate, key).is_err());
        }
    }
}
