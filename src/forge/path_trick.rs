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
        |path| match path.trim_end_matches('/') {
            // the root is nothing without it
            "" => None,
            cut if cut == path => Some(format!("{path}/")),
            cut => Some(cut.to_owned()),
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
            let at = path.rfind(|letter: char| letter.is_ascii_alphanumeric())?;
            let code = path.as_bytes()[at];
            Some(format!("{}%{code:02x}{}", &path[..at], &path[at + 1..]))
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
    row(
        "static-file",
        "what looks like a static file behind the path, for caches that go by the ending",
        |path| Some(format!("{}/authspec.css", path.trim_end_matches('/'))),
    ),
    row(
        "static-semicolon",
        "a path parameter that ends like a static file",
        |path| Some(format!("{path};authspec.css")),
    ),
    row(
        "static-encoded",
        "a static file behind an encoded slash, which a cache doesn't decode",
        |path| Some(format!("{path}%2fauthspec.css")),
    ),
    row(
        "open-query",
        "open paths and the ending of a static file in the query, for rules that look at the whole address",
        |path| {
            let sign = if path.contains('?') { '&' } else { '?' };
            Some(format!("{path}{sign}/login/public/health/authspec.css"))
        },
    ),
    row(
        "older-version",
        "the version of the API before the one in the path, or its first",
        older,
    ),
];

/// The path with the number of its version lowered by one; where it has none, with `v1` before it, behind a leading
/// `api`. The first version's older sister is the newer one.
fn older(path: &str) -> Option<String> {
    let segments: Vec<&str> = path.split('/').collect();
    let version = |segment: &&str| segment.strip_prefix('v')?.parse::<u32>().ok();
    let at = segments
        .iter()
        .position(|segment| version(segment).is_some());
    let mut made: Vec<String> = segments.iter().map(|one| (*one).to_owned()).collect();
    match at {
        Some(at) => {
            let number = segments.get(at).and_then(version)?;
            let other = if number > 1 { number - 1 } else { 2 };
            *made.get_mut(at)? = format!("v{other}");
        }
        None => {
            let behind_api = segments.get(1).is_some_and(|first| *first == "api");
            made.insert(if behind_api { 2 } else { 1 }, "v1".to_owned());
        }
    }
    Some(made.join("/"))
}

/// The request target with a row done to its path; the query stays. None where the path has nothing that the row changes.
pub fn apply(name: &str, target: &str) -> Result<Option<String>, String> {
    let row = PATH_TRICKS.iter().find(|row| row.name == name);
    let row = row.ok_or_else(|| format!("there is no path-trick `{name}`"))?;
    let (path, query) = target
        .split_once('?')
        .map_or((target, None), |(path, query)| (path, Some(query)));
    let made = (row.make)(path);
    Ok(made.map(|made| match query {
        Some(query) => format!("{made}?{query}"),
        None => made,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_changes_a_path_and_keeps_the_query() {
        for row in PATH_TRICKS {
            let made = apply(row.name, "/api/orders?x=1").expect(row.name);
            let made = made.expect(row.name);
            assert_ne!(made, "/api/orders?x=1", "{}", row.name);
            assert!(made.starts_with('/') && made.ends_with("x=1"), "{made}");
        }
        assert!(apply("nonesuch", "/").is_err());
    }

    #[test]
    fn the_older_version_is_another_path() {
        for (path, older) in [
            ("/v3/orders?x=1", "/v2/orders?x=1"),
            ("/api/v2/orders", "/api/v1/orders"),
            ("/v1/orders", "/v2/orders"),
            ("/orders/7", "/v1/orders/7"),
            ("/api/orders", "/api/v1/orders"),
            ("/video/2", "/v1/video/2"),
        ] {
            let made = apply("older-version", path).unwrap();
            assert_eq!(made.as_deref(), Some(older));
        }
    }

    #[test]
    fn a_slash_at_the_end_and_the_root_have_less_to_change() {
        for (name, path, expected) in [
            ("encoded-letter", "/api/orders/", Some("/api/order%73/")),
            ("encoded-letter", "/", None),
            ("trailing-slash", "/api/orders/", Some("/api/orders")),
            ("trailing-slash", "/", None),
            ("upper-case", "/", None),
        ] {
            assert_eq!(
                apply(name, path).unwrap().as_deref(),
                expected,
                "{name} {path}"
            );
        }
    }
}
