//! The SARIF report (2.1.0), for code scanning: a case is a rule, a finding a result at its line of the suite.
//!
//! Only what is wrong is a result, since viewers make an alert of every result whatever its kind says. What could not
//! be judged and what was not run are notifications of the invocation; a rule without either passed.

use std::io;

use super::Reporter;
use super::foreign::foreign;
use super::heard::Heard;
use super::json::escaped;
use super::plain::{flat, headline, lines};
use super::rules::Rules;
use crate::model::{CaseOutcome, Finding, Known, Place, RunEvent, Severity, Verdict, Weight};

mod shape;

use shape::{
    Artifact, Component, Configuration, Descriptor, Driver, Invocation, Location, LogicalLocation,
    Message, MultiMessage, Notification, PhysicalLocation, Reference, Region, Result,
    RuleProperties, Run, RunProperties, Sarif, Suppression,
};

/// Where the schema of the standard is.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Collects a run and hands it out as SARIF.
#[derive(Default)]
pub struct Reported {
    heard: Heard,
    rules: Rules,
}

impl Reported {
    fn sarif(&mut self) -> Sarif {
        let Self { heard, rules } = self;
        let descriptors = heard
            .cases
            .iter()
            .map(|one| descriptor(one, rules))
            .collect();
        let mut results = Vec::new();
        let mut notifications = Vec::new();
        for (index, outcome) in heard.cases.iter().enumerate() {
            let findings = outcome.verdict.findings();
            if !findings.is_empty() {
                let told = lines(outcome, &heard.setting.flags, rules).join("\n");
                let of = |finding| result(outcome, finding, index, &told);
                results.extend(findings.iter().map(of));
            }
            notifications.extend(notification(outcome, index));
        }
        notifications.extend(heard.notes.iter().map(|note| {
            let says = format!("{}: {}", note.about, note.says);
            about_the_run("note", &says)
        }));
        let broken_off = heard.broken_off();
        notifications.extend(broken_off.map(|why| about_the_run("error", why)));
        let summary = heard.summary();
        let run = Run {
            tool: Component {
                driver: Driver {
                    name: "authspec",
                    version: env!("CARGO_PKG_VERSION"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: descriptors,
                },
            },
            invocations: [Invocation {
                execution_successful: broken_off.is_none(),
                tool_execution_notifications: notifications,
            }],
            results,
            column_kind: "unicodeCodePoints",
            properties: RunProperties {
                target: heard.target.clone(),
                planned: heard.planned,
                passed: summary.passed,
                warned: summary.warned,
                failed: summary.failed,
                skipped: summary.skipped,
                inconclusive: summary.inconclusive,
            },
        };
        Sarif {
            schema: SCHEMA,
            version: "2.1.0",
            runs: [run],
        }
    }
}

/// The rule that a case is.
fn descriptor(outcome: &CaseOutcome, rules: &mut Rules) -> Descriptor {
    let mut help = vec![flat(&outcome.why), flat(&outcome.fix)];
    help.extend(
        outcome
            .rests_on
            .iter()
            .map(|one| foreign(&rules.cited(one))),
    );
    help.retain(|paragraph| !paragraph.is_empty());
    if help.is_empty() {
        help.push(flat(&outcome.title));
    }
    let bases = outcome.rests_on.iter().map(|one| one.id().to_owned());
    let mut tags = vec!["security".to_owned()];
    tags.extend(bases.chain(outcome.references.clone()));
    tags.dedup();
    // more than 20 are refused by GitHub
    tags.truncate(20);
    Descriptor {
        id: outcome.id.to_string(),
        short_description: text(&flat(&outcome.title)),
        full_description: text(&flat(if outcome.why.is_empty() {
            &outcome.title
        } else {
            &outcome.why
        })),
        help: text(&help.join("\n\n")),
        help_uri: outcome.rests_on.iter().find_map(|one| rules.address(one)),
        default_configuration: Configuration {
            level: if outcome
                .rests_on
                .iter()
                .any(|one| one.level().weight() == Weight::Fail)
            {
                "error"
            } else {
                "warning"
            },
        },
        properties: RuleProperties {
            tags,
            severity: outcome.severity.word(),
            security_severity: score(outcome.severity),
            precision: "very-high",
        },
    }
}

fn result(outcome: &CaseOutcome, finding: &Finding, index: usize, told: &str) -> Result {
    let basis = finding.basis.first().map_or("", |basis| basis.id());
    Result {
        rule_id: outcome.id.to_string(),
        rule_index: index,
        kind: "fail",
        level: match finding.weight() {
            Weight::Fail => "error",
            Weight::Warn => "warning",
            Weight::Note => "note",
        },
        message: Message::of(&literal(&format!(
            "{}: expected {}, got {}\n\n{told}",
            flat(&outcome.title),
            foreign(&finding.expected),
            foreign(&finding.actual)
        ))),
        locations: [location(&finding.place, outcome)],
        suppressions: outcome.known.iter().map(suppression).collect(),
        partial_fingerprints: shape::Fingerprints {
            finding: format!("{} {basis}", outcome.id),
        },
    }
}

/// What the user goes on with: the viewer shows it as dismissed.
fn suppression(known: &Known) -> Suppression {
    Suppression {
        kind: "external",
        status: "accepted",
        justification: literal(&foreign(&known.to_string())),
    }
}

/// Where a finding stands; what calibration found has no line in a suite.
fn location(place: &Place, outcome: &CaseOutcome) -> Location {
    let known = !place.file.is_empty() && place.line > 0;
    Location {
        physical_location: known.then(|| PhysicalLocation {
            artifact_location: Artifact {
                uri: address(&place.file),
            },
            region: Region {
                start_line: place.line,
                start_column: place.column.max(1),
                end_column: place.column.max(1) + place.width.max(1),
            },
        }),
        logical_locations: [LogicalLocation {
            fully_qualified_name: outcome.id.to_string(),
        }],
    }
}

/// A file's name as a relative reference (RFC 3986 section 4.2): a colon in its first segment would be a scheme.
fn address(file: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/@+,=".contains(&byte);
    let file = file.strip_prefix("./").unwrap_or(file).replace('\\', "/");
    file.bytes()
        .map(|byte| match byte {
            _ if plain(byte) => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn notification(outcome: &CaseOutcome, index: usize) -> Option<Notification> {
    let (level, word) = match outcome.verdict {
        Verdict::Inconclusive(_) => ("warning", "inconclusive"),
        Verdict::Skip(_) => ("note", "skip"),
        Verdict::Pass | Verdict::Warn(_) | Verdict::Fail(_) => return None,
    };
    Some(Notification {
        level,
        message: Message::of(&literal(&format!("{word}: {}", headline(outcome)))),
        associated_rule: Some(Reference {
            id: outcome.id.to_string(),
            index,
        }),
    })
}

fn about_the_run(level: &'static str, says: &str) -> Notification {
    Notification {
        level,
        message: Message::of(&literal(&foreign(says))),
        associated_rule: None,
    }
}

fn text(text: &str) -> MultiMessage {
    MultiMessage {
        text: literal(text),
    }
}

/// Text that no viewer reads more into: `[words](address)` would be a link (section 3.11.6), `{0}` an argument
/// (section 3.11.5). Braces without a number are left as they are, since viewers show doubled ones doubled.
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(one) = rest.chars().next() {
        if let Some(argument) = argument(rest) {
            out.push_str(&format!("{{{{{argument}}}}}"));
            rest = &rest[argument.len() + 2..];
            continue;
        }
        if matches!(one, '[' | ']' | '\\') {
            out.push('\\');
        }
        out.push(one);
        rest = &rest[one.len_utf8()..];
    }
    out
}

/// The digits of an argument that the text begins with.
fn argument(text: &str) -> Option<&str> {
    let (inner, _) = text.strip_prefix('{')?.split_once('}')?;
    let digits = inner.bytes().all(|byte| byte.is_ascii_digit());
    (digits && !inner.is_empty()).then_some(inner)
}

/// The score by which GitHub sorts: above 9 is critical, from 7 high, from 4 medium, above 0 low.
const fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.5",
        Severity::Info => "0.0",
    }
}

impl Reporter for Reported {
    fn event(&mut self, event: &RunEvent) -> io::Result<()> {
        self.heard.hear(event);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut text = escaped(&serde_json::to_string_pretty(&self.sarif())?);
        text.push('\n');
        Ok(Some(text.into_bytes()))
    }
}

#[cfg(test)]
mod tests;
