//! Guarded endpoints, what guards them, and the form in which each takes its credential.

use crate::source::shape::{Field, Shape, duration};
use crate::source::{Diagnostic, Node};
use crate::suite::model::Check;
use crate::suite::template::Template;
use crate::wire::jose;

use super::endpoint::{ENDPOINT, Endpoint};
use super::read::{Reader, flag, text};
use super::token::TokenSource;

/// A guarded endpoint.
#[derive(Clone, Debug)]
pub struct Door {
    /// Its name in `protected.NAME`.
    pub name: String,
    /// What is asked.
    pub endpoint: Endpoint,
    /// The scheme that guards it.
    pub scheme: Scheme,
    /// Nothing in the profile tells the scheme: the refusal may.
    pub scheme_unsaid: bool,
    /// The form in which it takes its credential, where that is not the standard's.
    pub form: Option<Form>,
    /// What counts as accepted, where status does not tell.
    pub accepted: Option<Check>,
    /// It takes opaque tokens, about which the target asks authspec's provider.
    pub introspected: bool,
    /// What it asks of a token beside being valid.
    pub demands: Demands,
    /// It demands a nonce of its own in every DPoP proof (RFC 9449 section 9).
    pub demands_nonce: bool,
    /// It takes tokens that are bound to the client certificate of the connection (RFC 8705).
    pub certificate_bound: bool,
}

/// What an endpoint asks of a token beside being valid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demands {
    /// A scope value (RFC 6749 section 3.3).
    pub scope: Option<String>,
    /// An authentication context (RFC 9470 section 3).
    pub acr: Option<String>,
    /// Seconds since the user was seen (RFC 9470 section 3).
    pub max_age: Option<u64>,
}

/// The scheme that guards an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// HTTP Basic (RFC 7617).
    Basic,
    /// Bearer tokens (RFC 6750).
    Bearer,
    /// Tokens bound to a key, with a proof of it (RFC 9449).
    Dpop,
    /// A scheme of the API's own; no standard's rules hold.
    Own,
}

/// Where and how a credential is carried.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// Field, query parameter or cookie.
    pub carrier: Carrier,
    /// Its name.
    pub name: String,
    /// The value; `${credential}` stands for the credential.
    pub value: Template,
}

impl Form {
    /// Whether it is that of RFC 6750 section 2.1, or in its place without a scheme, which is no other one.
    pub fn is_bearer(&self) -> bool {
        let scheme = self.value.beginning().split_once(' ');
        self.carrier == Carrier::Header
            && self.name.eq_ignore_ascii_case("authorization")
            && scheme.is_none_or(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
    }
}

/// Where a credential is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// A field.
    Header,
    /// A query parameter.
    Query,
    /// A form parameter of the body.
    Form,
    /// A cookie.
    Cookie,
}

pub(super) const GUARDED_KEY: Field = Field::new(
    "guarded",
    Shape::List(&ENDPOINT),
    "Guarded endpoints: `GET /orders`, or a map. The first gets all cases.",
);

pub(super) fn schemes() -> Vec<(&'static str, &'static str)> {
    vec![
        ("basic", "RFC 7617."),
        ("bearer", "RFC 6750."),
        ("dpop", "RFC 9449: a token bound to a key, and a proof."),
        (
            "own",
            "A scheme of the API's own: no standard's rules hold.",
        ),
    ]
}

pub(super) const FORM: &[Field] = &[
    Field::new("in", Shape::Word(carriers), "header if unsaid."),
    Field::new(
        "name",
        Shape::Text,
        "Name of the field, parameter or cookie; Authorization if unsaid.",
    ),
    Field::required(
        "value",
        Shape::Text,
        "The value; `${credential}` stands for the token, or for base64 of user:password.",
    ),
];

fn carriers() -> Vec<(&'static str, &'static str)> {
    vec![
        ("header", "A field."),
        ("query", "The query."),
        ("form", "The form body."),
        ("cookie", "A cookie."),
    ]
}

