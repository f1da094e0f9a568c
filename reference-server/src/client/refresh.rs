//! New tokens for old ones (RFC 6749 section 6, OpenID Connect Core section 12): when the access token of a session is
//! over, whoever asks who is logged in makes it be renewed.

use serde_json::{Map, Value};

use super::browser::{Kept, Login, User};
use super::exchange::{self, TokenRequest};
use super::extension::Way;
use crate::state::Server;

/// What became of a refresh.
enum Refreshed {
    /// The session goes on like this.
    To(User),
    /// The provider says that the grant has ended, or answers with somebody else.
    Ended,
    /// The provider could not say: a later request tries again.
    Unknown,
}

/// Renews the tokens of a session if they are over, and ends it if they can't be had.
pub(super) async fn if_due(server: &Server, session: &str) {
    let now = server.clock.millis();
    let due = server.browsers().take_due(session, now);
    let Some((user, kept)) = due else { return };
    let before = User {
        kept: Some(kept.clone()),
        ..user.clone()
    };
    match renewed(server, &user, kept).await {
        Refreshed::To(user) => server.browsers().keep(session, user),
        Refreshed::Ended if server.decisions.client.answers.outlives => {}
        Refreshed::Ended => server.browsers().remove(session),
        Refreshed::Unknown => server.browsers().keep(session, before),
    }
}

async fn renewed(server: &Server, user: &User, kept: Kept) -> Refreshed {
    let Some(metadata) = server.provider_metadata().await else {
        return Refreshed::Unknown;
    };
    let Some(mut request) = request(server, metadata, &kept) else {
        return Refreshed::Unknown;
    };
    (server.decisions.client.answers.refreshes)(&mut request);
    let Some(answer) = exchange::sent(server, &request).await else {
        return Refreshed::Unknown;
    };
    match answer.status {
        200 => {}
        400..=499 => return Refreshed::Ended,
        _ => return Refreshed::Unknown,
    }
    let tokens = serde_json::from_slice(&answer.body).unwrap_or_default();
    match taken(server, metadata, user, kept, &tokens).await {
        Some(user) => Refreshed::To(user),
        None => Refreshed::Ended,
    }
}

fn request(server: &Server, metadata: &Map<String, Value>, kept: &Kept) -> Option<TokenRequest> {
    let provider = server.provider.as_ref()?;
    let fields = vec![
        ("grant_type", "refresh_token".to_owned()),
        ("refresh_token", kept.refresh_token.clone()),
    ];
    exchange::request(server, provider, metadata, fields, Way::Plain)
}

/// The user after a refresh: the one of before (OpenID Connect Core section 12.2).
async fn taken(
    server: &Server,
    metadata: &Map<String, Value>,
    user: &User,
    kept: Kept,
    tokens: &Value,
) -> Option<User> {
    let answers = &server.decisions.client.answers;
    let provider = server.provider.as_ref()?;
    let access_token = (answers.access_token)(tokens)?;
    let mut subject = user.subject.clone();
    if let Some(text) = tokens["id_token"].as_str() {
        // a refresh has no request of its own, so no nonce, code or state
        let login = Login {
            issuer: user.issuer.clone(),
            ..Login::default()
        };
        let bound = exchange::Bound {
            access_token: &access_token,
            code: "",
            state: "",
            front: false,
        };
        let claims = exchange::id_token(server, provider, metadata, &login, text, &bound).await?;
        subject = (answers.stays)(&user.subject, claims.get("sub")?.as_str()?)?;
    }
    let new = tokens["refresh_token"].as_str().map(str::to_owned);
    Some(User {
        subject,
        kept: exchange::kept(
            server,
            tokens,
            Some((answers.rotates)(kept.refresh_token, new)),
        ),
        ..user.clone()
    })
}
