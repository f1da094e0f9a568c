//! As a caller of the guarded resources sees it.

mod tokens;

use authspec_reference_server::{Config, Upstream, start};
use serde_json::json;

use crate::support::{Issuer, Peer, b64};

/// The name under which every server of this test is known, so that one set of tokens fits all.
const ORIGIN: &str = "http://api.test";

#[derive(Default)]
struct Requests(Vec<(String, String, Vec<String>, String)>);

impl Requests {
    fn add(&mut self, method: &str, target: &str, fields: &[&str], body: &str) {
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        self.0.push((
            method.to_owned(),
            target.to_owned(),
            fields,
            body.to_owned(),
        ));
    }

    fn get(&mut self, target: &str, fields: &[&str]) {
        self.add("GET", target, fields, "");
    }

    fn basic(&mut self, text: &str) {
        self.get(
            "/basic",
            &[&format!("Authorization: Basic {}", b64(text.as_bytes()))],
        );
    }

    fn bearer(&mut self, token: &str) {
        self.get(
            "/protected-resource",
            &[&format!("Authorization: Bearer {token}")],
        );
    }
}

fn paths(requests: &mut Requests) {
    for path in [
        "/basic",
        "/BASIC",
        "/basic/",
        "/basic.json",
        "/basic;x",
        "/x/../basic",
        "/%62asic",
        "/",
    ] {
        requests.get(path, &[]);
        requests.add("HEAD", path, &[], "");
    }
    requests.get("/", &["X-Original-URL: /basic"]);
    for field in [
        "X-Forwarded-For: 127.0.0.1",
        "X-Forwarded-User: alice",
        "Host: localhost",
        "Origin: https://evil.example",
        "Origin: null",
        "Cookie: session=1",
    ] {
        requests.get("/basic", &[field]);
    }
    requests.add("POST", "/basic", &["X-HTTP-Method-Override: GET"], "");
    requests.add("FETCH", "/basic", &[], "");
    requests.add(
        "POST",
        "/notes",
        &["Content-Type: application/json"],
        r#"{"text":"x"}"#,
    );
}

fn basic(requests: &mut Requests) {
    const GOOD: &str = "alice:Correct-Horse-42-battery";
    let long =
        "erin:A-passphrase-longer-than-what-bcrypt-reads-of-it-which-is-seventy-two-bytes-and";
    for text in [
        GOOD,
        "alice:x",
        "alice:",
        ":x",
        "nobody:x",
        "alice",
        "admin:admin",
        "ALICE:Correct-Horse-42-battery",
        "ａlice:Correct-Horse-42-battery",
        "alice:correct-horse-42-battery",
        "alice:Correct-",
        "alice: Correct-Horse-42-battery ",
        "alice:Correct-Horse-42-battery\0x",
        "alice:Correct-Horse-42-battery\u{7}",
        "carol:with:two:colons-81",
        "dave:Grüße-aus-Łódź-£63",
        "alice:' OR '1'='1",
        "*:*",
        "alice:x:Correct-Horse-42-battery",
        "alice:Second-Account-77-staple",
        long,
    ] {
        requests.basic(text);
    }
    let good = b64(GOOD.as_bytes());
    for field in [
        format!("authorization: basic {good}"),
        format!("Authorization: Token {good}"),
        format!("Authorization: {good}"),
        "Authorization: Basic alice".to_owned(),
        format!("Authorization: Basic {good}!"),
        format!("Authorization: Basic {good} x"),
        "Authorization: Basic %%%".to_owned(),
        format!("Authorization: Basic {}", b64(&[0xff, b':', 0xff])),
        format!("Proxy-Authorization: Basic {good}"),
    ] {
        requests.get("/basic", &[&field]);
    }
    let (first, second) = (
        format!("Authorization: Basic {good}"),
        "Authorization: Basic eDp5",
    );
    requests.get("/basic", &[&first, second]);
    requests.get("/basic", &[second, &first]);
    requests.get(
        "/basic?username=alice&password=Correct-Horse-42-battery",
        &[],
    );
    requests.get("/notes", &[&first]);
    requests.get("/basic", &[]);
    requests.get("/basic", &["Cookie: session=1"]);
}

