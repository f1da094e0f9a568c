//! From our request to reqwest's or hyper's, refusing what HTTP can't carry.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::http::uri::PathAndQuery;
use reqwest::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Body, Method, Url};
use url::Position;

use crate::model::{Request, Silence};

/// A request ready to be sent.
pub(super) enum Prepared {
    /// By reqwest.
    Usual(reqwest::Request),
    /// By the sender of exact targets: reqwest's URL type would send another target, as it does for `/a/../b`.
    Exact(hyper::Request<Full<Bytes>>),
}

impl Prepared {
    /// The request, field for field.
    pub(super) fn from_request(request: &Request) -> Result<Self, Silence> {
        let method = method(&request.method)?;
        // The whole rest of the URL must be the target: a target such as `@other.example/` would otherwise
        // make another origin of the text.
        match Url::parse(&request.url()) {
            Ok(url) if url[Position::BeforePath..Position::AfterQuery] == *request.target => {
                let mut prepared = reqwest::Request::new(method, url);
                *prepared.headers_mut() = headers(request)?;
                if !request.body.is_empty() {
                    *prepared.body_mut() = Some(Body::from(request.body.clone()));
                }
                Ok(Self::Usual(prepared))
            }
            _ => exact(request, method).map(Self::Exact),
        }
    }
}

fn exact(request: &Request, method: Method) -> Result<hyper::Request<Full<Bytes>>, Silence> {
    let target = PathAndQuery::try_from(request.target.as_str())
        .ok()
        .filter(|target| target.as_str() == request.target)
        .filter(|target| target.as_str().starts_with('/') || target.as_str() == "*")
        .ok_or_else(|| not_sent("the request target holds what HTTP does not allow there"))?;
    let mut headers = headers(request)?;
    if !headers.contains_key(HOST) {
        let host = HeaderValue::from_str(&request.origin.authority())
            .map_err(|_| not_sent("the host is not a name"))?;
        headers.insert(HOST, host);
    }
    let mut prepared = hyper::Request::new(Full::new(Bytes::from(request.body.clone())));
    *prepared.method_mut() = method;
    *prepared.uri_mut() = hyper::Uri::from(target);
    *prepared.headers_mut() = headers;
    Ok(prepared)
}

fn method(method: &str) -> Result<Method, Silence> {
    match Method::from_bytes(method.as_bytes()) {
        Ok(Method::CONNECT) => Err(not_sent("CONNECT asks for a tunnel")),
        Ok(method) => Ok(method),
        Err(_) => Err(not_sent("the method is not a token")),
    }
}

fn headers(request: &Request) -> Result<HeaderMap, Silence> {
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
    // A server that refuses before it read the content, and keeps the connection, takes the rest of the content for the
    // beginning of the next request: then one case would spoil another.
    if !request.body.is_empty() {
        headers
            .entry(CONNECTION)
            .or_insert_with(|| HeaderValue::from_static("close"));
    }
    Ok(headers)
}

fn not_sent(why: &str) -> Silence {
    Silence::Unreachable(format!("nothing was sent: {why}"))
}
