//! What stands beside the plain resources: whose an object is, who is an operator, whom a socket and GraphQL answer,
//! and how long an account is what it was.

use axum::http::Method;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde_json::Value;

use crate::accounts::{self, Account};
use crate::answer;

/// The decisions of those places.
#[derive(Clone)]
pub(crate) struct Places {
    /// Whether an account may read the object of this name: its own (CWE-639).
    pub(crate) owner: fn(&Account, &str) -> bool,
    /// Whether an account may do what operators do (CWE-285).
    pub(crate) operator: fn(&Account) -> bool,
    /// Whether an account that was disabled is refused at once, its tokens included (CWE-613): it is.
    pub(crate) heeds_disabled: bool,
    /// Whether the old password ends with the new one (CWE-613): it does.
    pub(crate) heeds_new_password: bool,
    /// Whether the upgrade to a socket needs a credential (CWE-306): it does.
    pub(crate) guards_upgrade: bool,
    /// Whether a page of this origin may open a socket: the server's own, and who is no browser (CWE-1385).
    pub(crate) origin: fn(Option<&str>, &str) -> bool,
    /// Whether a GraphQL request needs a credential, whatever its form: it does (CWE-306).
    pub(crate) guards_graphql: fn(&Value, &Method) -> bool,
    /// Whether the reports are guarded, as the API's description says (CWE-306): they are.
    pub(crate) guards_reports: bool,
    /// What is answered beside the real origin, over plain HTTP: no, without a question for a credential and
    /// without a way on, so that whoever sent one learns of it (CWE-319).
    pub(crate) plain: fn(&Parts) -> Option<Response>,
}

impl Places {
    pub(crate) fn right() -> Self {
        Self {
            owner: |account, name| account.name == name,
            operator: accounts::is_operator,
            heeds_disabled: true,
            heeds_new_password: true,
            guards_upgrade: true,
            origin: |asked, own| asked.is_none_or(|asked| asked == own),
            guards_graphql: |_, _| true,
            guards_reports: true,
            plain: |_| Some(refused_in_the_clear()),
        }
    }
}

pub(crate) fn refused_in_the_clear() -> Response {
    answer::problem(
        StatusCode::FORBIDDEN,
        "HTTPS only",
        "This API is not served in the clear. A credential that was sent here must be changed.",
    )
}
