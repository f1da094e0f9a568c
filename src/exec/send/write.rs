//! A guarded write: whether its effect shows, asked once it was answered.

use serde_json::{Map, Value};

use crate::model::{Answer, Hop, Outcome};

use super::super::act::{Context, End, Go, Outgoing, Trouble, missed};
use super::{Send, Stage};

impl Send {
    pub(super) fn look(&mut self, context: &mut Context<'_>, answers: &[Answer]) -> Go {
        let Stage::Looking {
            outcome,
            marker,
            answer,
            asked,
        } = &mut self.stage
        else {
            return End::trouble("the write was not answered");
        };
        if !*asked {
            *asked = true;
            return match self.seen_at(context) {
                Ok(outgoing) => Go::Send(vec![outgoing]),
                Err(why) => End::trouble(why),
            };
        }
        let (outcome, marker, written) = (*outcome, marker.clone(), answer.clone());
        let seen = answers
            .first()
            .and_then(Answer::response)
            .filter(|response| response.status < 300);
        let Some(seen) = seen else {
            return End::trouble("the place where the effect shows did not answer");
        };
        let there = String::from_utf8_lossy(seen.body.bytes()).contains(&marker);
        let mut results = Map::new();
        results.insert(
            "effect".to_owned(),
            Value::from(if there { "present" } else { "absent" }),
        );
        let missed = if outcome != Outcome::Accepted {
            Some(missed(outcome, Some(&written)))
        } else if there {
            None
        } else {
            Some("the write was accepted, but its effect does not show".to_owned())
        };
        Go::End(Box::new(End {
            outcome: Some(outcome),
            results,
            missed,
            ..End::default()
        }))
    }

    fn seen_at(&self, context: &mut Context<'_>) -> Result<Outgoing, Trouble> {
        let write = context
            .world
            .profile
            .write
            .clone()
            .ok_or("the profile has no `guarded-write:`")?;
        let door = self.door(None, context.world)?;
        let plain = Self::new(Map::new(), self.kind, self.door.as_deref(), false);
        let unproved = plain.guarded(door, &write.seen_at, context)?;
        Ok(Outgoing {
            request: unproved.proved(0, context)?,
            hop: Hop::HarnessToTarget,
            actor: context.actor.to_owned(),
        })
    }
}
