//! What an honest provider refuses, and in which words (RFC 6749 sections 4.1.2.1 and 5.2).

use super::*;

#[test]
fn nobody_is_sent_to_an_address_that_is_not_registered() {
    for changes in [
        [("redirect_uri", Some("http://127.0.0.1:8000/callback/"))],
        [("redirect_uri", Some("http://127.0.0.1:8000/callback?x=1"))],
        [("redirect_uri", Some("https://evil.example/"))],
        [("client_id", Some("nobody"))],
        [("client_id", None)],
    ] {
        let response = Bench::new().authorize(&changes, "alice");
        assert_eq!(
            (response.status, response.first("location")),
            (400, None),
            "{changes:?}"
        );
    }
    let open = Setup {
        clients: Vec::new(),
        ..Bench::new().provider.setup
    };
    let mut bench = Bench::of(open);
    for uri in [
        "javascript:alert(1)",
        "/callback",
        "http://a.example/#f",
        "http://a.example/\r\nX: y",
        "http://a.example/ä",
    ] {
        let response = bench.authorize(&[("redirect_uri", Some(uri))], "alice");
        assert_eq!(
            (response.status, response.first("location")),
            (400, None),
            "{uri}"
        );
    }
}

#[test]
fn a_bad_request_of_a_known_client_is_told_to_it() {
    for (name, value, error) in [
        ("response_type", None, "invalid_request"),
        ("response_type", Some("token"), "unsupported_response_type"),
        ("response_mode", Some("web_message"), "invalid_request"),
        ("code_challenge", Some("short"), "invalid_request"),
        ("code_challenge", None, "invalid_request"),
        ("code_challenge_method", Some("S512"), "invalid_request"),
        ("request", Some("e30.e30."), "request_not_supported"),
        (
            "request_uri",
            Some("https://a.example/"),
            "request_uri_not_supported",
        ),
    ] {
        let response = Bench::new().authorize(&[(name, value)], "alice");
        assert_eq!(param(&response, "error").as_deref(), Some(error), "{name}");
        assert_eq!(param(&response, "state").as_deref(), Some("st at&e"));
        assert_eq!(param(&response, "code"), None);
    }
}

#[test]
fn a_bad_token_request_is_told_so() {
    for (changes, error) in [
        (&[("grant_type", None)][..], "invalid_request"),
        (
            &[("grant_type", Some("password"))],
            "unsupported_grant_type",
        ),
        (&[("code", None)], "invalid_request"),
        (&[("code", Some("made-up"))], "invalid_grant"),
        (&[("redirect_uri", None)], "invalid_grant"),
        (
            &[("redirect_uri", Some("http://127.0.0.1:8000/other"))],
            "invalid_grant",
        ),
        (&[("code_verifier", None)], "invalid_grant"),
        (
            &[(
                "code_verifier",
                Some("EjXkdBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFO"),
            )],
            "invalid_grant",
        ),
        (&[("client_id", Some("other"))], "invalid_request"),
        (&[("client_secret", Some("wrong"))], "invalid_client"),
    ] {
        let mut bench = Bench::new();
        let code = bench.code();
        let response = bench.exchange(&code, changes);
        assert_eq!(json_of(&response)["error"], error, "{changes:?}");
        assert_eq!(
            response.status,
            if error == "invalid_client" { 401 } else { 400 }
        );
        assert_eq!(response.first("cache-control").as_deref(), Some("no-store"));
    }
}

#[test]
fn a_client_must_prove_itself() {
    for (id, secret) in [
        ("app", "wrong"),
        ("app", ""),
        ("nobody", "x"),
        ("public", "x"),
    ] {
        let mut bench = Bench::new();
        let code = bench.code();
        let mut request = exchange_request(&code, &[]);
        request
            .headers
            .retain(|header| header.name != "authorization");
        request
            .headers
            .push(Header::new("authorization", basic::encode(id, secret)));
        let response = bench.send(&request);
        assert_eq!(
            (response.status, json_of(&response)["error"].as_str()),
            (401, Some("invalid_client")),
            "{id}"
        );
        assert!(
            response
                .first("www-authenticate")
                .unwrap()
                .starts_with("Basic ")
        );
    }
}

#[test]
fn a_code_is_good_once_for_its_client_and_ten_minutes() {
    let mut bench = Bench::new();
    let code = bench.code();
    let tokens = json_of(&bench.exchange(&code, &[]));
    assert_eq!(
        json_of(&bench.exchange(&code, &[]))["error"],
        "invalid_grant"
    );
    // RFC 6749 section 4.1.2: what the first use gave ends too
    assert_eq!(
        bench
            .userinfo(tokens["access_token"].as_str().unwrap())
            .status,
        401
    );

    let code = bench.code();
    let mut of_another = exchange_request(&code, &[]);
    of_another
        .headers
        .retain(|header| header.name != "authorization");
    of_another.headers.push(Header::new(
        "authorization",
        basic::encode("other", "other-secret"),
    ));
    assert_eq!(json_of(&bench.send(&of_another))["error"], "invalid_grant");

    bench.now = Moment(bench.now.0 + Duration::from_secs(600));
    assert_eq!(
        json_of(&bench.exchange(&code, &[]))["error"],
        "invalid_grant"
    );
}

#[test]
fn a_verifier_without_challenge_is_refused() {
    let mut bench = Bench::new();
    let back = bench.authorize(
        &[("code_challenge", None), ("code_challenge_method", None)],
        "alice",
    );
    let code = param(&back, "code").unwrap();
    assert_eq!(
        json_of(&bench.exchange(&code, &[]))["error"],
        "invalid_grant"
    );
}

