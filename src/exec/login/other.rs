//! The other provider, for a login that one began and the other answers.

use url::Url;

use crate::model::Request;

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
    let path = |issuer: &str| {
        Url::parse(issuer)
            .map(|url| url.path().trim_end_matches('/').to_owned())
            .unwrap_or_default()
    };
    if let Some(rest) = request.target.strip_prefix(path(from).as_str()) {
        request.target = format!("{}{rest}", path(to));
    }
    Ok(request)
}
