//! Cookies (RFC 6265bis): reading `Set-Cookie` as a user agent does, writing `Cookie`, and the rules of matching.
//! It keeps no jar and reads no clock; what a flag ought to be isn't decided here.

use crate::wire::date::cookie_date;
use std::fmt;

/// A cookie as a `Set-Cookie` field sets it (section 5.6).
#[derive(Clone, PartialEq, Eq)]
pub struct SetCookie {
    /// The name; empty where the field has no `=`.
    pub name: String,
    /// The value as written, quotes included.
    pub value: String,
    /// `Domain` in lower case, without a leading dot; none makes the cookie host-only.
    pub domain: Option<String>,
    /// `Path`, if it begins with a slash.
    pub path: Option<String>,
    /// Whether `Secure` stands.
    pub secure: bool,
    /// Whether `HttpOnly` stands.
    pub http_only: bool,
    /// `SameSite`, if it is one of the three.
    pub same_site: Option<SameSite>,
    /// `Max-Age` in seconds; zero or less deletes.
    pub max_age: Option<i64>,
    /// `Expires` in seconds since 1970.
    pub expires: Option<i64>,
}

impl fmt::Debug for SetCookie {
    /// A cookie's value is a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetCookie")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// `SameSite` (section 5.6.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// Sent on requests from the same site only.
    Strict,
    /// Sent on top-level navigations with a safe method too.
    Lax,
    /// Sent always; needs `Secure`.
    None,
}

/// A rule that a cookie breaks, for which user agents drop it (section 5.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookieBreach {
    /// `__Secure-` without `Secure` (section 4.1.3.1).
    SecurePrefix,
    /// `__Host-` without `Secure`, with `Domain`, or with a path other than `/` (section 4.1.3.2).
    HostPrefix,
    /// `SameSite=None` without `Secure`.
    NoneWithoutSecure,
    /// A value without a name that looks like a prefixed name.
    NamelessPrefix,
}

const LONGEST_PAIR: usize = 4096;
const LONGEST_ATTRIBUTE: usize = 1024;

/// Reads the value of one `Set-Cookie` field; none where a user agent ignores it (section 5.6).
pub fn parse(field: &[u8]) -> Option<SetCookie> {
    if field.iter().any(|b| b.is_ascii_control() && *b != b'\t') {
        return None;
    }
    let text = String::from_utf8_lossy(field);
    let mut parts = text.split(';');
    let pair = parts.next()?;
    let (name, value) = pair.split_once('=').unwrap_or(("", pair));
    let (name, value) = (trim(name), trim(value));
    let length = name.len() + value.len();
    if length == 0 || length > LONGEST_PAIR {
        return None;
    }
    let mut cookie = SetCookie {
        name: name.to_owned(),
        value: value.to_owned(),
        domain: None,
        path: None,
        secure: false,
        http_only: false,
        same_site: None,
        max_age: None,
        expires: None,
    };
    for attribute in parts {
        let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
        let value = trim(value);
        if value.len() <= LONGEST_ATTRIBUTE {
            cookie.take(&trim(name).to_ascii_lowercase(), value);
        }
    }
    Some(cookie)
}

impl SetCookie {
    /// Takes an attribute; the last one of a name counts, and what can't be read is as if not written.
    fn take(&mut self, name: &str, value: &str) {
        match name {
            "expires" => self.expires = cookie_date(value).or(self.expires),
            "max-age" => self.max_age = seconds(value).or(self.max_age),
            "domain" => {
                let domain = value
                    .strip_prefix('.')
                    .unwrap_or(value)
                    .to_ascii_lowercase();
                self.domain = Some(domain).filter(|domain| !domain.is_empty());
            }
            "path" => self.path = Some(value.to_owned()).filter(|path| path.starts_with('/')),
            "secure" => self.secure = true,
            "httponly" => self.http_only = true,
            "samesite" => {
                self.same_site = match value.to_ascii_lowercase().as_str() {
                    "strict" => Some(SameSite::Strict),
                    "lax" => Some(SameSite::Lax),
                    "none" => Some(SameSite::None),
                    _ => None,
                }
            }
            _ => {}
        }
    }

