//! Which cases are meant: names, the beginning of names, files, and filters.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use clap::CommandFactory as _;

use crate::model::{Basis, Role, Severity};
use crate::source::nearest;
use crate::suite::bundled;
use crate::suite::catalogue::{self, Standard};
use crate::suite::model::{Case, Expectation};

use super::args::{Cli, Selection};
use super::exit::Failure;
use super::load::{Loaded, Loader};

/// What the command line asks for.
pub(super) struct Wanted {
    names: Vec<String>,
    named_files: bool,
    /// The one name that will be run of what is meant: bundled suites that can't hold it are not compiled.
    only: Option<String>,
    role: Option<Role>,
    severity: Option<Severity>,
    standard: Option<&'static Standard>,
}

impl Wanted {
    /// Reads the selection, and compiles what it needs into the loader.
    pub(super) fn load(selection: &Selection, loader: &mut Loader) -> Result<Self, Failure> {
        Self::load_only(selection, None, loader)
    }

    /// The same, where only one case of them will be run.
    pub(super) fn load_only(
        selection: &Selection,
        only: Option<&str>,
        loader: &mut Loader,
    ) -> Result<Self, Failure> {
        let (files, names): (Vec<&String>, Vec<&String>) =
            selection.select.iter().partition(|one| is_path(one));
        let wanted = Self {
            names: names.into_iter().cloned().collect(),
            named_files: !files.is_empty(),
            only: only.map(str::to_owned),
            role: selection.role,
            severity: selection.severity,
            standard: selection.standard.as_deref().map(standard).transpose()?,
        };
        for file in files {
            loader.user(Path::new(file), true);
        }
        for path in &selection.suites {
            loader.user(path, false);
        }
        wanted.bundled(loader);
        Ok(wanted)
    }

    fn bundled(&self, loader: &mut Loader) {
        let within = |file: &bundled::BundledFile| {
            let only = self.only.as_deref();
            only.is_none_or(|only| concerns(only, file.suite))
        };
        if self.names.is_empty() {
            if !self.named_files {
                let files = bundled::FILES.iter().filter(|file| within(file));
                files.for_each(|file| loader.bundled(file));
            }
            return;
        }
        let mut all = false;
        for name in &self.names {
            let mut any = loader
                .suites
                .iter()
                .any(|one| concerns(name, &one.suite.id));
            for file in bundled::FILES {
                if concerns(name, file.suite) {
                    any = true;
                    if within(file) {
                        loader.bundled(file);
                    }
                }
            }
            all |= !any;
        }
        // the name of a case without its suite, or a mistyped one
        if all {
            loader.all_bundled();
        }
    }

    /// Leaves the cases that are meant. An error names what is meant by nothing.
    pub(super) fn pick(&self, loader: &mut Loader) -> Result<(), Failure> {
        let suites = &mut loader.suites;
        if !self.names.is_empty() || self.named_files {
            let mut chosen: HashSet<String> = HashSet::new();
            for name in &self.names {
                let found = named(name, suites);
                if found.is_empty() && self.only.is_none() {
                    return Err(unknown(name, suites));
                }
                chosen.extend(found);
            }
            for loaded in suites.iter_mut().filter(|one| !one.named) {
                let cases = &mut loaded.suite.cases;
                cases.retain(|case| chosen.contains(case.id.as_str()));
            }
        }
        for loaded in suites.iter_mut() {
            loaded.suite.cases.retain(|case| self.passes(case));
        }
        suites.retain(|loaded| !loaded.suite.cases.is_empty());
        if suites.is_empty() && self.only.is_none() {
            return Err(Failure::unusable(
                "nothing is selected: no case passes these filters (`authspec list` shows all)",
            ));
        }
        Ok(())
    }

    fn passes(&self, case: &Case) -> bool {
        self.role.is_none_or(|role| case.role == role)
            && self.severity.is_none_or(|least| {
                let severe = std::iter::once(case.severity)
                    .chain(case.riders.iter().map(|rider| rider.severity));
                severe.into_iter().any(|one| one <= least)
            })
            && self.standard.is_none_or(|standard| {
                bases(case).any(|basis| match basis {
                    Basis::Requirement { id, .. } => id.standard() == standard.word,
                    Basis::Weakness { .. } | Basis::Ours { .. } => false,
                })
            })
    }
}

/// Everything that a case rests on, its riders included.
pub(super) fn bases(case: &Case) -> impl Iterator<Item = &Basis> {
    expectations(case)
        .chain(case.riders.iter().flat_map(|rider| &rider.expect))
        .flat_map(|expectation| &expectation.basis)
}

/// What a case itself judges.
pub(super) fn expectations(case: &Case) -> impl Iterator<Item = &Expectation> {
    case.steps
        .iter()
        .flat_map(|step| &step.expect)
        .chain(&case.expect)
}

