use super::*;

#[test]
fn typing_is_what_everybody_agrees_on() {
    let text = |text: &str| Ok(Value::Text(text.to_owned()));
    for (written, value) in [
        ("null", Ok(Value::Null)),
        ("Null", Ok(Value::Null)),
        ("~", Ok(Value::Null)),
        ("true", Ok(Value::Bool(true))),
        ("FALSE", Ok(Value::Bool(false))),
        ("0", Ok(Value::Int(0))),
        ("-12", Ok(Value::Int(-12))),
        ("9223372036854775807", Ok(Value::Int(i64::MAX))),
        ("-9223372036854775808", Ok(Value::Int(i64::MIN))),
        ("1.5", Ok(Value::Float(1.5))),
        ("-0.25", Ok(Value::Float(-0.25))),
        ("1.5e3", Ok(Value::Float(1500.0))),
        ("1.5E-3", Ok(Value::Float(0.0015))),
    ] {
        assert_eq!(typed(written.to_owned(), true), value, "{written}");
        assert_eq!(
            typed(written.to_owned(), false),
            text(written),
            "\"{written}\""
        );
    }
}

#[test]
fn everything_else_stays_as_written() {
    for written in [
        "no",
        "yes",
        "on",
        "off",
        "y",
        "n",
        "nO",
        "tRUE",
        "nULL",
        "010",
        "00",
        "-01",
        "1_000",
        "0x1f",
        "0o17",
        "0b1",
        "1e3",
        "12e03",
        "+1",
        ".5",
        "5.",
        "-.5",
        "-",
        "--1",
        "1.5e",
        "1.5e+",
        "1.2.3",
        ".inf",
        ".nan",
        "Infinity",
        "NaN",
        "2026-01-01",
        "12:30:45",
        "1,5",
        "1 000",
        "0.0.0.0",
        "１２",
        "<<",
        "=",
    ] {
        let value = typed(written.to_owned(), true);
        assert_eq!(value, Ok(Value::Text(written.to_owned())));
    }
}

#[test]
fn a_number_that_cannot_be_held_is_refused() {
    for written in [
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999999999",
        "1.0e999",
        "-1.0e999",
    ] {
        assert!(typed(written.to_owned(), true).is_err(), "{written}");
    }
}
