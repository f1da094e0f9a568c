//! Which origins a profile names: those and no others may be asked.

use std::collections::BTreeSet;

use crate::model::Origin;

use super::{Endpoint, Move, Profile, TokenSource};

impl Profile {
    /// Every origin that the profile names, the target's first.
    pub fn named_origins(&self) -> Vec<Origin> {
        let mut all = vec![self.origin.clone()];
        all.extend(self.origins.iter().cloned());
        let mut add = |endpoint: &Endpoint| all.push(endpoint.origin.clone());
        self.doors.iter().for_each(|door| add(&door.endpoint));
        self.open.iter().for_each(&mut add);
        self.places.values().for_each(|place| add(&place.endpoint));
        self.jwks.iter().for_each(&mut add);
        self.token_logout.iter().for_each(&mut add);
        self.resource_metadata.iter().for_each(&mut add);
        if let Some(write) = &self.write {
            add(&write.endpoint);
            add(&write.seen_at);
        }
        match &self.token {
            Some(TokenSource::Login { endpoint, .. } | TokenSource::Grant { endpoint, .. }) => {
                add(endpoint);
            }
            Some(TokenSource::Value(_) | TokenSource::Minted | TokenSource::Introspected)
            | None => {}
        }
        if let Some(start) = &self.start {
            add(&start.ready);
        }
        let mut moves: Vec<&Move> = Vec::new();
        if let Some(client) = &self.client {
            add(&client.who.endpoint);
            moves.extend(&client.login);
            moves.extend(client.login_evil.iter().flatten());
            moves.extend(client.logout.iter().flatten());
        }
        if let Some(server) = &self.server {
            server.endpoints.values().for_each(&mut add);
            moves.extend(&server.login);
            moves.extend(&server.consent);
        }
        for one in moves {
            if let Move::Open(endpoint) = one {
                add(endpoint);
            }
        }
        let issuer = self.server.as_ref().and_then(|one| one.issuer.as_deref());
        all.extend(issuer.and_then(|issuer| Some(Origin::parse(issuer).ok()?.0)));
        let mut known = BTreeSet::new();
        all.retain(|origin| known.insert(origin.clone()));
        all
    }
}
