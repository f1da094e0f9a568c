//! Characters that a terminal or a reader would act on instead of showing them.

use std::borrow::Cow;

/// The text with every control, bidirectional, zero-width and tag character spelled out as `\u{...}`.
///
/// Tabs are kept: they are ordinary in source lines, and nothing they do is hidden.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for one in text.chars() {
        push(&mut out, one);
    }
    Cow::Owned(out)
}

/// Appends one character, spelled out if it would not be seen.
pub(super) fn push(out: &mut String, one: char) {
    if is_unseen(one) {
        out.extend(one.escape_default());
    } else {
        out.push(one);
    }
}

fn is_unseen(one: char) -> bool {
    match one {
        '\t' => false,
        '\u{ad}' // soft hyphen
        | '\u{34f}' // combining grapheme joiner
        | '\u{61c}' // Arabic letter mark
        | '\u{115f}'..='\u{1160}' | '\u{3164}' | '\u{ffa0}' // Hangul fillers
        | '\u{17b4}'..='\u{17b5}' // Khmer inherent vowels
        | '\u{180b}'..='\u{180f}' // Mongolian separators
        | '\u{200b}'..='\u{200f}' // zero-width characters and marks of direction
        | '\u{2028}'..='\u{202e}' // line and paragraph separator, embeddings and overrides
        | '\u{2060}'..='\u{206f}' // joiners, invisible operators, isolates
        | '\u{fe00}'..='\u{fe0f}' // variation selectors
        | '\u{feff}' // zero-width no-break space
        | '\u{fff0}'..='\u{fffb}' // interlinear annotations
        | '\u{e0000}'..='\u{e0fff}' => true, // tags, more variation selectors
        _ => one.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn spells_out_what_would_not_be_seen() {
        for (text, shown) in [
            ("plain, ümläut 日本 🦀\t", "plain, ümläut 日本 🦀\t"),
            ("\u{1b}[31m", "\\u{1b}[31m"),
            ("a\rb\nc\0", "a\\rb\\nc\\u{0}"),
            ("\u{202e}txt\u{2066}", "\\u{202e}txt\\u{2066}"),
            ("a\u{200b}b\u{feff}", "a\\u{200b}b\\u{feff}"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("\u{e0041}", "\\u{e0041}"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }
}
