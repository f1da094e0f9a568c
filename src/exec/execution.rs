//! One run of a case or of its twin, as a machine: it says what it wants and is told what came.
//!
//! It owns no socket, no clock and no randomness, so that it is tested without any, and so that a verdict follows
//! from what was exchanged and from nothing else.

mod begin;
mod finish;
mod log;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::matcher::{CodeFact, Identity};
use crate::model::{Answer, Exchange, Hop, Moment, Proof, Vault};
use crate::provider::Script;
use crate::suite::model::Case;

use super::act::{Act, Context, Go, Memory, Outgoing};
use super::bindings::{Bindings, Scope};
use super::jar::Jar;
use super::judge::{Judged, StepSeen};
use super::login;
use super::world::World;

pub use log::{Replay, Turn};

/// Which run of a case it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// The case itself.
    Case,
    /// The case without its departure: every step must hold.
    Twin,
}

/// What the execution wants.
pub enum Want {
    /// Send these, all at once if there are several.
    Send(Vec<Outgoing>),
    /// Wait.
    Wait(Duration),
    /// Change what a provider does from now on.
    Script(usize, Box<Script>),
    /// Start the target anew.
    Restart,
    /// It is over.
    Done,
}

/// What the execution is told.
pub enum Told {
    /// The answers to what it sent, with the time of sending and how long each took.
    Answers(Vec<(Answer, Moment, Duration)>),
    /// What it wanted was done.
    Done,
    /// What it wanted could not be done.
    Failed(String),
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    /// Every expectation that was judged is in here; none missed means that all were met.
    Judged(Vec<Judged>),
    /// It does not apply here.
    NotApplicable(String),
    /// It could not be judged.
    Inconclusive(String),
}

/// What a rider came to.
#[derive(Clone, Debug, PartialEq)]
pub struct RiderEnd {
    /// Its index.
    pub index: usize,
    /// How it ended.
    pub ended: Ended,
}

enum Phase {
    Start,
    Step,
    Running,
    Quiet,
    Asking(Vec<String>),
    Over,
}

/// A run of a case.
pub struct Execution {
    case: Arc<Case>,
    control: Control,
    world: Arc<World>,
    door: Option<String>,
    phase: Phase,
    at: usize,
    running: Option<Box<dyn Act>>,
    asked: Vec<Outgoing>,
    begun_at: usize,
    bindings: Bindings,
    jars: BTreeMap<String, Jar>,
    memory: Memory,
    scripts: [Script; 2],
    named: BTreeMap<String, StepSeen>,
    ranges: BTreeMap<String, Range<usize>>,
    who: BTreeMap<String, Identity>,
    judged_step: Option<StepSeen>,
    /// Findings that fail nothing, so that the case goes on.
    lesser: Vec<Judged>,
    codes: Vec<CodeFact>,
    /// The departure put the very same request on the wire.
    idle: bool,
    ended: Option<Ended>,
    riders: Vec<RiderEnd>,
    /// What an expectation could not be judged without, by rider.
    lost: BTreeMap<Option<usize>, String>,
    /// What was exchanged.
    pub transcript: Vec<Exchange>,
    /// Secrets of this run.
    pub vault: Vault,
    /// Whether each expectation that was met can be missed, where the world asks for it.
    pub proofs: Vec<Proof>,
    /// How each turn ended, where the world asks for it.
    pub turns: Vec<Turn>,
    /// Why it broke off, where no step or expectation says so.
    pub cut: Option<String>,
}

impl Execution {
    /// A run that has not begun. Fresh values follow from the seed; `door` names another guarded endpoint than
    /// the first that fits.
    pub fn new(
        case: Arc<Case>,
        control: Control,
        world: Arc<World>,
        door: Option<&str>,
        seed: [u8; 32],
    ) -> Self {
        Self {
            case,
            control,
            world,
            door: door.map(str::to_owned),
            phase: Phase::Start,
            at: 0,
            running: None,
            asked: Vec::new(),
            begun_at: 0,
            bindings: Bindings::new(seed),
            jars: BTreeMap::new(),
            memory: Memory::default(),
            scripts: [Script::default(), Script::default()],
            named: BTreeMap::new(),
            ranges: BTreeMap::new(),
            who: BTreeMap::new(),
            judged_step: None,
            lesser: Vec::new(),
            codes: Vec::new(),
            idle: false,
            ended: None,
            riders: Vec::new(),
            lost: BTreeMap::new(),
            transcript: Vec::new(),
            vault: Vault::default(),
            proofs: Vec::new(),
            turns: Vec::new(),
            cut: None,
        }
    }

    /// How it ended, and its riders.
    pub fn end(&mut self) -> (Ended, Vec<RiderEnd>) {
        let ended = self
            .ended
            .take()
            .unwrap_or_else(|| Ended::Inconclusive("it was not finished".to_owned()));
        (ended, std::mem::take(&mut self.riders))
    }

    /// What the verdict of the case, or of a rider of it, could not be had without.
    pub fn lost(&self, rider: Option<usize>) -> Option<&String> {
        self.lost.get(&rider)
    }

    /// The departure changed nothing that was sent.
    pub fn was_idle(&self) -> bool {
        self.idle
    }

    /// What the case changes about the credential was sent in the standard form, since the profile's own is fixed.
    pub fn went_standard(&self) -> bool {
        self.memory.went_standard
    }

