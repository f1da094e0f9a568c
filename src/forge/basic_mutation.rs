//! The table `basic-mutation`: base64 that a strict decoder refuses and a careless one takes (RFC 4648 section 3),
//! and other spellings of user name and password that a careless comparison takes for the same.
//!
//! Each row is, for careless code, the very user name and password it was made from.

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct BasicMutation {
    /// Its name in suites.
    pub name: &'static str,
    /// What it does and why, in a line.
    pub doc: &'static str,
    /// The text that stands where base64 belongs; none where it would be the same.
    pub make: fn(&str) -> Option<String>,
}

const fn row(
    name: &'static str,
    doc: &'static str,
    make: fn(&str) -> Option<String>,
) -> BasicMutation {
    BasicMutation { name, doc, make }
}

/// All rows.
pub static BASIC_MUTATIONS: &[BasicMutation] = &[
    row(
        "no-padding",
        "padding left out, though base64 of Basic has it (RFC 7617 section 2)",
        |coded| {
            coded
                .contains('=')
                .then(|| coded.trim_end_matches('=').to_owned())
        },
    ),
    row("more-padding", "one padding character too many", |coded| {
        Some(format!("{coded}="))
    }),
    row(
        "blank-inside",
        "a blank inside: skipped by decoders that follow MIME",
        |coded| Some(inside(coded, " ")),
    ),
    row("tab-inside", "a tab inside", |coded| {
        Some(inside(coded, "\t"))
    }),
    row(
        "alien-inside",
        "a character that is in no base64 alphabet",
        |coded| Some(inside(coded, "!")),
    ),
    row(
        "text-behind",
        "text behind the credentials, which a scanner drops",
        |coded| Some(format!("{coded} trailing")),
    ),
    row(
        "comma-behind",
        "a second, empty member behind a comma",
        |coded| Some(format!("{coded},")),
    ),
    row(
        "twice-encoded",
        "base64 of base64: decoded until it looks right",
        |coded| {
            Some(
                crate::wire::basic::encode_raw(coded.as_bytes())
                    .trim_start_matches("Basic ")
                    .to_owned(),
            )
        },
    ),
    row("quoted", "in quotation marks", |coded| {
        Some(format!("\"{coded}\""))
    }),
    row("percent-encoded", "percent-encoded", |coded| {
        Some(coded.bytes().map(|byte| format!("%{byte:02X}")).collect())
    }),
    row(
        "password-other-case",
        "every letter of the password in the other case",
        |coded| respelled(coded, str::to_owned, other_case),
    ),
    row(
        "user-other-case",
        "every letter of the user name in the other case",
        |coded| respelled(coded, other_case, str::to_owned),
    ),
    row(
        "user-full-width",
        "the user name in full-width letters, which look alike",
        |coded| respelled(coded, full_width, str::to_owned),
    ),
    row(
        "password-cut",
        "the password without its last character",
        |coded| respelled(coded, str::to_owned, cut),
    ),
    row(
        "very-long",
        "a password of 24 KiB, for limits that nobody thought of",
        |coded| respelled(coded, str::to_owned, very_long),
    ),
];

/// Octets that a very long password has: 32 KiB as base64. It is more than most servers read of a field, and little enough
/// to be sent whole before one closes the connection, which would take its answer away.
const VERY_LONG: usize = 24 * 1024;

fn cut(password: &str) -> String {
    let mut all = password.chars();
    all.next_back();
    all.as_str().to_owned()
}

fn very_long(password: &str) -> String {
    format!("{password}{}", "A".repeat(VERY_LONG))
}

/// Base64 of user name and password as two functions spell them; none where nothing changed.
fn respelled(
    coded: &str,
    user: fn(&str) -> String,
    password: fn(&str) -> String,
) -> Option<String> {
    let read = crate::wire::basic::decode(format!("Basic {coded}").as_bytes()).ok()?;
    let made =
        crate::wire::basic::encode(&user(read.user_text()?), &password(read.password_text()?));
    let made = made.trim_start_matches("Basic ").to_owned();
    (made != coded).then_some(made)
}

fn other_case(text: &str) -> String {
    let swap = |one: char| {
        if one.is_ascii_lowercase() {
            one.to_ascii_uppercase()
        } else {
            one.to_ascii_lowercase()
        }
    };
    text.chars().map(swap).collect()
}

fn full_width(text: &str) -> String {
    let widen = |one: char| match one {
        '!'..='~' => char::from_u32(u32::from(one) + 0xfee0).unwrap_or(one),
        other => other,
    };
    text.chars().map(widen).collect()
}

fn inside(coded: &str, what: &str) -> String {
    let middle = coded.len() / 2;
    format!("{}{what}{}", &coded[..middle], &coded[middle..])
}

/// A row done to base64; the error says why not.
pub fn apply(name: &str, coded: &str) -> Result<String, String> {
    let row = BASIC_MUTATIONS.iter().find(|row| row.name == name);
    let row = row.ok_or_else(|| format!("there is no basic-mutation `{name}`"))?;
    (row.make)(coded).ok_or_else(|| format!("`{name}` changes nothing here"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::basic::decode;

    #[test]
    fn a_strict_reader_refuses_or_reads_another_name_or_password() {
        let coded = crate::wire::basic::encode("alice", "wonder");
        let bare = coded.trim_start_matches("Basic ");
        for row in BASIC_MUTATIONS {
            let Some(made) = (row.make)(bare) else {
                continue;
            };
            assert_ne!(made, bare, "{}", row.name);
            let read = decode(format!("Basic {made}").as_bytes());
            let same = read.is_ok_and(|read| {
                read.user_text() == Some("alice") && read.password_text() == Some("wonder")
            });
            assert!(!same, "{}", row.name);
        }
    }
}
