//! Mistakes of the authorization server: the way from the request to the code.

use axum::http::{StatusCode, header};
use url::Url;

use super::{Fault, ROW};
use crate::answer;
use crate::decisions::grant as right;

pub(super) const SERVER: Fault = Fault {
    role: "authorization-server",
    ..ROW
};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-redirect-uri-not-checked",
        what: "Any redirection URI is taken.",
        models: "CWE-601, the oldest attack on OAuth",
        breaks: &["RFC6749-3.1.2.4-1", "RFC9700-2.1-1", "RFC6749-10.15-1"],
        install: |d| d.grant.redirect_uri = |_, given| Url::parse(given).is_ok(),
        ..SERVER
    },
    Fault {
        name: "as-redirect-uri-by-prefix",
        what: "A redirection URI need only begin with a registered one.",
        models: "CVE-2023-6927-era wildcards of Keycloak; RFC 9700 section 4.1",
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
        breaks: &["RFC6749-3.1.2.3-3", "RFC9700-2.6-4"],
        install: |d| {
            d.grant.redirect_uri = |client, given| {
                right::redirect_uri(client, given)
                    || right::redirect_uri(client, &given.replacen("http://", "https://", 1))
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-redirect-uri-of-any-client",
        what: "A redirection URI that any client registered is taken from every client.",
        models: "one allow list for all",
        breaks: &["RFC6749-3.1.2.3-2", "RFC9700-2.1-1"],
        install: |d| {
            d.grant.redirect_uri = |_, given| {
                crate::clients::clients()
                    .iter()
                    .any(|client| right::redirect_uri(client, given))
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-loopback-port-fixed",
        what: "A loopback redirection URI works with the registered port only.",
        models: "RFC 8252 section 7.3",
        breaks: &["RFC9700-4.1.3-2"],
        install: |d| {
            d.grant.redirect_uri =
                |client, given| client.redirect_uris().any(|registered| registered == given);
        },
        ..SERVER
    },
    Fault {
        name: "as-response-type-ignored",
        what: "Every response type is served as code.",
        models: "RFC 6749 section 3.1.1",
        breaks: &["RFC6749-3.1.1-1", "RFC6749-4.1.2.1-4"],
        install: |d| d.grant.response_type = |_| true,
        ..SERVER
    },
    Fault {
        name: "as-repeated-parameters-taken",
        what: "Of a repeated parameter the first value is used.",
        models: "CWE-235, HTTP parameter pollution",
        breaks: &["RFC6749-3.1-10", "RFC6749-3.2-8"],
        install: |d| d.grant.refuses_repeated = false,
        ..SERVER
    },
    Fault {
        name: "as-pkce-not-required",
        what: "A public client may ask without a code challenge.",
        models: "RFC 9700 section 2.1.1",
        breaks: &["RFC7636-4.4.1-1", "OAUTH21-4.1.1-2"],
        install: |d| {
            d.grant.challenge = |client, challenge, method| {
                challenge.is_none() || right::challenge(client, challenge, method)
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-pkce-any-method",
        what: "A challenge under a method that nobody knows is taken.",
        models: "RFC 7636 section 4.4.1",
        breaks: &["RFC7636-4.4.1-3"],
        install: |d| {
            d.grant.challenge = |client, challenge, _| {
                right::challenge(client, challenge, challenge.map(|_| "S256"))
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-state-dropped",
        what: "The answer has no state.",
        models: "RFC 6749 section 4.1.2",
        breaks: &["RFC6749-4.1.2-7", "RFC6749-4.1.2.1-8"],
        install: |d| d.grant.state = |_| None,
        ..SERVER
    },
    Fault {
        name: "as-state-changed",
        what: "state comes back cut to 64 characters, its blanks trimmed and its plus signs as blanks.",
        models: "RFC 6749 section 4.1.2, double decoding",
        breaks: &["RFC6749-4.1.2-7"],
        install: |d| {
            d.grant.state = |state| Some(state.trim().replace('+', " ").chars().take(64).collect());
        },
        ..SERVER
    },
    Fault {
        name: "as-iss-missing",
        what: "The answer has no iss though the metadata announces it.",
        models: "RFC 9207 section 2.3",
        breaks: &["RFC9207-2-1", "RFC9207-2.3-3"],
        install: |d| d.grant.iss = |_| None,
        ..SERVER
    },
    Fault {
        name: "as-iss-with-slash",
        what: "The iss of the answer has a final slash that the issuer doesn't have.",
        models: "RFC 9207 section 2.3",
        breaks: &["RFC9207-2.3-1"],
        install: |d| d.grant.iss = |issuer| Some(format!("{issuer}/")),
        ..SERVER
    },
    Fault {
        name: "as-consent-not-asked",
        what: "Whoever is logged in grants without being asked.",
        models: "OIDC Core 3.1.2.4; RFC 6749 section 10.2",
        breaks: &["OIDC-CORE-3.1.2.4-1", "RFC6749-10.2-2"],
        install: |d| d.grant.asks_consent = false,
        ..SERVER
    },
    Fault {
        name: "as-forms-without-csrf",
        what: "Login and consent are taken from any page.",
        models: "CWE-352",
        breaks: &["RFC6749-10.12-4", "OIDC-CORE-3.1.2.3-3"],
        install: |d| d.grant.own_form = |_, _, _, _| true,
        ..SERVER
    },
    Fault {
        name: "as-session-not-renewed",
        what: "The session keeps the identifier that it had before the login.",
        models: "CWE-384",
        breaks: &["RFC6265BIS-8.4-2", "CWE-384"],
        install: |d| d.grant.renews_session = false,
        ..SERVER
    },
    Fault {
        name: "as-pages-can-be-framed",
        what: "Login and consent may be shown in a frame.",
        models: "CWE-1021, clickjacking",
        breaks: &["RFC6749-10.13-1", "RFC9700-4.16-1", "OIDC-CORE-3.1.2.3-3"],
        install: |d| {
            d.grant.page = |response| {
                right::page(response);
                response.headers_mut().remove(header::X_FRAME_OPTIONS);
                response
                    .headers_mut()
                    .remove(header::CONTENT_SECURITY_POLICY);
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-pages-send-referrer",
        what: "Nothing keeps the address of a page out of the Referer field.",
        models: "RFC 9700 section 4.2",
        breaks: &["CWE-200"],
        install: |d| {
            d.grant.page = |response| {
                right::page(response);
                response.headers_mut().remove(header::REFERRER_POLICY);
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-pages-cacheable",
        what: "Pages and redirects with a code may be stored.",
        models: "CWE-525",
        breaks: &["CWE-525"],
        install: |d| {
            d.grant.page = |response| {
                right::page(response);
                answer::set(response, header::CACHE_CONTROL, "public, max-age=600");
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-authorize-allows-cors",
        what: "The authorization endpoint may be read by scripts of any origin.",
        models: "RFC 9700 section 2.6",
        breaks: &["RFC9700-2.6-6"],
        install: |d| {
            d.grant.page = |response| {
                right::page(response);
                answer::set(response, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-pages-unescaped",
        what: "Text of the request is written into the pages as it came.",
        models: "CWE-79",
        breaks: &["RFC6749-10.14-1", "CWE-79"],
        install: |d| d.grant.escape = str::to_owned,
        ..SERVER
    },
    Fault {
        name: "as-redirects-with-307",
        what: "The redirect after a form keeps its method and content, the password among it.",
        models: "RFC 9700 section 4.12",
        breaks: &["RFC9700-4.12-1", "RFC9700-2.1-9"],
        install: |d| {
            d.grant.redirect = |location| {
                let mut response = answer::see_other(location);
                *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
                response
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-redirects-with-302",
        what: "The redirect after a form is a 302.",
        models: "RFC 9700 section 4.12",
        breaks: &["RFC9700-4.12-2"],
        install: |d| {
            d.grant.redirect = |location| {
                let mut response = answer::see_other(location);
                *response.status_mut() = StatusCode::FOUND;
                response
            };
        },
        ..SERVER
    },
    Fault {
        name: "as-codes-count-up",
        what: "Codes and refresh tokens are numbers that count up.",
        models: "CWE-340",
        breaks: &["RFC6749-10.10-1", "RFC6749-10.3-1"],
        install: |d| d.grant.fresh = |number| format!("grant-{:08}", 48_211 + number),
        ..SERVER
    },
    Fault {
        name: "as-codes-short",
        what: "Codes and refresh tokens have 32 bits.",
        models: "CWE-331",
        breaks: &["RFC6749-10.10-1"],
        install: |d| {
            d.grant.fresh = |_| {
                crate::encoding::unguessable()
                    .get(..6)
                    .unwrap_or_default()
                    .to_owned()
            };
        },
        ..SERVER
    },
];

fn by_host(client: &crate::clients::Client, given: &str, same: fn(&str, &str) -> bool) -> bool {
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
