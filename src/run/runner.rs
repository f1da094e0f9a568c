//! The loop that runs a plan: cases side by side, twins around them, verdicts in the order of the plan.

mod controls;
mod crowd;
mod learn;
mod renew;
mod round;

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::exec::execution::{Control, Ended};
use crate::exec::world::World;
use crate::model::{Moment, RunEvent, Summary, Vault};
use crate::suite::model::{Case, NotApplicableWhen};
use crate::suite::verb::Verb;

use super::drive::{Ports, really};
use super::outcome::{Outcomes, inconclusive_outcome, skipped_outcome};
use super::plan::{Job, Plan};
use super::port::Pool;
use super::prepare::Prepared;
use super::said::Mute;
use super::twins::{Key, Tick, Twins, Unheld, Went};

use controls::Doubt;
use crowd::Crowd;
use round::Round;

pub(super) use controls::Lack;
pub(super) use round::Ran;

/// How a plan is run.
pub struct Settings {
    /// Cases in flight.
    pub in_flight: usize,
    /// Keep the exchanges of passed cases too.
    pub keep_passed: bool,
    /// Spoil what is met and judge it again.
    pub spoils: bool,
    /// Keep all that cases are judged by.
    pub records: bool,
    /// Set from outside to end the run early.
    pub stop: Arc<AtomicBool>,
}

enum Done {
    Case { job: Job, began: Tick, ran: Ran },
    Twin { key: Key, began: Tick, ran: Ran },
}

type Running<'a> = Pin<Box<dyn Future<Output = Done> + 'a>>;

/// A run.
pub struct Runner<'a> {
    ports: &'a Ports,
    settings: Settings,
    world: Arc<World>,
    vault: Vault,
    skew: Option<i64>,
    /// When the valid token is to be had again.
    renew_at: Option<Moment>,
    mute: HashMap<String, Mute>,
    twins: Twins,
    paths: HashMap<Key, (Arc<Case>, Option<String>)>,
    /// The twins of cases that began or wait to begin: a case is looked at more than once.
    controls: HashMap<usize, Option<Key>>,
    held_back: HashMap<usize, (Job, Ran)>,
    ticks: u64,
    pools: u64,
    silent: u32,
    doubt: Doubt,
    given_up: Option<String>,
    requests: u64,
    outcomes: Outcomes<'a>,
}

impl<'a> Runner<'a> {
    /// A run that has not begun; `tell` hears every event.
    pub fn new(
        mut prepared: Prepared,
        ports: &'a Ports,
        settings: Settings,
        tell: &'a mut dyn FnMut(RunEvent),
    ) -> Self {
        let keep_passed = settings.keep_passed;
        prepared.world.spoils = settings.spoils;
        prepared.world.records = settings.records;
        let mut outcomes = Outcomes::new(tell, keep_passed);
        for (about, says) in &prepared.troubles {
            outcomes.note(about, says);
        }
        Self {
            ports,
            settings,
            world: Arc::new(prepared.world),
            vault: prepared.vault,
            skew: prepared.skew,
            renew_at: None,
            mute: HashMap::new(),
            twins: Twins::default(),
            paths: HashMap::new(),
            controls: HashMap::new(),
            held_back: HashMap::new(),
            ticks: 0,
            pools: 0,
            silent: 0,
            doubt: Doubt::None,
            given_up: None,
            requests: u64::from(prepared.requests),
            outcomes,
        }
    }

    /// Runs the plan to its end.
    pub async fn run(mut self, plan: Plan) -> Summary {
        let began = really(self.ports);
        self.plan_renewal(self.ports.clock.now());
        self.outcomes.expect(plan.len());
        for skipped in &plan.skipped {
            let outcomes = skipped_outcome(&skipped.case, &skipped.why);
            self.outcomes.put(skipped.index, outcomes);
        }
        let (alone, together): (Vec<Job>, Vec<Job>) =
            plan.jobs.into_iter().partition(|job| job.case.exclusive);
        // after many wrong passwords an account may be locked and we be turned away: no twin may come after them
        let (last, alone): (Vec<Job>, Vec<Job>) =
            alone.into_iter().partition(|job| job.case.floods());
        let in_flight = self.settings.in_flight.max(1);
        self.stream(together, in_flight, false).await;
        self.stream(alone, 1, true).await;
        self.stream(last, 1, true).await;
        let mut summary = self.outcomes.finish();
        summary.requests = self.requests;
        summary.took = really(self.ports).since(began);
        summary.interrupted = if self.settings.stop.load(Ordering::Relaxed) {
            Some("interrupted".to_owned())
        } else {
            self.given_up.clone()
        };
        self.outcomes.finished(&summary);
        summary
    }

    /// Runs jobs with so many in flight.
    async fn stream(&mut self, jobs: Vec<Job>, in_flight: usize, alone: bool) {
        let mut queue: VecDeque<Job> = jobs.into();
        let mut running = Crowd::default();
        loop {
            while running.len() < in_flight {
                self.renew_token().await;
                match self.next(&mut queue, alone) {
                    Some(future) => running.push(future),
                    None => break,
                }
            }
            if running.len() == 0 {
                if queue.is_empty() {
                    return;
                }
                continue;
            }
            let done = running.first().await;
            self.done(done);
        }
    }

