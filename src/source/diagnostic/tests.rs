use super::*;

fn at(file: u32, start: u32, message: &str) -> Diagnostic {
    let end = start + 1;
    Diagnostic::error("unknown-key", Span { file, start, end }, message)
}

#[test]
fn diagnostics_come_in_the_order_of_the_files_and_once() {
    let mut found = Diagnostics::default();
    assert!(found.is_empty());
    for diagnostic in [
        at(1, 5, "b"),
        at(1, 2, "a"),
        at(0, 9, "c"),
        at(1, 5, "b").help("the same words at the same place, from another row"),
        at(1, 5, "other words"),
    ] {
        found.push(diagnostic);
    }
    let sorted = found.into_sorted_vec();
    let order: Vec<_> = sorted
        .iter()
        .map(|one| (one.span.file, one.span.start, one.message.as_str()))
        .collect();
    let expected = [(0, 9, "c"), (1, 2, "a"), (1, 5, "b"), (1, 5, "other words")];
    assert_eq!(order, expected);
}

#[test]
fn a_warning_is_no_error() {
    let mut found = Diagnostics::default();
    let span = Span {
        file: 0,
        start: 0,
        end: 0,
    };
    found.push(Diagnostic::warning("odd", span, "odd"));
    assert!(!found.is_empty() && !found.has_errors());
    found.extend([at(0, 0, "wrong")]);
    assert!(found.has_errors());
}
