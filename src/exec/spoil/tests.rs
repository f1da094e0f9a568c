use std::sync::Arc;
use std::time::Duration;

use super::super::bindings::Bindings;
use super::super::world::World;
use super::*;
use crate::model::{Answer, Exchange, Header, Hop, Moment, Origin, Outcome, Request, Response};
use crate::source::{Sources, render};
use crate::suite::compile::{self, Owner};
use crate::suite::profile;

const PROFILE: &str =
    "target: http://127.0.0.1:9\nguarded: [GET /orders]\nbasic: { user: alice, password: x }\n";

/// What is shown of the expectations of a step that was refused with 401 and a challenge.
fn shown(expectations: &str) -> Vec<Option<String>> {
    let text = format!(
        "suite: mine/one\nrole: resource-server\ncases:\n  - id: one\n    steps:\n      - send: {{ to: protected }}\n        but: {{ credential: none }}\n        expect: [{expectations}]\n"
    );
    let mut sources = Sources::default();
    let file = sources.add("mine.yaml", text);
    let suite = compile::suite(&sources, file, Owner::User)
        .unwrap_or_else(|wrong| panic!("{}", render(&wrong, &sources, false)));
    let file = sources.add("authspec.yaml", PROFILE);
    let read = profile::profile(&sources, file, None, &|_| None, &|_| Err(String::new()));
    let profile = read.unwrap_or_else(|wrong| panic!("{}", render(&wrong, &sources, false)));
    let world = World::new(Arc::new(profile));
    let fields = vec![Header::new("WWW-Authenticate", "Basic realm=\"x\"")];
    let (origin, _) = Origin::parse("http://127.0.0.1:9").unwrap();
    let transcript = [Exchange {
        seq: 0,
        hop: Hop::HarnessToTarget,
        actor: "alice".to_owned(),
        step: 0,
        request: Request::new("GET", origin, "/orders"),
        answer: Answer::Response(Response::new(401, fields, "no")),
        at: Moment::default(),
        took: Duration::ZERO,
    }];
    let own = StepSeen {
        range: 0..1,
        outcome: Some(Outcome::Refused),
        ..StepSeen::default()
    };
    let none = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let record = Record {
        taken: None,
        transcript: &transcript,
        named: &none.0,
        ranges: &none.1,
        who: &none.2,
        codes: &[],
        own_origins: &[],
        ear_works: false,
    };
    let scope = Scope {
        bindings: &Bindings::new([0; 32]),
        world: &world,
        transcript: &transcript,
        now: Moment::default(),
    };
    let expect = &suite.cases[0].steps[0].expect;
    let all = proofs(expect, Some(&own), &record, &scope, |_| true);
    all.into_iter().map(|proof| proof.lacks).collect()
}

#[test]
fn what_is_met_is_missed_once_it_is_spoilt() {
    for expectation in [
        "{ outcome: not-accepted, basis: ours }",
        "{ status: 401, challenge: { scheme: Basic }, basis: ours }",
        // each of these alternatives is what spoiling another one leads to
        "{ any-of: [{ header: { WWW-Authenticate: absent } }, { header: { WWW-Authenticate: { not: { matches: \"(?i).*realm=[^\\\"].*\" } } } }], basis: ours }",
        "{ any-of: [{ header: { WWW-Authenticate: absent } }, { challenge: { scheme: Basic, charset: absent } }, { challenge: { scheme: Basic, charset: UTF-8 } }], basis: ours }",
        "{ any-of: [{ body: absent }, { body: { not: { contains: at line } } }], basis: ours }",
    ] {
        let shown = shown(expectation);
        assert!(!shown.is_empty(), "{expectation}");
        assert!(
            shown.iter().all(Option::is_none),
            "{expectation}: {shown:?}"
        );
    }
}

#[test]
fn an_expectation_that_everything_meets_is_told() {
    let shown = shown("{ any-of: [{ status: 401 }, { status: { not: 401 } }], basis: ours }");
    let why = shown[0].as_deref().unwrap();
    assert!(why.starts_with("`status`: alternative "), "{why}");
    assert!(why.ends_with("is met still"), "{why}");
}

#[test]
fn what_is_missed_already_shows_nothing() {
    assert!(shown("{ status: 403, basis: ours }").is_empty());
}
