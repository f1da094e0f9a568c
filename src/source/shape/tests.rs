use super::super::{Sources, parse};
use super::*;

#[test]
fn spans_of_time_are_read() {
    for (written, span) in [
        ("250ms", Some(Duration::from_millis(250))),
        ("3s", Some(Duration::from_secs(3))),
        ("2d", Some(Duration::from_secs(172_800))),
        ("s", None),
        ("3", None),
        ("3 weeks", None),
        ("99999999999999999999s", None),
    ] {
        assert_eq!(duration(written), span, "{written}");
    }
}

const USER: Shape = Shape::Map(&[
    Field::required("name", Shape::Text, "Who."),
    Field::new("age", Shape::Int, "How old."),
    Field::new(
        "roles",
        Shape::Many(&Shape::Word(roles)),
        "What they may do.",
    ),
    Field::new("wait", Shape::Duration, "How long."),
    Field::new(
        "login",
        Shape::Either(&[Shape::Bool, Shape::MapOf(&Shape::Scalar)]),
        "How.",
    ),
    Field::new(
        "fields",
        Shape::MapWith(
            &[Field::new("each", Shape::List(&Shape::Any), "All.")],
            &Shape::Int,
        ),
        "Fields.",
    ),
]);

fn roles() -> Vec<(&'static str, &'static str)> {
    vec![("reader", "Reads."), ("writer", "Writes.")]
}

fn errors(text: &str) -> Vec<Diagnostic> {
    let mut sources = Sources::default();
    let file = sources.add("test.yaml", text);
    let node = parse(&sources, file).unwrap().unwrap();
    let mut errors = Vec::new();
    USER.check(&node, "a user", &mut errors);
    errors
}

#[test]
fn everything_that_a_shape_forbids_is_said_at_once() {
    for (text, expected) in [
        (
            "{ name: a, age: 7, roles: reader, wait: 3s, login: false }",
            vec![],
        ),
        (
            "{ name: a, roles: [reader, writer], login: { form: 1 } }",
            vec![],
        ),
        (
            "{ name: a, age: \"${x.age}\", wait: \"${x.wait}\" }",
            vec![],
        ),
        ("{ name: a, fields: { each: [1], other: 2 } }", vec![]),
        (
            "{ name: a, fields: { each: 1, other: x } }",
            vec!["wrong-type", "wrong-type"],
        ),
        ("{ nam: a }", vec!["unknown-key", "missing-key"]),
        (
            "{ name: [a], age: x, wait: 3, login: 5 }",
            vec!["wrong-type"; 4],
        ),
        ("{ name: a, roles: [reader, riter] }", vec!["unknown-word"]),
        ("[a]", vec!["wrong-type"]),
    ] {
        let found: Vec<&str> = errors(text).iter().map(|error| error.code).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn a_near_name_is_proposed() {
    for (text, help) in [
        ("{ name: a, agee: 1 }", "did you mean `age`?"),
        ("{ name: a, roles: riter }", "did you mean `writer`?"),
    ] {
        let found = errors(text);
        assert_eq!(found[0].help.as_deref(), Some(help), "{text}");
    }
}

#[test]
fn the_schema_accepts_what_the_check_accepts() {
    let validator = jsonschema::validator_for(&USER.schema()).unwrap();
    for (value, valid) in [
        (
            json!({ "name": "a", "age": 7, "roles": ["reader"], "wait": "3s" }),
            true,
        ),
        (
            json!({ "name": "a", "fields": { "each": [1], "other": 2 } }),
            true,
        ),
        (
            json!({ "name": "a", "wait": "${each.wait}", "roles": "${each.role}" }),
            true,
        ),
        (json!({ "name": "a", "fields": { "each": 1 } }), false),
        (json!({ "name": "a", "roles": "riter" }), false),
        (json!({ "nam": "a" }), false),
        (json!({ "name": "a", "wait": "soon" }), false),
    ] {
        assert_eq!(validator.is_valid(&value), valid, "{value}");
    }
}
