//! Which claims about a target hold: those that the profile states, and those that its other lines come to.

use crate::suite::catalogue;
use crate::suite::profile::{Demands, Form, Profile, Scheme, Server};

use super::terms::Terms;

/// A claim that follows from other lines of the profile, stated or not.
struct Derived {
    claim: &'static str,
    holds: fn(&Profile) -> bool,
    /// The line that it follows from.
    line: &'static str,
}

const DERIVED: &[Derived] = &[
    Derived {
        claim: "target.form-endpoint",
        holds: |profile| {
            let form = profile.door("form");
            form.is_some_and(|door| door.endpoint.method != "GET")
        },
        line: "guarded: [..., { name: form, method: POST, path: ..., form: {...} }]",
    },
    Derived {
        claim: "target.demands-acr",
        holds: |profile| demands(profile, |one| one.acr.is_some()),
        line: "guarded: [..., { name: strong, path: ..., demands: { acr: ... } }]",
    },
    Derived {
        claim: "target.demands-max-age",
        holds: |profile| demands(profile, |one| one.max_age.is_some()),
        line: "guarded: [..., { name: strong, path: ..., demands: { max-age: 10m } }]",
    },
    Derived {
        claim: "target.scoped",
        holds: |profile| {
            let scoped = profile.door("scoped");
            scoped.is_some_and(|door| !door.introspected && door.demands.scope.is_some())
        },
        line: "guarded: [..., { name: scoped, path: ..., demands: { scope: ... } }], or claims: [target.scoped]",
    },
    Derived {
        // RFC 6750 section 2.1; an API may have a scheme or a field of its own
        claim: "target.bearer-form",
        holds: |profile| {
            let mut forms = profile.doors.iter().map(|door| door.form.as_ref());
            profile.doors.is_empty() || forms.any(|form| form.is_none_or(Form::is_bearer))
        },
        line: "an endpoint without `credential:`, or with `Bearer ${credential}` in the field Authorization",
    },
    Derived {
        claim: "target.introspected-scope",
        holds: |profile| {
            let mut doors = profile.doors.iter();
            doors.any(|door| door.introspected && door.demands.scope.is_some())
        },
        line: "guarded: [{ path: ..., introspected: true, demands: { scope: ... } }]",
    },
    Derived {
        claim: "target.resource-metadata",
        holds: |profile| {
            profile.resource_metadata.is_some() || profile.standards.contains("rfc9728")
        },
        line: "standards: [rfc9728], or resource-metadata: /.well-known/oauth-protected-resource",
    },
    Derived {
        claim: "target.refreshes-once",
        holds: |profile| {
            let grace = profile.durations.get("reuse-grace");
            grace.is_none_or(std::time::Duration::is_zero)
        },
        line: "no durations: { reuse-grace: ... }",
    },
    Derived {
        claim: "target.issuer-has-a-name",
        holds: |profile| {
            // browsers keep no policy for an address (RFC 6797 section 8.1.1)
            let place = profile.places.get("issuer-over-tls");
            place.is_some_and(|place| {
                let host = &place.endpoint.origin.host;
                !host.starts_with('[') && host.parse::<std::net::IpAddr>().is_err()
            })
        },
        line: "authorization-server: { issuer: https://(a name in place of an address) }",
    },
    Derived {
        claim: "target.registers-by-token",
        holds: |profile| {
            let server = profile.server.as_ref();
            server.is_some_and(|server| server.registration_token.is_some())
        },
        line: "authorization-server: { registration-token: ... }",
    },
    Derived {
        claim: "client.several-redirect-uris",
        holds: several_redirect_uris,
        line: "clients: { with-query: { id: (that of another role, with another redirect-uri) } }",
    },
    Derived {
        claim: "client.confidential",
        holds: |profile| registered_with_secret(profile) == Some(true),
        line: "client: { id: ..., secret: ... }",
    },
    Derived {
        claim: "provider.slash",
        holds: |profile| profile.provider.slash,
        line: "provider: { slash: true }",
    },
    Derived {
        claim: "client.public",
        holds: |profile| registered_with_secret(profile) == Some(false),
        line: "client: { id: ... }",
    },
];

fn demands(profile: &Profile, what: fn(&Demands) -> bool) -> bool {
    let strong = profile.door("strong");
    strong.is_some_and(|door| what(&door.demands))
}

