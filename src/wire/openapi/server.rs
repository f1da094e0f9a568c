//! Where an API is, by its description.

use serde_json::Value;

use super::Description;

/// Where an API is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Server {
    /// A whole URL of http or https.
    Absolute(String),
    /// A path at the host that the description came from.
    Relative(String),
}

impl Description<'_> {
    /// The servers, their variables filled in with the defaults; absolute ones first.
    pub fn servers(&self) -> Vec<Server> {
        let all = self.root.get("servers").and_then(Value::as_array);
        let all = all.into_iter().flatten().filter_map(server);
        let (absolute, relative): (Vec<Server>, Vec<Server>) =
            all.partition(|one| matches!(one, Server::Absolute(_)));
        absolute.into_iter().chain(relative).collect()
    }

    /// The path before every path: that of the first server.
    pub fn base(&self) -> Option<String> {
        let path = match self.root.pointer("/servers/0") {
            Some(first) => match server(first)? {
                Server::Absolute(url) => url::Url::parse(&url).ok()?.path().to_owned(),
                Server::Relative(path) => path,
            },
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
