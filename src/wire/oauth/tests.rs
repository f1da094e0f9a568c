use super::*;
use proptest::prelude::*;
use serde_json::json;

#[test]
fn error_answers_are_read_with_their_defects() {
    let plain = ErrorResponse::from_json(
        &json!({"error": "invalid_grant", "error_description": "code expired"}),
    )
    .unwrap();
    assert_eq!(
        (plain.error.as_str(), plain.defects.len()),
        ("invalid_grant", 0)
    );
    let odd = json!({"error": "a\"b", "error_description": "größe", "error_uri": 7});
    let odd = ErrorResponse::from_json(&odd).unwrap();
    assert_eq!(
        odd.defects,
        [
            ErrorDefect::Error,
            ErrorDefect::Description,
            ErrorDefect::Uri
        ]
    );
    for none in [
        json!({}),
        json!({"error": 1}),
        json!("error"),
        json!(["error"]),
    ] {
        assert_eq!(ErrorResponse::from_json(&none), None);
    }
}

#[test]
fn a_challenge_carries_an_error() {
    let field = br#"Bearer error="invalid_token", error_description="expired""#;
    let challenges = crate::wire::challenge::parse(&[field]).unwrap();
    let error = ErrorResponse::from_challenge(&challenges[0]).unwrap();
    assert_eq!(
        (error.error.as_str(), error.description.as_deref()),
        ("invalid_token", Some("expired"))
    );
}

#[test]
fn a_redirect_carries_query_and_fragment() {
    // RFC 6749 sections 4.1.2 and 4.1.2.1
    let read = |text: &str| AuthorizationResponse::from_redirect(&Url::parse(text).unwrap());
    let good = read("https://client.example.com/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=xyz");
    assert_eq!(
        (good.get("code"), good.get("state")),
        (Some("SplxlOBeZQQYbYS6WxSbIA"), Some("xyz"))
    );
    assert_eq!(good.error(), None);
    assert!(!format!("{good:?}").contains("Splx"));
    let denied = read("https://client.example.com/cb?error=access_denied&state=xyz");
    assert_eq!(denied.error().unwrap().error, "access_denied");
    let implicit =
        read("http://example.com/cb#access_token=2YotnFZFEjr1zCsicMWpAA&state=xyz&state=b&state=c");
    assert_eq!(implicit.get("access_token"), Some("2YotnFZFEjr1zCsicMWpAA"));
    assert_eq!(implicit.fragment.repeated(), ["state"]);
}

#[test]
fn codes_belong_to_endpoints() {
    for (endpoint, code, expected) in [
        (Endpoint::Token, "invalid_grant", true),
        (Endpoint::Token, "invalid_token", false),
        (Endpoint::Authorization, "login_required", true),
        (Endpoint::Authorization, "invalid_grant", false),
        (Endpoint::Resource, "insufficient_scope", true),
        (Endpoint::Revocation, "unsupported_token_type", true),
        (Endpoint::PushedAuthorization, "invalid_client", true),
        (
            Endpoint::DeviceAuthorization,
            "unsupported_token_type",
            false,
        ),
        (Endpoint::Introspection, "invalid_token", true),
        (Endpoint::Registration, "invalid_redirect_uri", true),
    ] {
        assert_eq!(endpoint.registers(code), expected, "{endpoint:?} {code}");
    }
}

#[test]
fn scopes_are_tokens_apart_by_one_blank() {
    for (text, expected) in [
        ("read write", true),
        ("a", true),
        ("", false),
        ("a  b", false),
        (" a", false),
        ("a\"", false),
        ("ä", false),
    ] {
        assert_eq!(is_scope(text), expected, "{text:?}");
    }
    assert!(is_token("a b~") && !is_token("") && !is_token("ä"));
}

proptest! {
    #[test]
    fn any_text_is_survived(text in "\\PC{0,60}") {
        let _ = ErrorResponse::from_json(&json!({"error": text, "error_uri": text}));
        if let Ok(url) = Url::parse(&format!("https://client.example/?{text}#{text}")) {
            let read = AuthorizationResponse::from_redirect(&url);
            let _ = (read.error(), read.query.repeated().len());
        }
    }
}