/// Whether the client with a query in its redirection URI is, in another role, one with another URI.
fn several_redirect_uris(profile: &Profile) -> bool {
    let Some(one) = profile.clients.get("with-query") else {
        return false;
    };
    let mut others = profile.clients.values();
    others.any(|other| {
        other.id == one.id && other.redirect_uri.is_some() && other.redirect_uri != one.redirect_uri
    })
}

fn registered_with_secret(profile: &Profile) -> Option<bool> {
    let client = profile.client.as_ref()?.registered.as_ref()?;
    Some(client.secret.is_some())
}

/// The claim that is missing, in words, with the line that would make it.
pub(super) fn unclaimed(claims: &[String], terms: &Terms<'_>) -> Option<String> {
    let missing = claims.iter().find(|claim| !holds(claim, terms))?;
    let line = match (missing.strip_prefix("standard."), derived(missing)) {
        (Some(standard), _) => {
            return Some(format!(
                "the target does not claim {standard} (profile: standards: [{standard}])"
            ));
        }
        (None, Some(derived)) => derived.line.to_owned(),
        (None, None) if missing == "target.oidc" => "standards: [oidc]".to_owned(),
        (None, None) => format!("claims: [{missing}]"),
    };
    Some(format!(
        "the target does not claim {missing} (profile: {line})"
    ))
}

fn derived(claim: &str) -> Option<&'static Derived> {
    DERIVED.iter().find(|one| one.claim == claim)
}

fn holds(claim: &str, terms: &Terms<'_>) -> bool {
    let stated = terms.features.contains(claim) || terms.profile.features.contains(claim);
    let follows = derived(claim).is_some_and(|one| (one.holds)(terms.profile));
    let standard = match claim {
        "target.oidc" => Some("oidc-core"),
        _ => claim.strip_prefix("standard."),
    };
    stated || follows || standard.is_some_and(|word| is_claimed(word, terms.profile))
}

fn is_claimed(word: &str, profile: &Profile) -> bool {
    let known = catalogue::standard(word);
    known.is_some_and(|one| one.always() || claims_standard(one.word, profile))
        || profile.standards.contains(word)
}

