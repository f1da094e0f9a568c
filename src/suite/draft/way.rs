//! How an operation's alternatives are said in a profile: one credential that is judged, and what goes with it as it is.

use std::collections::BTreeMap;

use crate::wire::openapi::{Carrier, Need, Scheme};

/// What a profile can say of a security scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Say {
    /// User name and password.
    Basic,
    /// A token in the standard form.
    Bearer,
    /// A value that is carried somewhere.
    Key {
        carrier: Carrier,
        name: String,
        /// What stands before it.
        prefix: String,
    },
    /// A client certificate: beside another credential only.
    Certificate,
    /// Nothing, and why.
    Never(String),
}

/// Schemes of HTTP in which the credential is computed anew for each request.
const COMPUTED: &[&str] = &[
    "digest",
    "hoba",
    "mutual",
    "negotiate",
    "ntlm",
    "scram-sha-1",
    "scram-sha-256",
    "vapid",
    "dpop",
    "privatetoken",
    "concealed",
];

impl Say {
    pub(super) fn of(scheme: &Scheme) -> Self {
        match scheme {
            Scheme::Basic => Self::Basic,
            Scheme::Bearer { .. } | Scheme::OAuth2(_) | Scheme::OpenId(_) => Self::Bearer,
            Scheme::Http(scheme) if COMPUTED.contains(&scheme.as_str()) => Self::Never(format!(
                "HTTP `{scheme}` computes its credential for each request"
            )),
            Scheme::Http(scheme) if scheme.is_empty() => {
                Self::Never("it does not say which scheme of HTTP".to_owned())
            }
            Scheme::Http(scheme) => Self::Key {
                carrier: Carrier::Header,
                name: "Authorization".to_owned(),
                prefix: format!("{scheme} "),
            },
            Scheme::ApiKey { carrier, name } => Self::Key {
                carrier: *carrier,
                name: name.clone(),
                prefix: String::new(),
            },
            Scheme::MutualTls => Self::Certificate,
            Scheme::Other(what) => Self::Never(format!("it {what}")),
        }
    }

    fn is_authorization(&self) -> bool {
        match self {
            Self::Basic | Self::Bearer => true,
            Self::Key { carrier, name, .. } => {
                *carrier == Carrier::Header && name.eq_ignore_ascii_case("authorization")
            }
            Self::Certificate | Self::Never(_) => false,
        }
    }
}

/// One alternative, as it is said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Way {
    /// The scheme whose credential is judged.
    pub(super) main: String,
    /// Keys that every request carries beside it.
    pub(super) beside: Vec<String>,
    /// It needs a client certificate, too.
    pub(super) certificate: bool,
}

impl Way {
    /// That of operations of which nothing is said.
    pub(super) const fn unknown() -> Self {
        Self {
            main: String::new(),
            beside: Vec::new(),
            certificate: false,
        }
    }

    /// Names of all its schemes.
    pub(super) fn label(&self) -> String {
        let mut names = vec![self.main.clone()];
        names.extend(self.beside.iter().cloned());
        names.join(" + ")
    }
}

/// The schemes of a description, and how often operations take each.
pub(super) struct Ways {
    pub(super) said: BTreeMap<String, Say>,
    rank: BTreeMap<String, usize>,
}

impl Ways {
    /// Schemes that more of the operations take come first; among equals those of a standard, of which more can be judged.
    pub(super) fn new<'a>(
        schemes: &[(String, Scheme)],
        all: impl Iterator<Item = &'a Vec<Vec<Need>>>,
    ) -> Self {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for alternatives in all {
            let mut names: Vec<&str> = alternatives
                .iter()
                .flatten()
                .map(|need| need.scheme.as_str())
                .collect();
            names.sort_unstable();
            names.dedup();
            for name in names {
                *counts.entry(name).or_default() += 1;
            }
        }
        let mut order: Vec<&str> = schemes.iter().map(|(name, _)| name.as_str()).collect();
        let own = |name: &str| {
            let scheme = schemes.iter().find(|(one, _)| one == name);
            scheme.is_some_and(|(_, scheme)| matches!(scheme, Scheme::ApiKey { .. }))
        };
        let count = |name: &str| counts.get(name).copied().unwrap_or(0);
        order.sort_by_key(|name| (std::cmp::Reverse(count(name)), own(name)));
        let rank = order.iter().enumerate();
        Self {
            said: schemes
                .iter()
                .map(|(name, scheme)| (name.clone(), Say::of(scheme)))
                .collect(),
            rank: rank.map(|(at, name)| ((*name).to_owned(), at)).collect(),
        }
    }

    /// The alternative that is said, or why none can be.
    pub(super) fn choose(&self, alternatives: &[Vec<Need>]) -> Result<Way, String> {
        let mut ways = Vec::new();
        let mut why = String::new();
        for alternative in alternatives {
            match self.way(alternative) {
                Ok(way) => ways.push(way),
                Err(reason) => why = reason,
            }
        }
        let rank = |way: &Way| self.rank.get(&way.main).copied().unwrap_or(usize::MAX);
        ways.into_iter()
            .min_by_key(|way| (way.certificate, way.beside.len(), rank(way)))
            .ok_or(why)
    }

    fn way(&self, alternative: &[Need]) -> Result<Way, String> {
        let mut names: Vec<&str> = alternative
            .iter()
            .map(|need| need.scheme.as_str())
            .collect();
        names.sort_by_key(|name| self.rank.get(*name).copied().unwrap_or(usize::MAX));
        let mut said = Vec::new();
        for name in &names {
            match self.said.get(*name) {
                None => return Err(format!("`{name}` is no scheme of the description")),
                Some(Say::Never(why)) => return Err(format!("`{name}`: {why}")),
                Some(say) => said.push((*name, say)),
            }
        }
        let certificate = said.iter().any(|(_, say)| **say == Say::Certificate);
        said.retain(|(_, say)| **say != Say::Certificate);
        // what goes into Authorization can't go with another such
        let first = said.iter().position(|(_, say)| say.is_authorization());
        let Some((main, _)) = said.get(first.unwrap_or(0)).copied() else {
            return Err("a client certificate alone is no credential of a request".to_owned());
        };
        said.retain(|(name, _)| *name != main);
        if let Some((second, _)) = said.iter().find(|(_, say)| say.is_authorization()) {
            return Err(format!(
                "`{main}` and `{second}` can't both stand in the Authorization field"
            ));
        }
        Ok(Way {
            main: main.to_owned(),
            beside: said.into_iter().map(|(name, _)| name.to_owned()).collect(),
            certificate,
        })
    }
}
