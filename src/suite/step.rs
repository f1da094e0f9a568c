//! Steps: one action, how it departs, and what is said about it.

use crate::model::Role;
use crate::source::{Diagnostic, Node, Sources, Value, nearest};

use super::expectation::{Around, one_or_many, read_all};
use super::grammar::STEP;
use super::model::{Action, Alternative, Check, Departure, Expectation, Hold, Step};
use super::template::Template;
use super::verb::Verb;

/// What steps are read in.
pub(super) struct StepAround<'a> {
    /// The files.
    pub sources: &'a Sources,
    /// Whom the suite tests.
    pub role: Role,
    /// The requirement of the case, for expectations that name none.
    pub fallback: Option<&'a Node>,
}

/// Reads a step; none if it can't be read.
pub(super) fn read(
    node: &Node,
    around: &StepAround<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Step> {
    let before = errors.len();
    STEP.check(node, "a step", errors);
    if errors.len() > before {
        return None;
    }
    let (verb, args) = verb(node, around.role, errors)?;
    let text = |key: &str| node.get(key).and_then(Node::as_text);
    let actor = node.get("as").map_or_else(
        || Template::Plain(serde_json::Value::from("alice")),
        |actor| Template::compile(actor, errors),
    );
    let action = Action {
        verb,
        args: Template::compile(args, errors),
    };
    table_rows(args, errors);
    let departure = departure(node, verb, args, &action, &actor, errors);
    let judged = Around {
        sources: around.sources,
        role: around.role,
        fallback: around.fallback,
        judged: true,
    };
    let expect: Vec<Expectation> = node
        .get("expect")
        .map(|expect| read_all(expect, &judged, errors))
        .unwrap_or_default();
    Some(Step {
        name: text("name").map(str::to_owned),
        actor,
        action,
        departure,
        times: node
            .get("times")
            .and_then(Node::as_int)
            .and_then(|times| u32::try_from(times).ok())
            .unwrap_or(1),
        hold: hold(node.get("hold"), around, errors),
        applies: checks(node.get("applies"), around, errors),
        expect,
        twice: false,
        place: around.sources.place(node.span),
    })
}

fn verb<'a>(node: &'a Node, role: Role, errors: &mut Vec<Diagnostic>) -> Option<(Verb, &'a Node)> {
    let found: Vec<(Verb, &Node)> = node
        .as_map()
        .unwrap_or_default()
        .iter()
        .filter_map(|(key, value)| Some((Verb::from_word(&key.text)?, value)))
        .collect();
    match found.as_slice() {
        [(verb, args)] => {
            if !verb.roles().is_empty() && !verb.roles().contains(&role) {
                errors.push(
                    Diagnostic::error(
                        "action-of-another-role",
                        node.span,
                        format!("`{}` drives another role", verb.word()),
                    )
                    .label(format!("this suite tests the {role}")),
                );
            }
            Some((*verb, args))
        }
        [] => {
            let words: Vec<&str> = Verb::ALL.iter().map(|verb| verb.word()).collect();
            errors.push(
                Diagnostic::error("no-action", node.span, "this step does nothing")
                    .help(format!("a step has one of {}", words.join(", "))),
            );
            None
        }
        [(one, _), (two, _), ..] => {
            errors.push(
                Diagnostic::error(
                    "two-actions",
                    node.span,
                    format!("`{}` and `{}` are two steps", one.word(), two.word()),
                )
                .label("a step has one action"),
            );
            None
        }
    }
}

fn departure(
    node: &Node,
    verb: Verb,
    args: &Node,
    action: &Action,
    actor: &Template,
    errors: &mut Vec<Diagnostic>,
) -> Departure {
    if node.get("added").and_then(Node::as_bool) == Some(true) || verb == Verb::Again {
        return Departure::Added;
    }
    let Some(but) = node.get("but") else {
        return Departure::None;
    };
    let (patch, other) = take_actor(but);
    check_patch(&patch, verb, errors);
    table_rows(&patch, errors);
    let merged = merge(args, &patch);
    verb.shape().check(&merged, verb.word(), errors);
    let departed = Action {
        verb,
        args: Template::compile(&merged, errors),
    };
    let other = other.map(|other| Template::compile(other, errors));
    if departed == *action && other.as_ref().is_none_or(|other| other == actor) {
        errors.push(
            Diagnostic::error("departure-idle", but.span, "this departure changes nothing")
                .label("the step is the same with and without it")
                .help("under `but:` stands what is different from the good path"),
        );
    }
    Departure::But {
        action: departed,
        actor: other,
    }
}

