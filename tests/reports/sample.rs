//! Runs for report formats: every verdict in turn, with texts that would do harm.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use authspec::model::{
    Basis, Capability, CaseId, CaseOutcome, Effect, EvidenceExchange, Finding, Level, Place,
    RequirementId, Role, RunEvent, Setting, Severity, Skip, Summary, TargetNote, Vault, Verdict,
};
use authspec::report::{Format, Make, human};

/// What a target might say to whoever reads a report.
const HARM: &str = "\u{1b}]52;c;\u{7} \u{202e}nimda\u{2066} \u{200b}\u{e0041}\0\u{9b}\u{b} \u{2028}##[error]x \r\n::error::y\n]]> <script>&amp; | `````` [a](https://evil.example) {0} # SKIP \\ \"'";

pub(crate) fn outcome(number: usize, verdict: Verdict) -> CaseOutcome {
    let place = Place {
        file: "suites/basic/credentials.yaml".to_owned(),
        line: 41 + number,
        column: 7,
        text: format!("    - outcome: not-accepted {HARM}"),
        width: 21,
    };
    let vault = Vault::default();
    CaseOutcome {
        id: CaseId::new(
            &format!("basic/{}", number % 7),
            &format!("case-{number}[value=a | `b` #1]"),
        ),
        title: format!("A wrong password is not accepted {HARM}"),
        role: Role::ALL[number % Role::ALL.len()],
        severity: Severity::ALL[number % Severity::ALL.len()],
        verdict,
        why: format!("Whoever knows a name gets in.\n::error::{HARM}"),
        fix: HARM.to_owned(),
        references: vec!["CWE-287".to_owned(), HARM.to_owned()],
        departs: vec![format!("credential.password: {HARM}")],
        rests_on: vec![basis(Level::Must)],
        known: None,
        place,
        notes: if number.is_multiple_of(3) {
            vec![HARM.to_owned()]
        } else {
            Vec::new()
        },
        evidence: vec![EvidenceExchange {
            seq: 0,
            hop: "authspec -> target",
            actor: HARM.to_owned(),
            step: 0,
            request: vault.redact(&format!("GET /{} HTTP/1.1\n\n{HARM}", "x".repeat(300))),
            answer: vault.redact(&format!("HTTP/1.1 200 OK\n\n{HARM}\n::set-output::\n")),
            curl: vault.redact(&format!("curl -i '{HARM}'")),
            took: Duration::from_millis(2),
        }],
        requests: 1,
        took: Duration::from_micros(1_234),
        proofs: Vec::new(),
        record: None,
    }
}

pub(crate) fn basis(level: Level) -> Basis {
    Basis::Requirement {
        id: RequirementId::new("RFC7617-2-1"),
        level,
    }
}

pub(crate) fn finding(level: Level, actual: &str) -> Finding {
    Finding {
        basis: vec![basis(level)],
        expected: "not-accepted".to_owned(),
        actual: actual.to_owned(),
        place: Place {
            file: "suites/basic/credentials.yaml".to_owned(),
            line: 3,
            column: 1,
            text: "x".to_owned(),
            width: 1,
        },
        evidence: vec![0],
    }
}

fn verdict(number: usize) -> Verdict {
    match number % 5 {
        0 => Verdict::Pass,
        1 => Verdict::Warn(vec![finding(Level::Should, HARM)]),
        2 => Verdict::Fail(vec![
            finding(Level::Must, HARM),
            finding(Level::Should, HARM),
        ]),
        3 => Verdict::Inconclusive(HARM.to_owned()),
        _ => Verdict::Skip(match number % 3 {
            0 => Skip::Missing(vec![Capability::Jwt]),
            1 => Skip::NotApplicable(HARM.to_owned()),
            _ => Skip::OptIn(Effect::Slow),
        }),
    }
}

/// The events of a run of so many cases.
pub(crate) fn run_of(cases: usize) -> Vec<RunEvent> {
    events(
        (0..cases)
            .map(|number| outcome(number, verdict(number)))
            .collect(),
    )
}

pub(crate) fn events(outcomes: Vec<CaseOutcome>) -> Vec<RunEvent> {
    let mut summary = Summary {
        requests: 31,
        took: Duration::from_millis(420),
        ..Summary::default()
    };
    let mut events = vec![
        RunEvent::RunStarted {
            target: "http://localhost:8080".to_owned(),
            cases: outcomes.len(),
            setting: Box::new(Setting {
                flags: vec!["--profile".to_owned(), "my api.yaml".to_owned()],
                ..Setting::default()
            }),
        },
        RunEvent::Noted(TargetNote {
            about: "clock".to_owned(),
            says: HARM.to_owned(),
            finding: None,
        }),
    ];
    for outcome in outcomes {
        summary.count(&outcome.verdict);
        events.push(RunEvent::CaseStarted(outcome.id.clone()));
        events.push(RunEvent::CaseFinished(Box::new(outcome)));
    }
    events.push(RunEvent::RunFinished(summary));
    events
}

/// The verdicts of a run, by case.
pub(crate) fn model(events: &[RunEvent]) -> BTreeMap<String, String> {
    let mut verdicts = BTreeMap::new();
    for event in events {
        if let RunEvent::CaseFinished(outcome) = event {
            verdicts.insert(outcome.id.to_string(), outcome.verdict.word().to_owned());
        }
    }
    verdicts
}

/// What a format makes of a run.
pub(crate) fn written(format: &Format, events: &[RunEvent]) -> Vec<u8> {
    let stream = Shared::default();
    let mut reporter = match format.make {
        Make::Stream(make) => make(Box::new(stream.clone()), human::Style::default()),
        Make::File(make) => make(),
    };
    for event in events {
        reporter.event(event).unwrap();
    }
    let whole = reporter.finish().unwrap();
    whole.unwrap_or_else(|| stream.0.lock().unwrap().clone())
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
