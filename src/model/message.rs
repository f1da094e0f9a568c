//! HTTP messages as they are sent and as they came, byte for byte where it matters (RFC 9110, RFC 9112).

use std::fmt;

use super::certificate::Shown;

/// Scheme, host and port (RFC 6454). The host is lower case; an IPv6 host is in brackets.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    /// `http` or `https`.
    pub scheme: String,
    /// Name or address.
    pub host: String,
    /// Always explicit here.
    pub port: u16,
}

/// Why a text is no origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OriginError {
    /// Not a URL at all.
    NotAUrl(String),
    /// Neither http nor https.
    Scheme(String),
    /// User information in the URL.
    UserInfo,
}

impl fmt::Display for OriginError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAUrl(why) => write!(out, "not a URL: {why}"),
            Self::Scheme(scheme) => write!(out, "the scheme is {scheme}, not http or https"),
            Self::UserInfo => out.write_str("a URL must not hold a user name or password"),
        }
    }
}

impl std::error::Error for OriginError {}

impl Origin {
    /// The origin of a URL, and the URL parsed.
    pub fn parse(text: &str) -> Result<(Self, url::Url), OriginError> {
        let url = url::Url::parse(text).map_err(|why| OriginError::NotAUrl(why.to_string()))?;
        Ok((Self::of(&url)?, url))
    }

    /// The origin of a parsed URL.
    pub fn of(url: &url::Url) -> Result<Self, OriginError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(OriginError::Scheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OriginError::UserInfo);
        }
        match (url.host_str(), url.port_or_known_default()) {
            (Some(host), Some(port)) => Ok(Self {
                scheme: url.scheme().to_owned(),
                host: host.to_owned(),
                port,
            }),
            _ => Err(OriginError::NotAUrl("it has no host".to_owned())),
        }
    }

    /// Whether the host is this machine: `localhost`, 127.0.0.0/8 or ::1.
    pub fn is_loopback(&self) -> bool {
        let bare = self.host.trim_start_matches('[').trim_end_matches(']');
        self.host == "localhost"
            || bare
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }

    /// `host` or `host:port` as a Host field says it: without the scheme's own port.
    pub fn authority(&self) -> String {
        match (self.scheme.as_str(), self.port) {
            ("http", 80) | ("https", 443) => self.host.clone(),
            _ => format!("{}:{}", self.host, self.port),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}://{}", self.scheme, self.authority())
    }
}

/// One field line: its name as sent, and its value in bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// As written; compared without case.
    pub name: String,
    /// Field value without surrounding whitespace.
    pub value: Vec<u8>,
}

impl Header {
    /// A field line of text.
    pub fn new(name: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
        }
    }

    /// The value as text, bytes outside UTF-8 replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.value).into_owned()
    }
}

fn values<'a>(headers: &'a [Header], name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    headers
        .iter()
        .filter(move |header| header.name.eq_ignore_ascii_case(name))
        .map(|header| header.value.as_slice())
}

/// A request as it goes on the wire.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Method token, as sent.
    pub method: String,
    /// Where it goes; fixed before the target is written.
    pub origin: Origin,
    /// Request target in origin form: path and query, exactly as sent.
    pub target: String,
    /// Field lines in order; Host and Content-Length are added by the sender.
    pub headers: Vec<Header>,
    /// The content; empty means none.
    pub body: Vec<u8>,
    /// The client certificate of the connection that it goes over.
    pub shown: Shown,
}

impl Request {
    /// A request without fields or content.
    pub fn new(method: impl Into<String>, origin: Origin, target: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            origin,
            target: target.into(),
            headers: Vec::new(),
            body: Vec::new(),
            shown: Shown::Usual,
        }
    }

    /// The whole URL as text.
    pub fn url(&self) -> String {
        format!("{}{}", self.origin, self.target)
    }

    /// Every value of a field, in order.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        values(&self.headers, name)
    }

    /// The path without the query.
    pub fn path(&self) -> &str {
        self.target.split(['?', '#']).next().unwrap_or_default()
    }

    /// The query without its question mark, empty if there is none.
    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// Safe in the sense of RFC 9110 section 9.2.1.
    pub fn is_safe(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE")
    }
}

/// The content of a response and how it ended.
#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    /// The whole content.
    Whole(Vec<u8>),
    /// What came before it was cut, stalled or passed a limit, and which of these.
    Cut(Vec<u8>, String),
}

impl Body {
    /// The bytes that came.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Whole(bytes) | Self::Cut(bytes, _) => bytes,
        }
    }
}

/// A response whose head came whole.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// `HTTP/1.1`, `HTTP/1.0` or `HTTP/2`.
    pub version: &'static str,
    /// Three digits.
    pub status: u16,
    /// Field lines in order.
    pub headers: Vec<Header>,
    /// The content.
    pub body: Body,
}

impl Response {
    /// A whole response with content.
    pub fn new(status: u16, headers: Vec<Header>, body: impl Into<Vec<u8>>) -> Self {
        Self {
            version: "HTTP/1.1",
            status,
            headers,
            body: Body::Whole(body.into()),
        }
    }

    /// Every value of a field, in order.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        values(&self.headers, name)
    }

    /// The first value of a field as text.
    pub fn first(&self, name: &str) -> Option<String> {
        self.header(name)
            .next()
            .map(|value| String::from_utf8_lossy(value).into_owned())
    }

    /// `type/subtype` in lower case, without parameters.
    pub fn media_type(&self) -> Option<String> {
        let value = self.first("content-type")?;
        Some(
            value
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase(),
        )
    }

    /// Whether head and content came whole.
    pub fn is_whole(&self) -> bool {
        matches!(self.body, Body::Whole(_))
    }
}

/// Why nothing that can be judged came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Silence {
    /// The connection was not made: refused, no route, name not found, handshake ended.
    Unreachable(String),
    /// Connected, then reset or closed before a whole head.
    Closed(String),
    /// The time limit was passed before a whole head.
    TimedOut,
    /// The case's time was over before it could be sent: that is no silence of the target's.
    NotSent,
    /// What came is not HTTP, or passes a limit of the head.
    Malformed(String),
    /// The peer ended TLS by an alert about our certificate (RFC 8446 section 6.2): what the alert says.
    Declined(String),
}

impl fmt::Display for Silence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => write!(out, "no connection: {why}"),
            Self::Closed(why) => write!(out, "the connection ended before an answer: {why}"),
            Self::TimedOut => out.write_str("no answer within the time limit"),
            Self::NotSent => out.write_str(
                "not sent, since the time of the case was over (profile: `limits: { case-time: 30s }`)",
            ),
            Self::Malformed(why) => write!(out, "the answer is not valid HTTP: {why}"),
            Self::Declined(why) => {
                write!(
                    out,
                    "our client certificate, or that we have none, was not taken: {why}"
                )
            }
        }
    }
}

/// What came back for a request.
#[derive(Clone, PartialEq, Eq)]
pub enum Answer {
    /// At least a whole head.
    Response(Response),
    /// Nothing that can be judged.
    Silence(Silence),
}

impl Answer {
    /// The response, if one came.
    pub fn response(&self) -> Option<&Response> {
        match self {
            Self::Response(response) => Some(response),
            Self::Silence(_) => None,
        }
    }

    /// Its status, if one came.
    pub fn status(&self) -> Option<u16> {
        self.response().map(|response| response.status)
    }
}
