//! Every file that is written compiles, and so does each of its lines that is switched off.

use serde_json::{Value, json};

use super::*;
use crate::source::Sources;
use crate::suite::profile::{self, Profile};
use crate::wire::openapi::Description;

/// What a profile comes to, with every variable set and no file read.
fn compiled(text: &str) -> Result<Profile, Vec<String>> {
    let mut sources = Sources::default();
    let file = sources.add("authspec.yaml", text);
    let environment = |name: &str| Some(format!("{name}-value"));
    let files = |_: &str| Err("not read here".to_owned());
    let read = profile::profile(&sources, file, None, &environment, &files);
    read.map_err(|wrong| {
        let shown = wrong
            .iter()
            .map(|one| format!("{}: {}", one.code, one.message));
        shown.collect()
    })
}

/// The profile of a text that compiles, each line that is switched off also switched on by itself. What then stands
/// against another line or needs a file is no mistake of the line.
fn sound(draft: &Draft) -> Profile {
    let profile =
        compiled(&draft.text).unwrap_or_else(|wrong| panic!("{wrong:#?}\n{}", draft.text));
    let lines: Vec<&str> = draft.text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let bare = line.trim_start();
        let Some(behind) = bare.strip_prefix('#').filter(|rest| !rest.starts_with(' ')) else {
            continue;
        };
        let key = behind.split(':').next().unwrap_or_default();
        let mut text: Vec<String> = lines.iter().map(|&line| line.to_owned()).collect();
        let sources = [
            "token",
            "login",
            "grant",
            "key",
            "basic",
            "trusts-provider",
            "asks-introspection",
        ];
        if bare == "#guarded:" {
            // with all that stands below it
            let on = |line: &String| match line.strip_prefix("#- ") {
                Some(item) => format!("- {item}"),
                None => line.clone(),
            };
            text = text.iter().map(on).collect();
            behind.clone_into(&mut text[at]);
        } else if line.starts_with("#- ") {
            continue;
        } else if bare.len() == line.len() && sources.contains(&key) {
            text.retain(|line| {
                !["token:", "login:", "grant:", "basic:"]
                    .iter()
                    .any(|one| line.starts_with(one))
            });
            text.push(behind.to_owned());
        } else {
            text[at] = format!("{}{behind}", &line[..line.len() - bare.len()]);
        }
        if let Err(wrong) = compiled(&text.join("\n")) {
            let excused = [
                "certificate",
                "client-certificate",
                "client-key",
                "proof-key",
                "dpop",
            ];
            let real = wrong
                .iter()
                .filter(|one| !excused.iter().any(|code| one.starts_with(code)));
            let real: Vec<&String> = real.collect();
            assert!(real.is_empty(), "{line}\n{real:#?}");
        }
    }
    profile
}

#[test]
fn the_template_compiles_and_knows_every_key() {
    let draft = template(None);
    let profile = sound(&draft);
    assert_eq!(profile.doors.len(), 1);
    assert_eq!(draft.variables, ["API_USER", "API_PASSWORD"]);
    for field in profile::PROFILE.known_fields() {
        let name = field.name;
        let stands = draft.text.lines().any(|line| {
            line.trim_start_matches('#')
                .starts_with(&format!("{name}:"))
        });
        assert!(stands, "{name}");
        assert!(
            draft.text.replace("\n# ", " ").contains(field.doc),
            "{name}: {}",
            field.doc
        );
    }
}

#[test]
fn what_is_written_of_metadata_compiles() {
    let bare = json!({ "issuer": "http://127.0.0.1:9/as", "token_endpoint": "http://127.0.0.1:9/as/token" });
    let draft = server("http://127.0.0.1:9/as", &bare, &[]);
    let profile = sound(&draft);
    assert_eq!(
        profile.server.unwrap().issuer.as_deref(),
        Some("http://127.0.0.1:9/as")
    );
    assert!(!draft.text.contains("private-key-jwt:") && draft.text.contains("#public:"));
    let rich = json!({
        "issuer": "https://as.example",
        "token_endpoint": "https://tokens.example/token",
        "userinfo_endpoint": "https://as.example/userinfo",
        "pushed_authorization_request_endpoint": "https://as.example/par",
        "scopes_supported": ["openid", "offline_access"],
        "token_endpoint_auth_methods_supported": [
            "client_secret_post", "private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth", "attest_jwt_client_auth",
        ],
        "dpop_signing_alg_values_supported": ["ES256"],
        "request_object_signing_alg_values_supported": ["ES256"],
        "evil\nkey: value": "https://as.example/\u{202e}\n#",
    });
    let draft = server("https://as.example", &rich, &[]);
    let profile = sound(&draft);
    assert!(profile.clients["confidential"].post);
    assert_eq!(profile.origins.len(), 1);
    for line in [
        "#private-key-jwt:",
        "#tls-client:",
        "#attested:",
        "#pushing:",
        "#bound:",
        "#allow-host: [as.example, tokens.example]",
    ] {
        assert!(draft.text.contains(line), "{line}");
    }
    assert!(!draft.text.contains("#public:"));
}

