//! From ended runs to the outcomes that reports hear: redacted, in the order of the plan, riders behind their host.

mod shown;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::exec::execution::RiderEnd;
use crate::model::{
    Basis, CaseId, CaseOutcome, Exchange, Finding, Level, RequirementId, Role, RunEvent, Severity,
    Skip, Summary, TargetNote, Vault, Verdict,
};
use crate::suite::model::{Case, Expectation, Rider};
use crate::suite::profile::Door;

use super::plan::Job;
use super::probe::nowhere;
use super::record::{self, Standing};
use super::redact;
use super::runner::{Lack, Ran};
use super::said::{Misses, Mute, Said, proved, settle, unjudged_with_host};

use shown::Shown;

/// Outcomes on their way to the reports.
pub struct Outcomes<'a> {
    tell: &'a mut dyn FnMut(RunEvent),
    keep_passed: bool,
    expected: usize,
    next: usize,
    early: BTreeMap<usize, Vec<CaseOutcome>>,
    summary: Summary,
}

impl<'a> Outcomes<'a> {
    /// Nothing was said yet.
    pub fn new(tell: &'a mut dyn FnMut(RunEvent), keep_passed: bool) -> Self {
        Self {
            tell,
            keep_passed,
            expected: 0,
            next: 0,
            early: BTreeMap::new(),
            summary: Summary::default(),
        }
    }

    /// How many places the plan has.
    pub fn expect(&mut self, places: usize) {
        self.expected = places;
    }

    /// Says that a case begins.
    pub fn started(&mut self, id: &CaseId) {
        (self.tell)(RunEvent::CaseStarted(id.clone()));
    }

    /// Says something about the target.
    pub fn note(&mut self, about: &str, says: &str) {
        (self.tell)(RunEvent::Noted(TargetNote {
            about: about.to_owned(),
            says: says.to_owned(),
            finding: None,
        }));
    }

    /// A guarded endpoint that is open: one finding.
    pub fn open_door(
        &mut self,
        door: &Door,
        what: &str,
        leaked: bool,
        evidence: &[Exchange],
        vault: &Vault,
    ) {
        let (name, basis) = if leaked {
            (
                "leak",
                Basis::Weakness {
                    id: "CWE-524".to_owned(),
                    level: Level::Must,
                },
            )
        } else {
            (
                "open-door",
                Basis::Requirement {
                    id: RequirementId::new("RFC6749-7-1"),
                    level: Level::Must,
                },
            )
        };
        let basis = match (leaked, door.scheme) {
            (false, crate::suite::profile::Scheme::Basic) => Basis::Requirement {
                id: RequirementId::new("RFC7617-2-7"),
                level: Level::Must,
            },
            (false, crate::suite::profile::Scheme::Own) => Basis::Weakness {
                id: "CWE-306".to_owned(),
                level: Level::Must,
            },
            _ => basis,
        };
        let finding = Finding {
            basis: vec![basis.clone()],
            expected: "refused without a credential".to_owned(),
            actual: redact::text(what, vault),
            place: nowhere(),
            evidence: evidence.iter().map(|exchange| exchange.seq).collect(),
        };
        let outcome = CaseOutcome {
            id: CaseId::new("calibration", &format!("{name}[{}]", door.name)),
            title: "A guarded endpoint gives nothing to a request without credential".to_owned(),
            role: Role::ResourceServer,
            severity: Severity::Critical,
            verdict: Verdict::Fail(vec![finding]),
            why: "Whoever knows the address gets what the credential should guard.".to_owned(),
            fix: if leaked {
                "Answer with Cache-Control: private or no-store, and let no shared cache or session answer for another request.".to_owned()
            } else {
                "Check the credential before the handler runs, on this method and path too."
                    .to_owned()
            },
            references: vec![if leaked { "CWE-524" } else { "CWE-306" }.to_owned()],
            departs: vec!["credential: none".to_owned()],
            rests_on: vec![basis.clone()],
            known: None,
            place: nowhere(),
            notes: Vec::new(),
            evidence: evidence
                .iter()
                .map(|exchange| redact::exchange(exchange, vault))
                .collect(),
            requests: u32::try_from(evidence.len()).unwrap_or(u32::MAX),
            took: Duration::ZERO,
            proofs: Vec::new(),
            record: None,
        };
        self.say(outcome);
    }

    fn say(&mut self, outcome: CaseOutcome) {
        self.summary.count(&outcome.verdict);
        (self.tell)(RunEvent::CaseFinished(Box::new(outcome)));
    }

    /// Outcomes of a place of the plan; they are told once all before them are.
    pub fn put(&mut self, index: usize, outcomes: Vec<CaseOutcome>) {
        self.early.insert(index, outcomes);
        while let Some(outcomes) = self.early.remove(&self.next) {
            self.next += 1;
            outcomes.into_iter().for_each(|outcome| self.say(outcome));
        }
    }

