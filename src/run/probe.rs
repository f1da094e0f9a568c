//! Cases that no file holds: they ask a guarded endpoint, and judge nothing.

use serde_json::{Map, Value};

use crate::model::{CaseId, Place, Role, Severity};
use crate::suite::model::{Action, Case, Departure, Hold, Script, Step};
use crate::suite::profile::Door;
use crate::suite::template::Template;
use crate::suite::verb::Verb;

/// The twin of cases that have none of their own: the door, opened by its valid credential.
pub(super) fn witness(door: &Door) -> Case {
    probe(door, &[Value::from("valid")], &Hold::Default)
}

/// A case that only asks.
pub(super) fn probe(door: &Door, credentials: &[Value], hold: &Hold) -> Case {
    let steps = credentials
        .iter()
        .map(|credential| {
            let mut args = Map::new();
            args.insert(
                "to".to_owned(),
                Value::from(format!("protected.{}", door.name)),
            );
            args.insert("credential".to_owned(), credential.clone());
            Step {
                name: None,
                actor: Template::Plain(Value::from("alice")),
                action: Action {
                    verb: Verb::Send,
                    args: Template::Plain(Value::Object(args)),
                },
                departure: Departure::None,
                times: 1,
                hold: hold.clone(),
                applies: Vec::new(),
                expect: Vec::new(),
                twice: false,
                place: nowhere(),
            }
        })
        .collect();
    Case {
        id: CaseId::new("calibration", &door.name),
        title: String::new(),
        role: Role::ResourceServer,
        severity: Severity::Critical,
        why: String::new(),
        fix: String::new(),
        references: Vec::new(),
        checks: Vec::new(),
        detects: Vec::new(),
        same_detection_as: None,
        needs: Default::default(),
        only_if: Vec::new(),
        not_applicable_when: None,
        effects: Default::default(),
        exclusive: false,
        everywhere: false,
        kind: None,
        provider: Script::default(),
        steps,
        expect: Vec::new(),
        riders: Vec::new(),
        rounds: 1,
        place: nowhere(),
    }
}

/// The place of what no file says.
pub(super) fn nowhere() -> Place {
    Place {
        file: "profile".to_owned(),
        line: 1,
        column: 1,
        text: String::new(),
        width: 0,
    }
}
