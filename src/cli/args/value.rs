//! Values of options that are more than a text: reports, orders, words of closed lists.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::report::{FORMATS, Format};
use crate::source::shape::duration;

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

/// A span of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::cli) struct Span(pub(in crate::cli) Duration);

pub(super) fn span(text: &str) -> Result<Span, String> {
    let span = duration(text).filter(|span| !span.is_zero());
    span.map(Span)
        .ok_or_else(|| "write a span of time, such as 90s, 15m or 1h".to_owned())
}

/// A part of the cases, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Share {
    /// Which.
    pub(in crate::cli) number: u32,
    /// Of how many.
    pub(in crate::cli) of: u32,
}

pub(super) fn share(text: &str) -> Result<Share, String> {
    let parts = text.split_once('/').and_then(|(number, of)| {
        let share = Share {
            number: number.parse().ok()?,
            of: of.parse().ok()?,
        };
        (1..=10_000).contains(&share.of).then_some(share)
    });
    let share = parts.ok_or("write a part and how many there are, such as 2/5")?;
    if (1..=share.of).contains(&share.number) {
        Ok(share)
    } else {
        Err(format!("parts are counted from 1 to {}", share.of))
    }
}

/// A day as `2026-12-31`, which sorts as text.
pub(in crate::cli) fn date(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |text: &str, digits: usize| {
        let fits = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u32>().ok().filter(|_| fits)
    };
    let sound = match parts.as_slice() {
        [year, month, day] => {
            number(year, 4).is_some()
                && number(month, 2).is_some_and(|month| (1..=12).contains(&month))
                && number(day, 2).is_some_and(|day| (1..=31).contains(&day))
        }
        _ => false,
    };
    sound
        .then(|| text.to_owned())
        .ok_or_else(|| "write a day as 2026-12-31".to_owned())
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
        assert_eq!(share("2/5"), Ok(Share { number: 2, of: 5 }));
        for bad in ["0/5", "6/5", "5", "1/0", "a/b", "1/2/3", "-1/2"] {
            assert!(share(bad).is_err(), "{bad}");
        }
        assert!(date("2026-12-31").is_ok());
        for bad in [
            "2026-13-01",
            "2026-1-1",
            "31.12.2026",
            "2026-00-10",
            "tomorrow",
        ] {
            assert!(date(bad).is_err(), "{bad}");
        }
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
