//! The first message of a TLS handshake, and the first that comes back (RFC 8446 section 4.1, RFC 5246 section 7.4.1).
//!
//! Enough to see which version and which suite a server would choose; no key is agreed on and nothing is encrypted.
//! An answer is put into the form of an HTTP response: 200 with what was chosen, 400 with the alert.

mod hello;

use crate::model::{Header, Response};

pub use hello::Hello;

/// The method of a request whose content is a ClientHello.
pub const METHOD: &str = "TLS-CLIENT-HELLO";

/// What a ClientHello offers.
pub struct Offer {
    /// Its name in suites.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
    versions: &'static [u16],
    suites: &'static [u16],
    /// The server that is asked for, in place of the one that is meant.
    server: Option<&'static str>,
}

const MODERN: &[u16] = &[
    0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8,
];
/// Those of TLS 1.2 among them.
const STRONG: &[u16] = &[0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8];
/// Suites that TLS before 1.2 has, with and without forward secrecy.
const OLD: &[u16] = &[
    0xc009, 0xc013, 0xc00a, 0xc014, 0x0033, 0x002f, 0x0035, 0x000a,
];

/// All offers.
pub static OFFERS: &[Offer] = &[
    offer(
        "modern",
        "TLS 1.3 and 1.2, with suites that are strong.",
        &[0x0304, 0x0303],
        MODERN,
    ),
    offer(
        "tls1.3",
        "TLS 1.3 alone.",
        &[0x0304],
        &[0x1301, 0x1302, 0x1303],
    ),
    offer(
        "tls1.2",
        "TLS 1.2 alone, with suites that are strong.",
        &[0x0303],
        STRONG,
    ),
    Offer {
        server: Some("nobody.invalid"),
        ..offer(
            "unknown-name",
            "The same for a server of another name.",
            &[0x0303],
            STRONG,
        )
    },
    offer("tls1.1", "TLS 1.1 alone.", &[0x0302], OLD),
    offer("tls1.0", "TLS 1.0 alone.", &[0x0301], OLD),
    offer(
        "ssl3.0",
        "SSL 3.0 alone.",
        &[0x0300],
        &[0x002f, 0x0035, 0x000a, 0x0005],
    ),
    offer(
        "null-or-anonymous",
        "TLS 1.2 with suites that encrypt or authenticate nothing.",
        &[0x0303],
        &[
            0x0001, 0x0002, 0x003b, 0xc006, 0xc010, 0x0034, 0x003a, 0x006c, 0xc018, 0xc019, 0x001b,
        ],
    ),
    offer(
        "rc4-or-export",
        "TLS 1.2 with RC4 and export suites.",
        &[0x0303],
        &[
            0x0004, 0x0005, 0xc007, 0xc011, 0x0003, 0x0006, 0x0008, 0x0014,
        ],
    ),
    offer(
        "des",
        "TLS 1.2 with DES and triple DES.",
        &[0x0303],
        &[0x000a, 0x0016, 0xc008, 0xc012, 0x0009, 0x0015],
    ),
    offer(
        "static-rsa",
        "TLS 1.2 with suites without forward secrecy.",
        &[0x0303],
        &[0x009c, 0x009d, 0x003c, 0x003d, 0x002f, 0x0035],
    ),
    offer(
        "static-dh",
        "TLS 1.2 with suites whose Diffie-Hellman keys are those of the certificate.",
        &[0x0303],
        &[
            0x00a0, 0x00a1, 0x00a4, 0x00a5, 0x003e, 0x003f, 0x0030, 0x0031, 0xc02d, 0xc031, 0xc025,
            0xc029, 0xc004, 0xc00e,
        ],
    ),
    offer(
        "static-first",
        "TLS 1.2 with suites without forward secrecy before those with it.",
        &[0x0303],
        &[
            0x009c, 0x009d, 0x002f, 0x0035, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8,
        ],
    ),
];

