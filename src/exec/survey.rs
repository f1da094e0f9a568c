//! `survey`: every operation that the API's description says needs a credential, asked without one.
//!
//! Only GET is sent, only where the description gives values for what must be filled in, and only to the target's own
//! origin: the good credential goes nowhere else, wherever the description lies. Operations whose description makes the
//! credential optional are left out: they may answer anybody. That an operation refuses counts where the good credential
//! opens one; a description of other addresses shows nothing.

use std::collections::VecDeque;

use serde_json::{Map, Value};

use crate::model::{Answer, Header, Hop, Outcome, Request, Response};
use crate::suite::model::CredentialKind;
use crate::wire::json;
use crate::wire::openapi::{Description, Guard, Operation};

use super::act::{Act, Context, End, Go, Outgoing, Trouble, request_for};
use super::credential::offer;
use super::outcome::{Kind, unjudged};
use super::proof::Unproved;

/// Most operations that are asked.
const MOST: usize = 40;

pub(super) struct Survey {
    credential: Value,
    kind: Option<CredentialKind>,
    stage: Stage,
    left: VecDeque<String>,
    /// What the operation that is asked gave without a good credential.
    given: Option<Response>,
    /// The good credential opened an operation.
    opened: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Start,
    Described,
    Tried,
    Compared,
}

impl Survey {
    pub(super) fn new(args: &Map<String, Value>, kind: Option<CredentialKind>) -> Self {
        Self {
            credential: args
                .get("credential")
                .cloned()
                .unwrap_or(Value::from("none")),
            kind,
            stage: Stage::Start,
            left: VecDeque::new(),
            given: None,
            opened: false,
        }
    }

    fn described(&mut self, context: &Context<'_>, answers: &[Answer]) -> Result<(), Trouble> {
        let document = answers
            .first()
            .and_then(Answer::response)
            .filter(|response| response.status == 200)
            .and_then(|response| json::parse_lenient(response.body.bytes()));
        let document =
            document.ok_or_else(|| "the description is no JSON, or was not given".to_owned())?;
        self.left = secured(&document, &context.world.profile.base);
        if self.left.is_empty() {
            return Err(Trouble::DoesNotApply(
                "the description has no GET operation that needs a credential and can be asked as it stands".to_owned(),
            ));
        }
        Ok(())
    }

    fn ask(&self, credential: &Value, context: &mut Context<'_>) -> Result<Go, Trouble> {
        let profile = &context.world.profile;
        let origin = profile.origin.clone();
        let target = self.left.front().cloned().unwrap_or_default();
        let mut request = Request::new("GET", origin, target);
        let door = profile.door_for(self.kind);
        let door = door.ok_or("the profile has no guarded endpoint")?;
        let mut found = std::mem::take(context.vault);
        let offered = offer(credential, door, &context.scope(), &mut request, &mut found);
        *context.vault = found;
        let proofs = offered?.proofs;
        request.headers.push(Header::new("Accept", "*/*"));
        let request = Unproved { request, proofs }.proved(0, context)?;
        Ok(sent(request, context))
    }

    fn next(&mut self, context: &mut Context<'_>, answers: &[Answer]) -> Result<Go, Trouble> {
        match self.stage {
            Stage::Start => {
                let place = context.world.profile.places.get("openapi");
                let place = place.ok_or("the profile has no `openapi:`")?;
                self.stage = Stage::Described;
                return Ok(sent(request_for(&place.endpoint), context));
            }
            Stage::Described => self.described(context, answers)?,
            Stage::Tried => {
                let answer = answers.first().ok_or("nothing was answered")?;
                if let Some(outcome) = unjudged(answer) {
                    return Ok(End::judged(outcome, Some(answer), Map::new()));
                }
                self.given = answer
                    .response()
                    .filter(|response| (200..300).contains(&response.status))
                    .cloned();
                self.stage = Stage::Compared;
                return self.ask(&Value::from("valid"), context);
            }
            Stage::Compared => {
                let answer = answers.first().ok_or("nothing was answered")?;
                if let Some(outcome) = unjudged(answer) {
                    return Ok(End::judged(outcome, Some(answer), Map::new()));
                }
                let good = answer.response();
                let good = good.filter(|good| (200..300).contains(&good.status));
                self.opened |= good.is_some();
                if let (Some(given), Some(good)) = (&self.given, good)
                    && shows(given, good)
                {
                    return Ok(End::judged(Outcome::Accepted, answers.first(), Map::new()));
                }
                self.left.pop_front();
            }
        }
        if self.left.is_empty() && !self.opened {
            return Err(
                "no operation of the description opens with the good credential: is the address of its first server the target's?".into(),
            );
        }
        if self.left.is_empty() {
            return Ok(End::judged(Outcome::Refused, None, Map::new()));
        }
        self.stage = Stage::Tried;
        let credential = self.credential.clone();
        self.ask(&credential, context)
    }
}

