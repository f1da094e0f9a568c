//! Windows of twins: which runs of a twin stand before and after a case, and whether both were accepted.
//!
//! A case that passes by a refusal passes only between two accepted twins: one that ended before the case began,
//! and one that began after it ended. Twins of one path are shared by a window of at most 64 cases or 5 s.
//! Nothing here runs anything; the runner asks when a twin is due and tells how it went.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::model::Moment;
use crate::suite::model::{Case, Departure};

/// Most cases of a window.
pub const MOST_CASES: u32 = 64;
/// Twins that are remembered: more than begin while one case runs.
const MOST_RUNS: usize = 1_024;
/// Longest time of a window.
pub const LONGEST: Duration = Duration::from_secs(5);

/// What makes two twins the same: the path without its departure, the endpoint, the provider's set-up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key(Arc<str>);

impl Key {
    /// The twin of a case at a door.
    pub fn of(case: &Case, door: Option<&str>) -> Self {
        let mut text = format!("{:?} {} ", case.kind, door.unwrap_or_default());
        if let Some(script) = &case.provider.good {
            script.canonical(&mut text);
        }
        for step in &case.steps {
            if matches!(step.departure, Departure::Added) {
                continue;
            }
            text.push_str(step.action.verb.word());
            step.action.args.canonical(&mut text);
            step.actor.canonical(&mut text);
            text.push_str(&format!("x{}", step.times));
            step.hold.canonical(&mut text);
        }
        Self(text.into())
    }

    /// The twin of cases that have none of their own, at a door.
    pub fn witness(door: &str) -> Self {
        Self(format!("valid at {door}").into())
    }
}

/// How a twin went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Went {
    /// Every step held.
    Held,
    /// It did not hold, and where.
    Missed(String),
    /// Nobody answered it.
    Silent(String),
}

/// Why a case's controls prove nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unheld {
    /// In words.
    pub why: String,
    /// Before and after, the good path was answered and did not hold: it leads nowhere here.
    pub leads_nowhere: bool,
}

impl Unheld {
    /// No twin showed anything.
    pub fn unknown(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            leads_nowhere: false,
        }
    }
}

/// A position in the order of what happened in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tick(pub u64);

struct Ran {
    began: Tick,
    ended: Tick,
    went: Went,
}

#[derive(Default)]
struct Twin {
    runs: Vec<Ran>,
    running: bool,
    begun_at: Option<Moment>,
    cases_since: u32,
    waiting: Vec<Waiting>,
}

struct Waiting {
    index: usize,
    began: Tick,
    ended: Tick,
}

/// All twins of a run.
#[derive(Default)]
pub struct Twins {
    all: HashMap<Key, Twin>,
}

/// A case whose controls are known now.
#[derive(Debug, PartialEq, Eq)]
pub struct Settled {
    /// The case's place in the plan.
    pub index: usize,
    /// How the twin that did not hold went, if one did not.
    pub control: Result<(), Unheld>,
}

impl Twins {
    /// Whether a twin must run before a case of this path may begin: none has ended yet.
    pub fn must_open(&self, key: &Key) -> bool {
        self.all
            .get(key)
            .is_none_or(|twin| twin.runs.is_empty() && !twin.running)
    }

    /// Whether the opening twin still runs, so that its cases wait.
    pub fn is_opening(&self, key: &Key) -> bool {
        self.all
            .get(key)
            .is_some_and(|twin| twin.runs.is_empty() && twin.running)
    }

    /// Whether a twin of this path runs.
    pub fn is_running(&self, key: &Key) -> bool {
        self.all.get(key).is_some_and(|twin| twin.running)
    }

    /// Whether the window is full, so that the next twin is due.
    pub fn is_due(&self, key: &Key, now: Moment) -> bool {
        self.all.get(key).is_some_and(|twin| {
            let old = twin
                .begun_at
                .is_some_and(|begun| now.since(begun) >= LONGEST);
            !twin.running && (twin.cases_since >= MOST_CASES || old && !twin.waiting.is_empty())
        })
    }

