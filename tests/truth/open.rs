//! A server without any guard: one finding an endpoint, and no flood of them.

use crate::judged::{basic, run};
use crate::server::{Answer, Server};
use crate::sound;

#[tokio::test]
async fn an_open_door_is_one_finding_an_endpoint() {
    let server = Server::start(|asked| match asked.target.as_str() {
        "/" => Answer::json(200, "{}"),
        _ => sound::orders(),
    })
    .await;
    let guarded = format!("[GET {}, GET /invoices]", sound::PATH);
    let run = run(&sound::profile_with(&server.origin, &guarded, ""), &basic()).await;
    let found = run.with("fail");
    assert_eq!(found.len(), 2, "{}", run.told());
    assert!(
        found
            .iter()
            .all(|id| id.starts_with("calibration::open-door[")),
        "{found:?}"
    );
    let outcome = &run.outcomes[found[0]];
    assert_eq!(outcome.evidence.len(), 4, "the four exchanges show it");
    run.assert_only("pass", &[]);
    run.assert_only("warn", &[]);
    for why in run.reasons().into_keys() {
        let known = ["nothing can be judged at an open door", "judged only where"];
        assert!(known.iter().any(|known| why.starts_with(known)), "{why}");
    }
}

#[tokio::test]
async fn an_open_door_with_changing_content_is_open_all_the_same() {
    let mut turn = 0;
    let server = Server::start(move |asked| {
        turn += 1;
        match asked.target.as_str() {
            "/" => Answer::json(200, "{}"),
            _ => Answer::json(200, format!(r#"{{"orders":[],"served":{turn}}}"#)),
        }
    })
    .await;
    let run = run(&sound::profile(&server.origin), &basic()).await;
    assert_eq!(run.with("fail").len(), 1, "{}", run.told());
    run.assert_only("pass", &[]);
}
