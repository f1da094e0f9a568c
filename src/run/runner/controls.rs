//! What a verdict rests on: the twins around a case, the good request that tells whether the target is still there,
//! and what is lacking where they show nothing.

use std::sync::Arc;

use crate::model::{Answer, Capability, Outcome, Silence};
use crate::suite::model::NotApplicableWhen;
use crate::suite::profile::Door;

use super::super::plan::{Job, nearest_boundary};
use super::super::probe::witness;
use super::super::twins::{Key, Unheld};
use super::Runner;
use super::round::Ran;

/// Runs that found nobody to answer, in a row, before the rest is given up.
const GIVE_UP_AFTER: u32 = 8;

/// Whether the target is still there.
pub(super) enum Doubt {
    /// Nobody wonders.
    None,
    /// Nobody was answered for long; the good request shall tell. In words, what is said if it isn't answered.
    Ask(String),
    /// The good request is on its way.
    Asked(Key, String),
}

impl Runner<'_> {
    /// The twins between which a case stands. One that departs from nothing has none of its own; where it is about
    /// a guarded endpoint it stands between two requests that open that with the valid credential, since what it
    /// sees of a locked account or of a target that is gone shows nothing.
    pub(super) fn control_of(&mut self, job: &Job) -> Option<Key> {
        if let Some(known) = self.controls.get(&job.index) {
            return known.clone();
        }
        let control = self.find_control(job);
        self.controls.insert(job.index, control.clone());
        control
    }

    fn find_control(&mut self, job: &Job) -> Option<Key> {
        if job.case.departs() {
            let key = Key::of(&job.case, job.door.as_deref());
            self.paths
                .entry(key.clone())
                .or_insert_with(|| (Arc::clone(&job.case), job.door.clone()));
            return Some(key);
        }
        if job.case.floods() {
            // what it is after is that the target turns away whoever did this
            return None;
        }
        let door = self.door(job).filter(|_| job.case.touches_a_door())?;
        if !self.world.profile.has_valid(door) {
            return None;
        }
        let key = Key::witness(&door.name);
        if !self.paths.contains_key(&key) {
            let witness = (Arc::new(witness(door)), Some(door.name.clone()));
            self.paths.insert(key.clone(), witness);
        }
        Some(key)
    }

    /// A request that anybody with the valid credential is answered: the twin of the first endpoint that opens. Where there
    /// is none, as at an authorization server alone, the path of a case that led to its end before.
    pub(super) fn any_witness(&mut self) -> Option<Key> {
        let profile = Arc::clone(&self.world.profile);
        let door = profile
            .doors
            .iter()
            .find(|door| profile.has_valid(door) && !self.mute.contains_key(&door.name));
        let Some(door) = door else {
            return self.twins.held();
        };
        let key = Key::witness(&door.name);
        let path = (Arc::new(witness(door)), Some(door.name.clone()));
        self.paths.entry(key.clone()).or_insert(path);
        Some(key)
    }

    /// Silence for what a case sends is not silence for everybody: a target may slam the door on attacks alone.
    pub(super) fn resolve(&mut self, key: &Key) {
        match std::mem::replace(&mut self.doubt, Doubt::None) {
            Doubt::Asked(asked, why) if asked == *key => {
                if self.silent > 0 {
                    self.given_up = Some(why);
                }
            }
            other => self.doubt = other,
        }
    }

    /// The guarded endpoint that a case is about.
    pub(super) fn door(&self, job: &Job) -> Option<&Door> {
        match &job.door {
            Some(name) => self.world.profile.door(name),
            None => self.world.profile.door_for(job.case.kind),
        }
    }

    /// Why a case needs not even be asked: a clock that is too far off.
    pub(super) fn cannot_be_judged(&self, job: &Job) -> Option<String> {
        let skew = self.skew.map(i64::unsigned_abs).filter(|skew| *skew > 2)?;
        let nearest = nearest_boundary(&job.case)?;
        (skew.saturating_mul(2) > nearest).then(|| {
            format!("the target's clock is {skew} s off ours, too far for a case that is {nearest} s from a boundary")
        })
    }

    /// A target that throttles or falls silent ends the run early, with one reason.
    pub(super) fn watch(&mut self, ran: &Ran) {
        match (ran.last(), ran.silence()) {
            // that the time of a case was over is not the target's doing
            (Some(exchange), _) if exchange.answer == Answer::Silence(Silence::NotSent) => {}
            (Some(exchange), Some(outcome)) => {
                self.silent += 1;
                let trusted = self.given_up.is_none() && matches!(self.doubt, Doubt::None);
                if self.silent >= GIVE_UP_AFTER && trusted {
                    let what = crate::exec::act::missed(outcome, Some(&exchange.answer));
                    let done = match outcome {
                        Outcome::Throttled => "throttled",
                        _ => "stopped answering",
                    };
                    self.doubt = Doubt::Ask(format!(
                        "the target {done} after {} requests: {what}",
                        self.requests
                    ));
                }
            }
            (Some(_), _) => self.silent = 0,
            (None, _) => {}
        }
    }

    /// The verdict of a case whose controls are known.
    pub(super) fn settle(&mut self, job: &Job, ran: Ran, control: Result<(), Unheld>) {
        let door = self.door(job).filter(|_| job.case.touches_a_door());
        let mute = door.and_then(|door| self.mute.get(&door.name)).cloned();
        let unopened = ran.went_standard
            && !door.is_some_and(|door| self.world.oracle(door).standard_form_opens);
        let anonymous = door.is_some_and(|door| !self.world.profile.has_valid(door));
        let control = match (control, job.case.not_applicable_when) {
            (Err(unheld), Some(NotApplicableWhen::TwinFails)) if unheld.leads_nowhere => {
                Err(Lack::NotApplicable(format!(
                    "the good path does not open here: {}",
                    unheld.why
                )))
            }
            (Err(unheld), _) => Err(Lack::Unproved(unheld.why)),
            (Ok(()), Some(NotApplicableWhen::DepartureIdle)) if ran.idle => Err(
                Lack::Untouched("the target never used what the case changes".to_owned()),
            ),
            (Ok(()), _) if ran.idle && job.case.departs() => Err(Lack::Unproved(
                "the departure changed nothing that was used".to_owned(),
            )),
            (Ok(()), _) if unopened => Err(Lack::Unproved(
                "the profile's credential is fixed, so another one goes in the standard form, and in that form the good one does not open either (profile: `${credential}` in `credential: { value: ... }`)".to_owned(),
            )),
            (Ok(()), _) => Ok(()),
        };
        self.vault.absorb(&ran.vault);
        self.outcomes
            .judged(job, ran, control, mute.as_ref(), anonymous, &self.vault);
    }
}

/// What a verdict lacks.
#[derive(Clone)]
pub(in crate::run) enum Lack {
    /// A control: nothing passes.
    Unproved(String),
    /// It does not apply.
    NotApplicable(String),
    /// What the case changes never reached the target, so that nothing which came is its doing.
    Untouched(String),
    /// The good path could not be asked: what would enable it.
    Missing(Vec<Capability>),
}
