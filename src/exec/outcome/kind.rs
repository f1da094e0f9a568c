//! What answers of one kind have in common, as calibration learned it from two of them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::model::Response;
use crate::wire::json;

/// What answers of one kind have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Kind {
    /// Status code.
    pub status: u16,
    /// Media type.
    pub media_type: Option<String>,
    /// Location, where the good answer is a redirect.
    pub location: Option<String>,
    /// Content.
    pub content: Content,
}

/// The content of answers of one kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// None.
    Empty,
    /// A JSON object: its members with their types, and values that stay the same.
    Members(BTreeMap<String, Member>),
    /// JSON of another type.
    Json(&'static str),
    /// Text with this many bytes at least, and lines that stay the same.
    Text(Vec<String>),
}

/// A member of a JSON object.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// JSON type.
    pub kind: &'static str,
    /// The value, if it is a text, number or boolean that stays the same.
    pub steady: Option<Value>,
    /// The claim of the valid token whose value it shows.
    pub echoes: Option<String>,
}

impl Member {
    fn of(value: &Value, twin: &Value) -> Option<Self> {
        let kind = type_of(value);
        let scalar = !matches!(value, Value::Object(_) | Value::Array(_) | Value::Null);
        (type_of(twin) == kind).then(|| Self {
            kind,
            steady: (scalar && value == twin).then(|| value.clone()),
            echoes: None,
        })
    }

    /// A boolean that stays the same says yes or no; other steady values may well be of the moment.
    fn says(&self) -> Option<bool> {
        self.steady.as_ref().and_then(Value::as_bool)
    }
}

impl Kind {
    /// What two good answers have in common; none if they are of different kinds.
    pub fn of(one: &Response, other: &Response) -> Option<Self> {
        if one.status != other.status || one.media_type() != other.media_type() {
            return None;
        }
        Some(Self {
            status: one.status,
            media_type: one.media_type(),
            location: one.first("location").map(|url| without_query(&url)),
            content: Content::of(one.body.bytes(), other.body.bytes())?,
        })
    }

    /// Whether an answer is of this kind. A HEAD answer has no content to compare.
    pub fn is(&self, response: &Response, head: bool) -> bool {
        let both_2xx = is_2xx(self.status) && is_2xx(response.status);
        if !both_2xx && self.status != response.status {
            return false;
        }
        if self.media_type != response.media_type() {
            return false;
        }
        if !both_2xx && self.location != response.first("location").map(|url| without_query(&url)) {
            return false;
        }
        if head {
            return self.content == Content::Empty || measures_content(response);
        }
        !response.is_whole() || self.content.is(response.body.bytes())
    }

    /// Marks the members that show a claim of the valid token.
    pub fn echoing(mut self, claims: &Map<String, Value>) -> Self {
        if let Content::Members(members) = &mut self.content {
            for (name, member) in members {
                let shows = |claim: &&String| member.steady.as_ref() == claims.get(*claim);
                let named = claims.keys().find(|claim| *claim == name);
                let claim = named.filter(shows).or_else(|| claims.keys().find(shows));
                member.echoes = claim.filter(|_| member.steady.is_some()).cloned();
            }
        }
        self
    }

    /// Whether an answer is of this kind but for the claims that it shows, and these are the sent ones: whoever says
    /// back what a token claims has believed it, though a missing or odd claim changes the shape of the answer.
    pub fn echoes(&self, response: &Response, sent: &Map<String, Value>) -> bool {
        let Content::Members(members) = &self.content else {
            return false;
        };
        let Some(Value::Object(found)) = json::parse_lenient(response.body.bytes()) else {
            return false;
        };
        let as_sent = |name: &String, claim: &String| {
            let (shown, claimed) = (found.get(name), sent.get(claim));
            shown.unwrap_or(&Value::Null) == claimed.unwrap_or(&Value::Null)
        };
        is_2xx(self.status)
            && is_2xx(response.status)
            && response.is_whole()
            && self.media_type == response.media_type()
            && members.values().any(|member| member.echoes.is_some())
            && found.keys().all(|name| members.contains_key(name))
            && members.iter().all(|(name, member)| match &member.echoes {
                Some(claim) => as_sent(name, claim),
                None => member.steady.is_some() && found.get(name) == member.steady.as_ref(),
            })
    }

