//! The one place that says how an answer is to be taken.
//!
//! For a guarded endpoint calibration has learned what yes and no look like there; everything else follows from
//! the answer alone. No case and no matcher guesses.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use crate::matcher::Seen;
use crate::model::{Answer, Exchange, Outcome, Response, Silence};
use crate::suite::model::Check;
use crate::wire::json;

/// What calibration learned of a guarded endpoint.
#[derive(Clone, Default)]
pub struct Oracle {
    /// What the good answers have in common; none: no valid credential is known.
    pub good: Option<Kind>,
    /// What a request without credential gets.
    pub anonymous: Option<Response>,
    /// The profile's own rule.
    pub rule: Option<Check>,
    /// The good credential opens in the standard form too, where the profile gives a fixed one. Without that no
    /// refusal of another credential means anything there.
    pub standard_form_opens: bool,
}

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
    /// A JSON object: its members with their types, and booleans that stay the same.
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
    /// The value, if it is a boolean that stays the same.
    pub steady: Option<bool>,
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
            .filter(|(name, member)| opposite(name, member.steady))
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
            let steady = member.steady?;
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
                        let twin = other.get(name)?;
                        let kind = type_of(value);
                        (type_of(twin) == kind).then(|| {
                            let steady = value.as_bool().filter(|_| value == twin);
                            (name.clone(), Member { kind, steady })
                        })
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
                                .steady
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

const fn is_2xx(status: u16) -> bool {
    status >= 200 && status < 300
}

fn without_query(url: &str) -> String {
    url.split(['?', '#']).next().unwrap_or_default().to_owned()
}

/// An answer of any endpoint, where nothing but the answer itself is known: none for one that a gateway or a
/// limit took away, else whether it is whole and its status.
pub fn unjudged(answer: &Answer) -> Option<Outcome> {
    let response = match answer {
        Answer::Silence(Silence::Malformed(_)) => return Some(Outcome::Broken),
        Answer::Silence(_) => return Some(Outcome::Unreachable),
        Answer::Response(response) => response,
    };
    match response.status {
        429 => Some(Outcome::Throttled),
        503 if response.first("retry-after").is_some() => Some(Outcome::Throttled),
        408 | 502 | 503 | 504 => Some(Outcome::Unreachable),
        100..=199 => Some(Outcome::Broken),
        _ if !response.is_whole() && !is_2xx(response.status) => Some(Outcome::Broken),
        _ => None,
    }
}

impl Oracle {
    /// How an answer of the guarded endpoint is to be taken.
    pub fn classify(&self, exchange: &Exchange) -> Outcome {
        if let Some(outcome) = unjudged(&exchange.answer) {
            return outcome;
        }
        let Some(response) = exchange.answer.response() else {
            return Outcome::Unreachable;
        };
        let head = exchange.request.method == "HEAD";
        if let Some(rule) = &self.rule {
            return match self.by_rule(rule, exchange) {
                true => Outcome::Accepted,
                false if response.status >= 500 => Outcome::Errored,
                false => Outcome::Refused,
            };
        }
        // a HEAD can't be told apart by content it doesn't have
        let same_for_all = head && self.anonymous_is_2xx();
        if self
            .good
            .as_ref()
            .is_some_and(|good| good.is(response, head))
            && !self.is_anonymous(response)
            && !same_for_all
        {
            return Outcome::Accepted;
        }
        match response.status {
            300..=499 => Outcome::Refused,
            500..=599 => Outcome::Errored,
            _ if self.is_anonymous(response) || self.is_like_anonymous(response) => {
                Outcome::Refused
            }
            // what is good is not known here; a 2xx where nobody gets one lets somebody in
            _ if self.good.is_none() && !self.anonymous_is_2xx() => Outcome::Accepted,
            _ => Outcome::Unclear,
        }
    }

    fn anonymous_is_2xx(&self) -> bool {
        self.anonymous
            .as_ref()
            .is_some_and(|anonymous| is_2xx(anonymous.status))
    }

    /// Whether this is the 2xx that a request without credential gets too.
    fn is_anonymous(&self, response: &Response) -> bool {
        self.anonymous.as_ref().is_some_and(|anonymous| {
            is_2xx(anonymous.status)
                && anonymous.status == response.status
                && anonymous.media_type() == response.media_type()
                && anonymous.body.bytes() == response.body.bytes()
        })
    }

    /// Whether this 2xx says no by the member by which the anonymous 2xx does.
    fn is_like_anonymous(&self, response: &Response) -> bool {
        let (Some(good), Some(anonymous)) = (&self.good, &self.anonymous) else {
            return false;
        };
        is_2xx(anonymous.status) && good.both_say_no(anonymous, response)
    }

    fn by_rule(&self, rule: &Check, exchange: &Exchange) -> bool {
        let seen = Seen {
            exchanges: Cow::Owned(vec![exchange.clone()]),
            ..Seen::default()
        };
        rule.any_of.iter().any(|all| {
            all.iter().all(|(kind, argument)| {
                let argument = argument.expand(&mut |_| None);
                argument.is_ok_and(|argument| (kind.examine)(&argument, &seen).is_ok())
            })
        })
    }

    /// What is said of an answer that is no clear yes or no, and the line of the profile that would decide.
    pub fn unclear(&self, response: &Response) -> String {
        let differs = self
            .good
            .as_ref()
            .and_then(|good| good.difference(response));
        format!(
            "status {} with {}, unlike the good answer: if that is a yes, say what counts as one (profile: `accepted: {{ status: {} }}`)",
            response.status,
            differs.unwrap_or("other content".to_owned()),
            response.status
        )
    }

    /// Whether an answer shows the protected content, for requests to other endpoints. Where that content was never
    /// seen, nobody can say so of a 2xx.
    pub fn opens(&self, exchange: &Exchange) -> Outcome {
        let seen = self.good.is_some() || self.rule.is_some();
        match self.classify(exchange) {
            Outcome::Unclear if seen => Outcome::Refused,
            Outcome::Accepted if !seen => Outcome::Unclear,
            outcome => outcome,
        }
    }
}

/// How an answer of the token endpoint is to be taken (RFC 6749 section 5): tokens, or no.
pub fn of_tokens(answer: &Answer) -> Outcome {
    whole(answer, |response| {
        is_2xx(response.status)
            && json::parse_lenient(response.body.bytes()).is_some_and(|body| {
                body.get("access_token")
                    .is_some_and(|token| token.as_str().is_some_and(|text| !text.is_empty()))
            })
    })
}

/// How an answer of the introspection endpoint is to be taken (RFC 7662 section 2.2): active, or no.
pub fn of_introspection(answer: &Answer) -> Outcome {
    whole(answer, |response| {
        is_2xx(response.status)
            && json::parse_lenient(response.body.bytes())
                .is_some_and(|body| body.get("active") == Some(&Value::Bool(true)))
    })
}

/// How an answer is to be taken where a 2xx is a yes: revocation, userinfo, open endpoints.
pub fn of_plain(answer: &Answer) -> Outcome {
    whole(answer, |response| is_2xx(response.status))
}

fn whole(answer: &Answer, accepted: impl Fn(&Response) -> bool) -> Outcome {
    if let Some(outcome) = unjudged(answer) {
        return outcome;
    }
    match answer.response() {
        Some(response) if accepted(response) => Outcome::Accepted,
        Some(response) if !response.is_whole() => Outcome::Broken,
        Some(response) if response.status >= 500 => Outcome::Errored,
        Some(_) => Outcome::Refused,
        None => Outcome::Unreachable,
    }
}

#[cfg(test)]
mod tests;
