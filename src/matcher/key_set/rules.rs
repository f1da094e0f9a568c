//! The rules that a published key set can be held to. A key of a type that nobody here knows breaks none of them:
//! whoever reads the set leaves it out (RFC 7517 section 5).

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use serde_json::Value;

use super::name;
use crate::forge::{Family, PublicKey, weak_key};
use crate::wire::{basic, jose};

/// One rule.
pub(super) struct Rule {
    /// Its word.
    pub(super) word: &'static str,
    /// What a set that keeps it is like.
    pub(super) doc: &'static str,
    /// Whether the keys keep it; the error says which doesn't.
    pub(super) keeps: fn(&[Value]) -> Result<(), String>,
    /// A key that breaks it.
    pub(super) broken: &'static str,
}

pub(super) const RULES: &[Rule] = &[
    Rule {
        word: "usable",
        doc: "At least one key can verify signatures.",
        keeps: usable,
        broken: r#"{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}"#,
    },
    Rule {
        word: "typed",
        doc: "Every key says its type.",
        keeps: |keys| {
            each(keys, |key| match text(key, "kty") {
                Some(_) => Ok(()),
                None => Err("has no kty".to_owned()),
            })
        },
        broken: r#"{"crv":"P-256","x":"AQ","y":"AQ"}"#,
    },
    Rule {
        word: "whole-rsa",
        doc: "RSA keys have a modulus and an exponent.",
        keeps: |keys| {
            each(keys, |key| match text(key, "kty") {
                Some("RSA") if octets(key, "n").is_none() => Err("has no n".to_owned()),
                Some("RSA") if octets(key, "e").is_none() => Err("has no e".to_owned()),
                _ => Ok(()),
            })
        },
        broken: r#"{"kty":"RSA","n":"0123456789ab"}"#,
    },
    Rule {
        word: "short-integers",
        doc: "The numbers of RSA keys begin with no zero octet.",
        keeps: |keys| {
            each(keys, |key| {
                let zero =
                    |member: &&str| octets(key, member).is_some_and(|all| all.first() == Some(&0));
                match ["n", "e"]
                    .iter()
                    .find(|member| text(key, "kty") == Some("RSA") && zero(member))
                {
                    Some(member) => Err(format!("has a zero octet before its {member}")),
                    None => Ok(()),
                }
            })
        },
        broken: r#"{"kty":"RSA","n":"AAECAwQF","e":"AQAB"}"#,
    },
    Rule {
        word: "strong",
        doc: "RSA keys have 2048 bits or more and an odd exponent above 1, other keys a curve that is registered.",
        keeps: |keys| each(keys, strong),
        broken: r#"{"kty":"RSA","n":"0123456789ab","e":"AQAB"}"#,
    },
    Rule {
        word: "not-known-weak",
        doc: "No key is a published sample or of a broken generator, and no two share a prime.",
        keeps: not_known_weak,
        broken: r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
    },
    Rule {
        word: "on-curve",
        doc: "Points lie on their curve and have their full length.",
        keeps: |keys| each(keys, on_curve),
        broken: r#"{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}"#,
    },
    Rule {
        word: "distinct-kids",
        doc: "Each key has a kid of its own, where there are several.",
        keeps: distinct_kids,
        broken: r#"{"kty":"RSA","kid":"1"},{"kty":"RSA","kid":"1"}"#,
    },
    Rule {
        word: "uses-said",
        doc: "Every key says what it is for and with which algorithm, and both fit its type.",
        keeps: |keys| each(keys, uses_said),
        broken: r#"{"kty":"EC","crv":"P-256","use":"sig","alg":"RS256","x":"AQ","y":"AQ"}"#,
    },
    Rule {
        word: "use-where-mixed",
        doc: "Every key has `use`, where keys for signatures and for encryption stand together.",
        keeps: use_where_mixed,
        broken: r#"{"kty":"RSA","use":"enc"},{"kty":"RSA","alg":"RS256"}"#,
    },
    Rule {
        word: "operations-agree",
        doc: "`key_ops` holds nothing twice and does not contradict `use`.",
        keeps: |keys| each(keys, operations_agree),
        broken: r#"{"kty":"RSA","use":"sig","key_ops":["encrypt"]}"#,
    },
    Rule {
        word: "one-of-use-and-operations",
        doc: "`use` and `key_ops` do not stand together.",
        keeps: |keys| {
            each(keys, |key| match (key.get("use"), key.get("key_ops")) {
                (Some(_), Some(_)) => Err("has both use and key_ops".to_owned()),
                _ => Ok(()),
            })
        },
        broken: r#"{"kty":"RSA","use":"sig","key_ops":["verify"]}"#,
    },
    Rule {
        word: "certificates-agree",
        doc: "The first certificate of `x5c` holds the key, and the thumbprints are its own.",
        keeps: |keys| each(keys, certificates_agree),
        broken: r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","x5c":["MAA="]}"#,
    },
];

