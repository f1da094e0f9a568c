//! Changes of one part of an address, written as text since the address type would mend them.

use url::{Host, Url};

/// The registered URI as text, without fragment.
pub(super) fn bare(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    url.into()
}

/// Host and port, where there is a host.
pub(super) fn authority(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

pub(super) fn tail(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

pub(super) fn compose(scheme: &str, authority: &str, tail: &str) -> String {
    format!("{scheme}://{authority}{tail}")
}

/// Another path; a change that leaves it as it is proves nothing.
pub(super) fn path(url: &Url, change: impl Fn(&str) -> String) -> Option<String> {
    let (old, query) = (url.path(), url.query());
    let new = Some(change(old)).filter(|new| new != old)?;
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    Some(compose(
        url.scheme(),
        &authority(url)?,
        &format!("{new}{query}"),
    ))
}

/// Another host in front of the same port and path; the same one proves nothing.
pub(super) fn host(url: &Url, change: impl Fn(&str) -> String) -> Option<String> {
    let old = url.host_str()?;
    let port = url.port().map(|port| format!(":{port}"));
    let new = Some(change(old)).filter(|new| new != old)?;
    let authority = new + &port.unwrap_or_default();
    Some(compose(url.scheme(), &authority, &tail(url)))
}

/// The same for a host that is a name; an address has no subdomains.
pub(super) fn named_host(url: &Url, change: impl Fn(&str) -> String) -> Option<String> {
    domain(url)?;
    host(url, change)
}

pub(super) fn domain(url: &Url) -> Option<&str> {
    match url.host()? {
        Host::Domain(name) => Some(name),
        _ => None,
    }
}

pub(super) fn loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => true,
    }
}

pub(super) fn scheme(url: &Url, from: &str, to: &str) -> Option<String> {
    (url.scheme() == from).then(|| Some(compose(to, &authority(url)?, &tail(url))))?
}

pub(super) fn swap_case(text: &str) -> String {
    let swap = |c: char| {
        if c.is_ascii_lowercase() {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        }
    };
    text.chars().map(swap).collect()
}

pub(super) fn slash(path: &str) -> String {
    match path.strip_suffix('/') {
        Some(shorter) => shorter.to_owned(),
        None => format!("{path}/"),
    }
}

pub(super) fn encode_last(path: &str) -> String {
    let mut path = path.to_owned();
    match path.pop() {
        Some(last) if last.is_ascii_alphanumeric() => format!("{path}%{:02x}", u32::from(last)),
        Some(last) => format!("{path}{last}"),
        None => path,
    }
}

pub(super) fn encode_first(host: &str) -> String {
    let mut letters = host.chars();
    match letters.next() {
        Some(first) if first.is_ascii() => format!("%{:02x}{}", u32::from(first), letters.as_str()),
        _ => host.to_owned(),
    }
}