    /// What our provider or listener heard meanwhile, and what it knows of its codes.
    pub fn overhear(&mut self, heard: Vec<Exchange>, codes: Vec<CodeFact>) {
        // what our own browsers asked is in the transcript already
        let foreign = |exchange: &Exchange| exchange.hop != Hop::BrowserToProvider;
        for mut exchange in heard.into_iter().filter(foreign) {
            exchange.seq = self.next_seq();
            exchange.step = self.at;
            self.transcript.push(exchange);
        }
        self.codes = codes;
    }

    fn next_seq(&self) -> u32 {
        u32::try_from(self.transcript.len()).unwrap_or(u32::MAX)
    }

    /// Goes on until it wants something of the world.
    pub fn next(&mut self, told: Told, now: Moment) -> Want {
        let mut answers = Vec::new();
        match told {
            Told::Answers(all) => answers = self.record(all),
            Told::Failed(why) => return self.breaks_off(why),
            Told::Done => {}
        }
        loop {
            match std::mem::replace(&mut self.phase, Phase::Over) {
                Phase::Start => {
                    self.phase = Phase::Step;
                    match self.opening_script(now) {
                        Ok(Some(want)) => return want,
                        Ok(None) => {}
                        Err(why) => return self.breaks_off(why),
                    }
                }
                Phase::Step => match self.begin_step(now) {
                    Some(go) => {
                        if let Some(want) = self.follow(go, now) {
                            return want;
                        }
                    }
                    None => self.phase = Phase::Quiet,
                },
                Phase::Running => {
                    let go = self.go(&answers, now);
                    answers.clear();
                    if let Some(want) = self.follow(go, now) {
                        return want;
                    }
                }
                Phase::Quiet => {
                    let asked = self.actors_to_ask();
                    self.phase = Phase::Asking(asked);
                    if self.needs_quiet() {
                        return Want::Wait(
                            self.world.profile.duration("quiet").unwrap_or_default(),
                        );
                    }
                }
                Phase::Asking(mut left) => {
                    if let (Some(answer), Some(actor)) = (
                        answers.first(),
                        self.transcript.last().map(|one| one.actor.clone()),
                    ) {
                        let identity = self.with_context(&actor, "", now, |context| {
                            login::identity(answer, context)
                        });
                        self.who.insert(actor, identity);
                        answers.clear();
                    }
                    let Some(actor) = left.pop() else {
                        return self.judge_case(now);
                    };
                    self.phase = Phase::Asking(left);
                    let request = self.with_context(&actor, "", now, login::who_request);
                    match request {
                        Ok(mut outgoing) => {
                            self.world.show(&mut outgoing.request);
                            self.asked = vec![outgoing.clone()];
                            return Want::Send(vec![outgoing]);
                        }
                        Err(why) => return self.breaks_off(why),
                    }
                }
                Phase::Over => return Want::Done,
            }
            if self.ended.is_some() {
                self.phase = Phase::Over;
                return Want::Done;
            }
        }
    }

    /// Over, and no step or expectation says why.
    fn breaks_off(&mut self, why: String) -> Want {
        self.cut = Some(why.clone());
        self.over(Ended::Inconclusive(why))
    }

    fn over(&mut self, ended: Ended) -> Want {
        self.ended = Some(ended);
        self.phase = Phase::Over;
        Want::Done
    }

    fn record(&mut self, all: Vec<(Answer, Moment, Duration)>) -> Vec<Answer> {
        let mut answers = Vec::with_capacity(all.len());
        if self.transcript.is_empty() {
            // most cases send once, and four exchanges are what a vector makes room for at first
            self.transcript.reserve_exact(all.len());
        }
        for (outgoing, (answer, at, took)) in std::mem::take(&mut self.asked).into_iter().zip(all) {
            answers.push(answer.clone());
            self.transcript.push(Exchange {
                seq: self.next_seq(),
                hop: outgoing.hop,
                actor: outgoing.actor,
                step: self.at,
                request: outgoing.request,
                answer,
                at,
                took,
            });
        }
        answers
    }

    fn with_context<T>(
        &mut self,
        actor: &str,
        step: &str,
        now: Moment,
        act: impl FnOnce(&mut Context<'_>) -> T,
    ) -> T {
        let mut context = Context {
            world: &self.world,
            bindings: &self.bindings,
            jars: &mut self.jars,
            vault: &mut self.vault,
            transcript: &self.transcript,
            memory: &mut self.memory,
            actor,
            now,
            step,
        };
        act(&mut context)
    }

    fn scope(&self, now: Moment) -> Scope<'_> {
        Scope {
            bindings: &self.bindings,
            world: &self.world,
            transcript: &self.transcript,
            now,
        }
    }

    /// What an action asked for, as something to want; none if the machine goes on by itself.
    fn follow(&mut self, go: Go, now: Moment) -> Option<Want> {
        self.phase = Phase::Running;
        match go {
            Go::Send(mut outgoing) => {
                let sent = outgoing.iter_mut();
                sent.for_each(|one| self.world.show(&mut one.request));
                self.asked.clone_from(&outgoing);
                Some(Want::Send(outgoing))
            }
            Go::Wait(span) => {
                self.asked.clear();
                Some(Want::Wait(span))
            }
            Go::Script(_, script) => {
                self.scripts[0].merge(*script);
                Some(Want::Script(0, Box::new(self.scripts[0].clone())))
            }
            Go::Restart => Some(Want::Restart),
            Go::End(mut end) => {
                self.copy_cookies(&mut end);
                self.running = None;
                self.phase = Phase::Step;
                self.finish_step(*end, now);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests;
