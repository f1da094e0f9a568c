//! HTTP Basic (RFC 7617): how a credential is read, checked and refused.

use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use crate::accounts::{self, Account};
use crate::credential::{self, Field};
use crate::{answer, encoding};

/// The decisions of HTTP Basic.
#[derive(Clone)]
pub(crate) struct Basic {
    /// Which field holds the credential: the one Authorization field (RFC 9110 section 11.6.2).
    pub(crate) field: fn(&HeaderMap) -> Field,
    /// Whether the scheme is Basic, in any case (RFC 7617 section 2, RFC 9110 section 11.1).
    pub(crate) scheme: fn(&str) -> bool,
    /// A credential outside the field: none is taken, least of all from the URL (CWE-598).
    pub(crate) elsewhere: fn(&Parts) -> Option<(String, String)>,
    /// From token68 to octets: standard base64, whole and canonical (RFC 7617 section 2).
    pub(crate) decode: fn(&[u8]) -> Result<Vec<u8>, Problem>,
    /// From octets to text: UTF-8, as the challenge announces (RFC 7617 section 2.1).
    pub(crate) text: fn(Vec<u8>) -> Result<String, Problem>,
    /// User-id and password: the first colon divides (RFC 7617 section 2).
    pub(crate) divide: fn(&str) -> Result<(String, String), Problem>,
    /// No control characters in either (RFC 7617 section 2).
    pub(crate) permitted: fn(&str) -> Result<(), Problem>,
    /// Whose user-id it is, code point by code point.
    pub(crate) account: fn(&str) -> Option<&'static Account>,
    /// Who it is, if the password is the account's: the argon2 hash is asked for unknown users too.
    pub(crate) matches: fn(&Offered<'_>) -> Option<&'static Account>,
    /// What many wrong passwords in a row lead to (CWE-307).
    pub(crate) limit: Limit,
    /// The answer to who isn't let in: one and the same for every reason.
    pub(crate) refusal: fn(&Problem, &Parts) -> Response,
}

/// A credential that was read.
pub(crate) struct Offered<'a> {
    /// As it stood in the field.
    pub(crate) encoded: &'a str,
    /// The user-id.
    pub(crate) name: &'a str,
    /// The password.
    pub(crate) password: &'a str,
    /// The account of that name.
    pub(crate) account: Option<&'static Account>,
}

/// What many wrong passwords in a row lead to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// The account is closed for a minute, for the right password too; NIST SP 800-63B allows 100 tries.
    BeforeThePassword,
    /// The same, but the right password opens.
    BehindThePassword,
    /// Nothing.
    None,
}

/// Wrong passwords in a row after which an account is closed, and for how long.
pub(crate) const TRIES: u32 = 75;
pub(crate) const CLOSED_FOR: u64 = 60;

/// Why a request isn't let in. A sound answer doesn't tell one from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    /// No Basic credential.
    Missing,
    /// Several credentials.
    Several,
    /// A credential that can't be read.
    Malformed,
    /// No such user.
    UnknownUser,
    /// Another password.
    WrongPassword,
    /// Too many wrong passwords.
    TooMany,
    /// An error that nobody handled. A sound server has none.
    Broken,
}

impl Basic {
    pub(crate) fn right() -> Self {
        Self {
            field: credential::field,
            scheme: |scheme| scheme.eq_ignore_ascii_case("Basic"),
            elsewhere: |_| None,
            decode,
            text: |octets| String::from_utf8(octets).map_err(|_| Problem::Malformed),
            divide: |text| {
                text.split_once(':')
                    .map(|(name, password)| (name.to_owned(), password.to_owned()))
                    .ok_or(Problem::Malformed)
            },
            permitted,
            account: accounts::find,
            matches,
            limit: Limit::BeforeThePassword,
            refusal,
        }
    }
}

/// The challenge of this server (RFC 7617 sections 2 and 2.1).
pub(crate) const CHALLENGE: &str = r#"Basic realm="authspec", charset="UTF-8""#;

pub(crate) fn permitted(text: &str) -> Result<(), Problem> {
    if text.chars().any(char::is_control) {
        return Err(Problem::Malformed);
    }
    Ok(())
}

pub(crate) fn matches(offered: &Offered<'_>) -> Option<&'static Account> {
    accounts::verify(offered.account, offered.password)
        .then_some(offered.account)
        .flatten()
}

pub(crate) fn decode(encoded: &[u8]) -> Result<Vec<u8>, Problem> {
    if !credential::is_token68(encoded) {
        return Err(Problem::Malformed);
    }
    std::str::from_utf8(encoded)
        .ok()
        .and_then(encoding::base64_decode)
        .ok_or(Problem::Malformed)
}

pub(crate) fn refusal(problem: &Problem, _: &Parts) -> Response {
    if *problem == Problem::Broken {
        return answer::problem(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Internal server error",
            "The request could not be processed.",
        );
    }
    if *problem == Problem::TooMany {
        let mut response = answer::problem(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many tries",
            "This account is closed for a minute.",
        );
        answer::set(&mut response, header::RETRY_AFTER, &CLOSED_FOR.to_string());
        return response;
    }
    let mut response = answer::problem(
        StatusCode::UNAUTHORIZED,
        "Authentication required",
        "This resource needs a valid user name and password.",
    );
    answer::add(&mut response, header::WWW_AUTHENTICATE, CHALLENGE);
    response
}
