use super::*;

#[test]
fn a_suite_is_read_with_its_places() {
    let mut sources = Sources::default();
    let file = sources.add("suite.yaml", "a: 1\nb: {c: \"${x}\", d: [1, no]}\n");
    let node = parse(&sources, file).unwrap().unwrap();
    assert_eq!(
        node.to_json(),
        serde_json::json!({ "a": 1, "b": { "c": "${x}", "d": [1, "no"] } })
    );
    let quoted = node.get("b").and_then(|b| b.get("c")).unwrap();
    assert_eq!(sources.slice(quoted.span), "\"${x}\"");
}
