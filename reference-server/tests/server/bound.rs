//! Every grant binds its tokens to what the client holds, and refuses details that nobody can grant.

use authspec_reference_server::{Running, clients};
use serde_json::{Value, json};

use crate::support::{Issuer, Peer, b64, body, status};
use crate::walk::{encoded, server};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";
const PASSWORD: &str = "Correct-Horse-42-battery";
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// The client that is registered for bound tokens, with its key.
struct Holder {
    running: Running,
    keys: Issuer,
    proofs: usize,
}

impl Holder {
    async fn post(&self, path: &str, form: &str, more: &[&str]) -> String {
        let client = clients().iter().find(|one| one.id == "holder").unwrap();
        let pair = format!("{}:{}", client.id, client.secret.unwrap());
        let basic = format!("Authorization: Basic {}", b64(pair.as_bytes()));
        let fields = [&[FORM, basic.as_str()], more].concat();
        let mut peer = Peer::new(self.running.origin());
        peer.send("POST", path, &fields, form).await
    }

    /// A token request with a proof of the key.
    async fn asks(&mut self, form: &str) -> String {
        self.proofs += 1;
        let jwk = &self.keys.rsa_jwk;
        let jwk = json!({ "kty": "RSA", "n": jwk["n"], "e": jwk["e"] });
        let header = json!({ "alg": "RS256", "typ": "dpop+jwt", "jwk": jwk });
        let claims = json!({
            "htm": "POST", "htu": format!("{}/as/token", self.running.origin()),
            "iat": self.keys.claims("")["iat"], "jti": format!("proof-{}", self.proofs),
        });
        let proof = format!("DPoP: {}", self.keys.token(&header, &claims));
        self.post("/as/token", form, &[&proof]).await
    }

    /// The form of a device whose user said yes.
    async fn of_device(&self) -> String {
        let begun = body(&self.post("/as/device", "scope=read", &[]).await);
        let user = begun["user_code"].as_str().unwrap();
        let form = format!("user_code={user}&username=alice&password={PASSWORD}");
        let page = self.post("/as/device/confirm", &form, &[]).await;
        let mark = page.split("name=\"confirms\" value=\"").nth(1).unwrap();
        let mark = mark.split('"').next().unwrap();
        let form = format!("user_code={user}&confirms={mark}&decision=allow");
        assert_eq!(
            status(&self.post("/as/device/confirm", &form, &[]).await),
            200
        );
        let code = begun["device_code"].as_str().unwrap();
        format!("grant_type={}&device_code={code}", encoded(DEVICE))
    }
}

fn claims(token: &str) -> Value {
    use base64::Engine as _;
    let payload = token.split('.').nth(1).unwrap();
    let octets = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload);
    serde_json::from_slice(&octets.unwrap()).unwrap()
}

#[tokio::test]
async fn every_grant_binds_its_tokens_and_looks_at_details() {
    let mut holder = Holder {
        running: server(&[], None).await,
        keys: Issuer::start().await,
        proofs: 0,
    };
    let own = "grant_type=client_credentials&scope=read".to_owned();
    let first = body(&holder.asks(&own).await);
    let subject = first["access_token"].as_str().unwrap().to_owned();
    let exchange = format!(
        "grant_type={}&subject_token={subject}&subject_token_type={}",
        encoded(EXCHANGE),
        encoded(ACCESS_TOKEN)
    );
    for form in [own, holder.of_device().await, exchange] {
        for details in ["garbage", r#"[{"type":"orders","actions":["list"]}]"#] {
            let asked = format!("{form}&authorization_details={}", encoded(details));
            let refused = holder.asks(&asked).await;
            assert_eq!(
                (status(&refused), &body(&refused)["error"]),
                (400, &json!("invalid_authorization_details")),
                "{asked}"
            );
        }
        let tokens = body(&holder.asks(&form).await);
        assert_eq!(tokens["token_type"], "DPoP", "{form} {tokens}");
        let token = tokens["access_token"].as_str().unwrap();
        assert!(claims(token)["cnf"]["jkt"].is_string(), "{form} {tokens}");
    }
    holder.running.stop().await;
}
