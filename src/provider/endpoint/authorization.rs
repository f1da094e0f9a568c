//! The authorization endpoint (RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2): no login page and no
//! consent, since the browser says whose it is.

use serde_json::{Map, Value};

use super::request_object;
use super::response_type::ResponseType;
use crate::model::Response;
use crate::provider::answers::{HTML, Refusal, content, escape, page, redirect};
use crate::provider::parameters::Parameters;
use crate::provider::script::{Behaviour as _, RedirectTwist, ResponseMode};
use crate::provider::store::{Code, Grant};
use crate::provider::{ACTOR_FIELD, Call, Provider, Reply, client, issue};
use crate::wire::{form, pkce};

type Pairs = Vec<(String, String)>;

pub(in crate::provider) fn answer(provider: &mut Provider, call: &Call<'_>) -> Reply {
    let twist = provider
        .play
        .turn("authorization", |script| &script.authorization)
        .unwrap_or_default();
    if let Some(reply) = twist.answer().outright(HTML) {
        provider.play.bit("authorization");
        return reply;
    }
    let parameters = if call.request.method == "POST" {
        Parameters::of_body(&call.request.body)
    } else {
        Parameters::parse(call.request.query())
    };
    let parameters = pushed(provider, &parameters).unwrap_or(parameters);
    let parameters = request_object::opened(provider, parameters);
    let response = match Back::of(provider, &parameters) {
        Err(why) => page(400, why),
        Ok(back) => back.answer(provider, call, &parameters, &twist),
    };
    let after = twist.answer().amend(response.clone());
    if after != response {
        provider.play.bit("authorization");
    }
    Reply::Response(after)
}

/// The parameters that were pushed under the request's URI by the client that it names (RFC 9126 section 4). The
/// request may come again: that is for a case to judge.
fn pushed(provider: &Provider, parameters: &Parameters) -> Option<Parameters> {
    let (client, content) = provider.store.pushed.get(parameters.get("request_uri")?)?;
    (parameters.get("client_id") == Some(client)).then(|| Parameters::parse(content))
}

/// Where the browser may be sent back to. Without it nobody is redirected (RFC 6749 section 4.1.2.1).
struct Back {
    client: String,
    redirect_uri: String,
    mode: ResponseMode,
    state: Option<String>,
}

