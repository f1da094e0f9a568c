//! Which clients the provider knows, and how they authenticate.

use super::*;

#[test]
fn every_way_to_authenticate_a_client_works() {
    let mut bench = Bench::new();
    let code = bench.code();
    let mut by_form = exchange_request(
        &code,
        &[
            ("client_id", Some("app")),
            ("client_secret", Some("app secret+1")),
        ],
    );
    by_form
        .headers
        .retain(|header| header.name != "authorization");
    assert_eq!(bench.send(&by_form).status, 200);

    let back = bench.authorize(&[("client_id", Some("public"))], "alice");
    let code = param(&back, "code").unwrap();
    let mut public = exchange_request(&code, &[("client_id", Some("public"))]);
    public
        .headers
        .retain(|header| header.name != "authorization");
    assert_eq!(bench.send(&public).status, 200);
}

#[test]
fn a_provider_without_clients_knows_every_client() {
    let mut bench = Bench::of(Setup {
        clients: Vec::new(),
        ..Bench::new().provider.setup
    });
    let back = bench.authorize(
        &[
            ("client_id", Some("anyone")),
            ("redirect_uri", Some("com.example.app:/cb?x=1")),
        ],
        "alice",
    );
    assert!(location(&back).starts_with("com.example.app:/cb?x=1&code="));
    let code = param(&back, "code").unwrap();
    let mut request = exchange_request(&code, &[("redirect_uri", Some("com.example.app:/cb?x=1"))]);
    request
        .headers
        .retain(|header| header.name != "authorization");
    request.headers.push(Header::new(
        "authorization",
        basic::encode("anyone", "anything"),
    ));
    assert_eq!(bench.send(&request).status, 200);
}

/// RFC 6749 section 2.3.1 wants id and secret encoded; `=` and `&` that were not are themselves all the same.
#[test]
fn a_secret_in_the_basic_scheme_is_form_decoded() {
    for (secret, sent) in [
        ("a b+c%", "a+b%2Bc%25"),
        ("a&b=c", "a%26b%3Dc"),
        ("a&b=c", "a&b=c"),
        ("c2VjcmV0IQ==", "c2VjcmV0IQ=="),
        ("ü", "%C3%BC"),
    ] {
        let mut setup = Bench::new().provider.setup;
        setup.clients[0].secret = Some(Secret::new(secret, "secret"));
        let mut bench = Bench::of(setup);
        let code = bench.code();
        let mut request = exchange_request(&code, &[]);
        request
            .headers
            .retain(|header| header.name != "authorization");
        let credentials = basic::encode("app", sent);
        request
            .headers
            .push(Header::new("authorization", credentials));
        assert_eq!(bench.send(&request).status, 200, "{secret}");
    }
}
