//! The requests of a case beside those of its twin, as the embedded reference server in this process gets them.
//! Nothing leaves the machine, and no target is asked.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use crate::cli::args::Order;
use crate::cli::exit::Failure;
use crate::cli::judge::{self, How};
use crate::edge::target::Target;
use crate::exec::execution::{Control, Execution};
use crate::exec::world::World;
use crate::model::{Exchange, Header, Hop, Setting, Vault};
use crate::provider::Script;
use crate::run::calibrate::{Learned, calibrate};
use crate::run::drive::drive;
use crate::run::plan::Job;
use crate::run::port::Pool;
use crate::run::prepare::prepare;
use crate::run::redact;
use crate::source::visible;
use crate::suite::model::Case;
use crate::wire::{basic, jose};

/// Exchanges of one run that are shown.
const SHOWN: usize = 12;

/// The requests, line by line; those of the twin alone are marked `-`, those of the case alone `+`.
pub(super) fn of(case: &Case) -> Result<Vec<String>, Failure> {
    judge::runtime()?.block_on(async {
        let target = Target::embedded(&[]).await.map_err(Failure::Internal)?;
        let shown = asked(case, &target).await;
        target.stop().await;
        Ok(shown)
    })
}

async fn asked(case: &Case, target: &Target) -> Vec<String> {
    let mut prepared = prepare(Arc::clone(&target.profile), &target.ports).await;
    let how = How {
        in_flight: None,
        order: Order::Plan,
        keep_passed: true,
        spoils: false,
        records: false,
        ours: true,
        setting: Setting::default(),
    };
    let plan = judge::plan(vec![case.clone()], &prepared, &how);
    let Some(job) = plan.jobs.into_iter().next() else {
        let why = plan.skipped.iter().map(|skipped| skipped.why.to_string());
        return why.map(|why| format!("none here: {why}")).collect();
    };
    let mut world = Arc::new(prepared.world);
    let mut oracles = HashMap::new();
    for door in &target.profile.doors {
        let seed = target.ports.chance.bytes();
        let calibrated = calibrate(door, &world, &target.ports, seed).await;
        prepared.vault.absorb(&calibrated.vault);
        if let Learned::Tells(oracle) = calibrated.learned {
            oracles.insert(door.name.clone(), Arc::from(oracle));
        }
    }
    if let Some(world) = Arc::get_mut(&mut world) {
        world.oracles = oracles;
    }
    // the same seed, so that state, nonce and verifier are the same on both sides
    let seed = target.ports.chance.bytes();
    let case = one(&job, Control::Case, &world, target, &prepared.vault, seed).await;
    if !job.case.departs() {
        return case.into_iter().map(|line| format!("  {line}")).collect();
    }
    let twin = one(&job, Control::Twin, &world, target, &prepared.vault, seed).await;
    beside(&twin, &case)
}

/// What one run sends, and the status of each answer.
async fn one(
    job: &Job,
    control: Control,
    world: &Arc<World>,
    target: &Target,
    vault: &Vault,
    seed: [u8; 32],
) -> Vec<String> {
    let ports = &target.ports;
    if let Some(provider) = &ports.provider {
        provider.heard();
        provider.script(0, Script::default());
        provider.script(1, Script::default());
    }
    let mut execution = Execution::new(
        Arc::clone(&job.case),
        control,
        Arc::clone(world),
        job.door.as_deref(),
        seed,
    );
    let limit = world.profile.limits.case_time;
    drive(&mut execution, ports, Pool(1), limit, true).await;
    let mut vault = vault.clone();
    vault.absorb(&execution.vault);
    let mut passwords = Vault::default();
    let secrets = target.profile.secrets.iter();
    secrets
        .filter(|secret| !secret.label().starts_with("env "))
        .for_each(|secret| passwords.add(secret));
    let ours = |exchange: &&Exchange| exchange.hop != Hop::TargetToProvider;
    let mut lines = Vec::new();
    for exchange in execution.transcript.iter().filter(ours).take(SHOWN) {
        redact::learn(exchange, &mut vault);
        lines.extend(lines_of(exchange, &vault, &passwords));
    }
    lines
}

