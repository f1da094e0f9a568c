//! The valid token is had again before it expires, and what was made of the old one is made anew.

use std::sync::Arc;
use std::time::Duration;

use crate::model::Moment;
use crate::suite::profile::TokenSource;
use crate::wire::jose;

use super::super::prepare::Prepared;
use super::Runner;

/// More is not kept in hand: no case waits longer.
const IN_HAND: Duration = Duration::from_secs(20 * 60);

impl Runner<'_> {
    /// Gets a new token once half the life of the old one is over, at the latest twenty minutes before its end. Runs
    /// that began with the old one end with it.
    pub(super) async fn renew_token(&mut self) {
        let now = self.ports.clock.now();
        if self.renew_at.is_none_or(|at| now < at) {
            return;
        }
        let renewed = Prepared::with_new_token(self.world.fresh(), self.ports).await;
        self.vault.absorb(&renewed.vault);
        self.requests += u64::from(renewed.requests);
        for (about, says) in &renewed.troubles {
            self.outcomes.note(about, says);
        }
        if renewed.world.token.is_some() {
            self.world = Arc::new(renewed.world);
            self.plan_renewal(now);
        } else {
            // the old one serves to its end; asking again and again would only flood
            self.renew_at = None;
        }
    }

    /// When the token of the world, had at this time, is to be renewed; a captured one can't be.
    pub(super) fn plan_renewal(&mut self, had: Moment) {
        let captured = matches!(self.world.profile.token, None | Some(TokenSource::Value(_)));
        let token = self.world.token.as_deref().filter(|_| !captured);
        let claims = token.and_then(jose::read).and_then(|token| token.claims);
        let end = claims.and_then(|claims| claims.get("exp")?.as_i64());
        self.renew_at = end.and_then(|end| {
            let left = u64::try_from(end.checked_sub(had.unix())?).ok()?;
            let left = Duration::from_secs(left);
            Some(Moment(had.0.saturating_add(left - (left / 2).min(IN_HAND))))
        });
    }
}
