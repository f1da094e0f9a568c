//! Which cases run against which fault.
//!
//! Everything against everything is over a million runs, of which some thousand see something. So a fault runs the cases
//! in which a fault of its table (the same part of the server) was ever seen, by the lock, or is meant to be, by
//! `detects`. `--everywhere` leaves out only what no case of another role or scheme could see.

use std::collections::{BTreeMap, BTreeSet};

use authspec_reference_server::{Fault, faults};

use crate::model::Role;
use crate::suite::model::{Case, CredentialKind};

use super::matrix::Matrix;

/// Where the faults of each table show.
#[derive(Debug)]
pub(super) enum Reach<'a> {
    /// It may be anywhere.
    Everywhere,
    /// In these cases, by table.
    Known(BTreeMap<usize, BTreeSet<&'a str>>),
}

impl<'a> Reach<'a> {
    /// What a reviewed matrix tells, and what cases are there for.
    pub(super) fn of(known: &'a Matrix, cases: &'a [Case]) -> Self {
        let seen = known.seen().map(|(fault, case, _)| (fault, case));
        let meant = cases
            .iter()
            .flat_map(|case| detects(case).map(|fault| (fault, case.id.as_str())));
        let mut known: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        for (name, case) in seen.chain(meant) {
            if let Some(fault) = faults().iter().find(|fault| fault.name == name) {
                known.entry(fault.table).or_default().insert(whole(case));
            }
        }
        Self::Known(known)
    }

    /// The cases that run against this fault; against the sound server and the special faults, all.
    pub(super) fn cases(&self, fault: Option<&Fault>, cases: &[Case]) -> Vec<Case> {
        let Some(fault) = fault else {
            return cases.to_vec();
        };
        let reached = |case: &&Case| could_see(fault, case) && self.reaches(fault, case);
        cases.iter().filter(reached).cloned().collect()
    }

    fn reaches(&self, fault: &Fault, case: &Case) -> bool {
        match self {
            Self::Known(known) if !super::is_special(fault.name) => known
                .get(&fault.table)
                .is_some_and(|known| known.contains(whole(case.id.as_str()))),
            _ => true,
        }
    }
}

/// The case of an id, with all its rows and riders.
fn whole(id: &str) -> &str {
    let case = id.find("::").map_or(0, |at| at + 2);
    let end = id[case..].find(['[', '/']);
    end.map_or(id, |end| &id[..case + end])
}

/// Of its role, and about what its decisions guard; special faults can show in all.
fn could_see(fault: &Fault, case: &Case) -> bool {
    let role = Role::from_word(fault.role);
    let scheme = case.kind.map(CredentialKind::scheme);
    role.is_none_or(|role| case.role == role)
        && (fault.guards.is_empty() || scheme.is_none_or(|scheme| fault.guards.contains(&scheme)))
}

/// The faults that a case and its riders are there for.
fn detects(case: &Case) -> impl Iterator<Item = &str> {
    let riders = case.riders.iter().flat_map(|rider| &rider.detects);
    case.detects.iter().chain(riders).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_reaches_where_its_table_was_seen() {
        let known = Matrix::read(
            "as-device-short-user-codes\tas/device::codes/are-long\tfail\tRFC8628-5.1-1\n\
             as-nothing-of-this-name\tas/code::one\tfail\tX\n",
        )
        .unwrap();
        let Reach::Known(cases) = Reach::of(&known, &[]) else {
            panic!("a matrix was given");
        };
        let named = |name| faults().iter().find(|fault| fault.name == name).unwrap();
        let table = named("as-device-codes-count-up").table;
        let expected = BTreeMap::from([(table, BTreeSet::from(["as/device::codes"]))]);
        assert_eq!(cases, expected);
    }

    #[test]
    fn a_case_has_rows_and_riders() {
        for id in ["a/b::c", "a/b::c/rider", "a/b::c[path=/x]/rider"] {
            assert_eq!(whole(id), "a/b::c");
        }
    }
}
