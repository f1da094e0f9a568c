//! What the target claims: standards and features.

use crate::source;
use crate::source::shape::{Field, Shape};
use crate::source::{Diagnostic, Node};
use crate::suite::catalogue;
use crate::suite::expectation::one_or_many;

use super::read::Reader;

pub(super) const STANDARDS_KEY: Field = Field::new(
    "standards",
    Shape::List(&Shape::Text),
    "Standards that the target claims, such as `rfc9068` or `oidc`.",
);

pub(super) const CLAIMS_KEY: Field = Field::new(
    "claims",
    Shape::List(&Shape::Text),
    "Claims about the target, such as `target.login-by-form`.",
);

impl Reader<'_> {
    pub(super) fn standards(&mut self, node: Option<&Node>) -> std::collections::BTreeSet<String> {
        let mut claimed = std::collections::BTreeSet::new();
        for node in node.into_iter().flat_map(one_or_many) {
            let word = node.as_text().unwrap_or_default();
            match catalogue::standard(word) {
                Some(standard) => {
                    claimed.insert(standard.word.to_owned());
                }
                None => {
                    let error = Diagnostic::error(
                        "unknown-standard",
                        node.span,
                        format!("no standard is called `{word}`"),
                    );
                    let known = catalogue::standards().map(|standard| standard.word);
                    let near = source::nearest(word, known);
                    self.errors.push(match near {
                        Some(near) => error.help(format!("did you mean `{near}`?")),
                        None => error,
                    });
                }
            }
        }
        claimed
    }
}
