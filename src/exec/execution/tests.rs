//! Cases played with answers from a table: no socket, no clock, no world but what a profile says.

use crate::exec::outcome::{Kind, Oracle};
use crate::model::{Header, Request, Response};
use crate::source::{Sources, render};
use crate::suite::compile::{self, Owner};
use crate::suite::profile;

use super::*;

const PROFILE: &str = r#"
target: http://127.0.0.1:9
guarded: [GET /orders]
open: GET /
basic: { user: alice, password: correct horse battery }
authorization-server: { token: /token }
clients:
  confidential: { id: web, secret: a client's secret }
"#;

const GOOD: &str = r#"{"orders":[]}"#;

fn answer(status: u16, body: &str) -> Answer {
    let headers = vec![Header::new("Content-Type", "application/json")];
    Answer::Response(Response::new(status, headers, body))
}

fn world() -> Arc<World> {
    let mut sources = Sources::default();
    let file = sources.add("authspec.yaml", PROFILE);
    let read = profile::profile(&sources, file, None, &|_| None, &|_| Err(String::new()));
    let profile = read.unwrap_or_else(|wrong| panic!("{}", render(&wrong, &sources, false)));
    let mut world = World::new(Arc::new(profile));
    let (good, bad) = (answer(200, GOOD), answer(401, "{}"));
    let good = good.response().unwrap();
    let oracle = Oracle {
        good: Kind::of(good, good),
        anonymous: bad.response().cloned(),
        ..Oracle::default()
    };
    let door = world.profile.doors[0].name.clone();
    world.oracles.insert(door, Arc::new(oracle));
    Arc::new(world)
}

/// The one case of a suite whose steps, and whatever follows them, are these.
fn compiled(role: &str, body: &str) -> Arc<Case> {
    let text = format!("suite: mine/one\nrole: {role}\ncases:\n  - id: one\n{body}");
    let mut sources = Sources::default();
    let file = sources.add("mine.yaml", text.as_str());
    match compile::suite(&sources, file, Owner::User) {
        Ok(suite) => Arc::new(suite.cases[0].clone()),
        Err(wrong) => panic!("{}", render(&wrong, &sources, false)),
    }
}

struct Played {
    ended: Ended,
    riders: Vec<RiderEnd>,
    sent: Vec<Request>,
    idle: bool,
    vault: Vault,
}

/// Plays a run; every request is answered by the function.
fn play(case: &Arc<Case>, control: Control, say: impl Fn(&Request, usize) -> Answer) -> Played {
    play_seeded(case, control, 1, say)
}

fn play_seeded(
    case: &Arc<Case>,
    control: Control,
    seed: u8,
    say: impl Fn(&Request, usize) -> Answer,
) -> Played {
    let mut run = Execution::new(Arc::clone(case), control, world(), None, [seed; 32]);
    let mut sent = Vec::new();
    let mut told = Told::Done;
    loop {
        told = match run.next(told, Moment::default()) {
            Want::Send(outgoing) => Told::Answers(
                outgoing
                    .into_iter()
                    .map(|one| {
                        sent.push(one.request);
                        let said = say(&sent[sent.len() - 1], sent.len());
                        (said, Moment::default(), Duration::ZERO)
                    })
                    .collect(),
            ),
            Want::Done => break,
            Want::Wait(_) | Want::Script(..) | Want::Restart => Told::Done,
        };
    }
    let (ended, riders) = run.end();
    Played {
        ended,
        riders,
        sent,
        idle: run.was_idle(),
        vault: run.vault,
    }
}

/// The sound API: the good credential and no other opens.
fn sound(request: &Request, _: usize) -> Answer {
    let good = crate::wire::basic::encode("alice", "correct horse battery");
    let offered: Vec<&[u8]> = request.header("authorization").collect();
    if offered == [good.as_bytes()] {
        answer(200, GOOD)
    } else {
        answer(401, r#"{"error":"no"}"#)
    }
}

fn all_open(_: &Request, _: usize) -> Answer {
    answer(200, GOOD)
}

fn credentials(request: &Request) -> String {
    let fields: Vec<String> = request
        .header("authorization")
        .map(|field| String::from_utf8_lossy(field).into_owned())
        .collect();
    fields.join(" and ")
}

const WRONG: &str = r#"
    steps:
      - send: { to: protected, credential: basic }
        but: { credential: { basic: { password: wrong } } }
        expect: [{ outcome: not-accepted, basis: ours }]
    also:
      - { id: status, title: It is a 401, severity: low, expect: [{ status: 401, basis: ours }] }
"#;

fn inconclusive(ended: &Ended) -> &str {
    match ended {
        Ended::Inconclusive(why) => why,
        other => panic!("{other:?}"),
    }
}

fn findings(ended: &Ended) -> &[Judged] {
    match ended {
        Ended::Judged(findings) => findings,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_expectation_that_is_met_is_no_finding_and_one_that_is_missed_is() {
    let case = compiled("resource-server", WRONG);
    assert!(findings(&play(&case, Control::Case, sound).ended).is_empty());
    let played = play(&case, Control::Case, all_open);
    let [found] = findings(&played.ended) else {
        panic!("{:?}", played.ended);
    };
    assert!(found.given_away);
    assert_eq!(found.finding.expected, "not-accepted");
    assert_eq!(found.finding.evidence, [0]);
}

#[test]
fn the_departure_is_dropped_in_the_twin() {
    let case = compiled("resource-server", WRONG);
    let departed = play(&case, Control::Case, sound);
    let twin = play(&case, Control::Twin, sound);
    assert_eq!((departed.sent.len(), twin.sent.len()), (1, 1));
    assert_ne!(credentials(&departed.sent[0]), credentials(&twin.sent[0]));
    assert!(findings(&twin.ended).is_empty());
    assert!(twin.riders.is_empty(), "a twin judges nothing");
    // a twin that is refused did not hold, and judges nothing either
    let refused = play(&case, Control::Twin, |_, _| answer(401, "{}"));
    assert!(inconclusive(&refused.ended).starts_with("step 1 (send): refused: status 401"));
}

#[test]
fn a_rider_is_judged_only_where_its_host_passes() {
    let case = compiled("resource-server", WRONG);
    let passed = play(&case, Control::Case, sound);
    assert_eq!(passed.riders.len(), 1);
    assert!(findings(&passed.riders[0].ended).is_empty());
    let worded = play(&case, Control::Case, |_, _| answer(403, "{}"));
    assert!(findings(&worded.ended).is_empty());
    assert_eq!(findings(&worded.riders[0].ended).len(), 1);
    for failed in [
        play(&case, Control::Case, all_open),
        play(&case, Control::Case, |_, _| answer(429, "{}")),
    ] {
        assert!(failed.riders.is_empty(), "{:?}", failed.riders);
    }
}

#[test]
fn an_answer_that_is_no_verdict_passes_nothing_and_fails_nothing() {
    use crate::model::{Body, Silence};
    let case = compiled("resource-server", WRONG);
    let mut cut = Response::new(401, Vec::new(), "");
    cut.body = Body::Cut(Vec::new(), "closed".to_owned());
    for silence in [
        answer(429, "{}"),
        answer(502, "{}"),
        Answer::Response(cut),
        Answer::Silence(Silence::TimedOut),
        Answer::Silence(Silence::Closed("reset".to_owned())),
        Answer::Silence(Silence::Malformed("no".to_owned())),
    ] {
        let played = play(&case, Control::Case, |_, _| silence.clone());
        inconclusive(&played.ended);
        assert!(played.riders.is_empty());
    }
}

#[test]
fn a_missed_hold_is_inconclusive_and_nothing_follows() {
    let case = compiled(
        "resource-server",
        r#"
    steps:
      - send: { to: protected, credential: basic }
      - send: { to: protected, credential: basic }
        but: { credential: none }
        expect: [{ outcome: not-accepted, basis: ours }]
"#,
    );
    let played = play(&case, Control::Case, |_, _| answer(401, "{}"));
    let why = inconclusive(&played.ended);
    assert!(why.starts_with("setup step 1 (send) did not hold"), "{why}");
    assert_eq!(played.sent.len(), 1);
    // what is said of it by `hold` counts instead of the action's own rule
    let case = compiled(
        "resource-server",
        r#"
    steps:
      - { send: { to: protected, credential: none }, hold: refused }
      - send: { to: protected, credential: basic }
        but: { credential: none }
        expect: [{ outcome: not-accepted, basis: ours }]
"#,
    );
    assert!(findings(&play(&case, Control::Case, sound).ended).is_empty());
    let played = play(&case, Control::Case, all_open);
    assert!(inconclusive(&played.ended).contains("expected refused"));
    let twin = play(&case, Control::Twin, all_open);
    assert!(
        inconclusive(&twin.ended).contains("step 1"),
        "an explicit hold stays in the twin"
    );
}

#[test]
fn a_missed_applies_is_not_applicable() {
    let case = compiled(
        "resource-server",
        r#"
    steps:
      - { send: { to: protected, credential: none }, hold: any, applies: [{ status: 407 }] }
      - send: { to: protected, credential: basic }
        but: { credential: none }
        expect: [{ outcome: not-accepted, basis: ours }]
"#,
    );
    let played = play(&case, Control::Case, sound);
    let Ended::NotApplicable(why) = &played.ended else {
        panic!("{:?}", played.ended);
    };
    assert!(why.contains("407"), "{why}");
    assert_eq!(played.sent.len(), 1);
}

#[test]
fn an_added_step_is_not_in_the_twin() {
    let case = compiled(
        "resource-server",
        r#"
    steps:
      - send: { to: protected, credential: none }
        added: true
        hold: any
      - send: { to: protected, credential: basic }
        expect: [{ outcome: accepted, basis: ours }]
"#,
    );
    let departed = play(&case, Control::Case, sound);
    let twin = play(&case, Control::Twin, sound);
    assert_eq!((departed.sent.len(), twin.sent.len()), (2, 1));
    assert!(credentials(&departed.sent[0]).is_empty());
    assert!(credentials(&twin.sent[0]).starts_with("Basic "));
}

#[test]
fn a_departure_that_changes_nothing_is_idle() {
    // the account's own password, written out
    let same = WRONG.replace("password: wrong", r#"password: "${users.alice.password}""#);
    assert!(play(&compiled("resource-server", &same), Control::Case, sound).idle);
    assert!(!play(&compiled("resource-server", WRONG), Control::Case, sound).idle);
}

#[test]
fn what_is_fresh_is_one_value_a_name_and_run_and_new_each_turn() {
    let case = compiled(
        "resource-server",
        r#"
    steps:
      - { send: { to: open, query: { a: "${fresh.one}", b: "${fresh.one}", c: "${fresh.two}" } } }
      - { send: { to: open, query: { a: "${fresh.one}" } } }
      - { send: { to: open, query: { a: "${fresh.one}" } }, times: 3 }
      - send: { to: open }
        expect: [{ status: 200, basis: ours }]
"#,
    );
    let run = |seed| play_seeded(&case, Control::Case, seed, all_open).sent;
    let value = |request: &Request, name: &str| {
        let pairs = request
            .query()
            .split('&')
            .filter_map(|pair| pair.split_once('='));
        let mut found = pairs.filter(|(key, _)| *key == name);
        found.next().map(|(_, value)| value.to_owned()).unwrap()
    };
    let sent = run(1);
    assert_eq!(sent.len(), 6);
    let one = value(&sent[0], "a");
    assert_eq!(one.len(), 43);
    assert_eq!(one, value(&sent[0], "b"));
    assert_ne!(one, value(&sent[0], "c"));
    assert_eq!(one, value(&sent[1], "a"));
    let turns: Vec<String> = sent[2..5]
        .iter()
        .map(|request| value(request, "a"))
        .collect();
    assert_ne!(turns[0], turns[1]);
    assert_ne!(turns[1], turns[2]);
    // the same seed brings the same, another run another
    assert_eq!(one, value(&run(1)[0], "a"));
    assert_ne!(one, value(&run(2)[0], "a"));
}

#[test]
fn secrets_of_a_step_enter_the_vault() {
    let case = compiled(
        "authorization-server",
        r#"
    steps:
      - name: first
        grant: { client: confidential }
        expect: [{ outcome: accepted, basis: ours }]
"#,
    );
    let tokens = r#"{"access_token":"an-access-token-of-length","token_type":"Bearer"}"#;
    let played = play(&case, Control::Case, |_, _| answer(200, tokens));
    assert!(findings(&played.ended).is_empty());
    let shown = played
        .vault
        .redact("it said an-access-token-of-length here");
    assert!(
        !shown.as_str().contains("an-access-token"),
        "{}",
        shown.as_str()
    );

    // and so does a credential that a case makes up from one
    let wrong = compiled("resource-server", WRONG);
    let played = play(&wrong, Control::Case, sound);
    let sent = credentials(&played.sent[0]);
    let shown = played.vault.redact(&sent);
    assert_ne!(shown.as_str(), sent);
}

#[test]
fn what_a_run_hears_is_its_own() {
    let case = compiled(
        "client",
        "    steps:\n      - wait: 1s\n    expect: [{ called: { authorize: 0 }, basis: ours }]\n",
    );
    let mut run = Execution::new(case, Control::Case, world(), None, [1; 32]);
    let code = |code: &str| CodeFact {
        code: code.to_owned(),
        ..CodeFact::default()
    };
    let heard = |hop| Exchange {
        seq: 0,
        hop,
        actor: "alice".to_owned(),
        step: 0,
        request: Request::new("GET", world().profile.origin.clone(), "/authorize"),
        answer: answer(303, ""),
        at: Moment::default(),
        took: Duration::ZERO,
    };
    run.overhear(
        vec![heard(Hop::BrowserToProvider), heard(Hop::TargetToProvider)],
        vec![code("own")],
    );
    assert_eq!(run.codes, [code("own")]);
    let hops: Vec<Hop> = run.transcript.iter().map(|exchange| exchange.hop).collect();
    assert_eq!(hops, [Hop::TargetToProvider]);
}
