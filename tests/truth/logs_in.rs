//! Applications that log their users in at authspec's provider, each in a way of its own: how a login starts, how it
//! ends, and how a refusal looks. Who is logged in is what counts, and neither way nor status may hide it.

mod app;

use authspec::suite::model::Case;

use crate::judged::{Run, bundled, run_with, suite};
use crate::server::Server;
use app::{App, End, Refusal, Start};

const STRANGER: &str = "client/callback::strangers-callback-logs-nobody-in";
const CASES: &[&str] = &[
    STRANGER,
    "client/callback::altered-state-is-refused",
    "client/callback::callback-out-of-the-blue",
    "client/callback::two-logins-in-one-browser-stay-apart",
    "client/tokens::failed-login-can-be-repeated",
    "client/session::session-known-before-login-stays-out",
    "client/session::logout-ends-the-session",
];

/// How a login starts, as the profile says it.
const STARTS: &[(Start, &str)] = &[
    (Start::Redirect, "GET /login"),
    (Start::Link, "[GET /login, { follow: a.provider }]"),
    (Start::Form, "[GET /login, { submit: { button: Log in } }]"),
    (Start::SelfSending, "GET /login"),
    (Start::Address, "[GET /login, { take: /url }]"),
    (
        Start::TokenInJson,
        "[GET /csrf, { keep: { csrf: /csrfToken } }, { open: { method: POST, path: /login, form: { csrf: \"${kept.csrf}\" } } }, { take: /url }]",
    ),
    (
        Start::TokenInCookie,
        "[GET /csrf, { keep: { csrf: cookie XSRF-TOKEN } }, { open: { method: POST, path: /login, header: { X-XSRF-TOKEN: \"${kept.csrf}\" }, json: { provider: mine } } }]",
    ),
    (
        Start::TokenInPage,
        "[GET /csrf, { keep: { csrf: \"meta[name=csrf-token]\" } }, { open: { method: POST, path: /login, header: { X-XSRF-TOKEN: \"${kept.csrf}\" } } }]",
    ),
];

const ENDS: &[(End, Refusal)] = &[
    (End::Redirect, Refusal::Status401),
    (End::Page, Refusal::Page),
    (End::Json, Refusal::Redirect),
    (End::Token, Refusal::Status500),
];

fn profile(origin: &str, port: u16, login: &str, end: End) -> String {
    let (further, who, logout) = match end {
        End::Token => (
            "keep: { token: /token }",
            "{ path: /me, name: /sub, header: { Authorization: \"Bearer ${kept.token}\" } }",
            "{ open: { method: POST, path: /logout, header: { Authorization: \"Bearer ${kept.token}\" } } }",
        ),
        _ => (
            "",
            "{ path: /me, name: /sub }",
            "[GET /home, { submit: { form: \"#logout\" } }]",
        ),
    };
    // where the profile names no users, they are those that the provider made up
    let users = match end {
        End::Json | End::Token => "",
        End::Redirect | End::Page => {
            "users: { alice: { name: alice, subject: alice }, mallory: { name: mallory, subject: mallory } }"
        }
    };
    format!(
        r#"
target: {origin}
{users}
provider: {{ listen: "127.0.0.1:{port}", issuer: "http://127.0.0.1:{port}" }}
client:
  login: {login}
  callback: /callback
  who-am-i: {who}
  logout: {logout}
  id: app
  secret: a-secret-of-this-test
  {further}
"#
    )
}

async fn judged(start: (Start, &str), end: (End, Refusal), careful: bool, cases: &[&str]) -> Run {
    judged_by(start, end, careful, &bundled(cases)).await
}

async fn judged_by(
    start: (Start, &str),
    end: (End, Refusal),
    careful: bool,
    cases: &[Case],
) -> Run {
    let port = authspec::edge::launch::free_port().unwrap();
    let mut app = App::new(port, start.0, end.0, end.1, careful);
    let server = Server::start(move |asked| app.answer(asked)).await;
    let profile = profile(&server.origin, port, start.1, end.0);
    run_with(&profile, cases, 1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_way_to_begin_a_login_is_walked() {
    for (at, start) in STARTS.iter().enumerate() {
        let end = ENDS[at % ENDS.len()];
        let sound = judged(*start, end, true, &CASES[..1]).await;
        let told = format!("{start:?} {end:?}\n{}", sound.told());
        assert_eq!(sound.with("pass").len(), sound.outcomes.len(), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_end_is_judged_by_who_is_logged_in() {
    for end in ENDS {
        let sound = judged(STARTS[0], *end, true, CASES).await;
        let told = format!("{end:?}\n{}", sound.told());
        assert_eq!(sound.with("pass").len(), sound.outcomes.len(), "{told}");
        let careless = judged(STARTS[0], *end, false, CASES).await;
        let told = format!("{end:?}\n{}", careless.told());
        assert_eq!(careless.verdict(STRANGER).word(), "fail", "{told}");
        assert_eq!(careless.with("inconclusive"), [""; 0], "{told}");
    }
}

/// It fetches no metadata and no ID token: nothing that it does is the doing of a lie there.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_lie_that_the_client_never_met_is_no_finding() {
    let lies = suite(
        r#"
suite: mine/lies
role: client
cases:
  - id: metadata
    not-applicable-when: departure-idle
    but: { provider: { metadata: { merge: { issuer: "https://other.example" } } } }
    steps: [{ login: {} }]
    expect: [{ logged-in-as: nobody, basis: ours }]
"#,
    );
    let run = judged_by(STARTS[0], ENDS[0], true, &lies).await;
    run.assert_only("skip", &["mine/lies::metadata"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_recipe_that_does_not_fit_is_told_and_judges_nothing() {
    for (login, why) in [
        ("[GET /login, { follow: a.other }]", "no link `a.other`"),
        ("[GET /login, { submit: {} }]", "the page has no form"),
        (
            "[GET /login, { keep: { csrf: /none } }, { take: /url }]",
            "nothing to keep as `csrf`",
        ),
        ("GET /login", "did not lead to authspec's provider"),
    ] {
        let run = judged((Start::Link, login), ENDS[0], true, &CASES[..1]).await;
        assert_eq!(run.with("pass"), [""; 0], "{login}\n{}", run.told());
        assert_eq!(run.with("fail"), [""; 0], "{login}\n{}", run.told());
        let said = run.why(STRANGER);
        assert!(said.contains(why), "{login}: {said}");
    }
}
