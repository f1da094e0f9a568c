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

/// The moment from which a certificate is valid, in seconds.
pub(crate) fn not_before(der: &[u8]) -> Option<u64> {
    // behind serial number, algorithm and issuer
    let (_, validity, _) = element(behind(der, 3)?)?;
    let (tag, text, _) = element(validity)?;
    let text = std::str::from_utf8(text).ok()?;
    let (year, rest) = match tag {
        UTC_TIME => {
            let year: u64 = text.get(..2)?.parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, 2)
        }
        _ => (text.get(..4)?.parse().ok()?, 4),
    };
    let two = |place: usize| {
        let start = rest + 2 * place;
        text.get(start..start + 2)?.parse::<u64>().ok()
    };
    let days = days(year, two(0)?, two(1)?)?;
    Some(((days * 24 + two(2)?) * 60 + two(3)?) * 60 + two(4)?)
}

/// The tag of a time whose year has two digits.
const UTC_TIME: u8 = 0x17;

/// Days from the first of January 1970 to this one.
fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    // a year that begins in March ends with the day that leap years add
    let (year, month) = match month {
        1 | 2 => (year.checked_sub(1)?, month + 9),
        _ => (year, month.checked_sub(3)?),
    };
    let leap_days = year / 4 - year / 100 + year / 400;
    let days = year * 365 + leap_days + (153 * month + 2) / 5 + day;
    days.checked_sub(719_469)
}

/// What follows so many fields of a certificate, its version aside.
fn behind(der: &[u8], fields: usize) -> Option<&[u8]> {
    let (_, certificate, _) = element(der)?;
    let (_, mut rest, _) = element(certificate)?;
    if rest.first() == Some(&VERSION) {
        rest = element(rest)?.2;
    }
    for _ in 0..fields {
        rest = element(rest)?.2;
    }
    Some(rest)
}

/// The subject as text, its last name first (RFC 4514).
pub(crate) fn subject(der: &[u8]) -> Option<String> {
    // behind serial number, algorithm, issuer and validity
    let (_, mut names, _) = element(behind(der, 4)?)?;
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
        for (year, month, day, expected) in [
            (1970, 1, 1, 0),
            (2000, 2, 29, 11_016),
            (2000, 3, 1, 11_017),
            (2026, 12, 31, 20_818),
        ] {
            assert_eq!(
                days(year, month, day),
                Some(expected),
                "{year}-{month}-{day}"
            );
        }
        let first = not_before(&old).unwrap();
        for (der, now, vouched) in [
            (&old, first, true),
            (&old, first - 1, false),
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
