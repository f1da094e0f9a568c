//! `authspec replay`: what a run recorded, judged once more by today's suites. Nothing is sent, so no profile is read.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::model::{CaseOutcome, RunEvent, Skip, Summary, TargetNote, Verdict};
use crate::report::json::Report;
use crate::run::replay;
use crate::source::Sources;
use crate::suite::model::Case;
use crate::suite::profile::{self, Profile};

use super::args::{ReplayArgs, Selection};
use super::console::Console;
use super::exit::{Ending, Failure};
use super::load::Loader;
use super::read_report;
use super::reproduce::named;
use super::select::Wanted;
use super::sinks::Sinks;

pub(super) fn run(args: &ReplayArgs, console: &Console) -> Ending {
    let report = read_report::read(&args.file)?;
    let Some(in_force) = report.run.in_force.clone() else {
        return Err(Failure::unusable(format!(
            "{} holds nothing to be judged once more: it was written without --record",
            args.file.display()
        )));
    };
    let events = report.events().map_err(Failure::unusable)?;
    let mut loader = Loader::default();
    let selection = Selection {
        suites: suites(args, &report),
        ..Selection::default()
    };
    let wanted = Wanted::load(&selection, &mut loader)?;
    loader.checked(console)?;
    wanted.pick(&mut loader)?;
    let judge = Judge {
        cases: by_name(loader.take_cases()),
        in_force,
        profile: nobody()?,
    };
    let sinks = Sinks::open(&args.report, &args.judging, console)?;
    Ok(sinks.retell(judge.events(events, args), &args.judging, console))
}

/// The user's suites: of a report only the names of files are believed.
fn suites(args: &ReplayArgs, report: &Report) -> Vec<PathBuf> {
    match args.suites.is_empty() {
        true => named(&report.run.flags, "--suites").collect(),
        false => args.suites.clone(),
    }
}

fn by_name(cases: Vec<Case>) -> HashMap<String, Case> {
    let cases = cases.into_iter();
    cases.map(|case| (case.id.to_string(), case)).collect()
}

/// A profile of which nothing is asked: what is judged holds all that the profile said.
fn nobody() -> Result<Arc<Profile>, Failure> {
    let mut sources = Sources::default();
    let file = sources.add("replay", "target: http://127.0.0.1:9\n".to_owned());
    let read = profile::profile(&sources, file, None, &|_| None, &|_| Err(String::new()));
    read.map(Arc::new)
        .map_err(|_| Failure::Internal("the profile of a replay can't be read".to_owned()))
}

struct Judge {
    cases: HashMap<String, Case>,
    in_force: Vec<String>,
    profile: Arc<Profile>,
}

impl Judge {
    /// What the run would have said.
    fn events(&self, then: Vec<RunEvent>, args: &ReplayArgs) -> Vec<RunEvent> {
        let mut events = Vec::with_capacity(then.len() + 1);
        let mut said = Said::default();
        for event in then {
            match event {
                RunEvent::RunStarted {
                    target,
                    cases,
                    setting,
                } => {
                    events.push(RunEvent::RunStarted {
                        target,
                        cases,
                        setting,
                    });
                    events.push(RunEvent::Noted(TargetNote {
                        about: "replay".to_owned(),
                        says: format!(
                            "judged once more by what {} recorded; nothing was sent",
                            args.file.display()
                        ),
                        finding: None,
                    }));
                }
                RunEvent::CaseFinished(outcome) => self.again(*outcome, &mut said),
                RunEvent::RunFinished(summary) => {
                    said.settle();
                    let mut counts = Summary {
                        interrupted: summary.interrupted,
                        ..Summary::default()
                    };
                    for outcome in said.outcomes.drain(..) {
                        counts.add(&outcome);
                        events.push(RunEvent::CaseFinished(Box::new(outcome)));
                    }
                    events.push(RunEvent::RunFinished(counts));
                }
                other => events.push(other),
            }
        }
        events
    }

    fn again(&self, then: CaseOutcome, said: &mut Said) {
        if let Some(outcome) = said.riders.remove(then.id.as_str()) {
            // what the target claims is known of the run alone
            let stays = matches!(then.verdict, Verdict::Skip(Skip::NotApplicable(_)))
                && said.conditional.contains(then.id.as_str());
            said.outcomes.push(if stays { then } else { outcome });
            return;
        }
        if let Some(why) = said.of_last(&then) {
            said.outcomes.push(unjudged(then, &why));
            return;
        }
        said.settle();
        let Some(record) = &then.record else {
            // it was not asked, or it is no case of a suite
            said.outcomes.push(then);
            return;
        };
        let again = match self.case(&then) {
            Some(case) => replay::judge(case, &then, record, &self.in_force, &self.profile),
            None => Err("no suite has it today".to_owned()),
        };
        match again {
            Ok(outcomes) => {
                said.host = Some((then.id.to_string(), None));
                let riders = self.case(&then).map_or(&[][..], |case| &case.riders);
                let conditional = outcomes.iter().skip(1).zip(riders);
                let conditional = conditional.filter(|(_, rider)| !rider.only_if.is_empty());
                said.conditional
                    .extend(conditional.map(|(one, _)| one.id.to_string()));
                let mut outcomes = outcomes.into_iter();
                said.outcomes.extend(outcomes.next());
                for rider in outcomes {
                    said.order.push(rider.id.to_string());
                    said.riders.insert(rider.id.to_string(), rider);
                }
            }
            Err(why) => {
                said.host = Some((then.id.to_string(), Some(why.clone())));
                said.outcomes.push(unjudged(then, &why));
            }
        }
    }

    /// The case of an outcome, which may have been asked at a further endpoint.
    fn case(&self, then: &CaseOutcome) -> Option<&Case> {
        let id = then.id.as_str();
        let bare = || id.rsplit_once('@').map(|(bare, _)| bare);
        self.cases
            .get(id)
            .or_else(|| bare().and_then(|bare| self.cases.get(bare)))
    }
}

/// What was said so far.
#[derive(Default)]
struct Said {
    outcomes: Vec<CaseOutcome>,
    /// The last case, and why it could not be judged.
    host: Option<(String, Option<String>)>,
    /// What its riders come to, until they are met in the report.
    riders: HashMap<String, CaseOutcome>,
    /// Riders that ask something only of a target that claims it.
    conditional: HashSet<String>,
    order: Vec<String>,
}

impl Said {
    /// Why an outcome can't be judged, if it is that of a rider of the last case.
    fn of_last(&self, then: &CaseOutcome) -> Option<String> {
        let (host, why) = self.host.as_ref()?;
        let rest = then.id.as_str().strip_prefix(host.as_str())?;
        let gone = || "no suite has it today".to_owned();
        rest.starts_with('/')
            .then(|| why.clone().unwrap_or_else(gone))
    }

    /// Riders that the report did not have stand behind their case.
    fn settle(&mut self) {
        for id in self.order.drain(..) {
            self.outcomes.extend(self.riders.remove(&id));
        }
        self.host = None;
    }
}

fn unjudged(then: CaseOutcome, why: &str) -> CaseOutcome {
    CaseOutcome {
        verdict: Verdict::Inconclusive(why.to_owned()),
        notes: Vec::new(),
        known: None,
        ..then
    }
}
