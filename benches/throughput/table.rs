//! The table at the end: what is aimed at, what was reached.

use std::fmt;

/// Figures in the order in which they were taken.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<[String; 4]>,
}

impl Table {
    /// A figure with an aim.
    pub(crate) fn row(&mut self, what: &str, aim: &str, reached: &str, met: bool) {
        self.add(what, aim, reached, if met { "met" } else { "missed" });
    }

    /// A figure that only tells.
    pub(crate) fn tell(&mut self, what: &str, reached: &str) {
        self.add(what, "", reached, "");
    }

    fn add(&mut self, what: &str, aim: &str, reached: &str, met: &str) {
        println!("{what}: {reached}");
        self.rows.push([what, aim, reached, met].map(str::to_owned));
    }
}

impl fmt::Display for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "| Figure | Aim | Reached | |\n|---|---|---|---|")?;
        for [what, aim, reached, met] in &self.rows {
            writeln!(out, "| {what} | {aim} | {reached} | {met} |")?;
        }
        Ok(())
    }
}
