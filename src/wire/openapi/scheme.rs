//! Security schemes: how a credential is carried, and where one is had.

use serde_json::Value;

use super::{Description, texts};

/// A security scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// HTTP Basic (RFC 7617).
    Basic,
    /// A bearer token (RFC 6750).
    Bearer {
        /// What `bearerFormat` says, such as `JWT`.
        format: Option<String>,
    },
    /// Another scheme of HTTP authentication.
    Http(String),
    /// A value of its own.
    ApiKey {
        /// Where it is carried.
        carrier: Carrier,
        /// Name of the field, parameter or cookie.
        name: String,
    },
    /// OAuth 2, with the flows that bring a token.
    OAuth2(Box<Flows>),
    /// OpenID Connect, with the address of its metadata.
    OpenId(String),
    /// A client certificate.
    MutualTls,
    /// Something else, in the words of the description.
    Other(String),
}

/// Where an API key is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// A field.
    Header,
    /// A query parameter.
    Query,
    /// A cookie.
    Cookie,
}

/// The flows of OAuth 2 that a description names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flows {
    /// The client's own grant (RFC 6749 section 4.4).
    pub client_credentials: Option<Flow>,
    /// User name and password for a token (RFC 6749 section 4.3).
    pub password: Option<Flow>,
    /// Those in which a user logs in at a browser or another device.
    pub of_users: Option<Flow>,
}

/// One flow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// Where tokens are had.
    pub token: Option<String>,
    /// Where users log in.
    pub authorization: Option<String>,
    /// Names of the scopes.
    pub scopes: Vec<String>,
}

impl Description<'_> {
    /// The security schemes by name, in the order of the document.
    pub fn schemes(&self) -> Vec<(String, Scheme)> {
        let named = self
            .root
            .pointer("/components/securitySchemes")
            .or(self.root.get("securityDefinitions"));
        let named = named.and_then(Value::as_object).into_iter().flatten();
        named
            .map(|(name, value)| {
                let scheme = match self.resolve(value) {
                    Some(value) => scheme(value),
                    None => Scheme::Other("is described in another file".to_owned()),
                };
                (name.clone(), scheme)
            })
            .collect()
    }
}

fn scheme(value: &Value) -> Scheme {
    let said = |key: &str| value.get(key).and_then(Value::as_str);
    let text = |key: &str| said(key).unwrap_or_default().to_owned();
    match said("type").unwrap_or_default() {
        "http" => match said("scheme").unwrap_or_default().to_ascii_lowercase() {
            basic if basic == "basic" => Scheme::Basic,
            bearer if bearer == "bearer" => Scheme::Bearer {
                format: said("bearerFormat").map(str::to_owned),
            },
            other => Scheme::Http(other),
        },
        // Swagger 2.0
        "basic" => Scheme::Basic,
        "apiKey" => {
            let carrier = match said("in") {
                Some("query") => Carrier::Query,
                Some("cookie") => Carrier::Cookie,
                _ => Carrier::Header,
            };
            match text("name") {
                name if name.is_empty() => Scheme::Other("is a key without a name".to_owned()),
                name => Scheme::ApiKey { carrier, name },
            }
        }
        "oauth2" => Scheme::OAuth2(Box::new(flows(value.get("flows")))),
        "openIdConnect" => Scheme::OpenId(text("openIdConnectUrl")),
        "mutualTLS" => Scheme::MutualTls,
        other => Scheme::Other(format!("is of a type that is not known, `{other}`")),
    }
}

fn flows(value: Option<&Value>) -> Flows {
    let flow = |name: &str| {
        let flow = value?.get(name)?;
        let url = |key: &str| {
            let url = flow.get(key).and_then(Value::as_str);
            url.filter(|url| !url.is_empty()).map(str::to_owned)
        };
        let scopes = flow.get("scopes");
        let named = scopes.and_then(Value::as_object).into_iter().flatten();
        let mut names: Vec<String> = named.map(|(name, _)| name.clone()).collect();
        names.extend(texts(scopes));
        Some(Flow {
            token: url("tokenUrl"),
            authorization: url("authorizationUrl").or_else(|| url("deviceAuthorizationUrl")),
            scopes: names,
        })
    };
    Flows {
        client_credentials: flow("clientCredentials"),
        password: flow("password"),
        of_users: flow("authorizationCode")
            .or_else(|| flow("deviceAuthorization"))
            .or_else(|| flow("implicit")),
    }
}
