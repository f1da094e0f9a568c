//! From what was exchanged to what reports may show.
//!
//! Values are redacted by what they are first (fields, parameters and members that hold secrets), then the text as a
//! whole by what the vault knows.

use serde_json::Value;

use crate::model::{
    Answer, EvidenceExchange, Exchange, Header, Hop, Redacted, Request, Response, Secret, Shown,
    Vault,
};
use crate::wire::{form, json};

use super::curl;

/// Fields whose values are secrets.
const SECRET_FIELDS: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "dpop",
];
/// Parameters and members whose values are secrets.
const SECRET_NAMES: &[&str] = &[
    "access_token",
    "refresh_token",
    "id_token",
    "id_token_hint",
    "token",
    "code",
    "code_verifier",
    "client_secret",
    "password",
    "passwd",
    "pwd",
    "secret",
    "assertion",
    "client_assertion",
    "device_code",
    "user_code",
    "registration_access_token",
    "software_statement",
    "subject_token",
    "actor_token",
    "logout_token",
    "request",
    "csrf",
    "csrf_token",
];
/// Content beyond this is left out.
const MOST_CONTENT: usize = 8 * 1024;
/// How far a secret may reach beyond where content is cut off, and still be found whole.
const LONGEST_SECRET: usize = 16 * 1024;

/// An exchange that may be shown.
pub fn exchange(exchange: &Exchange, vault: &Vault) -> EvidenceExchange {
    let mut vault = vault.clone();
    learn(exchange, &mut vault);
    let request = request_text(&exchange.request, &vault);
    let answer = match &exchange.answer {
        Answer::Response(response) => response_text(response, &vault),
        Answer::Silence(silence) => silence.to_string(),
    };
    EvidenceExchange {
        seq: exchange.seq,
        hop: hop(exchange.hop),
        actor: exchange.actor.clone(),
        step: exchange.step,
        request: vault.redact(&request),
        answer: vault.redact(&answer),
        curl: curl::line(exchange, &vault),
        took: exchange.took,
    }
}

/// All that speak.
pub(super) const HOPS: &[Hop] = &[
    Hop::HarnessToTarget,
    Hop::BrowserToTarget,
    Hop::BrowserToProvider,
    Hop::TargetToProvider,
    Hop::ToListener,
];

/// Who speaks to whom, in words.
pub(super) const fn hop(hop: Hop) -> &'static str {
    match hop {
        Hop::HarnessToTarget => "authspec -> target",
        Hop::BrowserToTarget => "browser -> target",
        Hop::BrowserToProvider => "browser -> provider",
        Hop::TargetToProvider => "target -> provider",
        Hop::ToListener => "somebody -> listener",
    }
}

/// A vault for these exchanges: what of this one may stand in them, and every secret that they show by its place.
pub fn near(exchanges: &[Exchange], vault: &Vault) -> Vault {
    let mut texts: Vec<Vec<u8>> = Vec::with_capacity(exchanges.len() * 4);
    for one in exchanges {
        texts.push(request_head(&one.request).into_bytes());
        texts.push(one.request.body.clone());
        match &one.answer {
            Answer::Response(response) => {
                texts.push(response_head(response).into_bytes());
                texts.push(response.body.bytes().to_vec());
            }
            Answer::Silence(silence) => texts.push(silence.to_string().into_bytes()),
        }
    }
    let mut near = vault.near(texts.iter().map(Vec::as_slice));
    exchanges.iter().for_each(|one| learn(one, &mut near));
    near
}

/// Takes in every secret that the exchange itself shows by its place.
pub fn learn(exchange: &Exchange, vault: &mut Vault) {
    let request = &exchange.request;
    for header in &request.headers {
        learn_field(header, vault);
    }
    learn_pairs(&form::parse(request.query()), vault);
    learn_content(&request.body, vault);
    if let Some(response) = exchange.answer.response() {
        for header in &response.headers {
            learn_field(header, vault);
            if header.name.eq_ignore_ascii_case("location") {
                learn_url(&header.text(), vault);
            }
        }
        learn_content(response.body.bytes(), vault);
    }
}

