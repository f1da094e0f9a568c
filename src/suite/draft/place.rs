//! Where an API is: `target:`, and the word without which a host is not asked.

use crate::model::Origin;
use crate::wire::openapi::{Description, Server};

use super::credential::Place;
use super::page::{Page, value};

/// Where nobody says where the API is.
const NOWHERE: &str = "http://127.0.0.1:8080";

/// Where an API is, by the command line or its description.
pub(super) struct Located {
    /// The value of `target:`.
    target: String,
    /// Its origin.
    pub(super) origin: String,
    /// The path before every path, without a final slash.
    pub(super) base: String,
    /// Hosts that are asked and are not this machine.
    hosts: Vec<String>,
    plain: bool,
    /// Somebody said it.
    said: bool,
    others: Vec<String>,
}

impl Located {
    /// The origin that was given, else the first whole URL among the servers, else a place on this machine.
    pub(super) fn of(description: &Description<'_>, given: Option<&str>) -> Self {
        let mut absolute = Vec::new();
        let mut relative = None;
        for server in description.servers() {
            match server {
                Server::Absolute(url) if Origin::parse(&url).is_ok() => absolute.push(url),
                Server::Absolute(_) => {}
                Server::Relative(path) => relative = relative.or(Some(path)),
            }
        }
        // paths stand behind that of the described server, wherever it runs
        let described = absolute.first().and_then(|url| Origin::parse(url).ok());
        let path = described.map(|(_, url)| url.path().to_owned()).or(relative);
        let path = path.unwrap_or_default();
        let path = path.trim_end_matches('/');
        let given = given.map(|url| match Origin::parse(url) {
            Ok((origin, parsed)) if parsed.path() == "/" => format!("{origin}{path}"),
            _ => url.trim_end_matches('/').to_owned(),
        });
        let said = given.is_some() || !absolute.is_empty();
        let mut all = given.into_iter().chain(absolute);
        let target = all.next().unwrap_or_else(|| format!("{NOWHERE}{path}"));
        Self {
            others: all.filter(|one| *one != target).collect(),
            ..Self::at(target, said)
        }
    }

    fn at(target: String, said: bool) -> Self {
        let parsed = Origin::parse(&target).ok();
        let (origin, base) = match &parsed {
            Some((origin, url)) => (
                origin.to_string(),
                url.path().trim_end_matches('/').to_owned(),
            ),
            None => (NOWHERE.to_owned(), String::new()),
        };
        let mut located = Self {
            hosts: Vec::new(),
            plain: false,
            target,
            origin,
            base,
            said,
            others: Vec::new(),
        };
        located.and_at(&located.target.clone());
        located
    }

    /// For what is said relative to it; `login` is a request that may bring a token.
    pub(super) fn place<'a>(&'a self, login: Option<&'a str>) -> Place<'a> {
        Place {
            origin: &self.origin,
            base: &self.base,
            login,
        }
    }

    /// A further host that is asked, where an address names one.
    pub(super) fn and_at(&mut self, address: &str) {
        let Ok((origin, _)) = Origin::parse(address) else {
            return;
        };
        if !origin.is_loopback() {
            self.plain |= origin.scheme == "http";
            if !self.hosts.contains(&origin.host) {
                self.hosts.push(origin.host);
            }
        }
    }

    pub(super) fn write(&self, page: &mut Page) {
        page.meaning(&["target"]);
        if !self.said {
            page.note("The description names no host: put that of your API here.");
        }
        if !self.others.is_empty() {
            page.note(&format!(
                "The description names further servers: {}.",
                self.others.join(", ")
            ));
        }
        page.bare("target", &value(&self.target));
        far(page, &self.hosts, self.plain, &[]);
    }
}

/// The words without which a host that is not this machine is not asked. They are the user's to say.
pub(super) fn far(page: &mut Page, hosts: &[String], plain: bool, allowed: &[String]) {
    if !hosts.is_empty() {
        let list: Vec<String> = hosts.iter().map(|host| value(host)).collect();
        let list = format!("[{}]", list.join(", "));
        if hosts.iter().all(|host| allowed.contains(host)) {
            page.key("allow-host", &list);
        } else {
            page.note("Nothing is sent to a host that is not this machine before you say so, here or by --allow-host.");
            page.off("allow-host", &list);
        }
    }
    if plain {
        page.off("allow-plain-http", "true");
    }
}
