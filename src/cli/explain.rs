//! `authspec explain`: the story of a case, the text of a requirement or check, or a search by words.

use std::fmt::Write as _;

use crate::model::{Basis, CaseId};
use crate::report::exit::OK;
use crate::source::{self, Node, Sources};
use crate::suite::bundled::{self, BundledFile};
use crate::suite::catalogue::{self, Check, Requirement};
use crate::suite::model::{Case, Expectation, Rider};

use super::args::{ExplainArgs, Selection};
use super::console::{Console, print};
use super::exit::{Ending, Failure};
use super::load::Loader;
use super::select::{self, Wanted};

/// Hits of a search that are shown.
const HITS: usize = 15;

pub(super) fn run(args: &ExplainArgs, console: &Console) -> Ending {
    let words = args.words.join(" ");
    let text = if let Some(requirement) = catalogue::full(&words.to_ascii_uppercase()) {
        requirement_text(&requirement, console)
    } else if catalogue::check_exists(&words) {
        check_text(&words, console)
    } else if let Some(file) = bundled::of_suite(&words) {
        suite(file, console)?
    } else if words.contains("::") {
        case(&words, args, console)?
    } else if let Some(text) = a_case_of_that_name(&words, args, console)? {
        text
    } else {
        search(&words, console)?
    };
    print(&text)?;
    Ok(OK)
}

fn selection(name: &str, args: &ExplainArgs) -> Selection {
    Selection {
        select: vec![name.to_owned()],
        suites: args.suites.clone(),
        ..Selection::default()
    }
}

/// A suite: its cases by title.
fn suite(file: &BundledFile, console: &Console) -> Result<String, Failure> {
    let mut loader = Loader::default();
    loader.bundled(file);
    loader.checked(console)?;
    let mut text = String::new();
    for loaded in &loader.suites {
        let suite = &loaded.suite;
        let _ = writeln!(
            text,
            "{}\n{} ({})\n",
            console.styled("1", &suite.id),
            suite.title,
            suite.role
        );
        let mut told = String::new();
        for case in &suite.cases {
            let name = case.id.without_row();
            if name != told {
                let _ = writeln!(text, "  {name}\n      {}", case.title);
            }
            told = name;
        }
    }
    Ok(text)
}

fn case(name: &str, args: &ExplainArgs, console: &Console) -> Result<String, Failure> {
    let mut loader = Loader::default();
    let wanted = Wanted::load(&selection(name, args), &mut loader)?;
    loader.checked(console)?;
    wanted.pick(&mut loader)?;
    let mut text = String::new();
    let mut told: Vec<String> = Vec::new();
    for loaded in &loader.suites {
        for case in &loaded.suite.cases {
            let bare = case.id.without_row();
            if told.contains(&bare) {
                continue;
            }
            let rows = rows(&loaded.suite.cases, &bare);
            if !told.is_empty() {
                text.push('\n');
            }
            text.push_str(&story(case, &rows, &loader.sources, loaded.file, console));
            told.push(bare);
        }
    }
    Ok(text)
}

/// The one word may be a case without its suite.
fn a_case_of_that_name(
    name: &str,
    args: &ExplainArgs,
    console: &Console,
) -> Result<Option<String>, Failure> {
    if name.contains(' ') {
        return Ok(None);
    }
    let mut loader = Loader::default();
    Wanted::load(&selection(name, args), &mut loader)?;
    loader.checked(console)?;
    let known = loader
        .suites
        .iter()
        .flat_map(|loaded| &loaded.suite.cases)
        .any(|one| one.id.case() == name || one.id.without_row().ends_with(&format!("::{name}")));
    if known {
        case(name, args, console).map(Some)
    } else {
        Ok(None)
    }
}

fn rows<'a>(cases: &'a [Case], bare: &str) -> Vec<&'a CaseId> {
    cases
        .iter()
        .map(|case| &case.id)
        .filter(|id| id.without_row() == bare && id.as_str() != bare)
        .collect()
}

