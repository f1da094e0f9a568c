//! The table `htu-form`: other ways to write the URI of a request in a proof, some of which mean the same one.

use url::Url;

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct HtuForm {
    /// Its name in suites.
    pub name: &'static str,
    /// What it is, in a line.
    pub doc: &'static str,
    /// Whether it is the same URI once both are normalised (RFC 3986 section 6.2) and query and fragment are left out.
    pub same: bool,
    /// The URI in this form; none where it has none.
    pub make: fn(&Url) -> Option<String>,
}

const fn other(name: &'static str, doc: &'static str, make: fn(&Url) -> Option<String>) -> HtuForm {
    HtuForm {
        name,
        doc,
        same: false,
        make,
    }
}

const fn same(name: &'static str, doc: &'static str, make: fn(&Url) -> Option<String>) -> HtuForm {
    HtuForm {
        same: true,
        ..other(name, doc, make)
    }
}

/// All rows.
pub static HTU_FORMS: &[HtuForm] = &[
    other("other-host", "another host, the path kept", |url| {
        with_authority(url, "other.example")
    }),
    other(
        "host-behind",
        "a host that begins with the right one: compared as a prefix",
        |url| {
            let host = url.host_str()?;
            with_authority(url, &format!("{host}.other.example"))
        },
    ),
    other(
        "host-as-user",
        "the right host as user name at another: found in the text",
        |url| {
            let authority = authority(url)?;
            with_authority(url, &format!("{authority}@other.example"))
        },
    ),
    other(
        "other-scheme",
        "http for https, or the other way round",
        |url| {
            let scheme = if url.scheme() == "https" {
                "http"
            } else {
                "https"
            };
            Some(format!("{scheme}://{}{}", authority(url)?, url.path()))
        },
    ),
    other("other-port", "another port of the same host", |url| {
        let port = url.port_or_known_default()?;
        let host = url.host_str()?;
        with_authority(url, &format!("{host}:{}", port ^ 1))
    }),
    other("other-path", "another path of the same host", |url| {
        with_path(url, "/other")
    }),
    other(
        "path-below",
        "a path below the right one: compared as a prefix",
        |url| with_path(url, &format!("{}/below", url.path().trim_end_matches('/'))),
    ),
    other(
        "path-above",
        "the host alone: compared as a prefix",
        |url| (url.path() != "/").then(|| with_path(url, "/"))?,
    ),
    other("path-other-case", "the path in upper case", |url| {
        let upper = url.path().to_ascii_uppercase();
        (upper != url.path()).then(|| with_path(url, &upper))?
    }),
    other("path-alone", "the path without scheme and host", |url| {
        Some(url.path().to_owned())
    }),
    same(
        "query",
        "the right URI with a query, which is left out",
        |url| Some(format!("{}?a=b", plain(url)?)),
    ),
    same(
        "fragment",
        "the right URI with a fragment, which is left out",
        |url| Some(format!("{}#a", plain(url)?)),
    ),
    same(
        "equivalent",
        "scheme and host in upper case, the default port written out",
        |url| {
            let scheme = url.scheme().to_ascii_uppercase();
            let host = url.host_str()?.to_ascii_uppercase();
            let port = url.port_or_known_default()?;
            Some(format!("{scheme}://{host}:{port}{}", url.path()))
        },
    ),
    same(
        "percent-encoded",
        "a letter of the path percent-encoded, which means the letter",
        |url| {
            let at = url.path().rfind(|one: char| one.is_ascii_alphabetic())?;
            let (before, rest) = url.path().split_at(at);
            let letter = *rest.as_bytes().first()?;
            with_path(url, &format!("{before}%{letter:02X}{}", rest.get(1..)?))
        },
    ),
    same(
        "dot-segments",
        "`/./` in the path, which means nothing",
        |url| with_path(url, &format!("/.{}", url.path())),
    ),
];

/// The row of a name.
pub fn named(name: &str) -> Option<&'static HtuForm> {
    HTU_FORMS.iter().find(|row| row.name == name)
}

fn authority(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

fn with_authority(url: &Url, authority: &str) -> Option<String> {
    Some(format!("{}://{authority}{}", url.scheme(), url.path()))
}

fn with_path(url: &Url, path: &str) -> Option<String> {
    Some(format!("{}://{}{path}", url.scheme(), authority(url)?))
}

fn plain(url: &Url) -> Option<String> {
    with_path(url, url.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a careful server compares: normalised by a parser of URLs, letters decoded, query and fragment left out.
    fn normal(text: &str) -> Option<String> {
        let mut url = Url::parse(text).ok()?;
        url.set_query(None);
        url.set_fragment(None);
        let mut text = url.to_string();
        for letter in ('a'..='z').chain('A'..='Z') {
            text = text.replace(&format!("%{:02X}", u32::from(letter)), &letter.to_string());
        }
        Some(text)
    }

    #[test]
    fn a_form_is_the_same_uri_or_another_as_it_says() {
        for base in [
            "https://api.example/v1/orders",
            "http://127.0.0.1:8080/dpop",
            "https://api.example:8443/",
        ] {
            let url = Url::parse(base).unwrap();
            for row in HTU_FORMS {
                let Some(made) = (row.make)(&url) else {
                    continue;
                };
                assert_ne!(made, base, "{}", row.name);
                let equal = normal(&made) == normal(base);
                assert_eq!(equal, row.same, "{} makes {made} of {base}", row.name);
            }
        }
    }

    #[test]
    fn names_are_found() {
        assert!(named("query").is_some_and(|row| row.same));
        assert!(named("nothing").is_none());
    }
}
