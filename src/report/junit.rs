//! The JUnit report, for CI servers: a suite is a `testsuite`, a case a `testcase`.
//!
//! JUnit knows four ends of a case. A warning passes and says why in `system-out`; what could not be judged is an
//! error, so that no build is green by it; a run that was broken off is an error of its own.

use std::io;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::Reporter;
use super::foreign::foreign;
use super::heard::Heard;
use super::plain::{headline, lines};
use super::rules::Rules;
use crate::model::{CaseOutcome, RunEvent, Verdict};

/// Collects a run and hands it out as JUnit XML.
#[derive(Default)]
pub struct Junit {
    heard: Heard,
    rules: Rules,
}

impl Junit {
    fn report(&mut self) -> Report {
        let mut report = Report::new("authspec");
        report.set_time(self.heard.summary().took);
        for (name, cases) in self.heard.suites() {
            let mut suite = TestSuite::new(foreign(name));
            suite.set_time(cases.iter().map(|one| one.took).sum());
            for outcome in cases {
                let flags = &self.heard.setting.flags;
                suite.add_test_case(case(outcome, flags, &mut self.rules));
            }
            report.add_test_suite(suite);
        }
        if let Some(suite) = self.of_the_run() {
            report.add_test_suite(suite);
        }
        report
    }

    /// What is to be said of the run itself: where it was broken off, and what was learnt about the target.
    fn of_the_run(&self) -> Option<TestSuite> {
        let broken_off = self.heard.broken_off();
        if broken_off.is_none() && self.heard.notes.is_empty() {
            return None;
        }
        let mut suite = TestSuite::new("authspec");
        if let Some(why) = broken_off {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type("interrupted").set_message(foreign(why));
            let mut case = TestCase::new("the run comes to its end", status);
            case.set_classname("authspec");
            suite.add_test_case(case);
        }
        let notes: Vec<String> = self
            .heard
            .notes
            .iter()
            .map(|note| format!("note: {}: {}", foreign(&note.about), foreign(&note.says)))
            .collect();
        if !notes.is_empty() {
            suite.set_system_out(notes.join("\n"));
        }
        Some(suite)
    }
}

fn case(outcome: &CaseOutcome, flags: &[String], rules: &mut Rules) -> TestCase {
    let told = || headline(outcome);
    let body = match outcome.verdict {
        Verdict::Pass if outcome.notes.is_empty() => String::new(),
        _ => lines(outcome, flags, rules).join("\n"),
    };
    let status = match &outcome.verdict {
        Verdict::Fail(_) if outcome.known.is_some() => {
            let mut status = TestCaseStatus::skipped();
            let known = outcome.known.as_ref().map(ToString::to_string);
            let known = foreign(&known.unwrap_or_default());
            status
                .set_message(format!("known failure: {known}"))
                .set_description(body.as_str());
            status
        }
        Verdict::Pass | Verdict::Warn(_) => TestCaseStatus::success(),
        Verdict::Fail(_) => ended(
            NonSuccessKind::Failure,
            outcome.severity.word(),
            told(),
            &body,
        ),
        Verdict::Inconclusive(_) => ended(NonSuccessKind::Error, "inconclusive", told(), &body),
        Verdict::Skip(_) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(told());
            status
        }
    };
    let passes = matches!(outcome.verdict, Verdict::Pass | Verdict::Warn(_));
    let mut case = TestCase::new(foreign(outcome.id.as_str()), status);
    case.set_classname(foreign(outcome.id.suite()));
    case.set_time(outcome.took);
    if passes && !body.is_empty() {
        case.set_system_out(body);
    }
    case
}

fn ended(kind: NonSuccessKind, word: &str, message: String, body: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status
        .set_type(word)
        .set_message(message)
        .set_description(body);
    status
}

impl Reporter for Junit {
    fn event(&mut self, event: &RunEvent) -> io::Result<()> {
        self.heard.hear(event);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<Option<Vec<u8>>> {
        let text = self.report().to_string().map_err(io::Error::other)?;
        Ok(Some(text.into_bytes()))
    }
}
