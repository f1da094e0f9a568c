//! How answers look: content, pages, redirects and the errors of RFC 6749 section 5.2.

use serde_json::{Map, Value, json};

use crate::model::{Header, Response};

/// Content that nobody keeps (RFC 6749 section 5.1). Without a media type there is no Content-Type.
pub(super) fn content(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Response {
    let mut headers = vec![Header::new("cache-control", "no-store")];
    if !media_type.is_empty() {
        headers.insert(0, Header::new("content-type", media_type));
    }
    Response::new(status, headers, body)
}

/// A JSON object.
pub(super) fn object(status: u16, members: Map<String, Value>) -> Response {
    content(status, JSON, Value::Object(members).to_string())
}

/// A page for a person.
pub(super) fn page(status: u16, says: &str) -> Response {
    content(
        status,
        HTML,
        format!(
            "<!doctype html><title>Provider</title><p>{}</p>\n",
            escape(says)
        ),
    )
}

/// 303: the browser goes on with GET, whatever it came with (RFC 9700 section 4.12).
pub(super) fn redirect(location: &str) -> Response {
    let mut response = content(303, "", "");
    response.headers.push(Header::new("location", location));
    response
}

pub(super) const JSON: &str = "application/json";
pub(super) const HTML: &str = "text/html; charset=utf-8";

/// A refusal in the words of OAuth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Registered error code.
    pub(super) error: &'static str,
    /// For the developer who reads it.
    pub(super) description: &'static str,
}

impl Refusal {
    pub(super) const fn new(error: &'static str, description: &'static str) -> Self {
        Self { error, description }
    }

    /// As an answer to a client: 400, or 401 with a challenge where the client is not known (RFC 6749 section 5.2).
    pub(super) fn response(self) -> Response {
        let status = if self.error == "invalid_client" {
            401
        } else {
            400
        };
        let body = json!({ "error": self.error, "error_description": self.description });
        let mut response = content(status, JSON, body.to_string());
        if status == 401 {
            response.headers.push(Header::new(
                "www-authenticate",
                "Basic realm=\"provider\", charset=\"UTF-8\"",
            ));
        }
        response
    }

    /// As an answer to the bearer of a token (RFC 6750 section 3.1).
    pub(super) fn bearer_response(self) -> Response {
        let status = match self.error {
            "insufficient_scope" => 403,
            "invalid_request" => 400,
            _ => 401,
        };
        let mut response = content(status, "", "");
        response.headers.push(Header::new(
            "www-authenticate",
            format!(
                "Bearer realm=\"provider\", error=\"{}\", error_description=\"{}\"",
                self.error, self.description
            ),
        ));
        response
    }
}

/// Text inside HTML, attribute values included.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
