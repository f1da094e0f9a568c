use super::*;
use crate::source::render;

fn span(file: u32, start: u32, end: u32) -> Span {
    Span { file, start, end }
}

#[test]
fn a_place_is_counted_in_lines_and_characters() {
    let mut sources = Sources::default();
    sources.add("other.yaml", "x");
    let file = sources.add("suite.yaml", "a: b\r\nüé: 🦀x # c\n\nlast");
    for (start, end, line, column, text, width) in [
        (0, 1, 1, 1, "a: b", 1),
        (3, 4, 1, 4, "a: b", 1),
        (6, 10, 2, 1, "üé: 🦀x # c", 2),
        (12, 17, 2, 5, "üé: 🦀x # c", 2),
        // over the end of a line, at the empty line, and behind the end of the text
        (3, 20, 1, 4, "a: b", 1),
        (22, 22, 3, 1, "", 0),
        (23, 27, 4, 1, "last", 4),
        (27, 27, 4, 5, "last", 0),
        (99, 120, 4, 5, "last", 0),
    ] {
        let place = sources.place(span(file, start, end));
        let found = (place.line, place.column, place.text.as_str(), place.width);
        assert_eq!(found, (line, column, text, width), "{start}..{end}");
        assert_eq!(place.file, "suite.yaml");
    }
}

#[test]
fn a_byte_order_mark_is_not_counted() {
    let mut sources = Sources::default();
    let file = sources.add("suite.yaml", "\u{feff}a: b");
    assert_eq!(sources.text(file), "a: b");
    let file = sources.add_bytes("suite.yaml", b"\xef\xbb\xbfa: b".to_vec());
    assert_eq!(sources.text(file.unwrap()), "a: b");
}

#[test]
fn a_file_that_is_not_there_is_empty() {
    let sources = Sources::default();
    assert_eq!(sources.name(7), "");
    assert_eq!(sources.slice(span(7, 3, 9)), "");
    assert_eq!(sources.place(span(7, 3, 9)).line, 1);
}

#[test]
fn what_is_not_utf_8_is_refused_at_its_byte() {
    let mut sources = Sources::default();
    let refused = sources.add_bytes("latin.yaml", b"a: b\nc: caf\xe9 x\n".to_vec());
    let shown = render(&[refused.unwrap_err()], &sources, false);
    insta::assert_snapshot!(shown, @r#"
    error[not-utf-8]: the file is not UTF-8: byte 0xe9 at offset 11
     --> latin.yaml:2:7
      |
    2 | c: caf� x
      |       ^ not UTF-8
      |
      = help: save the file as UTF-8
    "#);
    let refused = sources.add_bytes("utf16.yaml", b"\xff\xfea\0:\0".to_vec());
    let shown = render(&[refused.unwrap_err()], &sources, false);
    insta::assert_snapshot!(shown, @r#"
    error[not-utf-8]: the file is not UTF-8: byte 0xff at offset 0
     --> utf16.yaml:1:1
      |
    1 | ��a\u{0}:\u{0}
      | ^ not UTF-8
      |
      = help: this looks like UTF-16; save the file as UTF-8
    "#);
    let refused = sources.add_bytes("cut.yaml", "a: ü".as_bytes()[..4].to_vec());
    assert_eq!(refused.unwrap_err().span, span(2, 3, 6));
    let refused = sources.add_bytes("large.yaml", vec![b'#'; MAX_FILE_BYTES + 1]);
    assert_eq!(refused.unwrap_err().code, "file-too-large");
}
