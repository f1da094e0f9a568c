//! One run of a case or a twin, from its first request to its end; a case with rounds is repeated while it passes.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::exec::execution::{Control, Ended, Execution, RiderEnd};
use crate::exec::outcome::unjudged;
use crate::exec::world::World;
use crate::model::{Exchange, Hop, Outcome, Proof, Vault};
use crate::provider::{Script, described};
use crate::suite::infer::member;
use crate::suite::model::{Case, Departure};
use crate::suite::template::Template;
use crate::suite::verb::Verb;

use super::super::drive::{Ports, drive, really};
use super::super::plan::has_own_scheme;
use super::super::port::Pool;
use super::super::record::Log;

/// A run of one execution, ended: what its verdict and its report need, and no more of it.
pub(in crate::run) struct Ran {
    pub(in crate::run) transcript: Vec<Exchange>,
    pub(in crate::run) vault: Vault,
    pub(in crate::run) ended: Ended,
    pub(in crate::run) riders: Vec<RiderEnd>,
    pub(in crate::run) requests: u32,
    pub(in crate::run) took: Duration,
    pub(in crate::run) idle: bool,
    pub(in crate::run) proofs: Vec<Proof>,
    /// Another credential went in the standard form, since the profile's is fixed.
    pub(in crate::run) went_standard: bool,
    /// All that the case was judged by, where that is kept.
    pub(in crate::run) log: Option<Box<Log>>,
}

impl Ran {
    /// The last exchange that we began.
    pub(super) fn last(&self) -> Option<&Exchange> {
        let mut exchanges = self.transcript.iter().rev();
        exchanges.find(|exchange| exchange.hop != Hop::TargetToProvider)
    }

    /// What it was, if nobody answered the last request.
    pub(super) fn silence(&self) -> Option<Outcome> {
        let outcome = unjudged(&self.last()?.answer)?;
        matches!(outcome, Outcome::Unreachable | Outcome::Throttled).then_some(outcome)
    }
}

/// A run that has not begun.
pub(super) struct Round<'a> {
    pub(super) case: Arc<Case>,
    pub(super) control: Control,
    pub(super) world: Arc<World>,
    pub(super) door: Option<String>,
    pub(super) ports: &'a Ports,
    pub(super) pool: Pool,
    /// Nothing else runs.
    pub(super) alone: bool,
}

impl Round<'_> {
    /// Runs it as often as the case says; the worst counts. A twin runs once.
    pub(super) async fn all(self) -> Ran {
        let mut left = match self.control {
            Control::Case => self.case.rounds,
            Control::Twin => 1,
        };
        let mut requests = 0;
        // it is waited for at one place only: each such place makes the future of every case larger
        let mut ran = loop {
            let ran = self.once().await;
            requests += ran.requests;
            left = left.saturating_sub(1);
            if left == 0 || !matches!(&ran.ended, Ended::Judged(missed) if missed.is_empty()) {
                break ran;
            }
        };
        ran.requests = requests;
        if self.pool != Pool(0) {
            self.ports.http.close(self.pool);
        }
        ran
    }

    /// Whether the target learned something anew of a provider that was not as it always is.
    fn restarts(&self) -> bool {
        let with = |verb| {
            let mut steps = self.case.steps.iter();
            steps.any(|step| step.action.verb == verb)
        };
        let set_up = self.case.provider.good.is_some() || with(Verb::Provider);
        with(Verb::Restart) && (self.control == Control::Case || set_up)
    }

    async fn once(&self) -> Ran {
        let ports = self.ports;
        let begun = really(ports);
        let mut execution = Box::new(Execution::new(
            Arc::clone(&self.case),
            self.control,
            Arc::clone(&self.world),
            self.door.as_deref(),
            ports.chance.bytes(),
        ));
        let provider = ports.provider.as_ref().filter(|_| self.alone);
        if let Some(provider) = provider {
            provider.begin();
            provider.script(0, Script::default());
            provider.script(1, Script::default());
        }
        let limit = self.world.profile.limits.case_time;
        let requests = drive(&mut execution, ports, self.pool, limit, self.alone).await;
        let mut idle = execution.was_idle();
        if let Some(provider) = provider {
            execution.overhear(provider.heard(), provider.codes());
            let unused = provider.idle();
            let departs = self.control == Control::Case;
            idle |= departs && is_unused(&self.case, &unused);
            provider.script(0, Script::default());
            provider.script(1, Script::default());
        }
        if self.restarts()
            && let Some(target) = &ports.restart
        {
            // what it learned of a lying provider is no other case's; that it does not come up, the next one tells
            let _ = target.restart().await;
        }
        if let Some(provider) = &ports.provider
            && self.control == Control::Case
        {
            let offered = described::departed(&execution.transcript, &provider.seal());
            idle |= offered.iter().any(|token| !provider.was_asked(token));
        }
        let log = (self.world.records && self.control == Control::Case).then(|| {
            Box::new(Log {
                turns: std::mem::take(&mut execution.turns),
                cut: execution.cut.take(),
                quiet: execution.waits_for_late(),
                codes: execution.has_codes(),
                origins: self.world.own_origins(),
                own_scheme: has_own_scheme(&self.case, &self.world.profile),
            })
        });
        let (ended, riders) = execution.end();
        Ran {
            transcript: std::mem::take(&mut execution.transcript),
            vault: std::mem::take(&mut execution.vault),
            went_standard: execution.went_standard(),
            proofs: std::mem::take(&mut execution.proofs),
            ended,
            riders,
            requests,
            took: really(ports).since(begun),
            idle,
            log,
        }
    }
}

/// Whether a part of the departure was not used. Where ID tokens are not what the case is about, a change of them goes
/// along with another part, for the clients that read them.
fn is_unused(case: &Case, unused: &[String]) -> bool {
    let keys = scripted(case);
    let about_id_tokens = case.only_if.iter().any(|claim| claim == "target.oidc");
    let goes_along = |key: &String| key == "id-token" && keys.len() > 1 && !about_id_tokens;
    keys.iter()
        .any(|key| unused.contains(key) && !goes_along(key))
}

/// Provider keys that the departure of a case changes.
fn scripted(case: &Case) -> Vec<String> {
    let keys = |template: &Template| -> Vec<String> {
        // a script of one of the two providers
        let inner = member(template, "evil").or_else(|| member(template, "honest"));
        match inner.as_ref().unwrap_or(template) {
            Template::Plain(Value::Object(map)) => map.keys().cloned().collect(),
            Template::Map(entries) => entries.iter().map(|(key, _)| key.clone()).collect(),
            _ => Vec::new(),
        }
    };
    let good: Vec<String> = case.provider.good.as_ref().map(&keys).unwrap_or_default();
    let mut all: Vec<String> = case
        .provider
        .departed
        .as_ref()
        .map(&keys)
        .unwrap_or_default();
    all.retain(|key| !good.contains(key));
    for step in &case.steps {
        if let Departure::But { action, .. } = &step.departure
            && action.verb == Verb::Provider
        {
            // what the good path says too is no departure
            let changed =
                |key: &String| member(&action.args, key) != member(&step.action.args, key);
            all.extend(keys(&action.args).into_iter().filter(changed));
        }
    }
    all
}
