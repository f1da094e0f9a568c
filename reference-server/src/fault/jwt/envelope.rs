//! Mistakes with encrypted tokens: what is decrypted is believed, or decrypted too willingly.

use serde_json::Value;

use super::super::{Fault, ROW};
use crate::decisions::Decisions;
use crate::decisions::bearer::Problem;
use crate::decisions::jwe::{self as right, Inside, Jwe};
use crate::decisions::jwt::{Object, decode};
use crate::jwe::{self, Padding, Sealed};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "jwt-jwe-inside-believed",
        what: "Claims that were encrypted to the server's public key are believed.",
        models: "CVE-2023-51774, json-jwt; CVE-2024-33663",
        breaks: &["CWE-347", "RFC9068-4-7"],
        install: |d| {
            change(d, |rules| {
                rules.inside = |_, content| {
                    if content.starts_with('{') {
                        return Inside::Believed(content.as_bytes().to_vec());
                    }
                    Inside::Signed
                };
            });
        },
        ..ROW
    },
    Fault {
        name: "jwt-jwe-inner-unsigned",
        what: "A token inside an encrypted one needs no signature where its alg is none.",
        models: "RFC 8725 section 3.3; encryption taken for authentication",
        breaks: &["RFC7519-7.2-3", "RFC8725-3.3-1"],
        install: |d| change(d, |rules| rules.inside = unsigned),
        ..ROW
    },
    Fault {
        name: "jwt-jwe-dir-with-public-key",
        what: "For dir the digest of the key at hand is the content key, and that key is public.",
        models: "RFC 8725 section 3.1; algorithm confusion of encryption",
        breaks: &["RFC8725-3.1-2", "RFC8725-3.1-3"],
        install: |d| {
            change(d, |rules| {
                rules.content_key = |rules, header, sealed| match right::text(header, "alg") {
                    Some("dir") => jwe::public_digest(),
                    _ => (Jwe::right().content_key)(rules, header, sealed),
                };
            });
        },
        ..ROW
    },
    Fault {
        name: "jwt-jwe-tag-not-checked",
        what: "The content is decrypted in counter mode, and the tag isn't compared.",
        models: "CVE-2016-9122, go-jose; CWE-354",
        breaks: &["RFC7516-5.2-1"],
        install: |d| change(d, |rules| rules.decrypt = jwe::counter),
        ..ROW
    },
    Fault {
        name: "jwt-jwe-further-part-ignored",
        what: "A sixth part of an encrypted token is dropped.",
        models: "token.split('.') of which the first five are used",
        breaks: &["RFC7516-3.1-1"],
        install: |d| {
            change(d, |rules| {
                rules.parts = |token| {
                    let first: Vec<&str> = token.split('.').take(5).collect();
                    right::parts(&first.join("."))
                };
            });
        },
        ..ROW
    },
    Fault {
        name: "jwt-jwe-zip-ignored",
        what: "A compression that isn't known is taken for none.",
        models: "if (header.zip === 'DEF') inflate",
        breaks: &["RFC7516-4.1.3-1"],
        install: |d| change(d, |rules| rules.zip = |_| Ok(())),
        ..ROW
    },
    Fault {
        name: "jwt-jwe-crit-ignored",
        what: "The header crit of an encrypted token is not looked at.",
        models: "RFC 7516 section 4.1.13",
        breaks: &["RFC7516-4.1.13-1"],
        install: |d| change(d, |rules| rules.critical = |_| Ok(())),
        ..ROW
    },
    Fault {
        name: "jwt-jwe-enc-has-a-default",
        what: "An enc that is missing or unknown is A256GCM.",
        models: "ciphers[header.enc] ?? default",
        breaks: &["RFC7516-4.1.2-1"],
        install: |d| change(d, |rules| rules.enc = |_| Ok(())),
        ..ROW
    },
    Fault {
        name: "jwt-jwe-first-of-two-members-counts",
        what: "Of a header member that stands twice in an encrypted token the first counts.",
        models: "CWE-694; RFC 7516 section 4",
        breaks: &["RFC7516-4-1"],
        install: |d| change(d, |rules| rules.header = super::form::first_wins),
        ..ROW
    },
    Fault {
        name: "jwt-jwe-key-of-any-length",
        what: "The cipher is chosen by the length of the content key, whatever enc says.",
        models: "createCipher by key.length; RFC 7516 section 5.2",
        breaks: &["RFC7516-5.2-2"],
        install: |d| {
            change(d, |rules| {
                rules.content_key = |_, header, sealed| {
                    let alg = right::text(header, "alg").filter(|alg| *alg == "RSA-OAEP-256");
                    alg.and_then(|_| jwe::unwrap(Padding::Oaep256, &sealed.key))
                };
            });
        },
        ..ROW
    },
    Fault {
        name: "jwt-jwe-any-padding",
        what: "The header chooses the padding of the encrypted key, RSA1_5 among them.",
        models: "RFC 8725 sections 3.1 and 3.2; the defaults of most libraries",
        breaks: &["RFC7516-5.2-3", "RFC8725-3.2-1"],
        install: |d| change(d, |rules| rules.content_key = any_padding),
        ..ROW
    },
    Fault {
        name: "jwt-jwe-key-errors-told",
        what: "That the encrypted key can't be decrypted is answered as a malformed request.",
        models: "CVE-2011-2487, Apache WSS4J; one exception for the padding, another one for the tag",
        breaks: &["RFC7516-11.5-1"],
        install: |d| change(d, |rules| rules.key_problem = Problem::InvalidRequest),
        ..ROW
    },
    Fault {
        name: "jwt-jwe-point-not-checked",
        what: "For ECDH-ES a point is multiplied whatever curve it lies on.",
        models: "CVE-2017-16007, node-jose; Nguyen 2017, several JOSE libraries",
        breaks: &["RFC8725-3.4-1"],
        install: |d| change(d, |rules| rules.shared = jwe::shared_unseen),
        ..ROW
    },
    Fault {
        name: "jwt-jwe-unpacked-without-limit",
        what: "What DEFLATE packed is unpacked, however long it becomes.",
        models: "CVE-2024-28176, jose; CVE-2024-33664, python-jose; CVE-2024-21319, Microsoft.IdentityModel",
        breaks: &["CWE-409"],
        install: |d| {
            change(d, |rules| {
                rules.unpack = |content| jwe::inflate(content, usize::MAX);
            });
        },
        ..ROW
    },
    Fault {
        name: "jwt-jwe-rounds-without-limit",
        what: "A password is hashed as often as the token asks.",
        models: "CVE-2023-51775, jose4j; CVE-2023-50967, latchset jose; CVE-2023-52428, Nimbus",
        breaks: &["CWE-834"],
        install: |d| change(d, |rules| rules.rounds = |_| true),
        ..ROW
    },
];

fn change(decisions: &mut Decisions, how: impl Fn(&mut Jwe)) {
    if let Some(rules) = &mut decisions.jwt.jwe {
        how(rules);
    }
}

fn any_padding(_: &Jwe, header: &Object, sealed: &Sealed) -> Option<Vec<u8>> {
    let padding = match right::text(header, "alg")? {
        "RSA-OAEP-256" => Padding::Oaep256,
        "RSA-OAEP" => Padding::Oaep1,
        "RSA1_5" => Padding::Pkcs1,
        _ => return None,
    };
    jwe::unwrap(padding, &sealed.key).filter(|key| key.len() == 32)
}

fn unsigned(_: &Object, content: &str) -> Inside {
    let mut parts = content.split('.').map(decode);
    let (Some(Ok(header)), Some(Ok(claims))) = (parts.next(), parts.next()) else {
        return Inside::Signed;
    };
    let header: Value = serde_json::from_slice(&header).unwrap_or_default();
    if header["alg"] == "none" {
        Inside::Believed(claims)
    } else {
        Inside::Signed
    }
}
