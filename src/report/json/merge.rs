//! Reports of the parts of one run, put together into what the whole would have said.
//!
//! Parts that don't belong together are refused: a whole with a hole would look sound.

use std::collections::BTreeMap;

use super::shape::{Case, Report, Run, Shard, Summary, Verdict};

/// The whole of all parts, each with its name.
///
/// # Errors
/// Why they are not the parts of one whole.
pub fn merged(mut parts: Vec<(String, Report)>) -> Result<Report, String> {
    belong_together(&parts)?;
    parts.sort_by_key(|(_, report)| number(report));
    let mut ranked: Vec<(u32, Case)> = Vec::new();
    let mut notes = Vec::new();
    for (_, report) in &parts {
        let ranks = report.run.shard.as_ref().map(|shard| &shard.ranks);
        // riders, and the same case at further endpoints, follow their case
        let mut rank = 0;
        for case in &report.cases {
            rank = ranks
                .and_then(|ranks| ranks.get(&case.id).copied())
                .unwrap_or(rank);
            // what calibration finds, every part finds
            if !ranked.iter().any(|(_, known)| known.id == case.id) {
                ranked.push((rank, case.clone()));
            }
        }
        for note in &report.notes {
            if !notes.contains(note) {
                notes.push(note.clone());
            }
        }
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    let cases: Vec<Case> = ranked.into_iter().map(|(_, case)| case).collect();
    let reports: Vec<Report> = parts.into_iter().map(|(_, report)| report).collect();
    let first = reports.first().ok_or("there is nothing to merge")?;
    Ok(Report {
        planned: reports.iter().map(|one| one.planned).sum(),
        complete: reports.iter().all(|one| one.complete),
        summary: summary(&reports, &cases),
        run: Run {
            shard: None,
            ..first.run.clone()
        },
        notes,
        cases,
        ..first.clone()
    })
}

fn number(report: &Report) -> u32 {
    report.run.shard.as_ref().map_or(0, |shard| shard.number)
}

/// Same program, target, suites, profile and number of parts, and every part once.
fn belong_together(parts: &[(String, Report)]) -> Result<(), String> {
    let (first_name, first) = parts.first().ok_or("there is nothing to merge")?;
    for (name, report) in parts {
        for (what, one, other) in [
            (
                "version of authspec",
                &first.tool.version,
                &report.tool.version,
            ),
            ("target", &first.target, &report.target),
            ("cases or suites", &first.run.suites, &report.run.suites),
            ("profile", &first.run.profile, &report.run.profile),
        ] {
            if one != other {
                return Err(format!(
                    "{first_name} and {name} are not of the same {what}"
                ));
            }
        }
    }
    let mut seen: BTreeMap<u32, &str> = BTreeMap::new();
    let mut all = 0;
    for (name, report) in parts {
        let Some(Shard { number, of, .. }) = &report.run.shard else {
            return Err(format!(
                "{name} is no part of a run: it was written without --shard"
            ));
        };
        if all != 0 && all != *of {
            return Err(format!(
                "{first_name} is one of {all} parts, and {name} one of {of}"
            ));
        }
        all = *of;
        if let Some(other) = seen.insert(*number, name) {
            return Err(format!(
                "part {number} of {of} is there twice: {other} and {name}"
            ));
        }
    }
    match (1..=all).find(|number| !seen.contains_key(number)) {
        Some(missing) => Err(format!("part {missing} of {all} is missing")),
        None => Ok(()),
    }
}

fn summary(reports: &[Report], cases: &[Case]) -> Summary {
    let count = |verdict| {
        let all = cases.iter().filter(|case| case.verdict == verdict).count();
        u32::try_from(all).unwrap_or(u32::MAX)
    };
    let known = |verdict| {
        let known = cases.iter().filter(|one| one.known.is_some());
        let all = known.filter(|one| one.verdict == verdict).count();
        u32::try_from(all).unwrap_or(u32::MAX)
    };
    let summaries = || reports.iter().map(|report| &report.summary);
    let (failed, warned, passed) = (
        count(Verdict::Fail),
        count(Verdict::Warn),
        count(Verdict::Pass),
    );
    let ended: Vec<String> = summaries()
        .filter_map(|one| one.interrupted.clone())
        .collect();
    Summary {
        failed,
        warned,
        passed,
        inconclusive: count(Verdict::Inconclusive),
        skipped: count(Verdict::Skip),
        known_failed: known(Verdict::Fail),
        known_warned: known(Verdict::Warn),
        stale: summaries().map(|one| one.stale).sum(),
        judged: failed + warned + passed,
        total: u32::try_from(cases.len()).unwrap_or(u32::MAX),
        requests: summaries().map(|one| one.requests).sum(),
        // the parts ran beside each other
        milliseconds: summaries().map(|one| one.milliseconds).fold(0.0, f64::max),
        interrupted: (!ended.is_empty()).then(|| ended.join("; ")),
    }
}
