//! More than one report: parts put together, and what changed from one to another.

use super::*;

/// Parts of `every_verdict`, the cases dealt out in turn.
fn parts(of: u32) -> Vec<(String, Report)> {
    let whole: Report = serde_json::from_str(&written(&every_verdict())).unwrap();
    (1..=of)
        .map(|number| {
            let mut part = whole.clone();
            let mine = |at: &usize| u32::try_from(*at).unwrap() % of + 1 == number;
            let mut ranks = std::collections::BTreeMap::new();
            part.cases = Vec::new();
            for (at, case) in whole.cases.iter().enumerate().filter(|(at, _)| mine(at)) {
                let mut case = case.clone();
                case.id = format!("{}-{at}", case.id);
                ranks.insert(case.id.clone(), u32::try_from(at).unwrap());
                part.cases.push(case);
            }
            part.planned = part.cases.len();
            part.run.shard = Some(Shard { number, of, ranks });
            (format!("{number}.json"), part)
        })
        .collect()
}

#[test]
fn parts_come_together_in_the_order_of_the_whole() {
    let whole: Report = serde_json::from_str(&written(&every_verdict())).unwrap();
    let mut parts = parts(3);
    parts.reverse();
    let mut merged = merge::merged(parts).unwrap();
    assert_eq!(merged.summary.requests, 3 * whole.summary.requests);
    merged.summary.requests = whole.summary.requests;
    for (at, case) in merged.cases.iter_mut().enumerate() {
        case.id = case.id.strip_suffix(&format!("-{at}")).unwrap().to_owned();
    }
    assert_eq!(merged, whole);
}

#[test]
fn what_are_not_the_parts_of_one_run_is_told() {
    type Spoil = fn(&mut Vec<(String, Report)>);
    let spoils: [(&str, Spoil); 8] = [
        ("part 2 of 3 is missing", |parts| drop(parts.remove(1))),
        ("part 1 of 3 is there twice: 1.json and 2.json", |parts| {
            parts[1].1.run.shard.as_mut().unwrap().number = 1;
        }),
        ("1.json is one of 3 parts, and 3.json one of 4", |parts| {
            parts[2].1.run.shard.as_mut().unwrap().of = 4;
        }),
        (
            "2.json is no part of a run: it was written without --shard",
            |parts| {
                parts[1].1.run.shard = None;
            },
        ),
        ("1.json and 3.json are not of the same profile", |parts| {
            parts[2].1.run.profile = "x".to_owned();
        }),
        (
            "1.json and 3.json are not of the same cases or suites",
            |parts| {
                parts[2].1.run.suites = "x".to_owned();
            },
        ),
        ("1.json and 3.json are not of the same target", |parts| {
            parts[2].1.target = "http://localhost:9".to_owned();
        }),
        (
            "1.json and 3.json are not of the same version of authspec",
            |parts| {
                parts[2].1.tool.version = "9".to_owned();
            },
        ),
    ];
    for (says, spoil) in spoils {
        let mut parts = parts(3);
        spoil(&mut parts);
        assert_eq!(merge::merged(parts).unwrap_err(), says);
    }
    assert!(merge::merged(Vec::new()).is_err());
    let mut parts = parts(2);
    parts[1].1.complete = false;
    assert!(!merge::merged(parts).unwrap().complete);
}

#[test]
fn what_changed_is_told_by_rule() {
    use diff::changes;
    let report = |verdicts: Vec<(&str, Said)>| -> Report {
        let outcomes = verdicts.into_iter();
        let outcomes = outcomes
            .map(|(case, said)| outcome("a", case, said))
            .collect();
        serde_json::from_str(&written(&run(outcomes))).unwrap()
    };
    let breaks = |id: &str, level| {
        let mut one = finding(level);
        one.basis = vec![model::Basis::Weakness {
            id: id.to_owned(),
            level,
        }];
        one
    };
    let fail = |id: &str| Said::Fail(vec![breaks(id, Bound::Must)]);
    let warn = |id: &str| Said::Warn(vec![breaks(id, Bound::Should)]);
    let open = || Said::Inconclusive("x".to_owned());
    let skip = || Said::Skip(Left::NotApplicable("x".to_owned()));
    for (name, then, now, [regressed, fixed, unjudged, still]) in [
        (
            "the same",
            Some(fail("CWE-1")),
            Some(fail("CWE-1")),
            [0, 0, 0, 1],
        ),
        ("broke", Some(Said::Pass), Some(fail("CWE-1")), [1, 0, 0, 0]),
        (
            "began to warn",
            Some(Said::Pass),
            Some(warn("CWE-1")),
            [1, 0, 0, 0],
        ),
        (
            "worse",
            Some(warn("CWE-1")),
            Some(fail("CWE-1")),
            [1, 0, 0, 0],
        ),
        (
            "another rule",
            Some(fail("CWE-1")),
            Some(fail("CWE-2")),
            [1, 0, 0, 0],
        ),
        ("new and broken", None, Some(fail("CWE-1")), [1, 0, 0, 0]),
        (
            "broken where it was open",
            Some(open()),
            Some(fail("CWE-1")),
            [1, 0, 0, 0],
        ),
        (
            "mended",
            Some(fail("CWE-1")),
            Some(Said::Pass),
            [0, 1, 0, 0],
        ),
        ("open", Some(Said::Pass), Some(open()), [0, 0, 1, 0]),
        (
            "a failure is open",
            Some(fail("CWE-1")),
            Some(open()),
            [0, 0, 1, 0],
        ),
        ("skipped", Some(Said::Pass), Some(skip()), [0, 0, 1, 0]),
        ("gone", Some(Said::Pass), None, [0, 0, 1, 0]),
        ("still open", Some(open()), Some(open()), [0, 0, 0, 0]),
        ("new and open", None, Some(open()), [0, 0, 0, 0]),
        ("new and sound", None, Some(Said::Pass), [0, 0, 0, 0]),
    ] {
        let of = |said: Option<Said>| report(said.map(|said| ("c", said)).into_iter().collect());
        let changes = changes(&of(then), &of(now));
        let counts = [
            changes.regressed.len(),
            changes.fixed.len(),
            changes.unjudged.len(),
            changes.still,
        ];
        assert_eq!(counts, [regressed, fixed, unjudged, still], "{name}");
    }
}
