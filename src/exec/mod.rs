//! One case, purely: a machine that says what it wants and is told what came, and the judgement of what it saw.
//!
//! Nothing here sends, waits, prints, or reads a clock.

pub mod act;
pub mod bindings;
pub mod execution;
pub mod judge;
pub mod outcome;
pub mod taken;
pub mod world;

mod browse;
mod credential;
mod details;
mod form_body;
mod jar;
mod login;
mod page;
mod place;
mod proof;
mod retold;
mod send;
mod signed;
mod spoil;
mod survey;
mod token;
mod walk;

use crate::model::{Header, Request};

/// Cookies that an actor's browser would send with a request; none for a plain `send` before any login. One that says of
/// itself that a page of another site makes it gets what browsers give such a page.
fn jar_field(context: &mut act::Context<'_>, request: &Request) -> Option<(String, String)> {
    let actor = context.actor.to_owned();
    let now = context.now;
    let path = request.path().to_owned();
    let says = |header: &Header| {
        header.name.eq_ignore_ascii_case("sec-fetch-site") && header.value == b"cross-site"
    };
    let strange = request.headers.iter().any(says) && request.method != "GET";
    context
        .jar(&actor)
        .field_from(strange, &request.origin, &path, now)
        .map(|field| ("Cookie".to_owned(), field))
}
