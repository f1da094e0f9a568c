use super::*;
use crate::clients::find;

#[test]
fn only_registered_redirection_uris_and_loopback_ports_are_taken() {
    for (id, given, good) in [
        ("web", "https://client.example/cb", true),
        ("web", "https://client.example/cb/tenant?id=7", true),
        ("web", "https://client.example/cb/tenant?id=8", false),
        ("web", "https://client.example/cb/", false),
        ("web", "https://client.example:443/cb", false),
        ("web", "https://client.example/x/../cb", false),
        ("web", "https://other.example/cb", false),
        ("app", "http://127.0.0.1/cb", true),
        ("app", "http://127.0.0.1:1/cb", true),
        ("app", "http://127.0.0.1:65535/cb", true),
        ("app", "http://[::1]:8080/cb", true),
        ("app", "http://127.0.0.1:/cb", false),
        ("app", "http://127.0.0.1:80@evil.example/cb", false),
        ("app", "http://127.0.0.1:123456/cb", false),
        ("app", "http://127.0.0.1:1/other", false),
        ("app", "http://127.0.0.1.evil.example/cb", false),
        ("app", "http://localhost:1/cb", false),
    ] {
        let client = find(id).unwrap();
        assert_eq!(redirect_uri(client, given), good, "{id} {given}");
    }
}

#[test]
fn a_challenge_is_s256_and_public_clients_have_one() {
    let good = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    for (id, challenged, method, taken) in [
        ("app", Some(good), Some("S256"), true),
        ("app", Some(good), Some("s256"), false),
        ("app", Some(good), Some("plain"), false),
        ("app", Some(good), None, false),
        ("app", None, None, false),
        ("app", Some("short"), Some("S256"), false),
        ("web", None, None, true),
        ("web", None, Some("S256"), false),
    ] {
        let client = find(id).unwrap();
        assert_eq!(
            challenge(client, challenged, method),
            taken,
            "{id} {challenged:?} {method:?}"
        );
    }
}

#[test]
fn the_example_of_rfc_7636_verifies_and_nothing_near_it() {
    let challenge = Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    let good = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    assert!(verifier(challenge, Some(good)));
    assert!(verifier(None, None));
    assert!(!verifier(challenge, challenge));
    assert!(!verifier(challenge, None));
    assert!(!verifier(None, Some(good)));
    assert!(!verifier(challenge, Some(&good.to_lowercase())));
}

#[test]
fn clients_are_known_by_their_secret() {
    let basic = |id: &str, secret: &str| Presented::Basic {
        id: id.to_owned(),
        secret: secret.to_owned(),
    };
    let name = |id: &str| Presented::Name { id: id.to_owned() };
    let web = find("web").unwrap();
    let secret = web.secret.unwrap();
    assert_eq!(client(&basic("web", secret)), Ok(web));
    assert_eq!(client(&name("app")).map(|client| client.id), Ok("app"));
    for wrong in [
        basic("web", ""),
        basic("web", &secret[1..]),
        basic("other", secret),
        basic("app", ""),
        basic("nobody", secret),
        name("web"),
        name("nobody"),
        Presented::Unreadable,
    ] {
        assert_eq!(client(&wrong), Err(Unauthenticated::Wrong), "{wrong:?}");
    }
}
