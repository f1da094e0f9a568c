//! Whether every reference of a case names something that will be there when its step runs.

use crate::source::{Diagnostic, Node, nearest};

use super::model::{Case, Departure, Step};
use super::template::{Path, Reference, Template};

/// Words that always stand first in a reference.
const ROOTS: &[&str] = &[
    "now",
    "fresh",
    "users",
    "clients",
    "target",
    "provider",
    "listener",
    "evil",
    "graphql",
    "proof",
    "endpoints",
    "resources",
    "scopes",
    "details",
    "pad",
    "paths",
];

/// Whether a word stands for something that no step gives.
pub fn is_root(word: &str) -> bool {
    ROOTS.contains(&word)
}

/// Reports references to steps that come later, don't exist or are not there on the good path.
pub(super) fn check(node: &Node, case: &Case, errors: &mut Vec<Diagnostic>) {
    let mut known: Vec<(&str, bool)> = Vec::new();
    for step in &case.steps {
        let added = matches!(step.departure, Departure::Added);
        let name = step.name.as_deref();
        for reference in on_path(step) {
            one(reference, &known, name, added, case, errors);
        }
        for reference in in_departure(step) {
            one(reference, &known, name, true, case, errors);
        }
        named_steps(node, step, &known, case, errors);
        known.extend(name.map(|name| (name, added)));
    }
    let mut found = Vec::new();
    for expectation in case
        .expect
        .iter()
        .chain(case.riders.iter().flat_map(|rider| &rider.expect))
    {
        for (_, argument) in expectation.check.any_of.iter().flatten() {
            argument.references(&mut found);
        }
        let check = &expectation.check;
        let looked_at = check.any_of.iter().filter_map(|one| one.of.as_ref());
        for of in looked_at.chain(&check.of) {
            let step = of.split('.').next().unwrap_or(of);
            if !known.iter().any(|(name, _)| *name == step) {
                errors.push(Diagnostic::error(
                    "unknown-step",
                    node.span,
                    format!("no step is called `{step}`"),
                ));
            }
        }
    }
    for reference in found {
        one(reference, &known, None, true, case, errors);
    }
}

fn on_path(step: &Step) -> Vec<&Reference> {
    let mut found = Vec::new();
    step.action.args.references(&mut found);
    step.actor.references(&mut found);
    found
}

fn in_departure(step: &Step) -> Vec<&Reference> {
    let mut found = Vec::new();
    if let Departure::But { action, actor } = &step.departure {
        action.args.references(&mut found);
        actor.iter().for_each(|actor| actor.references(&mut found));
    }
    for (_, argument) in step
        .expect
        .iter()
        .flat_map(|one| one.check.any_of.iter().flatten())
    {
        argument.references(&mut found);
    }
    found
}

fn one(
    reference: &Reference,
    known: &[(&str, bool)],
    own: Option<&str>,
    departed: bool,
    case: &Case,
    errors: &mut Vec<Diagnostic>,
) {
    let Path::Name(parts) = &reference.path else {
        return;
    };
    let root = reference.path.root();
    if is_root(root) {
        if parts.len() < 2 {
            errors.push(
                Diagnostic::error(
                    "reference-syntax",
                    reference.span,
                    format!("`${{{root}}}` needs a second part"),
                )
                .help(format!("such as `${{{root}.name}}`")),
            );
        }
        return;
    }
    if root == "env" {
        errors.push(
            Diagnostic::error(
                "environment-in-suite",
                reference.span,
                "a suite can't read the environment",
            )
            .help("`${env.NAME}` is allowed in the profile, and only there"),
        );
        return;
    }
    match known.iter().find(|(name, _)| *name == root) {
        Some((_, true)) if !departed => errors.push(
            Diagnostic::error(
                "reference-to-added-step",
                reference.span,
                format!("`{root}` exists only in the departure"),
            )
            .label("the good path has no such step"),
        ),
        Some(_) => {}
        None if own == Some(root) => {}
        None => {
            let later = case
                .steps
                .iter()
                .any(|step| step.name.as_deref() == Some(root));
            let error = if later {
                Diagnostic::error(
                    "used-before-set",
                    reference.span,
                    format!("`{root}` is a later step"),
                )
                .label("nothing is known of it yet")
            } else {
                Diagnostic::error(
                    "unknown-reference",
                    reference.span,
                    format!("nothing is called `{root}`"),
                )
            };
            let names = known
                .iter()
                .map(|(name, _)| *name)
                .chain(ROOTS.iter().copied());
            errors.push(match nearest(root, names) {
                Some(near) if !later => error.help(format!("did you mean `{near}`?")),
                _ => error,
            });
        }
    }
}

/// Steps that are named by `of`, `code-of` and `again` rather than by `${}`.
fn named_steps(
    node: &Node,
    step: &Step,
    known: &[(&str, bool)],
    case: &Case,
    errors: &mut Vec<Diagnostic>,
) {
    let departed = match &step.departure {
        Departure::But { action, .. } => Some(&action.args),
        _ => None,
    };
    for args in std::iter::once(&step.action.args).chain(departed) {
        for name in step_names(step, args) {
            if known.iter().any(|(one, _)| *one == name) {
                continue;
            }
            let later = case
                .steps
                .iter()
                .any(|one| one.name.as_deref() == Some(name.as_str()));
            let message = if later {
                format!("`{name}` is a later step")
            } else {
                format!("no step is called `{name}`")
            };
            let code = if later {
                "used-before-set"
            } else {
                "unknown-step"
            };
            let error = Diagnostic::error(code, node.span, message)
                .label(format!("asked for by the step at line {}", step.place.line));
            errors.push(match nearest(&name, known.iter().map(|(one, _)| *one)) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error,
            });
        }
    }
}

fn step_names(step: &Step, args: &Template) -> Vec<String> {
    let Template::Plain(value) = args else {
        let Template::Map(entries) = args else {
            return Vec::new();
        };
        return entries
            .iter()
            .filter(|(key, _)| matches!(key.as_str(), "of" | "code-of"))
            .filter_map(|(_, value)| match value {
                Template::Plain(value) => value.as_str().map(str::to_owned),
                _ => None,
            })
            .collect();
    };
    if step.action.verb == super::verb::Verb::Again {
        return value.as_str().map(str::to_owned).into_iter().collect();
    }
    ["of", "code-of"]
        .iter()
        .filter_map(|key| {
            value
                .get(key)
                .and_then(serde_json::Value::as_str)
                .map(str::to_owned)
        })
        .collect()
}