fn each(keys: &[Value], keeps: impl Fn(&Value) -> Result<(), String>) -> Result<(), String> {
    for (at, key) in keys.iter().enumerate() {
        keeps(key).map_err(|why| format!("{} {why}", name(at, key)))?;
    }
    Ok(())
}

fn text<'a>(key: &'a Value, member: &str) -> Option<&'a str> {
    key.get(member).and_then(Value::as_str)
}

fn octets(key: &Value, member: &str) -> Option<Vec<u8>> {
    text(key, member).and_then(jose::unbase64url)
}

fn usable(keys: &[Value]) -> Result<(), String> {
    let verifies = |key: &Value| {
        let operations = key.get("key_ops").and_then(Value::as_array);
        text(key, "use").is_none_or(|purpose| purpose == "sig")
            && operations.is_none_or(|all| all.iter().any(|one| one == "verify"))
            && PublicKey::from_jwk(key).is_ok()
    };
    // what we can't read is not unusable
    let unread = |key: &Value| Family::of_jwk(key).is_none() && text(key, "kty").is_some();
    match keys.iter().any(|key| verifies(key) || unread(key)) {
        true => Ok(()),
        false => Err(format!(
            "{} keys, none that verifies signatures",
            keys.len()
        )),
    }
}

fn strong(key: &Value) -> Result<(), String> {
    /// Registered in JSON Web Key Elliptic Curve.
    const CURVES: [&str; 8] = [
        "P-256",
        "P-384",
        "P-521",
        "secp256k1",
        "Ed25519",
        "Ed448",
        "X25519",
        "X448",
    ];
    match text(key, "kty") {
        Some("RSA") => {
            let (Some(n), Some(e)) = (octets(key, "n"), octets(key, "e")) else {
                return Err("has no n or no e".to_owned());
            };
            let zeros = n.iter().take_while(|octet| **octet == 0).count();
            let top = n.get(zeros).map_or(8, |octet| octet.leading_zeros());
            let bits = ((n.len() - zeros) * 8).saturating_sub(top as usize);
            let odd = e.last().is_some_and(|last| last % 2 == 1);
            let above_one = e.iter().rev().skip(1).any(|octet| *octet != 0) || e.last() > Some(&1);
            match () {
                () if bits < 2048 => Err(format!("has {bits} bits")),
                () if !odd || !above_one => Err("has an even exponent, or 1".to_owned()),
                () => Ok(()),
            }
        }
        Some("EC" | "OKP") => match text(key, "crv") {
            Some(curve) if CURVES.contains(&curve) => Ok(()),
            curve => Err(format!("has the curve {}", curve.unwrap_or("(none)"))),
        },
        _ => Ok(()),
    }
}

fn not_known_weak(keys: &[Value]) -> Result<(), String> {
    each(keys, |key| {
        let number = text(key, "n")
            .or_else(|| text(key, "x"))
            .unwrap_or_default();
        if let Some(sample) = weak_key::sample(number) {
            return Err(format!("is the sample key of {sample}"));
        }
        match octets(key, "n").filter(|n| n.len() <= 2048) {
            Some(n) if weak_key::is_roca(&n) => Err("is of a broken generator (ROCA)".to_owned()),
            Some(n) if weak_key::is_fermat(&n) => Err("has primes close together".to_owned()),
            _ => Ok(()),
        }
    })?;
    let moduli: Vec<(usize, Vec<u8>)> = keys
        .iter()
        .enumerate()
        .filter_map(|(at, key)| Some((at, octets(key, "n").filter(|n| n.len() <= 2048)?)))
        .take(16)
        .collect();
    for (place, (at, one)) in moduli.iter().enumerate() {
        for (other_at, other) in &moduli[..place] {
            if weak_key::share_a_factor(one, other) {
                let (other_at, at) = (other_at + 1, at + 1);
                return Err(format!("keys {other_at} and {at} share a prime"));
            }
        }
    }
    Ok(())
}

