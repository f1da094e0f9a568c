//! Mistakes with codes and refresh tokens.

use super::super::Fault;
use super::SERVER;
use crate::accounts::accounts;
use crate::decisions::grant::{self as right, Used};
use crate::encoding;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-code-works-twice",
        what: "A code can be redeemed again.",
        models: "RFC 6749 section 4.1.2",
        breaks: &["RFC6749-4.1.2-4", "RFC9700-4.2.4-3", "OAUTH21-4.1.3-1"],
        install: |d| d.grant.used_code = Used::Works,
        ..SERVER
    },
    Fault {
        name: "as-code-spent-too-late",
        what: "A code counts as used some 30 ms after it was redeemed, so that requests at once all win.",
        models: "CWE-367, a look-up and an update in two steps",
        breaks: &["RFC6749-4.1.2-4", "RFC9700-4.2.4-3", "CWE-362"],
        install: |d| d.grant.spends_after = 30,
        ..SERVER
    },
    Fault {
        name: "as-code-replay-ends-nothing",
        what: "A replayed code is refused and its tokens live on.",
        models: "RFC 6749 section 4.1.2",
        breaks: &["RFC6749-4.1.2-5", "RFC9700-4.2.4-4"],
        install: |d| d.grant.used_code = Used::Fails,
        ..SERVER
    },
    Fault {
        name: "as-code-lives-for-hours",
        what: "A code can be redeemed a day later.",
        models: "RFC 6749 section 4.1.2",
        breaks: &["RFC6749-4.1.2-1", "RFC6749-4.1.2-2"],
        install: |d| d.grant.code_life = 24 * 60 * 60 * 1000,
        ..SERVER
    },
    Fault {
        name: "as-unknown-code-taken",
        what: "A code or refresh token that was never issued stands for the first user.",
        models: "CWE-287, a look-up that gives a default",
        breaks: &["RFC6749-4.1.3-6", "RFC6749-6-3", "OIDC-CORE-3.1.3.2-1"],
        install: |d| d.grant.never_issued = || accounts().first(),
        ..SERVER
    },
    Fault {
        name: "as-code-for-any-client",
        what: "Any client can redeem a code.",
        models: "RFC 6749 section 4.1.3",
        breaks: &["RFC6749-4.1.3-5", "RFC6749-4.1.2-6"],
        install: |d| d.grant.code_client = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-code-redirect-uri-ignored",
        what: "redirect_uri of the token request is not compared.",
        models: "RFC 6749 section 4.1.3",
        breaks: &["RFC6749-4.1.3-7", "OIDC-CORE-3.1.3.2-2"],
        install: |d| d.grant.code_redirect = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-verifier-ignored",
        what: "The code verifier is not compared.",
        models: "RFC 7636 section 4.6",
        breaks: &["RFC7636-4.6-2", "RFC9700-2.1.1-6"],
        install: |d| d.grant.verifier = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-verifier-may-be-missing",
        what: "A token request without verifier is taken though there was a challenge.",
        models: "if (verifier && !matches)",
        breaks: &["RFC7636-4.6-3", "RFC9700-2.1.1-6", "RFC8252-6-2"],
        install: |d| {
            d.grant.verifier =
                |challenge, verifier| verifier.is_none() || right::verifier(challenge, verifier);
        },
        ..SERVER
    },
    Fault {
        name: "as-verifier-without-challenge-taken",
        what: "A verifier is taken for a code that had no challenge.",
        models: "PKCE downgrade, RFC 9700 section 4.8",
        breaks: &["RFC9700-4.8.2-1", "RFC9700-2.1.1-7", "OAUTH21-4.1.3-4"],
        install: |d| {
            d.grant.verifier =
                |challenge, verifier| challenge.is_none() || right::verifier(challenge, verifier);
        },
        ..SERVER
    },
    Fault {
        name: "as-verifier-may-be-the-challenge",
        what: "The challenge itself is taken as verifier, as under the method plain.",
        models: "RFC 7636 section 7.2",
        breaks: &["RFC7636-4.5-2"],
        install: |d| {
            d.grant.verifier = |challenge, verifier| {
                (challenge.is_some() && challenge == verifier)
                    || right::verifier(challenge, verifier)
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-verifier-hashed-otherwise",
        what: "The challenge is compared with the padded base64 of the hash.",
        models: "RFC 7636 section 4.6, base64 of the standard alphabet",
        breaks: &["RFC7636-4.6-1", "RFC7636-4.2-2", "RFC9700-2.1.1-5"],
        install: |d| {
            d.grant.verifier = |challenge, verifier| match (challenge, verifier) {
                (Some(challenge), Some(verifier)) => {
                    encoding::base64(&encoding::sha256(verifier.as_bytes())) == challenge
                }
                (None, None) => true,
                _ => false,
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-verifier-of-any-length",
        what: "A verifier of any length and alphabet is taken if its hash fits.",
        models: "RFC 7636 section 4.1",
        breaks: &["RFC7636-4.1-3"],
        install: |d| {
            d.grant.verifier = |challenge, verifier| match (challenge, verifier) {
                (Some(challenge), Some(verifier)) => {
                    let hash = encoding::sha256(verifier.as_bytes());
                    encoding::base64url(&hash) == challenge
                }
                (None, None) => true,
                _ => false,
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-refresh-not-rotated",
        what: "A refresh token works as often as one likes.",
        models: "RFC 9700 section 4.14.2",
        breaks: &["RFC9700-2.2.2-1", "RFC9700-4.14.2-2"],
        install: |d| d.grant.used_refresh = Used::Works,
        ..SERVER
    },
    Fault {
        name: "as-refresh-reuse-ends-nothing",
        what: "A used refresh token is refused and the family lives on.",
        models: "RFC 9700 section 4.14.2",
        breaks: &["RFC9700-4.14.2-2"],
        install: |d| d.grant.used_refresh = Used::Fails,
        ..SERVER
    },
    Fault {
        name: "as-refresh-for-any-client",
        what: "Any client can use a refresh token.",
        models: "RFC 6749 section 6",
        breaks: &["RFC6749-6-2", "RFC6749-10.4-1"],
        install: |d| d.grant.refresh_client = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-refresh-widens-scope",
        what: "A refresh gets any scope that it asks for.",
        models: "RFC 6749 section 6",
        breaks: &["RFC6749-6-4", "RFC9700-4.14.2-1"],
        install: |d| d.grant.refresh_scope = |_, _| true,
        ..SERVER
    },
];
