//! What the rules of security requirements, servers and parameters come to.

use serde_json::{Value, json};

use super::*;

fn operations(document: &Value) -> Vec<Operation> {
    Description::new(document).operations()
}

fn need(scheme: &str, scopes: &[&str]) -> Need {
    Need {
        scheme: scheme.to_owned(),
        scopes: scopes.iter().map(|&one| one.to_owned()).collect(),
    }
}

#[test]
fn an_operation_needs_what_it_says_itself_or_what_the_document_says() {
    let a = || vec![need("a", &[])];
    for (root, own, wanted) in [
        (None, None, Guard::Unsaid),
        (Some(json!([{ "a": [] }])), None, Guard::Needs(vec![a()])),
        (Some(json!([{ "a": [] }])), Some(json!([])), Guard::Open),
        (
            Some(json!([])),
            Some(json!([{ "a": [] }])),
            Guard::Needs(vec![a()]),
        ),
        (Some(json!([])), None, Guard::Open),
        (None, Some(json!([{}])), Guard::Optional),
        (None, Some(json!([{ "a": [] }, {}])), Guard::Optional),
        (
            None,
            Some(json!([{ "a": [] }, { "b": ["read"] }])),
            Guard::Needs(vec![a(), vec![need("b", &["read"])]]),
        ),
        (
            None,
            Some(json!([{ "a": [], "b": [] }])),
            Guard::Needs(vec![vec![need("a", &[]), need("b", &[])]]),
        ),
        // nothing that could be read: neither guarded nor open
        (None, Some(json!({ "a": [] })), Guard::Unsaid),
        (Some(json!([{ "a": [] }])), Some(Value::Null), Guard::Unsaid),
    ] {
        let mut get = json!({});
        if let Some(own) = &own {
            get["security"] = own.clone();
        }
        let mut document = json!({ "paths": { "/x": { "get": get } } });
        if let Some(root) = &root {
            document["security"] = root.clone();
        }
        let found = operations(&document);
        assert_eq!(found[0].guard, wanted, "{root:?} {own:?}");
    }
}

#[test]
fn references_inside_of_the_document_are_followed() {
    let document = json!({
        "security": [{ "a": [] }],
        "components": {
            "pathItems": { "orders": { "get": { "operationId": "orders" }, "post": {} } },
            "parameters": { "id": { "name": "id", "in": "path", "schema": { "$ref": "#/components/schemas/Id" } } },
            "schemas": { "Id": { "type": "string", "example": "o 1" } },
        },
        "paths": {
            "/orders": { "$ref": "#/components/pathItems/orders", "post": { "security": [] } },
            "/orders/{id}": { "parameters": [{ "$ref": "#/components/parameters/id" }], "get": {} },
            "/again": { "$ref": "#/paths/~1orders~1%7Bid%7D" },
            "/round": { "$ref": "#/paths/~1round" },
            "/elsewhere": { "$ref": "paths/elsewhere.yaml" },
            "x-extension": { "get": {} },
        },
    });
    let found = operations(&document);
    let shown: Vec<String> = found
        .iter()
        .map(|one| format!("{} {} {:?}", one.method, one.path, one.guard == Guard::Open))
        .collect();
    assert_eq!(
        shown,
        [
            "GET /orders false",
            "POST /orders true",
            "GET /orders/{id} false",
            "GET /again false"
        ]
    );
    assert_eq!(found[0].id.as_deref(), Some("orders"));
    assert_eq!(found[2].filled.as_ref().unwrap().target, "/orders/o%201");
    let paths: Vec<String> = Description::new(&document)
        .elsewhere()
        .into_iter()
        .map(|one| one.path)
        .collect();
    assert_eq!(paths, ["/round", "/elsewhere"]);
}

#[test]
fn what_must_be_filled_in_is_filled_or_named() {
    let of = |parameters: Value, own: Value, path: &str| {
        let document = json!({ "paths": { path: { "parameters": parameters, "get": { "parameters": own } } } });
        operations(&document).remove(0).filled
    };
    let id = |more: Value| {
        let mut id = json!({ "name": "id", "in": "path", "required": true });
        let more = more.as_object().unwrap().clone();
        id.as_object_mut().unwrap().extend(more);
        json!([id])
    };
    for (more, wanted) in [
        (json!({ "example": 7 }), "/o/7"),
        (
            json!({ "examples": { "one": { "value": "x/y" } } }),
            "/o/x%2Fy",
        ),
        (json!({ "schema": { "default": "d" } }), "/o/d"),
        (json!({ "schema": { "enum": ["e", "f"] } }), "/o/e"),
        (json!({ "schema": { "const": "c" } }), "/o/c"),
        (json!({ "schema": { "examples": ["ex"] } }), "/o/ex"),
        (
            json!({ "schema": { "type": "array", "items": { "enum": ["i"] } } }),
            "/o/i",
        ),
        // Swagger 2.0
        (json!({ "enum": ["two"] }), "/o/two"),
    ] {
        let filled = of(id(more.clone()), json!([]), "/o/{id}");
        assert_eq!(filled.unwrap().target, wanted, "{more}");
    }
    let missing = of(
        id(json!({ "schema": { "type": "integer" } })),
        json!([]),
        "/o/{id}",
    );
    assert_eq!(missing, Err("no value for `id` (path)".to_owned()));
    assert!(of(json!([]), json!([]), "/o/{undescribed}").is_err());
    // the operation's own parameter takes the place of the path's
    let own = of(
        id(json!({ "example": 7 })),
        id(json!({ "example": 8 })),
        "/o/{id}",
    );
    assert_eq!(own.unwrap().target, "/o/8");
    let all = json!([
        { "name": "page", "in": "query", "required": true, "schema": { "default": 1 } },
        { "name": "q", "in": "query", "schema": { "default": "not needed" } },
        { "name": "Accept-Version", "in": "header", "required": true, "example": "v2" },
        { "name": "Authorization", "in": "header", "required": true },
        { "name": "tenant", "in": "cookie", "required": true, "example": "t1" },
    ]);
    let filled = of(all, json!([]), "/a b").unwrap();
    assert_eq!(filled.target, "/a%20b?page=1");
    let headers: Vec<String> = filled
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    assert_eq!(headers, ["Accept-Version: v2", "Cookie: tenant=t1"]);
}

