//! What is demanded of a case as a whole, beyond the shape of its keys.

use crate::source::{Diagnostic, Node};

use super::super::catalogue;
use super::super::model::Case;
use super::{Owner, Reader};

impl Reader<'_> {
    /// Rules that need the whole case.
    pub(super) fn rules(&mut self, node: &Node, case: &Case) {
        // What is there and broken is told already; these are for what nobody wrote.
        let written = node
            .get("steps")
            .and_then(Node::as_list)
            .unwrap_or_default();
        if case.steps.is_empty() && written.is_empty() {
            self.errors.push(Diagnostic::error(
                "no-steps",
                node.span,
                "a case without a step sends nothing",
            ));
        }
        let judged = node.get("expect").is_some()
            || written.iter().any(|step| step.get("expect").is_some())
            || case.steps.iter().any(|step| !step.expect.is_empty());
        if !judged {
            self.errors.push(
                Diagnostic::error("no-expectation", node.span, "a case without an expectation checks nothing")
                    .help("say what a right target does: `expect: [{ outcome: not-accepted, requirement: ... }]`"),
            );
        }
        if let Some(departure) = case.first_departure()
            && let Some(early) = case
                .steps
                .iter()
                .take(departure)
                .position(|step| !step.expect.is_empty())
        {
            let shared = case.steps.len().saturating_sub(written.len());
            let expect = early
                .checked_sub(shared)
                .and_then(|at| written.get(at)?.get("expect"));
            self.errors.push(
                Diagnostic::error(
                    "expect-before-departure",
                    expect.map_or(node.span, |expect| expect.span),
                    "an `expect` stands before the departure",
                )
                .label("this step is still setup")
                .help("what must be so for the case to mean anything is a `hold`"),
            );
        }
        for check in &case.checks {
            if !catalogue::check_exists(check) {
                let span = node.get("checks").map_or(node.span, |one| one.span);
                let error = Diagnostic::error(
                    "unknown-check",
                    span,
                    format!("the list of checks has no `{check}`"),
                );
                self.errors.push(match catalogue::nearest_check(check) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error,
                });
            }
        }
        self.described(node, !case.detects.is_empty());
    }

    pub(super) fn described(&mut self, node: &Node, detects: bool) {
        if self.owner == Owner::User {
            return;
        }
        for key in ["title", "severity", "why", "fix"] {
            if node.get(key).is_none() {
                self.errors.push(Diagnostic::error(
                    "missing-key",
                    node.span,
                    format!("a bundled case needs `{key}`"),
                ));
            }
        }
        if !detects {
            self.errors.push(
                Diagnostic::error("no-fault", node.span, "a bundled case needs `detects`")
                    .label("nothing shows that this case can fail"),
            );
        }
    }
}
