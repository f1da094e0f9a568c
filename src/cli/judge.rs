//! One run, put together: the target, its preparation, the plan, and the runner that tells every event.
//!
//! `run`, `prove`, `test` and `explain` differ in what they do with the events.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::runtime::{Builder, Runtime};

use crate::edge::target::Target;
use crate::model::{RunEvent, Setting, Summary};
use crate::report::exit::Signal;
use crate::run::plan::Plan;
use crate::run::prepare::{Prepared, prepare};
use crate::run::runner::{Runner, Settings};
use crate::run::terms::Terms;
use crate::suite::model::Case;
use crate::suite::profile::Profile;

use super::args::Order;
use super::exit::Failure;
use super::signal;

/// How a run is done.
pub(super) struct How {
    /// Cases at the same time; none: 16 on this machine, 4 elsewhere.
    pub(super) in_flight: Option<u32>,
    /// In which order.
    pub(super) order: Order,
    /// Passed cases keep their exchanges.
    pub(super) keep_passed: bool,
    /// What is met is spoilt and judged again.
    pub(super) spoils: bool,
    /// All that cases are judged by is kept.
    pub(super) records: bool,
    /// Every effect is allowed: the target is ours.
    pub(super) ours: bool,
    /// What the reports are told of how it was asked.
    pub(super) setting: Setting,
}

/// How a run ended.
pub(super) struct Judged {
    pub(super) signal: Option<Signal>,
}

/// The runtime of a run: one thread for all sockets, since a second costs more than it gives.
pub(super) fn runtime() -> Result<Runtime, Failure> {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Internal(format!("no runtime: {error}")))
}

/// Runs the cases against the target, until they are judged or somebody ends the program.
pub(super) async fn judge(
    target: &Target,
    cases: Vec<Case>,
    how: &How,
    tell: &mut dyn FnMut(RunEvent),
) -> Judged {
    judge_until(target, cases, how, Box::pin(signal::ended()), tell).await
}

/// The same, where somebody else says when it is to end early.
pub(super) async fn judge_until(
    target: &Target,
    cases: Vec<Case>,
    how: &How,
    mut ended: Pin<Box<dyn Future<Output = Signal>>>,
    tell: &mut dyn FnMut(RunEvent),
) -> Judged {
    let prepared = tokio::select! {
        // first, so that it is listened for before anything is sent
        biased;
        signal = &mut ended => return interrupted(&target.name, signal, how, tell),
        prepared = prepare(Arc::clone(&target.profile), &target.ports) => prepared,
    };
    let plan = plan(cases, &prepared, how);
    let mut setting = how.setting.clone();
    if how.records {
        setting.in_force = Some(Terms::of(&prepared, how.ours).in_force());
    }
    tell(RunEvent::RunStarted {
        target: target.name.clone(),
        cases: outcomes(&plan),
        setting: Box::new(setting),
    });
    let stop = Arc::new(AtomicBool::new(false));
    let settings = Settings {
        in_flight: in_flight(&target.profile, how),
        keep_passed: how.keep_passed,
        spoils: how.spoils,
        records: how.records,
        stop: Arc::clone(&stop),
    };
    let run = async {
        let mut runner = Runner::new(prepared, &target.ports, settings, tell);
        runner.calibrate().await;
        runner.run(plan).await
    };
    tokio::pin!(run);
    let mut heard = None;
    loop {
        tokio::select! {
            _ = &mut run => return Judged { signal: heard },
            signal = &mut ended, if heard.is_none() => {
                // what is on its way is waited for, so that the report is whole as far as it goes
                stop.store(true, Ordering::Relaxed);
                heard = Some(signal);
            }
        }
    }
}

fn interrupted(name: &str, signal: Signal, how: &How, tell: &mut dyn FnMut(RunEvent)) -> Judged {
    let summary = Summary {
        interrupted: Some("interrupted before the first case".to_owned()),
        ..Summary::default()
    };
    tell(RunEvent::RunStarted {
        target: name.to_owned(),
        cases: 0,
        setting: Box::new(how.setting.clone()),
    });
    tell(RunEvent::RunFinished(summary));
    Judged {
        signal: Some(signal),
    }
}

/// What runs, and why the rest doesn't, by all that is known once the target was asked for its metadata and token.
pub(super) fn plan(cases: Vec<Case>, prepared: &Prepared, how: &How) -> Plan {
    Plan::new(ordered(cases, how.order), &Terms::of(prepared, how.ours))
}

fn in_flight(profile: &Profile, how: &How) -> usize {
    let usual = if profile.origin.is_loopback() { 16 } else { 4 };
    let chosen = how.in_flight.or(profile.limits.in_flight);
    chosen.map_or(usual, |chosen| usize::try_from(chosen).unwrap_or(usual))
}

/// Verdicts that a plan comes to: riders have their own.
fn outcomes(plan: &Plan) -> usize {
    let jobs = plan.jobs.iter().map(|job| &job.case);
    let skipped = plan.skipped.iter().map(|skipped| &skipped.case);
    jobs.chain(skipped).map(|case| 1 + case.riders.len()).sum()
}

/// The cases in another order, the same for the same seed (Fisher and Yates, numbers by SplitMix64).
fn ordered(mut cases: Vec<Case>, order: Order) -> Vec<Case> {
    let Order::Shuffled(seed) = order else {
        return cases;
    };
    let mut state = seed.unwrap_or_default();
    let mut number = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    for last in (1..cases.len()).rev() {
        let bound = u64::try_from(last).unwrap_or(u64::MAX).saturating_add(1);
        let other = usize::try_from(number() % bound).unwrap_or(0);
        cases.swap(last, other);
    }
    cases
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::suite::compile::{Owner, suite};

    fn cases() -> Vec<Case> {
        let mut sources = Sources::default();
        let text: String = (0..20)
            .map(|number| format!("  - id: c{number}\n    steps: [{{ send: {{ to: protected }}, expect: [{{ status: 200, basis: ours }}] }}]\n"))
            .collect();
        let text = format!("suite: a/b\nrole: resource-server\ncases:\n{text}");
        let file = sources.add("a.yaml", text);
        suite(&sources, file, Owner::User).unwrap().cases
    }

    fn names(order: Order) -> Vec<String> {
        let cases = ordered(cases(), order);
        cases.iter().map(|case| case.id.to_string()).collect()
    }

    #[test]
    fn a_seed_gives_one_order_and_loses_nothing() {
        let planned = names(Order::Plan);
        let mut shuffled = names(Order::Shuffled(Some(7)));
        assert_ne!(planned, shuffled);
        assert_eq!(shuffled, names(Order::Shuffled(Some(7))));
        assert_ne!(shuffled, names(Order::Shuffled(Some(8))));
        shuffled.sort();
        let mut sorted = planned;
        sorted.sort();
        assert_eq!(shuffled, sorted);
    }
}
