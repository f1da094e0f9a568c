//! Which cases run, in which order, and why the others don't.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::model::{Capability, CaseId, Effect, Skip};
use crate::source::shape::duration;
use crate::suite::model::{Case, Departure};
use crate::suite::profile::{Profile, Scheme};
use crate::suite::template::{Path, Template, as_text};
use crate::suite::verb::Verb;

use super::bare::departure_alone;
use super::claims::unclaimed;
use super::in_force::{self, reduce};
use super::terms::Terms;

/// A case that waits longer than this is slow, and off unless that is allowed.
const PATIENCE: Duration = Duration::from_secs(5);

/// A case that runs.
#[derive(Clone)]
pub struct Job {
    /// Its place in the plan.
    pub index: usize,
    /// The case, its expectations reduced to what is in force.
    pub case: Arc<Case>,
    /// Another guarded endpoint than the first that fits.
    pub door: Option<String>,
    /// Its address; `@name` where it is asked at a further endpoint.
    pub id: CaseId,
    /// What its good path lacks: it runs without, and no refusal makes it pass.
    pub lacks: Vec<Capability>,
}

/// A case that does not run.
pub struct Skipped {
    /// Its place in the plan.
    pub index: usize,
    /// The case.
    pub case: Arc<Case>,
    /// Why.
    pub why: Skip,
}

/// The plan of a run.
#[derive(Default)]
pub struct Plan {
    /// What runs.
    pub jobs: Vec<Job>,
    /// What does not.
    pub skipped: Vec<Skipped>,
}

impl Plan {
    /// Decides for each case, in the order given.
    pub fn new(cases: Vec<Case>, terms: &Terms<'_>) -> Self {
        let mut plan = Self::default();
        let mut guesses = 0;
        for case in cases {
            let mut case = case;
            let own_scheme = has_own_scheme(&case, terms.profile);
            let dormant = reduce(&mut case, own_scheme, &|word| terms.has_in_force(word));
            for rider in &mut case.riders {
                let unclaimed = || unclaimed(&rider.only_if, terms);
                rider.idle = rider.idle.take().or_else(unclaimed);
            }
            let index = plan.jobs.len() + plan.skipped.len();
            let why = unjudged(&case, &dormant).or_else(|| why_not(&case, terms, &mut guesses));
            let alone = match &why {
                Some(Skip::Missing(missing)) => departure_alone(&case, missing)
                    .filter(|alone| why_not(alone, terms, &mut guesses).is_none())
                    .map(|alone| (alone, missing.clone())),
                _ => None,
            };
            match (why, alone) {
                (_, Some((alone, lacks))) => plan.add(alone, lacks, terms.profile),
                (Some(why), None) => plan.skipped.push(Skipped {
                    index,
                    case: Arc::new(case),
                    why,
                }),
                (None, None) => plan.add(case, Vec::new(), terms.profile),
            }
        }
        plan
    }

    fn add(&mut self, case: Case, lacks: Vec<Capability>, profile: &Profile) {
        let case = Arc::new(case);
        let first = profile.door_for(case.kind).map(|door| door.name.clone());
        let further: Vec<String> = if case.everywhere {
            profile
                .doors
                .iter()
                .map(|door| door.name.clone())
                .filter(|name| Some(name) != first.as_ref())
                .collect()
        } else {
            Vec::new()
        };
        let index = self.jobs.len() + self.skipped.len();
        self.jobs.push(Job {
            index,
            case: Arc::clone(&case),
            door: None,
            id: case.id.clone(),
            lacks: lacks.clone(),
        });
        for name in further {
            let index = self.jobs.len() + self.skipped.len();
            let id = CaseId::new(case.id.suite(), &format!("{}@{name}", case.id.case()));
            self.jobs.push(Job {
                index,
                case: Arc::clone(&case),
                door: Some(name),
                id,
                lacks: lacks.clone(),
            });
        }
    }

    /// Cases in the plan, riders not counted.
    pub fn len(&self) -> usize {
        self.jobs.len() + self.skipped.len()
    }

