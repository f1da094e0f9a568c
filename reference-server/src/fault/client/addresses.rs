//! Mistakes in the addresses that the client makes, and in those that it is given.

use super::super::Fault;
use super::CLIENT;
use crate::encoding;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "client-query-of-endpoint-dropped",
        what: "The parameters replace the query that the authorization endpoint has.",
        models: "url.search = params.toString(); RFC 6749 section 3.1",
        breaks: &["RFC6749-3.1-3"],
        install: |d| {
            d.client.addresses.asked = |mut endpoint, parameters| {
                endpoint.set_query(None);
                endpoint.query_pairs_mut().extend_pairs(parameters);
                endpoint.into()
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-question-mark-twice",
        what: "The parameters are appended behind a question mark, whether or not the endpoint has one.",
        models: "`${endpoint}?${params}`; requests-oauthlib before 0.5, RFC 6749 section 3.1",
        breaks: &["RFC6749-3.1-3"],
        install: |d| {
            d.client.addresses.asked = |endpoint, parameters| {
                let mut query = url::form_urlencoded::Serializer::new(String::new());
                let query = query.extend_pairs(parameters).finish();
                format!("{endpoint}?{query}")
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-redirect-uri-plain",
        what: "The redirection URI is http at the application's public name.",
        models: "an address made from the request behind a proxy that ends TLS; RFC 6749 section 3.1.2.1",
        breaks: &["RFC6749-3.1.2.1-1"],
        install: |d| {
            d.client.addresses.redirection = |_, _| "http://app.client.example/callback".to_owned();
        },
        ..CLIENT
    },
    Fault {
        name: "client-redirect-uri-of-localhost",
        what: "The redirection URI names localhost.",
        models: "what most guides to native apps write; RFC 8252 section 8.3",
        breaks: &["RFC8252-8.3-1"],
        install: |d| {
            d.client.addresses.redirection = |origin, second| {
                let path = if second {
                    "/callback/second"
                } else {
                    "/callback"
                };
                format!("{}{path}", origin.replace("127.0.0.1", "localhost"))
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-redirect-uri-of-one-word",
        what: "The redirection URI has a scheme of one word.",
        models: "myapp://callback, in the guides of several providers; RFC 8252 section 7.1",
        breaks: &["RFC8252-7.1-1"],
        install: |d| {
            d.client.addresses.redirection = |_, _| "clientapp:/callback".to_owned();
        },
        ..CLIENT
    },
    Fault {
        name: "client-one-redirect-uri-for-all",
        what: "All providers have the same redirection URI.",
        models: "one callback in the settings; RFC 8252 section 8.10",
        breaks: &["RFC8252-8.10-1"],
        install: |d| d.client.addresses.redirection = |origin, _| format!("{origin}/callback"),
        ..CLIENT
    },
    Fault {
        name: "client-answer-at-any-address",
        what: "An answer is taken at the redirection URI of another provider.",
        models: "a route with a parameter that nobody compares; RFC 9700 section 4.4.2.2",
        breaks: &["RFC8252-8.10-2", "RFC9700-4.4.2.2-1"],
        install: |d| d.client.addresses.arrives = |_, _, _| true,
        ..CLIENT
    },
    Fault {
        name: "client-userinfo-in-the-address",
        what: "The address of the provider has a user name, and browsers are sent there with it.",
        models: "PROVIDER_URL=https://app:secret@idp.example, as for a database; RFC 9110 section 4.2.4",
        breaks: &["RFC9110-4.2.4-2"],
        install: |d| {
            d.client.addresses.asked = |mut endpoint, parameters| {
                // an address that can have no user name stays as it is
                let _ = endpoint.set_username("app");
                endpoint.query_pairs_mut().extend_pairs(parameters);
                endpoint.into()
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-any-issuer-initiates",
        what: "Whatever issuer another site names, its metadata is fetched.",
        models: "initiate_login_uri in a client that sets itself up; CWE-918, OpenID Connect Core section 4",
        breaks: &["OIDC-CORE-4-2"],
        install: |d| {
            d.client.addresses.looks_up =
                |issuer| Some(format!("{issuer}/.well-known/openid-configuration"));
        },
        ..CLIENT
    },
    Fault {
        name: "client-target-link-followed",
        what: "After the login the browser goes to whatever page another site named.",
        models: "target_link_uri taken as it came, in LTI tools; CWE-601, OpenID Connect Core section 4",
        breaks: &["OIDC-CORE-4-1"],
        install: |d| d.client.addresses.target = |asked, _| Some(asked.to_owned()),
        ..CLIENT
    },
    Fault {
        name: "client-target-link-by-prefix",
        what: "A page counts as the application's own if its address begins with the origin.",
        models: "target.startsWith(origin), https://app.example@evil.example; CWE-601",
        breaks: &["OIDC-CORE-4-1"],
        install: |d| {
            d.client.addresses.target =
                |asked, origin| asked.starts_with(origin).then(|| asked.to_owned());
        },
        ..CLIENT
    },
    Fault {
        name: "client-state-believed-in-part",
        what: "Of state the random part is compared, and the page that stands behind it is opened.",
        models: "state = nonce + '.' + btoa(returnTo), as guides recommend; RFC 9700 section 4.7.1, CWE-565",
        breaks: &["RFC9700-4.7.1-2"],
        install: |d| {
            d.client.take = |browsers, browser, state| {
                let (fresh, page) = state?.split_once('.').unwrap_or((state?, ""));
                let logins = &mut browsers.get_mut(browser?)?.logins;
                let begun = |known: &&String| known.split('.').next() == Some(fresh);
                let known = logins.keys().find(begun)?.clone();
                let mut login = logins.remove(&known)?;
                let page = encoding::base64url_decode(page);
                login.target = page
                    .and_then(|page| String::from_utf8(page).ok())
                    .filter(|page| !page.is_empty());
                Some(login)
            };
        },
        ..CLIENT
    },
];
