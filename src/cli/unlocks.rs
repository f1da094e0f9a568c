//! How many cases a profile lets run, and which further entries would have how many more run.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::model::{Capability, Skip};

use super::wrap::wrapped;

/// Sets of profile entries that are told, those that unlock most first.
const SETS: usize = 12;
/// Columns before an entry: a count of four digits, and words.
const BEFORE: usize = 16;
/// The same before a further entry of a set.
const AND: &str = "            and ";

/// What runs and what would.
pub(super) struct Unlocks {
    runs: usize,
    all: usize,
    /// What they are called.
    what: String,
    /// Counts with the entries that all of them lack, most first.
    sets: Vec<(usize, Vec<String>)>,
    /// Cases that lack other sets.
    rest: usize,
}

impl Unlocks {
    /// By what keeps each case from running.
    pub(super) fn of<'a>(cases: impl Iterator<Item = Option<&'a Skip>>) -> Self {
        let (mut runs, mut all) = (0, 0);
        let mut lacking: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        for skipped in cases {
            all += 1;
            match skipped {
                None => runs += 1,
                Some(Skip::Missing(missing)) => {
                    let least = Capability::least(missing);
                    let entries = least.iter().map(|one| one.hint().to_owned()).collect();
                    *lacking.entry(entries).or_default() += 1;
                }
                Some(Skip::OptIn(effect)) => {
                    *lacking
                        .entry(vec![format!("allow: [{effect}]")])
                        .or_default() += 1;
                }
                Some(Skip::NotApplicable(_)) => {}
            }
        }
        let mut sets: Vec<(usize, Vec<String>)> = lacking
            .into_iter()
            .map(|(set, count)| (count, set))
            .collect();
        sets.sort_by_key(|(count, entries)| (Reverse(*count), entries.len()));
        let rest = sets.iter().skip(SETS).map(|(count, _)| count).sum();
        sets.truncate(SETS);
        Self {
            runs,
            all,
            what: "cases".to_owned(),
            sets,
            rest,
        }
    }

    /// Calls the cases by another name.
    pub(super) fn called(mut self, what: impl Into<String>) -> Self {
        self.what = what.into();
        self
    }

    /// One line a set, however long.
    pub(super) fn lines(&self) -> String {
        self.laid_out(usize::MAX)
    }

    /// In lines of this width.
    pub(super) fn wrapped(&self, width: usize) -> String {
        self.laid_out(width)
    }

    fn laid_out(&self, width: usize) -> String {
        let head = format!("{} of {} {} would run", self.runs, self.all, self.what);
        let mut text = wrapped("", &head, width, 0) + "\n";
        for (count, entries) in &self.sets {
            let lead = format!("{count:>4} more with  ");
            let line = if width == usize::MAX {
                // two blanks tell where one entry ends and the next begins
                format!("{lead}{}", entries.join("  and  "))
            } else {
                let leads = std::iter::once(lead).chain(std::iter::repeat(AND.to_owned()));
                let entries = leads.zip(entries);
                let lines: Vec<String> = entries
                    .map(|(lead, entry)| wrapped(&lead, entry, width, BEFORE))
                    .collect();
                lines.join("\n")
            };
            text.push_str(&line);
            text.push('\n');
        }
        if self.rest > 0 {
            text.push_str(&format!("{:>4} more with  other entries\n", self.rest));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Effect;

    #[test]
    fn what_lacks_the_same_is_counted_together() {
        use Capability as C;
        let missing = |set: &[C]| Some(Skip::Missing(set.to_vec()));
        let skips = [
            None,
            missing(&[C::Open]),
            missing(&[C::Open]),
            missing(&[C::Jwt, C::SigningKey, C::Open]),
            missing(&[C::SigningKey, C::Open]),
            missing(&[C::SigningKey, C::Open, C::ValidCredential]),
            Some(Skip::OptIn(Effect::Writes)),
            Some(Skip::NotApplicable("no".to_owned())),
        ];
        let unlocks = Unlocks::of(skips.iter().map(Option::as_ref)).called("things");
        let lines = unlocks.lines();
        let key = C::SigningKey.hint();
        assert_eq!(
            lines,
            format!(
                "1 of 8 things would run\n   3 more with  {key}  and  open: GET /health\n   2 more with  open: GET /health\n   1 more with  allow: [writes]\n"
            )
        );
        let wrapped = unlocks.wrapped(60);
        assert!(
            wrapped.lines().all(|line| line.chars().count() <= 60),
            "{wrapped}"
        );
        assert!(wrapped.contains("\n            and open: GET"), "{wrapped}");
    }
}
