//! What a client offers in its ClientHello, and an answer that chooses of it, whatever it is.

use super::version_name;

/// A ClientHello.
#[derive(Debug, PartialEq, Eq)]
pub struct Hello {
    /// The versions that are offered, as they are listed; the newest alone where none are.
    pub versions: Vec<u16>,
    /// The suites.
    pub suites: Vec<u16>,
}

impl Hello {
    /// Reads the record that holds it (RFC 8446 section 4.1.2).
    pub fn read(record: &[u8]) -> Option<Self> {
        let [0x16, _, _, _, _, 1, _, _, _, body @ ..] = record else {
            return None;
        };
        let newest = two(body)?;
        let (_, rest) = behind(body.get(34..)?, 1)?;
        let (suites, rest) = behind(rest, 2)?;
        let (_, rest) = behind(rest, 1)?;
        let extensions = behind(rest, 2).map_or(&[][..], |(all, _)| all);
        // what no version is keeps implementations from choking on new ones (RFC 8701)
        let versions = supported(extensions).unwrap_or_else(|| vec![newest]);
        let known = versions
            .into_iter()
            .filter(|one| version_name(*one) != "unknown");
        Some(Self {
            versions: known.collect(),
            suites: suites.chunks_exact(2).filter_map(two).collect(),
        })
    }

    /// The versions in words.
    pub fn words(&self) -> String {
        let names: Vec<&str> = self.versions.iter().map(|one| version_name(*one)).collect();
        names.join(", ")
    }

    /// A ServerHello of this version, with a suite of those that are offered.
    pub fn answer(&self, version: u16, random: &[u8; 32]) -> Vec<u8> {
        // those of TLS 1.3 are for no other version
        let fits = |suite: &&u16| *suite >> 8 != 0x13 && **suite != 0x00ff;
        let suite = self.suites.iter().find(fits).copied().unwrap_or(0x002f);
        let mut hello = version.to_be_bytes().to_vec();
        hello.extend(random);
        hello.push(0);
        hello.extend(suite.to_be_bytes());
        hello.push(0);
        let mut message = vec![2, 0];
        super::long(&mut message, &hello);
        let mut record = vec![0x16];
        record.extend(version.to_be_bytes());
        super::long(&mut record, &message);
        record
    }
}

/// The list of the extension `supported_versions` (RFC 8446 section 4.2.1).
fn supported(mut extensions: &[u8]) -> Option<Vec<u16>> {
    while let [kind, of, rest @ ..] = extensions {
        let (content, after) = behind(rest, 2)?;
        if [*kind, *of] == [0, 0x2b] {
            let (list, _) = behind(content, 1)?;
            return Some(list.chunks_exact(2).filter_map(two).collect());
        }
        extensions = after;
    }
    None
}

fn two(bytes: &[u8]) -> Option<u16> {
    Some(u16::from_be_bytes([*bytes.first()?, *bytes.get(1)?]))
}

/// What stands behind a length of so many octets, and the rest.
fn behind(bytes: &[u8], octets: usize) -> Option<(&[u8], &[u8])> {
    let length = match octets {
        1 => usize::from(*bytes.first()?),
        _ => usize::from(two(bytes)?),
    };
    bytes.get(octets..)?.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::super::{OFFERS, read};
    use super::*;

    #[test]
    fn what_is_offered_is_read_and_answered() {
        for (name, words) in [
            ("modern", "TLS 1.3, TLS 1.2"),
            ("tls1.3", "TLS 1.3"),
            ("tls1.1", "TLS 1.1"),
            ("static-rsa", "TLS 1.2"),
        ] {
            let offer = OFFERS.iter().find(|offer| offer.name == name).unwrap();
            let hello = Hello::read(&offer.client_hello("api.example", &[7; 32])).unwrap();
            assert_eq!(hello.words(), words, "{name}");
            let answer = hello.answer(0x0302, &[9; 32]);
            let said = read(&answer).unwrap();
            assert_eq!(said.first("tls-version").as_deref(), Some("TLS 1.1"));
        }
        for other in [&b"GET / HTTP/1.1"[..], &[], &[0x16, 3, 1, 0, 4, 1, 0, 0, 0]] {
            assert_eq!(Hello::read(other), None, "{other:?}");
        }
    }
}
