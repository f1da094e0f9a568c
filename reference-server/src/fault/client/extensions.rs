//! Mistakes with bound tokens, assertions, pushed requests and resources.

use crate::client::challenge;
use serde_json::{Value, json};

use super::super::Fault;
use super::CLIENT;
use crate::decisions::client::assertions as asserted;
use crate::decisions::client::proofs as proven;
use crate::encoding;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "client-dpop-private-key-sent",
        what: "The key in a proof's header has its private part.",
        models: "exportJWK(privateKey) where the public key was meant; RFC 9449 section 4.2",
        breaks: &["RFC9449-4.2-2"],
        install: |d| {
            d.client.proofs.header = |mut jwk| {
                jwk["d"] = encoding::unguessable().into();
                json!({ "typ": "dpop+jwt", "alg": "RS256", "jwk": jwk })
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-dpop-typ-jwt",
        what: "A proof is typed like any other JWT.",
        models: "the default header of a JWT library; RFC 9449 section 4.2",
        breaks: &["RFC9449-4.2-1"],
        install: |d| {
            d.client.proofs.header = |jwk| json!({ "typ": "JWT", "alg": "RS256", "jwk": jwk });
        },
        ..CLIENT
    },
    Fault {
        name: "client-dpop-without-iat",
        what: "A proof says nothing of when it was made.",
        models: "drafts before RFC 9449 section 4.2 was final",
        breaks: &["RFC9449-4.2-3"],
        install: |d| {
            d.client.proofs.claims = |about| without(proven::claims(about), "iat");
        },
        ..CLIENT
    },
    Fault {
        name: "client-dpop-htu-of-the-issuer",
        what: "htu is the provider's origin, whatever endpoint is asked.",
        models: "the audience of other tokens taken for htu; RFC 9449 section 4.2",
        breaks: &["RFC9449-4.2-3"],
        install: |d| {
            d.client.proofs.claims = |about| {
                let mut claims = proven::claims(about);
                let origin = about.url.splitn(4, '/').take(3).collect::<Vec<_>>();
                claims["htu"] = origin.join("/").into();
                claims
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-dpop-htu-with-query",
        what: "htu has a query.",
        models: "the whole URL of the request as a tracing middleware extended it; RFC 9449 section 4.2",
        breaks: &["RFC9449-4.2-5"],
        install: |d| {
            d.client.proofs.claims = |about| {
                let mut claims = proven::claims(about);
                claims["htu"] = format!("{}?trace=1", about.url).into();
                claims
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-dpop-jti-constant",
        what: "Every proof has the same jti.",
        models: "the jti of the RFC's example, -BwC3ESc6acc2lTc; RFC 9449 section 4.2",
        breaks: &["RFC9449-4.2-4", "RFC9449-7.3-1"],
        install: |d| {
            d.client.proofs.claims = |about| {
                let mut claims = proven::claims(about);
                claims["jti"] = "-BwC3ESc6acc2lTc".into();
                claims
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-dpop-without-ath",
        what: "A proof beside a token doesn't name the token.",
        models: "one function for both kinds of proof; RFC 9449 section 4.2",
        breaks: &["RFC9449-4.2-6"],
        install: |d| {
            d.client.proofs.claims = |about| without(proven::claims(about), "ath");
        },
        ..CLIENT
    },
    Fault {
        name: "client-dpop-token-as-bearer",
        what: "A bound token is sent under the scheme Bearer, without a proof.",
        models: "the same header in every HTTP client; RFC 9449 section 7.1",
        breaks: &["RFC9449-7-1"],
        install: |d| d.client.proofs.scheme = "Bearer",
        ..CLIENT
    },
    Fault {
        name: "client-dpop-bearer-answer-taken",
        what: "A bearer token is used where a bound one was asked for.",
        models: "token_type is not looked at; a downgrade on the way, RFC 9449 section 5",
        breaks: &["RFC9449-5-6"],
        install: |d| d.client.proofs.bound = |_| true,
        ..CLIENT
    },
    Fault {
        name: "client-dpop-nonce-not-retried",
        what: "An answer that asks for a nonce ends the login.",
        models: "clients written against providers without nonces; RFC 9449 section 8",
        breaks: &["RFC9449-8-5"],
        install: |d| d.client.proofs.retries = false,
        ..CLIENT
    },
    Fault {
        name: "client-dpop-nonce-left-out",
        what: "The request is sent again, and the proof has no nonce.",
        models: "the retry of any 4xx; RFC 9449 section 4.2",
        breaks: &["RFC9449-4.2-7", "RFC9449-8-5"],
        install: |d| {
            d.client.proofs.claims = |about| without(proven::claims(about), "nonce");
        },
        ..CLIENT
    },
    Fault {
        name: "client-dpop-nonce-forgotten",
        what: "A nonce is used for the retry and for nothing after it.",
        models: "a nonce kept in a local variable; RFC 9449 section 8.2",
        breaks: &["RFC9449-8.2-1"],
        install: |d| d.client.proofs.keeps_nonce = false,
        ..CLIENT
    },
    Fault {
        name: "client-dpop-challenge-strict",
        what: "A challenge for a nonce with a parameter that the client does not know is not read.",
        models: "a pattern over the whole WWW-Authenticate field; RFC 9449 section 7.1",
        breaks: &["RFC9449-7.1-5"],
        install: |d| {
            d.client.proofs.reads = |fields| {
                let known = ["realm", "algs", "error", "error_description", "scope"];
                let all = challenge::all(fields).into_iter();
                let is_known = |(name, _): &(String, String)| known.contains(&name.as_str());
                all.filter(|one| one.parameters.iter().all(is_known))
                    .collect()
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-assertion-without-exp",
        what: "The client's assertion never ends.",
        models: "a signed JWT without an expiry option; RFC 7523 section 3",
        breaks: &["RFC7523-3-14"],
        install: |d| {
            d.client.assertions.claims = |facts| without(asserted::claims(facts), "exp");
        },
        ..CLIENT
    },
    Fault {
        name: "client-assertion-for-a-year",
        what: "The client's assertion is good for a year.",
        models: "an assertion made by hand for the settings file; CWE-613",
        breaks: &["CWE-613"],
        install: |d| {
            d.client.assertions.claims = |facts| {
                let mut claims = asserted::claims(facts);
                claims["exp"] = (facts.now + 365 * 24 * 60 * 60).into();
                claims
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-assertion-reused",
        what: "An assertion is made once and sent with every request.",
        models: "a value computed when the application starts; CWE-294",
        breaks: &["CWE-294"],
        install: |d| d.client.assertions.keeps = true,
        ..CLIENT
    },
    Fault {
        name: "client-assertion-for-itself",
        what: "The audience of the assertion is the client's own address.",
        models: "iss and aud mixed up; the audience injection of 2025 shows why it matters, RFC 7523bis",
        breaks: &["RFC7523-3-14"],
        install: |d| {
            d.client.assertions.claims = |facts| {
                let mut claims = asserted::claims(facts);
                claims["aud"] = facts.origin.into();
                claims
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-assertion-type-shortened",
        what: "client_assertion_type is jwt-bearer and not the registered name.",
        models: "a constant typed from memory; RFC 7523 section 2.2",
        breaks: &["RFC7523-2.2-2"],
        install: |d| d.client.assertions.kind = "jwt-bearer",
        ..CLIENT
    },
    Fault {
        name: "client-does-not-push",
        what: "The request goes through the browser, though it was to be pushed.",
        models: "a switch that one of two code paths reads; RFC 9126 section 2",
        breaks: &["CWE-522"],
        install: |d| d.client.assertions.pushes = false,
        ..CLIENT
    },
    Fault {
        name: "client-request-uri-reused",
        what: "The URI of a pushed request serves several logins.",
        models: "a cache around the push; RFC 9126 section 4",
        breaks: &["RFC9126-4-1"],
        install: |d| d.client.assertions.keeps_request_uri = true,
        ..CLIENT
    },
    Fault {
        name: "client-pushes-a-reference",
        what: "The URI that an earlier push brought is pushed with the next request.",
        models: "one map of parameters that lives as long as the client; RFC 9126 section 2.1",
        breaks: &["RFC9126-2.1-1"],
        install: |d| d.client.assertions.pushes_reference = true,
        ..CLIENT
    },
    Fault {
        name: "client-resource-with-fragment",
        what: "The resource is an address with a fragment.",
        models: "the address of a single page taken for that of its API; RFC 8707 section 2",
        breaks: &["RFC8707-2-2"],
        install: |d| d.client.assertions.resource = |origin| format!("{origin}/#/api"),
        ..CLIENT
    },
    Fault {
        name: "client-resource-without-scheme",
        what: "The resource is a host name.",
        models: "host:port, as some gateways call their APIs; RFC 8707 section 2",
        breaks: &["RFC8707-2-1"],
        install: |d| {
            d.client.assertions.resource = |origin| {
                let (_, host) = origin.split_once("://").unwrap_or_default();
                host.to_owned()
            };
        },
        ..CLIENT
    },
    Fault {
        name: "client-resource-asked-once",
        what: "The resource stands in the authorization request and not in the token request.",
        models: "parameters that one of two requests gets; RFC 8707 section 2.2",
        breaks: &["CWE-441"],
        install: |d| d.client.assertions.repeats_resource = false,
        ..CLIENT
    },
];

fn without(mut claims: Value, name: &str) -> Value {
    if let Value::Object(members) = &mut claims {
        members.remove(name);
    }
    claims
}
