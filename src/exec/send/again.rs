//! `again`: a request of an earlier step, byte for byte. Where the case is not about its DPoP proof, that alone is made
//! anew: a used one may be refused (RFC 9449 section 11.1), which says nothing of what the case asks.

use std::sync::Arc;

use crate::model::Answer;
use crate::suite::model::CredentialKind;

use super::super::act::{Act, Context, End, Go, Outgoing, Trouble};
use super::super::outcome::{Oracle, of_introspection, of_plain, of_tokens};
use super::super::proof::{Unproved, take_nonce};
use super::super::token::results_of;
use super::MOST_NONCES;

/// Sends a request of an earlier step again.
pub(in crate::exec) struct Again {
    of: String,
    about_proofs: bool,
    sent: Option<Outgoing>,
    oracle: Option<Arc<Oracle>>,
    /// How often it was sent once more with the nonce that the server asked for.
    renewed: u8,
}

impl Again {
    /// The last request of this step, in a case about this kind of credential.
    pub(in crate::exec) fn new(
        of: String,
        kind: Option<CredentialKind>,
        oracle: Option<Arc<Oracle>>,
    ) -> Self {
        let about_proofs = matches!(kind, Some(CredentialKind::Dpop | CredentialKind::DpopNonce));
        Self {
            of,
            about_proofs,
            sent: None,
            oracle,
            renewed: 0,
        }
    }

    fn send(&mut self, context: &mut Context<'_>) -> Result<Go, Trouble> {
        let known = context.memory.requests.get(&self.of).cloned();
        let Some(mut outgoing) = known else {
            let why = format!("step `{}` sent nothing that could be sent again", self.of);
            return Err(why.into());
        };
        if let Some(unproved) = self.unproved(context) {
            outgoing.request = unproved.proved(u32::from(self.renewed), context)?;
        }
        self.sent = Some(outgoing.clone());
        Ok(Go::Send(vec![outgoing]))
    }

    /// The request before its proofs, if they are to be made anew.
    fn unproved(&self, context: &Context<'_>) -> Option<Unproved> {
        let known = context.memory.unproved.get(&self.of).cloned();
        known.filter(|unproved| !self.about_proofs && unproved.has_proofs())
    }
}

impl Act for Again {
    fn go(&mut self, context: &mut Context<'_>, answers: &[Answer]) -> Go {
        let Some(sent) = &self.sent else {
            return self.send(context).unwrap_or_else(End::trouble);
        };
        let Some(answer) = answers.first() else {
            return End::trouble("nothing was sent");
        };
        let asks = take_nonce(answer, &sent.request, context);
        if asks && self.renewed < MOST_NONCES && self.unproved(context).is_some() {
            self.renewed += 1;
            return self.send(context).unwrap_or_else(End::trouble);
        }
        let path = sent.request.path().to_owned();
        let is =
            |name: &str| {
                context.world.endpoints.get(name).is_some_and(|endpoint| {
                    endpoint.target.split('?').next() == Some(path.as_str())
                })
            };
        let outcome = match (&self.oracle, context.transcript.last()) {
            (Some(oracle), Some(exchange)) => oracle.classify(exchange),
            _ if is("token") => of_tokens(answer),
            _ if is("introspection") => of_introspection(answer),
            _ => of_plain(answer),
        };
        let results = results_of(answer);
        End::judged(outcome, Some(answer), results)
    }
}
