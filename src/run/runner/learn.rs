//! What a run learns of its guarded endpoints before the first case, and what it says of it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::exec::outcome::Oracle;
use crate::model::{Exchange, Hop};

use super::super::calibrate::{self, Learned};
use super::super::redact;
use super::super::said::{Hides, Mute};
use super::Runner;

impl Runner<'_> {
    /// Learns what yes and no look like. Whether anybody answered at all is told.
    pub async fn calibrate(&mut self) -> bool {
        let all = calibrate::every(&self.world, self.ports).await;
        let doors = all.len();
        let mut oracles = HashMap::new();
        let mut dead = 0;
        for (door, calibrated) in all {
            self.vault.absorb(&calibrated.vault);
            self.requests += u64::from(calibrated.requests);
            self.skew = self.skew.or(calibrated.skew);
            if calibrated.asked_nonce && !door.demands_nonce {
                let says = "it demands a nonce of its own in every proof; say `demands-nonce: true` there, and its nonces are judged";
                self.outcomes.note(&door.name, says);
            }
            let learned = calibrated.learned;
            match learned {
                Learned::Tells(oracle) | Learned::Anonymous(oracle) => {
                    oracles.insert(door.name.clone(), Arc::from(oracle));
                }
                Learned::Open {
                    what,
                    leaked,
                    evidence,
                } => {
                    self.outcomes
                        .open_door(&door, &what, leaked, &evidence, &self.vault);
                    self.mute.insert(
                        door.name.clone(),
                        Mute {
                            why: format!("nothing can be judged at an open door: {what}"),
                            hides: Hides::All,
                        },
                    );
                }
                Learned::Mute {
                    why,
                    evidence,
                    dead: silent,
                    refuses,
                } => {
                    dead += usize::from(silent);
                    oracles.insert(door.name.clone(), Arc::new(refusing(&evidence)));
                    self.outcomes
                        .note(&door.name, &redact::text(&why, &self.vault));
                    let hides = if refuses {
                        Hides::Passes
                    } else {
                        Hides::Refusals
                    };
                    self.mute.insert(door.name.clone(), Mute { why, hides });
                }
            }
        }
        if let Some(world) = Arc::get_mut(&mut self.world) {
            world.oracles = oracles;
            if let Some(provider) = &self.ports.provider
                && heard_target(&provider.heard())
            {
                world.was_heard();
            }
        }
        if let Some(skew) = self.skew.filter(|skew| skew.abs() > 2) {
            self.outcomes
                .note("clock", &format!("the target's clock is {skew} s off ours"));
        }
        doors == 0 || dead < doors
    }
}

/// Whether the target itself came to our provider.
pub(super) fn heard_target(exchanges: &[Exchange]) -> bool {
    let mut hops = exchanges.iter().map(|exchange| exchange.hop);
    hops.any(|hop| hop == Hop::TargetToProvider)
}

/// What is known of an endpoint where nothing can pass: what a request without credential gets.
fn refusing(evidence: &[Exchange]) -> Oracle {
    let anonymous = evidence
        .first()
        .and_then(|exchange| exchange.answer.response())
        .cloned();
    Oracle {
        good: None,
        anonymous,
        rule: None,
        standard_form_opens: false,
    }
}
