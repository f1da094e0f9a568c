//! The documents of the catalogue, and when each is in force.

/// When a document's requirements count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InForce {
    /// Whatever the profile says: the core documents and the best current practices.
    Always,
    /// Where the profile claims it under `standards`, or a member of the target's metadata (RFC 8414, RFC 9728)
    /// announces it by being there with another value than `false`.
    WhereClaimed {
        /// The members that announce it; empty where only a claim counts.
        announced_by: &'static [&'static str],
    },
}

/// A document of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Standard {
    /// Its name in ids, in lower case: `rfc9068`, `oidc-core`. Also the file's.
    pub word: &'static str,
    /// What a profile may write instead.
    pub alias: Option<&'static str>,
    /// The document's title.
    pub title: &'static str,
    /// When it counts.
    pub in_force: InForce,
    /// Why it counts then.
    pub reason: &'static str,
    /// The catalogue's file.
    pub(super) text: &'static str,
}

impl Standard {
    /// Whether `word` names this document in a profile.
    pub fn is_called(&self, word: &str) -> bool {
        self.word == word || self.alias == Some(word)
    }

    /// Whether its requirements count without a claim.
    pub fn always(&self) -> bool {
        self.in_force == InForce::Always
    }
}

/// The document that a profile or an id calls `word`.
pub fn standard(word: &str) -> Option<&'static Standard> {
    STANDARDS.iter().find(|one| one.is_called(word))
}

/// Every document, sorted by word.
pub fn standards() -> impl Iterator<Item = &'static Standard> {
    STANDARDS.iter()
}

macro_rules! standards {
    (@force always) => { InForce::Always };
    (@force claimed [$($member:literal),*]) => {
        InForce::WhereClaimed { announced_by: &[$($member),*] }
    };
    (@alias) => { None };
    (@alias $alias:literal) => { Some($alias) };
    ($($word:literal $(or $alias:literal)? : $title:literal, $force:ident $([$($member:literal),*])?, $reason:literal;)+) => {
        /// One row a document: its word, when it is in force, and why.
        pub const STANDARDS: &[Standard] = &[$(Standard {
            word: $word,
            alias: standards!(@alias $($alias)?),
            title: $title,
            in_force: standards!(@force $force $([$($member),*])?),
            reason: $reason,
            text: include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"), "/suites/requirements/", $word, ".yaml"
            )),
        }),+];
    };
}

