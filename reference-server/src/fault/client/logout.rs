//! Mistakes with logouts that the provider tells of.

use super::super::Fault;
use super::CLIENT;
use crate::decisions::client::back_channel as right;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "client-back-channel-logout-without-effect",
        what: "A logout token is answered with 200, and the session goes on.",
        models: "sessions kept in the cookie alone; a route that was registered and never written (CWE-613)",
        breaks: &["CWE-613"],
        install: |d| d.client.back_channel.ends = false,
        ..CLIENT
    },
    Fault {
        name: "client-logout-token-not-verified",
        what: "A logout token is decoded and its signature never verified.",
        models: "jwt.decode() where jwt.verify() was meant (CWE-347)",
        breaks: &["CWE-347"],
        install: |d| d.client.back_channel.token.unsecured = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-logout-token-for-anybody",
        what: "A logout token for another client ends sessions.",
        models: "a verifier without an audience; OpenID Connect Back-Channel Logout section 2.6",
        breaks: &["CWE-345"],
        install: |d| d.client.back_channel.token.audience = |_, _| Ok(()),
        ..CLIENT
    },
    Fault {
        name: "client-logout-token-of-any-issuer",
        what: "The issuer of a logout token is not compared.",
        models: "a verifier without an issuer; OpenID Connect Back-Channel Logout section 2.6",
        breaks: &["CWE-345"],
        install: |d| d.client.back_channel.token.issuer = |_, _| Ok(true),
        ..CLIENT
    },
    Fault {
        name: "client-logout-token-for-ever",
        what: "A logout token may be over.",
        models: "clients written before exp was required there, 2022; OpenID Connect Back-Channel Logout section 2.4",
        breaks: &["CWE-613"],
        install: |d| d.client.back_channel.token.expiry = |_, _| Ok(()),
        ..CLIENT
    },
    Fault {
        name: "client-logout-token-without-event",
        what: "Nobody looks whether the event of a logout token is a logout.",
        models: "OpenID Connect Back-Channel Logout section 2.6 item 5, left out",
        breaks: &["CWE-345"],
        install: |d| {
            d.client.back_channel.is_about_logout =
                |header, claims| right::is_typed(header) && !claims.contains_key("nonce");
        },
        ..CLIENT
    },
    Fault {
        name: "client-logout-token-with-nonce",
        what: "A logout token may have a nonce, as only ID tokens have.",
        models: "OpenID Connect Back-Channel Logout section 2.6 item 6, left out",
        breaks: &["CWE-345"],
        install: |d| {
            d.client.back_channel.is_about_logout =
                |header, claims| right::is_typed(header) && right::has_event(claims);
        },
        ..CLIENT
    },
    Fault {
        name: "client-logout-token-of-any-type",
        what: "The type of a logout token is not looked at.",
        models: "OpenID Connect Back-Channel Logout section 2.4: typ, which most clients ignore",
        breaks: &["RFC8725-3.12-3"],
        install: |d| {
            d.client.back_channel.is_about_logout =
                |_, claims| right::has_event(claims) && !claims.contains_key("nonce");
        },
        ..CLIENT
    },
    Fault {
        name: "client-any-token-logs-out",
        what: "Every token of the provider for this client is taken for a logout token.",
        models: "one verifier for ID tokens and logout tokens; RFC 8725 section 3.12",
        breaks: &["RFC8725-3.12-3", "CWE-345"],
        install: |d| d.client.back_channel.is_about_logout = |_, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-logout-token-replayed",
        what: "A logout token works as often as it comes.",
        models: "OpenID Connect Back-Channel Logout section 2.6 item 7, which is optional (CWE-294)",
        breaks: &["CWE-294"],
        install: |d| d.client.back_channel.once = false,
        ..CLIENT
    },
];
