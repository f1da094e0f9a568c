//! `authspec run --dry-run`: who would be asked, and what for, as far as it doesn't follow from an answer.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use crate::edge::clock::{Random, SystemClock};
use crate::exec::act::Outgoing;
use crate::exec::execution::{Control, Execution, Told, Want};
use crate::exec::world::World;
use crate::model::{Answer, Exchange, Moment, Silence, Vault};
use crate::report::exit::OK;
use crate::run::plan::{Job, Plan};
use crate::run::port::{Chance as _, Clock as _};
use crate::run::redact;
use crate::run::terms::Terms;
use crate::source::visible;
use crate::suite::model::Case;
use crate::suite::profile::TokenSource;

use super::console::print;
use super::exit::{Ending, Failure};
use super::run::Asked;

/// Shows the plan.
pub(super) fn show(asked: Asked, cases: Vec<Case>) -> Ending {
    let Asked::Named {
        profile, origins, ..
    } = asked
    else {
        return Err(Failure::unusable(
            "--dry-run shows what a target would be asked; name one by --target or --profile",
        ));
    };
    let plan = Plan::new(cases, &Terms::of_profile(&profile, false));
    let mut world = World::new(Arc::clone(&profile));
    if let Some(TokenSource::Value(token)) = &profile.token {
        world.token = Some(token.reveal().to_owned());
    }
    let world = Arc::new(world);
    let mut vault = Vault::default();
    profile.secrets.iter().for_each(|secret| vault.add(secret));
    let mut text = "nothing is sent; these would be asked:\n".to_owned();
    for origin in origins {
        // writing to a String can't fail, here and below
        let _ = writeln!(text, "  {origin}");
    }
    let _ = writeln!(
        text,
        "\n{} cases, {} skipped; a twin of each path would be sent before and after\n",
        plan.jobs.len(),
        plan.skipped.len()
    );
    for job in &plan.jobs {
        text.push_str(&first_requests(job, &world, &vault));
    }
    print(&text)?;
    Ok(OK)
}

/// What a case sends before it needs an answer.
fn first_requests(job: &Job, world: &Arc<World>, vault: &Vault) -> String {
    let mut execution = Execution::new(
        Arc::clone(&job.case),
        Control::Case,
        Arc::clone(world),
        job.door.as_deref(),
        Random.bytes(),
    );
    let now = SystemClock.now();
    let mut text = format!("{}\n", job.id);
    loop {
        match execution.next(Told::Done, now) {
            Want::Wait(_) | Want::Script(..) | Want::Restart => {}
            Want::Send(requests) => {
                let mut vault = vault.clone();
                vault.absorb(&execution.vault);
                for request in requests {
                    text.push_str(&shown(request, now, &vault));
                }
                break;
            }
            Want::Done => {
                text.push_str("  needs what only the target can give, a token for instance\n");
                break;
            }
        }
    }
    if job.case.steps.len() > 1 {
        text.push_str("  (what follows depends on the answer)\n");
    }
    text.push('\n');
    text
}

fn shown(outgoing: Outgoing, at: Moment, vault: &Vault) -> String {
    let exchange = Exchange {
        seq: 0,
        hop: outgoing.hop,
        actor: outgoing.actor,
        step: 0,
        request: outgoing.request,
        answer: Answer::Silence(Silence::TimedOut),
        at,
        took: Duration::ZERO,
    };
    let request = redact::exchange(&exchange, vault).request;
    request
        .as_str()
        .trim_end()
        .lines()
        .map(|line| format!("  {}\n", visible(line)))
        .collect()
}
