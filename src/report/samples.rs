//! Outcomes for tests, built the way a run builds them.

use std::time::Duration;

use crate::model::{
    Basis, CaseId, CaseOutcome, EvidenceExchange, Finding, Level, Place, RequirementId, Role,
    RunEvent, Setting, Severity, Summary, Vault, Verdict,
};

/// A place in `bundled:basic/credentials.yaml`.
pub(super) fn place() -> Place {
    Place {
        file: "bundled:basic/credentials.yaml".to_owned(),
        line: 41,
        column: 7,
        text: "    - outcome: not-accepted".to_owned(),
        width: 21,
    }
}

/// A finding that rests on a requirement and a weakness.
pub(super) fn finding(level: Level) -> Finding {
    Finding {
        basis: vec![
            Basis::Requirement {
                id: RequirementId::new("RFC7617-2-1"),
                level,
            },
            Basis::Weakness {
                id: "CWE-287".to_owned(),
                level: Level::Should,
            },
        ],
        expected: "not-accepted".to_owned(),
        actual: "accepted: 200 application/json, the protected content".to_owned(),
        place: place(),
        evidence: vec![1],
    }
}

/// An exchange whose request holds a secret that the vault took out.
pub(super) fn exchange(seq: u32, answer: &str) -> EvidenceExchange {
    let vault = Vault::default();
    EvidenceExchange {
        seq,
        hop: "authspec -> target",
        actor: String::new(),
        step: 0,
        request: vault.redact(
            "GET /orders HTTP/1.1\r\nhost: localhost:8080\r\nauthorization: Basic «alice with a wrong password»\r\n",
        ),
        answer: vault.redact(answer),
        curl: vault.redact(
            "curl -i -H \"Authorization: Basic $(printf %s 'alice:wrong' | base64)\" http://localhost:8080/orders",
        ),
        took: Duration::from_millis(3),
    }
}

/// A judged case of `suite`.
pub(super) fn outcome(suite: &str, case: &str, verdict: Verdict) -> CaseOutcome {
    CaseOutcome {
        id: CaseId::new(suite, case),
        title: "A wrong password is not accepted".to_owned(),
        role: Role::ResourceServer,
        severity: Severity::Critical,
        verdict,
        why: "A server that looks up the user and forgets to compare the\npassword lets everybody in who knows a name.".to_owned(),
        fix: "Compare the password with its stored hash, and refuse with 401 if they differ.".to_owned(),
        references: vec!["CWE-287".to_owned(), "CVE-2020-0001".to_owned()],
        departs: vec!["credential.password: wrong".to_owned()],
        rests_on: finding(Level::Must).basis,
        known: None,
        place: place(),
        notes: Vec::new(),
        evidence: Vec::new(),
        requests: 1,
        took: Duration::from_micros(3_141),
        proofs: Vec::new(),
        record: None,
    }
}

/// The events of a run of these cases against `http://localhost:8080`.
pub(super) fn run(outcomes: Vec<CaseOutcome>) -> Vec<RunEvent> {
    let mut summary = Summary {
        requests: 310,
        took: Duration::from_millis(420),
        ..Summary::default()
    };
    for outcome in &outcomes {
        summary.count(&outcome.verdict);
    }
    let mut events = vec![RunEvent::RunStarted {
        target: "http://localhost:8080".to_owned(),
        cases: outcomes.len(),
        setting: Box::new(Setting {
            flags: vec!["--profile".to_owned(), "my api.yaml".to_owned()],
            ..Setting::default()
        }),
    }];
    events.extend(
        outcomes
            .into_iter()
            .map(|outcome| RunEvent::CaseFinished(Box::new(outcome))),
    );
    events.push(RunEvent::RunFinished(summary));
    events
}
