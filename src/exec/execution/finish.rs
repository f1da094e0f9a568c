//! How a step ends: what must be so, what makes the case apply, what is judged; and at the end of all, the case.

use std::sync::Arc;

use crate::model::{Answer, Exchange, Hop, Moment, Outcome, Silence, Weight};
use crate::suite::model::{Check, Departure, Hold, Step};
use crate::suite::template::as_text;
use crate::suite::verb::Verb;

use super::super::act::{End, Trouble};
use super::super::bindings::guard;
use super::super::judge::{Judged, Judgement, Record, StepSeen, examine, judge};
use super::super::retold;
use super::super::spoil::proofs;
use super::super::taken::needs_taken;
use super::{Control, Ended, Execution, RiderEnd, Want};

impl Execution {
    pub(super) fn copy_cookies(&mut self, end: &mut End) {
        if let (Some(from), Some(to)) = (
            end.results.remove("copy-from"),
            end.results.remove("copy-to"),
        ) {
            let mut jar = self.jars.get(&as_text(&from)).cloned().unwrap_or_default();
            self.idle |= jar.is_empty();
            if let Some(other) = end.results.remove("copy-told-of") {
                let users = self.world.profile.players();
                let user = |actor| users.get(as_text(actor).as_str());
                let told = retold::pairs(user(&from), user(&other));
                self.idle |= !jar.retell(|value| retold::value(value, &told));
            }
            self.jars.insert(as_text(&to), jar);
        }
    }

    /// A step is done: what must be so, what makes it apply, what is judged.
    pub(super) fn finish_step(&mut self, end: End, now: Moment) {
        let case = Arc::clone(&self.case);
        let Some(step) = case.steps.get(self.at) else {
            return;
        };
        self.log_step(&end, now);
        let number = self.at + 1;
        let what = format!("step {number} ({})", step.action.verb.word());
        // who-am-I is asked by the engine; it is no answer of the step
        let asked = usize::from(end.who.is_some());
        let range = self.begun_at
            ..self
                .transcript
                .len()
                .saturating_sub(asked)
                .max(self.begun_at);
        let seen = StepSeen {
            range: range.clone(),
            outcome: end.outcome,
            results: end.results.clone(),
            actor: end
                .who
                .as_ref()
                .map_or_else(|| self.actor(&step.actor, now), |(actor, _)| actor.clone()),
        };
        guard(&end.results, &mut self.vault);
        match end.who {
            Some((actor, identity)) => {
                self.who.insert(actor, identity);
            }
            // a request that who-am-I did not follow may have changed who is logged in
            None if matches!(step.action.verb, Verb::Send | Verb::Again) => {
                self.who.remove(&seen.actor);
            }
            None => {}
        }
        let turns = step.times.max(1);
        if let Some(name) = &step.name {
            self.bindings
                .keep(name, end.results, range.end.checked_sub(1), turns > 1);
            self.ranges
                .entry(name.clone())
                .and_modify(|known| known.end = range.end)
                .or_insert(range);
            self.named.insert(name.clone(), seen.clone());
        }
        let ended = match end.trouble {
            Some(Trouble::CannotBeDone(why)) => Some(Ended::Inconclusive(format!(
                "{what} could not be done: {why}"
            ))),
            Some(Trouble::DoesNotApply(why)) => Some(Ended::NotApplicable(why)),
            None => self.after_step(step, &what, &seen, end.missed.as_deref(), now),
        };
        let ended = match ended {
            Some(Ended::Judged(found)) if lesser(&found) => {
                self.lesser.extend(found);
                None
            }
            ended => ended,
        };
        if ended.is_some() {
            self.ended = ended;
            return;
        }
        self.bindings.turn += 1;
        if self.bindings.turn >= turns {
            self.bindings.turn = 0;
            self.at += 1;
        }
    }

