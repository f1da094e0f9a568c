//! A document of the catalogue in full, for those who show it.

use super::standard::{STANDARDS, standard};
use crate::model::{Level, Role};

/// A file of the catalogue.
#[derive(Clone, Debug)]
pub struct Document {
    /// The document's number or name: "RFC 7617".
    pub spec: String,
    /// Its title.
    pub title: String,
    /// Where to read it.
    pub url: String,
    /// The edition that the wording rests on.
    pub text: String,
    /// The sections that were gone through.
    pub scope: String,
    /// About how many keyword sentences in scope have no entry, because they show nothing or bind somebody else.
    pub unobservable: u32,
    /// The requirements in the order of the file.
    pub requirements: Vec<Requirement>,
}

/// An entry of the catalogue in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The id as suites cite it.
    pub id: String,
    /// The document's number or name.
    pub spec: String,
    /// The document's title.
    pub title: String,
    /// Where to read the document.
    pub url: String,
    /// The section.
    pub section: String,
    /// How binding it is.
    pub level: Level,
    /// The party it binds.
    pub role: Role,
    /// The rule.
    pub says: String,
    /// What a breach looks like from outside.
    pub observable: String,
    /// What makes it show.
    pub stimulus: String,
    /// What the stimulus takes.
    pub needs: Vec<String>,
    /// What else has to be known of it.
    pub note: Option<String>,
}

/// The document that a profile or an id calls `word`.
pub fn document(word: &str) -> Option<Document> {
    Document::parse(standard(word)?.text).ok()
}

/// A requirement in full; parses its document.
pub fn full(id: &str) -> Option<Requirement> {
    let entry = super::find(id)?;
    document(entry.standard)?
        .requirements
        .into_iter()
        .find(|one| one.id == id)
}

/// Every document, parsed.
pub(super) fn documents() -> impl Iterator<Item = Document> {
    STANDARDS
        .iter()
        .filter_map(|one| Document::parse(one.text).ok())
}

impl Document {
    /// A file of the catalogue.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        super::read::document(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_parses_and_repeats_its_title() {
        for row in STANDARDS {
            let document =
                Document::parse(row.text).unwrap_or_else(|error| panic!("{}: {error}", row.word));
            assert_eq!(document.title, row.title, "{}", row.word);
            assert!(document.url.starts_with("https://"), "{}", row.word);
            assert!(!document.requirements.is_empty(), "{}", row.word);
        }
        assert_eq!(documents().count(), STANDARDS.len());
    }

    #[test]
    fn an_entry_is_shown_with_its_document() {
        let one = full("RFC6749-2.3.1-2").unwrap();
        assert_eq!((one.spec.as_str(), one.level), ("RFC 6749", Level::Must));
        assert!(one.says.contains("decoded"));
        assert!(one.note.is_some());
        assert_eq!(one.needs, ["credentials"]);
        assert_eq!(full("RFC6749-2.3.1-99"), None);
    }

    #[test]
    fn a_slip_in_a_file_is_an_error() {
        let file = STANDARDS[0].text;
        for broken in [
            String::from("spec: x\n"),
            String::from("requirements: ["),
            String::from("- a\n"),
            String::new(),
            file.replacen("    says:", "    said:", 1),
            file.replacen("role: client", "role: customer", 1),
        ] {
            assert_ne!(broken, file);
            assert!(Document::parse(&broken).is_err(), "{broken}");
        }
        let error = Document::parse(&file.replacen("    says:", "    said:", 1)).unwrap_err();
        assert!(error.starts_with("line 8: unknown field `said`"), "{error}");
    }
}
