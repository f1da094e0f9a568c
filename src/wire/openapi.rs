//! Descriptions of APIs (OpenAPI 3.0 to 3.2, and what Swagger 2.0 has in common with them): which operation needs which
//! credential, and what must be filled in before it can be asked.
//!
//! Read from JSON values and not into types: a description with one odd schema is read all the same, since no schema is
//! looked at but those of parameters (docs/decisions/0009). Local references are followed, other files are not read.
//! Whether an API keeps what its description says is not known here.

mod parameter;
mod scheme;
mod server;

use serde_json::{Map, Value};

pub use parameter::Filled;
pub use scheme::{Carrier, Flow, Flows, Scheme};
pub use server::Server;

/// The methods that a path item may name.
const METHODS: &[&str] = &[
    "get", "head", "options", "query", "post", "put", "patch", "delete", "trace",
];

/// References that are followed one after the other.
const REFERENCES: usize = 16;

/// A description.
#[derive(Clone, Copy)]
pub struct Description<'a> {
    root: &'a Value,
}

/// What a document says that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Version {
    /// OpenAPI 3, with its number.
    Three(String),
    /// Swagger 2.0.
    Two,
    /// Another number, or no OpenAPI document at all.
    Other(Option<String>),
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Method token, as it is sent.
    pub method: String,
    /// Path as described, with its `{parameters}`.
    pub path: String,
    /// `operationId`.
    pub id: Option<String>,
    /// Which credential it needs.
    pub guard: Guard,
    /// Path and query with the values that the description gives, or what it gives no value for.
    pub filled: Result<Filled, String>,
    /// Where it is, if not where the others are.
    pub server: Option<Server>,
}

/// Which credential an operation needs: its own `security`, or that of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guard {
    /// One of these, each all of its needs together.
    Needs(Vec<Vec<Need>>),
    /// It takes a credential, and does without one too: `{}` is among the alternatives.
    Optional,
    /// None: `security: []`.
    Open,
    /// Nothing is said, or nothing that can be read.
    Unsaid,
}

/// A security scheme by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Its name among the schemes of the document.
    pub scheme: String,
    /// What the credential must be good for.
    pub scopes: Vec<String>,
}

/// What can't be seen from this document alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// The path whose operations it would be.
    pub path: String,
    /// The reference.
    pub reference: String,
}

impl<'a> Description<'a> {
    /// Reads whatever is there; see [`Description::version`].
    pub const fn new(root: &'a Value) -> Self {
        Self { root }
    }

    /// What it says that it is.
    pub fn version(&self) -> Version {
        // a number that was not quoted in YAML is a number
        let said = |key: &str| match self.root.get(key)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        match (said("openapi"), said("swagger")) {
            (Some(three), _) if three == "3" || three.starts_with("3.") => Version::Three(three),
            (None, Some(two)) if two == "2" || two.starts_with("2.") => Version::Two,
            (three, two) => Version::Other(three.or(two)),
        }
    }

    /// Title and version of the API.
    pub fn title(&self) -> Option<String> {
        let said = |key: &str| self.root.get("info")?.get(key)?.as_str();
        let title = said("title")?;
        Some(match said("version") {
            Some(version) => format!("{title} {version}"),
            None => title.to_owned(),
        })
    }

    /// Every operation, in the order of the document.
    pub fn operations(&self) -> Vec<Operation> {
        let mut all = Vec::new();
        for (path, item) in self.paths() {
            let item = Item::of(item, self);
            for method in METHODS {
                if let Some(operation) = item.get(method).filter(|one| one.is_object()) {
                    all.push(self.operation(method, path, &item, operation));
                }
            }
            let further = item.get("additionalOperations").and_then(Value::as_object);
            for (method, operation) in further.into_iter().flatten() {
                all.push(self.operation(method, path, &item, operation));
            }
        }
        // a server of its own that is the document's is none
        let usual = self.servers();
        for operation in &mut all {
            if operation.server.as_ref() == usual.first() {
                operation.server = None;
            }
        }
        all
    }

    /// Path items that stand in other files.
    pub fn elsewhere(&self) -> Vec<Elsewhere> {
        let unread = |(path, item): (&'a String, &'a Value)| {
            let reference = item.get("$ref")?.as_str()?;
            self.resolve(item).is_none().then(|| Elsewhere {
                path: path.clone(),
                reference: reference.to_owned(),
            })
        };
        self.paths().filter_map(unread).collect()
    }

    fn paths(&self) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
        let paths = self.root.get("paths").and_then(Value::as_object);
        let paths = paths.into_iter().flatten();
        paths.filter(|(path, _)| path.starts_with('/'))
    }

    fn operation(
        &self,
        method: &str,
        path: &str,
        item: &Item<'a>,
        operation: &'a Value,
    ) -> Operation {
        let security = operation.get("security").or(self.root.get("security"));
        let own = [operation.get("servers"), item.get("servers")];
        let own = own.into_iter().flatten().find_map(Value::as_array);
        Operation {
            method: method.to_ascii_uppercase(),
            path: path.to_owned(),
            id: operation
                .get("operationId")
                .and_then(Value::as_str)
                .map(str::to_owned),
            guard: guard(security),
            filled: self.fill(path, item.get("parameters"), operation.get("parameters")),
            server: own.and_then(|all| server::first(all)),
        }
    }

    /// What a value is, or what it refers to in this document; none for what is elsewhere or nowhere.
    fn resolve(&self, value: &'a Value) -> Option<&'a Value> {
        let mut value = value;
        for _ in 0..REFERENCES {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
                return Some(value);
            };
            value = self.root.pointer(&decoded(reference.strip_prefix('#')?))?;
        }
        None
    }
}

/// A path item: what stands at the path, and behind it what that refers to.
struct Item<'a> {
    own: &'a Value,
    referred: Option<&'a Value>,
}

impl<'a> Item<'a> {
    fn of(own: &'a Value, description: &Description<'a>) -> Self {
        let refers = own.get("$ref").is_some();
        Self {
            own,
            referred: description.resolve(own).filter(|_| refers),
        }
    }

    fn get(&self, key: &str) -> Option<&'a Value> {
        let behind = || self.referred.and_then(|one| one.get(key));
        self.own.get(key).or_else(behind)
    }
}

fn guard(security: Option<&Value>) -> Guard {
    let Some(alternatives) = security.and_then(Value::as_array) else {
        return Guard::Unsaid;
    };
    if alternatives.is_empty() {
        return Guard::Open;
    }
    let maps: Vec<&Map<String, Value>> = alternatives.iter().filter_map(Value::as_object).collect();
    if maps.iter().any(|one| one.is_empty()) {
        return Guard::Optional;
    }
    if maps.is_empty() {
        return Guard::Unsaid;
    }
    Guard::Needs(maps.into_iter().map(needs).collect())
}

fn needs(alternative: &Map<String, Value>) -> Vec<Need> {
    let need = |(scheme, scopes): (&String, &Value)| Need {
        scheme: scheme.clone(),
        scopes: texts(Some(scopes)),
    };
    alternative.iter().map(need).collect()
}

fn texts(list: Option<&Value>) -> Vec<String> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

/// A fragment without its percent-coding (RFC 6901 section 6).
fn decoded(fragment: &str) -> String {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let coded = behind
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|two| std::str::from_utf8(two).ok())
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(coded.unwrap_or(*first));
        rest = match coded {
            Some(_) => &behind[2..],
            None => behind,
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests;