    /// Members that say no here and yes in every good answer: `"success": false`.
    fn says_no(&self, response: &Response) -> Vec<&str> {
        let Content::Members(members) = &self.content else {
            return Vec::new();
        };
        let Some(Value::Object(found)) = json::parse_lenient(response.body.bytes()) else {
            return Vec::new();
        };
        let opposite = |name: &str, steady: Option<bool>| {
            let said = found.get(name).and_then(Value::as_bool);
            steady.is_some_and(|steady| said == Some(!steady))
        };
        members
            .iter()
            .filter(|(name, member)| opposite(name, member.says()))
            .map(|(name, _)| name.as_str())
            .collect()
    }

    /// Whether two answers say no by the same member.
    pub fn both_say_no(&self, one: &Response, other: &Response) -> bool {
        let other = self.says_no(other);
        self.says_no(one).iter().any(|name| other.contains(name))
    }
}

/// Whether the head of an answer to HEAD tells of content; a 200 for every HEAD shows nothing that is guarded.
fn measures_content(response: &Response) -> bool {
    let length = response
        .first("content-length")
        .and_then(|text| text.trim().parse::<u64>().ok());
    length.is_some_and(|length| length > 0)
}

impl Kind {
    /// In words, what keeps a 2xx from being of this kind.
    pub fn difference(&self, response: &Response) -> Option<String> {
        let (wanted, found) = (&self.media_type, response.media_type());
        if *wanted != found {
            let name = |one: &Option<String>| one.clone().unwrap_or("no media type".to_owned());
            return Some(format!("{}, not {}", name(&found), name(wanted)));
        }
        self.content.difference(response.body.bytes())
    }
}

impl Content {
    fn difference(&self, body: &[u8]) -> Option<String> {
        let Self::Members(members) = self else {
            return (!self.is(body)).then(|| "other content".to_owned());
        };
        let Some(Value::Object(found)) = json::parse_lenient(body) else {
            return Some("no JSON object".to_owned());
        };
        members.iter().find_map(|(name, member)| {
            let Some(value) = found.get(name) else {
                return Some(format!("no `{name}`"));
            };
            if type_of(value) != member.kind {
                return Some(format!("`{name}` of type {}", type_of(value)));
            }
            let steady = member.says()?;
            (value.as_bool() != Some(steady)).then(|| format!("`{name}` {value}"))
        })
    }

    /// Nothing is known of it but that it is there: any answer of the media type would do.
    pub fn is_anything(&self) -> bool {
        match self {
            Self::Members(members) => members.is_empty(),
            Self::Text(steady) => steady.is_empty(),
            Self::Empty | Self::Json(_) => false,
        }
    }

    fn of(one: &[u8], other: &[u8]) -> Option<Self> {
        match (json::parse_lenient(one), json::parse_lenient(other)) {
            (Some(Value::Object(one)), Some(Value::Object(other))) => Some(Self::Members(
                one.iter()
                    .filter_map(|(name, value)| {
                        let member = Member::of(value, other.get(name)?)?;
                        Some((name.clone(), member))
                    })
                    .collect(),
            )),
            (Some(one), Some(other)) => {
                (type_of(&one) == type_of(&other)).then(|| Self::Json(type_of(&one)))
            }
            _ if one.is_empty() || other.is_empty() => {
                (one.is_empty() && other.is_empty()).then_some(Self::Empty)
            }
            _ => {
                let other: Vec<String> = lines(other);
                Some(Self::Text(
                    lines(one)
                        .into_iter()
                        .filter(|line| other.contains(line))
                        .collect(),
                ))
            }
        }
    }

    fn is(&self, body: &[u8]) -> bool {
        match self {
            Self::Empty => body.is_empty(),
            Self::Members(members) => match json::parse_lenient(body) {
                Some(Value::Object(found)) => members.iter().all(|(name, member)| {
                    found.get(name).is_some_and(|value| {
                        type_of(value) == member.kind
                            && member
                                .says()
                                .is_none_or(|steady| value.as_bool() == Some(steady))
                    })
                }),
                _ => false,
            },
            Self::Json(kind) => {
                json::parse_lenient(body).is_some_and(|value| type_of(&value) == *kind)
            }
            Self::Text(steady) => {
                let found = lines(body);
                !body.is_empty() && steady.iter().all(|line| found.contains(line))
            }
        }
    }
}

fn lines(body: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(body)
        .lines()
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

pub(super) const fn is_2xx(status: u16) -> bool {
    status >= 200 && status < 300
}

fn without_query(url: &str) -> String {
    url.split(['?', '#']).next().unwrap_or_default().to_owned()
}
