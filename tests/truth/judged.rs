//! Bundled cases, run through the library against a server of these tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use authspec::edge::target::Target;
use authspec::model::{CaseOutcome, RunEvent, Summary, TargetNote, Verdict};
use authspec::run::plan::Plan;
use authspec::run::prepare::prepare;
use authspec::run::runner::{Runner, Settings};
use authspec::run::terms::Terms;
use authspec::source::{Sources, render};
use authspec::suite::bundled;
use authspec::suite::compile::{self, Owner};
use authspec::suite::model::{Case, Check};
use authspec::suite::profile::{self, Profile};
use authspec::suite::template::Template;

/// The bundled cases whose id begins with one of these.
pub(crate) fn bundled(prefixes: &[&str]) -> Vec<Case> {
    let wanted = |id: &str| prefixes.iter().any(|prefix| id.starts_with(prefix));
    let mut cases = Vec::new();
    for file in bundled::FILES {
        cases.extend(compiled(file.name, file.text, Owner::Bundled));
    }
    cases.retain(|case| wanted(case.id.as_str()));
    assert!(!cases.is_empty(), "no case begins with {prefixes:?}");
    cases
}

/// All cases about Basic, and those that any guarded endpoint gets.
pub(crate) fn basic() -> Vec<Case> {
    bundled(&["basic/", "access/"])
}

/// The cases of a suite as a user writes it.
pub(crate) fn suite(text: &str) -> Vec<Case> {
    compiled("mine.yaml", text, Owner::User)
}

/// An account that nobody should get in with.
pub(crate) fn admin() -> Vec<Case> {
    suite(
        r#"
suite: mine/admin
role: resource-server
cases:
  - id: admin
    steps:
      - send: { to: protected, credential: basic }
        but: { credential: { basic: { user: admin, password: admin } } }
        expect: [{ outcome: not-accepted, basis: ours }]
"#,
    )
}

fn compiled(name: &str, text: &str, owner: Owner) -> Vec<Case> {
    let mut sources = Sources::default();
    let file = sources.add(name, text);
    match compile::suite(&sources, file, owner) {
        Ok(suite) => suite.cases,
        Err(wrong) => panic!("{}", render(&wrong, &sources, false)),
    }
}

fn profile(text: &str) -> Profile {
    let mut sources = Sources::default();
    let file = sources.add("authspec.yaml", text);
    let no_file = |path: &str| Err(format!("{path} is not read here"));
    match profile::profile(&sources, file, None, &|_| None, &no_file) {
        Ok(profile) => profile,
        Err(wrong) => panic!("{}", render(&wrong, &sources, false)),
    }
}

/// What was said in a run.
pub(crate) struct Run {
    pub(crate) outcomes: BTreeMap<String, CaseOutcome>,
    pub(crate) notes: Vec<TargetNote>,
    pub(crate) summary: Summary,
}

/// Runs cases with 16 in flight.
pub(crate) async fn run(profile: &str, cases: &[Case]) -> Run {
    run_with(profile, cases, 16).await
}

/// Runs cases with so many in flight.
pub(crate) async fn run_with(text: &str, cases: &[Case], in_flight: usize) -> Run {
    let profile = profile(text);
    let origins = profile.named_origins();
    let attached = Target::attached(Arc::new(profile), origins).await;
    judged_at(&attached.unwrap(), cases, in_flight, false).await
}

/// Runs cases at the embedded server, whose clock moves instead of waiting.
pub(crate) async fn embedded(cases: &[Case]) -> Run {
    let target = Target::embedded(&[]).await.unwrap();
    let run = judged_at(&target, cases, 16, true).await;
    target.stop().await;
    run
}

async fn judged_at(target: &Target, cases: &[Case], in_flight: usize, ours: bool) -> Run {
    let prepared = prepare(Arc::clone(&target.profile), &target.ports).await;
    let plan = Plan::new(cases.to_vec(), &Terms::of(&prepared, ours));
    let mut events = Vec::new();
    let mut tell = |event| events.push(event);
    let settings = Settings {
        in_flight,
        keep_passed: true,
        stop: Arc::default(),
        spoils: false,
        records: false,
    };
    let mut runner = Runner::new(prepared, &target.ports, settings, &mut tell);
    runner.calibrate().await;
    runner.run(plan).await;
    heard(events)
}

