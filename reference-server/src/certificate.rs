//! Certificates of clients: who vouches for them, and whose they are (RFC 5280 section 4.1).

use std::sync::Arc;
use std::time::Duration;

use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, UnixTime};
use tokio_rustls::rustls::server::WebPkiClientVerifier;

/// Whether the authority of clients vouches for a certificate at this time, in seconds.
pub(crate) fn is_vouched_for(der: &[u8], now: u64) -> bool {
    let checked = || {
        let pem = include_bytes!("../keys/clients-authority.crt");
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(pem).ok()?).ok()?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        let verifier = verifier.build().ok()?;
        let now = UnixTime::since_unix_epoch(Duration::from_secs(now));
        let certificate = CertificateDer::from(der);
        verifier.verify_client_cert(&certificate, &[], now).ok()
    };
    checked().is_some()
}

/// The octets of a certificate in PEM.
pub(crate) fn octets(pem: &str) -> Option<Vec<u8>> {
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).ok()?;
    Some(der.as_ref().to_vec())
}

/// The subject as text, its last name first (RFC 4514).
pub(crate) fn subject(der: &[u8]) -> Option<String> {
    let (_, certificate, _) = element(der)?;
    let (_, mut rest, _) = element(certificate)?;
    if rest.first() == Some(&VERSION) {
        rest = element(rest)?.2;
    }
    // serial number, algorithm, issuer, validity
    for _ in 0..4 {
        rest = element(rest)?.2;
    }
    let (_, mut names, _) = element(rest)?;
    let mut all = Vec::new();
    while !names.is_empty() {
        let (_, set, after) = element(names)?;
        all.push(name(set)?);
        names = after;
    }
    all.reverse();
    Some(all.join(","))
}

/// The tag of the version, which may be left out.
const VERSION: u8 = 0xa0;

/// One attribute with its value.
fn name(set: &[u8]) -> Option<String> {
    let (_, pair, _) = element(set)?;
    let (_, kind, value) = element(pair)?;
    let (_, value, _) = element(value)?;
    let kind = match kind {
        [0x55, 4, 3] => "CN".to_owned(),
        [0x55, 4, 10] => "O".to_owned(),
        [0x55, 4, 11] => "OU".to_owned(),
        [0x55, 4, 6] => "C".to_owned(),
        other => format!("OID {other:?}"),
    };
    let mut text = String::new();
    for one in std::str::from_utf8(value).ok()?.chars() {
        if ",+\"\\<>;=".contains(one) {
            text.push('\\');
        }
        text.push(one);
    }
    Some(format!("{kind}={text}"))
}

/// The first element of DER: its tag, its content, and what follows.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, length) = (*der.first()?, *der.get(1)?);
    let octets = usize::from(length & 0x7f);
    let (start, length) = match length < 0x80 {
        true => (2, usize::from(length)),
        false => {
            let written = der.get(2..2 + octets).filter(|_| octets <= 3)?;
            let length = written
                .iter()
                .fold(0, |sum, one| sum << 8 | usize::from(*one));
            (2 + octets, length)
        }
    };
    let content = der.get(start..start + length)?;
    Some((tag, content, der.get(start + length..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_read_and_authorities_looked_at() {
        let own = octets(include_str!("../../fixtures/keys/client-certified.crt")).unwrap();
        let old = include_str!("../../fixtures/keys/client-certified-expired.crt");
        let old = octets(old).unwrap();
        let alone = octets(include_str!("../keys/client-self-certified.crt")).unwrap();
        for (der, name) in [
            (&own, "CN=certified,O=authspec tests"),
            (&old, "CN=certified,O=authspec tests"),
            (&alone, "CN=self-certified,O=authspec tests"),
        ] {
            assert_eq!(subject(der).as_deref(), Some(name));
            assert_eq!(subject(der.get(..40).unwrap()), None);
        }
        for (der, now, vouched) in [
            (&own, 1_800_000_000, true),
            (&own, 1_500_000_000, false),
            (&old, 1_800_000_000, false),
            (&old, 1_590_000_000, true),
            (&alone, 1_800_000_000, false),
        ] {
            assert_eq!(is_vouched_for(der, now), vouched, "{now}");
        }
    }
}
