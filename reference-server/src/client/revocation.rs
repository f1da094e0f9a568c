//! Tokens end with the session (RFC 7009).

use std::sync::PoisonError;

use super::browser::User;
use crate::state::Server;
use crate::upstream::LIMIT;

/// Seconds after which a revocation that was put off is tried again, where the provider doesn't say.
const LATER: u64 = 30;
/// Revocations that wait; beyond these the next one doesn't.
const WAITING: usize = 1_000;

/// Revokes the token of a user who has logged out: the refresh token, which takes the others along.
pub(super) async fn revoke(server: &Server, user: User) {
    let token = user.kept.map_or(user.token, |kept| kept.refresh_token);
    if !token.is_empty() {
        end(server, token).await;
    }
}

/// Tries again what was put off.
pub(super) async fn what_is_due(server: &Server) {
    let now = server.clock.millis();
    let due: Vec<String> = {
        let waiting = &server.kept.revocations;
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let (due, later) = waiting.drain(..).partition(|(_, at)| *at <= now);
        *waiting = later;
        let due: Vec<(String, u64)> = due;
        due.into_iter().map(|(token, _)| token).collect()
    };
    for token in due {
        end(server, token).await;
    }
}

async fn end(server: &Server, token: String) {
    let rules = &server.decisions.client;
    let Some(provider) = &server.provider else {
        return;
    };
    let metadata = server.provider_metadata().await;
    let endpoint = metadata.and_then(|metadata| super::endpoint(metadata, "revocation_endpoint"));
    let Some(endpoint) = endpoint else { return };
    let registration = &provider.registration;
    let credentials = (rules.credentials)(&registration.client_id, &registration.client_secret);
    let fields = [("token", token.as_str())];
    for _ in 0..rules.standing.tries {
        let answer = server
            .http
            .post_form(endpoint, &fields, Some(&credentials), LIMIT);
        let Some(answer) = answer.await.filter(|answer| answer.status == 503) else {
            return;
        };
        let later = answer.retry_after.unwrap_or(LATER).saturating_mul(1000);
        let at = server.clock.millis().saturating_add(later);
        let waiting = &server.kept.revocations;
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|(known, _)| *known != token);
        if waiting.len() < WAITING {
            waiting.push((token.clone(), at));
        }
    }
}
