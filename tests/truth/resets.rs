//! A server that slams the connection on whoever has no good credential: nobody can say that it refused.

use crate::judged::{basic, negative, run, run_with};
use crate::server::{Reply, Server};
use crate::sound;

#[tokio::test]
async fn a_reset_is_no_refusal() {
    for close in [|| Reply::Reset, || Reply::Close] {
        for in_flight in [1, 16] {
            // without a credential it is polite, so it can be calibrated
            let server = Server::start(move |asked| {
                let offers = asked.one("authorization").is_some() && sound::is_guarded(asked);
                if offers && !sound::is_good(asked) {
                    return close();
                }
                sound::answer(asked).into()
            })
            .await;
            let cases = basic();
            let run = run_with(&sound::profile(&server.origin), &cases, in_flight).await;
            run.assert_only("fail", &[]);
            run.assert_only("warn", &[]);
            let slammed = "basic/credentials::wrong-password";
            assert!(
                run.why(slammed)
                    .contains("the connection ended before an answer"),
                "{}",
                run.told()
            );
            for id in negative(&cases) {
                if id.starts_with("basic/credentials::") || id.starts_with("basic/encoding::") {
                    assert_ne!(run.verdict(id).word(), "pass", "{id}");
                }
            }
            // it is there for everybody else, so the run goes on to its end
            assert_eq!(run.summary.interrupted, None, "{}", run.told());
            for id in [
                "basic/parsing::credential-behind-basic",
                "basic/challenge::missing-credential",
            ] {
                assert_eq!(run.verdict(id).word(), "pass", "{id}\n{}", run.told());
            }
        }
    }
}

#[tokio::test]
async fn a_server_that_resets_whoever_has_no_credential_is_not_calibrated() {
    let server = Server::start(|asked| {
        if sound::is_guarded(asked) && !sound::is_good(asked) {
            return Reply::Reset;
        }
        sound::answer(asked).into()
    })
    .await;
    let run = run(&sound::profile(&server.origin), &basic()).await;
    run.assert_only("pass", &[]);
    run.assert_only("fail", &[]);
}
