//! The script as it is played: which call is next, and which misbehaviour has changed an answer.

use std::collections::BTreeMap;

use crate::provider::script::{Certificate, Plan, Script};

/// How a scripted key fared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Key of the script, such as `id-token`.
    pub key: &'static str,
    /// Answers that it was asked to change.
    pub fetched: u32,
    /// Answers that it did change; a nonce can't be twisted in a token that has none.
    pub bitten: u32,
}

#[derive(Clone, Copy, Default)]
struct Tally {
    calls: usize,
    fetched: u32,
    bitten: u32,
}

/// A script with its place in each list.
#[derive(Default)]
pub(super) struct Play {
    script: Script,
    tallies: BTreeMap<&'static str, Tally>,
}

impl Play {
    pub(super) fn new(script: Script) -> Self {
        Self {
            script,
            tallies: BTreeMap::new(),
        }
    }

    /// What is to be changed about this call of a key; the next call is the next of its list.
    pub(super) fn turn<T: Clone>(
        &mut self,
        key: &'static str,
        plan: impl Fn(&Script) -> &Option<Plan<T>>,
    ) -> Option<T> {
        let tally = self.tallies.entry(key).or_default();
        let twist = match plan(&self.script) {
            None | Some(Plan::Honest) => None,
            Some(Plan::Always(twist)) => Some(twist.clone()),
            Some(Plan::Calls(calls)) => calls.get(tally.calls).cloned().flatten(),
        };
        tally.calls = tally.calls.saturating_add(1);
        if twist.is_some() {
            tally.fetched = tally.fetched.saturating_add(1);
        }
        twist
    }

    /// Notes that the key changed an answer.
    pub(super) fn bit(&mut self, key: &'static str) {
        let tally = self.tallies.entry(key).or_default();
        tally.bitten = tally.bitten.saturating_add(1);
        // keys that take a word have no turn of their own
        tally.fetched = tally.fetched.max(tally.bitten);
    }

    /// Whether codes may be redeemed again.
    pub(super) fn codes_are_reusable(&self) -> bool {
        self.script.code_reusable == Some(true)
    }

    /// What is shown under TLS.
    pub(super) fn certificate(&self) -> Certificate {
        self.script.certificate.unwrap_or(Certificate::Right)
    }

    /// Whether tokens that nobody issued are alice's.
    pub(super) fn knows_every_token(&self) -> bool {
        self.script.opaque_known == Some(true)
    }

    /// Every key that is not honest.
    pub(super) fn uses(&self) -> Vec<Use> {
        self.script
            .misbehaving()
            .map(|key| {
                let tally = self.tallies.get(key).copied().unwrap_or_default();
                Use {
                    key,
                    fetched: tally.fetched,
                    bitten: tally.bitten,
                }
            })
            .collect()
    }

    /// Begins to count uses anew; lists go on where they are.
    pub(super) fn forget_uses(&mut self) {
        for tally in self.tallies.values_mut() {
            tally.fetched = 0;
            tally.bitten = 0;
        }
    }
}
