//! A profile where nothing is known: a resource server in force, everything else switched off, for all three roles.

use super::Draft;
use super::page::Page;

/// Entries by what they are about, with an example each.
const TOPICS: &[(&str, &[(&str, &str)])] = &[
    (
        "In place of `basic:`, one of these says where a valid credential comes from.",
        &[
            ("token", "\"${env.API_TOKEN}\""),
            (
                "login",
                "{ path: /login, json: { username: \"${env.API_USER}\", password: \"${env.API_PASSWORD}\" }, token: /token }",
            ),
            (
                "grant",
                "{ token-endpoint: \"https://issuer.example/token\", id: \"${env.API_CLIENT_ID}\", secret: \"${env.API_CLIENT_SECRET}\" }",
            ),
            (
                "key",
                "{ alg: HS256, secret: \"${env.API_SIGNING_KEY}\", claims: { iss: \"https://issuer.example\", aud: api, sub: user-1 } }",
            ),
            (
                "trusts-provider",
                "{ claims: { aud: \"${target.origin}\", sub: user-1 } }",
            ),
            ("asks-introspection", "true"),
        ],
    ),
    (
        "What else an API may have; each unlocks cases.",
        &[
            ("open", "GET /health"),
            ("openapi", "GET /openapi.json"),
            (
                "guarded-write",
                "{ send: { method: POST, path: /notes, json: { text: \"${marker}\" } }, seen-at: GET /notes }",
            ),
            ("admin-only", "GET /admin/users"),
            (
                "objects",
                "{ own: GET /orders/1, other: GET /orders/2, shows: \"text of the other\" }",
            ),
            (
                "users",
                "{ mallory: { name: \"${env.OTHER_USER}\", password: \"${env.OTHER_PASSWORD}\" } }",
            ),
            ("token-logout", "POST /logout"),
            ("socket", "GET /events"),
            (
                "graphql",
                "{ path: /graphql, mutation: \"addNote(text: \\\"x\\\") { id }\" }",
            ),
            (
                "account-changes",
                "{ disable: POST /admin/users/mallory/disable, enable: POST /admin/users/mallory/enable }",
            ),
            ("plain-http", "\"http://api.example\""),
            ("tls", "{ ca: authority.pem }"),
            ("jwks", "\"https://issuer.example/jwks\""),
            ("dpop", "{ pem: \"${env.PROOF_KEY}\" }"),
            (
                "resource-metadata",
                "GET /.well-known/oauth-protected-resource",
            ),
        ],
    ),
    (
        "Role client: an application that logs its users in. It is configured with authspec's provider as its issuer, by `start:` or beforehand by `provider: { issuer: ... }`.",
        &[
            (
                "client",
                "{ login: GET /login, callback: /callback, who-am-i: GET /me, id: \"${env.CLIENT_ID}\", secret: \"${env.CLIENT_SECRET}\" }",
            ),
            (
                "start",
                "{ command: [node, server.js], env: { PORT: \"${port}\", ISSUER: \"${provider.issuer}\" }, ready: GET / }",
            ),
            (
                "provider",
                "{ listen: \"127.0.0.1:9080\", issuer: \"http://127.0.0.1:9080\" }",
            ),
        ],
    ),
    (
        "Role authorization-server: `authspec init --issuer URL` writes this from its metadata.",
        &[
            (
                "authorization-server",
                "{ issuer: \"https://issuer.example\", scope: openid }",
            ),
            (
                "clients",
                "{ confidential: { id: \"${env.CLIENT_ID}\", secret: \"${env.CLIENT_SECRET}\", redirect-uri: https://client.example/cb } }",
            ),
            ("origins", "[\"https://login.example\"]"),
        ],
    ),
    (
        "What holds here, and what may be done.",
        &[
            ("standards", "[rfc9068]"),
            ("claims", "[target.scoped]"),
            ("durations", "{ key-set-cooldown: 30s }"),
            ("allow", "[writes]"),
            ("allow-host", "api.example"),
            ("allow-plain-http", "true"),
            ("limits", "{ per-second: 10, case-time: 10s }"),
        ],
    ),
];

/// The template.
pub fn template(target: Option<&str>) -> Draft {
    let mut page = Page::default();
    page.note("A profile for authspec.");
    super::conventions(&mut page);
    page.blank();
    page.key(
        "target",
        &super::page::value(target.unwrap_or("http://127.0.0.1:8080")),
    );
    page.blank();
    page.key("guarded", "[GET /orders]");
    page.blank();
    page.key(
        "basic",
        "{ user: \"${env.API_USER}\", password: \"${env.API_PASSWORD}\" }",
    );
    for (about, entries) in TOPICS {
        page.blank();
        page.note(about);
        for (key, example) in *entries {
            page.off(key, example);
        }
    }
    page.done()
}
