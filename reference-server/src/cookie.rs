//! Cookies: read from a request, in whatever fields they come (RFC 6265).

use axum::http::header;
use axum::http::request::Parts;

/// The value of a cookie. Of two with one name neither is taken.
pub(crate) fn value(parts: &Parts, name: &str) -> Option<String> {
    let mut found = parts
        .headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|field| field.to_str().ok())
        .flat_map(|field| field.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(given, _)| *given == name)
        .map(|(_, value)| value.to_owned());
    let first = found.next();
    if found.next().is_some() {
        return None;
    }
    first
}

/// Whether a request that changes something was sent by a page of this origin. Browsers say so in
/// one of these fields; what sends neither is no browser and carries no cookie it wasn't given.
pub(crate) fn same_origin(parts: &Parts, origin: &str) -> bool {
    let text = |name: &str| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let fetched_from =
        text("sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none");
    let sent_from = !parts.headers.contains_key(header::ORIGIN) || text("origin") == Some(origin);
    fetched_from && sent_from
}
