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
    /// Remembers values of the answer, for later moves.
    Keep(Vec<(String, Kept)>),
}

/// Where in an answer a value stands that a script of the client would remember.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// At a JSON Pointer.
    Pointer(String),
    /// In a cookie that scripts may read.
    Cookie(String),
    /// In the `content` or `value` of the element that a CSS selector finds.
    Element(String),
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
    KEEP,
];

pub(super) const KEEP: Field = Field::new(
    "keep",
    Shape::MapOf(&Shape::Text),
    "Remembers values of the answer, as a script would: `{ csrf: /token }`. A JSON Pointer, `cookie NAME`, or the CSS selector of a `meta` or a field. `${kept.csrf}` stands for it in later requests.",
);

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
        if let Some(keep) = node.get("keep") {
            return Some(Move::Keep(kept(keep)));
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
                "a move is one of open, submit, follow, take, keep",
            );
        }
        moved
    }
}

/// Names with the places that their values stand in.
pub(super) fn kept(node: &Node) -> Vec<(String, Kept)> {
    let place = |text: &str| match text.split_once(' ') {
        _ if text.starts_with('/') => Kept::Pointer(text.to_owned()),
        Some(("cookie", name)) => Kept::Cookie(name.trim().to_owned()),
        _ => Kept::Element(text.to_owned()),
    };
    let entries = node.as_map().unwrap_or_default();
    entries
        .iter()
        .filter_map(|(key, value)| Some((key.text.clone(), place(value.as_text()?))))
        .collect()
}
