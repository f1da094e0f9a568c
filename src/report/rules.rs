//! What a rule says: requirements by their id, read from the catalogue when a report first cites them.

use std::collections::BTreeMap;

use crate::model::Basis;
use crate::suite::catalogue::{self, Document, Requirement};

/// The documents that were cited so far.
#[derive(Default)]
pub(super) struct Rules {
    documents: BTreeMap<&'static str, Option<Document>>,
}

impl Rules {
    /// A requirement of the catalogue.
    pub(super) fn requirement(&mut self, id: &str) -> Option<&Requirement> {
        let standard = catalogue::find(id)?.standard;
        let document = self
            .documents
            .entry(standard)
            .or_insert_with(|| catalogue::document(standard));
        let requirements = &document.as_ref()?.requirements;
        requirements.iter().find(|one| one.id == id)
    }

    /// `RFC7617-2-1 (must): A server ...`; the words only where a clause has some.
    pub(super) fn cited(&mut self, basis: &Basis) -> String {
        let lead = format!("{} ({})", basis.id(), basis.level());
        match self.requirement(basis.id()) {
            Some(requirement) => format!("{lead}: {}", requirement.says),
            None => lead,
        }
    }

    /// Where a basis can be read.
    pub(super) fn address(&mut self, basis: &Basis) -> Option<String> {
        if let Some(number) = basis.id().strip_prefix("CWE-") {
            return Some(format!(
                "https://cwe.mitre.org/data/definitions/{number}.html"
            ));
        }
        let requirement = self.requirement(basis.id())?;
        Some(requirement.url.clone()).filter(|url| url.starts_with("https://"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Level, RequirementId};

    #[test]
    fn a_clause_is_cited_with_its_words() {
        let basis = Basis::Requirement {
            id: RequirementId::new("RFC7617-2-1"),
            level: Level::Must,
        };
        let mut rules = Rules::default();
        let cited = rules.cited(&basis);
        assert!(
            cited.starts_with("RFC7617-2-1 (must): ") && cited.len() > 40,
            "{cited}"
        );
        assert!(rules.address(&basis).unwrap().contains("7617"));
        let ours = Basis::Ours {
            level: Level::Should,
        };
        assert_eq!(rules.cited(&ours), "your rule (should)");
        assert_eq!(rules.address(&ours), None);
    }
}
