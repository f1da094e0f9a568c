use proptest::prelude::*;

use super::*;
use crate::source::text::offset;
use crate::source::{Span, render};

fn sources(text: &str) -> (Sources, u32) {
    let mut sources = Sources::default();
    let file = sources.add("suite.yaml", text);
    (sources, file)
}

fn codes(text: &str) -> Vec<&'static str> {
    let (sources, file) = sources(text);
    let found = parse(&sources, file).err().unwrap_or_default();
    found.iter().map(|diagnostic| diagnostic.code).collect()
}

fn json(text: &str) -> serde_json::Value {
    let (sources, file) = sources(text);
    match parse(&sources, file) {
        Ok(Some(node)) => node.to_json(),
        Ok(None) => panic!("nothing in {text:?}"),
        Err(found) => panic!("{}", render(&found, &sources, false)),
    }
}

/// What was written of every key (with `:` put behind it) and of every value in the root, depth first.
fn written<'a>(root: &'a Node, sources: &'a Sources, out: &mut Vec<String>) {
    let items = root.as_list().unwrap_or_default().iter();
    let entries = root.as_map().unwrap_or_default().iter();
    let children = items
        .map(|item| (None, item))
        .chain(entries.map(|(key, item)| (Some(key), item)));
    for (key, item) in children {
        out.extend(key.map(|key| format!("{}:", sources.slice(key.span))));
        written(item, sources, out);
        out.push(sources.slice(item.span).to_owned());
    }
}

#[test]
fn a_span_covers_what_was_written() {
    let rows: &[(&str, &[&str])] = &[
        ("a: b # c\n", &["a:", "b"]),
        ("a : b", &["a:", "b"]),
        ("--- # x\na: b\n...\n", &["a:", "b"]),
        ("\u{feff}a: b\n", &["a:", "b"]),
        // flow style, quotes, and text behind characters of several bytes
        (
            "{a: \"${b}\", 'c': [1, d]}",
            &["a:", "\"${b}\"", "'c':", "1", "d", "[1, d]"],
        ),
        ("[a: b, c]", &["a:", "b", "a: b", "c"]),
        ("{a, b: }", &["a:", "", "b:", ""]),
        (
            "a: {\n  b: [\n    c\n  ]\n}\nd: {}\n",
            &[
                "a:",
                "b:",
                "c",
                "[\n    c\n  ]",
                "{\n  b: [\n    c\n  ]\n}",
                "d:",
                "{}",
            ],
        ),
        (
            "ü: {ä: '日本', x: [🦀, é]}",
            &[
                "ü:",
                "ä:",
                "'日本'",
                "x:",
                "🦀",
                "é",
                "[🦀, é]",
                "{ä: '日本', x: [🦀, é]}",
            ],
        ),
        ("'it''s': \"\\u00fc\\n\"", &["'it''s':", "\"\\u00fc\\n\""]),
        // block style
        (
            "a:\n  - b\n  - c\nd: e",
            &["a:", "b", "c", "- b\n  - c", "d:", "e"],
        ),
        (
            "a:\n- b\n- c\nd: e",
            &["a:", "b", "c", "- b\n- c", "d:", "e"],
        ),
        ("a: # x\n# - y\n- -5\n", &["a:", "-5", "- -5"]),
        (
            "- - a\n  - b\n- c: d\n  e:\n",
            &["a", "b", "- a\n  - b", "c:", "d", "e:", "", "c: d\n  e:"],
        ),
        ("? a\n: b\n? c\n", &["a:", "b", "c:", ""]),
        // text over several lines
        ("a: b\n c\n  d # e\nf: g", &["a:", "b\n c\n  d", "f:", "g"]),
        ("a: 'b\n\n  c'\n", &["a:", "'b\n\n  c'"]),
        ("a: |\n  b\n  c\n\nd: e", &["a:", "b\n  c", "d:", "e"]),
        ("a: |2-\n    b\n   c\n", &["a:", "  b\n   c"]),
        ("a: >+ # x\n  b\n\n", &["a:", "b"]),
        ("a: |\nb: c", &["a:", "", "b:", "c"]),
        // other line ends
        (
            "a:\r\n  b: \"c\r\n    d\"\r\n  e: |\r\n    f\r\n    g\r\nh: i\r\n",
            &[
                "a:",
                "b:",
                "\"c\r\n    d\"",
                "e:",
                "f\r\n    g",
                "b: \"c\r\n    d\"\r\n  e: |\r\n    f\r\n    g",
                "h:",
                "i",
            ],
        ),
        ("a: b\rc: d\r", &["a:", "b", "c:", "d"]),
    ];
    for (text, expected) in rows {
        let (sources, file) = sources(text);
        let root = parse(&sources, file).unwrap().unwrap();
        let mut found = Vec::new();
        written(&root, &sources, &mut found);
        assert_eq!(&found, expected, "{text:?}");
    }
}

