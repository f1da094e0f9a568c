//! The honest provider, as a sound client meets it.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};

use super::*;

/// Verified by a library that knows nothing of ours.
fn verify(token: &Value, keys: Value, audience: &str) -> Value {
    let token = token.as_str().unwrap();
    let header = decode_header(token).unwrap();
    let keys: JwkSet = serde_json::from_value(keys).unwrap();
    let key = keys.find(&header.kid.unwrap()).unwrap();
    let mut validation = Validation::new(header.alg);
    // the clock of the tests is not that of the library
    validation.validate_exp = false;
    validation.set_audience(&[audience]);
    validation.set_issuer(&[ISSUER]);
    let key = DecodingKey::from_jwk(key).unwrap();
    decode::<Value>(token, &key, &validation).unwrap().claims
}

#[test]
fn code_to_tokens_under_every_kind_of_key() {
    for (key, alg) in [
        ("test-rsa", Algorithm::RS256),
        ("test-p256", Algorithm::ES256),
        ("test-p384", Algorithm::ES384),
        ("test-ed25519", Algorithm::EdDSA),
    ] {
        let mut bench = Bench::with_key(key);
        let back = bench.authorize(&[], "alice");
        assert_eq!(back.status, 303);
        assert!(location(&back).starts_with(&format!("{CALLBACK}?code=")));
        assert_eq!(param(&back, "state").as_deref(), Some("st at&e"));
        assert_eq!(param(&back, "iss").as_deref(), Some(ISSUER));

        let code = param(&back, "code").unwrap();
        let answer = bench.exchange(&code, &[]);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.first("cache-control").as_deref(), Some("no-store"));
        let tokens = json_of(&answer);
        assert_eq!(tokens["token_type"], "Bearer");
        assert_eq!(tokens["expires_in"], 3600);
        assert_eq!(tokens["scope"], "openid profile");

        let keys = bench.get_json("/jwks");
        let header = decode_header(tokens["id_token"].as_str().unwrap()).unwrap();
        assert_eq!((header.alg, header.kid.as_deref()), (alg, Some(key)));
        let claims = verify(&tokens["id_token"], keys.clone(), "app");
        assert_eq!(claims["sub"], "u-1");
        assert_eq!(claims["nonce"], "n-1");
        assert_eq!(claims["iat"], 1_800_000_000);
        assert_eq!(claims["exp"], 1_800_003_600);
        assert_eq!(claims["auth_time"], 1_800_000_000);
        assert_eq!(claims["name"], "alice of the tests");

        let access = verify(&tokens["access_token"], keys, "https://api.example");
        assert_eq!(access["tenant"], "t1");
        assert_eq!(access["client_id"], "app");
        let userinfo = json_of(&bench.userinfo(tokens["access_token"].as_str().unwrap()));
        assert_eq!(userinfo["sub"], "u-1");
        assert_eq!(userinfo["email"], "alice@users.example");
    }
}

/// OpenID Connect Core appendix A.3: the hash of its access token, under a SHA-256 algorithm.
#[test]
fn at_hash_is_that_of_the_specification() {
    let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
    let hash = super::super::issue::half_hash(crate::forge::Alg::RS256, token);
    assert_eq!(hash, "77QmUPtjPfzWtF2AnpK9RQ");
}

#[test]
fn metadata_leads_to_every_endpoint_from_every_well_known_place() {
    let mut bench = Bench::new();
    let metadata = bench.get_json("/.well-known/openid-configuration");
    assert_eq!(metadata["issuer"], ISSUER);
    for endpoint in super::super::Endpoint::ALL {
        let url = bench.provider.paths.url(*endpoint);
        let path = url.strip_prefix("http://127.0.0.1:9000").unwrap();
        assert_eq!(
            bench.provider.paths.endpoint(path),
            Some(*endpoint),
            "{path}"
        );
        // what an extension adds is announced where the profile has it
        use super::super::Endpoint as E;
        let added = [
            E::Pushed,
            E::Device,
            E::Registration,
            E::Api,
            E::ApiMetadata,
            E::LogoutToken,
        ];
        if *endpoint != E::Metadata && !added.contains(endpoint) {
            let members = metadata.as_object().unwrap();
            assert!(members.values().any(|value| *value == url), "{url}");
        }
    }
    for path in [
        "/.well-known/oauth-authorization-server/s3cret",
        "/.well-known/openid-configuration/s3cret",
        "/s3cret/.well-known/oauth-authorization-server",
    ] {
        let mut request = request("GET", "");
        request.target = path.to_owned();
        assert_eq!(json_of(&bench.send(&request)), metadata, "{path}");
    }
    for path in [
        "/.well-known/openid-configuration",
        "/token",
        "/s3cretjwks",
        "/s3cret/jwks/",
    ] {
        let mut request = request("GET", "");
        request.target = path.to_owned();
        assert_eq!(bench.send(&request).status, 404, "{path}");
    }
}

