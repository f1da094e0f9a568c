//! Our client certificate, and the valid token that is bound to it (RFC 8705 section 3).

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::forge::Certificates;
use crate::model::Secret;
use crate::run::drive::Ports;
use crate::suite::profile::TokenSource;
use crate::wire::jose;

use super::Prepared;

/// The member of `cnf` that holds the thumbprint (section 3.1).
const MEMBER: &str = "x5t#S256";

impl Prepared {
    /// The profile's certificate, or one of this run where authspec binds the token itself.
    pub(super) fn certificates(&mut self) {
        let profile = Arc::clone(&self.world.profile);
        let wanted = profile.doors.iter().any(|door| door.certificate_bound);
        let made = match (&profile.certificates, &profile.token) {
            (Some(given), _) => Some(Ok(given.clone())),
            (None, Some(TokenSource::Minted | TokenSource::Introspected)) if wanted => {
                Some(Certificates::of_this_run())
            }
            (None, _) => None,
        };
        match made {
            None => {}
            Some(Ok(all)) => {
                for one in [&all.own, &all.other, &all.look_alike] {
                    self.vault.add(&one.pem);
                }
                self.world.certificates = Some(all);
            }
            Some(Err(why)) => self.trouble("client certificate", why.to_string()),
        }
    }

    /// A token that is bound to a certificate may well be refused without it.
    fn tell_of_none(&mut self) {
        if self.world.token.as_deref().and_then(bound_to).is_some() {
            self.trouble(
                "client certificate",
                "the valid token is bound to a client certificate, and none is shown (profile: `tls: { client-certificate: { pem-file: ..., key-file: ... } }`)",
            );
        }
    }

    /// The token that endpoints with `certificate-bound: true` take.
    pub(super) fn certify(&mut self, ports: &Ports) {
        let profile = Arc::clone(&self.world.profile);
        let Some(all) = self.world.certificates.clone() else {
            return self.tell_of_none();
        };
        if !profile.doors.iter().any(|door| door.certificate_bound) {
            return;
        }
        let thumbprint = all.own.thumbprint.as_str();
        if matches!(profile.token, Some(TokenSource::Minted)) {
            let cnf = Map::from_iter([("cnf".to_owned(), json!({ MEMBER: thumbprint }))]);
            match self.mint(ports, &cnf) {
                Ok(token) => {
                    self.vault.add(&Secret::new(token.clone(), "access_token"));
                    self.world.certified = Some(token);
                }
                Err(why) => self.trouble("token", why),
            }
            return;
        }
        // what our provider speaks for is bound by its answer
        let asks = matches!(profile.token, Some(TokenSource::Introspected));
        let Some(token) = self.world.token.clone().filter(|_| !asks) else {
            return;
        };
        // what an opaque token is bound to only its issuer knows
        let bound = jose::read(&token).map(|_| bound_to(&token));
        match bound {
            Some(None) => self.trouble(
                "client certificate",
                "the valid token has no `cnf` with `x5t#S256`: it is bound to no certificate (RFC 8705 section 3.1)",
            ),
            Some(Some(said)) if said != thumbprint => self.trouble(
                "client certificate",
                "the valid token is bound to another certificate than that of the profile's `tls: { client-certificate: ... }`",
            ),
            _ => self.world.certified = Some(token),
        }
    }
}

/// The thumbprint of the certificate that a token says it is bound to.
fn bound_to(token: &str) -> Option<Value> {
    let claims = jose::read(token)?.claims?;
    claims.get("cnf")?.get(MEMBER).cloned()
}
