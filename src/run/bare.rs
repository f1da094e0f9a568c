//! What can be asked where no valid credential is known: the departure of a case by itself, if nothing valid is in it.
//!
//! Without the good path a refusal proves nothing, so no such run passes by one. It passes by what the refusal itself
//! shows, and what it was given fails it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::model::{Capability, Role};
use crate::suite::infer::member;
use crate::suite::model::{Case, Departure, Hold, Step};
use crate::suite::template::{Path, Template};
use crate::suite::verb::Verb;

/// What a valid credential of one kind or another enables.
pub(super) const CREDENTIALS: &[Capability] = &[
    Capability::ValidCredential,
    Capability::Basic,
    Capability::Bearer,
    Capability::Jwt,
];

/// The case without its good path, where a valid credential is all that is missing.
pub(super) fn departure_alone(case: &Case, missing: &[Capability]) -> Option<Case> {
    let only_credentials = missing.iter().all(|one| CREDENTIALS.contains(one));
    let scripted = case.provider.good.is_some() || case.provider.departed.is_some();
    if !only_credentials || scripted || case.role != Role::ResourceServer || !case.departs() {
        return None;
    }
    let mut alone = case.clone();
    // what only opens the way shows nothing by itself
    alone.steps.retain(|step| !only_opens(step));
    for step in &mut alone.steps {
        let departed = std::mem::replace(&mut step.departure, Departure::None);
        if let Departure::But { action, actor } = departed {
            step.action = action;
            step.actor = actor.unwrap_or_else(|| step.actor.clone());
        }
        if matches!(step.hold, Hold::Default) {
            step.hold = Hold::Any;
        }
        let needs_nothing = match step.action.verb {
            Verb::Send => offers_nothing_valid(&step.action.args),
            Verb::Wait | Verb::Again => true,
            _ => false,
        };
        if !needs_nothing {
            return None;
        }
    }
    alone.needs = without_credentials(&case.needs);
    Some(alone)
}

fn only_opens(step: &Step) -> bool {
    matches!(step.departure, Departure::None)
        && step.name.is_none()
        && step.expect.is_empty()
        && step.applies.is_empty()
        && step.action.verb == Verb::Send
        && !offers_nothing_valid(&step.action.args)
}

fn without_credentials(needs: &BTreeSet<Capability>) -> BTreeSet<Capability> {
    let others = needs.iter().filter(|one| !CREDENTIALS.contains(one));
    others.copied().collect()
}

/// Whether a request can be made without any valid credential.
fn offers_nothing_valid(args: &Template) -> bool {
    let Some(credential) = member(args, "credential") else {
        return false;
    };
    made_up(&credential) && !holds_a_password(args)
}

fn made_up(credential: &Template) -> bool {
    match credential {
        Template::Plain(Value::Array(all)) => {
            all.iter().all(|one| made_up(&Template::Plain(one.clone())))
        }
        Template::List(all) => all.iter().all(made_up),
        Template::Plain(Value::String(word)) => matches!(word.as_str(), "none" | "invalid"),
        _ => {
            let has = |key: &str| member(credential, key).is_some();
            has("raw")
                || has("opaque")
                || member(credential, "basic").is_some_and(|basic| written_out(&basic))
        }
    }
}

/// Whether a Basic credential says both of its halves, or its whole text.
fn written_out(basic: &Template) -> bool {
    let has = |key: &str| member(basic, key).is_some();
    has("raw") || has("bytes") || has("coded") || (has("user") && has("password"))
}

fn holds_a_password(args: &Template) -> bool {
    let mut found = Vec::new();
    args.references(&mut found);
    found.iter().any(|reference| match &reference.path {
        Path::Name(parts) => {
            parts.first().is_some_and(|root| root == "users")
                && parts.last().is_some_and(|last| last == "password")
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::suite::compile::{Owner, suite};

    fn case(steps: &str) -> Case {
        let text =
            format!("suite: a/b\nrole: resource-server\ncases:\n  - id: c\n    steps:\n{steps}");
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", text);
        let mut suite =
            suite(&sources, file, Owner::User).unwrap_or_else(|wrong| panic!("{wrong:?}"));
        suite.cases.remove(0)
    }

    fn send(path: &str, but: &str) -> Case {
        case(&format!(
            "      - send: {{ to: protected, credential: {path} }}\n        but: {{ credential: {but} }}\n        expect: [{{ status: 401, basis: ours }}]\n"
        ))
    }

    #[test]
    fn a_departure_that_offers_nothing_valid_stands_alone() {
        for (path, but) in [
            ("bearer", "none"),
            ("basic", "none"),
            ("valid", "invalid"),
            ("bearer", "{ opaque: made-up }"),
            (
                "basic",
                "{ basic: { user: nobody, password: nothing-right } }",
            ),
            ("basic", "{ basic: { coded: '!!!' } }"),
            ("basic", "[none, { raw: 'Basic ' }]"),
        ] {
            let case = send(path, but);
            let missing: Vec<_> = case
                .needs
                .iter()
                .copied()
                .filter(|one| CREDENTIALS.contains(one))
                .collect();
            let alone = departure_alone(&case, &missing).unwrap_or_else(|| panic!("{but}"));
            assert!(!alone.departs());
            assert_eq!(alone.needs, BTreeSet::from([Capability::Guarded]));
        }
    }

    #[test]
    fn what_is_made_of_a_valid_credential_does_not() {
        for (path, but) in [
            ("basic", "{ basic: { password: wrong } }"),
            ("jwt", "{ jwt: { mutate: alg-none } }"),
            ("valid", "{ valid: { in: query } }"),
            (
                "basic",
                "{ basic: { user: x, password: '${users.alice.password}' } }",
            ),
        ] {
            let case = send(path, but);
            assert!(
                departure_alone(&case, &[Capability::Basic]).is_none(),
                "{but}"
            );
        }
        let case = send("bearer", "none");
        assert!(departure_alone(&case, &[Capability::Bearer, Capability::Open]).is_none());
    }

    #[test]
    fn a_step_that_only_opens_is_left_out_unless_something_is_made_of_it() {
        let with = |first: &str| {
            case(&format!(
                "      - {{ {first} }}\n      - send: {{ to: protected }}\n        but: {{ credential: none }}\n        expect: [{{ status: 401, basis: ours }}]\n"
            ))
        };
        let alone = |case: &Case| departure_alone(case, &[Capability::ValidCredential]);
        let left = alone(&with("send: { to: protected }")).expect("it stands alone");
        assert_eq!(left.steps.len(), 1);
        assert!(alone(&with("name: first, send: { to: protected }")).is_none());
        let applies = "send: { to: protected }, applies: [{ status: 200 }]";
        assert!(alone(&with(applies)).is_none());
    }
}
