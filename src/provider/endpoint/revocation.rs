//! Revocation (RFC 7009).

use crate::model::Response;
use crate::provider::answers::{Refusal, content};
use crate::provider::parameters::Parameters;
use crate::provider::script::Behaviour as _;
use crate::provider::{Call, Provider, Reply, client};

pub(in crate::provider) fn answer(provider: &mut Provider, call: &Call<'_>) -> Reply {
    let twist = provider
        .play
        .turn("revocation", |script| &script.revocation);
    let twist = twist.unwrap_or_default();
    if let Some(reply) = twist.answer().outright("") {
        provider.play.bit("revocation");
        return reply;
    }
    let honest = revoke(provider, call).unwrap_or_else(|refusal| refusal.response());
    let said = twist.answer().amend(honest.clone());
    if said != honest {
        provider.play.bit("revocation");
    }
    Reply::Response(said)
}

fn revoke(provider: &mut Provider, call: &Call<'_>) -> Result<Response, Refusal> {
    let form = Parameters::of_body(&call.request.body);
    let caller = client::authenticate(&provider.setup, call.request, &form)?;
    let handle = form.need("token", "token is missing")?;
    let of_another = Refusal::new("invalid_grant", "the token was given to another client");
    if let Some(token) = provider.store.refresh.get(handle) {
        if token.grant.client != caller.id {
            return Err(of_another);
        }
        // section 2.1: with a refresh token its access tokens end as well
        let family = token.grant.family;
        provider.store.end_family(family);
    } else if let Some(token) = provider.store.access.get_mut(handle) {
        if token.grant.client != caller.id {
            return Err(of_another);
        }
        token.ended = true;
    }
    // section 2.2: a token that nobody knows is as good as revoked
    Ok(content(200, "", ""))
}