    fn after_step(
        &mut self,
        step: &Step,
        what: &str,
        seen: &StepSeen,
        missed: Option<&str>,
        now: Moment,
    ) -> Option<Ended> {
        let departs = !matches!(step.departure, Departure::None);
        if self.control == Control::Twin {
            let broken = match &step.hold {
                Hold::Checks(checks) if !departs => self.first_miss(checks, seen, now),
                Hold::Any => None,
                _ => missed.map(str::to_owned),
            };
            return broken.map(|why| Ended::Inconclusive(format!("{what}: {why}")));
        }
        if let Some(why) = self.first_miss(&step.applies, seen, now) {
            return Some(match self.unheard(seen) {
                Some(silence) => Ended::Inconclusive(format!("{what}: {silence}")),
                None if needs_taken(&why) => Ended::Inconclusive(why),
                None => Ended::NotApplicable(why),
            });
        }
        let setup = self
            .case
            .first_departure()
            .is_none_or(|departure| self.at < departure);
        let broken = match &step.hold {
            Hold::Checks(checks) => self.first_miss(checks, seen, now),
            Hold::Default if setup && step.expect.is_empty() => missed.map(str::to_owned),
            _ => None,
        };
        if let Some(why) = broken {
            if needs_taken(&why) {
                return Some(Ended::Inconclusive(why));
            }
            return Some(Ended::Inconclusive(format!(
                "setup {what} did not hold: {why}"
            )));
        }
        if step.expect.is_empty() {
            return None;
        }
        self.judged_step = Some(seen.clone());
        let judgement = self.judge(&step.expect, Some(seen), None, now);
        conclude(judgement, seen.outcome, missed)
    }

    /// What kept the last answer of a step away, where that says nothing of whether the case applies.
    fn unheard(&self, seen: &StepSeen) -> Option<&Silence> {
        match &self.transcript.get(seen.range.clone())?.last()?.answer {
            Answer::Silence(silence @ (Silence::TimedOut | Silence::NotSent)) => Some(silence),
            _ => None,
        }
    }

    pub(super) fn first_miss(
        &self,
        checks: &[Check],
        seen: &StepSeen,
        now: Moment,
    ) -> Option<String> {
        if checks.is_empty() {
            return None;
        }
        let own = self.world.own_origins();
        let record = self.record_of(&own);
        checks.iter().find_map(|check| {
            match examine(check, Some(seen), &record, &self.scope(now)) {
                Ok(()) => None,
                Err(crate::matcher::Miss::Unknown(why)) => Some(why),
                Err(crate::matcher::Miss::Finding {
                    expected, actual, ..
                }) => Some(format!("expected {expected}, got {actual}")),
            }
        })
    }

    fn record_of<'a>(&'a self, own_origins: &'a [String]) -> Record<'a> {
        Record {
            transcript: &self.transcript,
            named: &self.named,
            ranges: &self.ranges,
            who: &self.who,
            codes: &self.codes,
            own_origins,
            ear_works: self.ear_works(),
            taken: self.world.taken.as_ref(),
        }
    }

    pub(super) fn ear_works(&self) -> bool {
        let heard =
            |exchange: &Exchange| matches!(exchange.hop, Hop::TargetToProvider | Hop::ToListener);
        self.world.ear_works() || self.transcript.iter().any(heard)
    }

    fn judge(
        &mut self,
        expectations: &[crate::suite::model::Expectation],
        own: Option<&StepSeen>,
        rider: Option<usize>,
        now: Moment,
    ) -> Judgement {
        if expectations.is_empty() {
            return Judgement::default();
        }
        let origins = self.world.own_origins();
        let record = self.record_of(&origins);
        let scope = self.scope(now);
        let judgement = judge(expectations, own, &record, &scope);
        if self.world.spoils {
            let outcome = own.and_then(|own| own.outcome);
            let counts = |missed: Judged| {
                let judgement = Judgement {
                    missed: vec![missed],
                    unknown: Vec::new(),
                };
                matches!(conclude(judgement, outcome, None), Some(Ended::Judged(_)))
            };
            let proofs = proofs(expectations, own, &record, &scope, counts);
            self.proofs.extend(proofs);
        }
        if let Some(why) = judgement.lost() {
            self.lost.entry(rider).or_insert_with(|| why.clone());
        }
        judgement
    }

    /// Actors of whom a case-level expectation wants to know whether they are logged in.
    pub(super) fn actors_to_ask(&self) -> Vec<String> {
        if self.control == Control::Twin {
            return Vec::new();
        }
        let mut actors: Vec<String> = Vec::new();
        for check in self
            .case
            .expect
            .iter()
            .map(|expectation| &expectation.check)
        {
            if check
                .any_of
                .iter()
                .flatten()
                .any(|(kind, _)| kind.name == "logged-in-as")
            {
                actors.push(check.actor.clone().unwrap_or_else(|| "alice".to_owned()));
            }
        }
        actors.sort();
        actors.dedup();
        actors
    }

