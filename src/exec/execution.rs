//! One run of a case or of its twin, as a machine: it says what it wants and is told what came.
//!
//! It owns no socket, no clock and no randomness, so that it is tested without any, and so that a verdict follows
//! from what was exchanged and from nothing else.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::matcher::{CodeFact, Identity};
use crate::model::{Answer, Exchange, Hop, Moment, Outcome, Vault, Weight};
use crate::provider::Script;
use crate::source::shape::duration;
use crate::suite::model::{Action, Case, Check, Departure, Hold, Step};
use crate::suite::template::{Template, as_text};
use crate::suite::verb::Verb;

use super::act::{Act, Context, End, Go, Memory, Outgoing, Trouble, unresolved};
use super::bindings::{Bindings, Scope, guard};
use super::jar::Jar;
use super::judge::{Judged, Judgement, Record, StepSeen, examine, judge};
use super::login::{self, Login, Pages, Part};
use super::outcome::Oracle;
use super::send::{Again, Send};
use super::token::TokenCall;
use super::walk::Walk;
use super::world::World;

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
    /// What was exchanged.
    pub transcript: Vec<Exchange>,
    /// Secrets of this run.
    pub vault: Vault,
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
            transcript: Vec::new(),
            vault: Vault::default(),
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
        for mut exchange in heard {
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
            Told::Failed(why) => return self.over(Ended::Inconclusive(why)),
            Told::Done => {}
        }
        loop {
            match std::mem::replace(&mut self.phase, Phase::Over) {
                Phase::Start => {
                    self.phase = Phase::Step;
                    match self.opening_script(now) {
                        Ok(Some(want)) => return want,
                        Ok(None) => {}
                        Err(why) => return self.over(Ended::Inconclusive(why)),
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
                        Ok(outgoing) => {
                            self.asked = vec![outgoing.clone()];
                            return Want::Send(vec![outgoing]);
                        }
                        Err(why) => return self.over(Ended::Inconclusive(why)),
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

    /// How the provider is set up, and how it misbehaves, from the start.
    fn opening_script(&mut self, now: Moment) -> Result<Option<Want>, String> {
        let script = &self.case.provider;
        let template = match self.control {
            Control::Case => script.departed.as_ref().or(script.good.as_ref()),
            Control::Twin => script.good.as_ref(),
        };
        let Some(template) = template.cloned() else {
            return Ok(None);
        };
        let value = self
            .scope(now)
            .expand(&template)
            .map_err(|why| unresolved(&why))?;
        self.change_script(&value).map(Some)
    }

    fn change_script(&mut self, value: &Value) -> Result<Want, String> {
        let (which, value) = match value.get("evil") {
            Some(evil) => (1, evil),
            None => (0, value.get("honest").unwrap_or(value)),
        };
        let change = Script::from_value(value).map_err(|why| why.to_string())?;
        self.scripts[which].merge(change);
        Ok(Want::Script(which, Box::new(self.scripts[which].clone())))
    }

    fn step(&self) -> Option<&Step> {
        self.case.steps.get(self.at)
    }

    /// Begins the next step that this run has; none if there is none left.
    fn begin_step(&mut self, now: Moment) -> Option<Go> {
        while self.control == Control::Twin && matches!(self.step()?.departure, Departure::Added) {
            self.at += 1;
        }
        let case = Arc::clone(&self.case);
        let step = case.steps.get(self.at)?;
        let (action, actor) = match (&step.departure, self.control) {
            (Departure::But { action, actor }, Control::Case) => {
                (action, actor.as_ref().unwrap_or(&step.actor))
            }
            _ => (&step.action, &step.actor),
        };
        self.begun_at = self.transcript.len();
        Some(match self.prepare(step, action, now) {
            Ok(Prepared::Act(act)) => {
                self.running = Some(act);
                let go = self.go_as(actor, &[], now);
                if self.control == Control::Case
                    && matches!(step.departure, Departure::But { .. })
                    && action.verb == Verb::Send
                {
                    self.compare_with_path(step, &go, now);
                }
                go
            }
            Ok(Prepared::Go(go)) => go,
            Err(why) => End::trouble(why),
        })
    }

    /// Whether the departed request is the very one of the good path.
    fn compare_with_path(&mut self, step: &Step, departed: &Go, now: Moment) {
        let Go::Send(departed) = departed else { return };
        let departed = departed.first().map(|one| one.request.clone());
        if let Ok(Prepared::Act(mut act)) = self.prepare(step, &step.action, now) {
            let actor = self.actor(&step.actor, now);
            let name = step.name.clone().unwrap_or_default();
            let honest = self.with_context(&actor, &name, now, |context| act.go(context, &[]));
            if let Go::Send(honest) = honest {
                self.idle = honest.first().map(|one| &one.request) == departed.as_ref()
                    && departed.is_some();
            }
        }
    }

    fn actor(&self, template: &Template, now: Moment) -> String {
        self.scope(now)
            .expand(template)
            .map_or_else(|_| "alice".to_owned(), |actor| as_text(&actor))
    }

    fn prepare(&self, step: &Step, action: &Action, now: Moment) -> Result<Prepared, String> {
        let args = self
            .scope(now)
            .expand(&action.args)
            .map_err(|why| unresolved(&why))?;
        let map = |args| match args {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        Ok(Prepared::Act(match action.verb {
            Verb::Send => Box::new(Send::new(
                map(args),
                self.case.kind,
                self.door.as_deref(),
                step.twice,
            )),
            Verb::Again => Box::new(Again::new(as_text(&args), self.oracle_of(&as_text(&args)))),
            Verb::Wait => return Ok(Prepared::Go(Go::Wait(self.span(&args)?))),
            Verb::Provider => return Ok(Prepared::Go(script_go(&args)?)),
            Verb::Restart => return Ok(Prepared::Go(Go::Restart)),
            Verb::Authorize => Box::new(Walk::new(map(args), false)),
            Verb::Tokens => Box::new(Walk::new(map(args), true)),
            verb @ (Verb::Exchange
            | Verb::Refresh
            | Verb::Grant
            | Verb::Introspect
            | Verb::Revoke
            | Verb::Use) => Box::new(TokenCall::new(verb, map(args))),
            Verb::Login => Box::new(Login::new(Part::Whole, map(args))),
            Verb::BeginLogin => Box::new(Login::new(Part::Begin, map(args))),
            Verb::Callback => Box::new(Login::new(Part::Finish, map(args))),
            Verb::Logout | Verb::Open => Box::new(self.pages(action.verb, &map(args))?),
            Verb::CopyCookies => return Ok(Prepared::Go(copy(&map(args)))),
        }))
    }

    fn pages(&self, verb: Verb, args: &Map<String, Value>) -> Result<Pages, String> {
        use crate::suite::profile::Move;
        let client = self
            .world
            .profile
            .client
            .as_ref()
            .ok_or("the profile has no `client:`")?;
        if verb == Verb::Logout {
            return Ok(Pages::new(
                client.logout.clone().ok_or("the profile has no `logout`")?,
                true,
            ));
        }
        let mut endpoint = client.who.endpoint.clone();
        if let Some(page) = args
            .get("page")
            .map(as_text)
            .filter(|page| page != "who-am-i")
        {
            endpoint.target = format!("{}{page}", self.world.profile.base);
        }
        for (name, value) in super::send::parameters(args.get("query")) {
            let sign = if endpoint.target.contains('?') {
                '&'
            } else {
                '?'
            };
            let encode = crate::wire::form::encode_component;
            endpoint.target = format!(
                "{}{sign}{}={}",
                endpoint.target,
                encode(&name),
                encode(&value)
            );
        }
        Ok(Pages::new(vec![Move::Open(endpoint)], false))
    }

    fn oracle_of(&self, step: &str) -> Option<Arc<Oracle>> {
        let step = self
            .case
            .steps
            .iter()
            .find(|one| one.name.as_deref() == Some(step))?;
        if step.action.verb != Verb::Send {
            return None;
        }
        let profile = &self.world.profile;
        let door = match &self.door {
            Some(name) => profile.door(name),
            None => profile.door_for(self.case.kind),
        };
        door.map(|door| self.world.oracle(door))
    }

    fn span(&self, args: &Value) -> Result<Duration, String> {
        let text = as_text(args);
        let seconds = args.as_u64().map(Duration::from_secs);
        let known = duration(&text)
            .or(seconds)
            .or_else(|| self.world.profile.duration(&text));
        known.ok_or_else(|| format!("the profile has no duration `{text}`"))
    }

    fn go(&mut self, answers: &[Answer], now: Moment) -> Go {
        let case = Arc::clone(&self.case);
        let Some(step) = case.steps.get(self.at) else {
            return End::trouble("there is no such step");
        };
        let actor = match (&step.departure, self.control) {
            (
                Departure::But {
                    actor: Some(actor), ..
                },
                Control::Case,
            ) => actor,
            _ => &step.actor,
        };
        if self.running.is_none() {
            return Go::End(Box::default());
        }
        self.go_as(actor, answers, now)
    }

    fn go_as(&mut self, actor: &Template, answers: &[Answer], now: Moment) -> Go {
        let actor = self.actor(actor, now);
        let name = self.step_key();
        let Some(mut act) = self.running.take() else {
            return Go::End(Box::default());
        };
        let go = self.with_context(&actor, &name, now, |context| act.go(context, answers));
        self.running = Some(act);
        go
    }

    /// The step's name; a step without one is known by its number.
    fn step_key(&self) -> String {
        self.step()
            .and_then(|step| step.name.clone())
            .unwrap_or_else(|| format!("step {}", self.at + 1))
    }

    /// What an action asked for, as something to want; none if the machine goes on by itself.
    fn follow(&mut self, go: Go, now: Moment) -> Option<Want> {
        self.phase = Phase::Running;
        match go {
            Go::Send(outgoing) => {
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

    fn copy_cookies(&mut self, end: &mut End) {
        if let (Some(from), Some(to)) = (
            end.results.remove("copy-from"),
            end.results.remove("copy-to"),
        ) {
            let jar = self.jars.get(&as_text(&from)).cloned().unwrap_or_default();
            self.idle |= jar.is_empty();
            self.jars.insert(as_text(&to), jar);
        }
    }

    /// A step is done: what must be so, what makes it apply, what is judged.
    fn finish_step(&mut self, end: End, now: Moment) {
        let case = Arc::clone(&self.case);
        let Some(step) = case.steps.get(self.at) else {
            return;
        };
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
            return Some(Ended::NotApplicable(why));
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
            return Some(Ended::Inconclusive(format!(
                "setup {what} did not hold: {why}"
            )));
        }
        if step.expect.is_empty() {
            return None;
        }
        self.judged_step = Some(seen.clone());
        let judgement = self.judge(&step.expect, Some(seen), now);
        conclude(judgement, seen.outcome, missed)
    }

    fn first_miss(&self, checks: &[Check], seen: &StepSeen, now: Moment) -> Option<String> {
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
        let heard =
            |exchange: &Exchange| matches!(exchange.hop, Hop::TargetToProvider | Hop::ToListener);
        Record {
            transcript: &self.transcript,
            named: &self.named,
            ranges: &self.ranges,
            who: &self.who,
            codes: &self.codes,
            own_origins,
            ear_works: self.world.ear_works || self.transcript.iter().any(heard),
        }
    }

    fn judge(
        &self,
        expectations: &[crate::suite::model::Expectation],
        own: Option<&StepSeen>,
        now: Moment,
    ) -> Judgement {
        if expectations.is_empty() {
            return Judgement::default();
        }
        let origins = self.world.own_origins();
        judge(
            expectations,
            own,
            &self.record_of(&origins),
            &self.scope(now),
        )
    }

    /// Actors of whom a case-level expectation wants to know whether they are logged in.
    fn actors_to_ask(&self) -> Vec<String> {
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

    /// Silence counts only after a while.
    fn needs_quiet(&self) -> bool {
        const LATE: &[&str] = &["called", "heard", "never-sent", "request", "verifiers"];
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
    fn judge_case(&mut self, now: Moment) -> Want {
        if self.control == Control::Twin {
            return self.over(Ended::Judged(Vec::new()));
        }
        let case = Arc::clone(&self.case);
        let judgement = self.judge(&case.expect, None, now);
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
                    let judgement = self.judge(&rider.expect, own.as_ref(), now);
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

enum Prepared {
    Act(Box<dyn Act>),
    Go(Go),
}

fn script_go(args: &Value) -> Result<Go, String> {
    let script = Script::from_value(args).map_err(|why| why.to_string())?;
    Ok(Go::Script(0, Box::new(script)))
}

fn copy(args: &Map<String, Value>) -> Go {
    let mut results = Map::new();
    for (key, result) in [("from", "copy-from"), ("to", "copy-to")] {
        results.insert(
            result.to_owned(),
            args.get(key).cloned().unwrap_or_default(),
        );
    }
    Go::End(Box::new(End {
        results,
        ..End::default()
    }))
}
