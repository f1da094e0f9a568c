//! What was not judged or not run, by what would help.

use super::*;

#[test]
fn one_reason_is_said_once() {
    let reason = "the good credential does not work here: 401 from GET /orders; check `basic:` in the profile";
    let mut events = Vec::new();
    for number in 0..11 {
        let verdict = Verdict::Inconclusive(reason.to_owned());
        events.push(outcome(
            "basic/credentials",
            &format!("case-{number:02}"),
            verdict,
        ));
    }
    events[0].evidence = vec![exchange(0, "HTTP/1.1 401 Unauthorized\r\n")];
    events.push(outcome(
        "jwt/keys",
        "slow",
        Verdict::Inconclusive("no answer within the time limit".to_owned()),
    ));
    insta::assert_snapshot!(said(Style::default(), &run(events)), @r#"
    authspec 0.1.0: 12 cases against http://localhost:8080

    ▸ basic/credentials  11 inconclusive
    ▸ jwt/keys           1 inconclusive

    ? INCONCLUSIVE 11 cases
        reason │ the good credential does not work here: 401 from GET /orders; check
               │ `basic:` in the profile
         cases │ basic/credentials::case-00, basic/credentials::case-01,
               │ basic/credentials::case-02, basic/credentials::case-03,
               │ basic/credentials::case-04, basic/credentials::case-05,
               │ basic/credentials::case-06, basic/credentials::case-07, and 3 more
               │
      exchange │ authspec -> target, 3 ms
               │ > GET /orders HTTP/1.1
               │ > host: localhost:8080
               │ > authorization: Basic «alice with a wrong password»
               │ < HTTP/1.1 401 Unauthorized
          curl │ curl -i -H "Authorization: Basic $(printf %s 'alice:wrong' | base64)" http://localhost:8080/orders
         to do │ mend what the reason names, then ask one of them again:
               │ authspec run --profile 'my api.yaml' basic/credentials::case-00

    ? INCONCLUSIVE 1 case
        reason │ no answer within the time limit
         cases │ jwt/keys::slow
         to do │ mend what the reason names, then ask one of them again:
               │ authspec run --profile 'my api.yaml' jwt/keys::slow

    12 inconclusive - none of 12 judged, in 0.42 s, 310 requests
    "#);
}

#[test]
fn skips_are_summed_by_what_would_unlock_them() {
    let events = run(vec![
        passed("jwt/keys", "unsigned"),
        skipped("a", Skip::Missing(vec![Capability::SigningKey])),
        skipped("b", Skip::OptIn(Effect::FailedLogins)),
        skipped("c", Skip::Missing(vec![Capability::SigningKey])),
        skipped(
            "d",
            Skip::Missing(vec![Capability::Revocation, Capability::SecondUser]),
        ),
        skipped(
            "e",
            Skip::NotApplicable("the metadata has no revocation_endpoint".to_owned()),
        ),
    ]);
    insta::assert_snapshot!(said(Style::default(), &events), @r#"
    authspec 0.1.0: 6 cases against http://localhost:8080

    ▸ jwt/keys  1 passed, 5 skipped

    - SKIPPED 5 cases
             2 │ need signing-key; in the profile:
               │ ▸ key: { alg: RS256, pem: "${env.SIGNING_KEY}", kid: ..., claims:
               │ {...} } or trusts-provider: {...}
             1 │ is off unless allowed: --allow failed-logins
             1 │ needs revocation and second-user; in the profile:
               │ ▸ authorization-server: { revocation: ... }
               │ ▸ users: { mallory: { name: ..., password: ... } }
             1 │ doesn't apply: the metadata has no revocation_endpoint

    1 passed, 5 skipped - 1 of 6 judged, in 0.42 s, 310 requests
    "#);
}

#[test]
fn a_topic_of_which_nothing_ran_takes_a_line() {
    let mut events = vec![
        passed("basic/answers", "good"),
        skipped("a", Skip::Missing(vec![Capability::Jwt])),
    ];
    for (case, needs) in [
        (
            "b",
            Skip::Missing(vec![Capability::SigningKey, Capability::Jwt]),
        ),
        (
            "c",
            Skip::NotApplicable("the target does not claim rfc9068".to_owned()),
        ),
    ] {
        events.push(skipped(case, needs));
    }
    let needs = Skip::Missing(vec![Capability::SecondUser]);
    events.push(outcome("basic/answers", "other", Verdict::Skip(needs)));
    insta::assert_snapshot!(said(Style::default(), &run(events)), @r"
    authspec 0.1.0: 5 cases against http://localhost:8080

    ▸ basic/answers  1 passed, 1 skipped
    ▸ jwt/keys       3 skipped

    - SKIPPED 4 cases
             1 │ needs second-user; in the profile:
               │ ▸ users: { mallory: { name: ..., password: ... } }
             3 │ jwt/*: all need jwt; in the profile:
               │ ▸ token: (a JWT), login:, grant:, key: or trusts-provider:

    1 passed, 4 skipped - 1 of 5 judged, in 0.42 s, 310 requests
    ");
}

#[test]
fn suites_of_which_nothing_ran_share_a_line() {
    let events = || {
        let none = || Skip::NotApplicable("the target does not claim oidc".to_owned());
        run(vec![
            passed("basic/answers", "good"),
            outcome("as/code", "one", Verdict::Skip(none())),
            outcome("as/code", "two", Verdict::Skip(none())),
            outcome("client/tokens", "one", Verdict::Skip(none())),
        ])
    };
    let short = said(Style::default(), &events());
    assert!(short.contains("▸ basic/answers     1 passed\n"), "{short}");
    assert!(short.contains("▸ 2 further suites  3 skipped\n"), "{short}");
    assert!(!short.contains("▸ as/code"), "{short}");
    let verbose = Style {
        verbose: true,
        ..Style::default()
    };
    let long = said(verbose, &events());
    assert!(!long.contains("further suites"), "{long}");
}
