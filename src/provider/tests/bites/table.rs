//! Every field of every key of a script, each with an eye that tells its answer from an honest one.

use super::*;

/// What a script is tried on.
#[derive(Clone, Copy, Debug)]
pub(super) enum On {
    Metadata,
    KeySet,
    Authorization,
    Token,
    IdToken,
    AccessToken,
    LogoutToken,
    ResponseToken,
    Userinfo,
    Introspection,
    Revocation,
    Device,
    Registration,
    Api,
    ApiMetadata,
}

impl On {
    /// The endpoint's answer in a whole flow, and whether the script says that it changed it.
    pub(super) fn see(self, script: Value) -> (Reply, Vec<Use>) {
        let mut bench = Bench::new();
        let code = bench.code();
        let access = bench.tokens()["access_token"].as_str().unwrap().to_owned();
        bench.play(script);
        let request = match self {
            Self::Metadata => request("GET", "/.well-known/openid-configuration"),
            Self::KeySet => request("GET", "/jwks"),
            Self::LogoutToken => request("GET", "/logout-token?client_id=app"),
            Self::Authorization | Self::ResponseToken => {
                let mut honest = vec![
                    ("response_type", "code"),
                    ("client_id", "app"),
                    ("state", "s"),
                ];
                if matches!(self, Self::ResponseToken) {
                    honest.push(("response_mode", "query.jwt"));
                }
                request(
                    "GET",
                    &format!("/authorize?{}", form::encode(&pairs(&honest))),
                )
            }
            Self::Token | Self::IdToken | Self::AccessToken => exchange_request(&code, &[]),
            Self::Userinfo => form_request("/userinfo", &pairs(&[("access_token", &access)])),
            Self::Introspection => post("/introspect", &pairs(&[("token", &access)])),
            Self::Revocation => post("/revoke", &pairs(&[("token", &access)])),
            Self::Device => post("/device_authorization", &[]),
            Self::Registration => {
                let mut request = request("POST", "/register");
                request.body = b"{\"client_name\":\"x\"}".to_vec();
                request
            }
            Self::Api => form_request("/api", &pairs(&[("access_token", &access)])),
            Self::ApiMetadata => {
                let mut request = request("GET", "");
                request.target = "/.well-known/oauth-protected-resource/s3cret/api".to_owned();
                request
            }
        };
        (bench.reply(&request), bench.provider.uses())
    }
}

/// Where a script shows, the script, and what is then seen there.
pub(super) type Row = (On, Value, fn(&Reply) -> bool);