    /// The moment it expires, given the present one; none for a session cookie. `Max-Age` wins (section 5.7).
    pub fn expiry(&self, now: i64) -> Option<i64> {
        match self.max_age {
            Some(age) if age <= 0 => Some(i64::MIN),
            Some(age) => Some(now.saturating_add(age)),
            None => self.expires,
        }
    }

    /// The rules of prefixes and of `SameSite=None`.
    pub fn check(&self) -> Result<(), CookieBreach> {
        let name = self.name.to_ascii_lowercase();
        let value = self.value.to_ascii_lowercase();
        if name.is_empty() && (value.starts_with("__secure-") || value.starts_with("__host-")) {
            return Err(CookieBreach::NamelessPrefix);
        }
        if name.starts_with("__secure-") && !self.secure {
            return Err(CookieBreach::SecurePrefix);
        }
        let whole_host = self.secure && self.domain.is_none() && self.path.as_deref() == Some("/");
        if name.starts_with("__host-") && !whole_host {
            return Err(CookieBreach::HostPrefix);
        }
        if self.same_site == Some(SameSite::None) && !self.secure {
            return Err(CookieBreach::NoneWithoutSecure);
        }
        Ok(())
    }
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// `Max-Age` (section 5.6.2): digits behind an optional minus; too many of them are a very long time.
fn seconds(value: &str) -> Option<i64> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if digits.len() < value.len() {
        return Some(value.parse().unwrap_or(i64::MIN));
    }
    Some(value.parse().unwrap_or(i64::MAX))
}

/// The value of a `Cookie` field (section 5.8.3).
pub fn encode<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let write = |(name, value): (&str, &str)| match name {
        "" => value.to_owned(),
        name => format!("{name}={value}"),
    };
    let pairs: Vec<_> = pairs.into_iter().map(write).collect();
    pairs.join("; ")
}

/// Whether a host is a domain or one below it (section 5.1.3). An address matches itself only.
pub fn domain_matches(host: &str, domain: &str) -> bool {
    let (host, domain) = (host.to_ascii_lowercase(), domain.to_ascii_lowercase());
    let address = host.parse::<std::net::IpAddr>().is_ok() || host.starts_with('[');
    let below = host
        .strip_suffix(&domain)
        .is_some_and(|rest| rest.ends_with('.'));
    host == domain || (below && !address)
}

/// Whether a request's path lies on or below a cookie's (section 5.1.4).
pub fn path_matches(request: &str, cookie: &str) -> bool {
    match request.strip_prefix(cookie) {
        Some(rest) => rest.is_empty() || cookie.ends_with('/') || rest.starts_with('/'),
        None => false,
    }
}