fn lines_of(exchange: &Exchange, vault: &Vault, passwords: &Vault) -> Vec<String> {
    let shown = redact::exchange(exchange, vault);
    let request = shown.request.as_str().trim_end().lines();
    let mut lines: Vec<String> = request.map(|line| visible(line).into_owned()).collect();
    for header in &exchange.request.headers {
        for line in decoded(header) {
            let line = passwords.redact(&line);
            lines.push(format!("  ({})", visible(line.as_str())));
        }
    }
    let status = shown.answer.as_str().lines().next().unwrap_or_default();
    lines.push(format!("=> {}", visible(status)));
    lines.push(String::new());
    lines
}

/// What a field offers, in clear: of Basic the user-pass, of a token its header and claims. The embedded server's
/// secrets are published, and a suite has none.
fn decoded(header: &Header) -> Vec<String> {
    let text = header.text();
    if let Ok(found) = basic::decode(&header.value) {
        let part = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (user, password) = (part(&found.user), part(&found.password));
        return vec![format!("user {user}, password {password}")];
    }
    let token = text.rsplit(' ').next().unwrap_or_default();
    let Some(token) = jose::read(token) else {
        return Vec::new();
    };
    let signature = token.parts.get(2).map_or(0, String::len);
    let mut lines = vec![format!("header {}", Value::Object(token.header))];
    match token.claims {
        Some(claims) => lines.extend(
            claims
                .iter()
                .map(|(name, value)| format!("{name}: {value}")),
        ),
        None => lines.push(format!("{} bytes of payload", token.payload.len())),
    }
    lines.push(format!("signature of {signature} characters"));
    lines
}

/// Both texts in one: lines that are in both stand once (the longest common subsequence).
fn beside(twin: &[String], case: &[String]) -> Vec<String> {
    let common = common(twin, case);
    let (mut left, mut right) = (0, 0);
    let mut lines = Vec::new();
    for (at_twin, at_case) in common.into_iter().chain([(twin.len(), case.len())]) {
        lines.extend(twin[left..at_twin].iter().map(|line| format!("- {line}")));
        lines.extend(case[right..at_case].iter().map(|line| format!("+ {line}")));
        if let Some(line) = twin.get(at_twin) {
            lines.push(format!("  {line}"));
        }
        (left, right) = (at_twin + 1, at_case + 1);
    }
    lines
}

/// Indices of the lines that both have, in order.
fn common(one: &[String], other: &[String]) -> Vec<(usize, usize)> {
    let width = other.len() + 1;
    let mut longest = vec![0_usize; (one.len() + 1) * width];
    for left in (0..one.len()).rev() {
        for right in (0..other.len()).rev() {
            longest[left * width + right] = if one[left] == other[right] {
                longest[(left + 1) * width + right + 1] + 1
            } else {
                longest[(left + 1) * width + right].max(longest[left * width + right + 1])
            };
        }
    }
    let (mut left, mut right, mut pairs) = (0, 0, Vec::new());
    while left < one.len() && right < other.len() {
        if one[left] == other[right] {
            pairs.push((left, right));
            left += 1;
            right += 1;
        } else if longest[(left + 1) * width + right] >= longest[left * width + right + 1] {
            left += 1;
        } else {
            right += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn what_both_say_stands_once() {
        let lines = |text: &str| text.split('|').map(str::to_owned).collect::<Vec<_>>();
        for (twin, case, shown) in [
            ("a|b|c", "a|x|c", "  a|- b|+ x|  c"),
            ("a", "a|b", "  a|+ b"),
            ("a|b", "b", "- a|  b"),
            ("a", "b", "- a|+ b"),
        ] {
            assert_eq!(beside(&lines(twin), &lines(case)), lines(shown));
        }
    }
}
