//! The cookies of one browser (RFC 6265bis section 5), kept by origin with port: roles on loopback share a host.
//!
//! `Secure` cookies go over http on loopback, as in browsers. Beside them lies what a script of the client would
//! remember: values that the profile says to keep.

use std::collections::BTreeMap;

use crate::model::{Moment, Origin, Response};
use crate::wire::cookie::{self, SameSite, SetCookie};

/// A browser's cookies.
#[derive(Clone, Debug, Default)]
pub struct Jar {
    kept: Vec<Kept>,
    notes: BTreeMap<String, String>,
}

#[derive(Clone, Debug)]
struct Kept {
    origin: Origin,
    path: String,
    cookie: SetCookie,
    until: Option<i64>,
}

impl Jar {
    /// Takes in the Set-Cookie fields of an answer.
    pub fn take(&mut self, origin: &Origin, path: &str, response: &Response, now: Moment) {
        for field in response.header("set-cookie") {
            let Some(cookie) = cookie::parse(field) else {
                continue;
            };
            if cookie.check().is_err() || !fits_domain(&cookie, origin) {
                continue;
            }
            let path = cookie.path.clone().unwrap_or_else(|| default_path(path));
            self.kept.retain(|kept| {
                !(kept.origin == *origin && kept.path == path && kept.cookie.name == cookie.name)
            });
            let until = cookie.expiry(now.unix());
            if until.is_none_or(|until| until > now.unix()) {
                self.kept.push(Kept {
                    origin: origin.clone(),
                    path,
                    cookie,
                    until,
                });
            }
        }
    }

    /// The Cookie field for a request; longer paths first.
    pub fn field(&self, origin: &Origin, path: &str, now: Moment) -> Option<String> {
        self.field_from(false, origin, path, now)
    }

    /// The same, for a POST that a page of another site makes if it is `strange`: `SameSite` keeps cookies back
    /// (RFC 6265bis section 5.2). One without the attribute is sent: some browsers do.
    pub fn field_from(
        &self,
        strange: bool,
        origin: &Origin,
        path: &str,
        now: Moment,
    ) -> Option<String> {
        let goes =
            |kept: &&Kept| !strange || matches!(kept.cookie.same_site, None | Some(SameSite::None));
        let mut fitting: Vec<&Kept> = self
            .kept
            .iter()
            .filter(|kept| kept.origin == *origin && path_matches(path, &kept.path))
            .filter(|kept| kept.until.is_none_or(|until| until > now.unix()))
            .filter(goes)
            .filter(|kept| !kept.cookie.secure || origin.scheme == "https" || origin.is_loopback())
            .collect();
        fitting.sort_by_key(|kept| std::cmp::Reverse(kept.path.len()));
        let pairs: Vec<String> = fitting
            .iter()
            .map(|kept| format!("{}={}", kept.cookie.name, kept.cookie.value))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// The value of a cookie that a script of this origin would read.
    pub fn value(&self, origin: &Origin, name: &str) -> Option<&str> {
        let mut fitting = self.kept.iter().filter(|kept| kept.origin == *origin);
        let found = fitting.find(|kept| kept.cookie.name == name && !kept.cookie.http_only)?;
        Some(&found.cookie.value)
    }

    /// Remembers a value under a name of the profile.
    pub fn note(&mut self, name: &str, value: String) {
        self.notes.insert(name.to_owned(), value);
    }

    /// What was remembered under a name.
    pub fn noted(&self, name: &str) -> Option<&str> {
        self.notes.get(name).map(String::as_str)
    }

    /// Gives cookies other values; says whether any changed.
    pub fn retell(&mut self, other: impl Fn(&str) -> Option<String>) -> bool {
        let mut changed = false;
        for kept in &mut self.kept {
            if let Some(value) = other(&kept.cookie.value) {
                kept.cookie.value = value;
                changed = true;
            }
        }
        changed
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.notes.is_empty()
    }

    /// Values, to be kept out of reports.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        let cookies = self.kept.iter().map(|kept| kept.cookie.value.as_str());
        cookies.chain(self.notes.values().map(String::as_str))
    }
}

fn fits_domain(cookie: &SetCookie, origin: &Origin) -> bool {
    cookie.domain.as_ref().is_none_or(|domain| {
        origin.host == *domain
            || origin
                .host
                .strip_suffix(domain.as_str())
                .is_some_and(|rest| rest.ends_with('.'))
    })
}

/// RFC 6265bis section 5.1.4.
fn default_path(path: &str) -> String {
    match path.rfind('/') {
        None | Some(0) => "/".to_owned(),
        Some(last) => path[..last].to_owned(),
    }
}

fn path_matches(path: &str, cookie: &str) -> bool {
    path == cookie
        || path
            .strip_prefix(cookie)
            .is_some_and(|rest| cookie.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Header;

    fn origin(port: u16) -> Origin {
        Origin {
            scheme: "http".to_owned(),
            host: "127.0.0.1".to_owned(),
            port,
        }
    }

    fn set(jar: &mut Jar, field: &str) {
        let response = Response::new(200, vec![Header::new("Set-Cookie", field)], "");
        jar.take(&origin(80), "/app/page", &response, Moment::default());
    }

    #[test]
    fn cookies_go_where_they_belong() {
        let mut jar = Jar::default();
        set(&mut jar, "a=1; Path=/");
        set(&mut jar, "b=2; Path=/app; Secure; HttpOnly");
        set(&mut jar, "c=3; Path=/other");
        set(&mut jar, "d=4");
        let field = |path: &str| jar.field(&origin(80), path, Moment::default());
        assert_eq!(field("/app/x").as_deref(), Some("b=2; d=4; a=1"));
        assert_eq!(field("/apple").as_deref(), Some("a=1"));
        assert_eq!(jar.field(&origin(81), "/app/x", Moment::default()), None);
    }

    #[test]
    fn same_site_keeps_cookies_back_from_strangers() {
        let mut jar = Jar::default();
        for field in [
            "a=1; SameSite=Lax",
            "b=2; SameSite=Strict",
            "c=3; SameSite=None; Secure",
            "d=4",
        ] {
            set(&mut jar, &format!("{field}; Path=/"));
        }
        let field = |strange| jar.field_from(strange, &origin(80), "/", Moment::default());
        assert_eq!(field(true).as_deref(), Some("c=3; d=4"));
        assert_eq!(field(false).as_deref(), Some("a=1; b=2; c=3; d=4"));
    }

    #[test]
    fn an_expired_cookie_is_gone() {
        let mut jar = Jar::default();
        set(&mut jar, "a=1; Path=/");
        set(&mut jar, "a=; Path=/; Max-Age=0");
        assert!(jar.is_empty());
    }
}