#[test]
fn each_browser_has_its_own_user() {
    for (actor, subject) in [("alice", "u-1"), ("mallory", "u-2"), ("newcomer", "u-1")] {
        let mut bench = Bench::new();
        let back = bench.authorize(&[], actor);
        let tokens = json_of(&bench.exchange(&param(&back, "code").unwrap(), &[]));
        assert_eq!(claims(&tokens["id_token"])["sub"], subject);
        assert_eq!(bench.provider.facts().codes[0].actor, actor);
    }
    for (field, private) in [
        (ACTOR_FIELD, true),
        ("X-Authspec-Other", true),
        ("x-authspec", false),
        ("authorization", false),
    ] {
        assert_eq!(super::super::is_private_field(field), private, "{field}");
    }
}

#[test]
fn nothing_is_said_that_was_not_asked_for() {
    let mut bench = Bench::new();
    let asked = [
        ("scope", None),
        ("state", None),
        ("nonce", None),
        ("code_challenge", None),
        ("code_challenge_method", None),
    ];
    let back = bench.authorize(&asked, "alice");
    assert_eq!(param(&back, "state"), None);
    let code = param(&back, "code").unwrap();
    let tokens = json_of(&bench.exchange(&code, &[("code_verifier", None)]));
    assert!(tokens.get("scope").is_none() && tokens.get("id_token").is_none());
    // a plain OAuth client finds out who it is by userinfo
    assert_eq!(
        bench
            .userinfo(tokens["access_token"].as_str().unwrap())
            .status,
        200
    );
}

#[test]
fn refresh_tokens_rotate_and_a_replay_ends_the_family() {
    let mut bench = Bench::new();
    let first = bench.tokens();
    let refresh = |bench: &mut Bench, token: &Value, scope: Option<&str>| {
        let mut form = pairs(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", token.as_str().unwrap()),
        ]);
        form.extend(scope.map(|scope| ("scope".to_owned(), scope.to_owned())));
        bench.send(&post("/token", &form))
    };
    let wider = refresh(&mut bench, &first["refresh_token"], Some("openid admin"));
    assert_eq!(json_of(&wider)["error"], "invalid_scope");
    let second = json_of(&refresh(
        &mut bench,
        &first["refresh_token"],
        Some("openid"),
    ));
    assert_eq!(second["scope"], "openid");
    let claims = claims(&second["id_token"]);
    assert_eq!(claims.get("nonce"), None);
    assert_eq!(claims["sub"], "u-1");

    let replay = refresh(&mut bench, &first["refresh_token"], None);
    assert_eq!(json_of(&replay)["error"], "invalid_grant");
    assert_eq!(
        refresh(&mut bench, &second["refresh_token"], None).status,
        400
    );
    assert_eq!(
        bench
            .userinfo(second["access_token"].as_str().unwrap())
            .status,
        401
    );
}

#[test]
fn a_client_may_speak_for_itself() {
    let mut bench = Bench::new();
    let form = pairs(&[("grant_type", "client_credentials"), ("scope", "read")]);
    let tokens = json_of(&bench.send(&post("/token", &form)));
    assert_eq!(tokens["scope"], "read");
    assert!(tokens.get("refresh_token").is_none() && tokens.get("id_token").is_none());
    assert_eq!(claims(&tokens["access_token"])["sub"], "app");
    assert_eq!(
        bench
            .userinfo(tokens["access_token"].as_str().unwrap())
            .status,
        403
    );
}

