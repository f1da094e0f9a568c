//! Where the valid credential comes from: `basic:`, `token:`, `login:` or `grant:`, by the security scheme.

use crate::model::Origin;
use crate::wire::openapi::{Flow, Scheme};

use super::page::{Page, env, quoted, value};
use super::way::{Say, Way, Ways};

/// The credentials of a profile: one password, one token, and values of their own for what is left.
pub(super) struct Credentials<'a> {
    pub(super) basic: Option<&'a str>,
    pub(super) token: Option<&'a str>,
    /// Nothing that is in force takes the password.
    pub(super) basic_off: bool,
    /// Nothing that is in force takes the token.
    pub(super) token_off: bool,
}

impl<'a> Credentials<'a> {
    /// By the ways that are taken, the most wanted first.
    pub(super) fn of(ways: &[&'a Way], all: &Ways, in_force: impl Fn(&Way) -> bool) -> Self {
        let first = |wanted: fn(&Say) -> bool| {
            let mut ways = ways.iter();
            ways.find(|way| all.said.get(&way.main).is_some_and(wanted))
        };
        let basic = first(|say| *say == Say::Basic);
        let token = first(|say| matches!(say, Say::Bearer | Say::Key { .. }));
        let off = |way: Option<&&Way>| way.is_some_and(|way| !in_force(way));
        Self {
            basic_off: off(basic),
            token_off: off(token),
            basic: basic.map(|way| way.main.as_str()),
            token: token.map(|way| way.main.as_str()),
        }
    }

    /// Whether an endpoint must say which of two opens it.
    pub(super) const fn are_two(&self) -> bool {
        self.basic.is_some() && self.token.is_some()
    }
}

/// A user name and password.
pub(super) fn basic(page: &mut Page, why: &str) {
    page.meaning(&["basic"]);
    page.note(why);
    page.bare(
        "basic",
        &format!(
            "{{ user: {}, password: {} }}",
            env("API_USER"),
            env("API_PASSWORD")
        ),
    );
}

/// Where a token is asked for, if not by a user in a browser; and by which grant.
pub(super) fn endpoint(scheme: &Scheme, at: &Place<'_>) -> Option<(Grant, String)> {
    let Scheme::OAuth2(flows) = scheme else {
        return None;
    };
    let of = |flow: &Option<Flow>| at.path_of(flow.as_ref()?.token.as_deref()?);
    let own = of(&flows.client_credentials).map(|path| (Grant::Own, path));
    own.or_else(|| of(&flows.password).map(|path| (Grant::Password, path)))
}

/// A grant without a browser.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Grant {
    /// The client's own.
    Own,
    /// User name and password.
    Password,
}

/// The token, by what the description says of the way to it.
pub(super) fn token(page: &mut Page, name: &str, scheme: &Scheme, at: &Place<'_>) {
    match scheme {
        Scheme::OAuth2(flows) => match endpoint(scheme, at) {
            Some((Grant::Own, path)) => {
                let flow = flows.client_credentials.clone().unwrap_or_default();
                grant(page, name, &flow, &path);
            }
            Some((Grant::Password, path)) => login_by_grant(page, name, &path),
            None => {
                given(page, name, "an access token (OAuth 2)", "API_TOKEN");
                let users = flows.of_users.as_ref();
                if let Some(url) = users.and_then(|flow| flow.authorization.as_deref()) {
                    page.note(&format!(
                        "Users get theirs at {url}: take one of a test user that lives as long as a run."
                    ));
                }
            }
        },
        Scheme::OpenId(url) => {
            given(page, name, "an access token (OpenID Connect)", "API_TOKEN");
            page.note(&format!("The provider's metadata: {url}"));
            published_keys(page);
        }
        Scheme::Bearer { format } => {
            let jwt = format
                .as_deref()
                .is_some_and(|one| one.eq_ignore_ascii_case("jwt"));
            let what = if jwt {
                "a JWT as bearer token"
            } else {
                "a bearer token"
            };
            given(page, name, what, "API_TOKEN");
            login(page, at.login);
            if jwt {
                published_keys(page);
                page.meaning(&["key"]);
                page.line_off(&format!(
                    "key: {{ alg: HS256, secret: {}, claims: {{ sub: user-1 }} }}",
                    env("API_SIGNING_KEY")
                ));
            }
        }
        _ => given(page, name, "a key", "API_KEY"),
    }
}

