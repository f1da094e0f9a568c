//! Authorization requests that don't stand in the address: pushed ones (RFC 9126), request objects (RFC 9101), and
//! pages that are not reached by one (RFC 8628).

use serde_json::{Map, Value};
use url::Url;

use super::super::act::{Context, Go, Trouble, request_to};
use super::super::signed;
use super::super::token::patch;
use super::{Flow, Walk};

/// The parameters of a request that is pushed, and what its code needs later.
pub(in crate::exec) fn pushed(
    args: Map<String, Value>,
    context: &mut Context<'_>,
) -> Result<(Vec<(String, String)>, Flow), Trouble> {
    let mut walk = Walk::new(args, false);
    let pairs = walk.asked(context)?;
    Ok((pairs, walk.flow))
}

impl Walk {
    /// Goes to an address that the server named for its user (RFC 8628 section 3.3): only its own origins.
    pub(super) fn visit(&mut self, url: &str, context: &mut Context<'_>) -> Result<Go, Trouble> {
        let request = request_to("GET", url)?;
        let own = context.world.own_origins();
        if !own.contains(&request.origin.to_string()) {
            let why = format!("{} is not an origin of the target", request.origin);
            return Err(Trouble::DoesNotApply(why));
        }
        Ok(self.send(request, context))
    }

    /// The parameters, in a request object where the case wants one: outside it stands what OAuth needs to route it
    /// (RFC 9101 section 5), and what OpenID Connect wants there too.
    pub(super) fn asked(
        &mut self,
        context: &mut Context<'_>,
    ) -> Result<Vec<(String, String)>, Trouble> {
        let pairs = self.parameters(context)?;
        let changes = match self.args.get("request-object") {
            None | Some(Value::Bool(false)) => return Ok(pairs),
            Some(changes) => changes.as_object().cloned().unwrap_or_default(),
        };
        let client = context
            .world
            .profile
            .clients
            .get(&self.flow.client)
            .cloned();
        let client = client.ok_or("the profile has no such client")?;
        let object = signed::request_object(&client, &pairs, &changes, context)?;
        let mut outside: Vec<(String, String)> = pairs
            .into_iter()
            .filter(|(name, _)| matches!(name.as_str(), "client_id" | "response_type" | "scope"))
            .collect();
        outside.push(("request".to_owned(), object));
        patch(&mut outside, self.args.get("outside"));
        Ok(outside)
    }

    /// The request of a `push` step by its `request_uri` (RFC 9126 section 4), changed as the case says.
    pub(super) fn of_push(
        &mut self,
        step: &str,
        context: &mut Context<'_>,
    ) -> Result<Vec<(String, String)>, Trouble> {
        let pushed = context.memory.flows.get(step).cloned();
        let pushed = pushed.ok_or_else(|| format!("step `{step}` pushed nothing"))?;
        let results = context.bindings.of(step);
        let uri = results.and_then(|results| results.get("request-uri"));
        let uri = uri.and_then(Value::as_str);
        let uri = uri.ok_or_else(|| format!("step `{step}` brought no request_uri"))?;
        let role = self.args.get("client").and_then(Value::as_str);
        let role = role.unwrap_or(&pushed.client).to_owned();
        let client = context.world.profile.clients.get(&role);
        let client = client.ok_or_else(|| format!("the profile has no client `{role}`"))?;
        let mut pairs = vec![
            ("client_id".to_owned(), client.id.clone()),
            ("request_uri".to_owned(), uri.to_owned()),
        ];
        patch(&mut pairs, self.args.get("query"));
        let redirect = pushed.redirect_uri.as_deref();
        self.redirect = redirect.and_then(|uri| Url::parse(uri).ok());
        self.flow = pushed;
        Ok(pairs)
    }
}
