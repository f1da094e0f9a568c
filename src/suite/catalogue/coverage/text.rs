//! Coverage as plain text, by document and by topic.

use std::fmt::Write as _;

use super::{Coverage, DocumentCoverage, Standing, Totals};
use crate::model::Weight;

/// How much of the coverage is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Figures alone.
    Totals,
    /// Also what has no case yet.
    Open,
    /// Also the cases, and why some things can't be shown.
    All,
}

const TITLE_WIDTH: usize = 48;

impl Coverage {
    /// The requirements, a line a document: covered of observable, by weight.
    pub fn requirements_text(&self, detail: Detail) -> String {
        let mut out = row("document", "", ["must", "should", "may", "hidden"]);
        let mut sums = [Totals::default(); 3];
        for document in &self.documents {
            let totals = WEIGHTS.map(|weight| document.totals(Some(weight)));
            for (sum, totals) in sums.iter_mut().zip(totals) {
                sum.merge(totals);
            }
            out.push_str(&figures(document.word, document.title, totals));
            out.push_str(&requirement_lines(document, detail));
        }
        out.push_str(&figures("all", "", sums));
        out
    }

    /// The checks, a line a topic: covered of observable, by tier.
    pub fn checks_text(&self, detail: Detail) -> String {
        let mut out = row("topic", "", ["core", "extended", "", "hidden"]);
        let mut sums = [Totals::default(); 2];
        for area in &self.areas {
            let totals = [true, false].map(|core| area.totals(core));
            for (sum, totals) in sums.iter_mut().zip(totals) {
                sum.merge(totals);
            }
            out.push_str(&tiers(area.area, totals));
            for check in &area.checks {
                let tier = if check.core { "core" } else { "extended" };
                out.push_str(&line(check.id, tier, check.title, &check.standing, detail));
            }
        }
        out.push_str(&tiers("all", sums));
        out
    }
}

const WEIGHTS: [Weight; 3] = [Weight::Fail, Weight::Warn, Weight::Note];

impl Totals {
    fn merge(&mut self, other: Self) {
        self.covered += other.covered;
        self.open += other.open;
        self.unobservable += other.unobservable;
    }

    fn text(self) -> String {
        match self.observable() {
            0 => String::from("-"),
            all => format!("{}/{all}", self.covered),
        }
    }
}

fn figures(word: &str, title: &str, totals: [Totals; 3]) -> String {
    let hidden: usize = totals.iter().map(|one| one.unobservable).sum();
    let [must, should, may] = totals.map(Totals::text);
    row(
        word,
        title,
        [&must, &should, &may, &hidden.to_string()].map(String::as_str),
    )
}

fn tiers(area: &str, totals: [Totals; 2]) -> String {
    let hidden: usize = totals.iter().map(|one| one.unobservable).sum();
    let [core, extended] = totals.map(Totals::text);
    row(area, "", [&core, &extended, "", &hidden.to_string()])
}

fn row(name: &str, title: &str, cells: [&str; 4]) -> String {
    let [a, b, c, hidden] = cells;
    let named = format!("{name:<12} {}", shortened(title));
    let line = format!("{named:<62}{a:>9}{b:>10}{c:>7}{hidden:>8}");
    format!("{}\n", line.trim_end())
}

fn shortened(title: &str) -> String {
    if title.chars().count() <= TITLE_WIDTH {
        return title.to_owned();
    }
    let start: String = title.chars().take(TITLE_WIDTH - 3).collect();
    format!("{}...", start.trim_end())
}

fn requirement_lines(coverage: &DocumentCoverage, detail: Detail) -> String {
    let wanted = |standing: &Standing| match detail {
        Detail::Totals => false,
        Detail::Open => *standing == Standing::Open,
        Detail::All => true,
    };
    // the words are in the document, which is parsed only where a line of it is shown
    if !coverage
        .requirements
        .iter()
        .any(|one| wanted(&one.standing))
    {
        return String::new();
    }
    let document = coverage.document();
    let says = |id: &str| {
        document
            .iter()
            .flat_map(|one| &one.requirements)
            .find(|one| one.id == id)
            .map_or("", |one| one.says.as_str())
    };
    coverage
        .requirements
        .iter()
        .map(|one| {
            line(
                one.id,
                one.level.word(),
                says(one.id),
                &one.standing,
                detail,
            )
        })
        .collect()
}

fn line(id: &str, kind: &str, says: &str, standing: &Standing, detail: Detail) -> String {
    let mut out = String::new();
    // writing to a String can't fail
    let _ = match (standing, detail) {
        (Standing::Open, Detail::Open | Detail::All) => {
            writeln!(out, "    - {id} ({kind}) {says}")
        }
        (Standing::Covered(cases), Detail::All) => {
            writeln!(out, "    + {id} ({kind}) {says} [{}]", cases.join(", "))
        }
        (Standing::Unobservable(reason), Detail::All) => {
            writeln!(out, "    . {id} ({kind}) {says} Not observable: {reason}")
        }
        (_, Detail::Totals) | (Standing::Covered(_) | Standing::Unobservable(_), Detail::Open) => {
            Ok(())
        }
    };
    out
}
