//! Mistakes with the proof as a JWT: its form, its kind, its key, its signature.

use serde_json::Value;

use super::super::{Fault, ROW};
use crate::decisions::dpop::{self as right, Lacking, Problem};
use crate::decisions::jwt;
use crate::keys::Key;
use crate::keys::form::{pem, spki};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "dpop-proof-optional",
        what: "A request without a DPoP field is let in by its token alone.",
        models: "middleware that checks proofs only where one was sent; giantswarm/mcp-oauth issue 383",
        breaks: &["RFC9449-6-1", "RFC9449-7.1-1"],
        install: |d| {
            d.dpop.lacking = |lacking| match lacking {
                Lacking::Field => Ok(()),
                Lacking::Jwt => Err(Problem::InvalidProof),
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-unreadable-proof-skipped",
        what: "A DPoP field that can't be read is logged, and the request goes on.",
        models: "CWE-390: the parser's exception is caught around the whole check",
        breaks: &["RFC9449-4.3-3", "RFC9449-7.1-1"],
        install: |d| {
            d.dpop.lacking = |lacking| match lacking {
                Lacking::Field => Err(Problem::InvalidProof),
                Lacking::Jwt => Ok(()),
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-first-proof-taken",
        what: "Of several DPoP fields the first is taken.",
        models: "headers.get(\"DPoP\") of most frameworks; RFC 9449 section 4.3 item 1",
        breaks: &["RFC9449-4.3-1"],
        install: |d| {
            d.dpop.field = |headers| {
                let first = headers.get("dpop").and_then(|value| value.to_str().ok());
                Ok(first.map(str::to_owned))
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-proof-before-comma-taken",
        what: "A field value that holds a list is cut at the first comma.",
        models: "CGI, WSGI and Node join fields of one name by a comma; code that splits them again",
        breaks: &["RFC9449-4.3-3"],
        install: |d| {
            d.dpop.field = |headers| {
                let whole = right::field(headers)?;
                Ok(whole.map(|value| value.split(',').next().unwrap_or_default().to_owned()))
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-typ-not-checked",
        what: "Any JWT with a jwk in its header is taken for a proof.",
        models: "a JWT library called without a typ option; RFC 9449 section 11.5",
        breaks: &["RFC9449-4.3-6", "RFC9449-11.5-1"],
        install: |d| d.dpop.kind = |_| true,
        ..ROW
    },
    Fault {
        name: "dpop-typ-missing-taken",
        what: "typ is compared only where it is there.",
        models: "if (header.typ && header.typ !== 'dpop+jwt')",
        breaks: &["RFC9449-4.3-6"],
        install: |d| {
            d.dpop.kind = |header| match header.get("typ") {
                None => true,
                Some(typ) => typ == "dpop+jwt",
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-unsecured-proof-taken",
        what: "A proof with alg none needs no signature.",
        models: "CVE-2015-9235, in the verifier of proofs; RFC 9449 section 4.3 item 5",
        breaks: &["RFC9449-4.3-7"],
        install: |d| {
            d.dpop.unsecured = |header| {
                let alg = header.get("alg").and_then(Value::as_str);
                alg.is_some_and(|alg| alg.eq_ignore_ascii_case("none"))
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-shared-secret-taken",
        what: "A jwk of type oct verifies an HMAC: the key is whatever the header says.",
        models: "JWK.parse(header.jwk) and any alg of the library; RFC 9449 section 11.6",
        breaks: &["RFC9449-4.3-7", "RFC9449-11.6-1"],
        install: |d| {
            d.dpop.key = |header| {
                let jwk = header.get("jwk")?.as_object()?;
                match jwk.get("k").and_then(Value::as_str) {
                    Some(secret) => {
                        crate::encoding::base64url_decode(secret).map(|octets| Key::secret(&octets))
                    }
                    None => right::key(header),
                }
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-public-key-as-secret",
        what: "The jwk is made PEM, and under HS256 that text is the secret.",
        models: "jwt.verify(proof, jwkToPem(header.jwk)) without a list of algorithms; CVE-2015-9235",
        breaks: &["RFC9449-4.3-7", "RFC9449-11.6-1"],
        install: |d| {
            d.dpop.key = |header| {
                if header.get("alg").and_then(Value::as_str) != Some("HS256") {
                    return right::key(header);
                }
                let key = Key::from_jwk(header.get("jwk")?.as_object()?)?;
                Some(Key::secret(pem("PUBLIC KEY", &spki(&key)).as_bytes()))
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-signature-not-checked",
        what: "The proof is decoded and never verified.",
        models: "jwt.decode for jwt.verify; CWE-347",
        breaks: &["RFC9449-4.3-8"],
        install: |d| d.dpop.signature = |_| true,
        ..ROW
    },
    Fault {
        name: "dpop-private-key-taken",
        what: "A jwk with its private half is used like a public one.",
        models: "wso2/product-is issue 19887: no check for private keys in the jwk of a proof",
        breaks: &["RFC9449-4.3-9"],
        install: |d| {
            d.dpop.key = |header| {
                let mut public = header.clone();
                let jwk = public.get_mut("jwk")?.as_object_mut()?;
                jwk.shift_remove("d");
                right::key(&public)
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-extra-header-refused",
        what: "A header member beside typ, alg and jwk makes the proof invalid.",
        models: "a schema of the header that is closed (additionalProperties: false)",
        breaks: &["RFC7515-4-2"],
        install: |d| {
            d.dpop.header = |header| {
                header
                    .keys()
                    .all(|name| matches!(name.as_str(), "typ" | "alg" | "jwk"))
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-extra-claim-refused",
        what: "A claim that isn't in RFC 9449 makes the proof invalid.",
        models: "z.object({...}).strict(), serde's deny_unknown_fields",
        breaks: &["RFC7519-4-2"],
        install: |d| {
            d.dpop.claims = |claims| {
                let known = ["jti", "htm", "htu", "iat", "ath", "nonce"];
                let times = ["exp", "nbf"];
                let knows = |name: &String| {
                    known.contains(&name.as_str()) || times.contains(&name.as_str())
                };
                claims.keys().all(knows)
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-lifetime-refused",
        what: "A proof with exp or nbf is refused, since only iat may tell its time.",
        models: "a reader that takes the list of RFC 9449 section 4.2 for all that is allowed",
        breaks: &["CWE-1286"],
        install: |d| {
            d.dpop.claims = |claims| !claims.contains_key("exp") && !claims.contains_key("nbf");
        },
        ..ROW
    },
    Fault {
        name: "dpop-jti-not-required",
        what: "A proof without jti passes.",
        models: "a replay check that is left out where there is nothing to look up",
        breaks: &["RFC9449-4.3-4"],
        install: |d| d.dpop.name = |jti| jti.is_none() || jwt::is_text(jti),
        ..ROW
    },
];
