//! One case: what it is for, what it rests on, what it takes, and how it is written.

use std::fmt::Write as _;

use authspec_reference_server::faults;

use crate::cli::console::Console;
use crate::cli::load::Loaded;
use crate::cli::select;
use crate::cli::wrap::wrapped;
use crate::model::{Basis, Severity};
use crate::source::{self, Node, Sources, visible};
use crate::suite::catalogue;
use crate::suite::model::{Case, Expectation, Rider};

/// The story of a case, its rows and its riders.
pub(super) fn of(
    case: &Case,
    loaded: &Loaded,
    sources: &Sources,
    requests: &[String],
    console: &Console,
) -> String {
    let bare = case.id.without_row();
    let mut page = Page {
        text: String::new(),
        console,
    };
    page.heading(&bare, &case.title);
    page.about(case.severity, &case.why, &case.fix, &case.references);
    page.rests_on(select::expectations(case));
    let needs = case.needs.iter();
    page.list(
        "needs",
        needs.map(|one| format!("{}, by {}", one.word(), one.hint())),
    );
    page.list("only if", case.only_if.iter().cloned());
    let effects = case.effects.iter();
    page.list(
        "effects",
        effects.map(|one| format!("{one}, off unless --allow {one}")),
    );
    page.list(
        "sees the faults",
        case.detects.iter().map(|name| fault(name)),
    );
    let rows = loaded.suite.cases.iter().map(|one| &one.id);
    let rows = rows.filter(|id| id.without_row() == bare && id.as_str() != bare);
    page.list("rows", rows.map(|id| id.as_str().to_owned()));
    case.riders.iter().for_each(|rider| page.rider(rider));
    let heading = if case.departs() {
        "requests, as the embedded server gets them: - the good path alone, + the case alone"
    } else {
        "requests, as the embedded server gets them"
    };
    page.list(heading, requests.iter().map(|line| coloured(line, console)));
    page.list(
        &format!("as written at {}:{}", case.place.file, case.place.line),
        as_written(&bare, sources, loaded.file).into_iter(),
    );
    page.text.truncate(page.text.trim_end().len());
    page.text + "\n"
}

struct Page<'a> {
    text: String,
    console: &'a Console,
}

impl Page<'_> {
    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn heading(&mut self, name: &str, title: &str) {
        let name = self.console.styled("1", name);
        self.line(&format!("{name}\n{}\n", visible(title)));
    }

    fn about(&mut self, severity: Severity, why: &str, fix: &str, references: &[String]) {
        let width = self.console.width();
        self.line(&format!("severity: {severity}"));
        for (lead, says) in [("why: ", why), ("fix: ", fix)] {
            if !says.is_empty() {
                self.line(&wrapped(lead, says, width, 5));
            }
        }
        if !references.is_empty() {
            self.line(&wrapped("references: ", &references.join(", "), width, 2));
        }
        self.line("");
    }

    /// Each clause with its words, so that nobody has to look it up.
    fn rests_on<'a>(&mut self, expectations: impl Iterator<Item = &'a Expectation>) {
        let mut told: Vec<String> = Vec::new();
        let pairs = expectations.flat_map(|one| one.basis.iter().map(move |basis| (one, basis)));
        for (expectation, basis) in pairs {
            let line = match basis {
                Basis::Requirement { id, level } => {
                    let full = catalogue::full(id.as_str());
                    let mut says = full.map_or_else(String::new, |full| full.says);
                    if let Some(why) = &expectation.eased {
                        says.push_str(&format!(" Counts no more than that here: {why}"));
                    }
                    let width = self.console.width().saturating_sub(2);
                    wrapped(&format!("{id} ({level}): "), &says, width, 6)
                }
                Basis::Weakness { id, level } => format!("{id} ({level})"),
                Basis::Ours { level } => format!("your own rule ({level})"),
            };
            if !told.contains(&line) {
                told.push(line);
            }
        }
        self.list("rests on", told.into_iter());
    }

    fn list(&mut self, heading: &str, lines: impl Iterator<Item = String>) {
        let lines: Vec<String> = lines.map(|line| format!("  {line}")).collect();
        if !lines.is_empty() {
            let heading = self.console.styled("1", heading);
            self.line(&format!("{heading}\n{}\n", lines.join("\n")));
        }
    }

    fn rider(&mut self, rider: &Rider) {
        self.heading(rider.id.as_str(), &rider.title);
        self.about(rider.severity, &rider.why, &rider.fix, &rider.references);
        self.rests_on(rider.expect.iter());
        self.list("only if", rider.only_if.iter().cloned());
        self.list(
            "sees the faults",
            rider.detects.iter().map(|name| fault(name)),
        );
    }
}

fn coloured(line: &str, console: &Console) -> String {
    let line = line.trim_end();
    match line.as_bytes().first() {
        Some(b'-') => console.styled("31", line),
        Some(b'+') => console.styled("32", line),
        _ => line.to_owned(),
    }
}

fn fault(name: &str) -> String {
    let known = faults().iter().find(|fault| fault.name == name);
    known.map_or_else(
        || visible(name).into_owned(),
        |fault| {
            let mut line = format!("{name}: {}", fault.what);
            // writing to a String can't fail
            let _ = write!(line, " ({})", fault.models);
            line
        },
    )
}

/// The lines of the file that hold the case, without the indentation that they share.
fn as_written(bare: &str, sources: &Sources, file: u32) -> Vec<String> {
    let Ok(Some(root)) = source::parse(sources, file) else {
        return Vec::new();
    };
    let name = bare.split_once("::").map_or(bare, |(_, name)| name);
    let cases = root.get("cases").and_then(Node::as_list);
    let mut cases = cases.unwrap_or_default().iter();
    let Some(node) = cases.find(|one| one.get("id").and_then(Node::as_text) == Some(name)) else {
        return Vec::new();
    };
    let text = sources.text(file);
    let before = text.get(..node.span.start as usize).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let block = text.get(start..node.span.end as usize).unwrap_or_default();
    let written = block.lines().filter(|line| !line.trim().is_empty());
    let indent = written
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0);
    block
        .trim_end()
        .lines()
        .map(|line| visible(line.get(indent..).unwrap_or_default()).into_owned())
        .collect()
}
