//! The catalogue's files, read. Only their spelling lives here.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::check::Check;
use super::coverage::NotCovered;
use super::document::{Document, Requirement};
use crate::model::{Level, Role, Severity};
use crate::source::{Node, Sources};

/// A file of requirements.
pub(super) fn document(text: &str) -> Result<Document, String> {
    let (sources, root) = tree(text)?;
    let head: Head = typed(&sources, &root, &["requirements"])?;
    let requirements = items(&root, "requirements")
        .iter()
        .map(|node| requirement(&head, typed(&sources, node, &[])?))
        .collect::<Result<_, String>>()?;
    Ok(Document {
        spec: head.spec,
        title: head.title,
        url: head.url,
        text: head.text,
        scope: head.scope,
        unobservable: head.unobservable,
        requirements,
    })
}

/// The list of checks.
pub(super) fn checks(text: &str) -> Result<Vec<Check>, String> {
    let (sources, root) = tree(text)?;
    root.as_list()
        .unwrap_or_default()
        .iter()
        .map(|node| check(typed(&sources, node, &[])?))
        .collect()
}

/// What no case can show.
pub(super) fn not_covered(text: &str) -> Result<NotCovered, String> {
    let (sources, root) = tree(text)?;
    let reasons = |key: &str| {
        items(&root, key)
            .iter()
            .map(|node| {
                let Reason { id, reason } = typed(&sources, node, &[])?;
                Ok((id, reason))
            })
            .collect::<Result<_, String>>()
    };
    Ok(NotCovered {
        requirements: reasons("requirements")?,
        checks: reasons("checks")?,
    })
}

fn requirement(head: &Head, one: RequirementEntry) -> Result<Requirement, String> {
    Ok(Requirement {
        level: word(&one.level, Level::from_word, &one.id)?,
        role: word(&one.role, Role::from_word, &one.id)?,
        spec: head.spec.clone(),
        title: head.title.clone(),
        url: head.url.clone(),
        id: one.id,
        section: one.section,
        says: one.says,
        observable: one.observable,
        stimulus: one.stimulus,
        needs: one.needs,
        note: one.note,
    })
}

fn check(one: CheckEntry) -> Result<Check, String> {
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
}

/// The tree of a file, and its text for places.
fn tree(text: &str) -> Result<(Sources, Node), String> {
    let mut sources = Sources::default();
    let file = sources.add("", text);
    match crate::source::parse(&sources, file) {
        Ok(Some(root)) => Ok((sources, root)),
        Ok(None) => Err("the file is empty".to_owned()),
        Err(errors) => Err(crate::source::render(&errors, &sources, false)),
    }
}

/// The entries of a list in the file; none where it isn't there.
fn items<'a>(root: &'a Node, key: &str) -> &'a [Node] {
    root.get(key).and_then(Node::as_list).unwrap_or_default()
}

/// A node as one of the types below, `without` some keys that are read one by one.
fn typed<T: DeserializeOwned>(
    sources: &Sources,
    node: &Node,
    without: &[&str],
) -> Result<T, String> {
    let mut json = node.to_json();
    if let Some(map) = json.as_object_mut() {
        map.retain(|key, _| !without.contains(&key.as_str()));
    }
    serde_json::from_value(json)
        .map_err(|error| format!("line {}: {error}", sources.place(node.span).line))
}

fn word<T>(text: &str, read: impl Fn(&str) -> Option<T>, id: &str) -> Result<T, String> {
    read(text).ok_or_else(|| format!("{id}: unknown word {text}"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    spec: String,
    title: String,
    url: String,
    text: String,
    scope: String,
    unobservable: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequirementEntry {
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
struct CheckEntry {
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
struct Reason {
    id: String,
    reason: String,
}
