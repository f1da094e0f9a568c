//! Mistakes in what the requests of a login carry, and how.

use serde_json::Value;

use super::super::Fault;
use super::CLIENT;
use crate::client::exchange::Carriage;
use crate::encoding;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "client-asks-for-token-too",
        what: "The client asks for `code token`, so that the browser is given an access token.",
        models: "hybrid flow left on in a library's settings; RFC 9700 section 2.1.2",
        breaks: &["RFC9700-2.1.2-1", "RFC6749-4.1.1-1"],
        install: |d| {
            d.client.asks = |asked, _| {
                for (name, value) in asked {
                    if *name == "response_type" {
                        "code token".clone_into(value);
                    }
                }
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-asks-for-every-scope",
        what: "The scope is all that the provider's metadata lists under scopes_supported.",
        models: "scope: metadata.scopes_supported.join(' '), in clients that set themselves up; RFC 6749 section 10.3",
        breaks: &["RFC6749-10.3-2"],
        install: |d| {
            d.client.flow.scope = |metadata| {
                let all = metadata.get("scopes_supported").and_then(Value::as_array);
                let words = all.into_iter().flatten().filter_map(Value::as_str);
                words.collect::<Vec<_>>().join(" ")
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-scope-without-openid",
        what: "The client expects an ID token and does not ask for one.",
        models: "scope=profile email, copied from the settings of a plain OAuth provider",
        breaks: &["OIDC-CORE-3.1.2.1-2"],
        install: |d| d.client.flow.scope = |_| "profile email".to_owned(),
        ..CLIENT
    },
    Fault {
        name: "client-scope-twice",
        what: "The authorization request has the scope of the library and that of the settings.",
        models: "params.append where params.set was meant; RFC 6749 section 3.1",
        breaks: &["RFC6749-3.1-12"],
        install: |d| {
            d.client.asks = |asked, _| asked.push(("scope", "openid".to_owned()));
        },
        ..CLIENT
    },
    Fault {
        name: "client-no-redirect-uri",
        what: "The authorization request names no redirect_uri, since one only is registered.",
        models: "what RFC 6749 section 3.1.2.3 lets plain OAuth clients do, in an OpenID client",
        breaks: &["OIDC-CORE-3.1.2.1-5"],
        install: |d| {
            d.client.asks = |asked, _| asked.retain(|(name, _)| *name != "redirect_uri");
        },
        ..CLIENT
    },
    Fault {
        name: "client-no-state",
        what: "No state is sent; a callback goes on with the login that the browser began last.",
        models: "CWE-352; logins that rely on PKCE alone",
        breaks: &["RFC6749-10.12-2", "OIDC-CORE-3.1.2.1-6", "RFC6749-4.1.1-2"],
        install: |d| {
            d.client.asks = |asked, _| asked.retain(|(name, _)| *name != "state");
            d.client.stateless = |browser| {
                let latest = browser.latest.take()?;
                browser.logins.remove(&latest)
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-request-of-the-tutorial",
        what: "The request has the state of the RFC's example, and nothing else that binds it.",
        models: "the first example of RFC 6749 section 4.1.1, copied: state=xyz; CWE-330, CWE-352",
        breaks: &[
            "RFC6749-10.12-3",
            "RFC9700-2.1-6",
            "RFC9700-2.1.1-3",
            "RFC9700-4.5.3.2-1",
            "RFC6749-10.12-1",
        ],
        install: |d| {
            d.client.state = || "xyz".to_owned();
            d.client.nonce = || None;
            d.client.verifier = || None;
        },
        ..CLIENT
    },
    Fault {
        name: "client-state-binds-alone",
        what: "The request has a fresh state, and neither nonce nor challenge: a code works in any login.",
        models: "login buttons of plain OAuth before PKCE; RFC 9700 section 4.5",
        breaks: &["RFC9700-2.1.1-3", "RFC9700-4.5.3.2-1", "RFC9700-2.1.1-2"],
        install: |d| {
            d.client.nonce = || None;
            d.client.verifier = || None;
        },
        ..CLIENT
    },
    Fault {
        name: "client-verifier-of-digits",
        what: "The verifier is 43 decimal digits.",
        models: "CWE-331, String(Math.random()) until it was long enough; RFC 7636 section 7.1",
        breaks: &["RFC7636-4.1-4", "RFC7636-7.1-1"],
        install: |d| {
            d.client.verifier = || {
                let bytes = encoding::sha256(encoding::unguessable().as_bytes());
                let more = encoding::sha256(&bytes);
                let digits = bytes
                    .iter()
                    .chain(&more)
                    .map(|byte| char::from(b'0' + byte % 10));
                Some(digits.take(43).collect())
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-falls-back-to-plain",
        what: "After a refused request the next challenge is plain.",
        models: "RFC 7636 section 7.2, a downgrade for providers that are thought not to know S256",
        breaks: &["RFC7636-7.2-1"],
        install: |d| d.client.flow.weakens = |error| error == "invalid_request",
        ..CLIENT
    },
    Fault {
        name: "client-token-request-by-get",
        what: "The code is redeemed by a GET whose address has code, verifier and all.",
        models: "CWE-598; providers of the first years that took either; RFC 6749 section 3.2",
        breaks: &["RFC6749-3.2-4", "CWE-598"],
        install: |d| d.client.redeems = |request| request.carriage = Carriage::Query,
        ..CLIENT
    },
    Fault {
        name: "client-token-request-as-json",
        what: "The token request is JSON.",
        models: "axios.post(url, { code, ... }); RFC 6749 section 4.1.3",
        breaks: &["RFC6749-4.1.3-1"],
        install: |d| d.client.redeems = |request| request.carriage = Carriage::Json,
        ..CLIENT
    },
    Fault {
        name: "client-grant-type-twice",
        what: "The token request has grant_type twice.",
        models: "defaults of a library joined with the settings; RFC 6749 section 3.2",
        breaks: &["RFC6749-3.2-9"],
        install: |d| {
            d.client.redeems = |request| {
                let again = ("grant_type", "authorization_code".to_owned());
                request.fields.push(again);
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-redeems-twice",
        what: "The code is redeemed twice, and the first answer is used.",
        models: "a page that is rendered twice (React StrictMode), each time with its own token request",
        breaks: &["RFC6749-4.1.2-3"],
        install: |d| d.client.flow.redeems_again = |_| true,
        ..CLIENT
    },
    Fault {
        name: "client-retries-the-token-request",
        what: "A token request that was answered 500 is sent once more with the same code.",
        models: "retry policies of HTTP clients that know no difference between GET and POST",
        breaks: &["RFC6749-4.1.2-3"],
        install: |d| d.client.flow.redeems_again = |answer| answer.status >= 500,
        ..CLIENT
    },
    Fault {
        name: "client-leaves-its-name-out",
        what: "The token request has a code and a verifier, and nothing that says whose it is.",
        models: "PKCE taken for client authentication; RFC 6749 section 3.2.1",
        breaks: &["RFC6749-3.2.1-2", "RFC6749-3.2.1-1"],
        install: |d| d.client.redeems = |request| request.authorization = None,
        ..CLIENT
    },
    Fault {
        name: "client-secret-with-newline",
        what: "The secret ends with the newline of the file that it was read from.",
        models: "docker secrets and `echo secret > file`; RFC 7617 section 2",
        breaks: &["RFC7617-2-8"],
        install: |d| {
            d.client.credentials = |id, secret| {
                let pair = format!(
                    "{}:{}\n",
                    encoding::form_encode(id),
                    encoding::form_encode(secret)
                );
                format!("Basic {}", encoding::base64(pair.as_bytes()))
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-credentials-not-base64",
        what: "Identifier and secret stand behind Basic as they are.",
        models: "`Authorization: Basic id:secret`, asked about again and again; RFC 7617 section 2",
        breaks: &["RFC7617-2-9"],
        install: |d| d.client.credentials = |id, secret| format!("Basic {id}:{secret}"),
        ..CLIENT
    },
    Fault {
        name: "client-secret-in-body",
        what: "The secret goes into the body, though the provider takes Basic.",
        models: "client_secret_post by default in many libraries; RFC 6749 section 2.3.1",
        breaks: &["RFC6749-2.3.1-5"],
        install: |d| {
            d.client.redeems = |request| {
                let pair = request
                    .authorization
                    .take()
                    .and_then(|value| encoding::base64_decode(value.strip_prefix("Basic ")?))
                    .unwrap_or_default();
                let decoded = encoding::form(
                    &pair
                        .split(|byte| *byte == b':')
                        .collect::<Vec<_>>()
                        .join(&b'&'),
                );
                for (name, (value, _)) in ["client_id", "client_secret"].into_iter().zip(decoded) {
                    request.fields.push((name, value));
                }
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-token-in-field-and-query",
        what: "The access token goes to UserInfo in the field and in the query.",
        models: "a library that sends both to be sure; RFC 6750 section 2",
        breaks: &["RFC6750-2-1", "RFC6750-2.3-3", "RFC9700-4.3.2-1"],
        install: |d| {
            d.client.bears = |endpoint, token| {
                (
                    format!("{endpoint}?access_token={token}"),
                    Some(token.to_owned()),
                )
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-token-in-body",
        what: "The access token goes to UserInfo in a form.",
        models: "RFC 6750 section 2.2, in a client that could set the field",
        breaks: &["RFC6750-2.2-3", "RFC6750-2.1-2"],
        install: |d| d.client.flow.posts_token = true,
        ..CLIENT
    },
    Fault {
        name: "client-hands-the-token-to-a-page",
        what: "After the login the browser is sent to a page whose address has the access token.",
        models: "a back end that hands the token to its single page by redirect; CWE-598, RFC 6750 section 5.3",
        breaks: &["RFC6750-5.3-7"],
        install: |d| {
            d.client.flow.landing = |page, user| format!("{page}?token={}", user.token);
        },
        ..CLIENT
    },
    Fault {
        name: "client-goes-on-without-a-code",
        what: "A callback is taken without looking for an error, and whatever stands for code is redeemed.",
        models: "const { code } = req.query; await redeem(code)",
        breaks: &["OIDC-CORE-3.1.2.7-1"],
        install: |d| {
            d.client.coherent = |answer| {
                let count = |name: &str| answer.iter().filter(|(given, _)| given == name).count();
                count("state") <= 1 && count("code") <= 1 && count("iss") <= 1
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-first-parameter-counts",
        what: "Of a repeated parameter of the callback the first is taken.",
        models: "CWE-235, what query.get() does in most frameworks",
        breaks: &["CWE-235", "RFC9207-4-2"],
        install: |d| {
            d.client.coherent = |answer| {
                let has = |name: &str| answer.iter().any(|(given, _)| given == name);
                has("code") && !has("error")
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-knows-few-parameters",
        what: "A callback with a parameter that the client doesn't know is refused.",
        models: "strict validation of the query by a schema; RFC 6749 section 4.1.2",
        breaks: &["RFC6749-4.1.2-8"],
        install: |d| {
            d.client.coherent = |answer| {
                let known = ["code", "state", "iss"];
                let all = answer
                    .iter()
                    .all(|(name, _)| known.contains(&name.as_str()));
                all && crate::decisions::client::coherent(answer)
            };
        },
        ..CLIENT
    },
];