    /// Whether nothing was selected.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Whether the endpoint that a case is about has a scheme of its own, of which Basic and Bearer say nothing.
pub(super) fn has_own_scheme(case: &Case, profile: &Profile) -> bool {
    let door = profile.door_for(case.kind);
    door.is_some_and(|door| matches!(door.scheme, Scheme::Own | Scheme::Dpop))
}

fn unjudged(case: &Case, dormant: &BTreeSet<String>) -> Option<Skip> {
    let judged = case.expectations().next().is_some();
    (!judged).then(|| Skip::NotApplicable(in_force::why_not(dormant)))
}

fn why_not(case: &Case, terms: &Terms<'_>, guesses: &mut u32) -> Option<Skip> {
    if let Some(why) = unclaimed(&case.only_if, terms) {
        return Some(Skip::NotApplicable(why));
    }
    let missing: Vec<Capability> = case
        .needs
        .difference(&terms.capabilities)
        .copied()
        .collect();
    if missing == [Capability::PublishedKey] && terms.profile.shares_its_key() {
        return Some(Skip::NotApplicable(
            "the tokens are signed with a shared secret: there is no public key to be abused"
                .to_owned(),
        ));
    }
    if !missing.is_empty() {
        return Some(Skip::Missing(missing));
    }
    if terms.profile.door_for(case.kind).is_none() && case.needs.contains(&Capability::Guarded) {
        return Some(Skip::NotApplicable(
            "no guarded endpoint takes this kind of credential".to_owned(),
        ));
    }
    let waits = match waits(case, terms.profile) {
        Ok(waits) => waits,
        Err(name) => {
            return Some(Skip::NotApplicable(format!(
                "the profile does not say how long that takes here (profile: durations: {{ {name}: 10m }})"
            )));
        }
    };
    let slow = (waits > PATIENCE).then_some(Effect::Slow);
    if let Some(effect) = case
        .effects
        .iter()
        .copied()
        .chain(slow)
        .find(|effect| !terms.allowed.contains(effect))
    {
        return Some(Skip::OptIn(effect));
    }
    if guesses_password(case) && !terms.profile.origin.is_loopback() {
        *guesses += 1;
        if *guesses > terms.profile.limits.failed_logins
            && !terms.allowed.contains(&Effect::FailedLogins)
        {
            return Some(Skip::OptIn(Effect::FailedLogins));
        }
    }
    None
}

/// How long a case waits, its twins not counted; the error is a duration that the profile doesn't have.
fn waits(case: &Case, profile: &Profile) -> Result<Duration, String> {
    let mut all = Duration::ZERO;
    for step in case
        .steps
        .iter()
        .filter(|step| step.action.verb == Verb::Wait)
    {
        let Template::Plain(said) = &step.action.args else {
            continue;
        };
        let said = as_text(said);
        let span = duration(&said).or_else(|| profile.duration(&said));
        all = all.saturating_add(span.ok_or(said)?);
    }
    Ok(all)
}

/// Whether it tries a wrong password on the account of a real user.
fn guesses_password(case: &Case) -> bool {
    case.steps.iter().any(|step| {
        let Departure::But { action, .. } = &step.departure else {
            return false;
        };
        let Some(credential) = crate::suite::infer::member(&action.args, "credential") else {
            return false;
        };
        crate::suite::infer::member(&credential, "basic")
            .is_some_and(|basic| crate::suite::infer::member(&basic, "user").is_none())
    })
}

/// The nearest that a case comes to a boundary of time, in seconds; none if time plays no part.
pub fn nearest_boundary(case: &Case) -> Option<u64> {
    let mut nearest = None;
    let mut look = |template: &Template| {
        let mut found = Vec::new();
        template.references(&mut found);
        for reference in found {
            if let Path::Now { offset } = reference.path
                && offset != 0
            {
                let distance = offset.unsigned_abs();
                nearest = Some(nearest.map_or(distance, |known: u64| known.min(distance)));
            }
        }
    };
    for step in &case.steps {
        look(&step.action.args);
        if let Departure::But { action, .. } = &step.departure {
            look(&action.args);
        }
    }
    nearest
}
