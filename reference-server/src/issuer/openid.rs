//! What a request asks beyond OAuth (OIDC Core 3.1.2.1 and 5.5): how the user shall be asked, who it shall be, and
//! what shall be said about them. It issues nothing.

use serde_json::{Map, Value};

use super::Parameters;
use super::authorize::Refused;
use super::store::{Asked, Session};
use crate::accounts::Account;
use crate::decisions::grant::openid::ACR;
use crate::state::Server;

/// The claims that this server can say about a user.
const CLAIMS: [&str; 8] = [
    "sub",
    "auth_time",
    "acr",
    "name",
    "preferred_username",
    "email",
    "email_verified",
    "nonce",
];

/// What the request asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wishes {
    /// No page may be shown.
    pub(crate) quiet: bool,
    /// The user shall log in for this request.
    pub(crate) login: bool,
    /// The authentication contexts that were asked for, in order.
    pub(crate) acr: Vec<String>,
    /// The claims parameter.
    pub(crate) claims: Value,
    /// The response type, where an ID token comes by the browser.
    pub(crate) by_browser: Option<String>,
    /// The answer is posted by a form.
    pub(crate) by_form: bool,
}

/// When and how a user logged in, kept beside the grant that came of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// When, in seconds.
    pub(crate) since: u64,
    /// What the request asked for.
    pub(crate) wishes: Wishes,
}

fn refused<T>(error: &'static str, description: &'static str) -> Result<T, Refused> {
    Err(Refused { error, description })
}

/// Reads what the request asks for.
pub(crate) fn wishes(server: &Server, parameters: &Parameters) -> Result<Wishes, Refused> {
    let rules = &server.decisions.grant.openid;
    let kind = parameters.get("response_type");
    let words = |name| {
        let text: &str = parameters.get(name).unwrap_or_default();
        text.split(' ').filter(|word| !word.is_empty())
    };
    let prompt: Vec<&str> = words("prompt").collect();
    if rules.none_alone && prompt.contains(&"none") && prompt.len() > 1 {
        return refused("invalid_request", "prompt none stands alone");
    }
    if rules.needs_nonce && parameters.get("nonce").is_none() {
        return refused("invalid_request", "nonce is missing");
    }
    let optional = [
        "display",
        "ui_locales",
        "claims_locales",
        "login_hint",
        "acr_values",
    ];
    let given = |name: &&str| parameters.get(name).is_some() && (rules.refuses)(name);
    if optional.iter().any(given) {
        return refused("invalid_request", "a parameter is not supported");
    }
    let wishes = Wishes {
        quiet: (rules.quiet)(&prompt),
        login: prompt.iter().copied().any(rules.logs_in_anew),
        acr: words("acr_values").map(str::to_owned).collect(),
        claims: claims(server, parameters.get("claims"))?,
        by_browser: kind
            .filter(|kind| (rules.by_browser.serves)(kind))
            .map(str::to_owned),
        by_form: parameters.get("response_mode") == Some("form_post"),
    };
    let nonce = parameters.get("nonce").is_some() || !rules.by_browser.needs_nonce;
    if wishes.by_browser.is_some() && !nonce {
        return refused("invalid_request", "nonce is missing");
    }
    let reached = wishes.acr.is_empty() || wishes.acr.iter().any(|acr| acr == ACR);
    let essential = wishes.claims["id_token"]["acr"]["essential"] == true;
    let wanted = values(&wishes.claims["id_token"]["acr"]);
    let demanded = !essential || wanted.is_empty() || wanted.contains(&ACR);
    if rules.refuses_unmet_acr && !(reached && demanded) {
        let why = "the user can't be authenticated like that";
        return refused("unmet_authentication_requirements", why);
    }
    Ok(wishes)
}

/// The claims parameter: JSON whose unknown members are ignored.
fn claims(server: &Server, given: Option<&str>) -> Result<Value, Refused> {
    let Some(text) = given else {
        return Ok(Value::Null);
    };
    let Ok(Value::Object(claims)) = serde_json::from_str::<Value>(text) else {
        return refused("invalid_request", "claims is no JSON object");
    };
    let rules = &server.decisions.grant.openid;
    let parts = ["id_token", "userinfo"];
    if rules.refuses_unknown_claims && claims.keys().any(|name| !parts.contains(&name.as_str())) {
        return refused("invalid_request", "claims has an unknown member");
    }
    let missing = |(name, asked): (&String, &Value)| {
        asked["essential"] == true && !CLAIMS.contains(&name.as_str())
    };
    let members = |part: &&str| claims.get(*part).and_then(Value::as_object).cloned();
    let all: Vec<Map<String, Value>> = parts.iter().filter_map(members).collect();
    if rules.refuses_missing_claims && all.iter().flatten().any(missing) {
        return refused("invalid_request", "an essential claim is not available");
    }
    Ok(Value::Object(claims))
}

/// The values that a member of the claims parameter asks for.
fn values(asked: &Value) -> Vec<&str> {
    let list = asked["values"].as_array().into_iter().flatten();
    let one = std::iter::once(&asked["value"]);
    one.chain(list).filter_map(Value::as_str).collect()
}

/// The users that the claims parameter asks for, one on a line; one of them it must be (OIDC Core 5.5.1).
pub(crate) fn subject(wishes: &Wishes) -> Option<String> {
    let asked = &wishes.claims["id_token"]["sub"];
    let list = asked["value"].as_array().into_iter().flatten();
    let all: Vec<&str> = values(asked)
        .into_iter()
        .chain(list.filter_map(Value::as_str))
        .collect();
    (!all.is_empty()).then(|| all.join("\n"))
}

/// Whom a hint names, where it is not verified.
pub(crate) fn unverified(hint: &str) -> Option<String> {
    let payload = hint.split('.').nth(1)?;
    let octets = crate::encoding::base64url_decode(payload)?;
    let claims: Value = serde_json::from_slice(&octets).ok()?;
    claims["sub"].as_str().map(str::to_owned)
}

/// Who is logged in for this request before anybody is asked.
pub(crate) fn logged_in(
    server: &Server,
    asked: &Asked,
    session: &Session,
) -> Option<&'static Account> {
    let rules = &server.decisions.grant.openid;
    let hinted = asked.subject.as_deref().filter(|_| rules.hint_logs_in);
    let named = |subject: &str| {
        let mut all = crate::accounts::accounts().iter();
        all.find(|account| account.subject == subject)
    };
    hinted.and_then(named).or(session.account)
}

/// What was agreed to in a browser: whose client, and to what.
pub(crate) fn agreement(asked: &Asked) -> String {
    format!("{} {}", asked.client.id, asked.scope)
}
