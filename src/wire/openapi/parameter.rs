//! What must be filled in before an operation can be asked, with the values that the description gives.

use serde_json::Value;

use super::Description;

/// What is asked, filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// Path and query.
    pub target: String,
    /// Fields that the operation must have.
    pub headers: Vec<(String, String)>,
}

/// Fields that OpenAPI takes from elsewhere, whatever parameters of these names say.
const NOT_PARAMETERS: &[&str] = &["accept", "content-type", "authorization"];

impl<'a> Description<'a> {
    /// The path with values for its parameters, those that the query must have, and the fields.
    pub(super) fn fill(
        &self,
        path: &str,
        of_item: Option<&'a Value>,
        of_operation: Option<&'a Value>,
    ) -> Result<Filled, String> {
        let mut filled = Filled {
            target: path.to_owned(),
            headers: Vec::new(),
        };
        let mut query = Vec::new();
        for parameter in self.parameters(of_item, of_operation)? {
            let said = |key: &str| parameter.get(key).and_then(Value::as_str);
            let Some(name) = said("name") else { continue };
            let place = said("in").unwrap_or_default();
            let required = parameter.get("required") == Some(&Value::Bool(true));
            let field = NOT_PARAMETERS.contains(&name.to_ascii_lowercase().as_str());
            if place != "path" && (!required || place == "header" && field) {
                continue;
            }
            let value = self.value_of(parameter);
            let value = value.ok_or_else(|| format!("no value for `{name}` ({place})"))?;
            match place {
                "path" => {
                    let hole = format!("{{{name}}}");
                    filled.target = filled.target.replace(&hole, &coded(&value));
                }
                "query" => query.push(format!("{}={}", coded(name), coded(&value))),
                "header" if is_token(name) && is_field_value(&value) => {
                    filled.headers.push((name.to_owned(), value));
                }
                "cookie" if is_token(name) && is_field_value(&value) => {
                    let cookie = format!("{name}={value}");
                    filled.headers.push(("Cookie".to_owned(), cookie));
                }
                "header" | "cookie" => return Err(format!("`{name}` can't be sent as a {place}")),
                // bodies and forms of Swagger 2.0
                other => return Err(format!("`{name}` goes into the {other}")),
            }
        }
        if let Some(hole) = hole(&filled.target) {
            return Err(format!("no value for `{hole}` (path)"));
        }
        filled.target = kept(&filled.target);
        if !query.is_empty() {
            let mark = if filled.target.contains('?') {
                '&'
            } else {
                '?'
            };
            filled.target = format!("{}{mark}{}", filled.target, query.join("&"));
        }
        Ok(filled)
    }

    /// The parameters of a path, and of an operation, which take the place of those.
    fn parameters(
        &self,
        of_item: Option<&'a Value>,
        of_operation: Option<&'a Value>,
    ) -> Result<Vec<&'a Value>, String> {
        let mut all: Vec<&Value> = Vec::new();
        let lists = [of_item, of_operation].into_iter().flatten();
        for parameter in lists.filter_map(Value::as_array).flatten() {
            let parameter = self
                .resolve(parameter)
                .ok_or("a parameter is described elsewhere")?;
            let key = |one: &Value| (one.get("name").cloned(), one.get("in").cloned());
            all.retain(|one| key(one) != key(parameter));
            all.push(parameter);
        }
        Ok(all)
    }

    fn value_of(&self, parameter: &'a Value) -> Option<String> {
        let first = |examples: &'a Value| {
            let example = examples.as_object()?.values().next()?;
            self.resolve(example)?.get("value")
        };
        let own = parameter
            .get("example")
            .or_else(|| parameter.get("examples").and_then(first))
            .or_else(|| parameter.get("x-example"));
        let schema = parameter.get("schema");
        let schema = schema.and_then(|schema| self.resolve(schema));
        let by_schema = |schema: &'a Value| {
            let places = ["/example", "/examples/0", "/default", "/const", "/enum/0"];
            places.iter().find_map(|place| schema.pointer(place))
        };
        // of a list one item is enough
        let item = || {
            let items = self.resolve(schema?.get("items")?)?;
            by_schema(items)
        };
        let value = own
            .or_else(|| schema.and_then(by_schema))
            .or_else(|| by_schema(parameter))
            .or_else(item)?;
        scalar(value).filter(|text| !text.is_empty())
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Array(items) => scalar(items.first()?),
        _ => None,
    }
}

/// RFC 9110 section 5.6.2.
fn is_token(text: &str) -> bool {
    let fits = |one: char| one.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(one);
    !text.is_empty() && text.chars().all(fits)
}

fn is_field_value(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// A name or value for path or query, percent-coded but for the unreserved characters (RFC 3986 section 2.3).
fn coded(text: &str) -> String {
    coded_but(text, b"-._~")
}

/// A path as described: what may stand in a path stays.
fn kept(text: &str) -> String {
    coded_but(text, b"-._~/!$&'()*+,;=:@%?")
}

fn coded_but(text: &str, stays: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || stays.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// The first parameter that a path still has.
fn hole(path: &str) -> Option<&str> {
    let (_, behind) = path.split_once('{')?;
    let (name, _) = behind.split_once('}')?;
    Some(name)
}
