//! Which scalars are more than text. Everything that YAML dialects disagree about stays text as written.

use crate::source::Value;

/// The value of a scalar; `Err` says why a number can't be held.
///
/// Typed are the words of the YAML 1.2 core schema for null and the booleans, and numbers as JSON writes
/// them. `no`, `010`, `1_000`, `0x1f`, `1e3`, `+1`, `.5` and dates are text.
pub(super) fn typed(text: String, plain: bool) -> Result<Value, &'static str> {
    if !plain {
        return Ok(Value::Text(text));
    }
    match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Value::Null),
        "true" | "True" | "TRUE" => return Ok(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Ok(Value::Bool(false)),
        _ => {}
    }
    match number(&text) {
        Number::None => Ok(Value::Text(text)),
        Number::Whole => {
            let whole = text.parse().map(Value::Int);
            whole.map_err(|_| "the number does not fit in 64 bits")
        }
        Number::Point => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::Float(number)),
            _ => Err("the number is too large"),
        },
    }
}

enum Number {
    None,
    Whole,
    Point,
}

/// `-? (0 | [1-9][0-9]*)`, then for a point `. [0-9]+ ([eE] [-+]? [0-9]+)?`
fn number(text: &str) -> Number {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, rest) = digits(unsigned);
    if whole.is_empty() || (whole.len() > 1 && whole.starts_with('0')) {
        return Number::None;
    }
    if rest.is_empty() {
        return Number::Whole;
    }
    let Some(rest) = rest.strip_prefix('.') else {
        return Number::None;
    };
    let (fraction, rest) = digits(rest);
    if fraction.is_empty() {
        return Number::None;
    }
    if rest.is_empty() {
        return Number::Point;
    }
    let Some(rest) = rest.strip_prefix(['e', 'E']) else {
        return Number::None;
    };
    let (exponent, rest) = digits(rest.strip_prefix(['-', '+']).unwrap_or(rest));
    if exponent.is_empty() || !rest.is_empty() {
        return Number::None;
    }
    Number::Point
}

fn digits(text: &str) -> (&str, &str) {
    let end = text
        .find(|one: char| !one.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests;
