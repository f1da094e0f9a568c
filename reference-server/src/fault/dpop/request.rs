//! Mistakes with what a proof says of the request: method, URI, time, and whether it came before.

use serde_json::Value;
use url::Url;

use super::super::{Fault, ROW};
use crate::decisions::dpop::{self as right, AHEAD, Asked};
use crate::decisions::jwt::{date, seconds};

/// What stands before the query of a URI.
fn plain(htu: Option<&Value>) -> Option<&str> {
    htu?.as_str()?.split(['?', '#']).next()
}

fn own(asked: &Asked<'_>) -> String {
    format!("{}{}", asked.origin, asked.path)
}

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "dpop-htm-not-compared",
        what: "htm is not looked at.",
        models: "CWE-345; a proof for GET that opens DELETE",
        breaks: &["RFC9449-4.3-10"],
        install: |d| d.dpop.method = |_, _| true,
        ..ROW
    },
    Fault {
        name: "dpop-htm-missing-taken",
        what: "htm is compared only where it is there.",
        models: "if (claims.htm && claims.htm !== req.method)",
        breaks: &["RFC9449-4.3-4"],
        install: |d| {
            d.dpop.method = |htm, method| htm.is_none_or(|htm| htm.as_str() == Some(method));
        },
        ..ROW
    },
    Fault {
        name: "dpop-htu-not-compared",
        what: "htu is not looked at, since the server doesn't know its public address.",
        models: "marcjazz/authkestra pull request 288: the expected htu is optional at resource servers",
        breaks: &["RFC9449-4.3-11"],
        install: |d| d.dpop.uri = |htu, _| htu.is_some(),
        ..ROW
    },
    Fault {
        name: "dpop-htu-missing-taken",
        what: "htu is compared only where it is there.",
        models: "if (claims.htu && ...)",
        breaks: &["RFC9449-4.3-4"],
        install: |d| d.dpop.uri = |htu, asked| htu.is_none() || right::uri(htu, asked),
        ..ROW
    },
    Fault {
        name: "dpop-htu-path-only",
        what: "Only the path of htu is compared: a proof made for another host opens this one.",
        models: "opentdf/platform: StrictHTU false, a path alone as htu",
        breaks: &["RFC9449-4.3-11"],
        install: |d| {
            d.dpop.uri = |htu, asked| {
                let said = plain(htu).unwrap_or_default();
                let path = Url::parse(said).map(|url| url.path().to_owned());
                path.unwrap_or_else(|_| said.to_owned()) == asked.path
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-htu-prefix",
        what: "htu is right where the address of the API stands at its beginning.",
        models: "htu.startsWith(baseUrl); CWE-187",
        breaks: &["RFC9449-4.3-11"],
        install: |d| {
            d.dpop.uri = |htu, asked| plain(htu).is_some_and(|htu| htu.starts_with(asked.origin));
        },
        ..ROW
    },
    Fault {
        name: "dpop-htu-scheme-ignored",
        what: "htu is compared without its scheme, since TLS ends at a proxy.",
        models: "req.protocol behind a proxy, worked around; RFC 9449 section 4.3 item 9",
        breaks: &["RFC9449-4.3-11"],
        install: |d| {
            d.dpop.uri = |htu, asked| {
                let swapped =
                    htu.and_then(Value::as_str)
                        .map(|htu| match htu.strip_prefix("https://") {
                            Some(rest) => format!("http://{rest}"),
                            None => htu.replacen("http://", "https://", 1),
                        });
                right::uri(htu, asked) || right::uri(swapped.map(Value::from).as_ref(), asked)
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-htu-query-compared",
        what: "htu is compared with the whole URL of the request.",
        models: "htu === req.originalUrl, with the query; RFC 9449 section 4.3 item 9",
        breaks: &["RFC9449-4.3-12"],
        install: |d| {
            d.dpop.uri = |htu, asked| match asked.query {
                Some(query) => htu == Some(&Value::from(format!("{}?{query}", own(asked)))),
                None => right::uri(htu, asked),
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-htu-query-kept",
        what: "A query or fragment in htu is compared too.",
        models: "only the request's side of the comparison is stripped",
        breaks: &["CWE-1286"],
        install: |d| {
            d.dpop.uri = |htu, asked| {
                let whole = htu.and_then(Value::as_str).unwrap_or_default();
                !whole.contains(['?', '#']) && right::uri(htu, asked)
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-htu-not-normalised",
        what: "htu is compared as text.",
        models: "htu !== url without RFC 3986 section 6.2.2; RFC 9449 section 4.3",
        breaks: &["RFC9449-4.3-19"],
        install: |d| d.dpop.uri = |htu, asked| plain(htu) == Some(&own(asked)),
        ..ROW
    },
    Fault {
        name: "dpop-iat-not-checked",
        what: "A proof is good for ever.",
        models: "CWE-613; iat is required and never compared",
        breaks: &["RFC9449-4.3-15", "RFC9449-11.1-1"],
        install: |d| d.dpop.age = |iat, _| date(iat).is_some(),
        ..ROW
    },
    Fault {
        name: "dpop-iat-missing-taken",
        what: "iat is compared only where it is there.",
        models: "if (claims.iat && now - claims.iat > maxAge)",
        breaks: &["RFC9449-4.3-4"],
        install: |d| d.dpop.age = |iat, now| iat.is_none() || right::age(iat, now),
        ..ROW
    },
    Fault {
        name: "dpop-iat-ahead-taken",
        what: "Only the past is bounded: a proof of tomorrow is good until then.",
        models: "now - iat < maxAge, which every future iat satisfies",
        breaks: &["RFC9449-4.3-15"],
        install: |d| {
            d.dpop.age = |iat, now| {
                date(iat).is_some_and(|iat| iat >= seconds(now) + AHEAD) || right::age(iat, now)
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-iat-without-leeway",
        what: "A proof from a clock that is a little ahead is refused.",
        models: "iat > now, with no skew allowed; RFC 9449 section 11.1",
        breaks: &["RFC9449-11.1-3"],
        install: |d| {
            d.dpop.age = |iat, now| {
                date(iat).is_some_and(|iat| iat <= seconds(now) + 2.0) && right::age(iat, now)
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-proof-not-remembered",
        what: "A proof opens as often as it is sent.",
        models: "wso2/product-is issue 23358: the uniqueness of jti is not verified",
        breaks: &["RFC9449-11.1-2"],
        install: |d| d.dpop.mark = |_| None,
        ..ROW
    },
    Fault {
        name: "dpop-proof-remembered-by-htu",
        what: "A used jti is known by the htu as written, which is compared otherwise.",
        models: "better-auth/better-auth pull request 10039: the replay key is made of raw htm and htu",
        breaks: &["RFC9449-11.1-2"],
        install: |d| {
            d.dpop.mark = |claims| {
                let text = |name: &str| claims.get(name).and_then(Value::as_str);
                Some(format!("{} {}", text("jti")?, text("htu")?))
            };
        },
        ..ROW
    },
    Fault {
        name: "dpop-any-nonce-taken",
        what: "A nonce must be there; which one is not looked at.",
        models: "a nonce store that was never asked; RFC 9449 section 11.3",
        breaks: &["RFC9449-4.3-14"],
        install: |d| d.dpop.nonce = |nonce, _| nonce.is_some(),
        ..ROW
    },
    Fault {
        name: "dpop-nonce-optional",
        what: "A nonce is compared only where it is there.",
        models: "if (claims.nonce && !store.has(claims.nonce)); RFC 9449 section 11.3",
        breaks: &["RFC9449-4.3-14", "RFC9449-11.3-1", "RFC9449-9-1"],
        install: |d| d.dpop.nonce = |nonce, live| nonce.is_none() || live,
        ..ROW
    },
    Fault {
        name: "dpop-nonce-for-ever",
        what: "A nonce stays good as long as the server runs.",
        models: "nonces kept in a set without a time; RFC 9449 section 8.2",
        breaks: &["RFC9449-4.3-14"],
        install: |d| d.dpop.nonce_life = u64::MAX,
        ..ROW
    },
];
