//! A suite file becomes a compiled suite, or a list of everything that is wrong with it.

mod riders;
mod rules;

use std::collections::{BTreeSet, HashMap};

use crate::model::{Capability, CaseId, Effect, Role, Severity};
use crate::source::{self, Diagnostic, Key, Node, Sources, Value};

use super::expectation::{Around, one_or_many, read_all};
use super::grammar::{CASE, SUITE};
use super::infer;
use super::model::{Case, Departure, NotApplicableWhen, Script, Step, Suite};
use super::references;
use super::rows;
use super::step::{self, StepAround};
use super::template::Template;

/// How strictly a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Compiled into the binary: every case needs title, why, fix, severity, references and faults.
    Bundled,
    /// The user's own.
    User,
}

/// Most cases of one file.
pub const MOST_CASES: usize = 10_000;

/// Compiles the file; the suite is whole only if nothing was reported.
pub fn suite(sources: &Sources, file: u32, owner: Owner) -> Result<Suite, Vec<Diagnostic>> {
    let root = match source::parse(sources, file)? {
        Some(root) => root,
        None => {
            let span = source::Span {
                file,
                start: 0,
                end: 0,
            };
            return Err(vec![Diagnostic::error(
                "empty-file",
                span,
                "this suite file is empty",
            )]);
        }
    };
    let mut errors = Vec::new();
    let suite = Reader {
        sources,
        owner,
        errors: &mut errors,
    }
    .read(&root);
    match suite {
        Some(suite) if errors.is_empty() => Ok(suite),
        _ => Err(errors),
    }
}

struct Reader<'a> {
    sources: &'a Sources,
    owner: Owner,
    errors: &'a mut Vec<Diagnostic>,
}

/// What all cases of a file share.
struct Shared<'a> {
    id: String,
    role: Role,
    before: Vec<&'a Node>,
    needs: BTreeSet<Capability>,
    only_if: Vec<String>,
}

