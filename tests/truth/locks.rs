//! A server that locks an account after three wrong passwords: from then on it refuses the right one too, and
//! what it refuses shows nothing.

use std::collections::HashMap;

use crate::judged::{Run, basic, negative, run_with, suite};
use crate::server::{Answer, Server};
use crate::sound;

async fn locking(status: u16) -> Server {
    let mut wrong: HashMap<String, u32> = HashMap::new();
    Server::start(move |asked| {
        let good = sound::is_good(asked);
        let Some((user, _)) = asked.basic().filter(|_| sound::is_guarded(asked)) else {
            return sound::answer(asked);
        };
        let tries = wrong.entry(user).or_default();
        if *tries >= 3 {
            return match status {
                401 => sound::refusal(),
                other => Answer::json(other, r#"{"error":"locked"}"#),
            };
        }
        *tries = if good { *tries } else { *tries + 1 };
        sound::answer(asked)
    })
    .await
}

fn nothing_passed_by_a_refusal(run: &Run, ids: &[&str], context: &str) {
    for id in ids {
        assert_ne!(
            run.verdict(id).word(),
            "pass",
            "{id} {context}\n{}",
            run.told()
        );
    }
}

#[tokio::test]
async fn a_locked_account_makes_its_window_inconclusive() {
    let many = |user: &str| {
        suite(&format!(
            r#"
suite: mine/lock
role: resource-server
cases:
  - id: wrong
    for-each: {{ password: [a, b, c, d, e] }}
    steps:
      - send: {{ to: protected, credential: basic }}
        but: {{ credential: {{ basic: {{ user: {user}, password: "${{each.password}}" }} }} }}
        expect: [{{ outcome: not-accepted, basis: ours }}]
"#
        ))
    };
    for status in [401, 403, 423] {
        for in_flight in [1, 16] {
            let server = locking(status).await;
            let run = run_with(&sound::profile(&server.origin), &many("alice"), in_flight).await;
            run.assert_only("pass", &[]);
            run.assert_only("fail", &[]);
            let why = run.why("mine/lock::wrong[password=a]");
            assert!(why.contains("its twin after it did not hold"), "{why}");
            assert!(why.contains(&format!("status {status}")), "{why}");
            // the lock of a stranger's account changes nothing for ours
            let server = locking(status).await;
            let run = run_with(&sound::profile(&server.origin), &many("nobody"), in_flight).await;
            assert_eq!(run.with("pass").len(), 5, "{}", run.told());
        }
    }
}

#[tokio::test]
async fn no_bundled_case_passes_by_the_lock() {
    for status in [401, 423] {
        for in_flight in [1, 16] {
            let server = locking(status).await;
            let cases = basic();
            let run = run_with(&sound::profile(&server.origin), &cases, in_flight).await;
            assert_eq!(run.with("fail"), [] as [&str; 0], "{}", run.told());
            // the twins of most cases are requests of alice, and she is locked out
            let mut hers: Vec<&str> = negative(&cases);
            // this one is about another's account, which it tries once
            hers.retain(|id| !id.ends_with("::much-longer-password"));
            nothing_passed_by_a_refusal(&run, &hers, &format!("{status}, {in_flight} in flight"));
        }
    }
}
