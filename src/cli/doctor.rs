//! `authspec doctor`: tries what a profile says, as a run does before its first case, and judges nothing.
//!
//! It sends what a run sends to get ready (for tokens, keys and metadata), and what calibration sends. What it says of
//! endpoints is what calibration says of them; which cases would run is the plan's word.

mod found;

use std::path::Path;
use std::sync::Arc;

use crate::edge::target::Target;
use crate::model::Role;
use crate::report::exit::{FAILED, INCONCLUSIVE, OK};
use crate::run::calibrate;
use crate::run::plan::{Job, Plan};
use crate::run::prepare::{Prepared, prepare};
use crate::run::terms::Terms;
use crate::suite::model::Case;
use crate::suite::profile::{Door, Profile};

use super::args::{DoctorArgs, TargetArgs};
use super::console::{Console, print};
use super::exit::{Ending, Failure};
use super::load::Loader;
use super::profile::{self, DEFAULT};
use super::run::{Asked, Opened};
use super::unlocks::Unlocks;
use super::wrap::wrapped;
use super::{judge, signal};

use found::{Found, Sign};

pub(super) fn run(args: &DoctorArgs, console: &Console) -> Ending {
    let args = &args.target;
    let mut loader = Loader::default();
    let profile = profile::load(args, &mut loader, console)?;
    loader.all_bundled();
    loader.checked(console)?;
    let Some(profile) = profile else {
        return Err(Failure::unusable(format!(
            "there is no {DEFAULT} here; `authspec init` writes one, `--profile FILE` names another, and `--target URL` does without"
        )));
    };
    let asked = Asked::of(Some(profile), args)?;
    asked.announce(console);
    judge::runtime()?.block_on(look(asked, loader.take_cases(), args, console))
}

async fn look(asked: Asked, cases: Vec<Case>, args: &TargetArgs, console: &Console) -> Ending {
    let (target, launched) = match asked.open().await? {
        Opened::Ready(target, launched) => (target, launched),
        Opened::NotUp(why) => {
            console.tell(&format!("error: the target did not come up: {why}"));
            return Ok(INCONCLUSIVE);
        }
    };
    let looked = tokio::select! {
        biased;
        signal = signal::ended() => Err(signal),
        looked = all(&target, cases) => Ok(looked),
    };
    if let Some(launched) = launched {
        launched.stop().await;
    }
    let name = target.name.clone();
    target.stop().await;
    match looked {
        Ok((found, unlocks)) => {
            print(&page(&name, &found, &unlocks, args, console))?;
            Ok(code(&found))
        }
        Err(signal) => Ok(signal.code()),
    }
}

/// What was found, and what would run.
async fn all(target: &Target, cases: Vec<Case>) -> (Vec<Found>, Unlocks) {
    let prepared = prepare(Arc::clone(&target.profile), &target.ports).await;
    let mut found = found::prepared(&prepared);
    let roles = roles(&target.profile);
    let plan = planned(cases, &prepared, &roles);
    let mut vault = prepared.vault;
    let world = Arc::new(prepared.world);
    let mut skew = prepared.skew;
    for (door, calibrated) in calibrate::every(&world, &target.ports).await {
        vault.absorb(&calibrated.vault);
        skew = skew.or(calibrated.skew);
        let mut one = found::door(&door, &calibrated, &vault);
        if one.sign != Sign::Good {
            one.says.extend(waits(&plan, &door, &world.profile));
        }
        found.push(one);
    }
    found.extend(found::clock(skew));
    found.extend(found::untried(&world.profile));
    (found, unlocks(&plan, &roles))
}

/// The roles that the profile is about.
fn roles(profile: &Profile) -> Vec<Role> {
    let client = profile.client.is_some();
    let server = profile.server.is_some();
    let api = !profile.doors.is_empty() || !client && !server;
    let all = [
        (Role::ResourceServer, api),
        (Role::Client, client),
        (Role::AuthorizationServer, server),
    ];
    let there = all.into_iter().filter(|(_, is_there)| *is_there);
    there.map(|(role, _)| role).collect()
}

/// What a run would do about these roles, by all that is known once the target was asked.
fn planned(mut cases: Vec<Case>, prepared: &Prepared, roles: &[Role]) -> Plan {
    cases.retain(|case| roles.contains(&case.role));
    Plan::new(cases, &Terms::of(prepared, false))
}

/// How many cases wait for an endpoint at which nothing can be told.
fn waits(plan: &Plan, door: &Door, profile: &Profile) -> Option<String> {
    let at_door = |job: &&Job| match &job.door {
        Some(name) => *name == door.name,
        None => {
            let own = profile.door_for(job.case.kind);
            job.case.touches_a_door() && own.is_some_and(|own| own.name == door.name)
        }
    };
    let count = plan.jobs.iter().filter(at_door).count();
    let cases = match count {
        0 => return None,
        1 => "1 case is".to_owned(),
        many => format!("{many} cases are"),
    };
    Some(format!("{cases} about this endpoint"))
}

fn unlocks(plan: &Plan, roles: &[Role]) -> Unlocks {
    // a case that is asked at further endpoints is one case
    let runs = plan.jobs.iter().filter(|job| job.door.is_none());
    let skipped = plan.skipped.iter().map(|skipped| Some(&skipped.why));
    let unlocks = Unlocks::of(runs.map(|_| None).chain(skipped));
    let words: Vec<&str> = roles.iter().map(|role| role.word()).collect();
    unlocks.called(format!("cases for {}", words.join(" and ")))
}

fn code(found: &[Found]) -> u8 {
    let any = |sign| found.iter().any(|one| one.sign == sign);
    match () {
        () if any(Sign::Open) => FAILED,
        () if any(Sign::Unknown) => INCONCLUSIVE,
        () => OK,
    }
}

fn page(
    name: &str,
    found: &[Found],
    unlocks: &Unlocks,
    args: &TargetArgs,
    console: &Console,
) -> String {
    let profile = args.profile.as_deref().unwrap_or(Path::new(DEFAULT));
    let by = match args.profile.is_some() || profile.is_file() {
        true => format!(", by {}", profile.display()),
        false => String::new(),
    };
    let mut text = format!(
        "{}\n\n",
        wrapped("", &format!("{name}{by}"), console.width(), 0)
    );
    for one in found {
        if console.quiet && one.sign == Sign::Good {
            continue;
        }
        text.push_str(&block(one, console));
    }
    text.push('\n');
    text.push_str(&unlocks.wrapped(console.width()));
    text
}

/// A sign and what it is about, and below what was found.
fn block(found: &Found, console: &Console) -> String {
    let (mark, colour) = found.sign.shown();
    let about = wrapped("  ", &found.about, console.width(), 4);
    let about = format!(
        "{} {}\n",
        console.styled(colour, mark),
        console.styled("1", about.trim_start())
    );
    let says: String = found
        .says
        .iter()
        .map(|one| format!("{}\n", wrapped("    ", one, console.width(), 4)))
        .collect();
    about + &says
}
