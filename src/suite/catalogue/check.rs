//! The list of checks worth having, whichever document or none asks them.

use std::sync::OnceLock;

use crate::model::{Level, Role, Severity};

pub(super) const CHECKS: &str = include_str!("../../../suites/requirements/checks.yaml");
pub(super) const CHECK_INDEX: &str = include_str!("../../../suites/requirements/checks.tsv");

/// A check worth having.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The id as cases name it.
    pub id: String,
    /// The side under test.
    pub role: Role,
    /// Further roles that it can be aimed at.
    pub also_roles: Vec<Role>,
    /// The topic.
    pub area: String,
    /// What a correct implementation does.
    pub title: String,
    /// How binding it is.
    pub level: Level,
    /// The damage if it fails.
    pub severity: Severity,
    /// Where it comes from.
    pub refs: Vec<String>,
    /// What it takes.
    pub needs: Vec<String>,
    /// Tools and collections that have it.
    pub anchors: Vec<String>,
    /// Whether a first release should have it (`tier: core`).
    pub core: bool,
    /// Whether a section under `refs` has not been compared with the document.
    pub unconfirmed: bool,
}

impl Check {
    /// Whether it can be aimed at this role.
    pub fn is_for(&self, role: Role) -> bool {
        self.role == role || self.also_roles.contains(&role)
    }
}

/// Every check, in the order of the file; the first call parses it.
pub fn checks() -> &'static [Check] {
    static ALL: OnceLock<Vec<Check>> = OnceLock::new();
    // the file is embedded, and a test reads it
    ALL.get_or_init(|| parse_checks(CHECKS).unwrap_or_default())
}

/// Whether the list has a check of that id; reads the small index alone.
pub fn check_exists(id: &str) -> bool {
    let all = ids();
    all.binary_search(&id).is_ok()
}

/// The check id most like this one, if any is near.
pub fn nearest_check(id: &str) -> Option<&'static str> {
    crate::source::nearest(id, ids().iter().copied())
}

pub(super) fn parse_checks(text: &str) -> Result<Vec<Check>, String> {
    super::read::checks(text)
}

fn ids() -> &'static [&'static str] {
    static IDS: OnceLock<Vec<&'static str>> = OnceLock::new();
    IDS.get_or_init(|| {
        CHECK_INDEX
            .lines()
            .filter_map(|line| line.split('\t').next())
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read_and_each_id_stands_once() {
        let all = parse_checks(CHECKS).unwrap();
        assert_eq!(checks().len(), all.len());
        assert_eq!(ids().len(), all.len());
        assert!(ids().is_sorted_by(|a, b| a < b));
        assert!(all.iter().all(|check| check_exists(&check.id)));
    }

    #[test]
    fn a_slip_of_the_pen_is_answered_with_the_nearest_check() {
        assert!(!check_exists("basic-no-credential-rejected"));
        assert_eq!(
            nearest_check("basic-no-credential-rejected"),
            Some("basic-no-credentials-rejected")
        );
        assert_eq!(nearest_check("xyzzy"), None);
    }

    #[test]
    fn an_unknown_word_is_an_error() {
        let text = CHECKS.replacen("role: resource-server", "role: server", 1);
        assert!(parse_checks(&text).is_err_and(|error| error.contains("server")));
    }
}