/// Whether the profile claims a standard: by name, or by a line that has no meaning without it.
pub(super) fn claims_standard(word: &str, profile: &Profile) -> bool {
    let guards = |scheme| profile.doors.iter().any(|door| door.scheme == scheme);
    let logs_in_by = |way: &str| {
        let client = profile.client.as_ref();
        client.is_some_and(|client| client.login_by.contains_key(way))
    };
    let server = |names: fn(&Server) -> bool| profile.server.as_ref().is_some_and(names);
    let has_client = |role: &str| profile.clients.contains_key(role);
    let minds_certificates = || {
        let mut clients = profile.clients.values();
        profile.doors.iter().any(|door| door.certificate_bound)
            || clients.any(|client| client.certificates.is_some())
    };
    let used = match word {
        "rfc9449" => guards(Scheme::Dpop) || logs_in_by("dpop") || has_client("bound"),
        "rfc7523" => logs_in_by("assertion"),
        "rfc9126" => logs_in_by("push") || logs_in_by("pushed-object") || has_client("pushing"),
        // OpenID Connect has request objects of its own (Core section 6), which may be unsigned and hold a part
        "rfc9101" => {
            let ways = logs_in_by("request-object") || logs_in_by("request-uri");
            let signed = ways || has_client("signing") || has_client("sealing");
            logs_in_by("pushed-object") || signed && !profile.standards.contains("oidc-core")
        }
        "rfc8705" => logs_in_by("certificate") || minds_certificates(),
        "rfc8707" => logs_in_by("resource") || server(|one| one.resources.len() > 1),
        "rfc9396" => logs_in_by("details") || server(|one| one.details.len() > 1),
        _ => false,
    };
    used || profile.standards.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::suite::profile::profile;

    fn skipped(lines: &str, claim: &str) -> Option<String> {
        let mut sources = Sources::default();
        let file = sources.add(
            "authspec.yaml",
            format!("target: http://127.0.0.1:1\n{lines}\n"),
        );
        let none = |_: &str| None;
        let read = profile(&sources, file, None, &none, &|_| Err(String::new()));
        let profile = read.unwrap_or_else(|wrong| panic!("{wrong:?}"));
        unclaimed(&[claim.to_owned()], &Terms::of_profile(&profile, false))
    }

    #[test]
    fn a_claim_follows_from_its_line_or_is_stated_and_the_hint_names_what_is_missing() {
        let form = "guarded: [{ name: form, method: POST, path: /search, form: { q: a }, scheme: bearer }]";
        for (lines, claim, hint) in [
            (
                "guarded: [GET /a]",
                "target.form-endpoint",
                Some("name: form"),
            ),
            (form, "target.form-endpoint", None),
            (
                "guarded: [GET /a]",
                "target.demands-acr",
                Some("demands: { acr"),
            ),
            (
                "guarded: [GET /a]",
                "target.scoped",
                Some("claims: [target.scoped]"),
            ),
            ("claims: [target.scoped]", "target.scoped", None),
            (
                "guarded: [{ name: scoped, path: /a, demands: { scope: x } }]",
                "target.scoped",
                None,
            ),
            ("guarded: [GET /a]", "target.bearer-form", None),
            (
                "guarded: [{ path: /a, credential: { value: 'bearer ${credential}' } }]",
                "target.bearer-form",
                None,
            ),
            (
                "guarded: [{ path: /a, credential: { value: Bearer abcdef } }]",
                "target.bearer-form",
                None,
            ),
            (
                "guarded: [{ path: /a, credential: { value: Token abcdef } }]",
                "target.bearer-form",
                Some("`Bearer ${credential}`"),
            ),
            (
                "guarded: [{ path: /a, credential: { value: 'Token ${credential}' } }]",
                "target.bearer-form",
                Some("`Bearer ${credential}`"),
            ),
            (
                "guarded: [{ path: /a, credential: { value: '${credential}' } }]",
                "target.bearer-form",
                None,
            ),
            (
                "guarded: [{ path: /a, credential: { in: header, name: X-Key, value: '${credential}' } }]",
                "target.bearer-form",
                Some("`Bearer ${credential}`"),
            ),
            (
                "guarded: [GET /a]",
                "target.oidc",
                Some("standards: [oidc]"),
            ),
            ("standards: [oidc]", "target.oidc", None),
            (
                "guarded: [GET /a]",
                "standard.rfc9068",
                Some("standards: [rfc9068]"),
            ),
            (
                "guarded: [GET /a]",
                "standard.rfc9449",
                Some("standards: [rfc9449]"),
            ),
            (
                "guarded: [{ path: /a, scheme: dpop }]",
                "standard.rfc9449",
                None,
            ),
            (
                "clients: { bound: { id: a, secret: b } }",
                "standard.rfc9449",
                None,
            ),
            (
                "clients: { signing: { id: a, secret: b } }",
                "standard.rfc9101",
                None,
            ),
            (
                "clients: { sealing: { id: a, secret: b } }",
                "standard.rfc9101",
                None,
            ),
            (
                "clients: { pushing: { id: a, secret: b } }",
                "standard.rfc9126",
                None,
            ),
            (
                "clients: { confidential: { id: a, redirect-uri: https://a.example/ }, with-query: { id: a, redirect-uri: https://a.example/?q=1 } }",
                "client.several-redirect-uris",
                None,
            ),
            (
                "clients: { confidential: { id: b, redirect-uri: https://a.example/ }, with-query: { id: a, redirect-uri: https://a.example/?q=1 } }",
                "client.several-redirect-uris",
                Some("that of another role"),
            ),
            (
                "authorization-server: { issuer: https://a.example, registration-token: b }",
                "target.registers-by-token",
                None,
            ),
            (
                "authorization-server: { issuer: https://a.example }",
                "target.registers-by-token",
                Some("registration-token"),
            ),
            (
                "clients: { confidential: { id: a, secret: b } }",
                "standard.rfc8705",
                Some("standards: [rfc8705]"),
            ),
        ] {
            let said = skipped(lines, claim);
            assert_eq!(said.is_some(), hint.is_some(), "{lines}, {claim}: {said:?}");
            assert!(
                said.unwrap_or_default().contains(hint.unwrap_or_default()),
                "{claim}"
            );
        }
    }
}
