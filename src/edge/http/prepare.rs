//! From our request to reqwest's, refusing what HTTP can't carry.

use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Body, Method, Url};

use crate::model::{Request, Silence};

/// A request ready to be sent by reqwest.
pub(super) struct Prepared(pub(super) reqwest::Request);

impl Prepared {
    /// The request, field for field.
    pub(super) fn from_request(request: &Request) -> Result<Self, Silence> {
        let url = Url::parse(&request.url()).map_err(|why| not_sent(&why.to_string()))?;
        let mut prepared = reqwest::Request::new(method(&request.method)?, url);
        *prepared.headers_mut() = headers(request)?;
        if !request.body.is_empty() {
            *prepared.body_mut() = Some(Body::from(request.body.clone()));
        }
        Ok(Self(prepared))
    }
}

pub(super) fn method(method: &str) -> Result<Method, Silence> {
    match Method::from_bytes(method.as_bytes()) {
        Ok(Method::CONNECT) => Err(not_sent("CONNECT asks for a tunnel")),
        Ok(method) => Ok(method),
        Err(_) => Err(not_sent("the method is not a token")),
    }
}

pub(super) fn headers(request: &Request) -> Result<HeaderMap, Silence> {
    let mut headers = HeaderMap::with_capacity(request.headers.len() + 2);
    for header in &request.headers {
        let name = HeaderName::from_bytes(header.name.as_bytes())
            .map_err(|_| not_sent("a field name is not a token"))?;
        let value = HeaderValue::from_bytes(&header.value).map_err(|_| {
            not_sent(&format!(
                "the field {name} holds a byte that HTTP does not allow"
            ))
        })?;
        headers.append(name, value);
    }
    // RFC 9110 section 8.6: methods that define a meaning for content say so when there is none
    if request.body.is_empty() && matches!(request.method.as_str(), "POST" | "PUT" | "PATCH") {
        headers
            .entry(CONTENT_LENGTH)
            .or_insert_with(|| HeaderValue::from_static("0"));
    }
    Ok(headers)
}

pub(super) fn not_sent(why: &str) -> Silence {
    Silence::Unreachable(format!("nothing was sent: {why}"))
}
