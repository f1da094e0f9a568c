//! Suites from the program and from the user's files, compiled, with every mistake of every file told at once.
//!
//! A suite that nobody asked for isn't compiled: a run of one case reads one file. Which cases of a suite run is
//! not known here.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::edge::files;
use crate::model::Place;
use crate::source::{self, Diagnostic, Diagnostics, Severity, Sources, Span};
use crate::suite::bundled::{self, BundledFile};
use crate::suite::compile::{self, Owner};
use crate::suite::model::{Case, Suite};

use super::console::Console;
use super::exit::Failure;
use super::veil::veil;

/// Everything that was read, and everything that is wrong with it.
#[derive(Default)]
pub(super) struct Loader {
    pub(super) sources: Sources,
    pub(super) diagnostics: Diagnostics,
    pub(super) suites: Vec<Loaded>,
    read: HashSet<PathBuf>,
    /// The profile's number among the sources: its lines may hold secrets.
    pub(super) profile: Option<u32>,
}

/// A compiled suite.
pub(super) struct Loaded {
    pub(super) suite: Suite,
    /// Its number in [`Loader::sources`].
    pub(super) file: u32,
    /// The command line names its file, so all its cases are meant.
    pub(super) named: bool,
}

impl Loader {
    /// Compiles the suites of a file, or of every file of a folder.
    pub(super) fn user(&mut self, path: &Path, named: bool) {
        match suite_files(path) {
            Ok(files) if files.is_empty() => {
                self.unusable(path, "no-suites", "this folder holds no suite (*.yaml)");
            }
            Ok(files) => files.iter().for_each(|file| self.user_file(file, named)),
            Err(error) => self.unusable(&error.path, "unreadable", &error.why),
        }
    }

    fn user_file(&mut self, path: &Path, named: bool) {
        let known = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if !self.read.insert(known) {
            return;
        }
        if let Some(file) = self.file(path) {
            self.compile(file, Owner::User, named);
        }
    }