const fn offer(
    name: &'static str,
    doc: &'static str,
    versions: &'static [u16],
    suites: &'static [u16],
) -> Offer {
    Offer {
        name,
        doc,
        versions,
        suites,
        server: None,
    }
}

/// The offer of a name.
pub fn find(name: &str) -> Option<&'static Offer> {
    OFFERS.iter().find(|offer| offer.name == name)
}

impl Offer {
    /// The versions in words, for the request that carries the hello.
    pub fn versions(&self) -> String {
        let all: Vec<&str> = self.versions.iter().map(|one| version_name(*one)).collect();
        all.join(", ")
    }

    /// The record that is sent; a host that is an address is not named (RFC 6066 section 3).
    pub fn client_hello(&self, host: &str, random: &[u8; 32]) -> Vec<u8> {
        let newest = self.versions.iter().copied().max().unwrap_or(0x0303);
        let mut hello = Vec::new();
        hello.extend(newest.min(0x0303).to_be_bytes());
        hello.extend(random);
        hello.push(0);
        let suites: Vec<u8> = self
            .suites
            .iter()
            .flat_map(|one| one.to_be_bytes())
            .collect();
        long(&mut hello, &suites);
        hello.extend([1, 0]);
        if newest > 0x0300 {
            long(&mut hello, &self.extensions(host, newest));
        }
        let mut message = vec![1, 0];
        long(&mut message, &hello);
        let mut record = vec![0x16];
        record.extend(newest.min(0x0301).to_be_bytes());
        long(&mut record, &message);
        record
    }

    fn extensions(&self, host: &str, newest: u16) -> Vec<u8> {
        let mut all = Vec::new();
        let host = self.server.unwrap_or(host);
        let is_address = host.starts_with('[') || host.parse::<std::net::IpAddr>().is_ok();
        if !is_address {
            let mut name = vec![0];
            long(&mut name, host.as_bytes());
            extension(&mut all, 0x0000, &listed(&name));
        }
        extension(&mut all, 0x000a, &listed(&[0, 0x1d, 0, 0x17, 0, 0x18]));
        extension(&mut all, 0x000b, &[1, 0]);
        if newest >= 0x0303 {
            const SIGNATURES: &[u8] = &[
                4, 3, 8, 4, 4, 1, 5, 3, 8, 5, 5, 1, 8, 6, 6, 1, 8, 7, 2, 3, 2, 1,
            ];
            extension(&mut all, 0x000d, &listed(SIGNATURES));
        }
        if newest == 0x0304 {
            let versions: Vec<u8> = self
                .versions
                .iter()
                .flat_map(|one| one.to_be_bytes())
                .collect();
            let mut list = vec![u8::try_from(versions.len()).unwrap_or_default()];
            list.extend(versions);
            extension(&mut all, 0x002b, &list);
            // no key is offered: the server asks for one, and that shows the version (RFC 8446 section 4.1.4)
            extension(&mut all, 0x0033, &listed(&[]));
        }
        all
    }
}

/// Bytes behind their length in two octets.
fn long(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend(u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes());
    out.extend(bytes);
}

fn listed(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    long(&mut out, bytes);
    out
}

fn extension(out: &mut Vec<u8>, kind: u16, content: &[u8]) {
    out.extend(kind.to_be_bytes());
    long(out, content);
}

/// How many bytes the first record has, its head included; none until the head is there.
pub fn record_length(bytes: &[u8]) -> Option<usize> {
    let length = bytes.get(3..5)?;
    Some(5 + usize::from(u16::from_be_bytes([length[0], length[1]])))
}

