//! `${env.NAME}` in a profile, and nowhere else.

use crate::model::Secret;
use crate::source::{Diagnostic, Node, Value};

/// Values of the environment, handed in.
pub(super) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Puts the values in; what came of the environment is kept as a secret. Unset variables are reported.
pub(super) fn resolve(
    node: &mut Node,
    environment: Environment<'_>,
    secrets: &mut Vec<Secret>,
    errors: &mut Vec<Diagnostic>,
) {
    match &mut node.value {
        Value::Text(text) => {
            while let Some(start) = text.find("${env.") {
                let Some(length) = text[start..].find('}') else {
                    errors.push(Diagnostic::error(
                        "reference-open",
                        node.span,
                        "a reference is not closed",
                    ));
                    return;
                };
                let name = text[start + 6..start + length].to_owned();
                match environment(&name) {
                    Some(value) => {
                        if is_secret(&name, &value) {
                            secrets.push(Secret::new(value.clone(), format!("env {name}")));
                        }
                        // a value that itself holds `${env.` is data and not read again
                        let rest = text[start + length + 1..].to_owned();
                        text.truncate(start);
                        text.push_str(&value.replace("${env.", "$${env."));
                        text.push_str(&rest);
                        if value.contains("${env.") {
                            return;
                        }
                    }
                    None => {
                        errors.push(
                            Diagnostic::error(
                                "unset-variable",
                                node.span,
                                format!("the environment has no `{name}`"),
                            )
                            .label("the profile names an unset variable")
                            .help(format!(
                                "set it, for instance `{name}=... authspec run ...`"
                            )),
                        );
                        text.replace_range(start..=start + length, "");
                    }
                }
            }
        }
        Value::List(items) => {
            items
                .iter_mut()
                .for_each(|item| resolve(item, environment, secrets, errors));
        }
        Value::Map(entries) => {
            entries
                .iter_mut()
                .for_each(|(_, value)| resolve(value, environment, secrets, errors));
        }
        _ => {}
    }
}

/// Addresses and names of users are no secrets; everything else from the environment is.
fn is_secret(name: &str, value: &str) -> bool {
    let place = value.starts_with("http://") || value.starts_with("https://");
    let user = name == "USER" || name.ends_with("_USER");
    // `name:password` is no name
    let user = user && !value.contains(':');
    !place && !user && !matches!(name, "PORT" | "HOST")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_names_of_users_are_no_secrets() {
        for (name, value, secret) in [
            ("API_PASSWORD", "correct-horse-9", true),
            ("API_TOKEN", "alice", true),
            ("ORIGIN", "https://api.example", false),
            ("PORT", "8080", false),
            ("API_USER", "alice", false),
            ("API_USER", "alice:correct-horse-9", true),
            ("API_USER_TOKEN", "abcdefgh", true),
        ] {
            assert_eq!(is_secret(name, value), secret, "{name}");
        }
    }
}