    /// A case whose run ended and whose controls are known; `anonymous` says that its endpoint was never seen to
    /// open.
    pub(super) fn judged(
        &mut self,
        job: &Job,
        ran: Ran,
        control: Result<(), Lack>,
        mute: Option<&Mute>,
        anonymous: bool,
        vault: &Vault,
    ) {
        let Ran {
            transcript,
            ended,
            riders,
            requests,
            took,
            proofs,
            log,
            ..
        } = ran;
        let mut outcome = blank(&job.case, job.id.clone());
        outcome.requests = requests;
        outcome.took = took;
        outcome.proofs = proofs;
        let transcript = transcript.as_slice();
        let standing = Standing {
            control: &control,
            mute,
            anonymous,
            lacks: &job.lacks,
        };
        let shown = Shown::of(&job.case, transcript, vault);
        outcome.record = log.map(|log| {
            let near = shown.near();
            Box::new(record::of(
                &job.case, transcript, *log, &standing, near, vault,
            ))
        });
        let misses = Misses::of(&job.case);
        let host = proved(&control, anonymous, &job.lacks, job.case.expectations());
        let said = settle(ended, &host, mute, misses);
        shown.fill(&mut outcome, said, self.keep_passed);
        // a refusal that proves nothing by itself is looked at all the same
        let unproved = matches!(&host, Err(Lack::Missing(_)));
        let passed = unproved && matches!(outcome.verdict, Verdict::Skip(_))
            || matches!(outcome.verdict, Verdict::Pass | Verdict::Warn(_));
        let mut all = vec![outcome];
        for (index, rider) in job.case.riders.iter().enumerate() {
            let host = all[0].id.clone();
            let id = rider_id(&job.id, rider);
            let mut outcome = blank_rider(rider, job.case.role, id);
            let end = riders.iter().find(|end| end.index == index);
            let said = match end {
                _ if let Some(why) = &rider.idle => Said::Skip(Skip::NotApplicable(why.clone())),
                Some(RiderEnd { ended, .. }) if passed => {
                    let control = proved(&control, anonymous, &job.lacks, rider.expect.iter());
                    settle(ended.clone(), &control, mute, misses)
                }
                _ => unjudged_with_host(&all[0].verdict, &host),
            };
            shown.fill(&mut outcome, said, self.keep_passed);
            all.push(outcome);
        }
        self.put(job.index, all);
    }

    /// The counts so far, with every place told.
    pub fn finish(&mut self) -> Summary {
        let left: Vec<CaseOutcome> = std::mem::take(&mut self.early)
            .into_values()
            .flatten()
            .collect();
        left.into_iter().for_each(|outcome| self.say(outcome));
        self.summary.clone()
    }

    /// Says that nothing follows.
    pub fn finished(&mut self, summary: &Summary) {
        (self.tell)(RunEvent::RunFinished(summary.clone()));
    }
}

fn blank(case: &Case, id: CaseId) -> CaseOutcome {
    CaseOutcome {
        id,
        title: case.title.clone(),
        role: case.role,
        severity: case.severity,
        verdict: Verdict::Pass,
        why: case.why.clone(),
        fix: case.fix.clone(),
        references: case.references.clone(),
        departs: Vec::new(),
        rests_on: rests_on(case.expectations()),
        known: None,
        place: case.place.clone(),
        notes: Vec::new(),
        evidence: Vec::new(),
        requests: 0,
        took: Duration::ZERO,
        proofs: Vec::new(),
        record: None,
    }
}

fn blank_rider(rider: &Rider, role: Role, id: CaseId) -> CaseOutcome {
    CaseOutcome {
        id,
        title: rider.title.clone(),
        role,
        severity: rider.severity,
        verdict: Verdict::Pass,
        why: rider.why.clone(),
        fix: rider.fix.clone(),
        references: rider.references.clone(),
        departs: Vec::new(),
        rests_on: rests_on(rider.expect.iter()),
        known: None,
        place: rider.place.clone(),
        notes: Vec::new(),
        evidence: Vec::new(),
        requests: 0,
        took: Duration::ZERO,
        proofs: Vec::new(),
        record: None,
    }
}

/// What these rest on, each once, in the author's order.
fn rests_on<'a>(expectations: impl Iterator<Item = &'a Expectation>) -> Vec<Basis> {
    let mut all: Vec<Basis> = Vec::new();
    for basis in expectations.flat_map(|one| &one.basis) {
        if !all.contains(basis) {
            all.push(basis.clone());
        }
    }
    all
}

/// A rider's address behind its host's, which may name a further endpoint.
fn rider_id(host: &CaseId, rider: &Rider) -> CaseId {
    let name = rider.id.as_str().rsplit('/').next().unwrap_or_default();
    host.rider(name)
}

/// Outcomes of a case and its riders that did not run.
pub fn skipped_outcome(case: &Case, why: &Skip) -> Vec<CaseOutcome> {
    all(case, &case.id, &Verdict::Skip(why.clone()))
}

/// Outcomes of a case and its riders that could not be judged.
pub fn inconclusive_outcome(job: &Job, why: &str) -> Vec<CaseOutcome> {
    all(&job.case, &job.id, &Verdict::Inconclusive(why.to_owned()))
}

fn all(case: &Case, id: &CaseId, verdict: &Verdict) -> Vec<CaseOutcome> {
    let mut outcome = blank(case, id.clone());
    outcome.verdict = verdict.clone();
    let mut outcomes = vec![outcome];
    for rider in &case.riders {
        let mut outcome = blank_rider(rider, case.role, rider_id(id, rider));
        outcome.verdict = verdict.clone();
        outcomes.push(outcome);
    }
    outcomes
}
