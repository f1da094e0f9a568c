//! Looking up a requirement without parsing the catalogue: two generated tables, kept beside the files they come from.

use std::fmt::Write as _;
use std::sync::OnceLock;

use super::check::parse_checks;
use super::document::Document;
use super::standard::{STANDARDS, standard};
use crate::model::{Level, Role};

const INDEX: &str = include_str!("../../../suites/requirements/index.tsv");

/// What compiling a suite has to know of a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The id as suites cite it.
    pub id: &'static str,
    /// The party it binds.
    pub role: Role,
    /// How binding it is.
    pub level: Level,
    /// The document ([`super::Standard::word`]).
    pub standard: &'static str,
    /// The section of that document.
    pub section: &'static str,
}

/// Every requirement, sorted by id.
pub fn entries() -> &'static [Entry] {
    static ENTRIES: OnceLock<Vec<Entry>> = OnceLock::new();
    ENTRIES.get_or_init(|| INDEX.lines().filter_map(row).collect())
}

/// The requirement of that id.
pub fn find(id: &str) -> Option<&'static Entry> {
    let all = entries();
    all.binary_search_by(|entry| entry.id.cmp(id))
        .ok()
        .map(|at| &all[at])
}

/// The ids of the document and section that `id` names, in the order of the file: the answer to an unknown number.
pub fn in_section_of(id: &str) -> Vec<&'static str> {
    let Some((section, _)) = id.rsplit_once('-') else {
        return Vec::new();
    };
    let mut numbered: Vec<(u32, &'static str)> = entries()
        .iter()
        .filter_map(|entry| {
            let (own, number) = entry.id.rsplit_once('-')?;
            own.eq_ignore_ascii_case(section)
                .then(|| Some((number.parse().ok()?, entry.id)))?
        })
        .collect();
    numbered.sort_unstable();
    numbered.into_iter().map(|(_, id)| id).collect()
}

/// The id most like this one, if any is near.
pub fn nearest(id: &str) -> Option<&'static str> {
    crate::source::nearest(id, entries().iter().map(|entry| entry.id))
}

/// The text of `index.tsv` for these documents (word and file): id, role, level, standard, section.
///
/// # Errors
/// What is wrong with a file that doesn't parse.
pub fn index_text<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Result<String, String> {
    let mut rows = Vec::new();
    for (word, text) in files {
        let document = Document::parse(text).map_err(|error| format!("{word}.yaml: {error}"))?;
        for one in document.requirements {
            rows.push(format!(
                "{}\t{}\t{}\t{word}\t{}\n",
                one.id, one.role, one.level, one.section
            ));
        }
    }
    rows.sort();
    Ok(rows.concat())
}

/// The text of `checks.tsv` for the list of checks: id, role, tier, severity.
///
/// # Errors
/// What is wrong with a list that doesn't parse.
pub fn check_index_text(text: &str) -> Result<String, String> {
    let mut checks = parse_checks(text).map_err(|error| format!("checks.yaml: {error}"))?;
    checks.sort_by(|a, b| a.id.cmp(&b.id));
    let mut rows = String::new();
    for check in checks {
        let tier = if check.core { "core" } else { "extended" };
        // writing to a String can't fail
        let _ = writeln!(
            rows,
            "{}\t{}\t{tier}\t{}",
            check.id, check.role, check.severity
        );
    }
    Ok(rows)
}

/// The generated files below `suites/requirements/`, name and text, as the embedded catalogue wants them.
///
/// # Errors
/// What is wrong with a file that doesn't parse.
pub fn generated() -> Result<[(&'static str, String); 2], String> {
    let files = STANDARDS.iter().map(|one| (one.word, one.text));
    Ok([
        ("index.tsv", index_text(files)?),
        ("checks.tsv", check_index_text(super::check::CHECKS)?),
    ])
}

fn row(line: &'static str) -> Option<Entry> {
    let mut cells = line.split('\t');
    let mut cell = || cells.next();
    let (id, role, level, word, section) = (cell()?, cell()?, cell()?, cell()?, cell()?);
    Some(Entry {
        id,
        role: Role::from_word(role)?,
        level: Level::from_word(level)?,
        standard: standard(word)?.word,
        section,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RequirementId;

    #[test]
    fn the_generated_tables_are_those_of_the_files() {
        let [(_, index), (_, checks)] = generated().unwrap();
        assert!(index == INDEX, "suites/requirements/index.tsv lags behind");
        assert!(
            checks == super::super::check::CHECK_INDEX,
            "suites/requirements/checks.tsv lags behind"
        );
    }

    #[test]
    fn every_row_is_read_sorted_and_once() {
        assert_eq!(entries().len(), INDEX.lines().count());
        assert!(entries().is_sorted_by(|a, b| a.id < b.id));
    }

    #[test]
    fn an_id_tells_its_document_and_section() {
        for entry in entries() {
            let id = RequirementId::new(entry.id);
            assert_eq!(id.standard(), entry.standard, "{id}");
            let (start, number) = entry.id.rsplit_once('-').unwrap();
            let expected = format!(
                "{}-{}",
                entry.standard.to_uppercase(),
                entry.section.trim_start_matches("Appendix ")
            );
            assert_eq!(start, expected, "{id}");
            assert!(number.parse::<u32>().unwrap() > 0, "{id}");
        }
    }

    #[test]
    fn what_is_cited_is_found_with_its_level_and_role() {
        let entry = find("RFC6749-4.1.2-4").unwrap();
        assert_eq!(entry.role, Role::AuthorizationServer);
        assert_eq!((entry.standard, entry.section), ("rfc6749", "4.1.2"));
        assert_eq!(find("RFC6749-4.1.2-99"), None);
        assert_eq!(find(""), None);
    }

    #[test]
    fn an_unknown_number_is_answered_with_its_section_in_numeric_order() {
        let ids = in_section_of("OIDC-CORE-3.1.3.7-99");
        assert!(ids.len() > 10);
        assert_eq!(ids[0], "OIDC-CORE-3.1.3.7-1");
        let numbers: Vec<u32> = ids
            .iter()
            .map(|id| id.rsplit('-').next().unwrap().parse().unwrap())
            .collect();
        assert!(numbers.is_sorted());
        assert_eq!(in_section_of("rfc7617-2-99"), in_section_of("RFC7617-2-99"));
        assert!(in_section_of("RFC1-1-1").is_empty());
        assert!(in_section_of("nonsense").is_empty());
    }

    #[test]
    fn a_slip_of_the_pen_is_answered_with_the_nearest_id() {
        assert_eq!(nearest("rfc7617-2-1"), Some("RFC7617-2-1"));
        assert_eq!(nearest("RFC-7617-2-1"), Some("RFC7617-2-1"));
        assert_eq!(nearest("something else altogether"), None);
    }
}
