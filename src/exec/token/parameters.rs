//! What an honest request of a client holds, and which client makes it.

use crate::forge::{Recipe, forge};
use crate::suite::verb::Verb;

use super::super::act::{Context, Trouble};
use super::super::walk::pushed;
use super::{TokenCall, result};

impl TokenCall {
    /// The parameters of an honest request, and the client that makes it.
    pub(super) fn parameters_of(
        &self,
        context: &mut Context<'_>,
    ) -> Result<(Vec<(String, String)>, String), Trouble> {
        let pair = |name: &str, value: String| (name.to_owned(), value);
        match self.verb {
            Verb::Exchange => {
                let own = self.text("of").unwrap_or_default();
                let of = self.text("code-of").unwrap_or_else(|| own.clone());
                let flow = context
                    .memory
                    .flows
                    .get(&of)
                    .ok_or_else(|| format!("step `{of}` brought no code"))?;
                let role = context
                    .memory
                    .flows
                    .get(&own)
                    .map_or_else(|| flow.client.clone(), |flow| flow.client.clone());
                let code = flow
                    .code
                    .clone()
                    .ok_or_else(|| format!("step `{of}` brought no code"))?;
                let mut pairs = vec![
                    pair("grant_type", "authorization_code".into()),
                    pair("code", code),
                ];
                if let Some(uri) = &flow.redirect_uri {
                    pairs.push(pair("redirect_uri", uri.clone()));
                }
                if let Some(verifier) = &flow.verifier {
                    pairs.push(pair("code_verifier", verifier.clone()));
                }
                Ok((pairs, self.text("client").unwrap_or(role)))
            }
            Verb::Refresh => {
                let of = self.text("of").unwrap_or_default();
                let token = result(context, &of, "refresh-token")?;
                let role = self.role_of(&of, context);
                Ok((
                    vec![
                        pair("grant_type", "refresh_token".into()),
                        pair("refresh_token", token),
                    ],
                    role,
                ))
            }
            Verb::Push => {
                let (pairs, flow) = pushed(self.args.clone(), context)?;
                let role = flow.client.clone();
                context.memory.flows.insert(context.step.to_owned(), flow);
                Ok((pairs, role))
            }
            Verb::Device => {
                let server = context.world.profile.server.as_ref();
                let usual = server.and_then(|server| server.scope.clone());
                let scope = self.text("scope").or(usual);
                let pairs = scope.map(|scope| pair("scope", scope));
                let role = self.text("client");
                Ok((
                    pairs.into_iter().collect(),
                    role.unwrap_or_else(|| "confidential".to_owned()),
                ))
            }
            Verb::Grant => {
                let grant = self
                    .text("grant_type")
                    .unwrap_or_else(|| "client_credentials".to_owned());
                let mut pairs = vec![pair("grant_type", grant)];
                let server = context.world.profile.server.as_ref();
                let own = server.and_then(|server| server.own_scope.clone());
                let said = self.text("scope").or(own);
                let all = [said, self.text("more-scope")].into_iter().flatten();
                let scope = all.collect::<Vec<_>>().join(" ");
                pairs.extend((!scope.is_empty()).then(|| pair("scope", scope)));
                Ok((
                    pairs,
                    self.text("client")
                        .unwrap_or_else(|| "confidential".to_owned()),
                ))
            }
            _ => {
                let (token, kept) = self.meant(context)?;
                let role = self.text("of").map_or_else(
                    || {
                        self.text("client")
                            .unwrap_or_else(|| "confidential".to_owned())
                    },
                    |of| self.role_of(&of, context),
                );
                let mut pairs = vec![pair("token", self.mutated(token)?)];
                pairs.extend(kept.map(|kept| pair("token_type_hint", kept.hint.to_owned())));
                Ok((pairs, role))
            }
        }
    }

    /// The token as the case spoils it.
    pub(super) fn mutated(&self, token: String) -> Result<String, Trouble> {
        let Some(name) = self.text("mutate") else {
            return Ok(token);
        };
        let recipe = Recipe {
            mutate: vec![name],
            ..Recipe::default()
        };
        forge(&token, &recipe).map_err(|why| Trouble::DoesNotApply(why.to_string()))
    }

    pub(super) fn role_of(&self, step: &str, context: &Context<'_>) -> String {
        let known = context.memory.clients.get(step).cloned();
        self.text("client")
            .or(known)
            .unwrap_or_else(|| "confidential".to_owned())
    }
}
