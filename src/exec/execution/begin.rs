//! How a step begins: its action with everything resolved, as the case has it or as the good path has it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::model::{Answer, Moment};
use crate::provider::Script;
use crate::source::shape::duration;
use crate::suite::model::{Action, Departure, Step};
use crate::suite::template::{Template, as_text};
use crate::suite::verb::Verb;

use super::super::act::{Act, End, Go, unresolved};
use super::super::login::{DeviceLogin, Login, Pages, Part, Told};
use super::super::outcome::Oracle;
use super::super::send::{Again, Send, parameters};
use super::super::survey::Survey;
use super::super::token::TokenCall;
use super::super::walk::Walk;
use super::{Control, Execution, Want};

impl Execution {
    pub(super) fn step(&self) -> Option<&Step> {
        self.case.steps.get(self.at)
    }

    /// How the provider is set up, and how it misbehaves, from the start.
    pub(super) fn opening_script(&mut self, now: Moment) -> Result<Option<Want>, String> {
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

    /// Begins the next step that this run has; none if there is none left.
    pub(super) fn begin_step(&mut self, now: Moment) -> Option<Go> {
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

    pub(super) fn actor(&self, template: &Template, now: Moment) -> String {
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
            Verb::Survey => Box::new(Survey::new(&map(args), self.case.kind)),
            Verb::Again => Box::new(Again::new(
                as_text(&args),
                self.case.kind,
                self.oracle_of(&as_text(&args)),
            )),
            Verb::Wait => return Ok(Prepared::Go(Go::Wait(self.span(&args)?))),
            Verb::Provider => return Ok(Prepared::Go(script_go(&args)?)),
            Verb::Restart => return Ok(Prepared::Go(Go::Restart)),
            Verb::Authorize | Verb::Submit => Box::new(Walk::new(map(args), false)),
            Verb::Tokens => Box::new(Walk::new(map(args), true)),
            verb @ (Verb::Exchange
            | Verb::Refresh
            | Verb::Grant
            | Verb::Push
            | Verb::Device
            | Verb::Introspect
            | Verb::Revoke
            | Verb::Use) => Box::new(TokenCall::new(verb, map(args))),
            Verb::Login => Box::new(Login::new(Part::Whole, map(args))),
            Verb::BeginLogin => Box::new(Login::new(Part::Begin, map(args))),
            Verb::Callback => Box::new(Login::new(Part::Finish, map(args))),
            Verb::BackChannelLogout => Box::new(Told::new(map(args))),
            Verb::Logout | Verb::Open | Verb::Register => {
                Box::new(self.pages(action.verb, &map(args))?)
            }
            Verb::DeviceLogin => Box::new(DeviceLogin::new(&map(args))),
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
        if verb == Verb::Register {
            let moves = client.register.clone();
            return Ok(Pages::new(
                moves.ok_or("the profile has no `register`")?,
                false,
            ));
        }
        let mut endpoint = client.who.endpoint.clone();
        match args.get("page").map(as_text).as_deref() {
            None | Some("who-am-i") => {}
            Some("api") => {
                endpoint = client.api.clone().ok_or("the profile has no `api`")?;
            }
            Some(page) => endpoint.target = format!("{}{page}", self.world.profile.base),
        }
        for (name, value) in parameters(args.get("query")) {
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
        let cookies = args.get("cookies").map(as_text);
        Ok(Pages::new(vec![Move::Open(endpoint)], false).writing_cookies(cookies))
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

    pub(super) fn go(&mut self, answers: &[Answer], now: Moment) -> Go {
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
    pub(super) fn step_key(&self) -> String {
        self.step()
            .and_then(|step| step.name.clone())
            .unwrap_or_else(|| format!("step {}", self.at + 1))
    }
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
    for (key, result) in [
        ("from", "copy-from"),
        ("to", "copy-to"),
        ("told-of", "copy-told-of"),
    ] {
        results.extend(
            args.get(key)
                .map(|value| (result.to_owned(), value.clone())),
        );
    }
    Go::End(Box::new(End {
        results,
        ..End::default()
    }))
}