    /// Reads a file into the sources; what is wrong with it is a diagnostic.
    pub(super) fn file(&mut self, path: &Path) -> Option<u32> {
        let bytes = match files::read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.unusable(path, "unreadable", &error.why);
                return None;
            }
        };
        match self.sources.add_bytes(shown(path), bytes) {
            Ok(file) => Some(file),
            Err(wrong) => {
                self.diagnostics.push(wrong);
                None
            }
        }
    }

    /// Compiles a bundled suite, unless one of the user's has its name.
    pub(super) fn bundled(&mut self, file: &BundledFile) {
        if self.suites.iter().any(|one| one.suite.id == file.suite) {
            return;
        }
        let number = self.sources.add(format!("suites/{}", file.name), file.text);
        self.compile(number, Owner::Bundled, false);
    }

    /// Compiles all bundled suites that are not yet there.
    pub(super) fn all_bundled(&mut self) {
        bundled::FILES.iter().for_each(|file| self.bundled(file));
    }

    fn compile(&mut self, file: u32, owner: Owner, named: bool) {
        match compile::suite(&self.sources, file, owner) {
            Ok(suite) => self.suites.push(Loaded { suite, file, named }),
            Err(wrong) => self.diagnostics.extend(wrong),
        }
    }

    /// The cases that were loaded and left, in the order of their suites.
    pub(super) fn take_cases(&mut self) -> Vec<Case> {
        let suites = std::mem::take(&mut self.suites);
        suites
            .into_iter()
            .flat_map(|loaded| loaded.suite.cases)
            .collect()
    }

    fn unusable(&mut self, path: &Path, code: &'static str, why: &str) {
        let file = self.sources.add(shown(path), "");
        let nowhere = Span {
            file,
            start: 0,
            end: 0,
        };
        let what = match code {
            "unreadable" => format!("this can't be read: {why}"),
            _ => why.to_owned(),
        };
        self.diagnostics
            .push(Diagnostic::error(code, nowhere, what));
    }

    /// Two cases of one name in two files: a report could not tell them apart.
    fn twice(&mut self) {
        let mut first: HashMap<&str, (u32, &Place)> = HashMap::new();
        let mut wrong = Vec::new();
        for loaded in &self.suites {
            for case in &loaded.suite.cases {
                let here = (loaded.file, &case.place);
                match first.get(case.id.as_str()) {
                    Some((file, place)) => wrong.push(
                        Diagnostic::error(
                            "case-twice",
                            span(&self.sources, here.0, here.1),
                            format!("two cases are called `{}`", case.id),
                        )
                        .label("the second")
                        .related(span(&self.sources, *file, place), "the first")
                        .help("give one of them, or its suite, another name"),
                    ),
                    None => {
                        first.insert(case.id.as_str(), here);
                    }
                }
            }
        }
        self.diagnostics.extend(wrong);
    }

    /// Ends the command if anything is wrong; warnings are told and let pass.
    pub(super) fn checked(&mut self, console: &Console) -> Result<(), Failure> {
        self.twice();
        let found = std::mem::take(&mut self.diagnostics).into_sorted_vec();
        let errors = found
            .iter()
            .filter(|one| one.severity == Severity::Error)
            .count();
        let text = self.shown(&found, console);
        if errors == 0 {
            if !text.is_empty() {
                console.tell(text.trim_end());
            }
            return Ok(());
        }
        let count = match errors {
            1 => "1 mistake".to_owned(),
            many => format!("{many} mistakes"),
        };
        Err(Failure::Unusable(format!(
            "{text}\n{count}; nothing was sent"
        )))
    }

    /// Everything that is wrong, for the eye: first with suites, then with the profile, whose secrets are hidden.
    fn shown(&self, found: &[Diagnostic], console: &Console) -> String {
        let of_profile = |one: &&Diagnostic| Some(one.span.file) == self.profile;
        let (profile, suites): (Vec<_>, Vec<_>) = found.iter().partition(of_profile);
        let render = |some: Vec<&Diagnostic>| {
            let some: Vec<Diagnostic> = some.into_iter().cloned().collect();
            source::render(&some, &self.sources, console.colour_err())
        };
        // the veil has patterns to compile first
        let profile = match profile.is_empty() {
            true => String::new(),
            false => veil(&render(profile)),
        };
        let parts = [render(suites), profile];
        let parts: Vec<&str> = parts
            .iter()
            .map(String::as_str)
            .filter(|part| !part.is_empty())
            .collect();
        parts.join("\n")
    }
}

/// The suites of a folder. Its `requirements/` holds the catalogue, and `authspec.yaml` is a profile; neither is
/// read as a suite unless it is named itself.
fn suite_files(path: &Path) -> Result<Vec<PathBuf>, files::FileError> {
    let mut found = files::suites(path)?;
    if path.is_dir() {
        let catalogue = path.join("requirements");
        found.retain(|file| {
            !file.starts_with(&catalogue)
                && file
                    .file_name()
                    .is_some_and(|name| name != super::profile::DEFAULT)
        });
    }
    Ok(found)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// The span of a place, for a diagnostic that comes after compiling.
fn span(sources: &Sources, file: u32, place: &Place) -> Span {
    let text = sources.text(file);
    let line_start: usize = text
        .split_inclusive('\n')
        .take(place.line.saturating_sub(1))
        .map(str::len)
        .sum();
    let line = text.get(line_start..).unwrap_or_default();
    let at = |column: usize| {
        let within = line
            .char_indices()
            .nth(column)
            .map_or(line.len(), |(at, _)| at);
        u32::try_from(line_start + within).unwrap_or(u32::MAX)
    };
    let from = place.column.saturating_sub(1);
    Span {
        file,
        start: at(from),
        end: at(from + place.width),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_leads_back_to_its_span() {
        let mut sources = Sources::default();
        let text = "suite: a/b\r\ncases:\n  - id: ä-x\n";
        let file = sources.add("a.yaml", text);
        for word in ["a/b", "ä-x", "suite"] {
            let start = text.find(word).unwrap();
            let wanted = Span {
                file,
                start: start as u32,
                end: (start + word.len()) as u32,
            };
            assert_eq!(
                span(&sources, file, &sources.place(wanted)),
                wanted,
                "{word}"
            );
        }
    }
}