fn of(document: &Value) -> (Draft, Counts, Profile) {
    let (draft, counts) = api(&Description::new(document), "api.yaml", None);
    let profile = sound(&draft);
    (draft, counts, profile)
}

fn doors(profile: &Profile) -> Vec<String> {
    let doors = profile.doors.iter();
    doors
        .map(|door| {
            format!(
                "{} {} {:?}",
                door.endpoint.method, door.endpoint.target, door.scheme
            )
        })
        .collect()
}

#[test]
fn every_scheme_is_said_as_it_is_carried() {
    for (scheme, source, door) in [
        (
            json!({ "type": "http", "scheme": "basic" }),
            "basic: {",
            "Basic",
        ),
        (
            json!({ "type": "http", "scheme": "bearer" }),
            "token: \"${env.API_TOKEN}\"",
            "Bearer",
        ),
        (
            json!({ "type": "apiKey", "in": "header", "name": "X-Key" }),
            "token: \"${env.API_KEY}\"",
            "Own",
        ),
        (
            json!({ "type": "apiKey", "in": "query", "name": "key" }),
            "in: query, name: key, value: \"${credential}\"",
            "Own",
        ),
        (
            json!({ "type": "apiKey", "in": "cookie", "name": "sid" }),
            "in: cookie, name: sid, value: \"${credential}\"",
            "Own",
        ),
        (
            json!({ "type": "apiKey", "in": "header", "name": "Authorization" }),
            "scheme: own, credential: { value: \"${credential}\" }",
            "Own",
        ),
        (
            json!({ "type": "http", "scheme": "Token" }),
            "value: \"token ${credential}\"",
            "Own",
        ),
        (
            json!({ "type": "openIdConnect", "openIdConnectUrl": "https://as.example/x" }),
            "https://as.example/x",
            "Bearer",
        ),
        (
            json!({ "type": "oauth2", "flows": { "clientCredentials": { "tokenUrl": "https://as.example/token", "scopes": { "a b": "", "c": "" } } } }),
            "grant: { token-endpoint: https://as.example/token, id: \"${env.API_CLIENT_ID}\"",
            "Bearer",
        ),
        (
            json!({ "type": "oauth2", "flows": { "password": { "tokenUrl": "token", "scopes": {} } } }),
            "login: { path: /token, form: { grant_type: password",
            "Bearer",
        ),
        (
            json!({ "type": "oauth2", "flows": { "password": { "tokenUrl": "/other/token", "scopes": {} } } }),
            "login: { path: https://api.example/other/token",
            "Bearer",
        ),
        (
            json!({ "type": "oauth2", "flows": { "implicit": { "authorizationUrl": "https://as.example/authorize" } } }),
            "Users get theirs at https://as.example/authorize",
            "Bearer",
        ),
    ] {
        let document = json!({
            "openapi": "3.1.0",
            "servers": [{ "url": "https://api.example/v1" }],
            "components": { "securitySchemes": { "it": scheme.clone() } },
            "security": [{ "it": [] }],
            "paths": { "/orders": { "get": {} } },
        });
        let (draft, _, profile) = of(&document);
        assert!(draft.text.contains(source), "{scheme}\n{}", draft.text);
        assert_eq!(
            doors(&profile),
            [format!("GET /v1/orders {door}")],
            "{scheme}"
        );
        assert!(profile.has_valid(&profile.doors[0]), "{scheme}");
    }
}

