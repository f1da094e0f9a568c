//! The reference of the suite language and the profile, as Markdown, made from the grammar.
//!
//! It knows no fault of the reference server: that chapter is put behind it where the server is known.

mod keys;

use std::fmt::Write as _;

use serde_json::Value;

use crate::forge;
use crate::matcher;
use crate::model::{Capability, Outcome};
use crate::provider::Script;
use crate::source::shape::{Field, Shape};

use super::grammar::{CASE, EXPECTATION, STEP, SUITE};
use super::profile::PROFILE;
use super::verb::{CREDENTIAL, Verb};

use keys::Keys;

const HEAD: &str = "\
# Reference

Made from the definitions by `authspec schema reference`; don't edit it here.
[writing-suites.md](writing-suites.md) teaches, this page lists. What stands in several places is listed once: \"as under ...\" says where.

[Suite](#suite), [case](#case), [steps](#steps), [expectations](#expectations), [credentials](#credentials), [actions](#actions-of-a-step), [matchers](#matchers), [values](#values),
[provider](#provider), [tables](#tables), [profile](#profile), [capabilities](#capabilities), [faults](#faults).
";

/// The whole page but for the faults.
pub fn text() -> String {
    let mut page = Page {
        out: HEAD.to_owned(),
        keys: Keys::default(),
    };
    page.suites();
    page.steps();
    page.credentials();
    page.actions();
    page.matchers();
    page.provider();
    page.tables();
    page.profile();
    page.out
}

struct Page {
    out: String,
    keys: Keys,
}

impl Page {
    fn heading(&mut self, text: &str) {
        let _ = write!(self.out, "\n## {text}\n\n");
        self.keys.chapter(text);
    }

    fn example(&mut self, yaml: &str) {
        let _ = write!(self.out, "\n```yaml\n{yaml}\n```\n");
    }

    fn fields(&mut self, shape: &Shape) {
        self.keys.list(&mut self.out, shape);
    }

    fn suites(&mut self) {
        self.keys.chapter("Case");
        self.keys.promise(&CASE);
        self.keys.chapter("Credentials");
        self.keys.promise(&CREDENTIAL);
        self.heading("Suite");
        self.fields(&SUITE);
        self.heading("Case");
        self.fields(&CASE);
        self.heading("Outcomes");
        let words: Vec<&str> = Outcome::ALL.iter().map(|outcome| outcome.word()).collect();
        let _ = writeln!(
            self.out,
            "{}. `not-accepted` is refused or errored.",
            words.join(", ")
        );
    }

    fn steps(&mut self) {
        self.heading("Steps");
        let is_verb = |field: &Field| Verb::from_word(field.name).is_some();
        self.beside(
            &STEP,
            &is_verb,
            "One [action](#actions-of-a-step), and beside it:",
        );
        self.heading("Expectations");
        let is_matcher = |field: &Field| matcher::kind(field.name).is_some();
        let head = "One [matcher](#matchers) or several that must all be met, and beside them:";
        self.beside(&EXPECTATION, &is_matcher, head);
    }

    /// The keys of a shape but for those that have chapters of their own.
    fn beside(&mut self, shape: &Shape, elsewhere: &dyn Fn(&Field) -> bool, head: &str) {
        let _ = writeln!(self.out, "{head}\n");
        let mut fields = shape.known_fields();
        fields.retain(|field| !elsewhere(field));
        for field in fields {
            let need = if field.required { ", required" } else { "" };
            let _ = writeln!(self.out, "- `{}`{need}: {}", field.name, field.doc);
        }
    }

    fn credentials(&mut self) {
        self.heading("Credentials");
        self.fields(&CREDENTIAL);
        self.example(
            "- send: { to: protected, credential: basic }\n  but: { credential: { basic: { password: wrong } } }",
        );
    }

    fn actions(&mut self) {
        self.heading("Actions of a step");
        for verb in Verb::ALL {
            let roles: Vec<&str> = verb.roles().iter().map(|role| role.word()).collect();
            let roles = if roles.is_empty() {
                "any role".to_owned()
            } else {
                roles.join(", ")
            };
            let _ = write!(
                self.out,
                "\n### `{}`\n\n{} ({roles})\n\n",
                verb.word(),
                verb.doc()
            );
            self.keys.chapter(verb.word());
            self.fields(&verb.shape());
            self.example(verb.example());
        }
    }

    fn matchers(&mut self) {
        self.heading("Matchers");
        let _ = writeln!(self.out, "Each with arguments that its own test uses.");
        for kind in matcher::KINDS {
            let _ = writeln!(self.out, "\n### `{}`\n\n{}", kind.name, kind.doc);
            let examples = (kind.examples)();
            let lines = examples.iter().take(2);
            let lines: Vec<String> = lines
                .map(|example| format!("{}: {}", kind.name, flow(&example.argument)))
                .collect();
            self.example(&lines.join("\n---\n"));
        }
        self.heading("Values");
        self.fields(&matcher::value::SHAPE);
    }

    fn provider(&mut self) {
        self.heading("Provider");
        let _ = writeln!(
            self.out,
            "How authspec's provider misbehaves, by endpoint: under `but: {{ provider: ... }}`, or as a step. Any answer takes:\n"
        );
        let common = Script::fields("revocation");
        for (name, doc) in &common {
            let _ = writeln!(self.out, "- `{name}`: {doc}");
        }
        self.out.push_str("\nThe endpoints:\n\n");
        for (word, doc) in Script::keys() {
            let words = Script::words(word);
            let _ = write!(self.out, "- `{word}`: {doc}");
            if words.len() > 1 {
                let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                let _ = write!(self.out, "; {}", words.join(", "));
            }
            let fields = Script::fields(word);
            self.keys.words(&mut self.out, word, &fields, &common);
        }
        self.example(
            "but: { provider: { id-token: { claims: { nonce: \"${fresh.nonce}\" } } } }\nsteps:\n  - login: {}",
        );
    }

    fn tables(&mut self) {
        self.heading("Tables");
        let _ = writeln!(
            self.out,
            "What can be wrong with a token, a key set, an address. The example shows where a row's name stands; `every` takes all rows: `for-each: {{ form: {{ every: public-key-form }} }}`."
        );
        for table in forge::tables() {
            let _ = write!(self.out, "\n### Table `{}`\n", table.name);
            self.example(table.example);
            self.out.push('\n');
            for (name, doc) in table.rows {
                let _ = writeln!(self.out, "- `{name}`: {doc}");
            }
        }
    }

    fn profile(&mut self) {
        self.heading("Profile");
        self.fields(&PROFILE);
        self.heading("Capabilities");
        for capability in Capability::ALL {
            let _ = writeln!(
                self.out,
                "- `{}`: {} Given by `{}`.",
                capability.word(),
                capability.what(),
                capability.hint()
            );
        }
    }
}

/// A value as YAML on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::Object(members) if !members.is_empty() => {
            let members = members
                .iter()
                .map(|(name, value)| format!("{}: {}", word(name), flow(value)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::String(text) => word(text),
        other => other.to_string(),
    }
}

/// A text without quotes where nobody could take it for something else.
fn word(text: &str) -> String {
    let letters = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    let reserved = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    if letters && text.chars().all(plain) && !reserved.contains(&text.to_lowercase().as_str()) {
        return text.to_owned();
    }
    Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use crate::model::Role;
    use crate::source::{Sources, render};
    use crate::suite::compile::{self, Owner};

    use super::*;

    /// Steps compile as those of a case that expects something of the last of them.
    #[track_caller]
    fn compiles(steps: &str, role: Role) {
        let steps = steps.replace('\n', "\n      ");
        let text = format!(
            "suite: mine/one\nrole: {}\ncases:\n  - id: one\n    steps:\n      {steps}\n    expect: [{{ distinct: [a, b], basis: ours }}]\n",
            role.word()
        );
        let mut sources = Sources::default();
        let file = sources.add("mine.yaml", text.as_str());
        if let Err(wrong) = compile::suite(&sources, file, Owner::User) {
            panic!("{}", render(&wrong, &sources, false));
        }
    }

    #[test]
    fn every_example_compiles_and_shows_what_it_is_for() {
        for verb in Verb::ALL {
            let role = verb.roles().first().copied();
            compiles(verb.example(), role.unwrap_or_else(|| role_of(*verb)));
            let word = format!("{}:", verb.word());
            assert!(verb.example().contains(&word), "{word}");
        }
        for table in forge::tables() {
            let role = match table.name {
                "redirect-trick" => Role::AuthorizationServer,
                _ => Role::ResourceServer,
            };
            compiles(table.example, role);
            let shown = table
                .rows
                .iter()
                .any(|(row, _)| table.example.contains(row));
            assert!(shown, "{}", table.name);
        }
    }

    fn role_of(verb: Verb) -> Role {
        match verb {
            Verb::Provider | Verb::Restart => Role::Client,
            _ => Role::ResourceServer,
        }
    }

    #[test]
    fn nothing_is_listed_twice() {
        let page = text();
        for key in ["demands-nonce", "assertion-type", "registered-at-port"] {
            let lists = page.matches(&format!("`{key}`: ")).count();
            assert_eq!(lists, 1, "{key}");
        }
        assert!(page.contains("as under"));
    }
}
