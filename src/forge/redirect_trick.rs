//! The table `redirect-trick`: redirect URIs made from the registered one that a careless comparison takes for it.
//!
//! An authorization server compares redirect URIs as text (RFC 9700 section 2.1, RFC 6749 section 3.1.2.3), so each
//! must be refused, also those that lead to the same place. The one exception, any port on a loopback address
//! (RFC 8252 section 7.3), is no row: on such a URI `port` doesn't apply.

mod edit;

use edit::{
    authority, bare, compose, domain, encode_first, encode_last, host, loopback, named_host, path,
    scheme, slash, swap_case, tail,
};
use url::{Host, Url};

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct RedirectTrick {
    /// Its name in suites.
    pub name: &'static str,
    /// What it tries, in a line.
    pub doc: &'static str,
    /// The URI as text; none where the registered one leaves no room for it.
    pub make: fn(&Url) -> Option<String>,
}

const fn row(
    name: &'static str,
    doc: &'static str,
    make: fn(&Url) -> Option<String>,
) -> RedirectTrick {
    RedirectTrick { name, doc, make }
}

/// The host that stands for the attacker's; it resolves nowhere (RFC 6761 section 6.4).
pub const ATTACKER: &str = "attacker.invalid";

/// All rows.
pub static REDIRECT_TRICKS: &[RedirectTrick] = &[
    row(
        "path-suffix",
        "a letter behind the path: compared as a prefix",
        |u| path(u, |p| format!("{p}x")),
    ),
    row("path-below", "a path below the registered one", |u| {
        path(u, |p| format!("{p}/attacker"))
    }),
    row(
        "path-parent",
        "the last segment of the path left out",
        |u| path(u, |p| p[..p.rfind('/').unwrap_or(0)].to_owned()),
    ),
    row("path-other", "another path on the registered host", |u| {
        path(u, |_| "/attacker".to_owned())
    }),
    row("path-case", "the path in other letter case", |u| {
        path(u, swap_case)
    }),
    row(
        "trailing-slash",
        "a slash more or less at the end of the path",
        |u| path(u, slash),
    ),
    row("double-slash", "a second slash before the path", |u| {
        path(u, |p| format!("/{p}"))
    }),
    row("dot-segments", "dot segments that lead elsewhere", |u| {
        path(u, |p| format!("{p}/../attacker"))
    }),
    row(
        "dot-segments-encoded",
        "dot segments percent-encoded",
        |u| path(u, |p| format!("{p}/%2e%2e/attacker")),
    ),
    row(
        "dot-segments-backslash",
        "dot segments behind a backslash",
        |u| path(u, |p| format!("{p}\\..\\attacker")),
    ),
    row(
        "dot-segments-same",
        "a dot segment that leads to the same place",
        |u| path(u, |p| format!("/.{p}")),
    ),
    row(
        "encoded-slash",
        "a percent-encoded slash and more text behind the path",
        |u| path(u, |p| format!("{p}%2fattacker")),
    ),
    row(
        "percent-encoded",
        "the last letter of the path percent-encoded, which is the same place",
        |u| path(u, encode_last),
    ),
    row("path-parameter", "a path parameter behind the path", |u| {
        path(u, |p| format!("{p};attacker=1"))
    }),
    row(
        "path-nul",
        "a percent-encoded NUL and more text behind the path",
        |u| path(u, |p| format!("{p}%00.attacker")),
    ),
    row("query-added", "a query parameter more", |u| {
        Some(format!(
            "{}{}attacker=1",
            bare(u),
            if u.query().is_some() { '&' } else { '?' }
        ))
    }),
    row(
        "query-empty",
        "a bare question mark behind the address",
        |u| u.query().is_none().then(|| format!("{}?", bare(u))),
    ),
    row(
        "query-code",
        "a query parameter that stands before the server's own `code`",
        |u| {
            Some(format!(
                "{}{}code=attacker",
                bare(u),
                if u.query().is_some() { '&' } else { '?' }
            ))
        },
    ),
    row(
        "fragment",
        "a fragment; a redirect URI has none (RFC 6749 section 3.1.2)",
        |u| Some(format!("{}#attacker", bare(u))),
    ),
    row(
        "fragment-empty",
        "a bare number sign; a redirect URI has no fragment (RFC 6749 section 3.1.2)",
        |u| Some(format!("{}#", bare(u))),
    ),
    row("other-host", "another host, everything else alike", |u| {
        host(u, |_| ATTACKER.to_owned())
    }),
    row("subdomain", "a subdomain of the registered host", |u| {
        named_host(u, |h| format!("attacker.{h}"))
    }),
    row(
        "host-suffix",
        "the registered host as the beginning of another",
        |u| named_host(u, |h| format!("{h}.{ATTACKER}")),
    ),
    row(
        "host-prefix",
        "the registered host as the end of another",
        |u| named_host(u, |h| format!("attacker{h}")),
    ),
    row(
        "host-parent",
        "the registered host without its first label",
        |u| {
            let rest = domain(u)?.split_once('.')?.1.to_owned();
            rest.contains('.').then(|| host(u, |_| rest.clone()))?
        },
    ),
    row(
        "host-trailing-dot",
        "a dot behind the registered host, which is the same host",
        |u| named_host(u, |h| format!("{h}.")),
    ),
    row(
        "host-case",
        "the registered host in capitals, which is the same host",
        |u| named_host(u, |h| h.to_ascii_uppercase()),
    ),
    row(
        "host-full-width-dot",
        "a full-width dot in the registered host, which browsers read as a dot",
        |u| {
            let host_name = domain(u)?;
            host_name
                .contains('.')
                .then(|| host(u, |h| h.replacen('.', "\u{ff0e}", 1)))?
        },
    ),
    row(
        "host-encoded",
        "the first letter of the registered host percent-encoded",
        |u| named_host(u, encode_first),
    ),
    row(
        "loopback-name",
        "localhost for 127.0.0.1 or the other way round (RFC 8252 section 8.3)",
        |u| match u.host()? {
            Host::Domain("localhost") => host(u, |_| "127.0.0.1".to_owned()),
            Host::Ipv4(address) if address.is_loopback() => host(u, |_| "localhost".to_owned()),
            _ => None,
        },
    ),
    row(
        "userinfo",
        "the registered host before an at sign: the host is the attacker's",
        |u| host(u, |h| format!("{h}@{ATTACKER}")),
    ),
    row(
        "userinfo-password",
        "the registered host before a colon and an at sign",
        |u| host(u, |h| format!("{h}:x@{ATTACKER}")),
    ),
    row(
        "userinfo-encoded",
        "the registered host before a percent-encoded at sign",
        |u| host(u, |h| format!("{h}%40{ATTACKER}")),
    ),
    row(
        "userinfo-added",
        "a user name before the registered host",
        |u| host(u, |h| format!("attacker@{h}")),
    ),
    row(
        "backslash",
        "the attacker's host before a backslash, which browsers read as a slash",
        |u| host(u, |h| format!("{ATTACKER}\\@{h}")),
    ),
    row(
        "backslash-dot",
        "the attacker's host before a backslash, then the registered one as its subdomain",
        |u| host(u, |h| format!("{ATTACKER}\\.{h}")),
    ),
    row(
        "number-sign",
        "the attacker's host before a number sign",
        |u| host(u, |h| format!("{ATTACKER}#@{h}")),
    ),
    row(
        "question-mark",
        "the attacker's host before a question mark",
        |u| host(u, |h| format!("{ATTACKER}?@{h}")),
    ),
    row(
        "registered-in-query",
        "the registered URI in the query of another: compared by containing",
        |u| Some(format!("https://{ATTACKER}/?{}", bare(u))),
    ),
    row(
        "registered-in-path",
        "the registered URI in the path of another: compared by containing",
        |u| Some(format!("https://{ATTACKER}/{}", bare(u))),
    ),
    row("port", "another port on the registered host", |u| {
        let free = !loopback(u);
        free.then(|| {
            compose(
                u.scheme(),
                &format!("{}:8443", u.host_str().unwrap_or_default()),
                &tail(u),
            )
        })
    }),
    row(
        "default-port",
        "the default port written out, which is the same place",
        |u| {
            let port = u.port().is_none().then(|| u.port_or_known_default())??;
            host(u, |h| format!("{h}:{port}"))
        },
    ),
    row("scheme-downgrade", "http for https", |u| {
        scheme(u, "https", "http")
    }),
    row("scheme-upgrade", "https for http", |u| {
        scheme(u, "http", "https")
    }),
    row(
        "scheme-case",
        "the scheme in capitals, which is the same scheme",
        |u| Some(bare(u).replacen(u.scheme(), &u.scheme().to_ascii_uppercase(), 1)),
    ),
    row(
        "scheme-private",
        "a scheme of the attacker's app (RFC 8252 section 7.1)",
        |u| Some(compose("attacker.app", &authority(u)?, &tail(u))),
    ),
    row("scheme-ftp", "another scheme, everything else alike", |u| {
        Some(compose("ftp", &authority(u)?, &tail(u)))
    }),
    row(
        "javascript",
        "a javascript URI with the registered one in a comment",
        |u| Some(format!("javascript:alert(1)//{}", bare(u))),
    ),
    row(
        "javascript-authority",
        "a javascript URI with the registered host",
        |u| Some(format!("javascript://{}/%0aalert(1)", authority(u)?)),
    ),
    row("data", "a data URI", |_| {
        Some("data:text/html,attacker".to_owned())
    }),
    row("file", "a file URI", |_| {
        Some("file:///attacker".to_owned())
    }),
    row("empty", "nothing at all", |_| Some(String::new())),
    row(
        "relative",
        "the path alone; a redirect URI is absolute (RFC 6749 section 3.1.2)",
        |u| Some(tail(u)),
    ),
    row(
        "scheme-relative",
        "the attacker's host without a scheme",
        |u| Some(format!("//{ATTACKER}{}", tail(u))),
    ),
    row(
        "scheme-without-slashes",
        "the scheme without its two slashes, which browsers add",
        |u| Some(format!("{}:{ATTACKER}{}", u.scheme(), tail(u))),
    ),
    row("leading-blank", "a blank before the registered URI", |u| {
        Some(format!(" {}", bare(u)))
    }),
    row("trailing-blank", "a blank behind the registered URI", |u| {
        Some(format!("{} ", bare(u)))
    }),
    row(
        "two-uris",
        "the registered URI and another in one text",
        |u| Some(format!("{} https://{ATTACKER}/", bare(u))),
    ),
    row(
        "two-uris-comma",
        "the registered URI and another apart by a comma",
        |u| Some(format!("{},https://{ATTACKER}/", bare(u))),
    ),
    row(
        "tab-inside",
        "a tab in the scheme, which browsers leave out",
        |u| Some(bare(u).replacen(':', "\t:", 1)),
    ),
    row(
        "line-break",
        "CR, LF and a field of an answer behind the registered URI",
        |u| Some(format!("{}\r\nX-Attacker: 1", bare(u))),
    ),
    row("wildcard", "an asterisk for the host", |u| {
        host(u, |_| "*".to_owned())
    }),
    row(
        "out-of-band",
        "the retired out-of-band URI of native apps",
        |_| Some("urn:ietf:wg:oauth:2.0:oob".to_owned()),
    ),
];

/// The row of a name.
pub fn named(name: &str) -> Option<&'static RedirectTrick> {
    REDIRECT_TRICKS.iter().find(|row| row.name == name)
}

#[cfg(test)]
mod tests;
