//! Values of options that are more than a text: reports, orders, words of closed lists.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::report::{FORMATS, Format};

/// A report that is asked for beside the one on the terminal.
#[derive(Clone)]
pub(in crate::cli) struct Report {
    /// Its format.
    pub(in crate::cli) format: &'static Format,
    /// Where it goes; `-` is standard output.
    pub(in crate::cli) path: PathBuf,
}

impl std::fmt::Debug for Report {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}={}", self.format.name, self.path.display())
    }
}

/// Order of the cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Order {
    /// As planned.
    Plan,
    /// Shuffled by a seed; none: one is drawn and said.
    Shuffled(Option<u64>),
}

pub(super) fn report(text: &str) -> Result<Report, String> {
    let known = || FORMATS.iter().map(|format| format.name).collect::<Vec<_>>();
    let Some((name, path)) = text.split_once('=') else {
        return Err(format!("write NAME=PATH; formats: {}", known().join(", ")));
    };
    let format = Format::from_name(name).ok_or_else(|| {
        format!(
            "no format is called `{name}`; formats: {}",
            known().join(", ")
        )
    })?;
    if path.is_empty() {
        return Err(format!(
            "write a path behind `{name}=`, or `-` for standard output"
        ));
    }
    Ok(Report {
        format,
        path: PathBuf::from(path),
    })
}

pub(super) fn order(text: &str) -> Result<Order, String> {
    match text.split_once(':') {
        None if text == "plan" => Ok(Order::Plan),
        None if text == "shuffled" => Ok(Order::Shuffled(None)),
        Some(("shuffled", seed)) => seed
            .parse()
            .map(|seed| Order::Shuffled(Some(seed)))
            .map_err(|_| "the seed is a whole number".to_owned()),
        _ => Err("write plan, shuffled or shuffled:SEED".to_owned()),
    }
}

/// The words of a closed list as values of an option, so that help and completions know them.
pub(super) fn words<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    word: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.iter().map(|one| word(*one))).try_map(move |text| {
        all.iter()
            .copied()
            .find(|one| word(*one) == text)
            .ok_or("unknown word")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_and_reports_are_read() {
        assert_eq!(order("plan"), Ok(Order::Plan));
        assert_eq!(order("shuffled"), Ok(Order::Shuffled(None)));
        assert_eq!(order("shuffled:7"), Ok(Order::Shuffled(Some(7))));
        assert!(order("shuffled:x").is_err() && order("reverse").is_err());
        let json = report("json=out/a=b.json").unwrap();
        assert_eq!(
            (json.format.name, json.path),
            ("json", "out/a=b.json".into())
        );
        for bad in ["json", "json=", "xml=a"] {
            assert!(report(bad).is_err(), "{bad}");
        }
    }
}
