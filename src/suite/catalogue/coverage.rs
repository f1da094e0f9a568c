//! Requirements and checks against cases: what is covered, what is not yet, and what no case can show.

mod text;

use std::collections::BTreeMap;

use super::check::checks;
use super::document::Document;
use super::index::{Entry, entries};
use super::standard::STANDARDS;
use crate::model::{CaseId, Level, RequirementId, Role, Weight};

pub use text::Detail;

const NOT_COVERED: &str = include_str!("../../../suites/requirements/not-covered.yaml");

/// The requirements and checks that no case can show, each with the reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotCovered {
    /// By requirement id.
    pub requirements: BTreeMap<String, String>,
    /// By check id.
    pub checks: BTreeMap<String, String>,
}

/// What there is for one requirement or check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The cases, rows of `for-each` left out.
    Covered(Vec<String>),
    /// No case yet.
    Open,
    /// No case can show it, for this reason.
    Unobservable(String),
}

/// How many of each standing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// With a case.
    pub covered: usize,
    /// Without one.
    pub open: usize,
    /// Without one for good.
    pub unobservable: usize,
}

/// A requirement of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequirementCoverage {
    /// Its id.
    pub id: &'static str,
    /// How binding it is.
    pub level: Level,
    /// What there is for it.
    pub standing: Standing,
}

/// A document of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentCoverage {
    /// Its word in ids and profiles.
    pub word: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Its requirements in the order of its sections.
    pub requirements: Vec<RequirementCoverage>,
}

/// A check of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckCoverage {
    /// Its id.
    pub id: &'static str,
    /// What a correct implementation does.
    pub title: &'static str,
    /// Whether it is of tier core.
    pub core: bool,
    /// What there is for it.
    pub standing: Standing,
}

/// A topic of the list of checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaCoverage {
    /// Its name.
    pub area: &'static str,
    /// Its checks in the order of the list.
    pub checks: Vec<CheckCoverage>,
}

/// The catalogue against the cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The documents that have a requirement for the role asked for, sorted by word.
    pub documents: Vec<DocumentCoverage>,
    /// The topics that have a check for it, in the order of the list.
    pub areas: Vec<AreaCoverage>,
    /// What `not-covered.yaml` says can't be shown though a case cites it, or which the catalogue doesn't have.
    pub stale: Vec<String>,
}

/// What these citations (requirement and case; check and case) cover, for one role or for all.
pub fn coverage(
    cited: &[(RequirementId, CaseId)],
    checked: &[(String, CaseId)],
    role: Option<Role>,
) -> Coverage {
    let requirements = by_id(cited.iter().map(|(id, case)| (id.as_str(), case)));
    let checks = by_id(checked.iter().map(|(id, case)| (id.as_str(), case)));
    let never = not_covered();
    Coverage {
        documents: documents(&requirements, &never, role),
        areas: areas(&checks, &never, role),
        stale: stale(&never, &requirements, &checks),
    }
}

impl Totals {
    fn add(&mut self, standing: &Standing) {
        match standing {
            Standing::Covered(_) => self.covered += 1,
            Standing::Open => self.open += 1,
            Standing::Unobservable(_) => self.unobservable += 1,
        }
    }

    /// All that a case could show.
    pub const fn observable(&self) -> usize {
        self.covered + self.open
    }

    fn of<'a>(standings: impl Iterator<Item = &'a Standing>) -> Self {
        let mut totals = Self::default();
        standings.for_each(|one| totals.add(one));
        totals
    }
}

impl DocumentCoverage {
    /// Of the requirements whose breach comes to `weight`, or of all.
    pub fn totals(&self, weight: Option<Weight>) -> Totals {
        let counted = self
            .requirements
            .iter()
            .filter(|one| weight.is_none_or(|weight| one.level.weight() == weight));
        Totals::of(counted.map(|one| &one.standing))
    }

    /// The document in full, for the words of its requirements.
    pub fn document(&self) -> Option<Document> {
        super::document(self.word)
    }
}

impl AreaCoverage {
    /// Of the checks of tier core, or of the extended ones.
    pub fn totals(&self, core: bool) -> Totals {
        let counted = self.checks.iter().filter(|one| one.core == core);
        Totals::of(counted.map(|one| &one.standing))
    }
}

/// The cases that name an id, each once.
type Cases = BTreeMap<String, Vec<String>>;

fn by_id<'a>(named: impl Iterator<Item = (&'a str, &'a CaseId)>) -> Cases {
    let mut cases = Cases::new();
    for (id, case) in named {
        cases
            .entry(id.to_owned())
            .or_default()
            .push(case.without_row());
    }
    for names in cases.values_mut() {
        names.sort();
        names.dedup();
    }
    cases
}

fn standing(id: &str, cases: &Cases, never: &BTreeMap<String, String>) -> Standing {
    match (cases.get(id), never.get(id)) {
        (Some(names), _) => Standing::Covered(names.clone()),
        (None, Some(reason)) => Standing::Unobservable(reason.clone()),
        (None, None) => Standing::Open,
    }
}

fn documents(cases: &Cases, never: &NotCovered, role: Option<Role>) -> Vec<DocumentCoverage> {
    let mut all: Vec<&Entry> = entries()
        .iter()
        .filter(|entry| role.is_none_or(|role| entry.role == role))
        .collect();
    all.sort_by_cached_key(|entry| by_section(entry.id));
    STANDARDS
        .iter()
        .map(|document| DocumentCoverage {
            word: document.word,
            title: document.title,
            requirements: all
                .iter()
                .filter(|entry| entry.standard == document.word)
                .map(|entry| RequirementCoverage {
                    id: entry.id,
                    level: entry.level,
                    standing: standing(entry.id, cases, &never.requirements),
                })
                .collect(),
        })
        .filter(|document| !document.requirements.is_empty())
        .collect()
}

/// A key that puts section 2.10 after section 2.9, and appendices last.
fn by_section(id: &str) -> (Vec<(u32, &str)>, u32) {
    let part = |part: &'_ str| part.parse().unwrap_or(u32::MAX);
    let (section, number) = id.rsplit_once('-').unwrap_or((id, ""));
    let section = section.split(['-', '.']).map(|one| (part(one), one));
    (section.collect(), part(number))
}

fn areas(cases: &Cases, never: &NotCovered, role: Option<Role>) -> Vec<AreaCoverage> {
    let mut areas: Vec<AreaCoverage> = Vec::new();
    for check in checks() {
        if role.is_some_and(|role| !check.is_for(role)) {
            continue;
        }
        let line = CheckCoverage {
            id: &check.id,
            title: &check.title,
            core: check.core,
            standing: standing(&check.id, cases, &never.checks),
        };
        match areas.iter_mut().find(|one| one.area == check.area) {
            Some(area) => area.checks.push(line),
            None => areas.push(AreaCoverage {
                area: &check.area,
                checks: vec![line],
            }),
        }
    }
    areas
}

fn stale(never: &NotCovered, requirements: &Cases, checks: &Cases) -> Vec<String> {
    let gone = |id: &String, cases: &Cases, known: bool| cases.contains_key(id) || !known;
    let mut stale = Vec::new();
    for id in never.requirements.keys() {
        if gone(id, requirements, super::find(id).is_some()) {
            stale.push(id.clone());
        }
    }
    for id in never.checks.keys() {
        if gone(id, checks, super::check_exists(id)) {
            stale.push(id.clone());
        }
    }
    stale
}

fn not_covered() -> NotCovered {
    // the file is embedded, and a test reads it
    super::read::not_covered(NOT_COVERED).unwrap_or_default()
}

#[cfg(test)]
mod tests;
