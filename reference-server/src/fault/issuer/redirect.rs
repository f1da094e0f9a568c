//! Mistakes about where an answer may be sent.

use url::Url;

use super::super::Fault;
use super::SERVER;
use crate::clients::{Client, clients};
use crate::decisions::grant as right;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-redirect-uri-not-checked",
        what: "Any redirection URI is taken.",
        models: "CWE-601, the oldest attack on OAuth",
        breaks: &[
            "RFC6749-3.1.2.4-1",
            "RFC9700-2.1-1",
            "RFC6749-10.15-1",
            "RFC6749-4.2.1-1",
        ],
        install: |d| d.grant.redirect_uri = |_, given| Url::parse(given).is_ok(),
        ..SERVER
    },
    Fault {
        name: "as-unknown-client-redirected",
        what: "An error about an unknown client is sent to the address in the request.",
        models: "CWE-601, the open redirector of RFC 9700 section 4.11",
        breaks: &["RFC6749-4.1.2.1-1", "RFC6749-10.15-1", "RFC9700-2.1-2"],
        install: |d| d.grant.redirects_unknown = true,
        ..SERVER
    },
    Fault {
        name: "as-redirect-uri-by-prefix",
        what: "A redirection URI need only begin with a registered one.",
        models: "a wildcard at the end of a registration; RFC 9700 section 4.1",
        breaks: &["RFC6749-3.1.2.3-3", "RFC9700-2.1-1"],
        install: |d| {
            d.grant.redirect_uri = |client, given| {
                Url::parse(given).is_ok()
                    && client
                        .redirect_uris()
                        .any(|registered| given.starts_with(registered))
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-redirect-uri-by-host",
        what: "Any path on a registered host is taken.",
        models: "RFC 9700 section 4.1.1",
        breaks: &["RFC6749-3.1.2.3-3", "RFC9700-2.1-1"],
        install: |d| {
            d.grant.redirect_uri =
                |client, given| by_host(client, given, |left, right| left == right)
        },
        ..SERVER
    },
    Fault {
        name: "as-redirect-uri-subdomains",
        what: "Subdomains of a registered host are taken.",
        models: "RFC 9700 section 4.1.1, subdomain takeover",
        breaks: &["RFC6749-3.1.2.3-3", "RFC9700-2.1-1"],
        install: |d| {
            d.grant.redirect_uri = |client, given| {
                by_host(client, given, |given, registered| {
                    given.ends_with(registered)
                })
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-redirect-uri-by-substring",
        what: "A redirection URI need only contain a registered host.",
        models: "uri.includes('client.example'), userinfo and host suffix tricks",
        breaks: &["RFC6749-3.1.2.3-3", "RFC9700-2.1-1"],
        install: |d| {
            d.grant.redirect_uri = |client, given| {
                let hosts = client.redirect_uris().filter_map(|registered| {
                    Url::parse(registered).ok()?.host_str().map(str::to_owned)
                });
                Url::parse(given).is_ok() && hosts.into_iter().any(|host| given.contains(&host))
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-redirect-uri-normalised",
        what: "Redirection URIs are compared after dot segments, case, default port and encoding were normalised.",
        models: "RFC 6749 section 3.1.2.3, RFC 3986 section 6.2.1",
        breaks: &["RFC6749-3.1.2.3-3", "RFC9700-2.1-1"],
        install: |d| {
            d.grant.redirect_uri = |client, given| {
                let plain =
                    |text: &str| Url::parse(&text.replace("%2e", ".").replace("%2E", ".")).ok();
                client.redirect_uris().any(|registered| {
                    plain(given).is_some_and(|given| Some(given) == plain(registered))
                })
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-redirect-uri-query-ignored",
        what: "The query of a redirection URI is not compared.",
        models: "RFC 6749 section 3.1.2.3",
        breaks: &["RFC6749-3.1.2.3-3", "RFC9700-2.1-1"],
        install: |d| {
            d.grant.redirect_uri = |client, given| {
                let plain = |text: &str| text.split('?').next().unwrap_or_default().to_owned();
                client
                    .redirect_uris()
                    .any(|registered| plain(registered) == plain(given))
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-redirect-uri-fragment-ignored",
        what: "The fragment of a redirection URI is not compared.",
        models: "RFC 6749 section 3.1.2",
        breaks: &["RFC6749-3.1.2-3"],
        install: |d| {
            d.grant.redirect_uri = |client, given| {
                let plain = given.split('#').next().unwrap_or_default();
                right::redirect_uri(client, plain)
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-redirect-uri-scheme-ignored",
        what: "http is taken where https was registered.",
        models: "RFC 9700 section 2.6",
        breaks: &["RFC9700-2.1-1", "RFC6749-3.1.2.3-3", "RFC9700-2.6-4"],
        install: |d| {
            d.grant.redirect_uri = |client, given| {
                right::redirect_uri(client, given)
                    || right::redirect_uri(client, &given.replacen("http://", "https://", 1))
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-redirect-uri-relative-taken",
        what: "A path alone is taken, and completed by the registered host.",
        models: "new URL(given, registered)",
        breaks: &["RFC6749-3.1.2-1", "RFC9700-2.1-1"],
        install: |d| {
            d.grant.redirect_uri = |client, given| {
                let joined = |registered: &str| Url::parse(registered).ok()?.join(given).ok();
                client.redirect_uris().any(|registered| {
                    joined(registered).is_some_and(|joined| joined.as_str() == registered)
                })
            };
            d.grant.front.address = |redirect_uri, answer| {
                let base = Url::parse("https://app.example/").ok()?;
                let whole = base.join(redirect_uri).ok()?;
                (right::front::Front::right().address)(whole.as_str(), answer)
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-redirect-uri-port-of-loopback-compared",
        what: "The port of a loopback address is compared too.",
        models: "RFC 8252 section 7.3, node-oauth2-server",
        breaks: &["RFC8252-7.3-1", "RFC9700-4.1.3-2"],
        install: |d| {
            d.grant.redirect_uri = |client, given| {
                let mut registered = client.redirect_uris();
                registered.any(|registered| registered == given)
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-redirect-uri-localhost-is-loopback",
        what: "localhost is taken where a loopback address was registered.",
        models: "RFC 8252 section 8.3",
        breaks: &["RFC8252-7.3-2", "RFC9700-2.1-1"],
        install: |d| {
            d.grant.redirect_uri = |client, given| {
                right::redirect_uri(client, &given.replacen("//localhost", "//127.0.0.1", 1))
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-redirect-uri-any-loopback",
        what: "Whoever registered a loopback address may use every address of the machine.",
        models: "if (isLoopback(uri)) return true",
        breaks: &["RFC8252-7.3-2", "RFC8252-8.4-1", "RFC9700-2.1-1"],
        install: |d| {
            d.grant.redirect_uri = |client, given| {
                let own = |uri: &str| uri.starts_with("http://127.0.0.1");
                own(given) && client.redirect_uris().any(own) || right::redirect_uri(client, given)
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-redirect-uri-defaulted",
        what: "A request that names no redirection URI goes to the first that was registered.",
        models: "client.redirectUris[0]",
        breaks: &["RFC6749-3.1.2.4-1", "OIDC-CORE-3.1.2.1-4"],
        install: |d| d.grant.front.defaults_redirect_uri = true,
        ..SERVER
    },
    Fault {
        name: "as-redirect-uri-of-any-client",
        what: "A redirection URI that any client registered is taken from every client.",
        models: "one allow list for all",
        breaks: &["RFC6749-3.1.2.3-2", "RFC9700-2.1-1"],
        install: |d| {
            d.grant.redirect_uri = |_, given| {
                clients()
                    .iter()
                    .any(|client| right::redirect_uri(client, given))
            };
        },
        ..SERVER
    },
];

fn by_host(client: &Client, given: &str, same: fn(&str, &str) -> bool) -> bool {
    let Ok(given) = Url::parse(given) else {
        return false;
    };
    client.redirect_uris().any(|registered| {
        Url::parse(registered).is_ok_and(|registered| {
            given.scheme() == registered.scheme()
                && given
                    .host_str()
                    .zip(registered.host_str())
                    .is_some_and(|(given, registered)| same(given, registered))
        })
    })
}
