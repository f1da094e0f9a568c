//! What a run of a case can be judged by once more, and the judging of it: no request is made, every step ends as it
//! did then.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::Value;

use crate::matcher::{CodeFact, Identity};
use crate::model::{Exchange, Moment};
use crate::suite::model::{Check, Hold};
use crate::suite::template::{Path, Template};

use super::super::act::End;
use super::super::bindings::{dotted, is_of_world};
use super::{Control, Ended, Execution};

/// How a turn of a step ended; or, without a step, the end of the case.
pub struct Turn {
    /// Index of the step.
    pub step: Option<usize>,
    /// From its first exchange to the last that there was when it ended.
    pub range: Range<usize>,
    /// When it ended.
    pub at: Moment,
    /// The target had been heard by us.
    pub ear: bool,
    /// How it ended.
    pub end: End,
    /// At the end of the case: who is logged in, by actor.
    pub who: BTreeMap<String, Identity>,
    /// What references that no step gives stood for.
    pub given: BTreeMap<String, Value>,
}

/// A run of a case as it was, to be judged once more.
pub struct Replay {
    /// All exchanges.
    pub transcript: Vec<Exchange>,
    /// Turns of steps in their order, and the end of the case.
    pub turns: Vec<Turn>,
    /// Why it broke off.
    pub cut: Option<String>,
    /// It was waited for what may come late.
    pub quiet: bool,
    /// Our provider gave codes.
    pub codes: bool,
}

impl Execution {
    /// The time is over for what may come late, or nothing asks for it.
    pub fn waits_for_late(&self) -> bool {
        self.needs_quiet()
    }

    /// Our provider gave codes meanwhile.
    pub fn has_codes(&self) -> bool {
        !self.codes.is_empty()
    }

    pub(super) fn log_step(&mut self, end: &End, now: Moment) {
        if !self.world.records || self.control == Control::Twin {
            return;
        }
        let case = Arc::clone(&self.case);
        let Some(step) = case.steps.get(self.at) else {
            return;
        };
        let held = match &step.hold {
            Hold::Checks(checks) => checks.as_slice(),
            Hold::Default | Hold::Any => &[],
        };
        let judged = step.expect.iter().map(|one| &one.check);
        let given = self.given(step.applies.iter().chain(held).chain(judged), now);
        self.log(Some(self.at), end.clone(), given, now);
    }

    pub(super) fn log_end(&mut self, now: Moment) {
        if !self.world.records || self.control == Control::Twin {
            return;
        }
        let case = Arc::clone(&self.case);
        let riders = case.riders.iter().flat_map(|rider| &rider.expect);
        let checks = case.expect.iter().chain(riders).map(|one| &one.check);
        let given = self.given(checks, now);
        self.log(None, End::default(), given, now);
    }

    fn log(&mut self, step: Option<usize>, end: End, given: BTreeMap<String, Value>, now: Moment) {
        let who = match step {
            Some(_) => BTreeMap::new(),
            None => self.who.clone(),
        };
        self.turns.push(Turn {
            step,
            range: self.begun_at..self.transcript.len(),
            at: now,
            ear: self.ear_works(),
            end,
            who,
            given,
        });
    }

    /// What the references of these checks stand for, but for results of steps.
    fn given<'a>(
        &self,
        checks: impl Iterator<Item = &'a Check>,
        now: Moment,
    ) -> BTreeMap<String, Value> {
        let scope = self.scope(now);
        let mut given = BTreeMap::new();
        let arguments = checks.flat_map(|check| check.any_of.iter().flatten());
        for (_, argument) in arguments {
            let mut found = Vec::new();
            Template::references(argument, &mut found);
            for reference in found {
                if let Path::Name(parts) = &reference.path
                    && is_of_world(parts)
                    && let Some(value) = scope.look_up(&reference.path)
                {
                    given.insert(dotted(parts), value);
                }
            }
        }
        given
    }

    /// Judges what was recorded, instead of running.
    pub fn replay(&mut self, replay: Replay) {
        if replay.codes {
            // that there were some is known, and none of them
            self.codes.push(CodeFact::default());
        }
        if self.needs_quiet() && !replay.quiet {
            let why = "what this asks for may come late, and the run did not wait for it";
            self.over(Ended::Inconclusive(why.to_owned()));
            return;
        }
        let mut exchanges = replay.transcript.into_iter();
        for turn in replay.turns {
            let missing = turn.range.end.saturating_sub(self.transcript.len());
            self.transcript.extend(exchanges.by_ref().take(missing));
            self.begun_at = turn.range.start.min(self.transcript.len());
            self.bindings.give(turn.given);
            self.world.ear_works.store(turn.ear, Ordering::Relaxed);
            match turn.step {
                Some(at) if at == self.at => self.finish_step(turn.end, turn.at),
                Some(_) => {
                    let why = "the run did other steps than the case has today";
                    self.over(Ended::Inconclusive(why.to_owned()));
                }
                None => {
                    self.who = turn.who;
                    self.judge_case(turn.at);
                }
            }
            if self.ended.is_some() {
                break;
            }
        }
        self.transcript.extend(exchanges);
        if self.ended.is_none() {
            let ended =
                "the run ended before the last step, and what would have followed was not recorded";
            let why = replay.cut.unwrap_or_else(|| ended.to_owned());
            self.over(Ended::Inconclusive(why));
        }
    }
}
