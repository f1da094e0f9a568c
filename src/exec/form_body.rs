//! Form content of a request (application/x-www-form-urlencoded).

use crate::model::{Header, Request};
use crate::wire::form;

/// The media type of forms.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// Puts one more parameter into the form of a request; a GET becomes a POST.
pub(super) fn add_form_parameter(request: &mut Request, name: &str, value: &str) {
    let mut pairs = form::parse(&String::from_utf8_lossy(&request.body));
    pairs.push((name.to_owned(), value.to_owned()));
    set_form(request, &pairs);
}

/// Makes a form the content of a request.
pub(super) fn set_form(request: &mut Request, pairs: &[(String, String)]) {
    set_content(request, FORM, form::encode(pairs).into_bytes());
}

/// Makes this the content of a request.
pub(super) fn set_content(request: &mut Request, media_type: &str, body: Vec<u8>) {
    request
        .headers
        .retain(|header| !header.name.eq_ignore_ascii_case("content-type"));
    if !media_type.is_empty() {
        request
            .headers
            .push(Header::new("Content-Type", media_type));
    }
    request.body = body;
}
