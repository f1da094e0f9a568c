//! How the answer of the authorization endpoint comes back.

use super::*;

#[test]
fn response_modes() {
    let mut bench = Bench::new();
    let fragment = bench.authorize(&[("response_mode", Some("fragment"))], "alice");
    assert!(location(&fragment).starts_with(&format!("{CALLBACK}#code=")));
    let posted = bench.authorize(
        &[
            ("response_mode", Some("form_post")),
            ("state", Some("\"><script>")),
        ],
        "alice",
    );
    let page = String::from_utf8(posted.body.bytes().to_vec()).unwrap();
    assert_eq!(posted.status, 200);
    assert!(page.contains(&format!("action=\"{CALLBACK}\"")));
    assert!(
        page.contains("value=\"&quot;&gt;&lt;script&gt;\""),
        "{page}"
    );
}

#[test]
fn the_query_of_a_redirect_uri_stays() {
    for (uri, start) in [
        ("https://a.example/cb", "https://a.example/cb?code="),
        ("https://a.example/cb?", "https://a.example/cb?code="),
        ("https://a.example/cb?x=1", "https://a.example/cb?x=1&code="),
        (
            "https://a.example/cb?x=1&",
            "https://a.example/cb?x=1&code=",
        ),
    ] {
        let mut setup = Bench::new().provider.setup;
        setup.clients[0].redirect_uris.clear();
        let back = Bench::of(setup).authorize(&[("redirect_uri", Some(uri))], "alice");
        assert!(location(&back).starts_with(start), "{uri}");
    }
}

/// OpenID Connect Core sections 3.2.2.10 and 3.3.2.11: what came along is named by its hash.
#[test]
fn tokens_come_by_the_browser_where_they_are_asked_for() {
    for (asked, holds) in [
        ("code id_token", ["code", "id_token", "c_hash"]),
        ("id_token token", ["access_token", "id_token", "at_hash"]),
        ("id_token", ["id_token", "state", "nonce"]),
    ] {
        let mut bench = Bench::new();
        let back = bench.authorize(&[("response_type", Some(asked))], "alice");
        let fragment = location(&back).split_once('#').unwrap().1.to_owned();
        let pairs = form::parse(&fragment);
        let of = |name: &str| {
            let found = pairs.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone())
        };
        let claims = claims(&Value::from(of("id_token").unwrap()));
        for name in holds {
            assert!(
                of(name).is_some() || claims.get(name).is_some(),
                "{asked}: {name}"
            );
        }
        assert_eq!(claims["nonce"], "n-1");
        if let Some(token) = of("access_token") {
            assert_eq!(json_of(&bench.userinfo(&token))["sub"], "u-1");
        }
        if let Some(code) = of("code") {
            assert_eq!(bench.exchange(&code, &[]).status, 200);
        }
    }
}

#[test]
fn tokens_come_in_a_form_that_sends_itself() {
    let mut bench = Bench::new();
    let asked = [
        ("response_type", Some("code id_token")),
        ("response_mode", Some("form_post")),
    ];
    let back = bench.authorize(&asked, "alice");
    let page = String::from_utf8(back.body.bytes().to_vec()).unwrap();
    assert!(
        page.contains("name=\"id_token\"") && page.contains("name=\"code\""),
        "{page}"
    );
}
