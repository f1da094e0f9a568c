//! What reports may show of a case: the exchanges that its verdict rests on, and texts without secrets.

use std::cell::OnceCell;

use crate::model::{Basis, CaseOutcome, Exchange, Finding, Severity, Vault, Verdict, Weight};
use crate::suite::departure;
use crate::suite::model::Case;

use super::super::redact;
use super::super::said::Said;

/// Characters of what was seen that a finding or reason quotes; the exchange itself stands below it.
const QUOTED: usize = 400;

/// What was exchanged in a case, on its way to what may be shown of it.
pub(super) struct Shown<'a> {
    case: &'a Case,
    transcript: &'a [Exchange],
    /// All secrets of the run.
    vault: &'a Vault,
    /// Those that may stand in the exchanges, and those that these show.
    near: OnceCell<Vault>,
}

impl<'a> Shown<'a> {
    pub(super) const fn of(case: &'a Case, transcript: &'a [Exchange], vault: &'a Vault) -> Self {
        Self {
            case,
            transcript,
            vault,
            near: OnceCell::new(),
        }
    }

    pub(super) fn near(&self) -> &Vault {
        self.near
            .get_or_init(|| redact::near(self.transcript, self.vault))
    }

    /// A text as it may be shown, secrets called as in the exchanges.
    fn text(&self, text: &str) -> String {
        redact::text(&redact::text(text, self.near()), self.vault)
    }

    /// What was seen, as it may be shown: cut off once it is redacted, so that no secret is cut in two before.
    fn seen(&self, text: &str) -> String {
        bounded(self.text(text))
    }

    /// How bad a finding is: as its expectation says, or its case.
    fn severity(&self, finding: &Finding, usual: Severity) -> Severity {
        let riders = self.case.riders.iter().flat_map(|rider| &rider.expect);
        let mut all = self.case.expectations().chain(riders);
        let missed = all.find(|one| one.place == finding.place);
        missed.and_then(|one| one.severity).unwrap_or(usual)
    }

    pub(super) fn fill(&self, outcome: &mut CaseOutcome, said: Said, keep_passed: bool) {
        let missed_nothing = matches!(&said, Said::Findings(findings) if findings.is_empty());
        if missed_nothing && !keep_passed {
            // nothing is shown of a plain pass, so there is nothing to redact
            outcome.verdict = Verdict::Pass;
            return;
        }
        let departs = departure::in_words(self.case);
        outcome.departs = departs.iter().map(|words| self.text(words)).collect();
        let mut shown: Vec<u32> = Vec::new();
        match said {
            Said::Findings(findings) => {
                let mut kept = Vec::new();
                for mut finding in findings {
                    finding.actual = self.seen(&finding.actual);
                    finding.expected = self.text(&finding.expected);
                    shown.extend(&finding.evidence);
                    if finding.weight() == Weight::Note {
                        outcome.notes.push(format!(
                            "{}: expected {}, got {}",
                            finding.basis.first().map_or("", Basis::id),
                            finding.expected,
                            finding.actual
                        ));
                    } else {
                        kept.push(finding);
                    }
                }
                let how_bad = kept.iter().map(|one| self.severity(one, outcome.severity));
                // the worst stands first
                outcome.severity = how_bad.min().unwrap_or(outcome.severity);
                outcome.verdict = Verdict::of(kept);
                if keep_passed {
                    shown = self
                        .transcript
                        .iter()
                        .map(|exchange| exchange.seq)
                        .collect();
                } else if shown.is_empty() && !matches!(outcome.verdict, Verdict::Pass) {
                    shown.extend(self.transcript.last().map(|exchange| exchange.seq));
                }
            }
            Said::Skip(skip) => outcome.verdict = Verdict::Skip(skip),
            Said::Inconclusive(why) => {
                outcome.verdict = Verdict::Inconclusive(self.seen(&why));
                shown.extend(self.transcript.last().map(|exchange| exchange.seq));
            }
        }
        shown.sort_unstable();
        shown.dedup();
        let shown = self
            .transcript
            .iter()
            .filter(|exchange| shown.contains(&exchange.seq));
        outcome.evidence = shown
            .map(|exchange| redact::exchange(exchange, self.near()))
            .collect();
    }
}

/// A text of which no more is said than is read.
fn bounded(text: String) -> String {
    let Some((end, _)) = text.char_indices().nth(QUOTED) else {
        return text;
    };
    let more = text[end..].chars().count();
    format!("{}... and {more} characters more", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_is_cut_and_says_so() {
        for (length, shown) in [
            (QUOTED, "\u{e9}".repeat(QUOTED)),
            (
                QUOTED + 7,
                format!("{}... and 7 characters more", "\u{e9}".repeat(QUOTED)),
            ),
        ] {
            assert_eq!(bounded("\u{e9}".repeat(length)), shown);
        }
    }
}