fn story(case: &Case, rows: &[&CaseId], sources: &Sources, file: u32, console: &Console) -> String {
    let mut text = String::new();
    // writing to a String can't fail, here and below
    let _ = writeln!(
        text,
        "{}\n{}\n",
        console.styled("1", &case.id.without_row()),
        case.title
    );
    about(
        &mut text,
        case.severity.word(),
        &case.why,
        &case.fix,
        &case.references,
        console,
    );
    rests_on(&mut text, select::expectations(case), console);
    list(
        &mut text,
        "needs",
        case.needs
            .iter()
            .map(|need| format!("{}: {}", need.word(), need.hint())),
    );
    list(&mut text, "only if", case.only_if.iter().cloned());
    list(
        &mut text,
        "effects",
        case.effects.iter().map(|effect| effect.word().to_owned()),
    );
    list(
        &mut text,
        "sees the faults",
        case.detects.iter().map(|name| fault(name)),
    );
    list(
        &mut text,
        "rows",
        rows.iter().map(|id| id.as_str().to_owned()),
    );
    for rider in &case.riders {
        rider_text(&mut text, rider, console);
    }
    let _ = writeln!(
        text,
        "{} ({}:{})",
        console.styled("1", "as written"),
        case.place.file,
        case.place.line
    );
    text.push_str(&as_written(case, sources, file));
    text
}

fn about(
    text: &mut String,
    severity: &str,
    why: &str,
    fix: &str,
    references: &[String],
    console: &Console,
) {
    let _ = writeln!(text, "severity: {severity}");
    for (word, says) in [("why", why), ("fix", fix)] {
        if !says.is_empty() {
            let _ = writeln!(
                text,
                "{word}: {}",
                wrapped(says, console.width(), word.len() + 2)
            );
        }
    }
    if !references.is_empty() {
        let _ = writeln!(text, "references: {}", references.join(", "));
    }
    text.push('\n');
}

fn rider_text(text: &mut String, rider: &Rider, console: &Console) {
    let _ = writeln!(
        text,
        "{}\n{}\n",
        console.styled("1", rider.id.as_str()),
        rider.title
    );
    about(
        text,
        rider.severity.word(),
        &rider.why,
        &rider.fix,
        &rider.references,
        console,
    );
    rests_on(text, rider.expect.iter(), console);
    list(
        text,
        "sees the faults",
        rider.detects.iter().map(|name| fault(name)),
    );
}

fn rests_on<'a>(
    text: &mut String,
    expectations: impl Iterator<Item = &'a Expectation>,
    console: &Console,
) {
    let mut told: Vec<String> = Vec::new();
    for basis in expectations.flat_map(|one| &one.basis) {
        let line = match basis {
            Basis::Requirement { id, level } => {
                let says = catalogue::full(id.as_str()).map_or_else(String::new, |full| full.says);
                let lead = format!("  {id} ({level}): ");
                format!(
                    "  {id} ({level}): {}",
                    wrapped(&says, console.width(), lead.len().min(6))
                )
            }
            Basis::Weakness { id, level } => format!("  {id} ({level})"),
            Basis::Ours { level } => format!("  your own rule ({level})"),
        };
        if !told.contains(&line) {
            told.push(line);
        }
    }
    if !told.is_empty() {
        let _ = writeln!(text, "rests on\n{}\n", told.join("\n"));
    }
}

fn list(text: &mut String, heading: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.map(|line| format!("  {line}")).collect();
    if !lines.is_empty() {
        let _ = writeln!(text, "{heading}\n{}\n", lines.join("\n"));
    }
}

fn fault(name: &str) -> String {
    authspec_reference_server::faults()
        .iter()
        .find(|fault| fault.name == name)
        .map_or_else(
            || name.to_owned(),
            |fault| format!("{name}: {} ({})", fault.what, fault.models),
        )
}

/// The lines of the file that hold the case, without the indentation that they share.
fn as_written(case: &Case, sources: &Sources, file: u32) -> String {
    let Ok(Some(root)) = source::parse(sources, file) else {
        return String::new();
    };
    let bare = case.id.without_row();
    let name = bare
        .split_once("::")
        .map_or(bare.as_str(), |(_, name)| name);
    let node = root
        .get("cases")
        .and_then(Node::as_list)
        .unwrap_or_default()
        .iter()
        .find(|one| one.get("id").and_then(Node::as_text) == Some(name));
    let Some(node) = node else {
        return String::new();
    };
    let text = sources.text(file);
    let start = node.span.start as usize;
    let start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let block = text.get(start..node.span.end as usize).unwrap_or_default();
    let indent = block
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    block
        .lines()
        .map(|line| {
            format!(
                "  {}\n",
                source::visible(line.get(indent..).unwrap_or_default())
            )
        })
        .collect()
}

