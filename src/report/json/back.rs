//! A report back into the events of its run, so that every format can be made of one.

use std::time::Duration;

use super::shape::{
    Basis, Case, Exchange, Finding, Known, Level, Note, Place, Report, Shard, Skip, Summary,
    Verdict,
};
use crate::model::recorded::Recorded;
use crate::model::{self, Capability, CaseId, RequirementId, RunEvent, Vault};

/// Who spoke to whom, as exchanges say it.
const HOPS: [&str; 5] = [
    "authspec -> target",
    "browser -> target",
    "browser -> provider",
    "target -> provider",
    "somebody -> listener",
];

impl Report {
    /// What the run said, as far as the report holds it.
    ///
    /// # Errors
    /// A word that this program doesn't know.
    pub fn events(&self) -> Result<Vec<RunEvent>, String> {
        let mut events = vec![RunEvent::RunStarted {
            target: self.target.clone(),
            cases: self.planned,
            setting: Box::new(model::Setting {
                flags: self.run.flags.clone(),
                suites: self.run.suites.clone(),
                profile: self.run.profile.clone(),
                shard: self.run.shard.as_ref().map(shard),
                in_force: self.run.in_force.clone(),
            }),
        }];
        for note in &self.notes {
            events.push(RunEvent::Noted(note_of(note)?));
        }
        for case in &self.cases {
            events.push(RunEvent::CaseFinished(Box::new(outcome(case)?)));
        }
        events.push(RunEvent::RunFinished(self.summary_back()));
        Ok(events)
    }

    fn summary_back(&self) -> model::Summary {
        let mut summary = summary(&self.summary);
        if !self.complete && summary.interrupted.is_none() {
            summary.interrupted = Some("the run did not come to its end".to_owned());
        }
        summary
    }
}

fn shard(shard: &Shard) -> model::Shard {
    let rank = |(id, rank): (&String, &u32)| (case_id(id), *rank);
    model::Shard {
        number: shard.number,
        of: shard.of,
        ranks: shard.ranks.iter().map(rank).collect(),
    }
}

fn summary(counts: &Summary) -> model::Summary {
    model::Summary {
        passed: counts.passed,
        warned: counts.warned,
        failed: counts.failed,
        skipped: counts.skipped,
        inconclusive: counts.inconclusive,
        known_failed: counts.known_failed,
        known_warned: counts.known_warned,
        stale: counts.stale,
        requests: counts.requests,
        took: span(counts.milliseconds),
        interrupted: counts.interrupted.clone(),
    }
}

fn note_of(note: &Note) -> Result<model::TargetNote, String> {
    Ok(model::TargetNote {
        about: note.about.clone(),
        says: note.says.clone(),
        finding: note.finding.as_ref().map(finding).transpose()?,
    })
}

fn outcome(case: &Case) -> Result<model::CaseOutcome, String> {
    Ok(model::CaseOutcome {
        id: case_id(&case.id),
        title: case.title.clone(),
        role: same(model::Role::ALL, case.role)?,
        severity: same(model::Severity::ALL, case.severity)?,
        verdict: verdict(case)?,
        why: case.why.clone(),
        fix: case.fix.clone(),
        references: case.references.clone(),
        departs: case.departs.clone(),
        rests_on: case.rests_on.iter().map(basis).collect::<Result<_, _>>()?,
        known: case.known.as_ref().map(known),
        place: place(&case.place),
        notes: case.notes.clone(),
        evidence: case
            .evidence
            .iter()
            .map(exchange)
            .collect::<Result<_, _>>()?,
        requests: case.requests,
        took: span(case.milliseconds),
        proofs: Vec::new(),
        record: case.record.as_ref().map(record).transpose()?,
    })
}

fn record(record: &serde_json::Value) -> Result<Box<Recorded>, String> {
    let read = serde_json::from_value(record.clone());
    read.map(Box::new)
        .map_err(|why| format!("what was recorded can't be read: {why}"))
}

