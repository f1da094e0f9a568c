//! Challenges as the client reads them (RFC 9110 section 11.6.1): several in a field, several fields, parameters in any
//! case and order, text in quotes.

/// How carefully they are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    /// A backslash in a quoted text gives the octet behind it (RFC 9110 section 5.6.4).
    pub(crate) unescapes: bool,
    /// Names of parameters have no case (RFC 9110 section 11.2).
    pub(crate) folds: bool,
    /// All challenges of all fields count, not the first alone.
    pub(crate) all: bool,
    /// Parameters that nobody knows say nothing (RFC 9449 section 7.1).
    pub(crate) open: bool,
}

impl Reading {
    pub(crate) const RIGHT: Self = Self {
        unescapes: true,
        folds: true,
        all: true,
        open: true,
    };
}

/// The parameters that a challenge with this scheme may have, as far as they are known here.
const KNOWN: [&str; 5] = ["realm", "error", "error_description", "scope", "algs"];

struct Challenge {
    scheme: String,
    parameters: Vec<(String, String)>,
}

/// The error in the challenge of a scheme.
pub(crate) fn error(fields: &[String], scheme: &str, how: Reading) -> Option<String> {
    let several = fields.iter().flat_map(|field| read(field, how));
    let several = several.take(if how.all { usize::MAX } else { 1 });
    let mut named = several.filter(|one| one.scheme.eq_ignore_ascii_case(scheme));
    let is =
        |name: &str, wanted: &str| name == wanted || how.folds && name.eq_ignore_ascii_case(wanted);
    named.find_map(|one| {
        let mut parameters = one.parameters.into_iter();
        let closed = |name: &str| KNOWN.iter().any(|known| is(name, known));
        if !how.open && !parameters.clone().all(|(name, _)| closed(&name)) {
            return None;
        }
        parameters
            .find(|(name, _)| is(name, "error"))
            .map(|(_, value)| value)
    })
}

/// The challenges of a field, up to what can't be read.
fn read(field: &str, how: Reading) -> Vec<Challenge> {
    let mut rest = field;
    let mut all: Vec<Challenge> = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let Some((word, after)) = token(rest) else {
            return all;
        };
        rest = after.trim_start_matches([' ', '\t']);
        let Some(value) = rest.strip_prefix('=') else {
            all.push(Challenge {
                scheme: word.to_owned(),
                parameters: Vec::new(),
            });
            continue;
        };
        let value = value.trim_start_matches([' ', '\t']);
        let read = match value.strip_prefix('"') {
            Some(quoted) => unquoted(quoted, how),
            None => token(value).map(|(text, rest)| (text.to_owned(), rest)),
        };
        let (Some((value, after)), Some(last)) = (read, all.last_mut()) else {
            return all;
        };
        last.parameters.push((word.to_owned(), value));
        rest = after;
    }
}

/// A token, and what follows (RFC 9110 section 5.6.2).
fn token(text: &str) -> Option<(&str, &str)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// The text up to the closing quote, and what follows it.
fn unquoted(text: &str, how: Reading) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, text.get(at + 1..)?)),
            '\\' if how.unescapes => value.push(letters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_of_a_scheme_is_found_wherever_it_stands() {
        let plain = Reading {
            unescapes: false,
            ..Reading::RIGHT
        };
        let cased = Reading {
            folds: false,
            ..Reading::RIGHT
        };
        let first = Reading {
            all: false,
            ..Reading::RIGHT
        };
        let closed = Reading {
            open: false,
            ..Reading::RIGHT
        };
        for (fields, how, found) in [
            (&[r#"DPoP error="x""#][..], Reading::RIGHT, true),
            (
                &[r#"dpop realm="a \"b\" c", error=x"#],
                Reading::RIGHT,
                true,
            ),
            (&[r#"dpop realm="a \"b\" c", error=x"#], plain, false),
            (&[r#"DPoP ERROR="x""#], Reading::RIGHT, true),
            (&[r#"DPoP ERROR="x""#], cased, false),
            (
                &[r#"Bearer realm="a", DPoP error="x""#],
                Reading::RIGHT,
                true,
            ),
            (&[r#"Bearer realm="a", DPoP error="x""#], first, false),
            (&["Negotiate", r#"DPoP error="x""#], Reading::RIGHT, true),
            (&[r#"DPoP odd=1, error="x""#], Reading::RIGHT, true),
            (&[r#"DPoP odd=1, error="x""#], closed, false),
            (&[r#"Bearer error="x""#], Reading::RIGHT, false),
            (&[r#"DPoP error="x"#], Reading::RIGHT, false),
        ] {
            let fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
            let said = error(&fields, "DPoP", how);
            assert_eq!(said.as_deref() == Some("x"), found, "{fields:?} {how:?}");
        }
    }
}
