//! Secrets that somebody wrote into a profile, made unreadable where a diagnostic shows the line.
//!
//! A profile that can't be read can't say which of its values are secret. So this goes by the names of keys, also
//! mistyped ones, and by the look of key material, and rather hides too much. What is hidden keeps its width, so
//! that carets still stand under what they mean.

use regex::{Captures, Regex};

/// A line of the author's, behind its number and perhaps with colours around it.
const LINE: &str = r"^(?:\x1b\[[0-9;]*m|\s)*\d+(?:\x1b\[[0-9;]*m|\s)*\|";

/// Keys whose values may be secret, user information in URLs, and long runs of base64, which may be keys or tokens.
const PATTERN: &str = r#"(?ix)
    (?<key> (?: \b[dk]\b | [\w-]* (?: pas+w | passphrase | secret | token | pem | jwk | key | cookie | authori[sz]ation | value ) [\w-]* )
        ["']? \s* : [\x20\t]* )
    (?<value> "(?:[^"\\]|\\.)*" | '[^']*' | [^\s,{}\[\]\#][^\n,}]* )
    | (?<run> [A-Za-z0-9+/=_-]{40,} | ://[^\s/@]*@ )"#;

/// The text of rendered diagnostics of a profile, without secrets.
pub(super) fn veil(rendered: &str) -> String {
    let (Ok(line), Ok(pattern)) = (Regex::new(LINE), Regex::new(PATTERN)) else {
        return "what is wrong with the profile can't be shown without its secrets\n".to_owned();
    };
    let hide = |found: &Captures<'_>| {
        let whole = found.get(0).map_or("", |whole| whole.as_str());
        match (found.name("key"), found.name("value")) {
            (Some(key), Some(value)) if is_literal(key.as_str(), value.as_str()) => {
                format!("{}{}", key.as_str(), stars(value.as_str()))
            }
            (None, None) => stars(whole),
            _ => whole.to_owned(),
        }
    };
    rendered
        .split_inclusive('\n')
        .map(|text| match line.is_match(text) {
            true => pattern.replace_all(text, hide),
            false => text.into(),
        })
        .collect()
}

/// A reference to the environment and the name of a file show nothing; a block scalar begins on the next line.
fn is_literal(key: &str, value: &str) -> bool {
    let bare = value.trim().trim_matches(['"', '\'']);
    let reference = bare.starts_with("${") && bare.find('}') == Some(bare.len() - 1);
    !reference
        && !key.contains("-file")
        && !bare.is_empty()
        && !matches!(bare, "|" | ">" | "|-" | ">-")
}

fn stars(text: &str) -> String {
    text.chars()
        .map(|one| match one {
            '"' | '\'' | ' ' | ':' | '/' | '@' => one,
            _ => '*',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::veil;

    #[test]
    fn what_may_be_secret_is_hidden_at_its_width() {
        for (line, shown) in [
            (
                "3 | basic: { user: alice, pasword: hunter22 }",
                "3 | basic: { user: alice, pasword: ******** }",
            ),
            (
                "4 | token: \"ey.J x\" # mine",
                "4 | token: \"**** *\" # mine",
            ),
            ("5 | client_secret: 's3'", "5 | client_secret: '**'"),
            ("6 |   secret:   abc", "6 |   secret:   ***"),
            ("7 |   { \"d\": \"xyz\" }", "7 |   { \"d\": \"***\" }"),
            (
                "8 | Authorization: Token abc",
                "8 | Authorization: ***** ***",
            ),
            (
                "9 | password: \"${env.API_PASSWORD}\"",
                "9 | password: \"${env.API_PASSWORD}\"",
            ),
            ("1 | password: \"${env.A}x\"", "1 | password: \"*********\""),
            ("2 | user: alice", "2 | user: alice"),
            ("2 | pem-file: key.pem", "2 | pem-file: key.pem"),
            (
                "1 | target: http://a:b@host/x",
                "1 | target: http://*:*@host/x",
            ),
            (
                "\u{1b}[94m1 |\u{1b}[0m token: x",
                "\u{1b}[94m1 |\u{1b}[0m token: *",
            ),
            ("3 | pem: |", "3 | pem: |"),
            (
                "4 |   MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIB",
                "4 |   ************************************************",
            ),
        ] {
            assert_eq!(veil(line), shown);
        }
    }

    #[test]
    fn places_and_help_stay_readable() {
        let text = "error[unknown-key]: basic has no key `pasword`\n --> authspec.yaml:3:25\n  = help: key.pem: no such file\n";
        assert_eq!(veil(text), text);
    }
}