fn requirement_text(one: &Requirement, console: &Console) -> String {
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
    let width = console.width();
    for (word, says) in [
        ("says", Some(&one.says)),
        ("a breach shows as", Some(&one.observable)),
        ("what makes it show", Some(&one.stimulus)),
        ("note", one.note.as_ref()),
    ] {
        if let Some(says) = says.filter(|says| !says.is_empty()) {
            let _ = writeln!(text, "{word}: {}", wrapped(says, width, 2));
        }
    }
    text.push_str(&cases_for(|basis| basis.id() == one.id, |_| false));
    text
}

fn check_text(id: &str, console: &Console) -> String {
    let Some(check) = catalogue::checks().iter().find(|check| check.id == id) else {
        return String::new();
    };
    let Check {
        title,
        role,
        level,
        severity,
        refs,
        ..
    } = check;
    let tier = if check.core { "core" } else { "extended" };
    let mut text = format!(
        "{} ({level}, {severity}, {role}, {tier})\n{}\nreferences: {}\n",
        console.styled("1", id),
        wrapped(title, console.width(), 0),
        refs.join(", ")
    );
    text.push_str(&cases_for(
        |_| false,
        |checks| checks.iter().any(|one| one == id),
    ));
    text
}

/// The bundled cases that rest on something.
fn cases_for(basis: impl Fn(&Basis) -> bool, check: impl Fn(&[String]) -> bool) -> String {
    let mut loader = Loader::default();
    loader.all_bundled();
    let mut found: Vec<String> = Vec::new();
    for case in loader.suites.iter().flat_map(|one| &one.suite.cases) {
        let own = select::expectations(case)
            .flat_map(|one| &one.basis)
            .any(&basis);
        if own || check(&case.checks) {
            found.push(case.id.without_row());
        }
        for rider in &case.riders {
            let own = rider.expect.iter().flat_map(|one| &one.basis).any(&basis);
            if own || check(&rider.checks) {
                found.push(rider.id.without_row());
            }
        }
    }
    found.dedup();
    let mut text = String::from("\n");
    if found.is_empty() {
        text.push_str("no bundled case yet\n");
    } else {
        list(&mut text, "cases", found.into_iter());
    }
    text
}

fn search(words: &str, console: &Console) -> Result<String, Failure> {
    let hits = catalogue::search(words);
    if hits.is_empty() {
        let section = catalogue::in_section_of(words);
        let near = catalogue::nearest(words).or_else(|| catalogue::nearest_check(words));
        let hint = match (section.is_empty(), near) {
            (false, _) => format!("; that section has {}", section.join(", ")),
            (true, Some(near)) => format!("; did you mean `{near}`?"),
            (true, None) => String::new(),
        };
        return Err(Failure::unusable(format!(
            "no case, requirement or check is called `{words}`, and none speaks of it{hint}"
        )));
    }
    let mut text = String::new();
    for hit in hits.iter().take(HITS) {
        let one = &hit.requirement;
        let lead = format!("{} ({}) ", one.id, one.level);
        let _ = writeln!(
            text,
            "{} ({}) {}",
            console.styled("1", &one.id),
            one.level,
            wrapped(&one.says, console.width(), lead.len().min(4))
        );
    }
    if hits.len() > HITS {
        let _ = writeln!(text, "... and {} more; use more words", hits.len() - HITS);
    }
    Ok(text)
}

/// Text in lines of `width`, those after the first indented.
fn wrapped(text: &str, width: usize, indent: usize) -> String {
    let mut out = String::new();
    let mut column = indent + 16;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column + 1 + length > width && !out.is_empty() {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            column = indent;
        } else if !out.is_empty() {
            out.push(' ');
            column += 1;
        }
        out.push_str(&source::visible(word));
        column += length;
    }
    out
}
