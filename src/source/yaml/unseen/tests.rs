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
fn characters_that_cannot_be_seen() {
    insta::assert_snapshot!(shown("a: \u{202e}b\u{2066}\n"), @r#"
    error[unseen-character]: a character that cannot be seen
     --> suite.yaml:1:4
      |
    1 | a: \u{202e}b\u{2066}
      |    ^^^^^^^^ this one
      |
      = help: if it is wanted, write "\u202e" in double quotes

    error[unseen-character]: a character that cannot be seen
     --> suite.yaml:1:6
      |
    1 | a: \u{202e}b\u{2066}
      |             ^^^^^^^^ this one
      |
      = help: if it is wanted, write "\u2066" in double quotes
    "#);
    insta::assert_snapshot!(shown("a: \"\u{1b}[31m\"\n"), @r#"
    error[unseen-character]: a character that cannot be seen
     --> suite.yaml:1:5
      |
    1 | a: "\u{1b}[31m"
      |     ^^^^^^ this one
      |
      = help: if it is wanted, write "\u001b" in double quotes
    "#);
    insta::assert_snapshot!(shown("a: \u{feff}b\n"), @r#"
    error[unseen-character]: a character that cannot be seen
     --> suite.yaml:1:4
      |
    1 | a: \u{feff}b
      |    ^^^^^^^^ this one
      |
      = help: if it is wanted, write "\ufeff" in double quotes
    "#);
}