    /// A twin begins.
    pub fn begins(&mut self, key: &Key, now: Moment) {
        let twin = self.all.entry(key.clone()).or_default();
        twin.running = true;
        twin.begun_at = Some(now);
        twin.cases_since = 0;
    }

    /// A case of this path begins.
    pub fn case_begins(&mut self, key: &Key) {
        self.all.entry(key.clone()).or_default().cases_since += 1;
    }

    /// A case ended whose verdict hangs on its twins.
    pub fn wait(&mut self, key: &Key, index: usize, began: Tick, ended: Tick) {
        self.all
            .entry(key.clone())
            .or_default()
            .waiting
            .push(Waiting {
                index,
                began,
                ended,
            });
    }

    /// A twin ended: the cases before it are settled.
    pub fn ends(&mut self, key: &Key, began: Tick, ended: Tick, went: Went) -> Vec<Settled> {
        let Some(twin) = self.all.get_mut(key) else {
            return Vec::new();
        };
        twin.running = false;
        twin.runs.push(Ran { began, ended, went });
        let (done, left): (Vec<Waiting>, Vec<Waiting>) = std::mem::take(&mut twin.waiting)
            .into_iter()
            .partition(|case| case.ended < began);
        twin.waiting = left;
        let settled = done
            .iter()
            .map(|case| Settled {
                index: case.index,
                control: control(&twin.runs, case),
            })
            .collect();
        // a case that still runs may have begun long ago, behind a twin that is not the last
        if twin.waiting.is_empty() && twin.runs.len() > MOST_RUNS {
            let old = twin.runs.len() - MOST_RUNS;
            twin.runs.drain(..old);
        }
        settled
    }

    /// No twin follows: the cases that wait for one.
    pub fn abandon(&mut self) -> Vec<usize> {
        let all = self.all.values_mut();
        let mut waiting: Vec<usize> = all
            .flat_map(|twin| std::mem::take(&mut twin.waiting))
            .map(|case| case.index)
            .collect();
        waiting.sort_unstable();
        waiting
    }

    /// A path that led to its end the last time, the same each time it is asked.
    pub fn held(&self) -> Option<Key> {
        let last = |twin: &Twin| twin.runs.last().is_some_and(|run| run.went == Went::Held);
        let open = self.all.iter().filter(|(_, twin)| last(twin));
        open.map(|(key, _)| key)
            .min_by(|one, other| one.0.cmp(&other.0))
            .cloned()
    }

    /// Paths that still have cases waiting for a closing twin.
    pub fn unsettled(&self) -> Vec<Key> {
        let open = self
            .all
            .iter()
            .filter(|(_, twin)| !twin.waiting.is_empty() && !twin.running);
        let mut keys: Vec<Key> = open.map(|(key, _)| key.clone()).collect();
        keys.sort_by(|one, other| one.0.cmp(&other.0));
        keys
    }
}