#[test]
fn alternatives_and_combinations() {
    let schemes = json!({
        "basic": { "type": "http", "scheme": "basic" },
        "bearer": { "type": "http", "scheme": "bearer" },
        "key": { "type": "apiKey", "in": "header", "name": "X-Key" },
        "app": { "type": "apiKey", "in": "query", "name": "app" },
        "crumb": { "type": "apiKey", "in": "cookie", "name": "crumb" },
        "digest": { "type": "http", "scheme": "digest" },
        "tls": { "type": "mutualTLS" },
    });
    let get = |security: Value| json!({ "get": { "security": security } });
    let document = json!({
        "openapi": "3.0.3",
        "components": { "securitySchemes": schemes },
        "paths": {
            "/a": get(json!([{ "bearer": [] }])),
            "/b": get(json!([{ "bearer": [] }])),
            "/either": get(json!([{ "key": [], "app": [] }, { "basic": [] }])),
            "/all": get(json!([{ "key": [], "app": [], "crumb": [] }])),
            "/tls": get(json!([{ "tls": [], "bearer": [] }])),
            "/optional": get(json!([{ "bearer": [] }, {}])),
            "/open": get(json!([])),
            "/unsaid": { "get": {} },
            "/digest": get(json!([{ "digest": [] }])),
            "/both": get(json!([{ "basic": [], "bearer": [] }])),
            "/nobody": get(json!([{ "undescribed": [] }])),
            "/only-tls": get(json!([{ "tls": [] }])),
        },
    });
    let (draft, counts, profile) = of(&document);
    let wanted = Counts {
        guarded: 9,
        in_force: 4,
        optional: 1,
        open: 1,
        unsaid: 1,
        elsewhere: 0,
    };
    assert_eq!(counts, wanted);
    assert_eq!(
        doors(&profile),
        [
            "GET /a Bearer",
            "GET /b Bearer",
            "GET /either Basic",
            "GET /all?app=APP-value Own",
        ]
    );
    assert_eq!(
        profile.doors[3].endpoint.headers,
        [("Cookie".to_owned(), "crumb=CRUMB-value".to_owned())]
    );
    assert!(profile.doors.iter().all(|door| profile.has_valid(door)));
    assert_eq!(profile.open.unwrap().target, "/open");
    let text = draft.text.replace("\n# ", " ");
    for line in [
        "# GET /digest: `digest`: HTTP `digest` computes its credential for each request",
        "# GET /both: `bearer` and `basic` can't both stand in the Authorization field",
        "# GET /nobody: `undescribed` is no scheme of the description",
        "# GET /only-tls: a client certificate alone",
        "# Take a credential and do without one too, so they are neither guarded nor open (1): GET /optional.",
    ] {
        assert!(
            text.contains(line.trim_start_matches("# ")),
            "{line}\n{}",
            draft.text
        );
    }
}

#[test]
fn names_are_told_apart_and_only_some_are_in_force() {
    let mut paths = serde_json::Map::new();
    for number in 0..20 {
        let operation = json!({ "operationId": format!("list{number}") });
        paths.insert(
            format!("/of{number}/list"),
            json!({ "get": operation, "post": {} }),
        );
    }
    paths.insert("/with/{id}".to_owned(), json!({ "get": {} }));
    let document = json!({
        "openapi": "3.0.3", "security": [{ "b": [] }], "paths": paths,
        "components": { "securitySchemes": { "b": { "type": "http", "scheme": "basic" } } },
    });
    let (draft, counts, profile) = of(&document);
    assert_eq!(
        (counts.guarded, counts.in_force, profile.doors.len()),
        (41, 8, 8)
    );
    let listed = draft
        .text
        .lines()
        .filter(|line| line.trim_start().trim_start_matches('#').starts_with("- "));
    assert_eq!(listed.count(), 41);
    // all at once, with no two of one name
    let all: Vec<String> = draft
        .text
        .lines()
        .map(|line| line.replacen("  #- ", "  - ", 1))
        .collect();
    assert_eq!(compiled(&all.join("\n")).unwrap().doors.len(), 41);
}

#[test]
fn a_description_that_says_nothing_of_credentials_puts_nothing_in_force() {
    for schemes in [
        json!({}),
        json!({ "key": { "type": "apiKey", "in": "header", "name": "X-Key" } }),
    ] {
        let document = json!({
            "openapi": "3.1.0",
            "components": { "securitySchemes": schemes },
            "paths": { "/a": { "get": {}, "post": {} }, "/b/{id}": { "get": {} } },
        });
        let (draft, counts, profile) = of(&document);
        assert_eq!(
            (counts.unsaid, counts.in_force, profile.doors.len()),
            (3, 0, 0)
        );
        let text = draft.text.replace("\n# ", " ");
        assert!(
            text.contains("says of no operation whether it needs a credential"),
            "{}",
            draft.text
        );
        assert!(profile.open.is_none());
    }
}

#[test]
fn nothing_of_a_description_gets_out_of_its_place() {
    let evil = "x\"\n#: [}\u{202e}\u{0}'";
    let document = json!({
        "openapi": "3.1.0",
        "info": { "title": evil, "version": evil },
        "servers": [{ "url": format!("https://api.example/{evil}") }],
        "security": [{ evil: [] }],
        "components": { "securitySchemes": { evil: { "type": "apiKey", "in": "query", "name": evil } } },
        "paths": {
            format!("/a{evil}"): { "get": { "operationId": evil }, "post": {} },
            format!("/{{{evil}}}"): { "get": { "parameters": [{ "name": "h", "in": "header", "required": true, "example": evil }] } },
            format!("/open{evil}"): { "get": { "security": [] } },
            format!("/optional{evil}"): { "get": { "security": [{}] } },
        },
    });
    let (draft, ..) = of(&document);
    assert!(!draft.text.contains('\u{202e}') && !draft.text.contains('\u{0}'));
}