impl Back {
    fn of(provider: &Provider, parameters: &Parameters) -> Result<Self, &'static str> {
        if ["client_id", "redirect_uri"]
            .iter()
            .any(|name| parameters.repeats(name))
        {
            return Err("client_id or redirect_uri is repeated.");
        }
        let client = parameters.get("client_id").ok_or("client_id is missing.")?;
        let registered = client::registered(&provider.setup, client);
        if registered.is_none() && !provider.setup.clients.is_empty() {
            return Err("The client is unknown.");
        }
        let uris = registered.map_or(&[][..], |client| &client.redirect_uris);
        let redirect_uri = match (parameters.get("redirect_uri"), uris) {
            (Some(uri), uris) if uris.is_empty() || uris.iter().any(|known| known == uri) => uri,
            (Some(_), _) => return Err("redirect_uri is not registered."),
            (None, [only]) => only.as_str(),
            (None, _) => return Err("redirect_uri is missing."),
        };
        if !may_be_redirected_to(redirect_uri) {
            return Err("redirect_uri is no absolute URI without fragment.");
        }
        let mode = parameters
            .get("response_mode")
            .and_then(ResponseMode::from_word);
        Ok(Self {
            client: client.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            mode: mode.unwrap_or_else(|| {
                ResponseType::of(parameters).map_or_else(ResponseMode::default, ResponseType::mode)
            }),
            state: parameters.get("state").map(str::to_owned),
        })
    }

    fn answer(
        &self,
        provider: &mut Provider,
        call: &Call<'_>,
        parameters: &Parameters,
        twist: &RedirectTwist,
    ) -> Response {
        let mut honest: Pairs = Vec::new();
        match (check(parameters), &twist.error) {
            (Err(refusal), _) => {
                honest.push(("error".to_owned(), refusal.error.to_owned()));
                honest.push((
                    "error_description".to_owned(),
                    refusal.description.to_owned(),
                ));
            }
            (Ok(_), Some(error)) => {
                honest.push(("error".to_owned(), error.clone()));
                provider.play.bit("authorization");
            }
            (Ok(asked), None) => {
                let given = self.grant(provider, call, parameters, asked);
                honest.extend(given.unwrap_or_default());
            }
        }
        if let Some(description) = &twist.error_description {
            honest.retain(|(name, _)| name != "error_description");
            honest.push(("error_description".to_owned(), description.clone()));
        }
        if let Some(state) = &self.state {
            honest.push(("state".to_owned(), state.clone()));
        }
        // RFC 9207 section 2
        honest.push(("iss".to_owned(), provider.setup.issuer.clone()));
        let mut said = honest.clone();
        // a state that the client never sent can't be wrong
        twist.change(&mut said, |name| name != "state" || self.state.is_some());
        let mode = twist.mode.unwrap_or(self.mode);
        if said != honest || mode != self.mode {
            provider.play.bit("authorization");
        }
        if mode == ResponseMode::Jwt {
            said = self.as_token(provider, call, said).unwrap_or_default();
        }
        self.carry(mode, &said)
    }

    /// The parameters in a token (JARM section 2.1).
    fn as_token(&self, provider: &mut Provider, call: &Call<'_>, said: Pairs) -> Option<Pairs> {
        let mut claims: Map<String, Value> = said
            .into_iter()
            .map(|(name, value)| (name, Value::from(value)))
            .collect();
        let exp = call.now.unix().saturating_add(600);
        claims.insert("aud".to_owned(), Value::from(self.client.as_str()));
        claims.insert("exp".to_owned(), Value::from(exp));
        let twist = provider.play.turn("response", |script| &script.response);
        let token = provider.sign("response", twist, "JWT", claims)?;
        Some(vec![("response".to_owned(), token)])
    }

    /// The parameters of an answer that says yes.
    fn grant(
        &self,
        provider: &mut Provider,
        call: &Call<'_>,
        parameters: &Parameters,
        asked: ResponseType,
    ) -> Option<Pairs> {
        let own = |name: &str| parameters.get(name).map(str::to_owned);
        let actor = actor(call);
        let grant = Grant {
            client: self.client.clone(),
            user: Some(provider.user_of(&actor)),
            scope: own("scope"),
            nonce: own("nonce"),
            acr: parameters
                .get("acr_values")
                .and_then(|several| several.split(' ').next())
                .map(str::to_owned),
            auth_time: call.now,
            family: provider.store.new_family(),
        };
        let mut said: Pairs = Vec::new();
        let mut bound = issue::Bound::default();
        if asked.code {
            let code = Code {
                grant: grant.clone(),
                redirect_uri: own("redirect_uri"),
                challenge: own("code_challenge").map(|challenge| {
                    let s256 = parameters.get("code_challenge_method") == Some("S256");
                    (challenge, s256)
                }),
                state: self.state.clone(),
                actor,
                issued: call.now,
                redeemed: false,
                verifiers: Vec::new(),
            };
            let handle = issue::handle(&call.chance, "code");
            provider.store.codes.insert(handle.clone(), code);
            bound.code = Some(handle.clone());
            said.push(("code".to_owned(), handle));
        }
        if asked.token {
            let token = provider.bearer_token(&grant, &call.chance, call.now)?;
            let life = issue::expiry(call.now).since(call.now).as_secs();
            bound.access_token = Some(token.clone());
            said.push(("access_token".to_owned(), token));
            said.push(("token_type".to_owned(), "Bearer".to_owned()));
            said.push(("expires_in".to_owned(), life.to_string()));
        }
        if asked.id_token {
            let token = provider.id_token(&grant, &bound, call.now)?;
            said.push(("id_token".to_owned(), token));
        }
        Some(said)
    }

    fn carry(&self, mode: ResponseMode, parameters: &Pairs) -> Response {
        let encoded = form::encode(parameters);
        let uri = &self.redirect_uri;
        match mode {
            ResponseMode::Query | ResponseMode::Jwt if uri.ends_with(['?', '&']) => {
                redirect(&format!("{uri}{encoded}"))
            }
            // RFC 6749 section 3.1.2: a query of the redirect URI stays
            ResponseMode::Query | ResponseMode::Jwt if uri.contains('?') => {
                redirect(&format!("{uri}&{encoded}"))
            }
            ResponseMode::Query | ResponseMode::Jwt => redirect(&format!("{uri}?{encoded}")),
            ResponseMode::Fragment => redirect(&format!("{uri}#{encoded}")),
            ResponseMode::FormPost => content(200, HTML, self_posting(uri, parameters)),
        }
    }
}