/// The neighbours of a case: the last twin that ended before it began, the first that began after it ended.
fn control(runs: &[Ran], case: &Waiting) -> Result<(), Unheld> {
    let before = runs.iter().rev().find(|run| run.ended < case.began);
    let after = runs.iter().find(|run| run.began > case.ended);
    let neighbours = [(before, "before"), (after, "after")];
    let missed = |run: &Option<&Ran>| run.is_some_and(|run| matches!(run.went, Went::Missed(_)));
    let leads_nowhere = neighbours.iter().all(|(run, _)| missed(run));
    for (run, which) in neighbours {
        match run.map(|run| &run.went) {
            Some(Went::Held) => {}
            Some(Went::Missed(why) | Went::Silent(why)) => {
                return Err(Unheld {
                    why: format!("its twin {which} it did not hold: {why}"),
                    leads_nowhere,
                });
            }
            None => return Err(Unheld::unknown(format!("no twin ran {which} it"))),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key("path".into())
    }

    fn twins() -> Twins {
        let mut twins = Twins::default();
        twins.begins(&key(), Moment::default());
        twins
    }

    #[test]
    fn a_case_is_settled_by_the_twin_that_begins_after_it() {
        let mut twins = twins();
        assert!(twins.is_opening(&key()));
        assert_eq!(twins.ends(&key(), Tick(1), Tick(2), Went::Held), []);
        twins.case_begins(&key());
        twins.wait(&key(), 7, Tick(3), Tick(6));
        // this twin began while the case still ran: it is no closing control
        twins.begins(&key(), Moment::default());
        assert_eq!(twins.ends(&key(), Tick(5), Tick(8), Went::Held), []);
        twins.begins(&key(), Moment::default());
        let settled = twins.ends(&key(), Tick(9), Tick(10), Went::Held);
        assert_eq!(
            settled,
            [Settled {
                index: 7,
                control: Ok(())
            }]
        );
        assert!(twins.unsettled().is_empty());
    }

    #[test]
    fn a_target_that_dies_takes_the_whole_window_with_it() {
        let mut twins = twins();
        twins.ends(&key(), Tick(1), Tick(2), Went::Held);
        twins.wait(&key(), 1, Tick(3), Tick(4));
        twins.begins(&key(), Moment::default());
        let settled = twins.ends(&key(), Tick(5), Tick(6), Went::Missed("refused".to_owned()));
        assert!(settled[0].control.is_err());
        twins.wait(&key(), 2, Tick(7), Tick(8));
        twins.begins(&key(), Moment::default());
        let settled = twins.ends(&key(), Tick(9), Tick(10), Went::Held);
        assert!(settled[0].control.is_err(), "its opening twin did not hold");
    }

    #[test]
    fn a_path_is_a_witness_while_it_leads_to_its_end() {
        let mut twins = twins();
        assert_eq!(twins.held(), None);
        twins.ends(&key(), Tick(1), Tick(2), Went::Held);
        assert_eq!(twins.held(), Some(key()));
        twins.begins(&key(), Moment::default());
        twins.ends(&key(), Tick(3), Tick(4), Went::Silent("reset".to_owned()));
        assert_eq!(twins.held(), None);
    }

    #[test]
    fn a_path_leads_nowhere_only_if_it_was_answered_before_and_after() {
        let missed = || Went::Missed("refused".to_owned());
        let silent = || Went::Silent("reset".to_owned());
        for (before, after, nowhere) in [
            (missed(), missed(), true),
            (Went::Held, missed(), false),
            (missed(), Went::Held, false),
            (missed(), silent(), false),
            (silent(), silent(), false),
        ] {
            let mut twins = twins();
            twins.ends(&key(), Tick(1), Tick(2), before);
            twins.wait(&key(), 1, Tick(3), Tick(4));
            twins.begins(&key(), Moment::default());
            let settled = twins.ends(&key(), Tick(5), Tick(6), after);
            let unheld = settled[0].control.clone().unwrap_err();
            assert_eq!(unheld.leads_nowhere, nowhere, "{}", unheld.why);
        }
    }

    #[test]
    fn a_window_is_full_after_64_cases_or_5_seconds() {
        let mut twins = twins();
        twins.ends(&key(), Tick(1), Tick(2), Went::Held);
        for _ in 0..MOST_CASES {
            assert!(!twins.is_due(&key(), Moment::default()));
            twins.case_begins(&key());
        }
        assert!(twins.is_due(&key(), Moment::default()));
        twins.begins(&key(), Moment::default());
        twins.ends(&key(), Tick(3), Tick(4), Went::Held);
        twins.wait(&key(), 1, Tick(5), Tick(6));
        assert!(twins.is_due(&key(), Moment(Duration::from_secs(6))));
    }
}
