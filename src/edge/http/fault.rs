//! What went wrong, in the four kinds of [`Silence`]. URLs never appear: they may hold secrets.

use std::error::Error;
use std::io;

use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpInfo;

use crate::model::Silence;

/// Why no answer came.
pub(super) struct Fault {
    pub(super) silence: Silence,
    /// A connection that had brought an answer before was closed before any answer to this request.
    pub(super) reused: bool,
}

impl From<Silence> for Fault {
    fn from(silence: Silence) -> Self {
        Self {
            silence,
            reused: false,
        }
    }
}

impl Fault {
    /// Reads reqwest's error; `was_answered` knows the local ports of connections that brought an answer.
    pub(super) fn from_error(
        error: &reqwest::Error,
        was_answered: impl FnOnce(u16) -> bool,
    ) -> Self {
        let silence = silence(error);
        let reused =
            matches!(silence, Silence::Closed(_)) && local_port(error).is_some_and(was_answered);
        Self { silence, reused }
    }
}

fn silence(error: &reqwest::Error) -> Silence {
    if let Some(alert) = declined(&innermost(error)) {
        return Silence::Declined(alert);
    }
    if error.is_connect() {
        return Silence::Unreachable(innermost(error));
    }
    match find::<hyper::Error>(error) {
        Some(error) => from_hyper(error),
        None => Silence::Closed(innermost(error)),
    }
}

/// The alert of TLS by which the peer says that it minds our certificate, or that there is none (RFC 8446 section 6.2,
/// RFC 5246 section 7.2.2). Its name is all that the HTTP library leaves of it.
fn declined(why: &str) -> Option<String> {
    const ABOUT_CERTIFICATES: [&str; 9] = [
        "NoCertificate",
        "BadCertificate",
        "UnsupportedCertificate",
        "CertificateRevoked",
        "CertificateExpired",
        "CertificateUnknown",
        "UnknownCA",
        "AccessDenied",
        "CertificateRequired",
    ];
    let (_, alert) = why.split_once("received fatal alert: ")?;
    ABOUT_CERTIFICATES
        .contains(&alert)
        .then(|| format!("alert {alert}"))
}

/// The silence that an error of a connection means, before a whole head.
pub(super) fn from_hyper(error: &hyper::Error) -> Silence {
    let why = innermost(error);
    if error.is_parse() {
        return Silence::Malformed(why);
    }
    Silence::Closed(why)
}

/// Why the content of a response ended early.
pub(super) fn cut(error: &(dyn Error + 'static)) -> String {
    if let Some(error) = find::<hyper::Error>(error)
        && error.is_incomplete_message()
    {
        return "the connection was closed before the end of the content".to_owned();
    }
    innermost(error)
}

/// The words of the first cause: those above it only say that sending failed.
pub(super) fn innermost(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map_or_else(String::new, |cause| {
        if cause.is::<reqwest::Error>() {
            // reqwest's own words name the URL
            return "the HTTP library refused".to_owned();
        }
        if let Some(error) = cause.downcast_ref::<io::Error>() {
            // an error of TLS hides in one of the system, which doesn't name it as its source
            return match error.get_ref() {
                Some(hidden) => hidden.to_string(),
                None => error.kind().to_string(),
            };
        }
        cause.to_string()
    })
}

fn local_port(error: &reqwest::Error) -> Option<u16> {
    let connected = find::<legacy::Error>(error)?.connect_info()?;
    let mut extras = hyper::http::Extensions::new();
    connected.get_extras(&mut extras);
    extras
        .get::<HttpInfo>()
        .map(|info| info.local_addr().port())
}

fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    chain(error).find_map(|one| one.downcast_ref::<E>())
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |one| {
        let one: &'a (dyn Error + 'static) = *one;
        one.source()
    })
}
