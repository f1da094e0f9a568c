//! Servers behind which something remembers: a shared cache, or a session that opens without a credential.

use crate::judged::{basic, run};
use crate::server::{Answer, Server};
use crate::sound;

#[tokio::test]
async fn a_cache_that_serves_the_good_answer_to_all_is_one_finding() {
    let mut kept: Option<Answer> = None;
    let server = Server::start(move |asked| {
        if !sound::is_guarded(asked) {
            return sound::answer(asked);
        }
        if let Some(kept) = &kept {
            return kept.clone();
        }
        let answer = sound::answer(asked);
        if answer.status == 200 {
            kept = Some(answer.clone());
        }
        answer
    })
    .await;
    let run = run(&sound::profile(&server.origin), &basic()).await;
    let found = run.with("fail");
    assert_eq!(found.len(), 1, "{}", run.told());
    assert!(found[0].starts_with("calibration::leak["), "{found:?}");
    run.assert_only("pass", &[]);
    run.assert_only("warn", &[]);
    let finding = &run.verdict(found[0]).findings()[0];
    assert!(
        finding.actual.contains("once a good one had been answered"),
        "{}",
        finding.actual
    );
}

/// Nobody guesses it.
const SESSION: &str = "session=5f2b7a90c1d84e63";

#[tokio::test]
async fn a_session_cookie_of_one_case_reaches_no_other() {
    let server = Server::start(|asked| {
        let session = asked
            .one("cookie")
            .is_some_and(|cookie| cookie.contains(SESSION));
        if sound::is_guarded(asked) && session {
            return sound::orders();
        }
        let answer = sound::answer(asked);
        if answer.status == 200 {
            answer.with("Set-Cookie", format!("{SESSION}; Path=/"))
        } else {
            answer
        }
    })
    .await;
    let run = run(&sound::profile(&server.origin), &basic()).await;
    for word in ["fail", "warn", "inconclusive"] {
        run.assert_only(word, &[]);
    }
    // one case writes a cookie of its own; nobody carries what another was given
    let asked = server.asked();
    let carries = |asked: &&crate::server::Asked| {
        asked
            .one("cookie")
            .is_some_and(|cookie| cookie.contains(SESSION))
    };
    assert_eq!(asked.iter().filter(carries).count(), 0);
}
