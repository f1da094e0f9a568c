use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::*;

fn vault(value: &str) -> Vault {
    let mut vault = Vault::default();
    vault.add(&Secret::new(value, "password of alice"));
    vault
}

#[test]
fn every_coding_is_replaced() {
    let secret = "S3cr3t/pass word+42";
    let coded = [
        secret.to_owned(),
        secret.to_uppercase(),
        secret.chars().rev().collect(),
        percent_encode(secret),
        percent_encode(secret).to_lowercase(),
        percent_encode(&percent_encode(secret)),
        secret.bytes().map(|byte| format!("{byte:02X}")).collect(),
        "S3cr3t\\/pass word+42".to_owned(),
        "S3cr3t/pa\r\nss word+42".to_owned(),
    ];
    for text in coded {
        let shown = vault(secret).redact(&format!("before {text} after"));
        assert_eq!(shown.as_str(), "before «password of alice» after", "{text}");
    }
}

#[test]
fn base64_of_user_and_password_does_not_show_the_password() {
    for user in ["a", "al", "ali", "alice"] {
        let coded = STANDARD.encode(format!("{user}:S3cr3t-pass-42"));
        let shown = vault("S3cr3t-pass-42").redact(&format!("Basic {coded}"));
        assert!(!shown.as_str().contains(&coded[8..16]), "{shown}");
        assert!(shown.as_str().contains('«'), "{shown}");
    }
}

#[test]
fn a_short_secret_is_no_needle_but_a_whole_value_has_its_placeholder() {
    let vault = vault("it");
    assert_eq!(vault.redact("with it").as_str(), "with it");
    assert_eq!(
        vault.placeholder("it").as_deref(),
        Some("«password of alice»")
    );
}

#[test]
fn two_secrets_of_one_label_are_told_apart() {
    let mut vault = Vault::default();
    vault.add(&Secret::new("token-number-one", "access_token"));
    vault.add(&Secret::new("token-number-two", "access_token"));
    let shown = vault.redact("token-number-one token-number-two token-number-one");
    assert_eq!(
        shown.as_str(),
        "«access_token» «access_token 2» «access_token»"
    );
}

proptest! {
    #[test]
    fn a_secret_never_survives(secret in "[ -~]{8,40}", before in "[ -~]{0,9}", after in "[ -~]{0,9}") {
        let vault = vault(&secret);
        for coded in [secret.clone(), percent_encode(&secret), URL_SAFE_NO_PAD.encode(&secret)] {
            let shown = vault.redact(&format!("{before}{coded}{after}"));
            prop_assert!(!shown.as_str().contains(&secret));
        }
    }
}

#[test]
fn what_rules_needles_out_lets_no_secret_through() {
    let secret = "Correct-Horse-42-battery";
    let mut vault = Vault::default();
    vault.add(&Secret::new(secret, "password"));
    for coding in codings(secret) {
        for text in [
            coding.clone(),
            coding.to_uppercase(),
            format!("before {coding} behind"),
            format!("{}\r\n{}", &coding[..5], &coding[5..]),
        ] {
            let shown = vault.redact(&text);
            assert!(shown.as_str().contains("«password»"), "{text}");
        }
    }
    assert_eq!(vault.redact("nothing of it").as_str(), "nothing of it");
}

#[test]
fn an_absorbed_secret_is_redacted_and_known_once() {
    let mut one = Vault::default();
    one.add(&Secret::new("first-secret-1", "token"));
    let mut other = one.clone();
    other.add(&Secret::new("second-secret-2", "token"));
    one.absorb(&other);
    one.absorb(&other);
    let shown = one.redact("first-secret-1 second-secret-2");
    assert_eq!(shown.as_str(), "«token» «token 2»");
}

#[test]
fn what_a_case_made_up_stays_with_the_case() {
    let mut case = Vault::default();
    case.add_made_up(&Secret::new("made-up-password-1", "basic credentials"));
    case.add(&Secret::new("an-issued-token-2", "token"));
    let mut run = Vault::default();
    run.absorb(&case);
    let text = "made-up-password-1 an-issued-token-2";
    assert_eq!(case.redact(text).as_str(), "«basic credentials» «token»");
    assert_eq!(run.redact(text).as_str(), "made-up-password-1 «token»");
}

#[test]
fn a_secret_at_the_end_of_a_line_is_not_read_on_into_the_next() {
    let mut vault = Vault::default();
    vault.add(&Secret::new("a-token-of-somebody", "token"));
    vault.add(&Secret::new("a-token-of-somebodyA", "forged token"));
    let shown = vault.redact("Bearer a-token-of-somebody\r\nAccept: */*");
    assert_eq!(shown.as_str(), "Bearer «token»\r\nAccept: */*");
}
