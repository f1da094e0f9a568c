//! The profile of the embedded reference server, and the published values that stand in it.

use authspec_reference_server as reference;

use crate::source::Sources;
use crate::suite::profile::{self, Profile};
use crate::wire::basic;

/// `client_id` of the reference server at our provider.
pub const CLIENT_ID: &str = "reference-server";
/// Published, like all of the embedded server's secrets.
pub const CLIENT_SECRET: &str = "embedded client:secret/83%b1+";

/// The keys of two of its clients, published too.
const MACHINE_KEY: &str = include_str!("../../fixtures/keys/test-rsa-2.pem");
const MACHINE_NEXT_KEY: &str = include_str!("../../fixtures/keys/test-ed25519.pem");
const MACHINE_2_KEY: &str = include_str!("../../fixtures/keys/test-p256.pem");

/// The certificates of three more, with their keys, and one of the first that has expired.
const CERTIFIED: [(&str, &str, &str); 3] = [
    (
        "CERTIFIED",
        include_str!("../../fixtures/keys/client-certified.crt"),
        include_str!("../../fixtures/keys/client-certified.pem"),
    ),
    (
        "CERTIFIED_2",
        include_str!("../../fixtures/keys/client-certified-2.crt"),
        include_str!("../../fixtures/keys/client-certified-2.pem"),
    ),
    (
        "SELF_CERTIFIED",
        include_str!("../../fixtures/keys/client-self-certified.crt"),
        include_str!("../../fixtures/keys/client-self-certified.pem"),
    ),
];
const CERTIFIED_EXPIRED: &str = include_str!("../../fixtures/keys/client-certified-expired.crt");

/// The profile of the embedded server.
pub const EMBEDDED_PROFILE: &str = include_str!("../../fixtures/profiles/embedded.yaml");

/// The profile of the embedded server at this origin, with its ports for plain HTTP and for TLS, the latter by a name too.
pub fn profile_at(
    origin: &str,
    plain: &str,
    tls: &str,
    named_tls: &str,
) -> Result<Profile, String> {
    let mut sources = Sources::default();
    let file = sources.add("fixtures/profiles/embedded.yaml", EMBEDDED_PROFILE);
    let value = |name: &str| match name {
        "PLAIN_HTTP" => Some(plain.to_owned()),
        "TLS" => Some(tls.to_owned()),
        "NAMED_TLS" => Some(named_tls.to_owned()),
        name => embedded_value(name, origin),
    };
    profile::profile(&sources, file, None, &value, &|path| {
        Err(format!("{path} is not read here"))
    })
    .map_err(|wrong| crate::source::render(&wrong, &sources, false))
}

/// The variables of the embedded profile: published test accounts and clients.
fn embedded_value(name: &str, origin: &str) -> Option<String> {
    match name {
        "ORIGIN" => return Some(origin.to_owned()),
        "CLIENT_ID" => return Some(CLIENT_ID.to_owned()),
        "CLIENT_SECRET" => return Some(CLIENT_SECRET.to_owned()),
        "REGISTRATION_TOKEN" => return Some(reference::INITIAL_TOKEN.to_owned()),
        "MACHINE_KEY" => return Some(MACHINE_KEY.to_owned()),
        "MACHINE_NEXT_KEY" => return Some(MACHINE_NEXT_KEY.to_owned()),
        "MACHINE_2_KEY" => return Some(MACHINE_2_KEY.to_owned()),
        "CERTIFIED_EXPIRED" => return Some(CERTIFIED_EXPIRED.to_owned()),
        "OPERATOR" => {
            let mut accounts = reference::accounts().iter();
            let operator = accounts.find(|account| account.name == "olga")?;
            return Some(basic::encode(operator.name, operator.password));
        }
        _ => {}
    }
    let certified = CERTIFIED.iter().find(|(client, ..)| {
        let rest = name.strip_prefix(client);
        matches!(rest, Some("_CERTIFICATE" | "_KEY"))
    });
    if let Some((_, certificate, key)) = certified {
        let text = if name.ends_with("_KEY") {
            key
        } else {
            certificate
        };
        return Some((*text).to_owned());
    }
    if let Some(role) = name.strip_suffix("_SECRET") {
        let id = match role {
            "ODD" => "odd client:7%".to_owned(),
            other => other.to_ascii_lowercase(),
        };
        let client = reference::clients().iter().find(|client| client.id == id)?;
        return client.secret.map(str::to_owned);
    }
    let (who, what) = name.split_once('_').unwrap_or((name, "NAME"));
    let account = reference::accounts()
        .iter()
        .find(|account| account.name.eq_ignore_ascii_case(who))?;
    Some(
        match what {
            "PASSWORD" => account.password,
            "SUBJECT" => account.subject,
            "EMAIL" => account.email,
            _ => account.name,
        }
        .to_owned(),
    )
}