fn bearer(requests: &mut Requests, good: &str) {
    let field = format!("Authorization: Bearer {good}");
    let other = "Authorization: Bearer x.y.z";
    requests.get("/protected-resource", &[]);
    requests.get("/protected-resource", &["Authorization: Bearer undefined"]);
    for value in [
        format!("Authorization: {good}"),
        format!("Authorization: bearer {good}"),
        format!("Authorization: Token {good}"),
        format!("Authorization: Bearer {good} x"),
        format!("Cookie: access_token={good}"),
        format!("X-Access-Token: {good}"),
    ] {
        requests.get("/protected-resource", &[&value]);
    }
    requests.get(&format!("/protected-resource?access_token={good}"), &[]);
    requests.get(
        &format!("/protected-resource?access_token={good}"),
        &[&field],
    );
    requests.get("/protected-resource", &[&field, other]);
    requests.get("/protected-resource", &[other, &field]);
    let form = "Content-Type: application/x-www-form-urlencoded";
    requests.add(
        "GET",
        "/protected-resource",
        &[form],
        &format!("access_token={good}"),
    );
    let parts: Vec<&str> = good.split('.').collect();
    let flattened = json!({ "protected": parts[0], "payload": parts[1], "signature": parts[2] });
    requests.bearer(&flattened.to_string());
}

/// The requests that an area of faults can be seen by.
fn requests(area: &str, issuer: &Issuer) -> Requests {
    let mut requests = Requests::default();
    let good = issuer.claims(ORIGIN);
    let token = issuer.token(&issuer.header(), &good);
    match area {
        "bearer" => {
            bearer(&mut requests, &token);
            tokens::claims(&mut requests, issuer, &good);
        }
        "jwt" => {
            tokens::headers(&mut requests, issuer, &good);
            tokens::keys(&mut requests, issuer, &good);
            tokens::claims(&mut requests, issuer, &good);
        }
        _ => {
            paths(&mut requests);
            basic(&mut requests);
        }
    }
    requests
}

/// What shows in `key_set`, or nowhere here; encrypted tokens have a file of their own.
const ELSEWHERE: &[&str] = &[
    // what needs a place, an account, a second request or a login that is not among these requests
    "basic-nosql-injection",
    "basic-common-password-set",
    "basic-500-on-long-password",
    "basic-no-limit",
    "basic-limit-behind-the-password",
    "basic-limit-without-retry-after",
    "basic-no-hash-for-unknown-users",
    "cors-origin-by-prefix",
    "access-trace-echoes",
    "cors-preflight-served-as-get",
    "access-old-version-unguarded",
    "access-event-stream-unguarded",
    "access-management-open",
    "access-static-ending-cacheable",
    "access-500-beyond-ascii",
    "access-object-owner-not-checked",
    "access-role-not-checked",
    "access-disabled-account-lives",
    "basic-old-password-lives",
    "access-described-operation-forgotten",
    "bearer-bound-token-taken",
    "bearer-certificate-field-trusted",
    "bearer-bound-token-is-403",
    "bearer-certificate-not-compared",
    "bearer-certificate-name-compared",
    "bearer-certificate-compared-if-there",
    "bearer-binding-kept-by-token",
    "bearer-unbound-token-at-certificates",
    "bearer-500-on-form-token",
    "bearer-500-on-odd-characters",
    "bearer-500-on-long-token",
    "bearer-refresh-token-taken",
    "bearer-authorization-code-taken",
    "bearer-revocation-ignored",
    "bearer-logout-forgets-nothing",
    "bearer-forgery-ends-the-session",
    "bearer-acr-ignored",
    "bearer-acr-missing-is-enough",
    "bearer-auth-time-ignored",
    "bearer-auth-time-missing-is-recent",
    "bearer-step-up-one-is-enough",
    "bearer-step-up-is-insufficient-scope",
    "bearer-old-login-is-invalid-token",
    "bearer-step-up-without-demand",
    "bearer-acr-values-as-json",
    "bearer-max-age-with-a-unit",
    "jwt-keys-of-any-issuer",
    "jwt-key-set-never-fetched-again",
    "jwt-key-set-kept-for-ever",
    "jwt-key-set-outage-fails-open",
    "jwt-500-on-new-name-of-eddsa",
    "jwt-confusion-openssh-ecdsa",
    "jwt-confusion-openssh-ed25519",
    "jwt-confusion-jwk-without-alg",
    "jwt-key-set-members-closed",
    "jwt-use-of-the-first-key-counts",
    "jwt-key-set-fetched-for-every-kid",
    "jwt-key-set-redirect-followed",
    "jwt-key-set-of-any-length",
    "jwt-eddsa-malleable",
    "jwt-issued-with-the-user-record",
    "jwt-issued-with-a-shared-secret",
    "jwt-any-key-without-kid",
    // seconds count, and many servers are asked here
    "jwt-nbf-without-leeway",
    // signatures that no library makes; the harness makes them
    "jwt-rsa-padding-scanned",
    "jwt-rsa-digest-names-hash",
    "jwt-rs1-taken",
    "jwt-pss-salt-of-any-length",
    "jwt-weak-key-verifies",
    "jwt-x5c-any-certificate-vouches",
    "jwt-b64-unprotected",
];

