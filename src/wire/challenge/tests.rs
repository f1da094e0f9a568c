use super::*;
use proptest::prelude::*;

fn one(value: &str) -> Result<Vec<Challenge>, Trouble> {
    parse(&[value.as_bytes()]).map_err(|error| error.trouble)
}

fn shown(challenges: &[Challenge]) -> String {
    let show = |c: &Challenge| {
        let params: Vec<_> = c.params.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let token = c
            .token68
            .iter()
            .map(|t| format!("68:{t}"))
            .collect::<String>();
        format!("{}[{}{token}]", c.scheme, params.join(";"))
    };
    challenges.iter().map(show).collect()
}

#[test]
fn lists_are_read() {
    for (value, expected) in [
        // RFC 9110 section 11.6.1
        (
            r#"Basic realm="simple", Newauth realm="apps", type=1, title="Login to \"apps\"""#,
            r#"Basic[realm=simple]Newauth[realm=apps;type=1;title=Login to "apps"]"#,
        ),
        // RFC 6750 section 3
        (
            r#"Bearer realm="example", error="invalid_token", error_description="The access token expired""#,
            "Bearer[realm=example;error=invalid_token;error_description=The access token expired]",
        ),
        ("Negotiate", "Negotiate[]"),
        (
            "Negotiate abcd==, Basic realm=\"x\"",
            "Negotiate[68:abcd==]Basic[realm=x]",
        ),
        ("Basic realm=\"a, Bearer b\"", "Basic[realm=a, Bearer b]"),
        (",, Basic ,realm = \"x\" ,, ", "Basic[realm=x]"),
        ("Basic realm=\"Größe\"", "Basic[realm=Größe]"),
        ("Bearer REALM=\"x\"", "Bearer[realm=x]"),
        ("A, B, C x=1", "A[]B[]C[x=1]"),
        // a parameter without value is a token68 by the grammar
        ("Basic realm=", "Basic[68:realm=]"),
    ] {
        assert_eq!(shown(&one(value).unwrap()), expected, "{value}");
    }
}

#[test]
fn what_is_no_list_of_challenges_is_named() {
    for (value, trouble) in [
        ("", Trouble::Empty),
        (" , ", Trouble::Empty),
        ("Basic realm=\"x", Trouble::OpenQuote),
        ("realm=\"x\"", Trouble::NoScheme),
        ("Basic realm=\"a\"b", Trouble::Parameter),
        ("Basic realm=\"a\" charset=\"UTF-8\"", Trouble::Parameter),
        ("Negotiate abc, x=1", Trouble::ParameterBesideToken68),
        ("Basic realm=\u{7}", Trouble::Parameter),
    ] {
        assert_eq!(one(value), Err(trouble), "{value}");
    }
    let second = parse(&[b"Basic", b""]).unwrap_err();
    assert_eq!((second.field, second.trouble), (1, Trouble::Empty));
    assert_eq!(parse(&[]), Ok(Vec::new()));
}

#[test]
fn what_is_readable_but_wrong_is_noted() {
    let read = one(r#"Basic realm=a, realm="b""#).unwrap();
    let repeated = ChallengeDefect::RepeatedParameter("realm".to_owned());
    assert_eq!(read[0].defects, [ChallengeDefect::UnquotedRealm, repeated]);
    assert_eq!(read[0].param("Realm"), Some("a"));
    assert!(read[0].is("BASIC"));
}

proptest! {
    #[test]
    fn any_octets_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
        let _ = parse(&[&bytes]);
    }

    /// The http-auth crate is the outside judge: whatever it reads is read here, and alike.
    #[test]
    fn http_auth_agrees(value in r#"[ab =,"\\]{0,24}"#) {
        let theirs: Result<Vec<_>, _> = http_auth::ChallengeParser::new(&value).collect();
        if let Ok(theirs) = theirs && let Ok(ours) = one(&value) {
            if ours.iter().any(|c| c.token68.is_some()) {
                return Ok(());
            }
            prop_assert_eq!(ours.len(), theirs.len(), "{}", value);
            for (our, their) in ours.iter().zip(&theirs) {
                prop_assert_eq!(&our.scheme, their.scheme);
                prop_assert_eq!(our.params.len(), their.params.len());
                for ((name, text), (their_name, their_value)) in our.params.iter().zip(&their.params) {
                    prop_assert_eq!(name, &their_name.to_ascii_lowercase());
                    prop_assert_eq!(text, &their_value.to_unescaped());
                }
            }
        }
    }
}
