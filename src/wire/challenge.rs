//! `WWW-Authenticate` and its kin: a list of challenges (RFC 9110 sections 11.3 to 11.6.1).
//!
//! Commas separate both challenges and parameters, so the list is first split outside of quotes and then an element
//! that names a scheme opens a challenge. What is well-formed but wrong (a parameter twice, a bare realm) is noted
//! as a defect, so that a matcher can cite the clause; whether that matters isn't decided here.

use crate::wire::fields::{self, FieldError};
use std::fmt;

/// One challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The scheme as written.
    pub scheme: String,
    /// Parameters in order: the name in lower case, the value unquoted.
    pub params: Vec<(String, String)>,
    /// The token68 that stands in place of parameters.
    pub token68: Option<String>,
    /// What is wrong though it can be read.
    pub defects: Vec<ChallengeDefect>,
}

/// A breach that doesn't hinder reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChallengeDefect {
    /// A parameter stands more than once (RFC 9110 section 11.2).
    RepeatedParameter(String),
    /// The realm isn't a quoted string (RFC 9110 section 11.5).
    UnquotedRealm,
}

impl Challenge {
    /// The first parameter of this name, which may be written in any case.
    pub fn param(&self, name: &str) -> Option<&str> {
        let found = self
            .params
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Whether the scheme is this one; schemes have no case (RFC 9110 section 11.1).
    pub fn is(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }

    fn new(scheme: &[u8]) -> Self {
        Self {
            scheme: fields::text(scheme),
            params: Vec::new(),
            token68: None,
            defects: Vec::new(),
        }
    }

    fn add(&mut self, element: &[u8]) -> Result<(), Trouble> {
        if self.token68.is_some() {
            return Err(Trouble::ParameterBesideToken68);
        }
        let (name, value, quoted) = fields::parameter(element).map_err(|error| match error {
            FieldError::OpenQuote => Trouble::OpenQuote,
            _ => Trouble::Parameter,
        })?;
        if self.params.iter().any(|(n, _)| *n == name) {
            let defect = ChallengeDefect::RepeatedParameter(name.clone());
            self.defects.push(defect);
        }
        if name == "realm" && !quoted {
            self.defects.push(ChallengeDefect::UnquotedRealm);
        }
        self.params.push((name, value));
        Ok(())
    }
}

/// Where and why a field value is no list of challenges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChallengeError {
    /// The line, from zero.
    pub field: usize,
    /// What is wrong.
    pub trouble: Trouble,
}

/// What is wrong with a field value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// No challenge stands in it.
    Empty,
    /// A quoted string has no end.
    OpenQuote,
    /// A parameter stands before any scheme.
    NoScheme,
    /// What stands in the place of a parameter is none.
    Parameter,
    /// A challenge has both a token68 and parameters.
    ParameterBesideToken68,
}

impl fmt::Display for ChallengeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trouble = match self.trouble {
            Trouble::Empty => "holds no challenge",
            Trouble::OpenQuote => "has a quoted string without end",
            Trouble::NoScheme => "has a parameter before any scheme",
            Trouble::Parameter => "has something that is no parameter",
            Trouble::ParameterBesideToken68 => "has parameters beside a token68",
        };
        write!(f, "challenge field {} {trouble}", self.field + 1)
    }
}

impl std::error::Error for ChallengeError {}

/// Reads all lines of the field. No line at all is no challenge; a line without one is an error.
pub fn parse(fields: &[&[u8]]) -> Result<Vec<Challenge>, ChallengeError> {
    let mut challenges = Vec::new();
    for (field, value) in fields.iter().enumerate() {
        let found = parse_line(value).map_err(|trouble| ChallengeError { field, trouble })?;
        challenges.extend(found);
    }
    Ok(challenges)
}

fn parse_line(value: &[u8]) -> Result<Vec<Challenge>, Trouble> {
    let elements = fields::split_list(value).map_err(|_| Trouble::OpenQuote)?;
    let mut challenges: Vec<Challenge> = Vec::new();
    for element in elements {
        match opening(element) {
            Some((scheme, rest)) => challenges.push(open(scheme, rest)?),
            None => challenges
                .last_mut()
                .ok_or(Trouble::NoScheme)?
                .add(element)?,
        }
    }
    if challenges.is_empty() {
        return Err(Trouble::Empty);
    }
    Ok(challenges)
}

/// An element opens a challenge when a token stands first that isn't the name of a parameter.
fn opening(element: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = element
        .iter()
        .position(|b| !fields::is_tchar(*b))
        .unwrap_or(element.len());
    let (token, rest) = element.split_at(end);
    let apart = rest.is_empty() || rest.starts_with(b" ");
    let rest = rest.trim_ascii();
    (!token.is_empty() && apart && !rest.starts_with(b"=")).then_some((token, rest))
}

fn open(scheme: &[u8], rest: &[u8]) -> Result<Challenge, Trouble> {
    let mut challenge = Challenge::new(scheme);
    if is_token68(rest) {
        challenge.token68 = Some(fields::text(rest));
    } else if !rest.is_empty() {
        challenge.add(rest)?;
    }
    Ok(challenge)
}

/// `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="` (RFC 9110 section 11.2).
pub fn is_token68(bytes: &[u8]) -> bool {
    let padding = bytes.iter().rev().take_while(|b| **b == b'=').count();
    let body = &bytes[..bytes.len() - padding];
    !body.is_empty()
        && body
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~+/".contains(b))
}

#[cfg(test)]
mod tests;
