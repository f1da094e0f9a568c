//! The matrix: under which fault which case sees something, and on which requirements.
//!
//! Rows of `for-each` count as one case. The file has one line a pair, so that a review sees what appeared and what
//! vanished.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::model::{CaseOutcome, Verdict};

use super::expectations::Expectations;

const HEAD: &str = "\
# Which cases see which faults of the reference server, how, and on what. Written by `authspec prove --update`.\n";

/// What the cases say of one server, by name without row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row(pub(super) BTreeMap<String, Said>);

/// What a case says: the worst of its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) word: Word,
    /// What the findings rest on.
    pub(super) broken: BTreeSet<String>,
    /// Why it was not judged, or skipped.
    pub(super) why: String,
}

/// A verdict, the one that counts most last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Word {
    Pass,
    Skip,
    Inconclusive,
    /// A pass that has something to tell: all that a MAY can come to.
    Note,
    Warn,
    Fail,
}

impl Word {
    const ALL: [Self; 6] = [
        Self::Pass,
        Self::Skip,
        Self::Inconclusive,
        Self::Note,
        Self::Warn,
        Self::Fail,
    ];

    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Skip => "skip",
            Self::Inconclusive => "inconclusive",
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }

    /// Whether the case has seen something.
    pub(super) const fn sees(self) -> bool {
        matches!(self, Self::Note | Self::Warn | Self::Fail)
    }
}

impl Row {
    /// Takes one outcome in.
    pub(super) fn hear(&mut self, outcome: &CaseOutcome) {
        let (word, why) = match &outcome.verdict {
            Verdict::Pass if !outcome.notes.is_empty() => (Word::Note, String::new()),
            Verdict::Pass => (Word::Pass, String::new()),
            Verdict::Warn(_) => (Word::Warn, String::new()),
            Verdict::Fail(_) => (Word::Fail, String::new()),
            Verdict::Skip(skip) => (Word::Skip, skip.to_string()),
            Verdict::Inconclusive(why) => (Word::Inconclusive, why.clone()),
        };
        let findings = outcome.verdict.findings().iter();
        let broken = findings
            .flat_map(|finding| &finding.basis)
            .map(|basis| basis.id().to_owned());
        // a note begins with what it rests on
        let noted = outcome
            .notes
            .iter()
            .filter_map(|note| Some(note.split_once(':')?.0.to_owned()));
        let broken = broken.chain(noted);
        let name = name(&outcome.id.without_row());
        let said = self.0.entry(name).or_insert(Said {
            word: Word::Pass,
            broken: BTreeSet::new(),
            why: String::new(),
        });
        said.broken.extend(broken);
        if word > said.word {
            said.word = word;
            said.why = why;
        }
    }
}

/// A case asked at a further endpoint (`case@door`) is the same case.
fn name(id: &str) -> String {
    match id.split_once('@') {
        Some((case, rest)) => match rest.split_once('/') {
            Some((_, rider)) => format!("{case}/{rider}"),
            None => case.to_owned(),
        },
        None => id.to_owned(),
    }
}

/// All servers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Matrix {
    /// The sound one.
    pub(super) sound: Row,
    /// The others, by fault.
    pub(super) faults: BTreeMap<String, Row>,
    /// What the sound one shows of each expectation.
    pub(super) expectations: Expectations,
}

impl Matrix {
    pub(super) fn add(&mut self, fault: Option<&str>, row: Row, expectations: Expectations) {
        match fault {
            None => {
                self.sound = row;
                self.expectations = expectations;
            }
            Some(fault) => {
                self.faults.insert(fault.to_owned(), row);
            }
        }
    }

    /// Leaves faults out.
    pub(super) fn forget(&mut self, which: impl Fn(&str) -> bool) {
        self.faults.retain(|fault, _| !which(fault));
    }

    /// Every pair in which something is seen: fault, case, what is said.
    pub(super) fn seen(&self) -> impl Iterator<Item = (&str, &str, &Said)> {
        self.faults.iter().flat_map(|(fault, row)| {
            row.0
                .iter()
                .filter(|(_, said)| said.word.sees())
                .map(|(case, said)| (fault.as_str(), case.as_str(), said))
        })
    }

    pub(super) fn pairs(&self) -> usize {
        self.seen().count()
    }

    /// The file of it.
    pub(super) fn text(&self) -> String {
        let mut text = HEAD.to_owned();
        for (fault, case, said) in self.seen() {
            let broken: Vec<&str> = said.broken.iter().map(String::as_str).collect();
            // writing to a String can't fail
            let _ = writeln!(
                text,
                "{fault}\t{case}\t{}\t{}",
                said.word.text(),
                broken.join(",")
            );
        }
        text
    }

    /// The matrix of a file; the error is the number of the line that can't be read.
    pub(super) fn read(text: &str) -> Result<Self, usize> {
        let mut matrix = Self::default();
        for (number, line) in text.lines().enumerate() {
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            let (fault, case, said) = pair(line).ok_or(number + 1)?;
            let row = matrix.faults.entry(fault.to_owned()).or_default();
            row.0.insert(case.to_owned(), said);
        }
        Ok(matrix)
    }
}

fn pair(line: &str) -> Option<(&str, &str, Said)> {
    let mut cells = line.split('\t');
    let (fault, case, word, broken) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
    let word = Word::ALL.into_iter().find(|one| one.text() == word)?;
    let said = Said {
        word,
        broken: broken.split(',').map(str::to_owned).collect(),
        why: String::new(),
    };
    Some((fault, case, said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_reads_back_as_what_it_was() {
        let text = format!(
            "{HEAD}a-fault\tx/y::z\tfail\tCWE-1,RFC1-1-1\na-fault\tx/y::z/r\twarn\tRFC1-1-2\n"
        );
        let matrix = Matrix::read(&text).unwrap();
        assert_eq!(matrix.text(), text);
        assert_eq!(matrix.pairs(), 2);
        assert_eq!(Matrix::read("a\tb\tc\td\n"), Err(1));
        assert_eq!(Matrix::read("# x\nnothing\n"), Err(2));
    }

    #[test]
    fn a_case_is_one_wherever_it_is_asked() {
        for (id, one) in [
            ("a/b::c", "a/b::c"),
            ("a/b::c@door", "a/b::c"),
            ("a/b::c@door/rider", "a/b::c/rider"),
            ("a/b::c/rider", "a/b::c/rider"),
        ] {
            assert_eq!(name(id), one);
        }
    }
}
