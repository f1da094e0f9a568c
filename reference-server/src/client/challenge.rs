//! Challenges of an API as a client reads them (RFC 9110 section 11.6.1).

/// A challenge: its scheme and its parameters, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Challenge {
    pub(crate) scheme: String,
    pub(crate) parameters: Vec<(String, String)>,
}

impl Challenge {
    /// A parameter, whatever the case of its name (RFC 9110 section 11.2).
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let mut named = self.parameters.iter();
        let found = named.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone())
    }
}

/// The challenges of all fields, one behind the other.
pub(crate) fn all(fields: &[String]) -> Vec<Challenge> {
    fields.iter().flat_map(|field| of(field)).collect()
}

/// The challenges of one field: a word that no `=` follows begins one.
pub(crate) fn of(field: &str) -> Vec<Challenge> {
    let mut all: Vec<Challenge> = Vec::new();
    let mut rest = field;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return all;
        }
        let end = rest.find([' ', '\t', ',', '=']).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        match (behind.trim_start().strip_prefix('='), all.last_mut()) {
            (Some(value), Some(challenge)) if !word.is_empty() => {
                let (value, behind) = value_of(value.trim_start());
                challenge.parameters.push((word.to_owned(), value));
                rest = behind;
            }
            (None, _) => {
                all.push(Challenge {
                    scheme: word.to_owned(),
                    ..Challenge::default()
                });
                rest = behind;
            }
            // nothing that means anything
            _ => return all,
        }
    }
}

/// A token or a quoted text, and what stands behind it.
fn value_of(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([' ', '\t', ',']).unwrap_or(text.len());
        let (value, behind) = text.split_at(end);
        return (value.to_owned(), behind);
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, one)) = chars.next() {
        match one {
            '"' => return (value, &quoted[at + 1..]),
            // RFC 9110 section 5.6.4
            '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_told_apart() {
        let read = |field: &str| {
            let mut said = Vec::new();
            for one in of(field) {
                said.push(one.scheme);
                said.extend(
                    one.parameters
                        .into_iter()
                        .map(|(name, value)| format!("{name}={value}")),
                );
            }
            said.join(" ")
        };
        for (field, said) in [
            ("Bearer", "Bearer"),
            (
                "Bearer realm=\"a, b\", error=x",
                "Bearer realm=a, b error=x",
            ),
            (
                "Basic realm=\"x\", Bearer a=\"1\" , b = 2",
                "Basic realm=x Bearer a=1 b=2",
            ),
            (
                r#"Bearer realm="a \"b\" c", x="y""#,
                r#"Bearer realm=a "b" c x=y"#,
            ),
            (
                "Negotiate, , DPoP algs=\"ES256\"",
                "Negotiate DPoP algs=ES256",
            ),
            ("=", ""),
        ] {
            assert_eq!(read(field), said, "{field}");
        }
    }
}