impl Reader<'_> {
    fn read(&mut self, root: &Node) -> Option<Suite> {
        // Cases are checked row by row, after `${each.}` is filled in; here only what stands around them.
        let bare = |(key, value): &(Key, Node)| {
            let cases = key.text == "cases" && value.as_list().is_some();
            let value = match cases {
                true => Node {
                    span: value.span,
                    value: Value::List(Vec::new()),
                },
                false => value.clone(),
            };
            (key.clone(), value)
        };
        let head = Node {
            span: root.span,
            value: match &root.value {
                Value::Map(entries) => Value::Map(entries.iter().map(bare).collect()),
                other => other.clone(),
            },
        };
        SUITE.check(&head, "a suite", self.errors);
        let id = text(root, "suite")?.to_owned();
        // With an unknown role the rest is still read, so that all mistakes are told at once.
        let known = text(root, "role").and_then(Role::from_word);
        let role = known.unwrap_or(Role::ResourceServer);
        let shared = Shared {
            before: root
                .get("before")
                .and_then(Node::as_list)
                .map(|all| all.iter().collect())
                .unwrap_or_default(),
            needs: words(root.get("needs"))
                .filter_map(Capability::from_word)
                .collect(),
            only_if: words(root.get("only-if")).map(str::to_owned).collect(),
            id: id.clone(),
            role,
        };
        let nodes = root
            .get("cases")
            .and_then(Node::as_list)
            .unwrap_or_default();
        if nodes.is_empty() {
            self.errors.push(Diagnostic::error(
                "no-cases",
                root.span,
                "a suite without a case checks nothing",
            ));
        }
        let mut cases: Vec<Case> = Vec::new();
        let mut lines = HashMap::new();
        for node in nodes {
            for (row, node) in rows::expand(node, self.errors) {
                if let Some(case) = self.case(&node, row.as_deref(), &shared) {
                    self.known_twice(&mut lines, &case, &node);
                    cases.push(case);
                }
            }
            if cases.len() > MOST_CASES {
                self.errors.push(Diagnostic::error(
                    "too-many-cases",
                    node.span,
                    format!("more than {MOST_CASES} cases in one file"),
                ));
                return None;
            }
        }
        if known.is_none() {
            let of_role = |code| {
                matches!(
                    code,
                    "action-of-another-role" | "requirement-of-another-role"
                )
            };
            self.errors.retain(|error| !of_role(error.code));
        }
        let title = text(root, "title").map_or_else(|| id.clone(), str::to_owned);
        Some(Suite {
            id,
            title,
            role,
            cases,
        })
    }

    fn known_twice(&mut self, lines: &mut HashMap<CaseId, usize>, case: &Case, node: &Node) {
        if let Some(first) = lines.insert(case.id.clone(), case.place.line) {
            let span = node.get("id").map_or(node.span, |id| id.span);
            self.errors.push(
                Diagnostic::error(
                    "case-twice",
                    span,
                    format!("two cases are called `{}`", case.id.case()),
                )
                .label(format!("the first is at line {first}")),
            );
        }
    }

    fn case(&mut self, node: &Node, row: Option<&str>, shared: &Shared<'_>) -> Option<Case> {
        let before = self.errors.len();
        CASE.check(node, "a case", self.errors);
        if self.errors.len() > before {
            return None;
        }
        let id = self.id(node)?;
        let name = row.map_or_else(|| id.to_owned(), |row| format!("{id}[{row}]"));
        let id_of_case = CaseId::new(&shared.id, &name);
        let fallback = node.get("requirement");
        let mut steps = self.steps(node, shared, fallback);
        mark_twice(&mut steps);
        let judged = Around {
            sources: self.sources,
            role: shared.role,
            fallback,
            judged: true,
        };
        let expect = node
            .get("expect")
            .map(|one| read_all(one, &judged, self.errors))
            .unwrap_or_default();
        let riders = self.riders(node, &id_of_case, shared);
        let mut case = Case {
            title: text(node, "title").map_or_else(|| in_words(id), str::to_owned),
            role: shared.role,
            severity: text(node, "severity")
                .and_then(Severity::from_word)
                .unwrap_or(Severity::Medium),
            why: text(node, "why").unwrap_or_default().trim().to_owned(),
            fix: text(node, "fix").unwrap_or_default().trim().to_owned(),
            references: owned(node.get("references")),
            checks: owned(node.get("checks")),
            detects: owned(node.get("detects")),
            same_detection_as: node
                .get("same-detection-as")
                .and_then(|same| text(same, "case"))
                .map(str::to_owned),
            needs: words(node.get("needs"))
                .filter_map(Capability::from_word)
                .chain(shared.needs.iter().copied())
                .collect(),
            only_if: shared
                .only_if
                .iter()
                .cloned()
                .chain(owned(node.get("only-if")))
                .collect(),
            not_applicable_when: match text(node, "not-applicable-when") {
                Some("twin-fails") => Some(NotApplicableWhen::TwinFails),
                Some("departure-idle") => Some(NotApplicableWhen::DepartureIdle),
                _ => None,
            },
            effects: words(node.get("effects"))
                .filter_map(Effect::from_word)
                .collect(),
            exclusive: false,
            everywhere: node
                .get("everywhere")
                .and_then(Node::as_bool)
                .unwrap_or(false),
            kind: None,
            provider: self.script(node),
            steps,
            expect,
            riders,
            rounds: node
                .get("rounds")
                .and_then(Node::as_int)
                .and_then(|all| u32::try_from(all).ok())
                .unwrap_or(1)
                .max(1),
            place: self
                .sources
                .place(node.get("id").map_or(node.span, |id| id.span)),
            id: id_of_case,
        };
        self.rules(node, &case);
        references::check(node, &case, self.errors);
        infer::infer(&mut case);
        Some(case)
    }

    fn id<'n>(&mut self, node: &'n Node) -> Option<&'n str> {
        let id = node.get("id")?;
        let text = id.as_text()?;
        let fits = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-';
        if text.is_empty() || !text.chars().all(fits) {
            self.errors.push(
                Diagnostic::error("case-id", id.span, format!("`{text}` is no id"))
                    .label("lower-case words joined by hyphens"),
            );
            return None;
        }
        Some(text)
    }

    fn steps(&mut self, node: &Node, shared: &Shared<'_>, fallback: Option<&Node>) -> Vec<Step> {
        let around = StepAround {
            sources: self.sources,
            role: shared.role,
            fallback,
        };
        let own = node
            .get("steps")
            .and_then(Node::as_list)
            .unwrap_or_default();
        let mut steps = Vec::new();
        for node in &shared.before {
            let step = step::read(node, &around, self.errors);
            if step
                .as_ref()
                .is_some_and(|step| !matches!(step.departure, Departure::None))
            {
                self.errors.push(Diagnostic::error(
                    "departure-in-before",
                    node.span,
                    "`before` is good path and holds no departure",
                ));
            }
            steps.extend(step);
        }
        steps.extend(
            own.iter()
                .filter_map(|node| step::read(node, &around, self.errors)),
        );
        steps
    }

    fn script(&mut self, node: &Node) -> Script {
        let good = node.get("provider");
        let patch = node.get("but").and_then(|but| but.get("provider"));
        let empty = |patch: &Node| Node {
            span: patch.span,
            value: Value::Map(Vec::new()),
        };
        let departed = patch.map(|patch| match good {
            Some(good) => step::merge(good, patch),
            None => step::merge(&empty(patch), patch),
        });
        Script {
            good: good.map(|good| Template::compile(good, self.errors)),
            departed: departed.map(|departed| Template::compile(&departed, self.errors)),
        }
    }
}

/// Steps that `same-as` compares are sent twice.
fn mark_twice(steps: &mut [Step]) {
    let mut compared = BTreeSet::new();
    for step in steps.iter() {
        for (kind, argument) in step
            .expect
            .iter()
            .flat_map(|one| one.check.any_of.iter().flatten())
        {
            if kind.name != "same-as" {
                continue;
            }
            if let Template::Plain(argument) = argument
                && let Some(other) = argument.get("step").and_then(serde_json::Value::as_str)
            {
                compared.insert(other.to_owned());
                compared.extend(step.name.clone());
            }
        }
    }
    for step in steps {
        let compares = step
            .expect
            .iter()
            .flat_map(|one| one.check.any_of.iter().flatten())
            .any(|(kind, _)| kind.name == "same-as");
        if compares
            || step
                .name
                .as_ref()
                .is_some_and(|name| compared.contains(name))
        {
            step.twice = true;
        }
    }
}

fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.get(key).and_then(Node::as_text)
}

fn words(node: Option<&Node>) -> impl Iterator<Item = &str> {
    node.into_iter()
        .flat_map(one_or_many)
        .filter_map(Node::as_text)
}

fn owned(node: Option<&Node>) -> Vec<String> {
    words(node).map(str::to_owned).collect()
}

fn in_words(id: &str) -> String {
    let mut words = id.replace('-', " ");
    if let Some(first) = words.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    words
}