#[test]
fn a_missing_value_stands_behind_its_colon() {
    for (text, at) in [
        ("a:\nb: c", 2),
        ("a:   \n\n# x\nb: c", 2),
        ("a: # x\nb: c", 2),
        ("'a' :\nb: c", 5),
        ("{a: , b: c}", 3),
        ("? a\n? b\n", 3),
        ("{a, b: c}", 2),
        ("ü:", 3),
        ("a: |\n\nb: c", 2),
    ] {
        let (sources, file) = sources(text);
        let root = parse(&sources, file).unwrap().unwrap();
        let (_, value) = &root.as_map().unwrap()[0];
        assert_eq!((value.span.start, value.span.end), (at, at), "{text:?}");
    }
}

#[test]
fn text_in_quotes_and_blocks_is_text() {
    assert_eq!(
        json("{a: \"401\", b: 401, c: 'true', d: true, e: \"\", f: , g: \"1.5\"}"),
        serde_json::json!({
            "a": "401", "b": 401, "c": "true", "d": true, "e": "", "f": null, "g": "1.5",
        })
    );
    assert_eq!(
        json("a: |\n  1\nb: >-\n  null\n401: x\n"),
        serde_json::json!({ "a": "1\n", "b": "null", "401": "x" })
    );
}

#[test]
fn a_file_of_comments_is_nothing() {
    for text in [
        "",
        "\n",
        "# x\n",
        "---\n",
        "--- # x\n...\n",
        "---\n---\n",
        "\u{feff}",
    ] {
        let (sources, file) = sources(text);
        assert_eq!(parse(&sources, file), Ok(None), "{text:?}");
    }
}

#[test]
fn documents_come_one_by_one() {
    let (sources, file) = sources("a: 1\n---\n---\n# x\nb: 2\n...\n");
    let documents = parse_documents(&sources, file).unwrap();
    let json: Vec<_> = documents.iter().map(Node::to_json).collect();
    assert_eq!(
        json,
        [serde_json::json!({ "a": 1 }), serde_json::json!({ "b": 2 })]
    );
}

#[test]
fn the_bounds_hold() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let filled = |size: usize| format!("a: {}", "b".repeat(size - 3));
    for (text, expected) in [
        (nested(MAX_DEPTH), None),
        (nested(MAX_DEPTH + 1), Some("too-deep")),
        ("[".repeat(100_000), Some("too-deep")),
        ("{a: ".repeat(100_000), Some("too-deep")),
        ("- ".repeat(100_000), Some("too-deep")),
        (filled(MAX_FILE_BYTES), None),
        (filled(MAX_FILE_BYTES + 1), Some("file-too-large")),
    ] {
        assert_eq!(codes(&text).first().copied(), expected, "{text:.20}");
    }
}