#[test]
fn servers_have_their_variables_filled_in() {
    let servers = |all: Value| Description::new(&json!({ "servers": all })).servers();
    let absolute = |url: &str| Server::Absolute(url.to_owned());
    let relative = |url: &str| Server::Relative(url.to_owned());
    let variables = json!({ "region": { "default": "eu" }, "port": { "default": 8443 } });
    let found = servers(json!([
        { "url": "/v1" },
        { "url": "https://{region}.api.example:{port}/v2", "variables": variables },
        { "url": "https://{nobody}.example" },
        { "url": "ws://api.example" },
        { "url": "v3" },
        { "url": "//api.example" },
    ]));
    assert_eq!(
        found,
        [
            absolute("https://eu.api.example:8443/v2"),
            relative("/v1"),
            relative("/v3")
        ]
    );
    let base = |document: Value| Description::new(&document).base();
    assert_eq!(
        base(json!({ "servers": [{ "url": "https://x.example/v2/" }] })).as_deref(),
        Some("/v2")
    );
    assert_eq!(base(json!({ "basePath": "/v1/" })).as_deref(), Some("/v1"));
    assert_eq!(base(json!({})), None);
    let files = json!({ "servers": [{ "url": "https://files.example/f" }], "get": {} });
    let all = json!({ "paths": { "/x": files, "/y": files } });
    assert_eq!(operations(&all)[0].server, None);
    assert_eq!(
        Description::new(&all).servers(),
        [absolute("https://files.example/f")]
    );
    assert_eq!(base(all).as_deref(), Some("/f"));
    let by_operations = json!({
        "servers": [{ "url": "//files.example" }],
        "paths": { "/x": { "get": { "servers": [{ "url": "https://files.example/f" }] } } },
    });
    assert_eq!(operations(&by_operations)[0].server, None);
    assert_eq!(
        Description::new(&by_operations).servers(),
        [absolute("https://files.example/f")]
    );
    let some = json!({ "paths": { "/x": files, "/y": { "get": {} } } });
    assert_eq!(
        operations(&some)[0].server,
        Some(absolute("https://files.example/f"))
    );
}

#[test]
fn schemes_are_told_apart() {
    let document = json!({ "components": { "securitySchemes": {
        "basic": { "type": "http", "scheme": "Basic" },
        "jwt": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
        "digest": { "type": "http", "scheme": "digest" },
        "key": { "type": "apiKey", "in": "query", "name": "api_key" },
        "nameless": { "type": "apiKey", "in": "query" },
        "oauth": { "type": "oauth2", "flows": { "clientCredentials": { "tokenUrl": "/token", "scopes": { "read": "" } } } },
        "oidc": { "type": "openIdConnect", "openIdConnectUrl": "https://as.example/.well-known/openid-configuration" },
        "tls": { "type": "mutualTLS" },
        "other": { "type": "carrier pigeon" },
        "alias": { "$ref": "#/components/securitySchemes/basic" },
    } } });
    let schemes = Description::new(&document).schemes();
    let of = |name: &str| &schemes.iter().find(|(one, _)| one == name).unwrap().1;
    assert_eq!(of("basic"), &Scheme::Basic);
    assert_eq!(of("alias"), &Scheme::Basic);
    assert_eq!(
        of("jwt"),
        &Scheme::Bearer {
            format: Some("JWT".to_owned())
        }
    );
    assert_eq!(of("digest"), &Scheme::Http("digest".to_owned()));
    let key = Scheme::ApiKey {
        carrier: Carrier::Query,
        name: "api_key".to_owned(),
    };
    assert_eq!(of("key"), &key);
    assert!(matches!(of("nameless"), Scheme::Other(_)));
    let Scheme::OAuth2(flows) = of("oauth") else {
        panic!()
    };
    let own = flows.client_credentials.as_ref().unwrap();
    assert_eq!(
        (own.token.as_deref(), own.scopes.as_slice()),
        (Some("/token"), &["read".to_owned()][..])
    );
    assert!(matches!(of("oidc"), Scheme::OpenId(url) if url.starts_with("https://as.example/")));
    assert_eq!(of("tls"), &Scheme::MutualTls);
    assert!(matches!(of("other"), Scheme::Other(what) if what.contains("carrier pigeon")));
}

#[test]
fn versions_are_told_apart() {
    let version = |document: Value| Description::new(&document).version();
    assert_eq!(
        version(json!({ "openapi": "3.1.0" })),
        Version::Three("3.1.0".to_owned())
    );
    assert_eq!(
        version(json!({ "openapi": 3.0 })),
        Version::Three("3.0".to_owned())
    );
    assert_eq!(version(json!({ "swagger": "2.0" })), Version::Two);
    assert_eq!(version(json!({ "swagger": 2.0 })), Version::Two);
    assert_eq!(
        version(json!({ "openapi": "4.0" })),
        Version::Other(Some("4.0".to_owned()))
    );
    assert_eq!(version(json!([])), Version::Other(None));
}