/// Where the API is, for what is said relative to it.
pub(super) struct Place<'a> {
    /// Its origin.
    pub(super) origin: &'a str,
    /// The path before every path, without a final slash.
    pub(super) base: &'a str,
    /// A request that may bring a token.
    pub(super) login: Option<&'a str>,
}

impl Place<'_> {
    /// The address of a token endpoint in words of the profile, whose paths stand behind the base.
    fn path_of(&self, url: &str) -> Option<String> {
        if url.contains("://") {
            return Origin::parse(url).is_ok().then(|| url.to_owned());
        }
        let path = match url.strip_prefix('/') {
            Some(_) if self.base.is_empty() => url.to_owned(),
            Some(_) => match url.strip_prefix(self.base) {
                Some(behind) if behind.starts_with('/') => behind.to_owned(),
                _ => format!("{}{url}", self.origin),
            },
            None => format!("/{}", url.trim_start_matches("./")),
        };
        (!path.starts_with("//") && !path.contains([' ', '\\', '{'])).then_some(path)
    }
}

fn given(page: &mut Page, name: &str, what: &str, variable: &str) {
    page.meaning(&["token"]);
    page.note(&format!("`{name}` of the description: {what}."));
    page.bare("token", &env(variable));
}

/// The form of a login, switched off: what it is called differs from API to API.
fn login(page: &mut Page, path: Option<&str>) {
    page.note("Or, in place of `token:`, the request that brings one:");
    page.meaning(&["login"]);
    page.line_off(&format!(
        "login: {{ path: {}, json: {{ username: {}, password: {} }}, token: /token }}",
        value(path.unwrap_or("/login")),
        env("API_USER"),
        env("API_PASSWORD")
    ));
}

fn login_by_grant(page: &mut Page, name: &str, endpoint: &str) {
    page.meaning(&["login"]);
    page.note(&format!(
        "`{name}` of the description: user name and password for a token (RFC 6749 section 4.3)."
    ));
    page.bare(
        "login",
        &format!(
            "{{ path: {}, form: {{ grant_type: password, username: {}, password: {} }}, token: /access_token }}",
            value(endpoint),
            env("API_USER"),
            env("API_PASSWORD")
        ),
    );
    page.line_off(&format!("token: {}", env("API_TOKEN")));
}

fn grant(page: &mut Page, name: &str, flow: &Flow, endpoint: &str) {
    page.meaning(&["grant"]);
    page.note(&format!(
        "`{name}` of the description. A scope is asked for if it is named."
    ));
    let scopes = match flow.scopes.as_slice() {
        [] => String::new(),
        scopes => {
            let some: Vec<&str> = scopes.iter().take(12).map(String::as_str).collect();
            page.note(&format!("Its scopes: {}", some.join(" ")));
            some.join(" ")
        }
    };
    let client = format!(
        "token-endpoint: {}, id: {}, secret: {}",
        value(endpoint),
        env("API_CLIENT_ID"),
        env("API_CLIENT_SECRET")
    );
    page.bare("grant", &format!("{{ {client} }}"));
    if !scopes.is_empty() {
        page.line_off(&format!(
            "grant: {{ {client}, form: {{ scope: {} }} }}",
            quoted(&scopes)
        ));
    }
    page.line_off(&format!("token: {}", env("API_TOKEN")));
}

fn published_keys(page: &mut Page) {
    page.off("jwks", "https://issuer.example/jwks");
}
