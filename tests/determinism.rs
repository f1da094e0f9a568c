//! Order and concurrency change no verdict: all bundled cases against the embedded server, forwards and shuffled, one
//! at a time and 64 in flight.
//!
//! `AUTHSPEC_ROUNDS` says how often (1 if unsaid; the more the slower).

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "helpers of tests; what stops here fails the test, and rounds are asked for by the environment"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use authspec::edge::target::Target;
use authspec::model::RunEvent;
use authspec::run::plan::Plan;
use authspec::run::prepare::prepare;
use authspec::run::runner::{Runner, Settings};
use authspec::run::terms::Terms;
use authspec::source::{Sources, render};
use authspec::suite::bundled;
use authspec::suite::compile::{self, Owner};
use authspec::suite::model::Case;

fn cases() -> Vec<Case> {
    let mut sources = Sources::default();
    let mut cases = Vec::new();
    for file in bundled::FILES {
        let number = sources.add(file.name, file.text);
        match compile::suite(&sources, number, Owner::Bundled) {
            Ok(suite) => cases.extend(suite.cases),
            Err(wrong) => panic!("{}", render(&wrong, &sources, false)),
        }
    }
    cases
}

/// Fisher and Yates, with a generator that needs no library (xorshift64).
fn shuffle(cases: &mut [Case], seed: u64) {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    for at in (1..cases.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let other = state % (u64::try_from(at).unwrap() + 1);
        cases.swap(at, usize::try_from(other).unwrap());
    }
}

/// Verdict and words of every case by id. What was fresh in a run (ports, values) is no part of it.
async fn verdicts(cases: Vec<Case>, in_flight: usize) -> BTreeMap<String, String> {
    let target = Target::embedded(&[]).await.unwrap();
    let prepared = prepare(Arc::clone(&target.profile), &target.ports).await;
    let terms = Terms::of(&prepared, true);
    let plan = Plan::new(cases, &terms);
    let mut said = BTreeMap::new();
    let mut tell = |event| {
        if let RunEvent::CaseFinished(outcome) = event {
            let words = match outcome.verdict.word() {
                "pass" => "pass".to_owned(),
                _ => format!("{:?}", outcome.verdict),
            };
            said.insert(outcome.id.to_string(), words);
        }
    };
    let settings = Settings {
        in_flight,
        keep_passed: false,
        spoils: false,
        records: false,
        stop: Arc::default(),
    };
    let mut runner = Runner::new(prepared, &target.ports, settings, &mut tell);
    runner.calibrate().await;
    runner.run(plan).await;
    target.stop().await;
    said
}

fn rounds() -> u64 {
    let rounds = std::env::var("AUTHSPEC_ROUNDS").unwrap_or_else(|_| "1".to_owned());
    rounds.parse().unwrap()
}

#[tokio::test]
async fn the_same_verdicts_in_any_order_at_any_concurrency() {
    let all = cases();
    let first = verdicts(all.clone(), 64).await;
    assert!(first.len() >= all.len());
    let failed: Vec<_> = first.iter().filter(|(_, said)| *said != "pass").collect();
    assert!(
        !failed.iter().any(|(_, said)| said.starts_with("Fail")),
        "the right server fails: {failed:#?}"
    );
    for round in 0..rounds() {
        let mut cases = all.clone();
        shuffle(&mut cases, round + 1);
        let in_flight = [1, 64, 16][usize::try_from(round % 3).unwrap()];
        let again = verdicts(cases, in_flight).await;
        let differs: Vec<String> = first
            .iter()
            .filter(|(id, said)| again.get(*id) != Some(said))
            .map(|(id, said)| format!("{id}: {said}, then {:?}", again.get(id)))
            .collect();
        assert!(
            differs.is_empty(),
            "round {round}, {in_flight} in flight:\n{}",
            differs.join("\n")
        );
        assert_eq!(again.len(), first.len());
    }
}
