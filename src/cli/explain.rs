//! `authspec explain`: the story of a case, the text of a requirement or check, or a search by words.

mod requests;
mod rule;
mod story;

use std::fmt::Write as _;

use crate::report::exit::OK;
use crate::suite::bundled::{self, BundledFile};
use crate::suite::catalogue;

use super::args::{ExplainArgs, Selection};
use super::console::{Console, print};
use super::exit::{Ending, Failure};
use super::load::Loader;
use super::select::Wanted;
use super::wrap::wrapped;

/// Hits of a search that are shown.
const HITS: usize = 15;

pub(super) fn run(args: &ExplainArgs, console: &Console) -> Ending {
    let words = args.words.join(" ");
    let text = if let Some(requirement) = catalogue::full(&words.to_ascii_uppercase()) {
        rule::requirement(&requirement, console)
    } else if let Some(check) = catalogue::checks().iter().find(|check| check.id == words) {
        rule::check(check, console)
    } else if let Some(file) = bundled::of_suite(&words) {
        suite(file, console)?
    } else if is_case(&words, args, console)? {
        cases(&words, args, console)?
    } else {
        search(&words, console)?
    };
    print(&text)?;
    Ok(OK)
}

/// A suite: its cases by title.
fn suite(file: &BundledFile, console: &Console) -> Result<String, Failure> {
    let mut loader = Loader::default();
    loader.bundled(file);
    loader.checked(console)?;
    let mut text = String::new();
    for suite in loader.suites.iter().map(|loaded| &loaded.suite) {
        let name = console.styled("1", &suite.id);
        // writing to a String can't fail, here and below
        let _ = writeln!(text, "{name}\n{} ({})\n", suite.title, suite.role);
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

/// Whether the words are the name of a case, with or without its suite.
fn is_case(name: &str, args: &ExplainArgs, console: &Console) -> Result<bool, Failure> {
    if name.contains("::") {
        return Ok(true);
    }
    if name.contains(' ') {
        return Ok(false);
    }
    let mut loader = Loader::default();
    Wanted::load(&selection(name, args), &mut loader)?;
    loader.checked(console)?;
    let mut cases = loader.suites.iter().flat_map(|one| &one.suite.cases);
    Ok(cases.any(|case| {
        let bare = case.id.without_row();
        bare.split_once("::").is_some_and(|(_, case)| case == name)
    }))
}

fn selection(name: &str, args: &ExplainArgs) -> Selection {
    Selection {
        select: vec![name.to_owned()],
        suites: args.suites.clone(),
        ..Selection::default()
    }
}

/// The stories of the cases that a name means, the rows of one case as one.
fn cases(name: &str, args: &ExplainArgs, console: &Console) -> Result<String, Failure> {
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
            if !told.is_empty() {
                text.push('\n');
            }
            let requests = requests::of(case)?;
            text.push_str(&story::of(
                case,
                loaded,
                &loader.sources,
                &requests,
                console,
            ));
            told.push(bare);
        }
    }
    Ok(text)
}

fn search(words: &str, console: &Console) -> Result<String, Failure> {
    let hits = catalogue::search(words);
    if hits.is_empty() {
        return Err(unknown(words));
    }
    let mut text = String::new();
    for hit in hits.iter().take(HITS) {
        let one = &hit.requirement;
        let lead = format!("{} ({}) ", one.id, one.level);
        let line = wrapped(&lead, &one.says, console.width(), 4);
        let line = line.replacen(&one.id, &console.styled("1", &one.id), 1);
        let _ = writeln!(text, "{line}");
    }
    if hits.len() > HITS {
        let _ = writeln!(text, "... and {} more; use more words", hits.len() - HITS);
    }
    Ok(text)
}

fn unknown(words: &str) -> Failure {
    let section = catalogue::in_section_of(words);
    let near = catalogue::nearest(words).or_else(|| catalogue::nearest_check(words));
    let hint = match (section.is_empty(), near) {
        (false, _) => format!("; that section has {}", section.join(", ")),
        (true, Some(near)) => format!("; did you mean `{near}`?"),
        (true, None) => String::new(),
    };
    Failure::unusable(format!(
        "no case, suite, requirement or check is called `{words}`, and no requirement speaks of it{hint}"
    ))
}