fn on_curve(key: &Value) -> Result<(), String> {
    match (text(key, "kty"), Family::of_jwk(key)) {
        (Some("EC" | "OKP"), Some(_)) => PublicKey::from_jwk(key)
            .map(|_| ())
            .map_err(|why| format!("is no point: {why}")),
        _ => Ok(()),
    }
}

fn distinct_kids(keys: &[Value]) -> Result<(), String> {
    if keys.len() < 2 {
        return Ok(());
    }
    let mut seen = BTreeSet::new();
    each(keys, |key| match text(key, "kid") {
        None => Err("has no kid".to_owned()),
        Some(_) => Ok(()),
    })?;
    for (at, key) in keys.iter().enumerate() {
        // keys of different types, or for different purposes, may be alternatives under one kid (section 4.5)
        let kid = (text(key, "kid"), text(key, "kty"), text(key, "use"));
        if !seen.insert(kid) {
            return Err(format!("{} has the kid of another", name(at, key)));
        }
    }
    Ok(())
}

fn uses_said(key: &Value) -> Result<(), String> {
    let said = key.get("use").or_else(|| key.get("key_ops")).is_some();
    let (Some(alg), true) = (text(key, "alg"), said) else {
        return Err("does not say use and alg".to_owned());
    };
    let fits = match text(key, "kty") {
        Some("RSA") => ["RS", "PS"].iter().any(|family| alg.starts_with(family)),
        Some("EC") => alg.starts_with("ES") || alg.starts_with("ECDH"),
        Some("OKP") => alg.starts_with("Ed") || alg.starts_with("ECDH"),
        _ => true,
    };
    let seals = alg.starts_with("RSA") || alg.starts_with("ECDH");
    match text(key, "use") {
        _ if !fits => Err(format!("says alg {alg}, which its type can't do")),
        Some("sig") if seals => Err(format!("is for signatures and says alg {alg}")),
        Some("enc") if !seals => Err(format!("is for encryption and says alg {alg}")),
        _ => Ok(()),
    }
}

fn use_where_mixed(keys: &[Value]) -> Result<(), String> {
    let is = |key: &Value, purpose: &str, seals: bool| {
        let alg = text(key, "alg");
        let sealing = |alg: &str| alg.starts_with("RSA") || alg.starts_with("ECDH");
        text(key, "use") == Some(purpose) || alg.is_some_and(|alg| sealing(alg) == seals)
    };
    let mixed =
        keys.iter().any(|key| is(key, "enc", true)) && keys.iter().any(|key| is(key, "sig", false));
    each(keys, |key| match text(key, "use") {
        None if mixed => Err("has no use".to_owned()),
        _ => Ok(()),
    })
}

fn operations_agree(key: &Value) -> Result<(), String> {
    let Some(operations) = key.get("key_ops").and_then(Value::as_array) else {
        return Ok(());
    };
    let all: Vec<&str> = operations.iter().filter_map(Value::as_str).collect();
    if all.iter().collect::<BTreeSet<_>>().len() < operations.len() {
        return Err("has something twice in key_ops".to_owned());
    }
    let signs = all.iter().any(|one| matches!(*one, "sign" | "verify"));
    let seals = all.iter().any(|one| !matches!(*one, "sign" | "verify"));
    match text(key, "use") {
        Some("sig") if seals => Err("is for signatures, and key_ops says more".to_owned()),
        Some("enc") if signs => Err("is for encryption, and key_ops says signatures".to_owned()),
        _ => Ok(()),
    }
}

fn certificates_agree(key: &Value) -> Result<(), String> {
    let chain = key.get("x5c").and_then(Value::as_array);
    let Some(first) = chain.and_then(|chain| chain.first()) else {
        return Ok(());
    };
    let first = first.as_str().and_then(basic::decode_base64);
    let Some(certificate) = first else {
        return Err("has an x5c that is no base64".to_owned());
    };
    let spki = PublicKey::from_jwk(key).ok().and_then(|key| key.spki());
    let holds = |spki: &[u8]| certificate.windows(spki.len()).any(|part| part == spki);
    if spki.is_some_and(|spki| !holds(&spki)) {
        return Err("differs from the key of its certificate".to_owned());
    }
    for (member, algorithm) in [("x5t", &SHA1_FOR_LEGACY_USE_ONLY), ("x5t#S256", &SHA256)] {
        let own = jose::base64url(digest(algorithm, &certificate).as_ref());
        if text(key, member).is_some_and(|said| said.trim_end_matches('=') != own) {
            return Err(format!("has an {member} that is not its certificate's"));
        }
    }
    Ok(())
}