    /// How long an answer took is what the case judges.
    pub fn measures_time(&self) -> bool {
        let checks = self.case.expect.iter().map(|one| &one.check);
        checks
            .flat_map(|check| check.any_of.iter().flatten())
            .any(|(kind, _)| kind.name == "answers-within")
    }

    /// Silence counts only after a while.
    pub(super) fn needs_quiet(&self) -> bool {
        const LATE: &[&str] = &[
            "called",
            "codes",
            "heard",
            "never-sent",
            "pauses",
            "proofs",
            "request",
            "verifiers",
        ];
        let expectations = self
            .case
            .expect
            .iter()
            .chain(self.case.riders.iter().flat_map(|rider| &rider.expect));
        self.control == Control::Case
            && expectations
                .flat_map(|one| one.check.any_of.iter().flatten())
                .any(|(kind, _)| LATE.contains(&kind.name))
    }

    /// The end: expectations over the whole case, then the riders.
    pub(super) fn judge_case(&mut self, now: Moment) -> Want {
        if self.control == Control::Twin {
            return self.over(Ended::Judged(Vec::new()));
        }
        self.log_end(now);
        let case = Arc::clone(&self.case);
        let judgement = self.judge(&case.expect, None, None, now);
        let mut ended =
            conclude(judgement, None, None).unwrap_or_else(|| Ended::Judged(Vec::new()));
        if let Ended::Judged(found) = &mut ended {
            found.splice(..0, std::mem::take(&mut self.lesser));
        }
        if matches!(&ended, Ended::Judged(found) if lesser(found)) {
            let own = self.judged_step.clone();
            self.riders = case
                .riders
                .iter()
                .enumerate()
                .map(|(index, rider)| {
                    let judgement = self.judge(&rider.expect, own.as_ref(), Some(index), now);
                    let outcome = own.as_ref().and_then(|own| own.outcome);
                    let ended = conclude(judgement, outcome, None)
                        .unwrap_or_else(|| Ended::Judged(Vec::new()));
                    RiderEnd { index, ended }
                })
                .collect();
        }
        self.over(ended)
    }
}

/// Whether findings break no MUST: they end no case, and riders are judged beside them.
fn lesser(found: &[Judged]) -> bool {
    let fails = |judged: &Judged| judged.finding.weight() == Weight::Fail;
    !found.iter().any(fails)
}

/// What a judged step comes to: none if all is met. An outcome that is no verdict passes nothing and fails nothing
/// but what was given away. An unclear answer is a whole one: it hinders only those who ask whether it was a yes.
fn conclude(judgement: Judgement, outcome: Option<Outcome>, missed: Option<&str>) -> Option<Ended> {
    let lost = judgement.lost().cloned();
    let ended = concluded(judgement, outcome, missed);
    match (lost, &ended) {
        // what was taken out of the record may show worse, but nothing worse than a broken MUST
        (Some(_), Some(Ended::Judged(found))) if !lesser(found) => ended,
        (Some(why), _) => Some(Ended::Inconclusive(why)),
        (None, _) => ended,
    }
}

fn concluded(
    judgement: Judgement,
    outcome: Option<Outcome>,
    missed: Option<&str>,
) -> Option<Ended> {
    let unjudged = outcome.filter(|outcome| match outcome {
        Outcome::Broken => false,
        Outcome::Unclear => !judgement.unknown.is_empty(),
        outcome => !outcome.is_verdict(),
    });
    let mut found = judgement.missed;
    if let Some(outcome) = unjudged {
        found.retain(|judged| judged.given_away);
        if found.is_empty() {
            let why = missed.map_or_else(|| outcome.word().to_owned(), str::to_owned);
            return Some(Ended::Inconclusive(format!(
                "the answer can't be judged: {why}"
            )));
        }
    }
    if !found.is_empty() {
        return Some(Ended::Judged(found));
    }
    judgement
        .unknown
        .into_iter()
        .next()
        .map(Ended::Inconclusive)
        .or_else(|| {
            (outcome == Some(Outcome::Broken)).then(|| {
                Ended::Inconclusive("the answer is broken: nothing passes by it".to_owned())
            })
        })
}
