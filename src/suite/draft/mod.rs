//! Profiles that are written for a user: from the description of an API, from the metadata of an authorization server, or
//! as a template.
//!
//! What a key means is said in the words of its definition, so that no text here grows old. Nothing is asked and nothing
//! is guessed that would be sent: what the source does not say stands there switched off.

mod api;
mod credential;
mod door;
mod guarded;
mod page;
mod place;
mod server;
mod template;
mod way;

pub use api::{Counts, api};
pub use server::server;
pub use template::template;

/// A profile, and what is to be said with it.
#[derive(Debug)]
pub struct Draft {
    /// The file.
    pub text: String,
    /// The variables of the environment that it names.
    pub variables: Vec<String>,
}

/// How such a file is read.
fn conventions(page: &mut page::Page) {
    page.note(
        "A line that begins with # and no blank is switched off: take the # away, and it counts.",
    );
    page.note("Secrets stay in the environment: \"${env.NAME}\" stands for a variable, and this file can be kept.");
}

#[cfg(test)]
mod tests;