    /// What to start next: a twin that is due, a case, or at the end the closing twins.
    fn next(&mut self, queue: &mut VecDeque<Job>, alone: bool) -> Option<Running<'a>> {
        let now = self.ports.clock.now();
        if self.given_up.is_some() || self.settings.stop.load(Ordering::Relaxed) {
            let why = self
                .given_up
                .clone()
                .unwrap_or_else(|| "the run was interrupted".to_owned());
            while let Some(job) = queue.pop_front() {
                self.outcomes
                    .put(job.index, inconclusive_outcome(&job, &why));
            }
            // no closing twin is sent either: a target that is silent or throttles is left alone
            for index in self.twins.abandon() {
                if let Some((job, ran)) = self.held_back.remove(&index) {
                    self.settle(&job, ran, Err(Unheld::unknown(why.as_str())));
                }
            }
        }
        match std::mem::replace(&mut self.doubt, Doubt::None) {
            Doubt::None => {}
            Doubt::Ask(why) => match self.any_witness() {
                Some(key) => {
                    self.doubt = Doubt::Asked(key.clone(), why);
                    let runs = self.twins.is_running(&key);
                    return (!runs).then(|| self.start_twin(key, now, alone));
                }
                None => {
                    self.given_up = Some(why);
                    return self.next(queue, alone);
                }
            },
            asked @ Doubt::Asked(..) => {
                self.doubt = asked;
                return None;
            }
        }
        let mut parked = Vec::new();
        let mut found = None;
        while let Some(job) = queue.pop_front() {
            if let Some(why) = self.cannot_be_judged(&job) {
                self.outcomes.put(
                    job.index,
                    inconclusive_outcome(&job, &super::redact::text(&why, &self.vault)),
                );
                continue;
            }
            let Some(key) = self.control_of(&job) else {
                found = Some(self.start_case(job, alone));
                break;
            };
            if self.twins.is_opening(&key) {
                parked.push(job);
                if parked.len() > 256 {
                    break;
                }
                continue;
            }
            if self.twins.must_open(&key) || self.twins.is_due(&key, now) {
                queue.push_front(job);
                found = Some(self.start_twin(key, now, alone));
                break;
            }
            self.twins.case_begins(&key);
            found = Some(self.start_case(job, alone));
            break;
        }
        for job in parked.into_iter().rev() {
            queue.push_front(job);
        }
        if found.is_none() && queue.is_empty() {
            let key = self.twins.unsettled().into_iter().next()?;
            return Some(self.start_twin(key, now, alone));
        }
        found
    }

    fn tick(&mut self) -> Tick {
        self.ticks += 1;
        Tick(self.ticks)
    }

    fn pool(&mut self, case: &Case) -> Pool {
        let shared =
            !case.exclusive && case.steps.iter().all(|step| step.action.verb == Verb::Send);
        if shared {
            return Pool(0);
        }
        self.pools += 1;
        Pool(self.pools)
    }

    fn start_case(&mut self, job: Job, alone: bool) -> Running<'a> {
        self.outcomes.started(&job.id);
        let began = self.tick();
        let pool = self.pool(&job.case);
        let run = self.run_one(
            Arc::clone(&job.case),
            Control::Case,
            job.door.clone(),
            pool,
            alone,
        );
        Box::pin(async move {
            let ran = run.await;
            Done::Case { job, began, ran }
        })
    }

    fn start_twin(&mut self, key: Key, now: Moment, alone: bool) -> Running<'a> {
        self.twins.begins(&key, now);
        let began = self.tick();
        let (case, door) = match self.paths.get(&key) {
            Some((case, door)) => (Arc::clone(case), door.clone()),
            None => return Box::pin(std::future::pending()),
        };
        let pool = self.pool(&case);
        let run = self.run_one(case, Control::Twin, door, pool, alone);
        Box::pin(async move {
            let ran = run.await;
            Done::Twin { key, began, ran }
        })
    }

    fn run_one(
        &self,
        case: Arc<Case>,
        control: Control,
        door: Option<String>,
        pool: Pool,
        alone: bool,
    ) -> impl Future<Output = Ran> + 'a {
        let round = Round {
            case,
            control,
            world: Arc::clone(&self.world),
            door,
            ports: self.ports,
            pool,
            alone,
        };
        round.all()
    }

    fn done(&mut self, done: Done) {
        let ended = self.tick();
        let (Done::Twin { ran, .. } | Done::Case { ran, .. }) = &done;
        if learn::heard_target(&ran.transcript) {
            self.world.was_heard();
        }
        match done {
            Done::Twin { key, began, ran } => {
                self.requests += u64::from(ran.requests);
                self.watch(&ran);
                let went = match &ran.ended {
                    Ended::Judged(_) => Went::Held,
                    Ended::NotApplicable(why) | Ended::Inconclusive(why) => {
                        let why = super::redact::text(why, &ran.vault);
                        if ran.silence().is_some() {
                            Went::Silent(why)
                        } else {
                            Went::Missed(why)
                        }
                    }
                };
                self.resolve(&key);
                for settled in self.twins.ends(&key, began, ended, went) {
                    if let Some((job, ran)) = self.held_back.remove(&settled.index) {
                        self.settle(&job, ran, settled.control);
                    }
                }
            }
            Done::Case { job, began, ran } => {
                self.requests += u64::from(ran.requests);
                self.watch(&ran);
                let control = self.controls.remove(&job.index).flatten();
                // whether a door is there at all is for its twin to say, whatever came
                let by_twin = job.case.not_applicable_when == Some(NotApplicableWhen::TwinFails);
                if (by_twin || matches!(ran.ended, Ended::Judged(_)))
                    && let Some(key) = control
                {
                    self.twins.wait(&key, job.index, began, ended);
                    self.held_back.insert(job.index, (job, ran));
                } else {
                    self.settle(&job, ran, Ok(()));
                }
            }
        }
    }
}
