//! One turn of a case or twin: its rounds, each driven to its end, and what is kept of the last.

use std::sync::Arc;
use std::time::Duration;

use crate::exec::execution::{Control, Ended, Execution, RiderEnd};
use crate::exec::world::World;
use crate::model::{Exchange, Moment, Vault};
use crate::suite::model::Case;

use super::drive::{Ports, drive};
use super::port::Pool;

/// A run of one execution, ended: what its verdict and its report need, and no more of it.
pub(super) struct Ran {
    pub(super) transcript: Vec<Exchange>,
    pub(super) vault: Vault,
    pub(super) ended: Ended,
    pub(super) riders: Vec<RiderEnd>,
    pub(super) requests: u32,
    pub(super) took: Duration,
    /// What the case changes was never used.
    pub(super) idle: bool,
    /// A fixed credential was replaced by one in the standard's form.
    pub(super) went_standard: bool,
}

/// A case or twin that is about to run.
pub(super) struct Turn<'a> {
    pub(super) case: Arc<Case>,
    pub(super) control: Control,
    pub(super) door: Option<String>,
    pub(super) pool: Pool,
    pub(super) alone: bool,
    pub(super) world: Arc<World>,
    pub(super) ports: &'a Ports,
}

impl Turn<'_> {
    /// Runs its rounds, until one doesn't pass. A round stands here once only: each that is waited for makes the
    /// future of every case larger.
    pub(super) async fn run(&self) -> Ran {
        let mut left = match self.control {
            Control::Case => self.case.rounds,
            Control::Twin => 1,
        };
        let mut requests = 0;
        loop {
            let mut ran = self.round().await;
            requests += ran.requests;
            left = left.saturating_sub(1);
            let passed = matches!(&ran.ended, Ended::Judged(missed) if missed.is_empty());
            if left == 0 || !passed {
                ran.requests = requests;
                if self.pool != Pool(0) {
                    self.ports.http.close(self.pool);
                }
                return ran;
            }
        }
    }

    async fn round(&self) -> Ran {
        let ports = self.ports;
        let begun = really(ports);
        let mut execution = Box::new(Execution::new(
            Arc::clone(&self.case),
            self.control,
            Arc::clone(&self.world),
            self.door.as_deref(),
            ports.chance.bytes(),
        ));
        if self.alone
            && let Some(provider) = &ports.provider
        {
            // what was heard before belongs to nobody
            provider.heard();
            provider.script(0, crate::provider::Script::default());
            provider.script(1, crate::provider::Script::default());
        }
        let limit = self.world.profile.limits.case_time;
        let requests = drive(&mut execution, ports, self.pool, limit, self.alone).await;
        let mut idle = execution.was_idle();
        if self.alone
            && let Some(provider) = &ports.provider
        {
            execution.overhear(provider.heard(), provider.codes());
            let unused = provider.idle();
            idle |= self.control == Control::Case
                && scripted(&self.case).iter().any(|key| unused.contains(key));
            provider.script(0, crate::provider::Script::default());
            provider.script(1, crate::provider::Script::default());
        }
        let (ended, riders) = execution.end();
        Ran {
            transcript: std::mem::take(&mut execution.transcript),
            vault: std::mem::take(&mut execution.vault),
            ended,
            riders,
            requests,
            took: really(ports).since(begun),
            went_standard: execution.went_standard(),
            idle,
        }
    }
}

/// The time as it would be if no clock had been moved instead of waiting: for how long something took.
pub(super) fn really(ports: &Ports) -> Moment {
    Moment(ports.clock.now().0.saturating_sub(ports.clock.moved()))
}

/// Provider keys that the departure of a case changes.
fn scripted(case: &Case) -> Vec<String> {
    use crate::suite::model::Departure;
    use crate::suite::template::Template;
    let keys = |template: &Template| -> Vec<String> {
        match template {
            Template::Plain(serde_json::Value::Object(map)) => map.keys().cloned().collect(),
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
            && action.verb == crate::suite::verb::Verb::Provider
        {
            // what the good path says too is no departure
            let changed = |key: &String| {
                let of = crate::suite::infer::member;
                of(&action.args, key) != of(&step.action.args, key)
            };
            all.extend(keys(&action.args).into_iter().filter(changed));
        }
    }
    all
}