impl Act for Survey {
    fn go(&mut self, context: &mut Context<'_>, answers: &[Answer]) -> Go {
        self.next(context, answers).unwrap_or_else(End::trouble)
    }
}

/// Whether what was given shows what the good credential gets. Two empty answers, two lists of which one is empty and two
/// objects with nothing in common show nothing.
fn shows(given: &Response, good: &Response) -> bool {
    let empty_list = |one: &Response| {
        json::parse_lenient(one.body.bytes()).is_some_and(|body| body == Value::Array(Vec::new()))
    };
    let kind = Kind::of(good, good).filter(|kind| !kind.content.is_anything());
    !given.body.bytes().is_empty()
        && !empty_list(given)
        && kind.is_some_and(|kind| kind.is(given, false))
}

fn sent(request: Request, context: &Context<'_>) -> Go {
    Go::Send(vec![Outgoing {
        request,
        hop: Hop::HarnessToTarget,
        actor: context.actor.to_owned(),
    }])
}

/// The targets of GET operations that need a credential, and are where the target is. What fields they need is not told
/// to the target: it was the target that wrote them.
fn secured(document: &Value, base: &str) -> VecDeque<String> {
    let description = Description::new(document);
    let prefix = description.base().unwrap_or_else(|| base.to_owned());
    let needs = |one: &Operation| {
        one.method == "GET" && one.server.is_none() && matches!(one.guard, Guard::Needs(_))
    };
    let operations = description.operations().into_iter().filter(needs);
    let targets = operations
        .filter_map(|one| one.filled.ok())
        .map(|filled| format!("{prefix}{}", filled.target));
    targets
        .filter(|target| target.starts_with('/'))
        .take(MOST)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_given_shows_what_is_guarded_only_if_it_is_of_its_kind() {
        let answer = |body: &str| {
            let fields = vec![Header::new("Content-Type", "application/json")];
            Response::new(200, fields, body)
        };
        let good = r#"{"orders":[1,2],"next":null}"#;
        for (given, good, wanted) in [
            (good, good, true),
            (r#"{"orders":[],"next":null}"#, good, true),
            (r#"{"error":"unauthorised"}"#, good, false),
            (r#"{"error":"unauthorised"}"#, r#"{"ok":true}"#, false),
            (r#"{"ok":false}"#, r#"{"ok":true}"#, false),
            ("", "", false),
            ("{}", "{}", false),
            ("[]", "[1]", false),
            ("[2]", "[1]", true),
            ("not signed in", "orders: 1", false),
        ] {
            assert_eq!(
                shows(&answer(given), &answer(good)),
                wanted,
                "{given} {good}"
            );
        }
    }

    #[test]
    fn only_what_needs_a_credential_and_can_be_filled_in_is_asked() {
        let id = json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "integer" } });
        let year = json!({ "name": "year", "in": "path", "required": true, "example": 2026 });
        let page =
            json!({ "name": "page", "in": "query", "required": true, "schema": { "default": 1 } });
        let document = json!({
            "servers": [{ "url": "https://api.example/v2/" }],
            "security": [{ "bearer": [] }],
            "components": { "parameters": { "year": year } },
            "paths": {
                "/open": { "get": { "security": [] } },
                "/optional": { "get": { "security": [{}, { "bearer": [] }] } },
                "/orders": { "get": {} },
                "/orders/{id}": { "get": { "parameters": [id] } },
                "/reports/{year}": {
                    "parameters": [{ "$ref": "#/components/parameters/year" }],
                    "get": { "parameters": [page] },
                },
                "/write": { "post": {} },
                "/elsewhere": { "servers": [{ "url": "https://files.example" }], "get": {} },
            },
        });
        let found: Vec<String> = secured(&document, "/base").into();
        assert_eq!(found, ["/v2/orders", "/v2/reports/2026?page=1"]);
        let bare = json!({ "paths": { "/orders": { "get": { "security": [{ "basic": [] }] } } } });
        assert_eq!(secured(&bare, "/base"), ["/base/orders"]);
        assert!(secured(&json!({ "paths": { "/orders": { "get": {} } } }), "").is_empty());
    }
}
