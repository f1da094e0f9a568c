//! The other provider, for a login that one began and the other answers.

use url::Url;

use crate::model::{Hop, Request};
use crate::wire::form;

use super::super::act::Context;

/// The same authorization request at the other provider.
pub(super) fn elsewhere(
    mut request: Request,
    who: &str,
    context: &Context<'_>,
) -> Result<Request, String> {
    let facts = context
        .world
        .provider
        .as_ref()
        .ok_or("authspec's provider does not run")?;
    let (from, to) = match who {
        "evil" => (&facts.issuer, &facts.evil),
        _ => (&facts.evil, &facts.issuer),
    };
    let path_of = |issuer: &str| {
        Url::parse(issuer)
            .map(|url| url.path().trim_end_matches('/').to_owned())
            .unwrap_or_default()
    };
    // a lying provider sends the browser there as the client that is known there
    let known = context.transcript.iter().rev().find(|exchange| {
        let path = exchange.request.path();
        exchange.hop == Hop::BrowserToProvider
            && path.strip_prefix(path_of(to).as_str()) == Some("/authorize")
    });
    if let Some(known) = known {
        let there = form::parse(known.request.query());
        let mut pairs = form::parse(request.query());
        for (name, value) in &mut pairs {
            if matches!(name.as_str(), "client_id" | "redirect_uri")
                && let Some((_, other)) = there.iter().find(|(known, _)| known == name)
            {
                value.clone_from(other);
            }
        }
        request.target = format!("{}?{}", request.path(), form::encode(&pairs));
    }
    if let Some(rest) = request.target.strip_prefix(path_of(from).as_str()) {
        request.target = format!("{}{rest}", path_of(to));
    }
    Ok(request)
}