/// What a server answers, as far as it agrees with what was expected.
/// Areas with resources of their own, and advisories about inputs that are not among these requests: `authspec prove`
/// shows them.
const OTHER_PLACES: &[&str] = &[
    "dpop-",
    "graphql-",
    "introspection-",
    "jwt-jwe-",
    "metadata-",
    "outside-",
    "plain-http-",
    "tls-",
    "websocket-",
];

async fn answers(
    issuer: &Issuer,
    requests: &Requests,
    faults: &[&str],
    expected: Option<&[String]>,
) -> Vec<String> {
    let config = Config {
        faults: faults.iter().map(|fault| (*fault).to_owned()).collect(),
        origin: Some(ORIGIN.to_owned()),
        provider: Some(Upstream {
            issuer: issuer.origin.clone(),
            client_id: "reference".to_owned(),
            client_secret: "secret".to_owned(),
            api: None,
        }),
        ..Config::default()
    };
    let server = start(config).await.unwrap();
    let mut peer = Peer::new(&format!("http://{}", server.address()));
    let mut seen = Vec::new();
    for (method, target, fields, body) in &requests.0 {
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        let before = issuer.heard();
        let answer = peer.send(method, target, &fields, body).await;
        seen.push(format!("{answer}\nheard {}", issuer.heard() - before));
        let place = seen.len() - 1;
        if expected.is_some_and(|expected| expected[place] != seen[place]) {
            break;
        }
    }
    server.stop().await;
    seen
}

#[tokio::test]
async fn every_fault_of_a_resource_server_shows() {
    let issuer = Issuer::start().await;
    let mut dead = vec![];
    for area in ["basic", "bearer", "jwt"] {
        let requests = requests(area, &issuer);
        let right = answers(&issuer, &requests, &[], None).await;
        let again = answers(&issuer, &requests, &[], None).await;
        assert_eq!(right, again, "the right server answers the same twice");
        let own = |name: &&str| match *name {
            name if name.starts_with("bearer-") => area == "bearer",
            name if name.starts_with("jwt-") => area == "jwt",
            _ => area == "basic",
        };
        for name in super::of_role("resource-server").filter(own) {
            let seen = answers(&issuer, &requests, &[name], Some(&right)).await;
            let elsewhere =
                ELSEWHERE.contains(&name) || OTHER_PLACES.iter().any(|area| name.starts_with(area));
            if seen == right && !elsewhere {
                dead.push(name);
            }
        }
    }
    assert!(dead.is_empty(), "nobody sees {dead:?}");
}
