//! Flows beside the login of a browser: devices, signed requests, and the API.

use super::*;
use crate::provider::Offers;
use crate::wire::jose::base64url;

const API_METADATA: &str = "/.well-known/oauth-protected-resource/s3cret/api";

fn offering() -> Bench {
    let mut bench = Bench::new();
    bench.provider.setup.offers = Offers {
        request_object: true,
        device: true,
        registration: true,
        ..Offers::default()
    };
    bench
}

#[test]
fn a_device_gets_its_tokens_at_its_second_request() {
    let mut bench = offering();
    let begun = json_of(&bench.send(&post(
        "/device_authorization",
        &pairs(&[("scope", "openid")]),
    )));
    let link = begun["verification_uri_complete"].as_str().unwrap();
    assert!(link.ends_with(begun["user_code"].as_str().unwrap()));
    let code = begun["device_code"].as_str().unwrap();
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    let poll = |code: &str| {
        post(
            "/token",
            &pairs(&[("grant_type", grant), ("device_code", code)]),
        )
    };
    let said = |bench: &mut Bench, code: &str| json_of(&bench.send(&poll(code)))["error"].clone();
    assert_eq!(said(&mut bench, "made-up"), "invalid_grant");
    assert_eq!(said(&mut bench, code), "authorization_pending");
    let tokens = json_of(&bench.send(&poll(code)));
    assert_eq!(claims(&tokens["id_token"])["sub"], "u-1");
    assert_eq!(said(&mut bench, code), "invalid_grant");
    let late = json_of(&bench.send(&post("/device_authorization", &[])));
    bench.now = Moment(bench.now.0 + Duration::from_secs(600));
    let code = late["device_code"].as_str().unwrap();
    assert_eq!(said(&mut bench, code), "expired_token");
}

#[test]
fn a_request_object_speaks_for_the_request() {
    let part = |value: &Value| base64url(value.to_string().as_bytes());
    let inner = json!({ "state": "inner", "redirect_uri": CALLBACK, "response_type": "code", "iss": "app" });
    let object = format!("{}.{}.", part(&json!({ "alg": "none" })), part(&inner));
    let asked = [("state", Some("outer")), ("request", Some(object.as_str()))];
    let mut bench = offering();
    let back = bench.authorize(&asked, "alice");
    assert_eq!(params(&back, "state"), ["inner"]);
    assert!(param(&back, "code").is_some());
    // a provider that is not known to take them says so
    let back = Bench::new().authorize(&asked, "alice");
    assert_eq!(
        param(&back, "error").as_deref(),
        Some("request_not_supported")
    );
}

#[test]
fn the_api_takes_tokens_and_leads_others_to_the_provider() {
    let mut bench = Bench::new();
    let refused = bench.get("/api");
    let challenge = refused.first("www-authenticate").unwrap();
    let address = format!("http://127.0.0.1:9000{API_METADATA}");
    assert_eq!(refused.status, 401);
    assert!(challenge.ends_with(&format!("resource_metadata=\"{address}\"")));
    let mut described = request("GET", "");
    described.target = API_METADATA.to_owned();
    let said = json_of(&bench.send(&described));
    assert_eq!(said["resource"], format!("{ISSUER}/api"));
    assert_eq!(said["authorization_servers"], json!([ISSUER]));
    let token = bench.tokens()["access_token"].as_str().unwrap().to_owned();
    let mut asked = request("GET", "/api");
    let field = format!("Bearer {token}");
    asked.headers.push(Header::new("authorization", field));
    assert_eq!(bench.send(&asked).status, 200);
    // only in front of the path
    assert_eq!(
        bench.get("/.well-known/oauth-protected-resource").status,
        404
    );
}

#[test]
fn whoever_registers_gets_an_identifier() {
    let mut bench = offering();
    let mut asked = request("POST", "/register");
    asked.body = b"{\"client_name\":\"x\"}".to_vec();
    let answer = bench.send(&asked);
    let said = json_of(&answer);
    assert_eq!((answer.status, &said["client_name"]), (201, &json!("x")));
    assert!(said["client_id"].is_string());
    asked.body = b"client_name=x".to_vec();
    assert_eq!(bench.send(&asked).status, 400);
}
