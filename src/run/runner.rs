//! The loop that runs a plan: cases side by side, twins around them, verdicts in the order of the plan.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::exec::execution::{Control, Ended};
use crate::exec::outcome::Oracle;
use crate::exec::world::World;
use crate::model::{Exchange, Hop, Moment, Summary, Vault, Verdict};
use crate::suite::model::{Case, NotApplicableWhen};
use crate::suite::profile::Door;

use super::calibrate::{Learned, calibrate, witness};
use super::crowd::Crowd;
use super::drive::Ports;
use super::outcome::{Outcomes, inconclusive_outcome, skipped_outcome};
use super::plan::{Job, Plan, nearest_boundary};
use super::port::Pool;
use super::prepare::Prepared;
use super::turn::{Ran, Turn, really};
use super::twins::{Key, Tick, Twins, Went};
use crate::model::RunEvent;

/// How a plan is run.
pub struct Settings {
    /// Cases in flight.
    pub in_flight: usize,
    /// Keep the exchanges of passed cases too.
    pub keep_passed: bool,
    /// Set from outside to end the run early.
    pub stop: Arc<AtomicBool>,
}

/// Runs that found nobody to answer, in a row, before the rest is given up.
const GIVE_UP_AFTER: u32 = 8;

/// Whether the target is still there.
enum Doubt {
    /// Nobody wonders.
    None,
    /// Nobody was answered for long; the good request shall tell. In words, what is said if it isn't answered.
    Ask(String),
    /// The good request is on its way.
    Asked(Key, String),
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
    mute: HashMap<String, String>,
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
        prepared: Prepared,
        ports: &'a Ports,
        settings: Settings,
        tell: &'a mut dyn FnMut(RunEvent),
    ) -> Self {
        let keep_passed = settings.keep_passed;
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

    /// Learns what yes and no look like. Whether anybody answered at all is told.
    pub async fn calibrate(&mut self) -> bool {
        let doors = self.world.profile.doors.clone();
        let mut oracles = HashMap::new();
        let mut dead = 0;
        for door in &doors {
            let calibrated =
                calibrate(door, &self.world, self.ports, self.ports.chance.bytes()).await;
            self.vault.absorb(&calibrated.vault);
            self.requests += u64::from(calibrated.requests);
            self.skew = self.skew.or(calibrated.skew);
            let learned = calibrated.learned;
            match learned {
                Learned::Tells(oracle) | Learned::Anonymous(oracle) => {
                    oracles.insert(door.name.clone(), Arc::from(oracle));
                }
                Learned::Open {
                    what,
                    leaked,
                    evidence,
                } => {
                    self.outcomes
                        .open_door(door, &what, leaked, &evidence, &self.vault);
                    self.mute.insert(
                        door.name.clone(),
                        format!("nothing can be judged at an open door: {what}"),
                    );
                }
                Learned::Mute {
                    why,
                    evidence,
                    dead: silent,
                } => {
                    dead += usize::from(silent);
                    oracles.insert(door.name.clone(), Arc::new(refusing(&evidence)));
                    self.outcomes
                        .note(&door.name, &super::redact::text(&why, &self.vault));
                    self.mute.insert(door.name.clone(), why);
                }
            }
        }
        if let Some(world) = Arc::get_mut(&mut self.world) {
            world.oracles = oracles;
            if let Some(provider) = &self.ports.provider {
                world.ear_works |= provider
                    .heard()
                    .iter()
                    .any(|exchange| exchange.hop == Hop::TargetToProvider);
            }
        }
        if let Some(skew) = self.skew.filter(|skew| skew.abs() > 2) {
            self.outcomes
                .note("clock", &format!("the target's clock is {skew} s off ours"));
        }
        doors.is_empty() || dead < doors.len()
    }

    /// Runs the plan to its end.
    pub async fn run(mut self, plan: Plan) -> Summary {
        let began = really(self.ports);
        self.outcomes.expect(plan.len());
        for skipped in &plan.skipped {
            let outcomes = skipped_outcome(&skipped.case, &skipped.why);
            self.outcomes.put(skipped.index, outcomes);
        }
        let (alone, together): (Vec<Job>, Vec<Job>) =
            plan.jobs.into_iter().partition(|job| job.case.exclusive);
        let in_flight = self.settings.in_flight.max(1);
        self.stream(together, in_flight, false).await;
        self.stream(alone, 1, true).await;
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
                    self.settle(&job, ran, Err(why.clone()));
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

    /// The twins between which a case stands. One that departs from nothing has none of its own; where it is about
    /// a guarded endpoint it stands between two requests that open that with the valid credential, since what it
    /// sees of a locked account or of a target that is gone shows nothing.
    fn control_of(&mut self, job: &Job) -> Option<Key> {
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
        let door = self.door(job).filter(|_| touches_a_door(&job.case))?;
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

    /// A request that anybody with the valid credential is answered: the twin of the first endpoint that opens.
    fn any_witness(&mut self) -> Option<Key> {
        let profile = Arc::clone(&self.world.profile);
        let door = profile
            .doors
            .iter()
            .find(|door| profile.has_valid(door) && !self.mute.contains_key(&door.name))?;
        let key = Key::witness(&door.name);
        let path = (Arc::new(witness(door)), Some(door.name.clone()));
        self.paths.entry(key.clone()).or_insert(path);
        Some(key)
    }

    /// Silence for what a case sends is not silence for everybody: a target may slam the door on attacks alone.
    fn resolve(&mut self, key: &Key) {
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
    fn door(&self, job: &Job) -> Option<&Door> {
        match &job.door {
            Some(name) => self.world.profile.door(name),
            None => self.world.profile.door_for(job.case.kind),
        }
    }

    /// Why a case needs not even be asked: a clock that is too far off.
    fn cannot_be_judged(&self, job: &Job) -> Option<String> {
        let skew = self.skew.map(i64::unsigned_abs).filter(|skew| *skew > 2)?;
        let nearest = nearest_boundary(&job.case)?;
        (skew.saturating_mul(2) > nearest).then(|| {
            format!("the target's clock is {skew} s off ours, too far for a case that is {nearest} s from a boundary")
        })
    }

    fn tick(&mut self) -> Tick {
        self.ticks += 1;
        Tick(self.ticks)
    }

    fn pool(&mut self, case: &Case) -> Pool {
        let shared = !case.exclusive
            && case
                .steps
                .iter()
                .all(|step| step.action.verb == crate::suite::verb::Verb::Send);
        if shared {
            return Pool(0);
        }
        self.pools += 1;
        Pool(self.pools)
    }

    fn start_case(&mut self, job: Job, alone: bool) -> Running<'a> {
        let began = self.tick();
        let pool = self.pool(&job.case);
        let turn = self.turn(&job.case, Control::Case, job.door.clone(), pool, alone);
        Box::pin(async move {
            let ran = turn.run().await;
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
        let turn = self.turn(&case, Control::Twin, door, pool, alone);
        Box::pin(async move {
            let ran = turn.run().await;
            Done::Twin { key, began, ran }
        })
    }

    fn turn(
        &self,
        case: &Arc<Case>,
        control: Control,
        door: Option<String>,
        pool: Pool,
        alone: bool,
    ) -> Turn<'a> {
        Turn {
            case: Arc::clone(case),
            control,
            door,
            pool,
            alone,
            world: Arc::clone(&self.world),
            ports: self.ports,
        }
    }

    fn done(&mut self, done: Done) {
        let ended = self.tick();
        match done {
            Done::Twin { key, began, ran } => {
                self.requests += u64::from(ran.requests);
                self.watch(&ran);
                let went = match &ran.ended {
                    Ended::Judged(_) => Went::Held,
                    Ended::NotApplicable(why) | Ended::Inconclusive(why) => {
                        Went::Missed(super::redact::text(why, &ran.vault))
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

    /// A target that throttles or falls silent ends the run early, with one reason.
    fn watch(&mut self, ran: &Ran) {
        let last = ran
            .transcript
            .iter()
            .rev()
            .find(|exchange| exchange.hop != Hop::TargetToProvider);
        let outcome = last.and_then(|exchange| crate::exec::outcome::unjudged(&exchange.answer));
        use crate::model::Outcome;
        match (last, outcome) {
            (Some(exchange), Some(outcome @ (Outcome::Unreachable | Outcome::Throttled))) => {
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
    fn settle(&mut self, job: &Job, ran: Ran, control: Result<(), String>) {
        let door = self.door(job).filter(|_| touches_a_door(&job.case));
        let mute = door.and_then(|door| self.mute.get(&door.name)).cloned();
        let unopened = ran.went_standard
            && !door.is_some_and(|door| self.world.oracle(door).standard_form_opens);
        let anonymous = door.is_some_and(|door| !self.world.profile.has_valid(door));
        let control = match (control, job.case.not_applicable_when) {
            (Err(why), Some(NotApplicableWhen::TwinFails)) => Err(Lack::NotApplicable(format!(
                "the good path does not open here: {why}"
            ))),
            (Err(why), _) => Err(Lack::Unproved(why)),
            (Ok(()), Some(NotApplicableWhen::DepartureIdle)) if ran.idle => Err(
                Lack::NotApplicable("the target never used what the case changes".to_owned()),
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
            .judged(job, ran, control, mute.as_deref(), anonymous, &self.vault);
    }
}

/// What a verdict lacks.
#[derive(Clone)]
pub(super) enum Lack {
    /// A control: nothing passes.
    Unproved(String),
    /// It does not apply.
    NotApplicable(String),
}

fn touches_a_door(case: &Case) -> bool {
    use crate::model::Capability;
    case.needs.contains(&Capability::Guarded) || case.needs.contains(&Capability::GuardedWrite)
}

/// What is known of an endpoint where nothing can pass: what a request without credential gets.
fn refusing(evidence: &[Exchange]) -> Oracle {
    let anonymous = evidence
        .first()
        .and_then(|exchange| exchange.answer.response())
        .cloned();
    Oracle {
        good: None,
        anonymous,
        rule: None,
        standard_form_opens: false,
    }
}

/// What a run says of the verdicts, by word, for those who only want to compare runs.
pub fn verdict_words(outcomes: &[(String, Verdict)]) -> BTreeMap<String, &'static str> {
    outcomes
        .iter()
        .map(|(id, verdict)| (id.clone(), verdict.word()))
        .collect()
}