/// Whether an argument is a file or folder. What looks like a path is one; else a suite's name comes first.
pub(super) fn is_path(text: &str) -> bool {
    let looks = [".yaml", ".yml"].iter().any(|end| text.ends_with(end))
        || ["./", "../", "/"]
            .iter()
            .any(|start| text.starts_with(start))
        || text == "."
        || text == "..";
    looks || (!bundled::FILES.iter().any(|file| concerns(text, file.suite)) && exists(text))
}

fn exists(text: &str) -> bool {
    PathBuf::from(text).exists()
}

/// Whether a name, whole or begun, may be of a suite or of a case in it.
fn concerns(name: &str, suite: &str) -> bool {
    suite.starts_with(name)
        || name
            .strip_prefix(suite)
            .is_some_and(|rest| rest.starts_with("::"))
}

/// The cases that a name means: those called so (any row; with or without suite; by a rider), else those whose
/// name begins so.
fn named(name: &str, suites: &[Loaded]) -> Vec<String> {
    let cases = || suites.iter().flat_map(|loaded| &loaded.suite.cases);
    let meant = |fits: &dyn Fn(&str) -> bool| -> Vec<String> {
        cases()
            .filter(|case| {
                fits(case.id.as_str()) || case.riders.iter().any(|rider| fits(rider.id.as_str()))
            })
            .map(|case| case.id.as_str().to_owned())
            .collect()
    };
    // a report names the further endpoint at which a case was asked: `suite::case@GET /b`
    let at_endpoint = |id: &str| {
        let rest = name.strip_prefix(id);
        rest.is_some_and(|rest| rest.starts_with('@'))
    };
    let exactly = meant(&|id| {
        let bare = without_row(id);
        at_endpoint(id)
            || [id, &bare]
                .into_iter()
                .any(|id| id == name || id.split_once("::").is_some_and(|(_, case)| case == name))
    });
    if exactly.is_empty() {
        meant(&|id| id.starts_with(name))
    } else {
        exactly
    }
}

fn without_row(id: &str) -> String {
    match (id.find('['), id.rfind(']')) {
        (Some(open), Some(close)) if open < close => {
            format!("{}{}", &id[..open], &id[close + 1..])
        }
        _ => id.to_owned(),
    }
}

fn unknown(name: &str, suites: &[Loaded]) -> Failure {
    let mut known: Vec<String> = Vec::new();
    for loaded in suites {
        known.push(loaded.suite.id.clone());
        for case in &loaded.suite.cases {
            let bare = case.id.without_row();
            known.extend(bare.split_once("::").map(|(_, case)| case.to_owned()));
            known.push(bare);
        }
    }
    let commands: Vec<String> = Cli::command()
        .get_subcommands()
        .map(|one| one.get_name().to_owned())
        .collect();
    let near = nearest(name, known.iter().chain(&commands).map(String::as_str));
    let hint = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`authspec list` shows all cases".to_owned(),
    };
    Failure::unusable(format!(
        "nothing is selected: no case, suite, file or command is called `{name}`; {hint}"
    ))
}

/// The standard that a word names.
pub(super) fn standard(word: &str) -> Result<&'static Standard, Failure> {
    let word = word.to_ascii_lowercase();
    catalogue::standard(&word).ok_or_else(|| {
        let known: Vec<&str> = catalogue::standards().map(|one| one.word).collect();
        let hint = match nearest(&word, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known: {}", known.join(", ")),
        };
        Failure::unusable(format!("no standard is called `{word}`; {hint}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_concerns_the_suites_that_may_hold_it() {
        for (name, suite, does) in [
            ("jwt", "jwt/keys", true),
            ("jwt/", "jwt/keys", true),
            ("jwt/keys::x", "jwt/keys", true),
            ("jwt/keys::x", "jwt/keys-more", false),
            ("jwt/keysx", "jwt/keys", false),
            ("basic", "jwt/keys", false),
        ] {
            assert_eq!(concerns(name, suite), does, "{name} {suite}");
        }
    }

    #[test]
    fn what_looks_like_a_path_is_one() {
        for path in ["mine.yaml", "./mine", "../x", "/tmp/x", ".", "a/b.yml"] {
            assert!(is_path(path), "{path}");
        }
        for name in ["mine/api::x", "jwt/keys", "no-such-thing"] {
            assert!(!is_path(name), "{name}");
        }
    }

    #[test]
    fn a_row_is_no_part_of_the_name() {
        assert_eq!(without_row("a/b::c[x=1]/d"), "a/b::c/d");
        assert_eq!(without_row("a/b::c"), "a/b::c");
    }
}
