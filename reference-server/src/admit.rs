//! Places that Basic and Bearer both open.

use axum::http::header;
use axum::http::request::Parts;
use axum::response::Response;

use crate::accounts::Account;
use crate::decisions::basic::CHALLENGE;
use crate::decisions::bearer::Problem;
use crate::state::Server;
use crate::{answer, basic, bearer, credential};

/// Who asks, none for a token that names no user; or the refusal, which challenges for both.
pub(crate) async fn admit(
    server: &Server,
    parts: &Parts,
    body: &[u8],
) -> Result<Option<&'static Account>, Response> {
    let is_basic = parts
        .headers
        .get(header::AUTHORIZATION)
        .is_some_and(|value| {
            credential::divide(value.as_bytes())
                .0
                .eq_ignore_ascii_case(b"Basic")
        });
    if is_basic {
        return basic::authenticate(server, parts)
            .map(Some)
            .map_err(|problem| (server.decisions.basic.refusal)(&problem, parts));
    }
    match bearer::authorize(server, parts, body, &server.issuers(), None).await {
        Ok(claims) => Ok(bearer::account_of(&claims)),
        Err(problem) => {
            let mut response = bearer::refuse(server, parts, &problem);
            if problem == Problem::Missing
                && response.headers().contains_key(header::WWW_AUTHENTICATE)
            {
                answer::add(&mut response, header::WWW_AUTHENTICATE, CHALLENGE);
            }
            Err(response)
        }
    }
}