/// Every word of a script at least once.
pub(super) fn table() -> Vec<Row> {
    fn response(reply: &Reply) -> &Response {
        match reply {
            Reply::Response(response) => response,
            _ => panic!("no response"),
        }
    }
    fn status(reply: &Reply, status: u16) -> bool {
        response(reply).status == status
    }
    fn body(reply: &Reply) -> Value {
        json_of(response(reply))
    }
    fn id_token(reply: &Reply) -> crate::wire::jose::Compact {
        crate::wire::jose::read(body(reply)["id_token"].as_str().unwrap()).unwrap()
    }
    fn logout_token(reply: &Reply) -> crate::wire::jose::Compact {
        crate::wire::jose::read(body(reply)["logout_token"].as_str().unwrap()).unwrap()
    }
    fn response_token(reply: &Reply) -> crate::wire::jose::Compact {
        let token = params(response(reply), "response").remove(0);
        crate::wire::jose::read(&token).unwrap()
    }
    fn is_signed_by_us(token: &crate::wire::jose::Compact) -> bool {
        let key = test_key("test-ed25519").unwrap().public_jwk().unwrap();
        let key = crate::forge::PublicKey::from_jwk(&key).unwrap();
        let input = token.signing_input();
        key.verify("EdDSA", input.as_bytes(), &token.signature().unwrap())
    }
    let key = json!({"kty": "OKP", "crv": "Ed25519", "kid": "fresh", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    let to = json!({"keys": [test_key("test-rsa").unwrap().public_jwk()]}).to_string();
    vec![
        (
            On::LogoutToken,
            json!({"logout-token": {"claims": {"events": null}}}),
            |seen| !logout_token(seen).claims.unwrap().contains_key("events"),
        ),
        (
            On::ResponseToken,
            json!({"response": {"claims": {"aud": "other"}}}),
            |seen| response_token(seen).claims.unwrap()["aud"] == "other",
        ),
        (
            On::IdToken,
            json!({"id-token": {"sealed": {"to": to}}}),
            |seen| {
                let token = body(seen)["id_token"].as_str().unwrap().to_owned();
                token.split('.').count() == 5
            },
        ),
        (
            On::Metadata,
            json!({"metadata": {"issuer": "https://other.example"}}),
            |seen| body(seen)["issuer"] == "https://other.example",
        ),
        (
            On::Metadata,
            json!({"metadata": {"jwks_uri": null}}),
            |seen| body(seen).get("jwks_uri").is_none(),
        ),
        (
            On::Metadata,
            json!({"metadata": [{"status": 404}]}),
            |seen| status(seen, 404),
        ),
        (On::KeySet, json!({"key-set": {"body": "<html>"}}), |seen| {
            response(seen).body.bytes() == b"<html>"
                && response(seen).media_type().as_deref() == Some("application/json")
        }),
        (
            On::KeySet,
            json!({"key-set": {"body": "x", "media-type": "text/html"}}),
            |seen| response(seen).media_type().as_deref() == Some("text/html"),
        ),
        (
            On::KeySet,
            json!({"key-set": {"silence": "20s"}}),
            |seen| matches!(seen, Reply::Silence(span) if span.as_secs() == 20),
        ),
        (
            On::KeySet,
            json!({"key-set": {"close": "before-head"}}),
            |seen| matches!(seen, Reply::Close),
        ),
        (
            On::KeySet,
            json!({"key-set": {"raw": "HTTP/1.1 200\r\n\r\n"}}),
            |seen| matches!(seen, Reply::Raw(octets) if octets == b"HTTP/1.1 200\r\n\r\n"),
        ),
        (On::KeySet, json!({"keys": {"add": key}}), |seen| {
            body(seen)["keys"][1]["kid"] == "fresh"
        }),
        (
            On::KeySet,
            json!({"keys": {"remove": "test-ed25519"}}),
            |seen| body(seen)["keys"] == json!([]),
        ),
        (
            On::KeySet,
            json!({"keys": {"decoys": ["unknown-kty", "same-kid-enc"]}}),
            |seen| {
                let keys = body(seen)["keys"].clone();
                keys[0]["kty"] == "authspec-unknown"
                    && keys[1]["use"] == "enc"
                    && keys[2]["kid"] == "test-ed25519"
            },
        ),
        (
            On::Authorization,
            json!({"authorization": {"error": "access_denied", "error_description": "no"}}),
            |seen| {
                let seen = response(seen);
                params(seen, "error") == ["access_denied"]
                    && params(seen, "error_description") == ["no"]
                    && param(seen, "code").is_none()
                    && param(seen, "state").is_some()
            },
        ),
        (
            On::Authorization,
            json!({"authorization": {"query": {"state": "other"}}}),
            |seen| params(response(seen), "state") == ["other"],
        ),
        (
            On::Authorization,
            json!({"authorization": {"query": {"state": null}}}),
            |seen| params(response(seen), "state").is_empty(),
        ),
        (
            On::Authorization,
            json!({"authorization": {"query": {"iss": [ISSUER, "https://other.example"]}}}),
            |seen| params(response(seen), "iss").len() == 2,
        ),
        (
            On::Authorization,
            json!({"authorization": {"response-mode": "fragment"}}),
            |seen| location(response(seen)).contains("#code="),
        ),
        (
            On::Authorization,
            json!({"authorization": {"status": 500}}),
            |seen| status(seen, 500),
        ),
        (
            On::Authorization,
            json!({"authorization": {"location": "https://other.example/"}}),
            |seen| location(response(seen)) == "https://other.example/",
        ),
        (On::Token, json!({"token": {"status": 500}}), |seen| {
            status(seen, 500) && response(seen).body.bytes().is_empty()
        }),
        (
            On::Token,
            json!({"token": {"status": 200, "json": {}}}),
            |seen| body(seen) == json!({}),
        ),
        (
            On::Token,
            json!({"token": {"status": 400, "json": {"error": "invalid_grant"}}}),
            |seen| status(seen, 400) && body(seen)["error"] == "invalid_grant",
        ),
        (
            On::Token,
            json!({"token": {"merge": {"token_type": null, "extra": 1}}}),
            |seen| body(seen).get("token_type").is_none() && body(seen)["extra"] == 1,
        ),
        (
            On::Token,
            json!({"token": {"header": {"cache-control": null, "x-two": ["a", "b"]}}}),
            |seen| {
                response(seen).first("cache-control").is_none()
                    && response(seen).header("x-two").count() == 2
            },
        ),
        (
            On::Token,
            json!({"token": {"status": 307, "location": "http://127.0.0.1:1/l"}}),
            |seen| status(seen, 307) && location(response(seen)) == "http://127.0.0.1:1/l",
        ),
        (On::Token, json!({"token": {"status": 201}}), |seen| {
            status(seen, 201) && body(seen)["access_token"].is_string()
        }),
        (On::Token, json!({"token": {"pad": 1000}}), |seen| {
            response(seen).body.bytes().ends_with(&[b' '; 1000])
        }),
        (
            On::IdToken,
            json!({"id-token": {"claims": {"nonce": "other"}}}),
            |seen| id_token(seen).claims.unwrap()["nonce"] == "other",
        ),
        (
            On::IdToken,
            json!({"id-token": {"claims": {"nonce": null}}}),
            |seen| !id_token(seen).claims.unwrap().contains_key("nonce"),
        ),
        (
            On::IdToken,
            json!({"id-token": [{"claims": {"aud": ["app", "b"]}}]}),
            |seen| id_token(seen).claims.unwrap()["aud"] == json!(["app", "b"]),
        ),
        (
            On::IdToken,
            json!({"id-token": {"header": {"kid": "unknown"}}}),
            |seen| id_token(seen).kid() == Some("unknown"),
        ),
        (
            On::IdToken,
            json!({"id-token": {"mutate": ["alg-none"]}}),
            |seen| id_token(seen).alg() == Some("none"),
        ),
        (
            On::IdToken,
            json!({"id-token": {"sign-with": "none"}}),
            |seen| id_token(seen).signature().unwrap().is_empty(),
        ),
        (
            On::IdToken,
            json!({"id-token": {"sign-with": "stranger"}}),
            |seen| {
                id_token(seen).kid() == Some("test-ed25519") && !is_signed_by_us(&id_token(seen))
            },
        ),
        (
            On::IdToken,
            json!({"id-token": {"sign-with": "keep", "claims": {"sub": "u-2"}}}),
            |seen| id_token(seen).claims.unwrap()["sub"] == "u-2",
        ),
        (
            On::IdToken,
            json!({"id-token": {"sign-with": {"public-key-as": "spki-pem"}}}),
            |seen| id_token(seen).alg() == Some("HS256"),
        ),
        (
            On::IdToken,
            json!({"id-token": {"sign-with": {"text": "app secret+1"}, "header": {"alg": "HS256"}}}),
            |seen| id_token(seen).alg() == Some("HS256"),
        ),
        (
            On::IdToken,
            json!({"id-token": {"repeat-claim": {"sub": ["u-1", "u-2"]}}}),
            |seen| {
                String::from_utf8(id_token(seen).payload)
                    .unwrap()
                    .matches("\"sub\"")
                    .count()
                    == 2
            },
        ),
        (
            On::AccessToken,
            json!({"access-token": {"claims": {"aud": "https://other.example"}}}),
            |seen| claims(&body(seen)["access_token"])["aud"] == "https://other.example",
        ),
        (
            On::Userinfo,
            json!({"userinfo": {"claims": {"sub": "mallory", "name": null}}}),
            |seen| body(seen)["sub"] == "mallory" && body(seen).get("name").is_none(),
        ),
        (
            On::Userinfo,
            json!({"userinfo": {"claims": {"sub": ["alice", "mallory"]}}}),
            |seen| body(seen)["sub"].is_array(),
        ),
        (On::Userinfo, json!({"userinfo": {"signed": {}}}), |seen| {
            response(seen).first("content-type").as_deref() == Some("application/jwt")
        }),
        (
            On::Userinfo,
            json!({"userinfo": {"aggregated": {"email": "x@y.example"}}}),
            |seen| body(seen)["_claim_sources"].is_object(),
        ),
        (
            On::Introspection,
            json!({"introspection": {"json": {"active": "false"}}}),
            |seen| body(seen) == json!({"active": "false"}),
        ),
        (
            On::Revocation,
            json!({"revocation": {"status": 503, "header": {"Retry-After": "4"}}}),
            |seen| status(seen, 503),
        ),
        (
            On::Device,
            json!({"device": {"merge": {"interval": null}}}),
            |seen| body(seen)["device_code"].is_string() && body(seen).get("interval").is_none(),
        ),
        (
            On::Registration,
            json!({"registration": {"status": 400, "json": {"error": "invalid_client_metadata"}}}),
            |seen| status(seen, 400),
        ),
        (
            On::Api,
            json!({"api": {"status": 401, "header": {"WWW-Authenticate": "Bearer"}}}),
            |seen| response(seen).first("www-authenticate").as_deref() == Some("Bearer"),
        ),
        (On::Metadata, json!({"metadata": {"signed": {}}}), |seen| {
            body(seen)["signed_metadata"].is_string()
        }),
        (
            On::ApiMetadata,
            json!({"api-metadata": {"signed": {"sign-with": "stranger"}}}),
            |seen| body(seen)["signed_metadata"].is_string(),
        ),
        (
            On::ApiMetadata,
            json!({"api-metadata": {"resource": "https://other.example"}}),
            |seen| body(seen)["resource"] == "https://other.example",
        ),
        (
            On::Introspection,
            json!({"introspection": {"claims": {"aud": "https://other.example"}}}),
            |seen| body(seen)["active"] == true && body(seen)["aud"] == "https://other.example",
        ),
    ]
}