standards! {
    "oauth21": "The OAuth 2.1 Authorization Framework",
        claimed [], "a draft that forbids what RFC 6749 allows: only who claims it is bound";
    "oidc-core" or "oidc": "OpenID Connect Core 1.0 incorporating errata set 2",
        claimed ["id_token_signing_alg_values_supported"], "a login protocol on top of OAuth; its metadata member is required of every OpenID provider";
    "rfc6265bis": "Cookies: HTTP State Management Mechanism",
        always, "the cookie rules that browsers follow today; speaks only where cookies are set";
    "rfc6749": "The OAuth 2.0 Authorization Framework",
        always, "the core of OAuth";
    "rfc6750": "The OAuth 2.0 Authorization Framework: Bearer Token Usage",
        always, "the core of bearer tokens";
    "rfc6797": "HTTP Strict Transport Security (HSTS)",
        claimed [], "nobody has to send the field; who does follows the rules for it";
    "rfc7009": "OAuth 2.0 Token Revocation",
        always, "speaks only of a revocation endpoint, so it binds whoever has one";
    "rfc7515": "JSON Web Signature (JWS)",
        always, "the core of signed tokens";
    "rfc7516": "JSON Web Encryption (JWE)",
        always, "the core of encrypted tokens; speaks only to who takes them";
    "rfc7517": "JSON Web Key (JWK)",
        always, "the core of key sets";
    "rfc7518": "JSON Web Algorithms (JWA)",
        always, "the core of token algorithms";
    "rfc7519": "JSON Web Token (JWT)",
        always, "the core of JWT";
    "rfc7523": "JSON Web Token (JWT) Profile for OAuth 2.0 Client Authentication and Authorization Grants",
        claimed ["token_endpoint_auth_signing_alg_values_supported"], "an extension; the member says that assertions authenticate clients";
    "rfc7591": "OAuth 2.0 Dynamic Client Registration Protocol",
        claimed ["registration_endpoint"], "an extension with an endpoint of its own";
    "rfc7616": "HTTP Digest Access Authentication",
        claimed [], "another scheme; here only its place beside other challenges";
    "rfc7617": "The 'Basic' HTTP Authentication Scheme",
        always, "the core of Basic";
    "rfc7636": "Proof Key for Code Exchange by OAuth Public Clients",
        always, "RFC 9700 section 2.1.1 makes it part of every code flow";
    "rfc7662": "OAuth 2.0 Token Introspection",
        always, "speaks only of an introspection endpoint, so it binds whoever has one";
    "rfc7797": "JSON Web Signature (JWS) Unencoded Payload Option",
        claimed [], "an extension that RFC 7515 lets a recipient refuse";
    "rfc8252": "OAuth 2.0 for Native Apps",
        claimed [], "a practice for native apps; what kind of app a client is can't be seen from outside";
    "rfc8414": "OAuth 2.0 Authorization Server Metadata",
        always, "speaks only of published metadata, so it binds whoever publishes it";
    "rfc8628": "OAuth 2.0 Device Authorization Grant",
        claimed ["device_authorization_endpoint"], "an extension with an endpoint of its own";
    "rfc8693": "OAuth 2.0 Token Exchange",
        claimed [], "an extension; no metadata member of its own announces it";
    "rfc8705": "OAuth 2.0 Mutual-TLS Client Authentication and Certificate-Bound Access Tokens",
        claimed ["tls_client_certificate_bound_access_tokens", "mtls_endpoint_aliases"], "an extension that needs client certificates";
    "rfc8707": "Resource Indicators for OAuth 2.0",
        claimed [], "an extension; no metadata member announces it, and others ignore the parameter";
    "rfc8725": "JSON Web Token Best Current Practices",
        always, "best current practice for every JWT";
    "rfc9068": "JSON Web Token (JWT) Profile for OAuth 2.0 Access Tokens",
        claimed [], "one of several formats; sound issuers that predate it send neither its type nor its claims";
    "rfc9101": "The OAuth 2.0 Authorization Framework: JWT-Secured Authorization Request (JAR)",
        claimed ["require_signed_request_object"], "an extension; request objects without that member may be those of OpenID Connect, whose rules differ";
    "rfc9110": "HTTP Semantics",
        always, "the core of HTTP authentication";
    "rfc9111": "HTTP Caching",
        always, "the core of HTTP caching, which decides who else may get an answer";
    "rfc9126": "OAuth 2.0 Pushed Authorization Requests",
        claimed ["pushed_authorization_request_endpoint", "require_pushed_authorization_requests"], "an extension with an endpoint of its own";
    "rfc9207": "OAuth 2.0 Authorization Server Issuer Identification",
        claimed ["authorization_response_iss_parameter_supported"], "an extension; RFC 9700 accepts other defences against mix-up";
    "rfc9325": "Recommendations for Secure Use of TLS and DTLS",
        always, "best current practice for every TLS endpoint";
    "rfc9396": "OAuth 2.0 Rich Authorization Requests",
        claimed ["authorization_details_types_supported"], "an extension with a parameter of its own";
    "rfc9449": "OAuth 2.0 Demonstrating Proof of Possession (DPoP)",
        claimed ["dpop_signing_alg_values_supported", "dpop_bound_access_tokens_required"], "an extension with a scheme of its own";
    "rfc9470": "OAuth 2.0 Step Up Authentication Challenge Protocol",
        claimed [], "an extension; its one member, acr_values_supported, is also OpenID's";
    "rfc9700": "Best Current Practice for OAuth 2.0 Security",
        always, "best current practice for every OAuth deployment";
    "rfc9701": "JSON Web Token (JWT) Response for OAuth Token Introspection",
        claimed ["introspection_signing_alg_values_supported"], "an extension of introspection that the caller asks for";
    "rfc9728": "OAuth 2.0 Protected Resource Metadata",
        always, "speaks only of published metadata, so it binds whoever publishes it";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_table_lists_the_folder() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/suites/requirements");
        let files: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter_map(|name| name.strip_suffix(".yaml").map(str::to_owned))
            .filter(|name| !["checks", "not-covered"].contains(&name.as_str()))
            .collect();
        let rows: BTreeSet<String> = standards().map(|row| row.word.to_owned()).collect();
        assert_eq!(files, rows);
        assert!(STANDARDS.is_sorted_by(|a, b| a.word < b.word));
    }

    #[test]
    fn a_profile_may_use_the_alias() {
        assert_eq!(standard("oidc").unwrap().word, "oidc-core");
        assert_eq!(standard("oidc-core").unwrap().word, "oidc-core");
        assert!(standard("rfc9999").is_none());
        assert!(standard("rfc7617").unwrap().always());
        assert!(!standard("rfc9068").unwrap().always());
    }
}
