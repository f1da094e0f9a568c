//! `for-each`: one case of YAML becomes a case for each row, with an id of its own.

use std::borrow::Cow;

use crate::forge;
use crate::source::{Diagnostic, Node, Value, nearest};

use super::template::fill_row;

/// More rows than this from one case are an error.
pub(super) const MOST_ROWS: usize = 1_000;

/// Fields of a row that fill the case's own key of that name.
const FILLED: &[&str] = &[
    "requirement",
    "detects",
    "severity",
    "only-if",
    "title",
    "why",
    "fix",
    "checks",
];

/// A row: its part of the id, and the values of `${each.}`.
type Row = (String, Vec<(String, Node)>);

/// The case once for each row, `for-each` taken out and `${each.}` filled in; itself if there is none.
pub(super) fn expand<'n>(
    case: &'n Node,
    errors: &mut Vec<Diagnostic>,
) -> Vec<(Option<String>, Cow<'n, Node>)> {
    let Some(for_each) = case.get("for-each") else {
        return vec![(None, Cow::Borrowed(case))];
    };
    let rows = match &for_each.value {
        Value::List(items) => listed(items, errors),
        Value::Map(_) => product(for_each, errors),
        _ => return Vec::new(),
    };
    if rows.len() > MOST_ROWS {
        errors.push(
            Diagnostic::error(
                "too-many-rows",
                for_each.span,
                format!("this makes {} cases", rows.len()),
            )
            .label(format!("at most {MOST_ROWS} rows a case")),
        );
        return Vec::new();
    }
    rows.into_iter()
        .map(|(id, values)| {
            let mut bare = case.clone();
            if let Value::Map(entries) = &mut bare.value {
                entries.retain(|(key, _)| key.text != "for-each");
            }
            let mut filled = fill_row(&bare, &values);
            fill_keys(&mut filled, &values, for_each);
            (Some(id), Cow::Owned(filled))
        })
        .collect()
}

fn fill_keys(case: &mut Node, values: &[(String, Node)], for_each: &Node) {
    let Value::Map(entries) = &mut case.value else {
        return;
    };
    for (name, value) in values
        .iter()
        .filter(|(name, _)| FILLED.contains(&name.as_str()))
    {
        if !entries.iter().any(|(key, _)| key.text == *name) {
            let key = crate::source::Key {
                span: for_each.span,
                text: name.clone(),
            };
            entries.push((key, value.clone()));
        }
    }
}

/// Rows written one by one, each with an `id`.
fn listed(items: &[Node], errors: &mut Vec<Diagnostic>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for item in items {
        let Some(id) = item.get("id").and_then(Node::as_text) else {
            errors.push(Diagnostic::error(
                "row-without-id",
                item.span,
                "a row of `for-each` needs an `id`",
            ));
            continue;
        };
        if rows.iter().any(|(known, _)| known == id) {
            errors.push(Diagnostic::error(
                "row-twice",
                item.span,
                format!("two rows are called `{id}`"),
            ));
        }
        let values = item.as_map().unwrap_or_default();
        let values = values
            .iter()
            .map(|(key, value)| (key.text.clone(), value.clone()))
            .collect();
        rows.push((id.to_owned(), values));
    }
    rows
}

/// Every combination of the lists.
fn product(for_each: &Node, errors: &mut Vec<Diagnostic>) -> Vec<Row> {
    let keys = for_each.as_map().unwrap_or_default();
    let mut rows: Vec<Row> = vec![(String::new(), Vec::new())];
    for (key, values) in keys {
        let options = options(values, errors);
        let mut next = Vec::new();
        for (id, row) in &rows {
            for (name, value) in &options {
                let id = if id.is_empty() {
                    format!("{}={name}", key.text)
                } else {
                    format!("{id},{}={name}", key.text)
                };
                let mut row = row.clone();
                row.push((key.text.clone(), value.clone()));
                next.push((id, row));
                if next.len() > MOST_ROWS * 2 {
                    return next;
                }
            }
        }
        rows = next;
    }
    rows
}

/// The values of one key, each with its short name.
fn options(values: &Node, errors: &mut Vec<Diagnostic>) -> Vec<(String, Node)> {
    match &values.value {
        Value::List(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| {
                (
                    short_name(item).unwrap_or_else(|| (index + 1).to_string()),
                    item.clone(),
                )
            })
            .collect(),
        Value::Map(entries) if entries.len() == 1 && entries[0].0.text == "every" => {
            every(&entries[0].1, errors)
        }
        Value::Map(entries) => entries
            .iter()
            .map(|(key, value)| (key.text.clone(), value.clone()))
            .collect(),
        _ => {
            errors.push(
                Diagnostic::error("wrong-type", values.span, "`for-each` takes lists")
                    .label("expected a list, a map of named values, or `{ every: table }`"),
            );
            Vec::new()
        }
    }
}

fn short_name(value: &Node) -> Option<String> {
    match &value.value {
        Value::Text(text) if text.is_empty() => Some("empty".to_owned()),
        Value::Text(text) if text.contains("${") || text.len() > 40 => None,
        Value::Text(text) => Some(
            text.chars()
                .map(|one| if one.is_whitespace() { '_' } else { one })
                .collect(),
        ),
        Value::Null => Some("null".to_owned()),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => Some(value.to_json().to_string()),
        Value::List(_) | Value::Map(_) => None,
    }
}

/// Every row of a table of the engine.
fn every(name: &Node, errors: &mut Vec<Diagnostic>) -> Vec<(String, Node)> {
    let tables = forge::tables();
    let wanted = name.as_text().unwrap_or_default();
    let Some(table) = tables.iter().find(|table| table.name == wanted) else {
        let error = Diagnostic::error(
            "unknown-table",
            name.span,
            format!("there is no table `{wanted}`"),
        );
        let names: Vec<&str> = tables.iter().map(|table| table.name).collect();
        errors.push(match nearest(wanted, names.iter().copied()) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help(format!("tables: {}", names.join(", "))),
        });
        return Vec::new();
    };
    table
        .rows
        .iter()
        .map(|(row, _)| {
            let value = Node {
                span: name.span,
                value: Value::Text((*row).to_owned()),
            };
            ((*row).to_owned(), value)
        })
        .collect()
}
