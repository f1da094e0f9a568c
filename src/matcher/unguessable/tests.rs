use super::*;

/// A repeatable stream of characters, for samples of a shape.
fn draw(seed: &mut u64, alphabet: &[u8], length: usize) -> String {
    (0..length)
        .map(|_| {
            *seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(*seed >> 33).unwrap() % alphabet.len();
            char::from(alphabet[at])
        })
        .collect()
}

fn found(values: &[String], bits: u64) -> Result<(), Miss> {
    let argument = json!({ "values": values, "bits": { "at-least": bits } });
    examine(&argument, &super::super::sample::heard(vec![]))
}

const BASE64URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const HEX: &[u8] = b"0123456789abcdef";

#[test]
fn sound_values_are_not_blamed() {
    let mut seed = 1;
    for count in [2, 3, 5, 20] {
        for turn in 0..50 {
            let mut of = |alphabet: &[u8], length, prefix: &str| -> Vec<String> {
                (0..count)
                    .map(|_| format!("{prefix}{}", draw(&mut seed, alphabet, length)))
                    .collect()
            };
            for (values, bits) in [
                (of(BASE64URL, 43, ""), 250),
                (of(BASE64URL, 22, ""), 128),
                (of(HEX, 32, ""), 128),
                (of(BASE64URL, 22, "ory_ac_"), 128),
                (of(BASE64URL, 22, "https://as.example/codes/"), 128),
                (of(b"0123456789", 39, ""), 128),
            ] {
                assert_eq!(found(&values, bits), Ok(()), "{count} {turn} {values:?}");
            }
        }
    }
}

#[test]
fn weak_values_are_told_why() {
    let mut seed = 7;
    let shared = draw(&mut seed, BASE64URL, 30);
    let mut with = |prefix: &str, alphabet: &[u8], length, suffix: &str| -> Vec<String> {
        (0..20)
            .map(|_| format!("{prefix}{}{suffix}", draw(&mut seed, alphabet, length)))
            .collect()
    };
    let count = |from: u64, step: u64, prefix: &str| -> Vec<String> {
        (0..20)
            .map(|turn| format!("{prefix}{:012}", from + turn * step))
            .collect()
    };
    let in_the_middle: Vec<String> = with("", BASE64URL, 4, "")
        .iter()
        .enumerate()
        .map(|(at, one)| format!("{}{shared}{one}", "x".repeat(at)))
        .collect();
    for (values, says) in [
        (with("", BASE64URL, 8, ""), "48 bits at most: 8 characters"),
        (
            with("constant-part-of-the-code-", HEX, 16, "-and-its-end"),
            "64 bits at most: 16 characters",
        ),
        (with("", b"ab", 40, ""), "bits at most"),
        (count(17, 1, ""), "count up or down, by 1 at most"),
        (
            count(1_000_000, 4_096, "code-"),
            "count up or down, by 4096 at most",
        ),
        (in_the_middle, "bits at most"),
        (
            vec!["same-value".to_owned(); 2],
            "samples 1 and 2 of 2 are the same",
        ),
    ] {
        match found(&values, 128) {
            Err(Miss::Finding { actual, .. }) => assert!(actual.contains(says), "{says}: {actual}"),
            other => panic!("{says}: {other:?} {values:?}"),
        }
    }
}

#[test]
fn of_signed_tokens_the_signature_counts() {
    let mut seed = 3;
    let mut tokens = |length| -> Vec<String> {
        (0..5)
            .map(|at| {
                let payload = jose::base64url(
                    format!("{{\"iss\":\"https://as.example\",\"n\":{at}}}").as_bytes(),
                );
                format!(
                    "{}.{payload}.{}",
                    jose::base64url(b"{\"alg\":\"HS256\"}"),
                    draw(&mut seed, BASE64URL, length)
                )
            })
            .collect()
    };
    assert_eq!(found(&tokens(43), 128), Ok(()));
    assert!(matches!(found(&tokens(8), 128), Err(Miss::Finding { .. })));
}

#[test]
fn too_few_samples_say_nothing() {
    for values in [
        json!(["a"]),
        json!(["a", null]),
        json!(["a", ""]),
        json!("abc"),
    ] {
        let argument = json!({ "values": values, "bits": { "at-least": 1 } });
        let found = examine(&argument, &super::super::sample::heard(vec![]));
        assert!(matches!(found, Err(Miss::Unknown(_))), "{values}");
    }
}

#[test]
fn signed_tokens_of_one_second_are_alike_and_no_easier_to_guess() {
    let mut seed = 3;
    let mut of = |alphabet: &[u8], length| {
        let signature = draw(&mut seed, alphabet, length);
        format!("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.{signature}")
    };
    let one = of(BASE64URL, 43);
    let other = of(BASE64URL, 43);
    let short = of(HEX, 8);
    for (values, well) in [
        (vec![one.clone(), one.clone()], true),
        (vec![one.clone(), one.clone(), other], true),
        (vec![short.clone(), short], false),
        (vec![one.replace('.', "-"), one.replace('.', "-")], false),
    ] {
        assert_eq!(found(&values, 128).is_ok(), well, "{values:?}");
    }
}
