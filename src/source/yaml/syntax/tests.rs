use crate::source::{Sources, parse, render};

fn shown(text: &str) -> String {
    let mut sources = Sources::default();
    let file = sources.add("suite.yaml", text);
    match parse(&sources, file) {
        Ok(node) => panic!("{text:?} was read as {node:#?}"),
        Err(found) => render(&found, &sources, false),
    }
}

#[test]
fn what_is_not_part_of_the_language() {
    insta::assert_snapshot!(shown("a: &x 1\nb: *x\n"), @r#"
    error[anchor]: anchors are not part of the language
     --> suite.yaml:1:4
      |
    1 | a: &x 1
      |    ^^ an anchor
      |
      = help: write the value out where it is used; variants are made by `for-each`

    error[alias]: aliases are not part of the language
     --> suite.yaml:2:4
      |
    2 | b: *x
      |    ^^ an alias
      |
      = help: write the value out; text that starts with `*` goes in quotes
    "#);
    insta::assert_snapshot!(shown("a: *unknown\n"), @r#"
    error[alias]: aliases are not part of the language
     --> suite.yaml:1:4
      |
    1 | a: *unknown
      |    ^^^^^^^^ an alias
      |
      = help: write the value out; text that starts with `*` goes in quotes
    "#);
    insta::assert_snapshot!(shown("a:\n  <<: { b: c }\n"), @r#"
    error[merge-key]: merge keys are not part of the language
     --> suite.yaml:2:3
      |
    2 |   <<: { b: c }
      |   ^^ a merge key
      |
      = help: write the entries out
    "#);
    insta::assert_snapshot!(shown("a: !!str 401\nb: !include other.yaml\n"), @r#"
    error[tag]: tags are not part of the language
     --> suite.yaml:1:4
      |
    1 | a: !!str 401
      |    ^^^^^ a tag
      |
      = help: quotes make text; numbers, `true`, `false` and `null` need nothing

    error[tag]: tags are not part of the language
     --> suite.yaml:2:4
      |
    2 | b: !include other.yaml
      |    ^^^^^^^^ a tag
      |
      = help: quotes make text; numbers, `true`, `false` and `null` need nothing
    "#);
    insta::assert_snapshot!(shown("%YAML 1.1\n---\na: b\n"), @r#"
    error[directive]: directives are not part of the language
     --> suite.yaml:1:1
      |
    1 | %YAML 1.1
      | ^ a directive
      |
      = help: text that starts with `%` goes in quotes
    "#);
    insta::assert_snapshot!(shown("a: b\n---\nc: d\n"), @r#"
    error[several-documents]: a second document
     --> suite.yaml:3:1
      |
    3 | c: d
      | ^^^^ starts here
      |
      = help: a file holds one document; put this one into a file of its own
    "#);
    insta::assert_snapshot!(shown("a: 9223372036854775808\n"), @r#"
    error[number-out-of-range]: the number does not fit in 64 bits
     --> suite.yaml:1:4
      |
    1 | a: 9223372036854775808
      |    ^^^^^^^^^^^^^^^^^^^ this number
      |
      = help: write it in quotes if it is meant as text
    "#);
}

#[test]
fn keys() {
    insta::assert_snapshot!(shown("header:\n  accept: a\n  x: b\n  \"accept\": c\n"), @r#"
    error[duplicate-key]: the key `accept` is there twice
     --> suite.yaml:4:3
      |
    2 |   accept: a
      |   ------ first here
    3 |   x: b
    4 |   "accept": c
      |   ^^^^^^^^ here again
    "#);
    insta::assert_snapshot!(shown("{ a: 1, b: 2, a: 3 }"), @r#"
    error[duplicate-key]: the key `a` is there twice
     --> suite.yaml:1:15
      |
    1 | { a: 1, b: 2, a: 3 }
      |   -           ^ here again
      |   |
      |   first here
    "#);
    insta::assert_snapshot!(shown("[a, b]: c\n"), @r#"
    error[key-not-text]: a key is text, not a list
     --> suite.yaml:1:1
      |
    1 | [a, b]: c
      | ^^^^^^ used as a key
      |
      = help: put it in quotes if it is meant as text
    "#);
    insta::assert_snapshot!(shown("a:\n  : b\n"), @r#"
    error[empty-key]: a key is missing
     --> suite.yaml:2:3
      |
    2 |   : b
      |   ^ before this colon
      |
      = help: write the key; an empty one is written ""
    "#);
}

#[test]
fn tabs() {
    insta::assert_snapshot!(shown("cases:\n\t- id: a\n"), @r#"
    error[tab]: a tab where YAML wants spaces
     --> suite.yaml:2:1
      |
    2 |     - id: a
      | ^^^^ a tab
      |
      = help: indent with spaces
    "#);
    insta::assert_snapshot!(shown("a: b\n\tc\n"), @r#"
    error[tab]: a tab where YAML wants spaces
     --> suite.yaml:2:1
      |
    2 |     c
      | ^^^^ a tab
      |
      = help: indent with spaces
    "#);
    insta::assert_snapshot!(shown("a: >\n\tb\n"), @r#"
    error[tab]: a tab where YAML wants spaces
     --> suite.yaml:2:1
      |
    2 |     b
      | ^^^^ a tab
      |
      = help: indent with spaces
    "#);
}

#[test]
fn quotes() {
    insta::assert_snapshot!(shown("title: \"The token\nid: a\n"), @r#"
    error[unclosed-quote]: a quote is not closed
     --> suite.yaml:1:8
      |
    1 | title: "The token
      |        ^ opened here
      |
      = help: close it with the same quote; inside '...' a quote is written ''
    "#);
    insta::assert_snapshot!(shown("title: 'isn't accepted'\n"), @r#"
    error[syntax]: something follows the closing quote
     --> suite.yaml:1:13
      |
    1 | title: 'isn't accepted'
      |             ^
      |
      = help: put the whole text in quotes; inside '...' a quote is written ''
    "#);
    insta::assert_snapshot!(shown("matches: \"\\d+\"\n"), @r#"
    error[syntax]: an escape that YAML does not know
     --> suite.yaml:1:10
      |
    1 | matches: "\d+"
      |          ^ in this text
      |
      = help: in "..." a backslash is written \\; in '...' it stands for itself
    "#);
    insta::assert_snapshot!(shown("a: @b\n"), @r#"
    error[syntax]: text can't start with '@'
     --> suite.yaml:1:4
      |
    1 | a: @b
      |    ^
      |
      = help: put it in quotes
    "#);
    insta::assert_snapshot!(shown("a: *\n"), @r#"
    error[syntax]: text can't start with '*' or '&'
     --> suite.yaml:1:4
      |
    1 | a: *
      |    ^
      |
      = help: put it in quotes
    "#);
    insta::assert_snapshot!(shown("a: !x{}\n"), @r#"
    error[syntax]: text can't start with '!'
     --> suite.yaml:1:4
      |
    1 | a: !x{}
      |    ^
      |
      = help: put it in quotes
    "#);
    insta::assert_snapshot!(shown("a: |b\n"), @r#"
    error[syntax]: `|` or `>` with something behind it
     --> suite.yaml:1:4
      |
    1 | a: |b
      |    ^
      |
      = help: the text of a block starts on the next line; one that starts with `|` or `>` goes in quotes
    "#);
    insta::assert_snapshot!(shown("a: \"b\"#c\n"), @r##"
    error[syntax]: a comment without a space before its `#`
     --> suite.yaml:1:7
      |
    1 | a: "b"#c
      |       ^
      |
      = help: put a space before it, or the text in quotes
    "##);
}

#[test]
fn brackets() {
    insta::assert_snapshot!(shown("send: { to: ${target.origin} }\n"), @r#"
    error[syntax]: expected `,` or `}`
     --> suite.yaml:1:14
      |
    1 | send: { to: ${target.origin} }
      |              ^
      |
      = help: inside `{ }` text that holds `{`, `}`, `,` or `: ` goes in quotes: "${name}"
    "#);
    insta::assert_snapshot!(shown("steps: [a, b\nexpect: c\n"), @r#"
    error[syntax]: a `:` where no key can be
     --> suite.yaml:2:7
      |
    1 | steps: [a, b
      |        - this bracket is still open
    2 | expect: c
      |       ^
      |
      = help: text that holds `: ` goes in quotes; a new key goes on a line of its own
    "#);
    insta::assert_snapshot!(shown("a: [b, c\n"), @r#"
    error[unclosed-bracket]: `[` is not closed
     --> suite.yaml:1:4
      |
    1 | a: [b, c
      |    ^ opened here
    "#);
    insta::assert_snapshot!(shown("a: { b: c ]\n"), @r#"
    error[unclosed-bracket]: `{` is closed by `]`
     --> suite.yaml:1:4
      |
    1 | a: { b: c ]
      |    ^ opened here
    "#);
    insta::assert_snapshot!(shown("a: [b]]\n"), @r#"
    error[syntax]: a bracket is closed that was not opened
     --> suite.yaml:1:7
      |
    1 | a: [b]]
      |       ^
      |
      = help: text that holds a bracket goes in quotes
    "#);
    insta::assert_snapshot!(shown("a: [{ b: c }, , d]\n"), @r#"
    error[syntax]: expected a value, `,` or `]`
     --> suite.yaml:1:15
      |
    1 | a: [{ b: c }, , d]
      |               ^
      |
      = help: inside `[ ]` text that holds `[`, `]` or `,` goes in quotes
    "#);
}

#[test]
fn indentation() {
    insta::assert_snapshot!(shown("why: a token: is refused\n"), @r#"
    error[syntax]: a `:` where no key can be
     --> suite.yaml:1:13
      |
    1 | why: a token: is refused
      |             ^
      |
      = help: text that holds `: ` goes in quotes; a new key goes on a line of its own
    "#);
    insta::assert_snapshot!(shown("id: a\n  title: b\n"), @r#"
    error[syntax]: a `:` where no key can be
     --> suite.yaml:2:8
      |
    2 |   title: b
      |        ^
      |
      = help: text that holds `: ` goes in quotes; a new key goes on a line of its own
    "#);
    insta::assert_snapshot!(shown("a:\n  - b\n c: d\n"), @r#"
    error[syntax]: expected a key and its `:`
     --> suite.yaml:3:2
      |
    3 |  c: d
      |  ^
      |
      = help: keys of one map stand in one column; a `:` is followed by a space
    "#);
    insta::assert_snapshot!(shown("  a: b\n c: d\n"), @r#"
    error[syntax]: indented in a way that fits nothing above
     --> suite.yaml:2:2
      |
    2 |  c: d
      |  ^
      |
      = help: what belongs together stands in one column
    "#);
    insta::assert_snapshot!(shown("- a\nb: c\n"), @r#"
    error[syntax]: a list item in the wrong place
     --> suite.yaml:2:1
      |
    2 | b: c
      | ^
      |
      = help: the `-` of one list stand in one column, on lines of their own
    "#);
    insta::assert_snapshot!(shown("a: - b\n"), @r#"
    error[syntax]: a list item in the wrong place
     --> suite.yaml:1:4
      |
    1 | a: - b
      |    ^
      |
      = help: the `-` of one list stand in one column, on lines of their own
    "#);
    insta::assert_snapshot!(shown("a\nb: c\n"), @r#"
    error[syntax]: a `:` where no key can be
     --> suite.yaml:2:2
      |
    2 | b: c
      |  ^
      |
      = help: text that holds `: ` goes in quotes; a new key goes on a line of its own
    "#);
    insta::assert_snapshot!(shown("a: b\n... c\n"), @r#"
    error[syntax]: text behind the `...` that ends a document
     --> suite.yaml:2:5
      |
    2 | ... c
      |     ^
    "#);
}