/// What a server answered, as a response; none if it is no TLS.
pub fn read(bytes: &[u8]) -> Option<Response> {
    let content = bytes.get(5..)?;
    match (*bytes.first()?, *content.first()?) {
        (0x15, _) => Some(answer(400, "TLS-Alert", alert_name(*content.get(1)?))),
        (0x16, 2) => {
            let hello = content.get(4..)?;
            let session = usize::from(*hello.get(34)?);
            let suite = hello.get(35 + session..37 + session)?;
            let legacy = u16::from_be_bytes([*hello.first()?, *hello.get(1)?]);
            let chosen = selected(hello.get(38 + session..).unwrap_or_default());
            let mut response = answer(200, "TLS-Version", version_name(chosen.unwrap_or(legacy)));
            let suite = format!("0x{:02x}{:02x}", suite[0], suite[1]);
            response
                .headers
                .push(Header::new("TLS-Cipher-Suite", suite));
            Some(response)
        }
        _ => None,
    }
}

/// The version of the extension `supported_versions` (RFC 8446 section 4.2.1).
fn selected(extensions: &[u8]) -> Option<u16> {
    let mut rest = extensions.get(2..)?;
    while let [kind, of, high, low, content @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        if [*kind, *of] == [0, 0x2b] && length == 2 {
            let version = content.get(..2)?;
            return Some(u16::from_be_bytes([version[0], version[1]]));
        }
        rest = content.get(length..)?;
    }
    None
}

fn answer(status: u16, name: &str, value: &str) -> Response {
    Response {
        version: "TLS",
        ..Response::new(status, vec![Header::new(name, value)], Vec::new())
    }
}

fn version_name(version: u16) -> &'static str {
    match version {
        0x0300 => "SSL 3.0",
        0x0301 => "TLS 1.0",
        0x0302 => "TLS 1.1",
        0x0303 => "TLS 1.2",
        0x0304 => "TLS 1.3",
        _ => "unknown",
    }
}

fn alert_name(code: u8) -> &'static str {
    match code {
        0 => "close_notify",
        40 => "handshake_failure",
        47 => "illegal_parameter",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        112 => "unrecognized_name",
        _ => "another alert",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hello_is_framed_as_the_rfc_says() {
        for offer in OFFERS {
            let hello = offer.client_hello("api.example", &[7; 32]);
            assert_eq!(hello[0], 0x16, "{}", offer.name);
            assert_eq!(record_length(&hello), Some(hello.len()), "{}", offer.name);
            assert_eq!(hello[5], 1);
            let inner = usize::from(u16::from_be_bytes([hello[7], hello[8]]));
            assert_eq!(inner + 9, hello.len(), "{}", offer.name);
            let named = hello.windows(11).any(|part| part == b"api.example");
            let nameless = ["ssl3.0", "unknown-name"].contains(&offer.name);
            assert_eq!(named, !nameless, "{}", offer.name);
        }
        let hello = OFFERS[0].client_hello("127.0.0.1", &[7; 32]);
        assert!(!hello.windows(9).any(|part| part == b"127.0.0.1"));
    }

    #[test]
    fn answers_are_read() {
        let mut hello = vec![0x16, 3, 3, 0, 44, 2, 0, 0, 40, 3, 3];
        hello.extend([9; 32]);
        hello.extend([0, 0xc0, 0x2f, 0, 0, 0]);
        let response = read(&hello).unwrap();
        assert_eq!(response.first("tls-version").as_deref(), Some("TLS 1.2"));
        assert_eq!(
            response.first("tls-cipher-suite").as_deref(),
            Some("0xc02f")
        );
        // TLS 1.3 stands in an extension
        hello.truncate(hello.len() - 2);
        hello.extend([0, 6, 0, 0x2b, 0, 2, 3, 4]);
        let response = read(&hello).unwrap();
        assert_eq!(response.first("tls-version").as_deref(), Some("TLS 1.3"));
        let response = read(&[0x15, 3, 1, 0, 2, 2, 70]).unwrap();
        assert_eq!(
            response.first("tls-alert").as_deref(),
            Some("protocol_version")
        );
        for other in [
            &b"HTTP/1.1 400 Bad Request"[..],
            &[],
            &[0x16, 3, 1, 0, 0],
            &[0x16],
        ] {
            assert!(read(other).is_none(), "{other:?}");
        }
    }
}
