//! Running a command line of the documents.

use std::process::Command;

use crate::stage::Stage;

/// What came of a command line.
pub(crate) enum Said {
    /// It was run, and printed this.
    Out(String),
    /// It was parsed.
    Nothing,
}

/// Commands that don't end by themselves, need what is built elsewhere, or take minutes.
const PARSED: &[&str] = &["serve", "provider", "prove"];

/// Programs of others that a reader has, and what they are for here is plain.
const OTHERS: &[&str] = &[
    "cd",
    "curl",
    "docker",
    "export",
    "git",
    "pip",
    "pre-commit",
    "python3",
    "source",
    ".",
];

/// What of cargo is written in the documents.
const CARGO: &[&str] = &[
    "add", "bench", "binstall", "build", "doc", "install", "nextest", "package", "run", "test",
];

/// Runs it, or says why it can't be what it should be.
pub(crate) fn run(line: &str, stage: &Stage) -> Result<Said, String> {
    let line = line.split(" # ").next().unwrap_or(line).trim();
    if line.contains('|') || line.contains(" > ") || line.contains("&&") {
        return shell(line, stage);
    }
    let mut words = words(line)?;
    let mut environment = Vec::new();
    while let Some((name, value)) = words.first().and_then(|word| assignment(word)) {
        environment.push((name, value));
        words.remove(0);
    }
    let Some((program, arguments)) = words.split_first() else {
        return Err("there is no program in it".to_owned());
    };
    match program.as_str() {
        "authspec" if parsed_only(arguments) => parse_words(arguments).map(|()| Said::Nothing),
        "authspec" => stage.run(arguments, &environment).map(Said::Out),
        "cargo" => cargo(arguments).map(|()| Said::Nothing),
        other if OTHERS.contains(&other) || other.contains('/') => Ok(Said::Nothing),
        other => Err(format!(
            "nothing is known of `{other}`; add it to OTHERS in tests/docs/command.rs if a reader has it"
        )),
    }
}

/// Each program of a line that joins several.
fn shell(line: &str, stage: &Stage) -> Result<Said, String> {
    for part in line.split(&['|', '&'][..]).filter(|part| !part.is_empty()) {
        let part = part.split(" > ").next().unwrap_or(part).trim();
        if part.starts_with("authspec ") {
            run(part, stage)?;
        }
    }
    Ok(Said::Nothing)
}

fn parsed_only(arguments: &[String]) -> bool {
    arguments
        .first()
        .is_some_and(|one| PARSED.contains(&one.as_str()))
        || arguments.iter().any(|one| one.starts_with("--fault"))
}

fn cargo(arguments: &[String]) -> Result<(), String> {
    let (ours, theirs) = match arguments.iter().position(|one| one == "--") {
        Some(at) => (&arguments[..at], &arguments[at + 1..]),
        None => (arguments, &[][..]),
    };
    let known = ours
        .first()
        .is_some_and(|one| CARGO.contains(&one.as_str()));
    if !known {
        return Err("nothing is known of this command of cargo".to_owned());
    }
    match ours.first().map(String::as_str) {
        Some("run") => parse_words(theirs),
        _ => Ok(()),
    }
}

/// The same for a line that may be of another program.
pub(crate) fn parse_any(line: &str) -> Result<(), String> {
    let words = words(line)?;
    match words.first().map(String::as_str) {
        Some("authspec") => parse(line),
        Some("cargo") => cargo(words.get(1..).unwrap_or_default()),
        Some(other) if OTHERS.contains(&other) || other.contains('/') => Ok(()),
        other => Err(format!(
            "nothing is known of `{}`",
            other.unwrap_or_default()
        )),
    }
}

/// Whether the words of a command line are ones that the program takes; it is not run.
pub(crate) fn parse(line: &str) -> Result<(), String> {
    let line = line.split(" > ").next().unwrap_or(line);
    let words = words(line)?;
    parse_words(words.get(1..).unwrap_or_default())
}

fn parse_words(arguments: &[String]) -> Result<(), String> {
    // `...` and `[OPTIONS]` stand for more
    let given = arguments
        .iter()
        .filter(|one| *one != "..." && !one.starts_with('['));
    let ended = Command::new(env!("CARGO_BIN_EXE_authspec"))
        .args(given)
        .arg("--help")
        .env_clear()
        .output()
        .map_err(|why| why.to_string())?;
    if ended.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&ended.stderr).into_owned())
}

fn assignment(word: &str) -> Option<(String, String)> {
    let (name, value) = word.split_once('=')?;
    let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    (!name.is_empty() && name.chars().all(is_name)).then(|| (name.to_owned(), value.to_owned()))
}

/// The words of a line, quotes taken away.
fn words(line: &str) -> Result<Vec<String>, String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, ' ') => words.push(String::new()),
            (_, c) => words.last_mut().unwrap().push(c),
        }
    }
    if quote.is_some() {
        return Err("a quote without an end".to_owned());
    }
    words.retain(|word| !word.is_empty());
    Ok(words)
}
