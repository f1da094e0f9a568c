//! Which origins a run may ask: those that the profile names, and of those off this machine only what the user said
//! may be audited.
//!
//! A target may belong to somebody else. So nothing is sent anywhere before the user has said, by name, that it may.

use std::collections::BTreeSet;

use crate::model::Origin;
use crate::suite::profile::Profile;

use super::exit::Failure;

/// The origins that may be asked, or all that nobody has confirmed.
pub(super) fn confirmed(profile: &Profile) -> Result<Vec<Origin>, Failure> {
    let origins = profile.named_origins();
    let mut wrong: Vec<String> = Vec::new();
    let mut hosts = BTreeSet::new();
    for origin in origins.iter().filter(|origin| !origin.is_loopback()) {
        let host = &origin.host;
        if !profile.allow_hosts.contains(host) && hosts.insert(host) {
            wrong.push(format!(
                "error: `{host}` is not this machine, and nobody has said that it may be audited\n  = help: if you may audit it, say --allow-host {host}, or `allow-host: [{host}]` in the profile"
            ));
        }
        // no credential goes where only the port for plain HTTP is
        let bare = profile.places.get("plain-http");
        let bare =
            bare.is_some_and(|place| place.endpoint.origin == *origin) && *origin != profile.origin;
        if origin.scheme == "http" && !profile.plain_http && !bare {
            wrong.push(format!(
                "error: secrets would go to {origin} readable by everyone on the way\n  = help: use https; or say --allow-plain-http, or `allow-plain-http: true` in the profile"
            ));
        }
    }
    if wrong.is_empty() {
        return Ok(origins);
    }
    Err(Failure::Unusable(format!(
        "{}\n\nnothing was sent",
        wrong.join("\n\n")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::suite::profile;

    fn read(text: &str) -> Profile {
        let mut sources = Sources::default();
        let file = sources.add("authspec.yaml", text);
        let none = |_: &str| None;
        let no_files = |_: &str| Err(String::new());
        profile::profile(&sources, file, None, &none, &no_files)
            .unwrap_or_else(|wrong| panic!("{wrong:?}"))
    }

    const REMOTE: &str = "target: https://api.example\n\
        guarded: [GET /me, GET https://other.example/x, 'GET https://api.example:8443/y']\n\
        jwks: http://127.0.0.1:9/jwks\n";

    #[test]
    fn every_origin_is_found_once() {
        let all = read(REMOTE).named_origins();
        let shown: Vec<String> = all.iter().map(Origin::to_string).collect();
        assert_eq!(
            shown,
            [
                "https://api.example",
                "https://other.example",
                "https://api.example:8443",
                "http://127.0.0.1:9"
            ]
        );
    }

    #[test]
    fn hosts_off_this_machine_need_a_word_each() {
        let mut profile = read(REMOTE);
        let Err(Failure::Unusable(message)) = confirmed(&profile) else {
            panic!("not confirmed");
        };
        assert_eq!(
            message.matches("is not this machine").count(),
            2,
            "{message}"
        );
        profile.allow_hosts.insert("api.example".to_owned());
        let Err(Failure::Unusable(message)) = confirmed(&profile) else {
            panic!("not confirmed");
        };
        assert!(message.contains("`other.example`") && !message.contains("`api.example`"));
        profile.allow_hosts.insert("other.example".to_owned());
        assert_eq!(confirmed(&profile).map(|all| all.len()).ok(), Some(4));
    }

    #[test]
    fn plain_http_needs_a_word_of_its_own() {
        let mut profile = read("target: http://api.example\nallow-host: api.example\n");
        assert!(confirmed(&profile).is_err());
        profile.plain_http = true;
        assert!(confirmed(&profile).is_ok());
        assert!(confirmed(&read("target: http://localhost:8080\n")).is_ok());
    }
}
