//! Answers: JSON, problem details (RFC 9457) and the fields that every answer here carries.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

/// A JSON answer that nobody may store or sniff.
pub(crate) fn json(status: StatusCode, body: &Value) -> Response {
    typed(status, "application/json", body.to_string())
}

/// A problem in the shape of RFC 9457. Says what is wrong, never what was sent.
pub(crate) fn problem(status: StatusCode, title: &str, detail: &str) -> Response {
    let body = json!({ "title": title, "status": status.as_u16(), "detail": detail });
    typed(status, "application/problem+json", body.to_string())
}

/// An HTML page.
pub(crate) fn html(status: StatusCode, body: String) -> Response {
    typed(status, "text/html; charset=utf-8", body)
}

/// A redirect that turns any method into GET and carries no content (RFC 9700 section 4.12).
pub(crate) fn see_other(location: &str) -> Response {
    let mut response = plain(StatusCode::SEE_OTHER, Body::empty());
    set(&mut response, header::LOCATION, location);
    response
}

/// A success without content.
pub(crate) fn empty(status: StatusCode) -> Response {
    plain(status, Body::empty())
}

/// Replaces a field. A value that is no field value (it would split the head) is left out.
pub(crate) fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// Adds a field beside those of the same name.
pub(crate) fn add(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().append(name, value);
    }
}

fn typed(status: StatusCode, media_type: &'static str, body: String) -> Response {
    let mut response = plain(status, Body::from(body));
    set(&mut response, header::CONTENT_TYPE, media_type);
    response
}

fn plain(status: StatusCode, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    set(&mut response, header::CACHE_CONTROL, "no-store");
    set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    response
}
