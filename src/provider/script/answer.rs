//! What may be changed about any answer: status, fields, content, or that there is one at all.

use std::time::Duration;

use serde_json::{Map, Value};

use super::reader::{Place, ScriptError, Word};
use crate::model::{Body, Header, Response};
use crate::provider::patch::merge_patch;
use crate::provider::{Reply, answers};

/// Changes to an answer. The empty one changes nothing.
#[derive(Clone, Debug, PartialEq, Default)]
pub(in crate::provider) struct AnswerTwist {
    status: Option<u16>,
    content: Option<Content>,
    merge: Option<Map<String, Value>>,
    media_type: Option<String>,
    fields: Vec<(String, Vec<String>)>,
    /// Spaces behind the content.
    pad: usize,
    instead: Option<Instead>,
}

/// The longest padding: more than any client should read.
const LONGEST_PAD: usize = 64 << 20;

#[derive(Clone, Debug, PartialEq)]
enum Content {
    Json(Value),
    Text(String),
}

#[derive(Clone, Debug, PartialEq)]
enum Instead {
    Close,
    Silence(Duration),
    Raw(String),
}

impl AnswerTwist {
    pub(super) const FIELDS: &'static [Word] = &[
        (
            "status",
            "status code; from 300 on the content is empty unless `json` or `body` gives one",
        ),
        ("json", "JSON in place of the honest content"),
        (
            "merge",
            "merge patch (RFC 7396) over the honest JSON of an answer that says yes",
        ),
        (
            "body",
            "text in place of the honest content, under the endpoint's own media type",
        ),
        ("media-type", "value of Content-Type"),
        (
            "header",
            "fields set (a text), repeated (a list) or removed (null)",
        ),
        ("location", "value of Location"),
        (
            "pad",
            "this many spaces follow the content, for answers that are too long",
        ),
        (
            "close",
            "`before-head`: the connection is closed without an answer",
        ),
        (
            "silence",
            "nothing is answered for this span, such as 20s; then the connection is closed",
        ),
        (
            "raw",
            "these octets are sent in place of a response, HTTP or not",
        ),
    ];

    /// Reads the fields that any answer has; others are left to the caller.
    pub(super) fn read(map: &Map<String, Value>, place: &Place) -> Result<Self, ScriptError> {
        let mut twist = Self::default();
        for (name, value) in map {
            let place = place.at(name);
            if place.is_open(value) {
                continue;
            }
            match name.as_str() {
                "status" => twist.status = Some(read_status(value, &place)?),
                "json" => twist.set_content(Content::Json(value.clone()), &place)?,
                "body" => {
                    twist.set_content(Content::Text(place.text(value)?.to_owned()), &place)?
                }
                "merge" => twist.merge = Some(place.map(value)?.clone()),
                "media-type" => twist.media_type = Some(field_value(place.text(value)?, &place)?),
                "header" => twist.fields.extend(read_fields(value, &place)?),
                "location" => {
                    let value = field_value(place.text(value)?, &place)?;
                    twist.fields.push(("location".to_owned(), vec![value]));
                }
                "pad" => twist.pad = read_pad(value, &place)?,
                "close" => match place.text(value)? {
                    "before-head" => twist.set_instead(Instead::Close, &place)?,
                    other => {
                        return Err(place.unknown("moment", other, ["before-head"].into_iter()));
                    }
                },
                "silence" => twist.set_instead(Instead::Silence(place.span(value)?), &place)?,
                "raw" => twist.set_instead(Instead::Raw(place.text(value)?.to_owned()), &place)?,
                _ => {}
            }
        }
        Ok(twist)
    }

    fn set_content(&mut self, content: Content, place: &Place) -> Result<(), ScriptError> {
        match self.content.replace(content) {
            None => Ok(()),
            Some(_) => Err(place.error("`json` and `body` exclude each other")),
        }
    }

    fn set_instead(&mut self, instead: Instead, place: &Place) -> Result<(), ScriptError> {
        match self.instead.replace(instead) {
            None => Ok(()),
            Some(_) => Err(place.error("`close`, `silence` and `raw` exclude each other")),
        }
    }

    /// The whole answer, where nothing of the honest one is left. The endpoint then does nothing for the request:
    /// a code offered to a token endpoint that answers 500 is still good at the next call.
    pub(in crate::provider) fn outright(&self, media_type: &str) -> Option<Reply> {
        match &self.instead {
            Some(Instead::Close) => return Some(Reply::Close),
            Some(Instead::Silence(span)) => return Some(Reply::Silence(*span)),
            Some(Instead::Raw(text)) => return Some(Reply::Raw(text.clone().into_bytes())),
            None => {}
        }
        let (media_type, content) = match &self.content {
            Some(Content::Json(json)) => ("application/json", json.to_string()),
            Some(Content::Text(text)) => (media_type, text.clone()),
            None if self.status.is_some_and(|status| status >= 300) => ("", String::new()),
            None => return None,
        };
        let mut response = answers::content(200, media_type, content);
        self.dress(&mut response);
        Some(Reply::Response(response))
    }

    /// Changes an honest answer that stays, in part, as it is.
    pub(in crate::provider) fn amend(&self, mut response: Response) -> Response {
        let good = response.status < 300;
        if let (Some(patch), true) = (&self.merge, good)
            && let Ok(mut json) = serde_json::from_slice::<Value>(response.body.bytes())
        {
            merge_patch(&mut json, &Value::Object(patch.clone()));
            response.body = Body::Whole(json.to_string().into_bytes());
        }
        self.dress(&mut response);
        response
    }

    fn dress(&self, response: &mut Response) {
        if let Some(status) = self.status {
            response.status = status;
        }
        if self.pad > 0 {
            let mut content = response.body.bytes().to_vec();
            content.resize(content.len() + self.pad, b' ');
            response.body = Body::Whole(content);
        }
        if let Some(media_type) = &self.media_type {
            set_field(response, "content-type", std::slice::from_ref(media_type));
        }
        for (name, values) in &self.fields {
            set_field(response, name, values);
        }
    }
}

