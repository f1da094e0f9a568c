//! Authorization requests that are signed (RFC 9101): the claims of the object are the parameters.
//!
//! The provider has not the client's key, and verifies nothing: what is wrong with an object is for a case to judge.

use serde_json::Value;

use crate::provider::Provider;
use crate::provider::parameters::Parameters;
use crate::wire::jose;

/// The parameters with those of the object in `request` in their place; as they are, where the profile's client is not
/// known to send objects or none can be read.
pub(in crate::provider) fn opened(provider: &Provider, parameters: Parameters) -> Parameters {
    let object = parameters
        .get("request")
        .filter(|_| provider.setup.offers.request_object)
        .and_then(jose::read)
        .and_then(|object| object.claims);
    let Some(claims) = object else {
        return parameters;
    };
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    // what a JWT says of itself is no parameter of the request (section 4)
    let own = [
        "iss",
        "aud",
        "exp",
        "nbf",
        "iat",
        "jti",
        "request",
        "request_uri",
    ];
    let said = claims
        .iter()
        .filter(|(name, _)| !own.contains(&name.as_str()));
    parameters.overridden(
        said.map(|(name, value)| (name.clone(), text(value)))
            .collect(),
    )
}
