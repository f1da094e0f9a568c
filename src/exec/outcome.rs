//! The one place that says how an answer is to be taken.
//!
//! For a guarded endpoint calibration has learned what yes and no look like there; everything else follows from
//! the answer alone. No case and no matcher guesses.

mod kind;

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::matcher::Seen;
use crate::model::{Answer, Exchange, Outcome, Response, Silence};
use crate::suite::model::Check;
use crate::wire::{jose, json};

use kind::is_2xx;

pub use kind::{Content, Kind, Member};

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
        if self.echoes_what_was_sent(exchange, response) {
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

    /// Whether an answer shows the claims of the token that was offered, where the good one shows those of the valid
    /// token, and a request without credential gets nothing of the kind.
    fn echoes_what_was_sent(&self, exchange: &Exchange, response: &Response) -> bool {
        let (Some(good), Some(sent)) = (&self.good, sent_claims(exchange)) else {
            return false;
        };
        let greeted = |anonymous: &Response| good.echoes(anonymous, &Map::new());
        !self.anonymous.as_ref().is_some_and(greeted) && good.echoes(response, &sent)
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
        rule.any_of.iter().any(|one| {
            one.into_iter().all(|(kind, argument)| {
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

/// The claims of the one token that a request offers in a field; a proof of possession is no offer.
pub fn sent_claims(exchange: &Exchange) -> Option<Map<String, Value>> {
    let fields = exchange.request.headers.iter();
    let offers = fields.filter(|field| !field.name.eq_ignore_ascii_case("dpop"));
    let mut tokens = offers.filter_map(|field| {
        let value = String::from_utf8_lossy(&field.value).into_owned();
        value.split_ascii_whitespace().last().and_then(jose::read)
    });
    let token = tokens.next()?;
    tokens.next().is_none().then_some(token.claims).flatten()
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
    let says = |body: &Value| body.get("active") == Some(&Value::Bool(true));
    // or a JWT that holds the answer (RFC 9701 section 5)
    let signed = |response: &Response| {
        let token = jose::read(std::str::from_utf8(response.body.bytes()).ok()?)?;
        token.claims?.get("token_introspection").cloned()
    };
    whole(answer, |response| {
        let plain = json::parse_lenient(response.body.bytes());
        let said = plain.or_else(|| signed(response));
        is_2xx(response.status) && said.as_ref().is_some_and(says)
    })
}

/// How an answer is to be taken that gives this text: a `request_uri`, a `device_code`.
pub fn of_member(answer: &Answer, member: &str) -> Outcome {
    whole(answer, |response| {
        is_2xx(response.status)
            && json::parse_lenient(response.body.bytes()).is_some_and(|body| {
                let text = body.get(member).and_then(Value::as_str);
                text.is_some_and(|text| !text.is_empty())
            })
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
