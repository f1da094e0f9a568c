//! Mistakes beside the plain resources: objects, operations, sockets, GraphQL, accounts that ended, plain HTTP.

use axum::http::{HeaderName, Method, StatusCode, header};

use super::{Fault, ROW};
use crate::answer;
use crate::decisions::places::refused_in_the_clear;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "access-object-owner-not-checked",
        what: "Whoever is known reads the object of any name.",
        models: "OWASP API1:2023, broken object level authorization; CVE-2022-34770 of its kind",
        breaks: &["CWE-639"],
        install: |d| d.places.owner = |_, _| true,
        ..ROW
    },
    Fault {
        name: "access-role-not-checked",
        what: "Whoever is known may do what operators do; only the menu hides it.",
        models: "OWASP API5:2023, broken function level authorization",
        breaks: &["CWE-285"],
        install: |d| d.places.operator = |_| true,
        ..ROW
    },
    Fault {
        name: "access-disabled-account-lives",
        what: "Disabling an account ends its logins, and nothing looks at it when a credential comes.",
        models: "CWE-613, ASVS 7.4.2",
        breaks: &["CWE-613"],
        install: |d| d.places.heeds_disabled = false,
        ..ROW
    },
    Fault {
        name: "basic-old-password-lives",
        what: "What was checked once is kept, and opens after the password was changed.",
        models: "AuthnCacheTimeout of mod_authn_socache, caches of LDAP binds; CWE-613",
        breaks: &["CWE-613"],
        install: |d| d.places.heeds_new_password = false,
        ..ROW
    },
    Fault {
        name: "websocket-upgrade-unguarded",
        what: "The upgrade is handled by another listener than the one that the guard hangs on.",
        models: "server.on('upgrade') of ws beside Express middleware; CWE-306",
        breaks: &["CWE-306"],
        install: |d| d.places.guards_upgrade = false,
        ..ROW
    },
    Fault {
        name: "websocket-any-origin",
        what: "Pages of any origin open a socket with the credential that the browser adds.",
        models: "CWE-1385, CVE-2023-0957 of Gitpod",
        breaks: &["CWE-1385"],
        install: |d| d.places.origin = |_, _| true,
        ..ROW
    },
    Fault {
        name: "graphql-batch-unguarded",
        what: "The guard reads the member query of the body; a list of requests has none.",
        models: "CWE-306, array batching of Apollo and graphql-yoga behind a filter of their own",
        breaks: &["CWE-306"],
        install: |d| d.places.guards_graphql = |asked, _| !asked.is_array(),
        ..ROW
    },
    Fault {
        name: "graphql-alias-unguarded",
        what: "The guard compares the name at the beginning of the mutation, and an alias stands before it.",
        models: "CWE-306, a list of guarded operations in a gateway",
        breaks: &["CWE-306"],
        install: |d| {
            d.places.guards_graphql = |asked, _| {
                let query = asked.get("query").and_then(|query| query.as_str());
                query.is_none_or(|query| {
                    let body = query.split_once('{').map_or(query, |(_, body)| body);
                    body.trim_start().starts_with("addNote")
                })
            };
        },
        ..ROW
    },
    Fault {
        name: "graphql-get-unguarded",
        what: "The guard hangs on POST; mutations in the query of a GET pass.",
        models: "CWE-650, GraphQL over GET",
        breaks: &["CWE-306", "CWE-650"],
        install: |d| d.places.guards_graphql = |_, method| method != Method::GET,
        ..ROW
    },
    Fault {
        name: "access-described-operation-forgotten",
        what: "The description says that an operation is guarded, and nobody attached the guard to its route.",
        models: "OWASP API2:2023; a decorator that one handler of many lacks",
        breaks: &["CWE-306"],
        install: |d| d.places.guards_reports = false,
        ..ROW
    },
    Fault {
        name: "plain-http-serves",
        what: "The port for plain HTTP serves what the other one does, and asks for credentials.",
        models: "CWE-319, listen 80 beside listen 443 ssl in one server block",
        breaks: &["RFC7617-4-1", "CWE-319"],
        install: |d| d.places.plain = |_| None,
        ..ROW
    },
    Fault {
        name: "plain-http-redirects",
        what: "Requests over plain HTTP are sent on to https, so that no client notices that its credential leaked.",
        models: "ASVS 4.1.2; return 308 https://$host$request_uri",
        breaks: &["CWE-319"],
        install: |d| {
            d.places.plain = |parts| {
                let mut response = answer::empty(StatusCode::PERMANENT_REDIRECT);
                let there = format!("https://api.example{}", parts.uri.path());
                answer::set(&mut response, header::LOCATION, &there);
                Some(response)
            };
        },
        ..ROW
    },
    Fault {
        name: "plain-http-sends-hsts",
        what: "Strict-Transport-Security is added to every answer, plain HTTP included.",
        models: "helmet() of Express before a listener for plain HTTP",
        breaks: &["RFC6797-7.2-3"],
        install: |d| {
            d.places.plain = |_| {
                let mut response = refused_in_the_clear();
                let name = HeaderName::from_static("strict-transport-security");
                answer::set(&mut response, name, "max-age=31536000");
                Some(response)
            };
        },
        ..ROW
    },
];