#[test]
fn keys_and_values_are_counted() {
    let (sources, file) = sources("a: [b, {c: d}]\n");
    // the root, `a`, its list, `b`, the inner map, `c`, `d`
    assert!(bounded(&sources, file, 7).is_ok());
    let found = bounded(&sources, file, 6).unwrap_err();
    insta::assert_snapshot!(render(&found, &sources, false), @r#"
    error[too-many-values]: the file holds more than 6 keys and values
     --> suite.yaml:1:12
      |
    1 | a: [b, {c: d}]
      |            ^ one too many
    "#);
}

#[test]
fn every_broken_file_is_refused_for_what_it_is_named_after() {
    macro_rules! broken {
        ($($code:literal)*) => {
            [$(($code, include_bytes!(concat!("../../../fixtures/broken/", $code, ".yaml")).as_slice())),*]
        };
    }
    let broken = broken![
        "alias" "anchor" "directive" "duplicate-key" "empty-key" "key-not-text" "merge-key" "not-utf-8" "number-out-of-range" "several-documents" "syntax" "tab" "tag" "too-deep" "unclosed-bracket" "unclosed-quote" "unseen-character"
    ];
    for (code, bytes) in broken {
        let mut sources = Sources::default();
        let found = match sources.add_bytes(format!("{code}.yaml"), bytes.to_vec()) {
            Ok(file) => parse(&sources, file).unwrap_err(),
            Err(refused) => vec![refused],
        };
        let found: Vec<_> = found.iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!(found, [code]);
    }
}

#[test]
fn ten_thousand_cases_can_be_read() {
    let case = |at: usize| {
        format!(
            "  - id: case-{at}\n    title: The token with number {at} is not accepted\n    steps:\n      \
             - send: {{ to: protected }}\n        but: {{ credential: {{ basic: {{ password: wrong }} }} }}\n        \
             expect: [{{ outcome: not-accepted, requirement: RFC7617-2-1 }}]\n"
        )
    };
    let text: String = std::iter::once("suite: many\ncases:\n".to_owned())
        .chain((0..10_000).map(case))
        .collect();
    let (sources, file) = sources(&text);
    let root = parse(&sources, file).unwrap().unwrap();
    let cases = root.get("cases").and_then(Node::as_list).unwrap();
    assert_eq!(cases.len(), 10_000);
    let last = cases[9_999].get("id").unwrap();
    assert_eq!(sources.slice(last.span), "case-9999");
}

#[test]
fn a_flood_of_mistakes_is_cut_off() {
    for text in [
        "- &a b\n".repeat(1000),
        "a: 1\n".repeat(1000),
        "- *a\n".repeat(1000),
    ] {
        let found = codes(&text);
        assert_eq!(found.len(), MAX_DIAGNOSTICS + 1);
        assert!(found.contains(&"too-many-mistakes"));
    }
}

/// Every span in the text, on character boundaries, children within their parent and in order.
fn check(node: &Node, parent: Span, text: &str) {
    let inside = |span: Span| {
        assert!(text.get(span.start as usize..span.end as usize).is_some());
        assert!(
            parent.start <= span.start && span.end <= parent.end,
            "{span:?} in {parent:?}"
        );
    };
    inside(node.span);
    let mut at = node.span.start;
    for item in node.as_list().unwrap_or_default() {
        assert!(at <= item.span.start);
        at = item.span.end;
        check(item, node.span, text);
    }
    for (key, item) in node.as_map().unwrap_or_default() {
        inside(key.span);
        assert!(at <= key.span.start && key.span.end <= item.span.start);
        at = item.span.end;
        check(item, node.span, text);
    }
}

fn read_and_check(text: &str) {
    let (sources, file) = sources(text);
    let stored = sources.text(file);
    let whole = Span {
        file,
        start: 0,
        end: offset(stored.len()),
    };
    match parse_documents(&sources, file) {
        Ok(documents) => {
            for root in &documents {
                check(root, whole, stored);
            }
        }
        Err(found) => {
            assert!(!found.is_empty());
            for diagnostic in &found {
                let Span { start, end, .. } = diagnostic.span;
                assert!(stored.get(start as usize..end as usize).is_some());
            }
            let shown = render(&found, &sources, false);
            assert!(
                !shown.contains(|one: char| one.is_control() && one != '\n'),
                "{shown:?}"
            );
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        read_and_check(&text);
    }

    #[test]
    fn anything_like_yaml_is_read_or_refused(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "a", "b: ", "c:", "- ", "-\n", "\n", "\n  ", "\n    ", "{", "}", "[", "]", ", ", "? ", ": ", "\"", "'",
                "|\n", ">-\n", "|2\n", "#", " # x\n", "&a ", "*a", "!t ", "<<", "\t", "\r\n", "\r", "ü", "🦀", "\u{85}",
                "\u{2028}", "\u{feff}", "---\n", "...\n", "%YAML 1.2\n", "~", "401", "1.5", "\\", "\\x41", "\0", "\u{202e}",
            ]),
            0..40,
        )
    ) {
        read_and_check(&parts.concat());
    }
}
