//! A requirement of the catalogue or a check of the list, and the bundled cases that are there for it.

use std::fmt::Write as _;

use crate::cli::console::Console;
use crate::cli::load::Loader;
use crate::cli::select;
use crate::cli::wrap::wrapped;
use crate::model::Basis;
use crate::suite::catalogue::{Check, Requirement};

pub(super) fn requirement(one: &Requirement, console: &Console) -> String {
    let mut text = format!(
        "{} ({}, {})\n{} section {}: {}\n{}\n\n",
        console.styled("1", &one.id),
        one.level,
        one.role,
        one.spec,
        one.section,
        one.title,
        one.url
    );
    for (lead, says) in [
        ("says: ", Some(&one.says)),
        ("a breach shows as: ", Some(&one.observable)),
        ("what makes it show: ", Some(&one.stimulus)),
        ("note: ", one.note.as_ref()),
    ] {
        if let Some(says) = says.filter(|says| !says.is_empty()) {
            // writing to a String can't fail, here and below
            let _ = writeln!(text, "{}", wrapped(lead, says, console.width(), 2));
        }
    }
    text + &cases(|basis| basis.id() == one.id, |_| false)
}

pub(super) fn check(one: &Check, console: &Console) -> String {
    let tier = if one.core { "core" } else { "extended" };
    let text = format!(
        "{} ({}, {}, {}, {tier})\n{}\nreferences: {}\n",
        console.styled("1", &one.id),
        one.level,
        one.severity,
        one.role,
        wrapped("", &one.title, console.width(), 0),
        one.refs.join(", ")
    );
    text + &cases(|_| false, |checks| checks.contains(&one.id))
}

/// The bundled cases that rest on something, or that cover a check.
fn cases(basis: impl Fn(&Basis) -> bool, check: impl Fn(&[String]) -> bool) -> String {
    let mut loader = Loader::default();
    loader.all_bundled();
    let mut found: Vec<String> = Vec::new();
    for case in loader.suites.iter().flat_map(|one| &one.suite.cases) {
        let mut own = select::expectations(case).flat_map(|one| &one.basis);
        if own.any(&basis) || check(&case.checks) {
            found.push(case.id.without_row());
        }
        for rider in &case.riders {
            let mut own = rider.expect.iter().flat_map(|one| &one.basis);
            if own.any(&basis) || check(&rider.checks) {
                found.push(rider.id.without_row());
            }
        }
    }
    found.sort();
    found.dedup();
    if found.is_empty() {
        return "\nno bundled case yet\n".to_owned();
    }
    let mut text = "\ncases\n".to_owned();
    for name in found {
        let _ = writeln!(text, "  {name}");
    }
    text
}
