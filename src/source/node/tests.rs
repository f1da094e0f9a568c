use super::*;
use crate::source::{Sources, parse};

fn node(text: &str) -> Node {
    let mut sources = Sources::default();
    let file = sources.add("suite.yaml", text);
    parse(&sources, file).unwrap().unwrap()
}

#[test]
fn a_value_is_only_what_it_is() {
    let root = node(
        "{nothing: , yes: true, whole: 401, part: 1.5, text: \"401\", list: [1], map: {a: b}}",
    );
    for (key, kind) in [
        ("nothing", "nothing"),
        ("yes", "boolean"),
        ("whole", "number"),
        ("part", "number"),
        ("text", "text"),
        ("list", "list"),
        ("map", "map"),
    ] {
        let value = root.get(key).unwrap();
        assert_eq!(value.kind(), kind);
        assert_eq!(value.is_null(), kind == "nothing");
        assert_eq!(value.as_bool(), (kind == "boolean").then_some(true));
        assert_eq!(value.as_int(), (key == "whole").then_some(401));
        assert_eq!(value.as_text(), (key == "text").then_some("401"));
        assert_eq!(
            value.as_list().map(<[_]>::len),
            (key == "list").then_some(1)
        );
        assert_eq!(value.get("a").is_some(), key == "map");
    }
    assert!(root.get("absent").is_none());
}

#[test]
fn json_keeps_the_order_of_keys() {
    let json = node("{z: 1, a: {y: [~, -2.5, x]}, m: 'q'}").to_json();
    assert_eq!(
        json.to_string(),
        r#"{"z":1,"a":{"y":[null,-2.5,"x"]},"m":"q"}"#
    );
}

#[test]
fn the_same_is_the_same_wherever_it_stands() {
    for (left, right, same) in [
        ("{a: 1, b: [x, y]}", "b:\n- x\n- 'y'\na: 1\n", true),
        ("[x, y]", "[y, x]", false),
        ("{a: 1}", "{a: 1, b: 2}", false),
        ("{a: 1}", "{b: 1}", false),
        ("\"1\"", "1", false),
        ("~", "null", true),
        ("[]", "{}", false),
    ] {
        assert_eq!(node(left).same(&node(right)), same, "{left} {right}");
        assert_eq!(node(right).same(&node(left)), same, "{right} {left}");
    }
}
