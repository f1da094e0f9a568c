//! `again`: a request of an earlier step, byte for byte.

use std::sync::Arc;

use crate::model::Answer;

use super::super::act::{Act, Context, End, Go, Outgoing};
use super::super::outcome::{Oracle, of_introspection, of_plain, of_tokens};
use super::super::token::results_of;

/// Sends a request of an earlier step again, byte for byte.
pub(in crate::exec) struct Again {
    of: String,
    sent: Option<Outgoing>,
    oracle: Option<Arc<Oracle>>,
}

impl Again {
    /// The last request of this step.
    pub(in crate::exec) fn new(of: String, oracle: Option<Arc<Oracle>>) -> Self {
        Self {
            of,
            sent: None,
            oracle,
        }
    }
}

impl Act for Again {
    fn go(&mut self, context: &mut Context<'_>, answers: &[Answer]) -> Go {
        let Some(sent) = &self.sent else {
            let Some(outgoing) = context.memory.requests.get(&self.of).cloned() else {
                return End::trouble(format!(
                    "step `{}` sent nothing that could be sent again",
                    self.of
                ));
            };
            self.sent = Some(outgoing.clone());
            return Go::Send(vec![outgoing]);
        };
        let Some(answer) = answers.first() else {
            return End::trouble("nothing was sent");
        };
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
