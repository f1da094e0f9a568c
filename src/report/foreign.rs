//! The one function that writes foreign text, and the few that measure and cut it.
//!
//! Foreign is whatever a target, a suite or a profile says. Escaped here, it can neither move a cursor, reorder
//! a line nor hide in it. That it never starts a line unmarked is the business of whoever lays the line out:
//! CI systems skip leading blanks before they look for commands, so an indent is no mark.

use std::fmt::Write as _;

/// The text as it may stand in any text output: control, bidi, zero-width and tag characters as `\u{..}`, line
/// breaks and tabs as `\r`, `\n`, `\t`, and the openings of CI commands that count anywhere in a line broken.
pub fn foreign(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, one) in text.char_indices() {
        match one {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '[' if opens_a_command(&text[..at]) => out.push_str("\\u{5b}"),
            _ if is_hazard(one) => {
                // writing to a String can't fail
                let _ = write!(out, "\\u{{{:x}}}", u32::from(one));
            }
            _ => out.push(one),
        }
    }
    out
}

/// `##[group]` and `##vso[task]` are obeyed wherever they stand in a line; `##teamcity[` alike.
pub(super) fn opens_a_command(before: &str) -> bool {
    before
        .trim_end_matches(|one: char| one.is_ascii_alphanumeric())
        .ends_with("##")
}

/// Characters that do something to a line, or that nobody sees in it.
pub(super) fn is_hazard(one: char) -> bool {
    one.is_control()
        || matches!(one,
            // soft hyphen, grapheme joiner, Arabic letter mark, Hangul and Khmer fillers, Mongolian selectors
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            // zero width, bidi marks, line and paragraph separators, embeddings and overrides
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            // word joiner, invisible operators, isolates, deprecated formatting
            | '\u{2060}'..='\u{206f}' | '\u{3164}'
            // variation selectors, byte order mark, halfwidth filler, interlinear annotation, noncharacters
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{fffe}'..='\u{ffff}'
            // shorthand and musical format controls
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            // tags and further variation selectors
            | '\u{e0000}'..='\u{e0fff}')
}

/// Columns that escaped text takes on a terminal (UAX #11, the wide blocks; combining accents take none).
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

fn columns_of(one: char) -> usize {
    match one {
        '\u{300}'..='\u{36f}' => 0,
        '\u{1100}'..='\u{115e}'
        | '\u{2e80}'..='\u{303e}'
        | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff01}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// The longest beginning of escaped text that fits in `room` columns; never empty for text that isn't.
fn beginning(text: &str, room: usize) -> &str {
    let mut taken = 0;
    for (at, one) in text.char_indices() {
        taken += columns_of(one);
        if taken > room && at > 0 {
            return &text[..at];
        }
    }
    text
}

/// Escaped text in at most `room` columns, with `mark` at the end if something was left out.
pub(super) fn clip(text: &str, room: usize, mark: &str) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    let kept = beginning(text, room.saturating_sub(columns(mark)).max(1));
    format!("{}{mark}", kept.trim_end())
}

/// Escaped text in lines of at most `room` columns, broken between words where there are any.
pub(super) fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(8);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let mut word = word;
        if !line.is_empty() && columns(&line) + 1 + columns(word) > room {
            lines.push(std::mem::take(&mut line));
        } else if !line.is_empty() {
            line.push(' ');
        }
        while columns(&line) + columns(word) > room {
            let head = beginning(word, room);
            lines.push(head.to_owned());
            word = &word[head.len()..];
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// Escaped text in lines of at most `room` columns, every character kept: for what must be seen as it came.
pub(super) fn fold(text: &str, room: usize) -> Vec<String> {
    let mut rest = text;
    let mut lines = Vec::new();
    while columns(rest) > room.max(8) {
        let head = beginning(rest, room.max(8));
        lines.push(head.to_owned());
        rest = &rest[head.len()..];
    }
    lines.push(rest.to_owned());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_hides_or_reorders_is_shown_as_an_escape() {
        for (raw, shown) in [
            ("plain «é» 日本 🙂", "plain «é» 日本 🙂"),
            ("a\r\nb\tc\0", "a\\r\\nb\\tc\\u{0}"),
            (
                "\u{1b}[31mred\u{9b}0m\u{7f}",
                "\\u{1b}[31mred\\u{9b}0m\\u{7f}",
            ),
            ("\u{1b}]52;c;ZWNobw==\u{7}", "\\u{1b}]52;c;ZWNobw==\\u{7}"),
            ("user\u{202e}nimda\u{2066}", "user\\u{202e}nimda\\u{2066}"),
            (
                "ad\u{200b}min\u{feff}\u{ad}",
                "ad\\u{200b}min\\u{feff}\\u{ad}",
            ),
            (
                "\u{e0041}\u{e007f}\u{fe0f}",
                "\\u{e0041}\\u{e007f}\\u{fe0f}",
            ),
            ("\u{2028}\u{85}\u{3164}", "\\u{2028}\\u{85}\\u{3164}"),
            (
                "##[add-mask]x ##vso[task]y",
                "##\\u{5b}add-mask]x ##vso\\u{5b}task]y",
            ),
            ("## [a] #[b] x[1]", "## [a] #[b] x[1]"),
        ] {
            assert_eq!(foreign(raw), shown);
        }
    }

    #[test]
    fn nothing_hazardous_survives() {
        let all: String = (0..=0x10_ffff).filter_map(char::from_u32).collect();
        assert!(!foreign(&all).chars().any(is_hazard));
    }

    #[test]
    fn lines_keep_to_their_room() {
        assert_eq!(wrap("one two three four", 9), ["one two", "three", "four"]);
        assert_eq!(wrap("", 9), [""]);
        assert_eq!(
            wrap("abcdefghijklmnop qr", 8),
            ["abcdefgh", "ijklmnop", "qr"]
        );
        assert_eq!(fold("a  b 日本語日本語", 8), ["a  b 日", "本語日本", "語"]);
        assert_eq!(clip("日本語日本語", 7, "..."), "日本...");
        assert_eq!(clip("short", 7, "..."), "short");
    }
}
