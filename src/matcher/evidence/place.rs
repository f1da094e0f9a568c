//! Addresses as browsers take them: a backslash is a slash, user information is no host, tabs are dropped (WHATWG
//! URL), and a reference is resolved against the page it stands in.

use url::Url;

use crate::matcher::Seen;
use crate::model::{Exchange, Response};

/// The address of the request of an exchange.
pub(crate) fn of(exchange: &Exchange) -> Option<Url> {
    Url::parse(&exchange.request.url()).ok()
}

/// Whether an address belongs to one of these origins.
pub(crate) fn is_among(address: &Url, origins: &[String]) -> bool {
    matches!(address.scheme(), "http" | "https")
        && origins
            .iter()
            .filter_map(|origin| Url::parse(origin).ok())
            .any(|origin| origin.origin() == address.origin())
}

/// Whether a host or origin as an author writes it is that of the address.
pub(crate) fn is_named(address: &Url, name: &str) -> bool {
    if name.contains("://") {
        return is_among(address, std::slice::from_ref(&name.to_owned()));
    }
    matches!(address.scheme(), "http" | "https")
        && address
            .host_str()
            .is_some_and(|host| host.eq_ignore_ascii_case(name))
}

/// Whether a browser goes where the Location field says.
pub(crate) fn redirects(response: &Response) -> bool {
    matches!(response.status, 301 | 302 | 303 | 307 | 308)
        && response.header("location").next().is_some()
}

/// Every address that the Location fields of a redirect name.
pub(crate) fn locations(exchange: &Exchange) -> Vec<Url> {
    let Some(base) = of(exchange) else {
        return Vec::new();
    };
    let response = exchange.answer.response();
    response
        .filter(|response| redirects(response))
        .into_iter()
        .flat_map(|response| response.header("location"))
        .filter_map(|value| base.join(&String::from_utf8_lossy(value)).ok())
        .collect()
}

/// Where the step sent the browser in the end: the redirect that ended the walk, or that of the last answer.
pub(crate) fn final_redirect(seen: &Seen<'_>) -> Option<Url> {
    match seen
        .results
        .get("redirect")
        .and_then(|value| value.as_str())
    {
        Some(text) => Url::parse(text).ok(),
        None => locations(seen.last_exchange()?).pop(),
    }
}

/// An address without query and fragment.
pub(crate) fn base(address: &Url) -> String {
    let mut bare = address.clone();
    bare.set_query(None);
    bare.set_fragment(None);
    bare.to_string()
}