/// The path of a cookie that names none (section 5.1.4).
pub fn default_path(request: &str) -> &str {
    match request.rfind('/') {
        Some(last) if last > 0 && request.starts_with('/') => &request[..last],
        _ => "/",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> SetCookie {
        parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn the_examples_of_rfc_6265_section_3_1() {
        let cookie = read("SID=31d4d96e407aad42; Path=/; Secure; HttpOnly");
        assert_eq!(
            (cookie.name.as_str(), cookie.value.as_str()),
            ("SID", "31d4d96e407aad42")
        );
        assert!(cookie.secure && cookie.http_only && cookie.domain.is_none());
        let cookie = read("lang=; Expires=Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(
            (cookie.value.as_str(), cookie.expiry(0)),
            ("", Some(784_111_777))
        );
        assert_eq!(
            encode([("SID", "31d4d96e407aad42"), ("lang", "en-US")]),
            "SID=31d4d96e407aad42; lang=en-US"
        );
    }

    #[test]
    fn attributes_are_read_as_user_agents_do() {
        let cookie = read(
            " a = \"b=c\" ;DOMAIN=.Example.COM; path=x; Path=/a ;samesite=LAX;Max-Age=10;Max-Age=x;Expires=never;new",
        );
        assert_eq!(
            (cookie.name.as_str(), cookie.value.as_str()),
            ("a", "\"b=c\"")
        );
        assert_eq!(cookie.domain.as_deref(), Some("example.com"));
        assert_eq!(cookie.path.as_deref(), Some("/a"));
        assert_eq!(
            (cookie.same_site, cookie.max_age),
            (Some(SameSite::Lax), Some(10))
        );
        assert_eq!(cookie.expiry(5), Some(15));
        let nameless = read("value; SameSite=other; Path=relative; Domain=");
        assert_eq!(
            (nameless.name.as_str(), nameless.value.as_str()),
            ("", "value")
        );
        assert_eq!(
            (nameless.same_site, nameless.path, nameless.domain),
            (None, None, None)
        );
        assert_eq!(
            read("a=b; Max-Age=-99999999999999999999").expiry(1),
            Some(i64::MIN)
        );
        assert_eq!(
            read("a=b; Max-Age=99999999999999999999").expiry(1),
            Some(i64::MAX)
        );
    }

    #[test]
    fn some_fields_set_nothing() {
        for text in ["", "=", " ; Secure", "a=b\0", "a=\u{1}"] {
            assert_eq!(parse(text.as_bytes()), None, "{text:?}");
        }
        assert!(parse(format!("a={}", "b".repeat(4096)).as_bytes()).is_none());
        assert!(parse(format!("a={}", "b".repeat(4095)).as_bytes()).is_some());
    }

    #[test]
    fn prefixes_are_promises() {
        for (text, expected) in [
            ("__Secure-a=b; Secure", Ok(())),
            ("__secure-a=b", Err(CookieBreach::SecurePrefix)),
            ("__Host-a=b; Secure; Path=/", Ok(())),
            ("__Host-a=b; Secure", Err(CookieBreach::HostPrefix)),
            (
                "__Host-a=b; Secure; Path=/; Domain=example.com",
                Err(CookieBreach::HostPrefix),
            ),
            ("__Host-a=b; Path=/", Err(CookieBreach::HostPrefix)),
            ("a=b; SameSite=None", Err(CookieBreach::NoneWithoutSecure)),
            ("a=b; SameSite=None; Secure", Ok(())),
            ("=__Host-a=b", Err(CookieBreach::NamelessPrefix)),
        ] {
            assert_eq!(read(text).check(), expected, "{text}");
        }
    }

    #[test]
    fn hosts_and_paths_match() {
        for (host, domain, expected) in [
            ("example.com", "example.com", true),
            ("a.Example.com", "example.com", true),
            ("badexample.com", "example.com", false),
            ("example.com", "a.example.com", false),
            ("127.0.0.1", "0.0.1", false),
            ("127.0.0.1", "127.0.0.1", true),
        ] {
            assert_eq!(domain_matches(host, domain), expected, "{host} {domain}");
        }
        for (request, cookie, expected) in [
            ("/a", "/a", true),
            ("/a/b", "/a", true),
            ("/a/b", "/a/", true),
            ("/ab", "/a", false),
            ("/", "/a", false),
        ] {
            assert_eq!(
                path_matches(request, cookie),
                expected,
                "{request} {cookie}"
            );
        }
        for (request, expected) in [
            ("/", "/"),
            ("/a", "/"),
            ("/a/b", "/a"),
            ("/a/", "/a"),
            ("", "/"),
            ("x/y", "/"),
        ] {
            assert_eq!(default_path(request), expected, "{request}");
        }
    }

    #[test]
    fn debug_shows_no_value() {
        assert!(!format!("{:?}", read("a=hunter2; Path=/")).contains("hunter2"));
    }

    proptest! {
        #[test]
        fn any_octets_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..100), text in "\\PC{0,60}") {
            let _ = parse(&bytes).map(|cookie| (cookie.check(), cookie.expiry(i64::MAX)));
            let _ = parse(text.as_bytes());
            let _ = (default_path(&text), path_matches(&text, "/a"), domain_matches(&text, "a"));
        }

        #[test]
        fn pairs_come_back(name in "[a-zA-Z_-]{1,12}", value in "[!-:<-~]{0,20}") {
            let field = encode([(name.as_str(), value.as_str())]);
            let cookie = parse(field.as_bytes()).unwrap();
            prop_assert_eq!((cookie.name, cookie.value), (name, value));
        }
    }
}
