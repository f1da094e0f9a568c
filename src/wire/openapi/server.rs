//! Where an API is, by its description.

use serde_json::Value;

use super::{Description, METHODS};

/// Where an API is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Server {
    /// A whole URL of http or https.
    Absolute(String),
    /// A path at the host that the description came from.
    Relative(String),
}

impl Server {
    fn path(self) -> Option<String> {
        match self {
            Self::Absolute(url) => Some(url::Url::parse(&url).ok()?.path().to_owned()),
            Self::Relative(path) => Some(path),
        }
    }
}

impl Description<'_> {
    /// The servers, their variables filled in with the defaults; absolute ones first. Where the document names none, the
    /// one that all of its operations name.
    pub fn servers(&self) -> Vec<Server> {
        let named = self.root.get("servers").and_then(Value::as_array);
        let named = named.into_iter().flatten().filter_map(server);
        let mut all: Vec<Server> = named.collect();
        if all.is_empty() {
            all.extend(self.of_all());
        }
        let (absolute, relative): (Vec<Server>, Vec<Server>) = all
            .into_iter()
            .partition(|one| matches!(one, Server::Absolute(_)));
        absolute.into_iter().chain(relative).collect()
    }

    /// The server that every operation names, by itself or by its path.
    fn of_all(&self) -> Option<Server> {
        let of = |item: &Value, operation: &Value| {
            let own = operation.get("servers").or(item.get("servers"))?;
            first(own.as_array()?)
        };
        let items = self.paths().map(|(_, item)| item);
        let mut all = items.flat_map(|item| {
            let operations = METHODS.iter().filter_map(|method| item.get(method));
            operations.map(move |operation| of(item, operation))
        });
        let one = all.next()??;
        all.all(|other| other.as_ref() == Some(&one)).then_some(one)
    }

    /// The path before every path: that of the first server.
    pub fn base(&self) -> Option<String> {
        let first = self.root.pointer("/servers/0").and_then(server);
        let path = match first.or_else(|| self.of_all()) {
            Some(first) => first.path()?,
            None => self.root.get("basePath")?.as_str()?.to_owned(),
        };
        Some(path.trim_end_matches('/').to_owned())
    }
}

/// The first server of a list that can be asked.
pub(super) fn first(all: &[Value]) -> Option<Server> {
    all.iter().find_map(server)
}

fn server(value: &Value) -> Option<Server> {
    let mut url = value.get("url")?.as_str()?.trim().to_owned();
    let variables = value.get("variables").and_then(Value::as_object);
    for (name, variable) in variables.into_iter().flatten() {
        let default = match variable.get("default") {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => continue,
        };
        url = url.replace(&format!("{{{name}}}"), &default);
    }
    if url.contains(['{', '}']) {
        return None;
    }
    if url.contains("://") {
        let parsed = url::Url::parse(&url).ok()?;
        let asked = matches!(parsed.scheme(), "http" | "https") && parsed.host().is_some();
        return asked.then_some(Server::Absolute(url));
    }
    let path = if url.starts_with('/') {
        url
    } else {
        // relative to the description's own address, which is not known: to its root
        format!("/{}", url.trim_start_matches("./"))
    };
    (!path.starts_with("//")).then_some(Server::Relative(path))
}