impl Reader<'_> {
    pub(super) fn doors(
        &mut self,
        node: Option<&Node>,
        basic: bool,
        token: Option<&TokenSource>,
        certificate: bool,
    ) -> Vec<Door> {
        let mut doors: Vec<Door> = Vec::new();
        for node in node.and_then(Node::as_list).unwrap_or_default() {
            let Some(endpoint) = self.endpoint(node) else {
                continue;
            };
            let form = node.get("credential").map(|form| self.form(form));
            let scheme = match text(node, "scheme").as_deref() {
                Some("basic") => Scheme::Basic,
                Some("bearer") => Scheme::Bearer,
                Some("dpop") => Scheme::Dpop,
                Some(_) => Scheme::Own,
                None => self.told_scheme(node, form.as_ref(), basic, token.is_some()),
            };
            let scheme_unsaid =
                node.get("scheme").is_none() && form.is_none() && !basic && token.is_none();
            let accepted = node.get("accepted").map(|rule| self.rule(rule));
            let name = text(node, "name").unwrap_or_else(|| name_of(&endpoint.target));
            if doors.iter().any(|door| door.name == name) {
                self.error(
                    "endpoint-twice",
                    node,
                    format!("two endpoints are called `{name}`; give one a `name`"),
                );
            }
            // where the valid token is opaque, every endpoint for tokens takes it
            let introspected = flag(node, "introspected")
                || scheme == Scheme::Bearer && matches!(token, Some(TokenSource::Introspected));
            let bound = flag(node, "certificate-bound");
            let certificate_bound = bound || certificate && is_bound(&endpoint, scheme, token);
            if bound && endpoint.origin.scheme != "https" {
                self.error(
                    "certificate-bound",
                    node,
                    "a client certificate is shown over TLS: write this endpoint with its whole URL, `https://...`",
                );
            }
            doors.push(Door {
                name,
                endpoint,
                scheme,
                scheme_unsaid,
                form,
                accepted,
                introspected,
                demands: demands(node.get("demands")),
                demands_nonce: flag(node, "demands-nonce"),
                certificate_bound,
            });
        }
        doors
    }

    pub(super) fn told_scheme(
        &mut self,
        node: &Node,
        form: Option<&Form>,
        basic: bool,
        token: bool,
    ) -> Scheme {
        if let Some(form) = form {
            let standard_field =
                form.carrier == Carrier::Header && form.name.eq_ignore_ascii_case("authorization");
            if !standard_field {
                return Scheme::Own;
            }
            let starts = |scheme: &str| match &form.value {
                Template::Plain(value) => value
                    .as_str()
                    .is_some_and(|text| text.to_ascii_lowercase().starts_with(scheme)),
                _ => false,
            };
            if starts("basic") {
                return Scheme::Basic;
            }
        }
        match (basic, token) {
            (true, true) => {
                self.errors.push(
                    Diagnostic::error(
                        "scheme",
                        node.span,
                        "this profile has a password and a token",
                    )
                    .label("which of them opens this endpoint?")
                    .help(
                        "write `{ method: GET, path: /orders, scheme: basic }` or `scheme: bearer`",
                    ),
                );
                Scheme::Own
            }
            (true, false) => Scheme::Basic,
            (false, _) => Scheme::Bearer,
        }
    }

    pub(super) fn form(&mut self, node: &Node) -> Form {
        let carrier = match text(node, "in").as_deref() {
            Some("query") => Carrier::Query,
            Some("form") => Carrier::Form,
            Some("cookie") => Carrier::Cookie,
            _ => Carrier::Header,
        };
        let value = node
            .get("value")
            .map_or(Template::Plain(serde_json::Value::Null), |value| {
                Template::compile(value, &mut self.errors)
            });
        if let Template::Plain(serde_json::Value::String(fixed)) = &value {
            self.secret(fixed, "credential");
        }
        Form {
            carrier,
            name: text(node, "name").unwrap_or_else(|| "Authorization".to_owned()),
            value,
        }
    }
}

/// Whether the token that is given says itself that it is bound to a certificate, and the endpoint takes it.
fn is_bound(endpoint: &Endpoint, scheme: Scheme, token: Option<&TokenSource>) -> bool {
    let Some(TokenSource::Value(token)) = token else {
        return false;
    };
    let claims = jose::read(token.reveal()).and_then(|token| token.claims);
    let confirmation = claims.and_then(|claims| claims.get("cnf").cloned());
    scheme == Scheme::Bearer
        && endpoint.origin.scheme == "https"
        && confirmation.is_some_and(|cnf| cnf.get("x5t#S256").is_some())
}

/// A name for an endpoint that has none: the last part of its path.
pub(in crate::suite) fn name_of(target: &str) -> String {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let last = path
        .rsplit('/')
        .find(|part| !part.is_empty())
        .unwrap_or("root");
    last.chars()
        .map(|one| {
            if one.is_ascii_alphanumeric() || one == '-' {
                one
            } else {
                '-'
            }
        })
        .collect()
}

pub(super) const DEMANDS: &[Field] = &[
    Field::new("scope", Shape::Text, "A scope value of the token."),
    Field::new(
        "acr",
        Shape::Text,
        "How the user must have been authenticated (RFC 9470).",
    ),
    Field::new(
        "max-age",
        Shape::Duration,
        "How long ago that may be (RFC 9470).",
    ),
];

fn demands(node: Option<&Node>) -> Demands {
    let said = |key: &str| node.and_then(|node| text(node, key));
    Demands {
        scope: said("scope"),
        acr: said("acr"),
        max_age: said("max-age")
            .and_then(|span| duration(&span))
            .map(|span| span.as_secs()),
    }
}
