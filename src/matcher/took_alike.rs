//! `took-alike`: two kinds of requests, sent in turn, take the same time as far as that can be told.
//!
//! Time over a network is never equal, so this is a test of ranks (Mann and Whitney) on samples that stand side by
//! side: what slows the machine slows both. A finding needs a difference that chance gives once in 15,000 runs and
//! that is large enough to be used. Where the samples scatter too widely for that, nothing is said either way.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Example, Kind, Miss, Scope, Seen};
use crate::model::Exchange;
use crate::source::shape::Shape;

pub(super) const KIND: Kind = Kind {
    name: "took-alike",
    doc: "The requests of this step, two kinds in turn, take the same time; a difference counts from 3 ms on.",
    shape: Shape::Text,
    scope: Scope::Any,
    examine,
    spoil,
    examples,
};

/// Samples of each kind, at least.
const FEWEST: usize = 20;
/// The first of each kind warm caches and connections up.
const WARM_UP: usize = 3;
/// Deviations of the rank sum: a chance of 1 in 15,000, both sides together.
const DEVIATIONS: f64 = 4.0;
/// What an attacker can use over a network, with patience.
const USABLE: Duration = Duration::from_millis(3);
/// Above this uncertainty of a median, a usable difference could hide.
const TOO_WIDE: Duration = Duration::from_millis(25);

fn examine(wanted: &Value, seen: &Seen<'_>) -> Result<(), Miss> {
    let name = wanted.as_str().unwrap_or_default();
    let range = seen.steps.get(name).cloned();
    let tries = range
        .and_then(|range| seen.all.get(range))
        .ok_or_else(|| Miss::Unknown(format!("step `{name}` was not reached")))?;
    if tries.iter().any(|one| one.answer.response().is_none()) {
        return Err(Miss::unknown("not every request was answered"));
    }
    let turned_away = |one: &&Exchange| matches!(one.answer.status(), Some(423 | 429 | 503));
    if let Some(one) = tries.iter().find(turned_away) {
        let status = one.answer.status().unwrap_or_default();
        return Err(Miss::Unknown(format!(
            "status {status} came in between: the target limits tries, and what is refused for that shows nothing"
        )));
    }
    let of = |which: usize| -> Vec<Duration> {
        let kind = tries.iter().skip(which).step_by(2).map(|one| one.took);
        let mut took: Vec<Duration> = kind.skip(WARM_UP).collect();
        took.sort_unstable();
        took
    };
    let (one, other) = (of(0), of(1));
    if one.len().min(other.len()) < FEWEST {
        return Err(Miss::Unknown(format!(
            "{} samples of each kind are too few",
            one.len().min(other.len())
        )));
    }
    let (first, second) = (at(&one, 0.5), at(&other, 0.5));
    let apart = first.abs_diff(second);
    let sure = deviations(&one, &other);
    if apart >= USABLE && sure >= DEVIATIONS {
        return Err(Miss::shown_by(
            evidence(tries),
            "the two kinds take the same time",
            format!(
                "medians {:.1} and {:.1} ms over {} and {} samples, {sure:.1} deviations apart",
                millis(first),
                millis(second),
                one.len(),
                other.len()
            ),
        ));
    }
    let wide = uncertainty(&one).max(uncertainty(&other));
    if wide > TOO_WIDE {
        return Err(Miss::Unknown(format!(
            "the samples scatter by {:.0} ms: not enough to tell",
            millis(wide)
        )));
    }
    Ok(())
}

fn evidence(tries: &[Exchange]) -> Vec<u32> {
    let last = tries.iter().rev().take(2).map(|one| one.seq);
    last.collect()
}

fn millis(span: Duration) -> f64 {
    span.as_secs_f64() * 1_000.0
}

/// The value at a part of sorted samples.
fn at(sorted: &[Duration], part: f64) -> Duration {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index below the small number of samples"
    )]
    let index = (sorted.len() as f64 * part) as usize;
    sorted
        .get(index.min(sorted.len().saturating_sub(1)))
        .copied()
        .unwrap_or_default()
}

/// Half the width of the notch of a box plot: how far off a median may be.
fn uncertainty(sorted: &[Duration]) -> Duration {
    let between = at(sorted, 0.75).saturating_sub(at(sorted, 0.25));
    between.mul_f64(1.58 / count(sorted.len()).sqrt())
}

/// How many deviations the ranks of two samples are apart (Mann and Whitney, by the normal approximation).
fn deviations(one: &[Duration], other: &[Duration]) -> f64 {
    let mut wins = 0.0_f64;
    for left in one {
        for right in other {
            wins += match left.cmp(right) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
        }
    }
    let (n, m) = (count(one.len()), count(other.len()));
    let deviation = (n * m * (n + m + 1.0) / 12.0).sqrt();
    (wins - n * m / 2.0).abs() / deviation
}

fn count(samples: usize) -> f64 {
    f64::from(u32::try_from(samples).unwrap_or(u32::MAX))
}

fn spoil(_: &mut Value, seen: &mut Seen<'_>) {
    for (at, exchange) in seen.all.to_mut().iter_mut().enumerate() {
        exchange.took = Duration::from_millis(if at % 2 == 0 { 5 } else { 45 });
    }
}

fn examples() -> Vec<Example> {
    vec![Example {
        argument: json!("tries"),
        seen: sampled(|at| Duration::from_micros(5_000 + 37 * (at % 11))),
    }]
}

fn sampled(took: impl Fn(u64) -> Duration) -> Seen<'static> {
    let all: Vec<Exchange> = (0..80)
        .map(|at| Exchange {
            took: took(at),
            ..super::sample::exchange(401, &[], "")
        })
        .collect();
    let mut seen = super::sample::heard(all);
    seen.steps.to_mut().insert("tries".to_owned(), 0..80);
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same scatter every time, of so many milliseconds.
    fn scatter(at: u64, width: u64) -> u64 {
        (at.wrapping_mul(2_654_435_761) >> 7) % (width * 1_000)
    }

    #[test]
    fn a_difference_counts_only_if_it_is_sure_and_usable() {
        type Took = fn(u64) -> u64;
        let rows: &[(&str, Took, Option<bool>)] = &[
            ("alike", |at| 5_000 + scatter(at, 3), Some(true)),
            (
                "a hash for known users alone",
                |at| 5_000 + scatter(at, 3) + if at % 2 == 0 { 60_000 } else { 0 },
                Some(false),
            ),
            (
                "sure and too small to be used",
                |at| 5_000 + at % 2 * 1_000,
                Some(true),
            ),
            ("lost in the scatter", |at| scatter(at, 400), None),
            (
                "a slow start",
                |at| {
                    if at < 6 {
                        500_000
                    } else {
                        5_000 + scatter(at, 3)
                    }
                },
                Some(true),
            ),
        ];
        for (name, took, met) in rows {
            let seen = sampled(|at| Duration::from_micros(took(at)));
            let found = match examine(&json!("tries"), &seen) {
                Ok(()) => Some(true),
                Err(Miss::Finding { .. }) => Some(false),
                Err(Miss::Unknown(_)) => None,
            };
            assert_eq!(found, *met, "{name}");
        }
    }
}
