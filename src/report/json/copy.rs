//! How the model is copied into the shape of version 1.

use std::time::Duration;

use super::shape::{
    Basis, Capability, Case, Exchange, Finding, Known, Note, Place, Run, Shard, Skip, Summary,
    Verdict,
};
use crate::model;

impl From<&model::Verdict> for Verdict {
    fn from(verdict: &model::Verdict) -> Self {
        match verdict {
            model::Verdict::Pass => Self::Pass,
            model::Verdict::Warn(_) => Self::Warn,
            model::Verdict::Fail(_) => Self::Fail,
            model::Verdict::Skip(_) => Self::Skip,
            model::Verdict::Inconclusive(_) => Self::Inconclusive,
        }
    }
}

impl From<&model::Summary> for Summary {
    fn from(counts: &model::Summary) -> Self {
        Self {
            failed: counts.failed,
            warned: counts.warned,
            passed: counts.passed,
            inconclusive: counts.inconclusive,
            skipped: counts.skipped,
            known_failed: counts.known_failed,
            known_warned: counts.known_warned,
            stale: counts.stale,
            judged: counts.judged(),
            total: counts.total(),
            requests: counts.requests,
            milliseconds: milliseconds(counts.took),
            interrupted: counts.interrupted.clone(),
        }
    }
}

impl From<&model::Setting> for Run {
    fn from(setting: &model::Setting) -> Self {
        Self {
            flags: setting.flags.clone(),
            suites: setting.suites.clone(),
            profile: setting.profile.clone(),
            shard: setting.shard.as_ref().map(Shard::from),
            in_force: setting.in_force.clone(),
        }
    }
}

impl From<&model::Shard> for Shard {
    fn from(shard: &model::Shard) -> Self {
        let ranks = shard.ranks.iter();
        Self {
            number: shard.number,
            of: shard.of,
            ranks: ranks.map(|(id, rank)| (id.to_string(), *rank)).collect(),
        }
    }
}

impl From<&model::Known> for Known {
    fn from(known: &model::Known) -> Self {
        Self {
            reason: known.reason.clone(),
            owner: known.owner.clone(),
            expires: known.expires.clone(),
        }
    }
}

impl From<&model::TargetNote> for Note {
    fn from(note: &model::TargetNote) -> Self {
        Self {
            about: note.about.clone(),
            says: note.says.clone(),
            finding: note.finding.as_ref().map(Finding::from),
        }
    }
}

impl From<&model::CaseOutcome> for Case {
    fn from(outcome: &model::CaseOutcome) -> Self {
        let (reason, skip) = match &outcome.verdict {
            model::Verdict::Inconclusive(reason) => (Some(reason.clone()), None),
            model::Verdict::Skip(skip) => (None, Some(Skip::from(skip))),
            _ => (None, None),
        };
        Self {
            id: outcome.id.as_str().to_owned(),
            suite: outcome.id.suite().to_owned(),
            title: outcome.title.clone(),
            role: outcome.role.into(),
            severity: outcome.severity.into(),
            verdict: Verdict::from(&outcome.verdict),
            findings: outcome
                .verdict
                .findings()
                .iter()
                .map(Finding::from)
                .collect(),
            reason,
            skip,
            notes: outcome.notes.clone(),
            departs: outcome.departs.clone(),
            rests_on: outcome.rests_on.iter().map(Basis::from).collect(),
            known: outcome.known.as_ref().map(Known::from),
            why: outcome.why.clone(),
            fix: outcome.fix.clone(),
            references: outcome.references.clone(),
            place: Place::from(&outcome.place),
            evidence: outcome.evidence.iter().map(Exchange::from).collect(),
            requests: outcome.requests,
            milliseconds: milliseconds(outcome.took),
            record: outcome
                .record
                .as_ref()
                .and_then(|record| serde_json::to_value(record).ok()),
        }
    }
}

impl From<&model::Finding> for Finding {
    fn from(finding: &model::Finding) -> Self {
        Self {
            basis: finding.basis.iter().map(Basis::from).collect(),
            expected: finding.expected.clone(),
            actual: finding.actual.clone(),
            place: Place::from(&finding.place),
            evidence: finding.evidence.clone(),
        }
    }
}

impl From<&model::Basis> for Basis {
    fn from(basis: &model::Basis) -> Self {
        Self {
            id: basis.id().to_owned(),
            level: basis.level().into(),
        }
    }
}

impl From<&model::Place> for Place {
    fn from(place: &model::Place) -> Self {
        Self {
            file: place.file.clone(),
            line: place.line,
            column: place.column,
            text: place.text.clone(),
            width: place.width,
        }
    }
}

impl From<&model::EvidenceExchange> for Exchange {
    fn from(exchange: &model::EvidenceExchange) -> Self {
        Self {
            seq: exchange.seq,
            hop: exchange.hop.to_owned(),
            actor: exchange.actor.clone(),
            step: exchange.step,
            request: exchange.request.as_str().to_owned(),
            answer: exchange.answer.as_str().to_owned(),
            curl: exchange.curl.as_str().to_owned(),
            milliseconds: milliseconds(exchange.took),
        }
    }
}

impl From<&model::Skip> for Skip {
    fn from(skip: &model::Skip) -> Self {
        match skip {
            model::Skip::Missing(missing) => Self::Missing {
                capabilities: missing.iter().copied().map(Capability::from).collect(),
            },
            model::Skip::NotApplicable(why) => Self::NotApplicable { why: why.clone() },
            model::Skip::OptIn(effect) => Self::OptIn {
                effect: (*effect).into(),
                hint: format!("--allow {effect}"),
            },
        }
    }
}

impl From<model::Capability> for Capability {
    fn from(one: model::Capability) -> Self {
        Self {
            word: one.word().to_owned(),
            what: one.what().to_owned(),
            hint: one.hint().to_owned(),
        }
    }
}

/// Milliseconds with three decimals, which a double keeps exactly enough to be read back the same.
fn milliseconds(span: Duration) -> f64 {
    (span.as_secs_f64() * 1e6).round() / 1e3
}
