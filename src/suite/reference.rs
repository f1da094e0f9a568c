//! The reference of the suite language and the profile, as Markdown, made from the grammar.

use std::fmt::Write as _;

use crate::forge;
use crate::matcher;
use crate::model::{Capability, Outcome};
use crate::provider::Script;
use crate::source::shape::{Field, Shape};

use super::grammar::{CASE, SUITE};
use super::profile::PROFILE;
use super::verb::{CREDENTIAL, Verb};

/// The whole page.
pub fn text() -> String {
    let mut out = String::from(
        "# Reference\n\nMade from the grammar by `authspec schema reference`; don't edit it here.\n\
         [writing-suites.md](writing-suites.md) teaches, this page lists.\n",
    );
    suites(&mut out);
    actions(&mut out);
    matchers(&mut out);
    provider(&mut out);
    tables(&mut out);
    profile(&mut out);
    out
}

fn heading(out: &mut String, text: &str) {
    let _ = write!(out, "\n## {text}\n\n");
}

fn suites(out: &mut String) {
    heading(out, "Suite");
    fields(out, &SUITE);
    heading(out, "Case");
    fields(out, &CASE);
    heading(out, "Outcomes");
    let words: Vec<&str> = Outcome::ALL.iter().map(|outcome| outcome.word()).collect();
    let _ = writeln!(
        out,
        "{}. `not-accepted` is refused or errored.",
        words.join(", ")
    );
}

fn actions(out: &mut String) {
    heading(out, "Actions of a step");
    for verb in Verb::ALL {
        let roles: Vec<&str> = verb.roles().iter().map(|role| role.word()).collect();
        let roles = if roles.is_empty() {
            "any role".to_owned()
        } else {
            roles.join(", ")
        };
        let _ = writeln!(out, "\n### `{}`\n\n{} ({roles})\n", verb.word(), verb.doc());
        fields(out, &verb.shape());
    }
    heading(out, "Credentials");
    fields(out, &CREDENTIAL);
}

fn matchers(out: &mut String) {
    heading(out, "Matchers");
    for kind in matcher::KINDS {
        let _ = writeln!(out, "\n### `{}`\n\n{}\n", kind.name, kind.doc);
        for example in (kind.examples)().iter().take(2) {
            let _ = writeln!(out, "```yaml\n{}: {}\n```", kind.name, example.argument);
        }
    }
    heading(out, "Values");
    fields(out, &matcher::value::SHAPE);
}

fn provider(out: &mut String) {
    heading(out, "Provider");
    for (word, doc) in Script::keys() {
        let _ = writeln!(out, "- `{word}`: {doc}");
        for (field, doc) in Script::fields(word) {
            let _ = writeln!(out, "  - `{field}`: {doc}");
        }
    }
}

fn tables(out: &mut String) {
    for table in forge::tables() {
        heading(out, &format!("Table `{}`", table.name));
        for (name, doc) in table.rows {
            let _ = writeln!(out, "- `{name}`: {doc}");
        }
    }
}

fn profile(out: &mut String) {
    heading(out, "Profile");
    fields(out, &PROFILE);
    heading(out, "Capabilities");
    for capability in Capability::ALL {
        let _ = writeln!(
            out,
            "- `{}`: {} Given by `{}`.",
            capability.word(),
            capability.what(),
            capability.hint()
        );
    }
}

/// The keys of a map, nested ones indented.
fn fields(out: &mut String, shape: &Shape) {
    let all = shape.known_fields();
    if all.is_empty() {
        let _ = writeln!(out, "Takes {}.", shape.words());
    }
    list(out, &all, 0);
}

fn list(out: &mut String, fields: &[Field], depth: usize) {
    for field in fields {
        let need = if field.required { ", required" } else { "" };
        let _ = writeln!(
            out,
            "{}- `{}`{need}: {}",
            "  ".repeat(depth),
            field.name,
            field.doc
        );
        // steps, expectations and matchers have their own chapters
        let nested = field.shape.known_fields();
        if depth < 2 && nested.len() < 24 {
            list(out, &nested, depth + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_is_what_the_grammar_says() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference.md");
        let page = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            page == super::text(),
            "docs/reference.md is stale: cargo run -- schema reference > docs/reference.md"
        );
    }
}