fn learn_field(header: &Header, vault: &mut Vault) {
    let name = header.name.to_ascii_lowercase();
    if !SECRET_FIELDS.contains(&name.as_str()) {
        return;
    }
    let text = header.text();
    match name.as_str() {
        "cookie" | "set-cookie" => {
            let pairs = if name == "cookie" {
                text.split(';').collect::<Vec<_>>()
            } else {
                text.split(';').take(1).collect()
            };
            for (name, value) in pairs.into_iter().filter_map(|pair| pair.split_once('=')) {
                vault.add(&Secret::new(
                    value.trim(),
                    format!("cookie {}", name.trim()),
                ));
            }
        }
        _ => {
            let value = text
                .split_once(' ')
                .map_or(text.as_str(), |(_, value)| value.trim());
            vault.add(&Secret::new(value, "credential"));
        }
    }
}

fn learn_url(url: &str, vault: &mut Vault) {
    for part in url.split(['?', '#']).skip(1) {
        learn_pairs(&form::parse(part), vault);
    }
}

fn learn_pairs(pairs: &[(String, String)], vault: &mut Vault) {
    for (name, value) in pairs {
        if SECRET_NAMES.contains(&name.to_ascii_lowercase().as_str()) && value.len() >= 8 {
            vault.add(&Secret::new(value.clone(), name.clone()));
        }
    }
}

fn learn_content(content: &[u8], vault: &mut Vault) {
    if content.is_empty() || content.len() > 256 * 1024 {
        return;
    }
    match json::parse_lenient(content) {
        Some(value) => learn_members(&value, vault),
        None => learn_pairs(&form::parse(&String::from_utf8_lossy(content)), vault),
    }
}

fn learn_members(value: &Value, vault: &mut Vault) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                match value {
                    Value::String(text)
                        if SECRET_NAMES.contains(&name.to_ascii_lowercase().as_str())
                            && text.len() >= 8 =>
                    {
                        vault.add(&Secret::new(text.clone(), name.clone()));
                    }
                    other => learn_members(other, vault),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|one| learn_members(one, vault)),
        _ => {}
    }
}

fn request_text(request: &Request, vault: &Vault) -> String {
    let mut text = request_head(request);
    content(&request.body, vault, &mut text);
    text
}

fn request_head(request: &Request) -> String {
    let mut text = format!(
        "{} {} HTTP/1.1\nHost: {}\n",
        request.method,
        request.target,
        request.origin.authority()
    );
    fields(&request.headers, &mut text);
    match &request.shown {
        Shown::Usual => {}
        Shown::Nothing => text.push_str("(no client certificate)\n"),
        Shown::This(one) => text.push_str(&format!(
            "(client certificate: {}, x5t#S256 {})\n",
            one.name, one.thumbprint
        )),
    }
    text
}

fn response_head(response: &Response) -> String {
    let mut text = format!("{} {}\n", response.version, response.status);
    fields(&response.headers, &mut text);
    text
}

fn response_text(response: &Response, vault: &Vault) -> String {
    let mut text = response_head(response);
    content(response.body.bytes(), vault, &mut text);
    if !response.is_whole() {
        text.push_str("\n(cut)");
    }
    text
}

fn fields(headers: &[Header], text: &mut String) {
    for header in headers {
        text.push_str(&format!("{}: {}\n", header.name, header.text()));
    }
}

fn content(body: &[u8], vault: &Vault, text: &mut String) {
    if body.is_empty() {
        return;
    }
    text.push('\n');
    text.push_str(&beginning(body, MOST_CONTENT, vault));
    if body.len() > MOST_CONTENT {
        text.push_str(&format!("\n({} bytes more)", body.len() - MOST_CONTENT));
    }
}

/// The beginning of content as text. Where it is cut off it is redacted before: of half a secret nobody knows that it is
/// one.
pub(super) fn beginning(body: &[u8], most: usize, vault: &Vault) -> String {
    if body.len() <= most {
        return String::from_utf8_lossy(body).into_owned();
    }
    let further = most.saturating_add(LONGEST_SECRET).min(body.len());
    let shown = text(&String::from_utf8_lossy(&body[..further]), vault);
    // where much of it was redacted, the end of what was looked at would be shown too, half a secret perhaps
    let whole = match further < body.len() {
        true => shown.len().saturating_sub(LONGEST_SECRET),
        false => shown.len(),
    };
    shown[..shown.floor_char_boundary(most.min(whole))].to_owned()
}

/// Text of a finding or reason, redacted.
pub fn text(text: &str, vault: &Vault) -> String {
    let shown: Redacted = vault.redact(text);
    shown.as_str().to_owned()
}
