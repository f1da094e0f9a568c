//! Which paths lead where. Whoever knows none of them is foreign.

use std::net::SocketAddr;

use crate::model::Origin;

/// Where a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    /// The honest (0) or the evil (1) provider.
    Provider(usize),
    /// The place that only listens.
    Listener,
}

/// The issuers and the listener, with their paths.
pub(super) struct Doors {
    issuers: [String; 2],
    paths: [String; 2],
    listener: String,
    listener_path: String,
}

impl Doors {
    pub(super) fn new(
        issuer: Option<&str>,
        scheme: &str,
        provider: SocketAddr,
        listener: SocketAddr,
        secret: &str,
    ) -> Result<Self, String> {
        let issuers = match issuer {
            Some(issuer) => {
                let honest = issuer.trim_end_matches('/').to_owned();
                let evil = format!("{honest}/evil");
                // a slash at the end is part of an issuer identifier
                [issuer.to_owned(), evil]
            }
            None => ["honest", "evil"].map(|name| format!("{scheme}://{provider}/{secret}/{name}")),
        };
        Ok(Self {
            paths: [path_of(&issuers[0])?, path_of(&issuers[1])?],
            issuers,
            listener: format!("http://{listener}/{secret}"),
            listener_path: format!("/{secret}"),
        })
    }

    /// The evil issuer ends with a slash from now on, which is a part of its name and none of its path.
    pub(super) fn end_with_slash(&mut self) {
        self.issuers[1].push('/');
    }

    pub(super) fn issuer(&self, which: usize) -> String {
        self.issuers[which.min(1)].clone()
    }

    pub(super) fn listener(&self) -> String {
        self.listener.clone()
    }

    /// The door that a path of the provider's address leads to.
    pub(super) fn at_provider(&self, path: &str) -> Option<Door> {
        // the evil issuer may lie below the honest one
        [1, 0]
            .into_iter()
            .find(|which| leads_to(path, &self.paths[*which]))
            .map(Door::Provider)
    }

    /// The door that a path of the listener's address leads to.
    pub(super) fn at_listener(&self, path: &str) -> Option<Door> {
        leads_to(path, &self.listener_path).then_some(Door::Listener)
    }
}

fn path_of(issuer: &str) -> Result<String, String> {
    let (_, url) = Origin::parse(issuer).map_err(|why| format!("the issuer {issuer}: {why}"))?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!(
            "the issuer {issuer} must have no query and no fragment"
        ));
    }
    Ok(url.path().trim_end_matches('/').to_owned())
}

/// Below the issuer's path, or below a well-known path that stands between host and issuer's path (RFC 8414
/// section 3.1).
fn leads_to(path: &str, issuer: &str) -> bool {
    if is_below(path, issuer) {
        return true;
    }
    // a slash too many is a mistake that a case may want to hear of
    let path = path
        .strip_prefix('/')
        .filter(|rest| rest.starts_with('/'))
        .unwrap_or(path);
    path.strip_prefix("/.well-known/")
        .and_then(|rest| rest.find('/').map(|slash| &rest[slash..]))
        .is_some_and(|rest| is_below(rest, issuer))
}

fn is_below(path: &str, issuer: &str) -> bool {
    path.strip_prefix(issuer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doors(issuer: Option<&str>) -> Doors {
        let address = |port| SocketAddr::from(([127, 0, 0, 1], port));
        Doors::new(issuer, "http", address(1), address(2), "s3").unwrap()
    }

    #[test]
    fn the_secret_path_is_asked_for_in_both_spellings_of_well_known() {
        let doors = doors(None);
        assert_eq!(doors.issuer(0), "http://127.0.0.1:1/s3/honest");
        assert_eq!(doors.listener(), "http://127.0.0.1:2/s3");
        for (path, door) in [
            ("/s3/honest", Some(Door::Provider(0))),
            (
                "//.well-known/oauth-protected-resource/s3/honest/api",
                Some(Door::Provider(0)),
            ),
            ("/s3/honest/token", Some(Door::Provider(0))),
            ("/s3/evil/token", Some(Door::Provider(1))),
            (
                "/s3/honest/.well-known/openid-configuration",
                Some(Door::Provider(0)),
            ),
            (
                "/.well-known/oauth-authorization-server/s3/evil",
                Some(Door::Provider(1)),
            ),
            ("/.well-known/oauth-authorization-server", None),
            ("/.well-known/openid-configuration", None),
            ("/s3/honestly", None),
            ("/s3", None),
            ("/honest/token", None),
            ("/x/s3/honest/token", None),
            ("/", None),
            ("", None),
        ] {
            assert_eq!(doors.at_provider(path), door, "{path}");
        }
        assert_eq!(doors.at_listener("/s3/any/where"), Some(Door::Listener));
        assert_eq!(doors.at_listener("/s"), None);
    }

    #[test]
    fn an_issuer_that_the_user_names_is_kept_to_the_letter() {
        let doors = doors(Some("https://idp.example/"));
        assert_eq!(doors.issuer(0), "https://idp.example/");
        assert_eq!(doors.issuer(1), "https://idp.example/evil");
        for (path, which) in [
            ("/token", 0),
            ("/evil/token", 1),
            ("/.well-known/openid-configuration", 0),
            ("/.well-known/oauth-authorization-server/evil", 1),
        ] {
            assert_eq!(
                doors.at_provider(path),
                Some(Door::Provider(which)),
                "{path}"
            );
        }
    }

    #[test]
    fn what_is_no_issuer_is_refused() {
        let address = SocketAddr::from(([127, 0, 0, 1], 1));
        for issuer in [
            "idp.example",
            "https://idp.example/?a=b",
            "https://idp.example/#a",
        ] {
            assert!(Doors::new(Some(issuer), "http", address, address, "s3").is_err());
        }
    }
}
