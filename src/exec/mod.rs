//! One case, purely: a machine that says what it wants and is told what came, and the judgement of what it saw.
//!
//! Nothing here sends, waits, prints, or reads a clock.

pub mod act;
pub mod bindings;
pub mod execution;
pub mod judge;
pub mod outcome;
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

use crate::model::Request;

/// Cookies that an actor's browser would send with a request; none for a plain `send` before any login.
fn jar_field(context: &mut act::Context<'_>, request: &Request) -> Option<(String, String)> {
    let actor = context.actor.to_owned();
    let now = context.now;
    let path = request.path().to_owned();
    context
        .jar(&actor)
        .field(&request.origin, &path, now)
        .map(|field| ("Cookie".to_owned(), field))
}