#[test]
fn introspection_follows_revocation_and_time() {
    let mut bench = Bench::new();
    let tokens = bench.tokens();
    let access = tokens["access_token"].as_str().unwrap();
    let said = json_of(&bench.introspect(access));
    assert_eq!(
        (&said["active"], &said["sub"], &said["scope"]),
        (&json!(true), &json!("u-1"), &json!("openid profile"))
    );
    assert_eq!(
        json_of(&bench.introspect("made-up")),
        json!({"active": false})
    );

    assert_eq!(
        bench
            .send(&post("/revoke", &pairs(&[("token", access)])))
            .status,
        200
    );
    assert_eq!(
        bench
            .send(&post("/revoke", &pairs(&[("token", "made-up")])))
            .status,
        200
    );
    assert_eq!(json_of(&bench.introspect(access)), json!({"active": false}));

    let tokens = bench.tokens();
    bench.now = Moment(bench.now.0 + Duration::from_secs(3600));
    let said = bench.introspect(tokens["access_token"].as_str().unwrap());
    assert_eq!(json_of(&said), json!({"active": false}));
}

#[test]
fn facts_tell_code_verifier_and_tokens() {
    let mut bench = Bench::new();
    let code = bench.code();
    bench.exchange(&code, &[("code_verifier", Some("x"))]);
    let tokens = json_of(&bench.exchange(&code, &[]));
    let facts = bench.provider.facts();
    let fact = &facts.codes[0];
    assert_eq!(fact.code.reveal(), code);
    assert_eq!(
        (fact.client.as_str(), fact.nonce.as_deref()),
        ("app", Some("n-1"))
    );
    assert_eq!(fact.state.as_deref(), Some("st at&e"));
    assert!(fact.challenge_is_s256 && fact.redeemed);
    let matched: Vec<bool> = fact.verifiers.iter().map(|one| one.matched).collect();
    assert_eq!(matched, [false, true]);
    for kind in ["access_token", "refresh_token", "id_token"] {
        assert!(
            facts
                .tokens
                .iter()
                .any(|token| tokens[kind] == token.reveal()),
            "{kind}"
        );
    }
}

#[test]
fn a_class_that_was_asked_for_is_said() {
    let mut bench = Bench::new();
    let back = bench.authorize(&[("acr_values", Some("phr urn:other"))], "alice");
    let tokens = json_of(&bench.exchange(&param(&back, "code").unwrap(), &[]));
    assert_eq!(claims(&tokens["id_token"])["acr"], "phr");
}

#[test]
fn userinfo_is_a_token_where_the_script_says_so() {
    for (signed, alg, name) in [
        (json!({}), "EdDSA", "alice of the tests"),
        (
            json!({ "sign-with": "stranger" }),
            "EdDSA",
            "alice of the tests",
        ),
        (
            json!({ "header": { "alg": "none" }, "sign-with": "none" }),
            "none",
            "alice of the tests",
        ),
        (json!({ "claims": { "name": "x" } }), "EdDSA", "x"),
    ] {
        let mut bench = Bench::new().script(json!({ "userinfo": { "signed": signed } }));
        let code = bench.code();
        let tokens = json_of(&bench.exchange(&code, &[]));
        let said = bench.userinfo(tokens["access_token"].as_str().unwrap());
        assert_eq!(
            said.first("content-type").as_deref(),
            Some("application/jwt")
        );
        let token = Value::from(String::from_utf8(said.body.bytes().to_vec()).unwrap());
        let header = crate::wire::jose::read(token.as_str().unwrap())
            .unwrap()
            .header;
        assert_eq!(header["alg"], alg);
        let claims = claims(&token);
        assert_eq!(claims["iss"], ISSUER);
        assert_eq!(claims["aud"], "app");
        assert_eq!(claims["name"], name);
        assert!(bench.provider.take_idle().is_empty());
    }
}

#[test]
fn claims_of_another_provider_stand_in_a_token_of_nobody() {
    let script = json!({ "userinfo": { "aggregated": { "email": "x@y.example" } } });
    let mut bench = Bench::new().script(script);
    let code = bench.code();
    let tokens = json_of(&bench.exchange(&code, &[]));
    let said = json_of(&bench.userinfo(tokens["access_token"].as_str().unwrap()));
    assert_eq!(said["_claim_names"], json!({ "email": "elsewhere" }));
    let token = &said["_claim_sources"]["elsewhere"]["JWT"];
    assert!(token.as_str().unwrap().ends_with('.'));
    assert_eq!(claims(token)["email"], "x@y.example");
    assert!(bench.provider.take_idle().is_empty());
}