/// Names of rows that no table of the engine has. A name with a reference is known only when it runs.
fn table_rows(args: &Node, errors: &mut Vec<Diagnostic>) {
    if let Some(variant) = args.get("path").and_then(|path| path.get("variant")) {
        row_of("path-trick", variant, errors);
    }
    let offered = args.get("credential").map(one_or_many).unwrap_or_default();
    for credential in offered {
        let basic = credential
            .get("basic")
            .and_then(|basic| basic.get("mutate"));
        if let Some(name) = basic {
            row_of("basic-mutation", name, errors);
        }
        let dpop = credential.get("dpop");
        let parts = dpop.map(|dpop| [dpop.get("token"), dpop.get("proof")]);
        for jwt in [credential.get("jwt"), credential.get("certificate-bound")]
            .into_iter()
            .chain(parts.into_iter().flatten())
            .flatten()
        {
            rows_of_jwt(jwt, errors);
        }
    }
}

fn rows_of_jwt(jwt: &Node, errors: &mut Vec<Diagnostic>) {
    for name in jwt.get("mutate").map(one_or_many).unwrap_or_default() {
        row_of("mutation", name, errors);
    }
    if let Some(name) = jwt.get("encrypt").and_then(|seal| seal.get("change")) {
        row_of("envelope", name, errors);
    }
    let form = jwt
        .get("sign-with")
        .and_then(|signer| signer.get("public-key-as"));
    if let Some(name) = form {
        row_of("public-key-form", name, errors);
    }
    if let Some(name) = jwt.get("htu").and_then(|htu| htu.get("form")) {
        row_of("htu-form", name, errors);
    }
}

fn row_of(table: &str, name: &Node, errors: &mut Vec<Diagnostic>) {
    let Some(text) = name.as_text().filter(|text| !text.contains("${")) else {
        return;
    };
    let tables = crate::forge::tables();
    let rows = tables
        .iter()
        .find(|one| one.name == table)
        .map(|one| &one.rows);
    let Some(rows) = rows.filter(|rows| !rows.iter().any(|(row, _)| *row == text)) else {
        return;
    };
    let error = Diagnostic::error(
        "unknown-row",
        name.span,
        format!("the table `{table}` has no row `{text}`"),
    );
    errors.push(match nearest(text, rows.iter().map(|(row, _)| *row)) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error,
    });
}

/// The patch without `as`, and `as`.
fn take_actor(but: &Node) -> (Node, Option<&Node>) {
    let entries = but.as_map().unwrap_or_default();
    let patch = entries
        .iter()
        .filter(|(key, _)| key.text != "as")
        .cloned()
        .collect();
    (
        Node {
            span: but.span,
            value: Value::Map(patch),
        },
        but.get("as"),
    )
}

fn check_patch(patch: &Node, verb: Verb, errors: &mut Vec<Diagnostic>) {
    if matches!(verb, Verb::Exchange | Verb::Refresh)
        && let Some(of) = patch.get("of")
    {
        errors.push(
            Diagnostic::error(
                "whole-step-swapped",
                of.span,
                "`of` under `but` would be the other flow's honest request",
            )
            .help("`code-of` sends the other flow's code under this step's own client"),
        );
    }
    let signer = patch
        .get("credential")
        .and_then(|one| one.get("jwt").or_else(|| one.get("certificate-bound")))
        .and_then(|jwt| jwt.get("sign-with"));
    if let Some(signer) = signer.filter(|signer| signer.as_text() == Some("trusted")) {
        errors.push(
            Diagnostic::error("trusted-in-departure", signer.span, "what must be trusted stands on the path")
                .label("a wrong key in the profile would make this case pass")
                .help("write `credential: { jwt: { sign-with: trusted } }` on the path and change one thing under `but`"),
        );
    }
}

/// A merge patch (RFC 7396), but null stays: it takes away a default too.
pub(crate) fn merge(base: &Node, patch: &Node) -> Node {
    let (Value::Map(base_entries), Value::Map(patch_entries)) = (&base.value, &patch.value) else {
        return patch.clone();
    };
    let mut merged = base_entries.clone();
    for (key, value) in patch_entries {
        match merged.iter_mut().find(|(known, _)| known.text == key.text) {
            Some((_, old)) => *old = merge(old, value),
            None => merged.push((key.clone(), value.clone())),
        }
    }
    Node {
        span: patch.span,
        value: Value::Map(merged),
    }
}

fn hold(node: Option<&Node>, around: &StepAround<'_>, errors: &mut Vec<Diagnostic>) -> Hold {
    match node {
        None => Hold::Default,
        Some(node) if node.as_text() == Some("any") => Hold::Any,
        Some(_) => Hold::Checks(checks(node, around, errors)),
    }
}

fn checks(
    node: Option<&Node>,
    around: &StepAround<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Vec<Check> {
    let Some(node) = node else { return Vec::new() };
    if node.as_text().is_some() {
        let kind = crate::matcher::kind("outcome");
        return kind
            .map(|kind| Check {
                any_of: vec![Alternative {
                    all: vec![(kind, Template::compile(node, errors))],
                    of: None,
                }],
                of: None,
                actor: None,
            })
            .into_iter()
            .collect();
    }
    let silent = Around {
        sources: around.sources,
        role: around.role,
        fallback: None,
        judged: false,
    };
    read_all(node, &silent, errors)
        .into_iter()
        .map(|expectation| expectation.check)
        .collect()
}