fn set_field(response: &mut Response, name: &str, values: &[String]) {
    response
        .headers
        .retain(|header| !header.name.eq_ignore_ascii_case(name));
    response
        .headers
        .extend(values.iter().map(|value| Header::new(name, value.as_str())));
}

fn read_status(value: &Value, place: &Place) -> Result<u16, ScriptError> {
    value
        .as_u64()
        .and_then(|status| u16::try_from(status).ok())
        .filter(|status| (200..=599).contains(status))
        .ok_or_else(|| place.error("a status is a number from 200 to 599"))
}

fn read_pad(value: &Value, place: &Place) -> Result<usize, ScriptError> {
    value
        .as_u64()
        .and_then(|octets| usize::try_from(octets).ok())
        .filter(|octets| *octets <= LONGEST_PAD)
        .ok_or_else(|| place.error(format!("a padding is a number up to {LONGEST_PAD}")))
}

fn read_fields(value: &Value, place: &Place) -> Result<Vec<(String, Vec<String>)>, ScriptError> {
    let fields = place.patches(value)?;
    for (name, values) in &fields {
        let place = place.at(name);
        if !crate::wire::fields::is_token(name.as_bytes()) {
            return Err(place.error(format!("`{name}` is no field name (RFC 9110 section 5.1)")));
        }
        for value in values {
            field_value(value, &place)?;
        }
    }
    Ok(fields)
}

/// RFC 9110 section 5.5: what else is meant goes by `raw`.
fn field_value(text: &str, place: &Place) -> Result<String, ScriptError> {
    if text
        .bytes()
        .any(|byte| byte.is_ascii_control() && byte != b'\t')
    {
        return Err(place.error("a field value holds no control character; `raw` sends any octets"));
    }
    Ok(text.to_owned())
}
