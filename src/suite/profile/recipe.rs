//! Recipes: the moves of a browser through a login or a consent.

use crate::source::Node;
use crate::source::shape::{Field, Shape};
use crate::suite::expectation::one_or_many;
use crate::suite::template::Template;

use super::endpoint::{ENDPOINT, Endpoint};
use super::read::{Reader, text};

/// One move of a recipe.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// Asks a path.
    Open(Endpoint),
    /// Sends a form of the page.
    Submit {
        /// CSS selector; none: the only form, or the one that has the fields.
        form: Option<String>,
        /// Fields to fill in; `${user.name}` and `${user.password}` stand for the actor's.
        fields: Vec<(String, Template)>,
        /// The button that is pressed, by name or value.
        button: Option<String>,
    },
    /// Follows a link of the page, by CSS selector.
    Follow(String),
    /// Takes the URL at a JSON Pointer.
    Take(String),
}

pub(super) const MOVES: Shape = Shape::Many(&Shape::Either(&[Shape::Text, Shape::Map(MOVE)]));

const MOVE: &[Field] = &[
    Field::new("open", ENDPOINT, "Asks a path."),
    Field::new("submit", Shape::Map(SUBMIT), "Sends a form of the page."),
    Field::new(
        "follow",
        Shape::Text,
        "Follows a link of the page, by CSS selector.",
    ),
    Field::new(
        "take",
        Shape::Text,
        "Goes to the URL at this JSON Pointer of the answer.",
    ),
];

const SUBMIT: &[Field] = &[
    Field::new(
        "form",
        Shape::Text,
        "CSS selector; the form that has the fields if unsaid.",
    ),
    Field::new(
        "fields",
        Shape::MapOf(&Shape::Scalar),
        "Fields to fill in; hidden ones are kept.",
    ),
    Field::new(
        "button",
        Shape::Text,
        "The button that is pressed, by name, value or text.",
    ),
];

impl Reader<'_> {
    pub(super) fn moves(&mut self, node: Option<&Node>) -> Vec<Move> {
        node.into_iter()
            .flat_map(one_or_many)
            .filter_map(|node| self.one_move(node))
            .collect()
    }

    pub(super) fn one_move(&mut self, node: &Node) -> Option<Move> {
        if node.as_text().is_some() {
            return self.endpoint(node).map(Move::Open);
        }
        if let Some(open) = node.get("open") {
            return self.endpoint(open).map(Move::Open);
        }
        if let Some(submit) = node.get("submit") {
            let fields = submit
                .get("fields")
                .and_then(Node::as_map)
                .unwrap_or_default();
            let fields = fields
                .iter()
                .map(|(key, value)| (key.text.clone(), Template::compile(value, &mut self.errors)))
                .collect();
            return Some(Move::Submit {
                form: text(submit, "form"),
                fields,
                button: text(submit, "button"),
            });
        }
        let moved = text(node, "follow")
            .map(Move::Follow)
            .or_else(|| text(node, "take").map(Move::Take));
        if moved.is_none() {
            self.error(
                "empty-move",
                node,
                "a move is one of open, submit, follow, take",
            );
        }
        moved
    }
}
