//! Each fault changes what somebody sees.
//!
//! A fixed set of requests is sent to the right server and to one with each fault. Where no answer
//! differs the fault is dead: it models nothing that could be found.

mod as_client;
mod as_issuer;
mod as_resource;
mod envelope;
mod key_set;
mod special;

use std::collections::BTreeSet;

use authspec_reference_server::faults;

#[test]
fn names_and_texts_are_whole() {
    let mut seen = BTreeSet::new();
    for fault in faults() {
        assert!(seen.insert(fault.name), "{} stands twice", fault.name);
        for text in [fault.what, fault.models] {
            assert!(!text.is_empty(), "{}", fault.name);
        }
        assert!(fault.what.ends_with('.'), "{}", fault.name);
        let special = fault.groups.contains(&"special");
        assert_eq!(fault.role.is_empty(), special, "{}", fault.name);
        assert_eq!(fault.breaks.is_empty(), special, "{}", fault.name);
    }
    for group in ["tutorial", "special", "confusion"] {
        assert!(
            faults().iter().any(|fault| fault.groups.contains(&group)),
            "{group}"
        );
    }
}

/// The names of the faults of a role.
fn of_role(role: &str) -> impl Iterator<Item = &'static str> {
    faults()
        .iter()
        .filter(move |fault| fault.role == role || fault.role.is_empty())
        .map(|fault| fault.name)
}