fn heard(events: Vec<RunEvent>) -> Run {
    let mut run = Run {
        outcomes: BTreeMap::new(),
        notes: Vec::new(),
        summary: Summary::default(),
    };
    for event in events {
        match event {
            RunEvent::RunStarted { .. } | RunEvent::CaseStarted(_) => {}
            RunEvent::Noted(note) => run.notes.push(note),
            RunEvent::CaseFinished(outcome) => {
                let twice = run.outcomes.insert(outcome.id.to_string(), *outcome);
                assert!(
                    twice.is_none(),
                    "{:?} was told twice",
                    twice.map(|one| one.id)
                );
            }
            RunEvent::RunFinished(summary) => run.summary = summary,
        }
    }
    run
}

impl Run {
    pub(crate) fn verdict(&self, id: &str) -> &Verdict {
        let outcome = self.outcomes.get(id);
        &outcome
            .unwrap_or_else(|| panic!("{id} was not judged"))
            .verdict
    }

    /// The ids of all that got this word.
    pub(crate) fn with(&self, word: &str) -> Vec<&str> {
        let got = |(_, outcome): &(&String, &CaseOutcome)| outcome.verdict.word() == word;
        self.outcomes
            .iter()
            .filter(got)
            .map(|(id, _)| id.as_str())
            .collect()
    }

    /// The reason of an inconclusive case.
    pub(crate) fn why(&self, id: &str) -> &str {
        match self.verdict(id) {
            Verdict::Inconclusive(why) => why,
            other => panic!("{id} is {other:?}"),
        }
    }

    /// Every reason that was given, each once, with how often.
    pub(crate) fn reasons(&self) -> BTreeMap<&str, usize> {
        let mut reasons = BTreeMap::new();
        for outcome in self.outcomes.values() {
            if let Verdict::Inconclusive(why) = &outcome.verdict {
                *reasons.entry(why.as_str()).or_default() += 1;
            }
        }
        reasons
    }

    /// What was noted of something.
    pub(crate) fn noted(&self, about: &str) -> Vec<&str> {
        let notes = self.notes.iter().filter(|note| note.about == about);
        notes.map(|note| note.says.as_str()).collect()
    }

    /// One line for each verdict that is no pass, for the message of a failed assertion.
    pub(crate) fn told(&self) -> String {
        let mut text = format!("{:?}\n", self.summary);
        for note in &self.notes {
            text.push_str(&format!("note {}: {}\n", note.about, note.says));
        }
        for (id, outcome) in &self.outcomes {
            let detail = match &outcome.verdict {
                Verdict::Pass => continue,
                Verdict::Inconclusive(why) => why.clone(),
                Verdict::Skip(skip) => skip.to_string(),
                Verdict::Warn(found) | Verdict::Fail(found) => found
                    .iter()
                    .map(|one| format!("expected {}, got {}; ", one.expected, one.actual))
                    .collect(),
            };
            text.push_str(&format!("{} {id}: {detail}\n", outcome.verdict.word()));
        }
        text
    }

    /// Nothing was let in: these words and no others have these ids.
    #[track_caller]
    pub(crate) fn assert_only(&self, word: &str, ids: &[&str]) {
        assert_eq!(self.with(word), ids, "\n{}", self.told());
    }
}

/// The ids of cases that can pass only by a refusal.
pub(crate) fn negative(cases: &[Case]) -> Vec<&str> {
    let refused = |check: &Check| {
        check.any_of.iter().flatten().any(|(kind, argument)| {
            let word = match argument {
                Template::Plain(word) => word.as_str().unwrap_or_default(),
                _ => "",
            };
            kind.name == "outcome" && matches!(word, "not-accepted" | "refused")
        })
    };
    let is_negative = |case: &&Case| {
        let judged = case.steps.iter().flat_map(|step| &step.expect);
        judged.chain(&case.expect).any(|one| refused(&one.check))
    };
    let cases = cases.iter().filter(is_negative);
    cases.map(|case| case.id.as_str()).collect()
}
