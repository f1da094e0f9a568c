use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn made(name: &str, registered: &str) -> Option<String> {
    (named(name).unwrap().make)(&Url::parse(registered).unwrap())
}

const REGISTERED: [&str; 5] = [
    "https://client.example/cb",
    "https://app.client.example:8444/a/Cb?x=1",
    "http://127.0.0.1:4000/cb",
    "http://localhost/",
    "com.example.app:/cb",
];

#[test]
fn no_row_makes_the_registered_uri_and_each_makes_something() {
    let mut idle: BTreeSet<_> = REDIRECT_TRICKS.iter().map(|row| row.name).collect();
    assert_eq!(idle.len(), REDIRECT_TRICKS.len());
    for registered in REGISTERED {
        for row in REDIRECT_TRICKS {
            if let Some(text) = made(row.name, registered) {
                assert_ne!(text, registered, "{}", row.name);
                idle.remove(row.name);
            }
        }
    }
    assert!(idle.is_empty(), "{idle:?}");
}

#[test]
fn some_rows_to_the_letter() {
    for (name, expected) in [
        ("path-suffix", "https://client.example/cbx"),
        ("dot-segments", "https://client.example/cb/../attacker"),
        ("percent-encoded", "https://client.example/c%62"),
        ("subdomain", "https://attacker.client.example/cb"),
        ("host-suffix", "https://client.example.attacker.invalid/cb"),
        ("userinfo", "https://client.example@attacker.invalid/cb"),
        ("backslash", "https://attacker.invalid\\@client.example/cb"),
        ("port", "https://client.example:8443/cb"),
        ("default-port", "https://client.example:443/cb"),
        ("scheme-downgrade", "http://client.example/cb"),
        ("trailing-slash", "https://client.example/cb/"),
        ("relative", "/cb"),
        ("scheme-relative", "//attacker.invalid/cb"),
    ] {
        assert_eq!(
            made(name, REGISTERED[0]).as_deref(),
            Some(expected),
            "{name}"
        );
    }
    assert_eq!(
        made("query-added", REGISTERED[1]).unwrap(),
        "https://app.client.example:8444/a/Cb?x=1&attacker=1"
    );
    assert_eq!(
        made("loopback-name", REGISTERED[2]).unwrap(),
        "http://localhost:4000/cb"
    );
    assert_eq!(made("port", REGISTERED[2]), None);
    assert_eq!(made("subdomain", REGISTERED[2]), None);
    assert_eq!(made("host-parent", REGISTERED[0]), None);
}

/// The tricks that only look like the registered host must lead to the attacker's, as browsers read them.
#[test]
fn the_url_standard_reads_the_attackers_host() {
    for name in [
        "userinfo",
        "userinfo-password",
        "backslash",
        "backslash-dot",
        "number-sign",
        "question-mark",
        "other-host",
        "registered-in-query",
    ] {
        let read = Url::parse(&made(name, REGISTERED[0]).unwrap()).unwrap();
        assert_eq!(read.host_str(), Some(ATTACKER), "{name}");
    }
    let base = Url::parse("https://as.example/authorize").unwrap();
    for name in ["scheme-relative", "scheme-without-slashes"] {
        let text = made(name, "http://client.example/cb").unwrap();
        assert_eq!(
            base.join(&text).unwrap().host_str(),
            Some(ATTACKER),
            "{name}"
        );
    }
}

proptest! {
    #[test]
    fn any_address_is_survived(scheme in "https?|[a-z]{2,5}|mailto", rest in "(//)?\\PC{0,30}") {
        if let Ok(registered) = Url::parse(&format!("{scheme}:{rest}")) {
            // a registered URI has no fragment (RFC 6749 section 3.1.2)
            prop_assume!(registered.fragment().is_none());
            for row in REDIRECT_TRICKS {
                if let Some(text) = (row.make)(&registered) {
                    prop_assert_ne!(text.as_str(), registered.as_str(), "{}", row.name);
                }
            }
        }
    }
}
