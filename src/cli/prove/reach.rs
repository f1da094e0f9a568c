//! Which cases run against which fault.
//!
//! Everything against everything is a million runs, of which two thousand see something. So a fault runs the cases of
//! the suites in which the lock has ever seen a fault of its table (the same part of the server); the cases that are
//! there for it; and every case of a suite that the lock knows nothing of. `--everywhere` leaves only what no case of
//! another role or scheme could see, and the lock is only ever written from that.

use std::collections::{BTreeMap, BTreeSet};

use authspec_reference_server::{Fault, faults};

use crate::model::Role;
use crate::suite::model::{Case, CredentialKind};

use super::matrix::Matrix;

/// Where the faults of each table were seen.
#[derive(Debug)]
pub(super) enum Reach<'a> {
    Everywhere,
    Known {
        /// By table.
        seen: BTreeMap<usize, BTreeSet<&'a str>>,
        /// All suites in which anything was seen.
        suites: BTreeSet<&'a str>,
    },
}

impl<'a> Reach<'a> {
    /// What a reviewed matrix tells.
    pub(super) fn of(known: &'a Matrix) -> Self {
        let mut seen: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        let mut suites = BTreeSet::new();
        for (name, case, _) in known.seen() {
            let suite = case.split("::").next().unwrap_or(case);
            suites.insert(suite);
            if let Some(fault) = faults().iter().find(|fault| fault.name == name) {
                seen.entry(fault.table).or_default().insert(suite);
            }
        }
        Self::Known { seen, suites }
    }

    /// The cases that run against this fault; against the sound server, all.
    pub(super) fn cases(&self, fault: Option<&Fault>, cases: &[Case]) -> Vec<Case> {
        let Some(fault) = fault else {
            return cases.to_vec();
        };
        let reached = |case: &&Case| could_see(fault, case) && self.reaches(fault, case);
        cases.iter().filter(reached).cloned().collect()
    }

    fn reaches(&self, fault: &Fault, case: &Case) -> bool {
        let Self::Known { seen, suites } = self else {
            return true;
        };
        let Some(table) = seen.get(&fault.table) else {
            return true;
        };
        let suite = case.id.suite();
        table.contains(suite) || !suites.contains(suite) || is_there_for(case, fault.name)
    }
}

/// Of its role, and about what its decisions guard; special faults can show in all.
fn could_see(fault: &Fault, case: &Case) -> bool {
    let role = Role::from_word(fault.role);
    let scheme = case.kind.map(CredentialKind::scheme);
    role.is_none_or(|role| case.role == role)
        && (fault.guards.is_empty() || scheme.is_none_or(|scheme| fault.guards.contains(&scheme)))
}

fn is_there_for(case: &Case, fault: &str) -> bool {
    let riders = case.riders.iter().flat_map(|rider| &rider.detects);
    case.detects.iter().chain(riders).any(|one| one == fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lock's lines, and what of them a fault of the same table as `as-device-codes-count-up` may meet.
    #[test]
    fn a_fault_reaches_where_its_table_was_seen() {
        let known = Matrix::read(
            "as-device-short-user-codes\tas/device::codes\tfail\tRFC8628-5.1-1\n\
             as-nothing-of-this-name\tas/code::one\tfail\tX\n",
        )
        .unwrap();
        let Reach::Known { seen, suites } = Reach::of(&known) else {
            panic!("a matrix was given");
        };
        let named = |name| faults().iter().find(|fault| fault.name == name).unwrap();
        let table = named("as-device-codes-count-up").table;
        assert_eq!(seen[&table], BTreeSet::from(["as/device"]));
        assert!(!seen.contains_key(&named("jwt-alg-none").table));
        assert_eq!(suites, BTreeSet::from(["as/code", "as/device"]));
    }
}
