//! Mistakes with what is asked for in detail (RFC 9396).

use serde_json::{Value, json};

use super::super::Fault;
use super::SERVER;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-details-shapeless",
        what: "What is no list of typed objects is asked for as nothing.",
        models: "JSON.parse(text).filter?.(one => one.type); RFC 9396 section 2",
        breaks: &["RFC9396-2-1"],
        install: |d| {
            d.grant.details.entries = |text| {
                let list = serde_json::from_str(text).ok();
                let Some(Value::Array(list)) = list else {
                    return Some(Vec::new());
                };
                Some(
                    list.into_iter()
                        .filter(|one| one["type"].is_string())
                        .collect(),
                )
            }
        },
        ..SERVER
    },
    Fault {
        name: "as-details-of-any-type",
        what: "Details of a type that there is not are granted.",
        models: "RFC 9396 section 5, a column of JSON",
        breaks: &["RFC9396-5-1", "RFC9396-8-1"],
        install: |d| d.grant.details.knows = |_| true,
        ..SERVER
    },
    Fault {
        name: "as-details-with-any-field",
        what: "Fields of details that nobody knows are granted as they came.",
        models: "additionalProperties left out of the schema; RFC 9396 section 5",
        breaks: &["RFC9396-5-2"],
        install: |d| d.grant.details.sound = |_| true,
        ..SERVER
    },
    Fault {
        name: "as-details-wrong-error",
        what: "Details that can't be granted are answered with invalid_request.",
        models: "RFC 9396 section 5, the general code",
        breaks: &["RFC9396-5-1", "RFC9396-5-2", "RFC9396-8-1", "RFC9396-6-1"],
        install: |d| d.grant.details.error = "invalid_request",
        ..SERVER
    },
    Fault {
        name: "as-details-widened",
        what: "A token request gets the details that it asks for, whatever was granted.",
        models: "RFC 9396 section 6, the parameter of the last request",
        breaks: &["RFC9396-6-1"],
        install: |d| d.grant.details.within = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-details-not-answered",
        what: "The token answer doesn't say which details were granted.",
        models: "RFC 9396 section 7, the answer of RFC 6749",
        breaks: &["RFC9396-7-1"],
        install: |d| d.grant.details.answered = false,
        ..SERVER
    },
    Fault {
        name: "as-details-not-in-the-token",
        what: "The access token holds nothing of the details, and nobody else is told.",
        models: "RFC 9396 section 9, a consent that is kept for the record",
        breaks: &["RFC9396-9-1", "RFC9396-9.1-1"],
        install: |d| {
            d.grant.details.in_token = |_, _| {};
            d.grant.details.told = |_| None;
        },
        ..SERVER
    },
    Fault {
        name: "as-details-deep-in-the-token",
        what: "The details stand below a claim of the server's own.",
        models: "a mapper for claims that has a place of its own; RFC 9396 section 9.1",
        breaks: &["RFC9396-9.1-1"],
        install: |d| {
            d.grant.details.in_token =
                |claims, details| claims["ext"] = json!({ "authorization_details": details });
        },
        ..SERVER
    },
    Fault {
        name: "as-details-told-as-text",
        what: "Introspection says the details as JSON in a text.",
        models: "JSON.stringify twice; RFC 9396 section 9.2",
        breaks: &["RFC9396-9.2-1"],
        install: |d| d.grant.details.told = |details| Some(details.to_string().into()),
        ..SERVER
    },
    Fault {
        name: "as-details-unescaped",
        what: "Details are written into the consent page as they came.",
        models: "CWE-79; RFC 9396 section 12",
        breaks: &["RFC9396-12-2", "CWE-79"],
        install: |d| d.grant.details.escapes = false,
        ..SERVER
    },
    Fault {
        name: "as-details-instead-of-scope",
        what: "A request with details gets no scope of what it asked for.",
        models: "RFC 9396 section 3.1, the one or the other",
        breaks: &["RFC9396-3.1-1"],
        install: |d| d.grant.details.beside_scope = false,
        ..SERVER
    },
];