/// What keeps a request of a known client from being granted (RFC 6749 section 4.1.2.1).
fn check(parameters: &Parameters) -> Result<ResponseType, Refusal> {
    const INVALID: &str = "invalid_request";
    parameters.once_each()?;
    parameters.need("response_type", "response_type is missing")?;
    let Some(asked) = ResponseType::of(parameters) else {
        return Err(Refusal::new(
            "unsupported_response_type",
            "code, id_token and both are supported",
        ));
    };
    for (name, error) in [
        ("request", "request_not_supported"),
        ("request_uri", "request_uri_not_supported"),
    ] {
        if parameters.get(name).is_some() {
            return Err(Refusal::new(error, "request objects are not supported"));
        }
    }
    if let Some(mode) = parameters.get("response_mode")
        && ResponseMode::from_word(mode).is_none()
    {
        return Err(Refusal::new(INVALID, "response_mode is unknown"));
    }
    match (
        parameters.get("code_challenge"),
        parameters.get("code_challenge_method"),
    ) {
        (Some(challenge), None | Some("S256" | "plain")) if pkce::is_challenge(challenge) => {
            Ok(asked)
        }
        (None, None) => Ok(asked),
        // RFC 7636 section 4.4.1
        _ => Err(Refusal::new(
            INVALID,
            "code_challenge or its method is not usable",
        )),
    }
}

/// An absolute URI without fragment (RFC 6749 section 3.1.2), clean enough for a Location field, and no script.
fn may_be_redirected_to(uri: &str) -> bool {
    let clean = uri.bytes().all(|byte| byte.is_ascii_graphic()) && !uri.contains('#');
    clean
        && url::Url::parse(uri)
            .is_ok_and(|url| !matches!(url.scheme(), "javascript" | "data" | "vbscript"))
}

/// The name of the browser, bounded.
pub(super) fn actor(call: &Call<'_>) -> String {
    let named = call.request.header(ACTOR_FIELD).next();
    named.map_or_else(
        || "alice".to_owned(),
        |name| String::from_utf8_lossy(name).chars().take(64).collect(),
    )
}

/// OAuth 2.0 Form Post Response Mode, section 2.
fn self_posting(uri: &str, parameters: &Pairs) -> String {
    let inputs: String = parameters
        .iter()
        .map(|(name, value)| {
            format!(
                "<input type=\"hidden\" name=\"{}\" value=\"{}\">\n",
                escape(name),
                escape(value)
            )
        })
        .collect();
    format!(
        "<!doctype html><title>Back to the application</title>\n\
         <body onload=\"document.forms[0].submit()\">\n<form method=\"post\" action=\"{}\">\n{inputs}\
         <noscript><button>Continue</button></noscript></form></body>\n",
        escape(uri)
    )
}

impl Provider {
    /// The user in front of a browser: its namesake, or else the first.
    fn user_of(&self, actor: &str) -> usize {
        let users = &self.setup.users;
        users
            .iter()
            .position(|user| user.actor == actor)
            .unwrap_or_default()
    }
}
