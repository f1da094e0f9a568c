//! HTML text: what is foreign is escaped here and nowhere else.

use std::fmt::Write as _;

use crate::report::foreign::foreign;

/// Text on one line, for content and quoted attributes alike.
pub(super) fn text(foreign_text: &str) -> String {
    entities(&foreign(foreign_text))
}

/// Text whose lines stay lines. None begins with two colons, which a CI system takes for a command where the page is
/// printed.
pub(super) fn lines(foreign_text: &str) -> String {
    let lines: Vec<String> = foreign_text.lines().map(text).collect();
    let harmless = |line: &String| match line.trim_start().starts_with("::") {
        true => line.replacen(':', "&#58;", 1),
        false => line.clone(),
    };
    lines.iter().map(harmless).collect::<Vec<_>>().join("\n")
}

/// The characters that mean something to an HTML parser (HTML Living Standard 13.1.2.3 and 13.1.4).
fn entities(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len());
    for one in plain.chars() {
        match one {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(one),
        }
    }
    out
}

/// A name that can stand in an `id`: letters, digits and hyphens of the case's own.
pub(super) fn anchor(id: &str) -> String {
    let mut out = String::from("case-");
    for one in id.chars() {
        if one.is_ascii_alphanumeric() {
            out.push(one);
        } else {
            // two different ids must not meet; writing to a String can't fail
            let _ = write!(out, "-{:x}-", u32::from(one));
        }
    }
    out
}

/// Rows of a description list; empty ones are left out.
pub(super) fn described(rows: &[(&str, String)]) -> String {
    let rows = rows.iter().filter(|(_, html)| !html.is_empty());
    let rows: String = rows
        .map(|(name, html)| format!("<dt>{name}</dt><dd>{html}</dd>\n"))
        .collect();
    match rows.is_empty() {
        true => rows,
        false => format!("<dl>\n{rows}</dl>\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_foreign_is_markup() {
        assert_eq!(
            text("<b a='1' c=\"2\">&\u{202e}"),
            "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;\\u{202e}"
        );
        assert_eq!(lines("a<\r\nb\u{0}"), "a&lt;\nb\\u{0}");
    }

    #[test]
    fn anchors_differ_where_ids_do() {
        assert_eq!(anchor("a/b::c[d=e]"), "case-a-2f-b-3a--3a-c-5b-d-3d-e-5d-");
        assert_ne!(anchor("a/b"), anchor("a-b"));
    }
}