#[test]
fn userinfo_wants_one_living_token() {
    let mut bench = Bench::new();
    let anonymous = bench.get("/userinfo");
    assert_eq!(anonymous.status, 401);
    assert_eq!(
        anonymous.first("www-authenticate").as_deref(),
        Some("Bearer realm=\"provider\"")
    );
    let unknown = bench.userinfo("made-up");
    assert!(
        unknown
            .first("www-authenticate")
            .unwrap()
            .contains("invalid_token")
    );
    let tokens = bench.tokens();
    let mut twice = form_request("/userinfo", &pairs(&[("access_token", "x")]));
    twice.headers.push(Header::new(
        "authorization",
        format!("Bearer {}", tokens["access_token"].as_str().unwrap()),
    ));
    assert_eq!(bench.send(&twice).status, 400);
}

#[test]
fn other_methods_are_told_which_are_answered() {
    for (below, allow) in [
        ("/token", "POST"),
        ("/jwks", "GET, HEAD"),
        ("/authorize", "GET, HEAD, POST"),
    ] {
        let response = Bench::new().send(&request("DELETE", below));
        assert_eq!(
            (response.status, response.first("allow").as_deref()),
            (405, Some(allow))
        );
    }
}

#[test]
fn what_is_too_long_is_not_remembered() {
    let mut bench = Bench::new();
    let long = "x".repeat(70_000);
    assert_eq!(
        bench.authorize(&[("state", Some(&long))], "alice").status,
        414
    );
    assert_eq!(bench.exchange(&long, &[]).status, 413);
    assert!(bench.provider.facts().codes.is_empty());
}

fn as_other(mut request: Request) -> Request {
    request
        .headers
        .retain(|header| header.name != "authorization");
    let credentials = basic::encode("other", "other-secret");
    request
        .headers
        .push(Header::new("authorization", credentials));
    request
}

#[test]
fn a_parameter_sent_twice_is_refused_by_both_endpoints() {
    let mut bench = Bench::new();
    let code = bench.code();
    let mut request = exchange_request(&code, &[]);
    request.body.extend_from_slice(b"&code_verifier=x");
    assert_eq!(json_of(&bench.send(&request))["error"], "invalid_request");

    let asked = pairs(&[
        ("response_type", "code"),
        ("client_id", "app"),
        ("scope", "a"),
        ("scope", "b"),
    ]);
    let target = format!("/authorize?{}", form::encode(&asked));
    let response = bench.get(&target);
    assert_eq!(
        param(&response, "error").as_deref(),
        Some("invalid_request")
    );
    let twice = format!("{target}&redirect_uri={CALLBACK}&redirect_uri=https://evil.example/");
    assert_eq!(bench.get(&twice).status, 400);
}

#[test]
fn a_token_request_is_a_form() {
    let mut bench = Bench::new();
    let code = bench.code();
    for media_type in [None, Some("application/json"), Some("text/plain")] {
        let mut request = exchange_request(&code, &[]);
        request
            .headers
            .retain(|header| header.name != "content-type");
        let field = media_type.map(|media_type| Header::new("content-type", media_type));
        request.headers.extend(field);
        assert_eq!(json_of(&bench.send(&request))["error"], "invalid_request");
    }
    let mut request = exchange_request(&code, &[]);
    request.headers[0].value = b"application/x-www-form-urlencoded; charset=UTF-8".to_vec();
    assert_eq!(bench.send(&request).status, 200);
}

#[test]
fn another_client_can_neither_use_nor_end_a_token() {
    let mut bench = Bench::new();
    let tokens = bench.tokens();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let form = pairs(&[("grant_type", "refresh_token"), ("refresh_token", refresh)]);
    let used = bench.send(&as_other(post("/token", &form)));
    assert_eq!(json_of(&used)["error"], "invalid_grant");
    for token in [refresh, tokens["access_token"].as_str().unwrap()] {
        let form = pairs(&[("token", token)]);
        let ended = bench.send(&as_other(post("/revoke", &form)));
        assert_eq!(json_of(&ended)["error"], "invalid_grant");
        assert_eq!(json_of(&bench.introspect(token))["active"], true);
    }
    assert_eq!(bench.send(&post("/token", &form)).status, 200);
}

#[test]
fn introspection_is_for_clients() {
    let mut bench = Bench::new();
    let form = pairs(&[("token", "x")]);
    assert_eq!(bench.send(&form_request("/introspect", &form)).status, 401);
    assert_eq!(bench.send(&form_request("/revoke", &form)).status, 401);
    let mut open = Bench::of(Setup {
        clients: Vec::new(),
        ..Bench::new().provider.setup
    });
    assert_eq!(open.send(&form_request("/introspect", &form)).status, 200);
}

#[test]
fn the_plain_challenge_is_its_verifier() {
    for (verifier, status) in [
        (VERIFIER, 200),
        ("another-verifier-of-the-right-length-0123456789", 400),
    ] {
        let mut bench = Bench::new();
        let plain = [
            ("code_challenge", Some(VERIFIER)),
            ("code_challenge_method", None),
        ];
        let back = bench.authorize(&plain, "alice");
        let code = param(&back, "code").unwrap();
        let response = bench.exchange(&code, &[("code_verifier", Some(verifier))]);
        assert_eq!(response.status, status);
    }
}

#[test]
fn the_oldest_codes_are_forgotten() {
    let mut store = crate::provider::store::Bounded::new();
    for number in 0..5000 {
        store.insert(number.to_string(), number);
    }
    assert_eq!(store.iter().count(), 4096);
    assert_eq!((store.get("903"), store.get("904")), (None, Some(&904)));
}
