//! The table `path-trick`: other spellings of a path that a router may serve and a guard may not know.
//!
//! None of them has to lead to the resource. Where it does, the guard must stand before it.

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct PathTrick {
    /// Its name in suites.
    pub name: &'static str,
    /// What it tries, in a line.
    pub doc: &'static str,
    /// The path made from the endpoint's; none where it would be the same.
    pub make: fn(&str) -> Option<String>,
}

const fn row(name: &'static str, doc: &'static str, make: fn(&str) -> Option<String>) -> PathTrick {
    PathTrick { name, doc, make }
}

/// All rows.
pub static PATH_TRICKS: &[PathTrick] = &[
    row(
        "upper-case",
        "a router that ignores letter case behind a guard that doesn't",
        |path| {
            let upper = path.to_ascii_uppercase();
            (upper != path).then_some(upper)
        },
    ),
    row(
        "trailing-slash",
        "a router that ignores a slash at the end",
        |path| {
            Some(if path.ends_with('/') {
                path.trim_end_matches('/').to_owned()
            } else {
                format!("{path}/")
            })
        },
    ),
    row("double-slash", "a router that merges slashes", |path| {
        Some(format!("/{path}"))
    }),
    row(
        "dot-segment",
        "a router that resolves dot segments after the guard looked",
        |path| Some(format!("/.{path}")),
    ),
    row(
        "parent-segment",
        "a way up and down again, through a name that need not exist",
        |path| Some(format!("/x/..{path}")),
    ),
    row(
        "semicolon",
        "a path parameter, which some routers cut off",
        |path| Some(format!("{path};x=1")),
    ),
    row(
        "encoded-letter",
        "the last letter percent-encoded",
        |path| {
            let last = path
                .chars()
                .next_back()
                .filter(char::is_ascii_alphanumeric)?;
            Some(format!("{}%{:02x}", &path[..path.len() - 1], last as u32))
        },
    ),
    row(
        "encoded-slash",
        "the first slash percent-encoded behind a slash",
        |path| Some(format!("/%2f{}", &path[1..])),
    ),
    row(
        "trailing-dot",
        "a dot at the end, which some file systems drop",
        |path| Some(format!("{path}.")),
    ),
    row(
        "extension",
        "a file extension, by which some frameworks choose a format",
        |path| Some(format!("{path}.json")),
    ),
    row("trailing-blank", "an encoded blank at the end", |path| {
        Some(format!("{path}%20"))
    }),
    row(
        "null-byte",
        "an encoded NUL at the end, where C strings stop",
        |path| Some(format!("{path}%00")),
    ),
    row(
        "empty-query",
        "a question mark with nothing behind it",
        |path| Some(format!("{path}?")),
    ),
    row("fragment", "an encoded fragment behind the path", |path| {
        Some(format!("{path}%23"))
    }),
];

/// The request target with a row done to its path; the query stays.
pub fn apply(name: &str, target: &str) -> Result<String, String> {
    let row = PATH_TRICKS.iter().find(|row| row.name == name);
    let row = row.ok_or_else(|| format!("there is no path-trick `{name}`"))?;
    let (path, query) = target
        .split_once('?')
        .map_or((target, None), |(path, query)| (path, Some(query)));
    let made = (row.make)(path).ok_or_else(|| format!("`{name}` changes nothing here"))?;
    Ok(match query {
        Some(query) => format!("{made}?{query}"),
        None => made,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_changes_a_path_and_keeps_the_query() {
        for row in PATH_TRICKS {
            let made = apply(row.name, "/api/orders?x=1").expect(row.name);
            assert_ne!(made, "/api/orders?x=1", "{}", row.name);
            assert!(made.starts_with('/') && made.ends_with("x=1"), "{made}");
        }
        assert!(apply("nonesuch", "/").is_err());
    }
}
