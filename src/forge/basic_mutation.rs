//! The table `basic-mutation`: base64 that a strict decoder refuses and a careless one takes (RFC 4648 section 3).
//!
//! Each row decodes, for a careless decoder, to the very user name and password it was made from.

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
];

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
    fn a_strict_decoder_refuses_or_reads_another_name() {
        let coded = crate::wire::basic::encode("alice", "wonder");
        let bare = coded.trim_start_matches("Basic ");
        for row in BASIC_MUTATIONS {
            let Some(made) = (row.make)(bare) else {
                continue;
            };
            assert_ne!(made, bare, "{}", row.name);
            let read = decode(format!("Basic {made}").as_bytes());
            assert!(
                !read.is_ok_and(|read| read.user_text() == Some("alice")),
                "{}",
                row.name
            );
        }
    }
}
