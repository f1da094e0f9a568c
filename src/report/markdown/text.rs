//! Foreign text in Markdown: as prose without any markup, as code, and as a block of lines.

use crate::report::foreign::foreign;

/// Text in which nothing is markup, a link, a mention or HTML; line breaks are blanks.
pub(super) fn prose(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    escaped(&foreign(&words.join(" ")))
}

/// Text that was made harmless to terminals already, without any markup either.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // GFM finds bare addresses by these, and forges find people and issues
            ':' => out.push_str("&#58;"),
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            _ if one.is_ascii_punctuation() && !",'\"".contains(one) => {
                out.push('\\');
                out.push(one);
            }
            _ => out.push(one),
        }
    }
    out
}

/// Text as code in a line. In the cell of a table it must not hold a bar, which there ends the cell.
pub(super) fn span(text: &str) -> String {
    let text = foreign(text);
    let ticks = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() {
        " "
    } else {
        ""
    };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// Lines as a block of code that none of them can end.
pub(super) fn fence(lines: &[String]) -> String {
    let longest = lines
        .iter()
        .map(|line| longest_run(line))
        .max()
        .unwrap_or(0);
    let ticks = "`".repeat((longest + 1).max(3));
    format!("{ticks}text\n{}\n{ticks}\n", lines.join("\n"))
}

/// The most backticks in a row.
fn longest_run(text: &str) -> usize {
    let (mut longest, mut run) = (0, 0);
    for one in text.chars() {
        run = if one == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_foreign_is_markup() {
        for (raw, shown) in [
            ("plain, it's fine", "plain, it's fine"),
            ("[x](https://evil)", "\\[x\\]\\(https&#58;\\/\\/evil\\)"),
            (
                "<img src=x> & @me #1",
                "&lt;img src\\=x&gt; &amp; &#64;me &#35;1",
            ),
            ("a\n\n# b | `c` www.d", "a &#35; b \\| \\`c\\` www\\.d"),
            ("\u{202e}x", "\\\\u\\{202e\\}x"),
        ] {
            assert_eq!(prose(raw), shown);
        }
    }

    #[test]
    fn code_ends_only_where_we_end_it() {
        assert_eq!(span("a``b`"), "``` a``b` ```");
        assert_eq!(span("plain"), "`plain`");
        let lines = ["````".to_owned(), "b".to_owned()];
        assert_eq!(fence(&lines), "`````text\n````\nb\n`````\n");
    }
}
