//! Twenty secrets that a target repeats in every coding, wherever a report may show its words.

use std::time::Duration;

use authspec::model::{
    Answer, Body, Exchange, Header, Hop, Level, Moment, Origin, Request, Response, RunEvent,
    Secret, Vault, Verdict,
};
use authspec::run::redact;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::sample::{events, finding, outcome};

pub(crate) fn twenty() -> Vec<String> {
    (0..20)
        .map(|number| match number % 4 {
            0 => format!("canary-{number:02}-Correct-Horse"),
            1 => format!("c@nary+{number:02}/&<\">' pass phrase"),
            2 => format!("canäry{number:02}:ünïcode%2B"),
            _ => format!("Ck9{number:02}XyZ0aQpLm7RtUvWz"),
        })
        .collect()
}

/// The ways in which software writes a value down.
pub(crate) fn codings(secret: &str) -> Vec<String> {
    let bytes = secret.as_bytes();
    let percent: String = bytes
        .iter()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(*byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect();
    let json = serde_json::to_string(secret).unwrap();
    let units = secret.encode_utf16().map(|unit| format!("\\u{unit:04x}"));
    vec![
        secret.to_owned(),
        secret.chars().rev().collect(),
        STANDARD.encode(bytes).trim_end_matches('=').to_owned(),
        URL_SAFE_NO_PAD.encode(bytes),
        percent.replace('%', "%25"),
        percent.replace("%20", "+"),
        percent,
        bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        json.trim_matches('"').to_owned(),
        units.collect(),
        secret
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;"),
    ]
}

/// A run in which every text that a target has a hand in repeats them.
pub(crate) fn run(canaries: &[String]) -> Vec<RunEvent> {
    let mut vault = Vault::default();
    for (number, canary) in canaries.iter().enumerate() {
        vault.add(&Secret::new(canary.clone(), format!("canary {number}")));
    }
    let mut outcomes = Vec::new();
    for (number, canary) in canaries.iter().enumerate() {
        let repeated = codings(canary).join("\n");
        let shown = redact::text(&repeated, &vault);
        let verdict = match number % 3 {
            0 => Verdict::Fail(vec![finding(Level::Must, &shown)]),
            1 => Verdict::Warn(vec![finding(Level::Should, &shown)]),
            _ => Verdict::Inconclusive(shown.clone()),
        };
        let mut outcome = outcome(number, verdict);
        outcome.departs = vec![shown.clone()];
        outcome.notes = vec![shown];
        outcome.evidence = vec![redact::exchange(&exchange(&repeated), &vault)];
        outcomes.push(outcome);
    }
    events(outcomes)
}

fn exchange(repeated: &str) -> Exchange {
    let (origin, _) = Origin::parse("http://localhost:8080").unwrap();
    let line = repeated.replace('\n', " ");
    Exchange {
        seq: 0,
        hop: Hop::HarnessToTarget,
        actor: String::new(),
        step: 0,
        request: Request {
            headers: vec![Header::new("X-Echo", line.as_bytes())],
            body: repeated.as_bytes().to_vec(),
            ..Request::new("POST", origin, format!("/x?y={}", line.replace(' ', "&z=")))
        },
        answer: Answer::Response(Response {
            version: "HTTP/1.1",
            status: 200,
            headers: vec![Header::new("X-Echo", line.as_bytes())],
            body: Body::Whole(repeated.as_bytes().to_vec()),
        }),
        at: Moment::default(),
        took: Duration::from_millis(1),
    }
}
