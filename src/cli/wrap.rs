//! Text for people, in lines that fit.

use crate::source::visible;

/// `lead` and the text behind it, in lines of `width`; those after the first begin with `indent` blanks. Nothing of
/// the text reaches a terminal raw.
pub(super) fn wrapped(lead: &str, text: &str, width: usize, indent: usize) -> String {
    let mut out = lead.to_owned();
    let mut column = lead.chars().count();
    let mut fresh = true;
    for word in text.split_whitespace() {
        let word = visible(word);
        let length = word.chars().count();
        if !fresh && column + 1 + length > width {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            column = indent;
        } else if !fresh {
            out.push(' ');
            column += 1;
        }
        out.push_str(&word);
        column += length;
        fresh = false;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_keep_to_their_width() {
        let text = wrapped("why: ", "one two three four five", 14, 2);
        assert_eq!(text, "why: one two\n  three four\n  five");
        assert_eq!(
            wrapped("", "a-word-that-is-longer-than-all", 10, 2),
            "a-word-that-is-longer-than-all"
        );
        assert_eq!(wrapped("x: ", "\u{1b}[31m", 40, 2), "x: \\u{1b}[31m");
    }
}
