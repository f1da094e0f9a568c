//! `authspec run`: judges a target.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::edge::clock::Random;
use crate::edge::target::Target;
use crate::model::{Origin, RunEvent, Summary};
use crate::report::exit::{self, INCONCLUSIVE};
use crate::run::port::Chance as _;
use crate::suite::model::Case;
use crate::suite::profile::Profile;

use super::again;
use super::args::{Order, RunArgs, TargetArgs};
use super::baseline::{self, Baseline};
use super::confirm;
use super::console::Console;
use super::dry_run;
use super::exit::{Ending, Failure};
use super::fleet;
use super::judge::{self, How, Judged};
use super::launch::launch;
use super::load::Loader;
use super::profile::{self, DEFAULT};
use super::select::Wanted;
use super::shard;
use super::sinks::{Sinks, Trouble};

pub(super) fn run(args: &RunArgs, console: &Console) -> Ending {
    if let Some(folder) = &args.fleet {
        return fleet::run(folder, args, console);
    }
    let mut loader = Loader::default();
    let wanted = Wanted::load(&args.selection, &mut loader)?;
    let profile = profile::load(&args.target, &mut loader, console)?;
    let known = args.baseline.as_ref();
    let known = known.and_then(|file| baseline::load(file, &mut loader));
    loader.checked(console)?;
    wanted.pick(&mut loader)?;
    let mut setting = again::setting(args);
    setting.suites = shard::of_suites(&loader);
    let of_profile = profile.as_ref().map(|one| shard::of_profile(&loader, one));
    setting.profile = of_profile.unwrap_or_default();
    let asked = Asked::of(profile, &args.target)?;
    asked.announce(console);
    if args.dry_run {
        return dry_run::show(asked, loader.take_cases());
    }
    let mut cases = loader.take_cases();
    if let Some(share) = args.shard {
        let (part, shard) = shard::part(share, cases);
        (cases, setting.shard) = (part, Some(shard));
    }
    let mut sinks = Sinks::open(&args.report, &args.judging, console)?;
    let how = How {
        in_flight: args.in_flight,
        order: drawn(args.order, console),
        keep_passed: args.record || sinks.wants_everything(console),
        spoils: false,
        records: args.record,
        ours: asked.is_ours(),
        setting,
    };
    if let Some(entries) = known {
        let whole = args.selection.select.is_empty() && args.selection.is_unfiltered();
        sinks.know(Baseline::new(entries, whole && args.shard.is_none()));
    }
    judge::runtime()?.block_on(judged(args, asked, cases, &how, sinks, console))
}

async fn judged(
    args: &RunArgs,
    asked: Asked,
    cases: Vec<Case>,
    how: &How,
    mut sinks: Sinks,
    console: &Console,
) -> Ending {
    let mut trouble = Trouble::default();
    let name = asked.name();
    let (target, launched) = match asked.open().await? {
        Opened::Ready(target, launched) => (target, launched),
        Opened::NotUp(why) => {
            for event in not_up(name, how, &why) {
                sinks.event(event, &mut trouble);
            }
            sinks.finish(&mut trouble);
            trouble.tell(console);
            console.tell(&format!("error: the target did not come up: {why}"));
            return Ok(INCONCLUSIVE);
        }
    };
    let Judged { signal } = judge::judge(&target, cases, how, &mut |event| {
        sinks.event(event, &mut trouble);
    })
    .await;
    if let Some(launched) = launched {
        launched.stop().await;
    }
    target.stop().await;
    let summary = sinks.finish(&mut trouble);
    trouble.tell(console);
    let policy = args.judging.policy();
    // a small run has nothing for some of its parts; whether the whole judged something is for `merge` to say
    let nothing_to_do =
        args.shard.is_some() && summary.total() == 0 && summary.interrupted.is_none();
    if nothing_to_do && signal.is_none() && trouble.is_none() {
        return Ok(exit::OK);
    }
    Ok(exit::code(&summary, &policy, !trouble.is_none(), signal))
}

/// What reports hear of a run that could not begin: nobody may take it for one of which nothing is said.
fn not_up(target: String, how: &How, why: &str) -> [RunEvent; 2] {
    let first = why.lines().next().unwrap_or_default();
    let summary = Summary {
        interrupted: Some(format!("the target did not come up: {first}")),
        ..Summary::default()
    };
    let started = RunEvent::RunStarted {
        target,
        cases: 0,
        setting: Box::new(how.setting.clone()),
    };
    [started, RunEvent::RunFinished(summary)]
}

/// Who is asked.
pub(super) enum Asked {
    /// The reference server in this process.
    Embedded,
    /// What a profile names: its confirmed origins, and the folder that it lies in.
    Named {
        profile: Arc<Profile>,
        origins: Vec<Origin>,
        folder: Option<PathBuf>,
    },
}

/// A target that is there, with what launched it, or that did not come up.
pub(super) enum Opened {
    Ready(Target, Option<Arc<crate::edge::launch::Launched>>),
    NotUp(String),
}

impl Asked {
    /// Nothing off this machine is asked unless the user said so.
    pub(super) fn of(profile: Option<Profile>, args: &TargetArgs) -> Result<Self, Failure> {
        let Some(profile) = profile else {
            return Ok(Self::Embedded);
        };
        let origins = confirm::confirmed(&profile)?;
        let file = args
            .profile
            .as_deref()
            .unwrap_or_else(|| Path::new(DEFAULT));
        Ok(Self::Named {
            profile: Arc::new(profile),
            origins,
            folder: file.parent().map(Path::to_owned),
        })
    }

    /// Whether the target is the embedded server, to which everything may be done.
    pub(super) const fn is_ours(&self) -> bool {
        matches!(self, Self::Embedded)
    }

    /// What reports call it.
    fn name(&self) -> String {
        match self {
            Self::Embedded => "embedded reference server".to_owned(),
            Self::Named { profile, .. } => profile.origin.to_string(),
        }
    }

    /// The list of hosts is said first.
    pub(super) fn announce(&self, console: &Console) {
        let Self::Named { origins, .. } = self else {
            return;
        };
        let far = origins.iter().filter(|origin| !origin.is_loopback());
        let far: Vec<String> = far.map(Origin::to_string).collect();
        if !far.is_empty() && !console.quiet {
            console.tell(&format!("asking {}", far.join(", ")));
        }
    }

    /// The target, launched if the profile says how.
    pub(super) async fn open(self) -> Result<Opened, Failure> {
        match self {
            Self::Embedded => {
                let target = Target::embedded(&[]).await.map_err(Failure::Internal)?;
                Ok(Opened::Ready(target, None))
            }
            Self::Named {
                profile,
                origins,
                folder,
            } => {
                let target = Target::attached(profile, origins)
                    .await
                    .map_err(Failure::unusable)?;
                Ok(match launch(target, folder.as_deref()).await {
                    Ok((target, launched)) => Opened::Ready(target, launched),
                    Err(why) => Opened::NotUp(why),
                })
            }
        }
    }
}

/// The order with its seed; one that was drawn is said, so that the run can be repeated.
fn drawn(order: Option<Order>, console: &Console) -> Order {
    match order {
        None => Order::Plan,
        Some(Order::Shuffled(None)) => {
            let [first, second, ..] = Random.bytes();
            let seed = u64::from(first) << 8 | u64::from(second);
            console.tell(&format!("order: shuffled:{seed}"));
            Order::Shuffled(Some(seed))
        }
        Some(order) => order,
    }
}
