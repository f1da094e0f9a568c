//! The catalogue's files, read. Only their spelling lives here.

use serde::Deserialize;

use super::check::Check;
use super::coverage::NotCovered;
use super::document::{Document, Requirement};
use crate::model::{Level, Role, Severity};

/// A file of requirements.
pub(super) fn document(text: &str) -> Result<Document, String> {
    let file: DocumentFile = parse(text)?;
    let requirements = file
        .requirements
        .into_iter()
        .map(|one| {
            Ok(Requirement {
                level: word(&one.level, Level::from_word, &one.id)?,
                role: word(&one.role, Role::from_word, &one.id)?,
                spec: file.spec.clone(),
                title: file.title.clone(),
                url: file.url.clone(),
                id: one.id,
                section: one.section,
                says: one.says,
                observable: one.observable,
                stimulus: one.stimulus,
                needs: one.needs,
                note: one.note,
            })
        })
        .collect::<Result<_, String>>()?;
    Ok(Document {
        spec: file.spec,
        title: file.title,
        url: file.url,
        text: file.text,
        scope: file.scope,
        unobservable: file.unobservable,
        requirements,
    })
}

/// The list of checks.
pub(super) fn checks(text: &str) -> Result<Vec<Check>, String> {
    parse::<Vec<CheckFile>>(text)?
        .into_iter()
        .map(|one| {
            Ok(Check {
                role: word(&one.role, Role::from_word, &one.id)?,
                also_roles: one
                    .also_roles
                    .iter()
                    .map(|role| word(role, Role::from_word, &one.id))
                    .collect::<Result<_, String>>()?,
                level: word(&one.level, Level::from_word, &one.id)?,
                severity: word(&one.severity, Severity::from_word, &one.id)?,
                core: match one.tier.as_str() {
                    "core" => true,
                    "extended" => false,
                    other => return Err(format!("{}: unknown tier {other}", one.id)),
                },
                id: one.id,
                area: one.area,
                title: one.title,
                refs: one.refs,
                needs: one.needs,
                anchors: one.anchors,
                unconfirmed: one.unconfirmed,
            })
        })
        .collect()
}

/// What no case can show.
pub(super) fn not_covered(text: &str) -> Result<NotCovered, String> {
    let file: NotCoveredFile = parse(text)?;
    let pairs = |list: Vec<ReasonFile>| list.into_iter().map(|one| (one.id, one.reason)).collect();
    Ok(NotCovered {
        requirements: pairs(file.requirements),
        checks: pairs(file.checks),
    })
}

fn parse<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, String> {
    serde_yaml::from_str(text).map_err(|error| error.to_string())
}

fn word<T>(text: &str, read: impl Fn(&str) -> Option<T>, id: &str) -> Result<T, String> {
    read(text).ok_or_else(|| format!("{id}: unknown word {text}"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentFile {
    spec: String,
    title: String,
    url: String,
    text: String,
    scope: String,
    unobservable: u32,
    requirements: Vec<RequirementFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequirementFile {
    id: String,
    section: String,
    level: String,
    role: String,
    says: String,
    observable: String,
    stimulus: String,
    needs: Vec<String>,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckFile {
    id: String,
    role: String,
    #[serde(default)]
    also_roles: Vec<String>,
    area: String,
    title: String,
    level: String,
    severity: String,
    refs: Vec<String>,
    needs: Vec<String>,
    anchors: Vec<String>,
    tier: String,
    #[serde(default)]
    unconfirmed: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NotCoveredFile {
    requirements: Vec<ReasonFile>,
    checks: Vec<ReasonFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReasonFile {
    id: String,
    reason: String,
}