fn verdict(case: &Case) -> Result<model::Verdict, String> {
    let findings = || case.findings.iter().map(finding).collect::<Result<_, _>>();
    Ok(match case.verdict {
        Verdict::Pass => model::Verdict::Pass,
        Verdict::Warn => model::Verdict::Warn(findings()?),
        Verdict::Fail => model::Verdict::Fail(findings()?),
        Verdict::Inconclusive => {
            model::Verdict::Inconclusive(case.reason.clone().unwrap_or_default())
        }
        Verdict::Skip => model::Verdict::Skip(match &case.skip {
            Some(one) => skip(one)?,
            None => return Err(format!("{} is skipped and does not say why", case.id)),
        }),
    })
}

fn skip(skip: &Skip) -> Result<model::Skip, String> {
    Ok(match skip {
        Skip::Missing { capabilities } => {
            let known = |word: &str| {
                Capability::from_word(word)
                    .ok_or_else(|| format!("no capability is called `{word}`"))
            };
            let all = capabilities.iter().map(|one| known(&one.word));
            model::Skip::Missing(all.collect::<Result<_, _>>()?)
        }
        Skip::NotApplicable { why } => model::Skip::NotApplicable(why.clone()),
        Skip::OptIn { effect, .. } => model::Skip::OptIn(same(model::Effect::ALL, *effect)?),
    })
}

fn finding(finding: &Finding) -> Result<model::Finding, String> {
    Ok(model::Finding {
        basis: finding.basis.iter().map(basis).collect::<Result<_, _>>()?,
        expected: finding.expected.clone(),
        actual: finding.actual.clone(),
        place: place(&finding.place),
        evidence: finding.evidence.clone(),
    })
}

fn basis(basis: &Basis) -> Result<model::Basis, String> {
    let level = same::<_, Level>(model::Level::ALL, basis.level)?;
    let id = basis.id.clone();
    let ours = model::Basis::Ours { level };
    Ok(if id == ours.id() {
        ours
    } else if id.starts_with("CWE-") {
        model::Basis::Weakness { id, level }
    } else {
        let id = RequirementId::new(id);
        model::Basis::Requirement { id, level }
    })
}

fn known(known: &Known) -> model::Known {
    model::Known {
        reason: known.reason.clone(),
        owner: known.owner.clone(),
        expires: known.expires.clone(),
    }
}

fn place(place: &Place) -> model::Place {
    model::Place {
        file: place.file.clone(),
        line: place.line,
        column: place.column,
        text: place.text.clone(),
        width: place.width,
    }
}

/// The report was redacted when it was written; a vault without secrets changes nothing.
fn exchange(exchange: &Exchange) -> Result<model::EvidenceExchange, String> {
    let vault = Vault::default();
    let hop = HOPS.iter().find(|hop| **hop == exchange.hop);
    Ok(model::EvidenceExchange {
        seq: exchange.seq,
        hop: hop.ok_or_else(|| format!("nobody speaks as in `{}`", exchange.hop))?,
        actor: exchange.actor.clone(),
        step: exchange.step,
        request: vault.redact(&exchange.request),
        answer: vault.redact(&exchange.answer),
        curl: vault.redact(&exchange.curl),
        took: span(exchange.milliseconds),
    })
}

fn case_id(id: &str) -> CaseId {
    let (suite, case) = id.split_once("::").unwrap_or((id, ""));
    CaseId::new(suite, case)
}

/// The value of the model that the shape mirrors.
fn same<M: Copy, S: From<M> + PartialEq>(all: &[M], shape: S) -> Result<M, String> {
    let found = all.iter().copied().find(|one| S::from(*one) == shape);
    found.ok_or_else(|| "a word of a closed list is unknown".to_owned())
}

fn span(milliseconds: f64) -> Duration {
    Duration::try_from_secs_f64((milliseconds * 1e3).round() / 1e6).unwrap_or_default()
}
