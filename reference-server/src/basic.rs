//! `GET /basic`: a resource guarded by HTTP Basic.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde_json::json;

use crate::accounts::Account;
use crate::credential::{self, Field};
use crate::decisions::basic::{Limit, Offered, Problem};
use crate::state::Server;
use crate::{answer, encoding, guard, places};

/// The resource.
pub(crate) async fn resource(State(server): State<Arc<Server>>, parts: Parts) -> Response {
    let (account, response) = match authenticate(&server, &parts) {
        Ok(account) => (Some(account), content(account)),
        Err(problem) => (None, (server.decisions.basic.refusal)(&problem, &parts)),
    };
    guard::finish(&server, &parts, account, response)
}

fn content(account: &Account) -> Response {
    let body = json!({
        "mechanism": "basic",
        "user": account.name,
        "note": "Only who knows the password reads this.",
    });
    answer::json(StatusCode::OK, &body)
}

/// Whose credential the request carries.
pub(crate) fn authenticate(server: &Server, parts: &Parts) -> Result<&'static Account, Problem> {
    if guard::refuses_all(server) {
        return Err(Problem::WrongPassword);
    }
    if let Some(account) = guard::believed(server, parts) {
        return Ok(account);
    }
    let rules = &server.decisions.basic;
    if let Some((name, password)) = (rules.elsewhere)(parts) {
        let encoded = encoding::base64(format!("{name}:{password}").as_bytes());
        return check(server, &encoded, &name, &password);
    }
    let value = match (rules.field)(&parts.headers) {
        Field::None => return Err(Problem::Missing),
        Field::Several => return Err(Problem::Several),
        Field::One(value) => value,
    };
    let (scheme, encoded) = credential::divide(&value);
    if !std::str::from_utf8(scheme).is_ok_and(rules.scheme) {
        return Err(Problem::Missing);
    }
    let text = (rules.text)((rules.decode)(encoded)?)?;
    let (name, password) = (rules.divide)(&text)?;
    check(server, &String::from_utf8_lossy(encoded), &name, &password)
}

/// Whether name and password belong together.
pub(crate) fn check(
    server: &Server,
    encoded: &str,
    name: &str,
    password: &str,
) -> Result<&'static Account, Problem> {
    let rules = &server.decisions.basic;
    (rules.permitted)(name)?;
    (rules.permitted)(password)?;
    let account = (rules.account)(name);
    let closed = account.is_some_and(|account| server.is_closed(account));
    if closed && rules.limit == Limit::BeforeThePassword {
        return Err(Problem::TooMany);
    }
    let renewed = account
        .filter(|_| server.decisions.places.heeds_new_password)
        .and_then(|account| server.memory().passwords.get(account.name).cloned());
    let matched = match renewed {
        Some(digest) => account.filter(|_| digest == places::digest_of(password)),
        None => (rules.matches)(&Offered {
            encoded,
            name,
            password,
            account,
        }),
    };
    let matched = matched.filter(|account| !server.is_disabled(account));
    if let Some(account) = account {
        server.count_try(account, matched.is_some());
    }
    matched.ok_or(match account {
        Some(_) if closed && rules.limit == Limit::BehindThePassword => Problem::TooMany,
        Some(_) => Problem::WrongPassword,
        None => Problem::UnknownUser,
    })
}
