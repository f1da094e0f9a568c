use super::*;

fn span(file: u32, text: &str, part: &str) -> Span {
    let start = u32::try_from(text.find(part).unwrap()).unwrap();
    let end = start + u32::try_from(part.len()).unwrap();
    Span { file, start, end }
}

fn shown(text: &str, part: &str) -> String {
    let mut sources = Sources::default();
    let file = sources.add("suite.yaml", text);
    let diagnostic = Diagnostic::error("odd", span(file, text, part), "odd").label("this");
    render(&[diagnostic], &sources, false)
}

#[test]
fn several_places_in_several_files() {
    let suite = "suite: a\ncases:\n  - id: one\n    stepz: []\n  - id: one\n";
    let other = "target: x\n";
    let mut sources = Sources::default();
    let file = sources.add("suites/a.yaml", suite);
    let profile = sources.add("authspec.yaml", other);
    let second = Span {
        start: 49,
        end: 52,
        ..span(file, suite, "one")
    };
    let diagnostics = [
        Diagnostic::error(
            "unknown-key",
            span(file, suite, "stepz"),
            "unknown key `stepz`",
        )
        .label("not a key of a case")
        .help("did you mean `steps`?"),
        Diagnostic::warning("same-id", second, "the id `one` is there twice")
            .label("here again")
            .related(span(file, suite, "one"), "first here")
            .related(span(profile, other, "x"), "on this target"),
    ];
    insta::assert_snapshot!(render(&diagnostics, &sources, false), @r#"
    error[unknown-key]: unknown key `stepz`
     --> suites/a.yaml:4:5
      |
    4 |     stepz: []
      |     ^^^^^ not a key of a case
      |
      = help: did you mean `steps`?

    warning[same-id]: the id `one` is there twice
     --> suites/a.yaml:5:8
      |
    3 |   - id: one
      |         --- first here
    4 |     stepz: []
    5 |   - id: one
      |        ^^^ here again
      |
     ::: authspec.yaml:1:9
      |
    1 | target: x
      |         - on this target
    "#);
}

#[test]
fn places_far_apart_are_shown_apart() {
    let text = format!("first: 1\n{}last: 2\n", "# x\n".repeat(1000));
    let mut sources = Sources::default();
    let file = sources.add("suite.yaml", text.as_str());
    let diagnostic = Diagnostic::error("odd", span(file, &text, "last"), "odd")
        .related(span(file, &text, "first"), "since here");
    insta::assert_snapshot!(render(&[diagnostic], &sources, false), @r#"
    error[odd]: odd
        --> suite.yaml:1002:1
         |
    1002 | last: 2
         | ^^^^
         |
        ::: suite.yaml:1:1
         |
       1 | first: 1
         | ----- since here
    "#);
}

#[test]
fn a_place_over_several_lines_is_shown_by_its_first() {
    insta::assert_snapshot!(shown("a:\n  b: c\n  d: e\n", "b: c\n  d: e"), @r#"
    error[odd]: odd
     --> suite.yaml:2:3
      |
    2 |   b: c
      |   ^^^^ this
    "#);
}

#[test]
fn an_empty_file_and_an_empty_place_have_a_caret() {
    insta::assert_snapshot!(shown("", ""), @r#"
    error[odd]: odd
     --> suite.yaml:1:1
      |
    1 |
      | ^ this
    "#);
    insta::assert_snapshot!(shown("a:", ""), @r#"
    error[odd]: odd
     --> suite.yaml:1:1
      |
    1 | a:
      | ^ this
    "#);
}

#[test]
fn nothing_foreign_comes_out_raw() {
    let mut sources = Sources::default();
    let text = "\u{1b}]0;x\u{7} a\u{202e}b: \u{200b}here\r\n";
    let file = sources.add("a\u{1b}[2J.yaml", text);
    let diagnostic = Diagnostic::error("odd", span(file, text, "here"), "odd \u{1b}[31m")
        .label("\u{9b}2J")
        .help("a\nb")
        .related(span(file, text, "b"), "\u{2066}");
    insta::assert_snapshot!(render(&[diagnostic], &sources, false), @r#"
    error[odd]: odd \u{1b}[31m
     --> a\u{1b}[2J.yaml:1:14
      |
    1 | \u{1b}]0;x\u{7} a\u{202e}b: \u{200b}here
      |                          - \u{2066} ^^^^ \u{9b}2J
      |
      = help: a\nb
    "#);
}

#[test]
fn a_long_line_is_cut_around_the_place() {
    let text = format!("{}here{}", "ä".repeat(100_000), "é".repeat(100_000));
    let out = shown(&text, "here");
    assert!(out.len() < 2_000, "{}", out.len());
    assert!(out.contains("suite.yaml:1:100001\n"), "{out}");
    assert!(out.contains("^^^^ this"), "{out}");
}

#[test]
fn colour_is_asked_for() {
    let mut sources = Sources::default();
    let file = sources.add("suite.yaml", "a: b");
    let one = [Diagnostic::error("odd", span(file, "a: b", "b"), "odd")];
    assert!(!render(&one, &sources, false).contains('\u{1b}'));
    assert!(render(&one, &sources, true).contains('\u{1b}'));
}
