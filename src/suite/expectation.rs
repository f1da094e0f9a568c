//! Expectations: a matcher, what it looks at, and what it rests on.

use crate::matcher;
use crate::model::{Basis, Level, RequirementId, Role, Severity};
use crate::source::{Diagnostic, Node, Sources, Value};

use super::catalogue;
use super::grammar::EXPECTATION;
use super::model::{Alternative, Check, Expectation};
use super::template::Template;

/// What an expectation is read in.
pub(super) struct Around<'a> {
    /// The files.
    pub sources: &'a Sources,
    /// Whom the suite tests.
    pub role: Role,
    /// The requirement of the case, for expectations that name none.
    pub fallback: Option<&'a Node>,
    /// A basis is demanded (`expect`), or has no meaning (`hold`, `applies`).
    pub judged: bool,
}

/// Reads one expectation or a list of them.
pub(crate) fn read_all(
    node: &Node,
    around: &Around<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Vec<Expectation> {
    match &node.value {
        Value::List(items) => items
            .iter()
            .filter_map(|item| read(item, around, errors))
            .collect(),
        _ => read(node, around, errors).into_iter().collect(),
    }
}

fn read(node: &Node, around: &Around<'_>, errors: &mut Vec<Diagnostic>) -> Option<Expectation> {
    let before = errors.len();
    EXPECTATION.check(node, "an expectation", errors);
    if errors.len() > before {
        return None;
    }
    let check = check(node, errors)?;
    let mut basis = if around.judged {
        basis(node, around, errors)?
    } else {
        Vec::new()
    };
    let eased = eased(node, &mut basis, errors);
    let severity = node.get("severity").and_then(Node::as_text);
    Some(Expectation {
        check,
        basis,
        eased,
        severity: severity.and_then(Severity::from_word),
        place: around.sources.place(node.span),
    })
}

fn check(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Check> {
    let own = matchers(node, errors);
    let any_of = match node.get("any-of").and_then(Node::as_list) {
        Some(options) => options
            .iter()
            .map(|option| {
                let mut all = own.clone();
                all.extend(matchers(option, errors));
                let of = option.get("of").and_then(Node::as_text).map(str::to_owned);
                Alternative { all, of }
            })
            .collect(),
        None => vec![Alternative { all: own, of: None }],
    };
    if any_of.iter().all(|one| one.all.is_empty()) {
        errors.push(
            Diagnostic::error(
                "expects-nothing",
                node.span,
                "this expectation looks at nothing",
            )
            .label("no matcher here")
            .help("write what must be so, such as `outcome: not-accepted`"),
        );
        return None;
    }
    let text = |key: &str| node.get(key).and_then(Node::as_text).map(str::to_owned);
    Some(Check {
        any_of,
        of: text("of"),
        actor: text("as"),
    })
}

fn matchers(node: &Node, errors: &mut Vec<Diagnostic>) -> Vec<(&'static matcher::Kind, Template)> {
    node.as_map()
        .unwrap_or_default()
        .iter()
        .filter_map(|(key, value)| {
            Some((matcher::kind(&key.text)?, Template::compile(value, errors)))
        })
        .collect()
}

/// Lowers what the clauses say to the expectation's own level, which needs a reason.
fn eased(node: &Node, basis: &mut [Basis], errors: &mut Vec<Diagnostic>) -> Option<String> {
    let because = node.get("because")?;
    let level = node.get("level").and_then(Node::as_text);
    let Some(level) = level.and_then(Level::from_word) else {
        errors.push(
            Diagnostic::error("missing-key", because.span, "`because` needs a `level`")
                .label("why it counts less, and not how much")
                .help("write `level: should` or `level: may`"),
        );
        return None;
    };
    let mut lowered = false;
    for one in basis.iter_mut() {
        if let Basis::Requirement { level: own, .. } = one
            && own.weight() > level.weight()
        {
            *own = level;
            lowered = true;
        }
    }
    if !lowered {
        errors.push(
            Diagnostic::error(
                "level-not-lowered",
                because.span,
                format!("no clause that it rests on counts more than `{level}`"),
            )
            .label("nothing is lowered here")
            .help("leave `level` and `because` out"),
        );
        return None;
    }
    because.as_text().map(str::to_owned)
}

fn basis(node: &Node, around: &Around<'_>, errors: &mut Vec<Diagnostic>) -> Option<Vec<Basis>> {
    let level = || {
        node.get("level")
            .and_then(Node::as_text)
            .and_then(Level::from_word)
    };
    let mut all = Vec::new();
    let own = node.get("requirement");
    let weakness = node.get("weakness");
    let ours = node.get("basis").is_some();
    let cited = own.or(around.fallback.filter(|_| weakness.is_none() && !ours));
    for id in cited.into_iter().flat_map(one_or_many) {
        all.extend(requirement(id, around.role, errors));
    }
    if let Some(level) = node.get("level").filter(|_| node.get("because").is_none()) {
        unsaid(level, weakness.is_none() && !ours, &all, errors);
    }
    if let Some(weakness) = weakness {
        let id = weakness.as_text().unwrap_or_default().to_owned();
        if level().is_none() {
            errors.push(
                Diagnostic::error("missing-key", weakness.span, "a weakness needs a `level`")
                    .help("write `level: must` or `level: should`"),
            );
        }
        all.push(Basis::Weakness {
            id,
            level: level().unwrap_or(Level::Must),
        });
    }
    if ours {
        all.push(Basis::Ours {
            level: level().unwrap_or(Level::Must),
        });
    }
    if all.is_empty() {
        if cited.is_none() {
            errors.push(
                Diagnostic::error("no-basis", node.span, "this expectation rests on nothing")
                    .label("no `requirement`, `weakness` or `basis`")
                    .help("for a rule of your own write `basis: ours`"),
            );
        }
        return None;
    }
    all.sort_by_key(|basis| std::cmp::Reverse(basis.level().weight()));
    Some(all)
}

/// A level that lowers a clause, without a reason. Beside a weakness or a rule of its own a level says how much that counts,
/// and the clauses would stay as they are.
fn unsaid(level: &Node, alone: bool, clauses: &[Basis], errors: &mut Vec<Diagnostic>) {
    let said = level.as_text().and_then(Level::from_word);
    let lowered = clauses
        .iter()
        .find(|one| said.is_some_and(|said| one.level().weight() > said.weight()));
    let help = "the catalogue says how binding a clause is; a lower level wants its reason";
    let error = |what| Diagnostic::error("missing-key", level.span, what).help(help);
    errors.extend(match lowered {
        _ if alone => Some(error("a level beside a requirement needs a `because`")),
        Some(Basis::Requirement { id, level: own }) => Some(
            error("a level below that of a requirement needs a `because`")
                .label(format!("`{id}` is a {own}, and stays one"))
                .help("say why it counts less, or write an expectation for each of the two"),
        ),
        _ => None,
    });
}

fn requirement(id: &Node, role: Role, errors: &mut Vec<Diagnostic>) -> Option<Basis> {
    let text = id.as_text()?;
    let Some(entry) = catalogue::find(text) else {
        let error = Diagnostic::error(
            "unknown-requirement",
            id.span,
            format!("the catalogue has no `{text}`"),
        );
        let same_section = catalogue::in_section_of(text);
        errors.push(if same_section.is_empty() {
            match catalogue::nearest(text) {
                Some(near) => error.help(format!(
                    "did you mean `{near}`? `authspec explain WORDS` searches the catalogue"
                )),
                None => error.help("`authspec explain WORDS` searches the catalogue"),
            }
        } else {
            error.help(format!("that section has {}", same_section.join(", ")))
        });
        return None;
    };
    if entry.role != role {
        errors.push(
            Diagnostic::error(
                "requirement-of-another-role",
                id.span,
                format!("`{text}` binds the {}", entry.role),
            )
            .label(format!("this suite tests the {role}")),
        );
    }
    Some(Basis::Requirement {
        id: RequirementId::new(text),
        level: entry.level,
    })
}

/// A node's members if it is a list, else itself.
pub(crate) fn one_or_many(node: &Node) -> Vec<&Node> {
    match &node.value {
        Value::List(items) => items.iter().collect(),
        _ => vec![node],
    }
}
