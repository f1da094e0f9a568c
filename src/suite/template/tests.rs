//! Templates, pieces and rows.

use super::*;

const SPAN: Span = Span {
    file: 0,
    start: 0,
    end: 0,
};

fn text(written: &str) -> Result<Vec<Piece>, Box<Diagnostic>> {
    pieces(written, SPAN)
}

#[test]
fn references_are_found_and_dollars_kept() {
    let name = |parts: &[&str]| {
        Piece::Reference(Reference {
            path: Path::Name(parts.iter().map(|part| (*part).to_owned()).collect()),
            span: SPAN,
        })
    };
    let plain = |text: &str| Piece::Plain(text.to_owned());
    let now = |offset| {
        Piece::Reference(Reference {
            path: Path::Now { offset },
            span: SPAN,
        })
    };
    for (written, expected) in [
        ("plain", vec![plain("plain")]),
        ("$$5 and $5", vec![plain("$5 and $5")]),
        ("${a.b}", vec![name(&["a", "b"])]),
        ("x${a.b}y", vec![plain("x"), name(&["a", "b"]), plain("y")]),
        ("${now - 1h}", vec![now(-3_600)]),
        ("${now + 60s}", vec![now(60)]),
        ("${now}", vec![now(0)]),
    ] {
        assert_eq!(text(written).ok(), Some(expected), "{written}");
    }
    for written in [
        "${",
        "${}",
        "${a b}",
        "${now * 2s}",
        "${now + 2}",
        "${a..b}",
    ] {
        assert!(text(written).is_err(), "{written}");
    }
}

#[test]
fn a_whole_reference_keeps_its_type_and_text_does_not_read_values_again() {
    let mut errors = Vec::new();
    let node = |text: &str| Node {
        span: SPAN,
        value: Yaml::Text(text.to_owned()),
    };
    let mut look_up = |path: &Path| match path.to_string().as_str() {
        "a.n" => Some(Value::from(7)),
        "a.t" => Some(Value::from("${a.n}")),
        _ => None,
    };
    let whole = Template::compile(&node("${a.n}"), &mut errors);
    assert_eq!(whole.expand(&mut look_up), Ok(Value::from(7)));
    let text = Template::compile(&node("<${a.t}>"), &mut errors);
    assert_eq!(text.expand(&mut look_up), Ok(Value::from("<${a.n}>")));
    let missing = Template::compile(&node("${a.x}"), &mut errors);
    assert!(missing.expand(&mut look_up).is_err());
    assert!(errors.is_empty());
}
