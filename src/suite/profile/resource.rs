//! The protected resource and where its metadata is (RFC 9728 section 3).

use super::{Endpoint, Profile};

const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

impl Profile {
    /// The resource identifier: that of the metadata which the profile names, else the first guarded endpoint.
    pub fn resource(&self) -> Option<String> {
        let named = self.resource_metadata.as_ref().and_then(|endpoint| {
            let rest = endpoint.target.strip_prefix(WELL_KNOWN)?;
            Some(format!("{}{rest}", endpoint.origin))
        });
        named.or_else(|| {
            let endpoint = &self.doors.first()?.endpoint;
            Some(format!("{}{}", endpoint.origin, endpoint.target))
        })
    }

    /// The name by which another address than the asked one may call the resource, as a regular expression. An API
    /// that is tried out on loopback knows itself by its public name already.
    pub fn public_name(&self) -> &'static str {
        let tried_out = self.origin.is_loopback() && self.resource_metadata.is_none();
        if tried_out { "https://.*" } else { r"[^\s\S]" }
    }

    /// Where the metadata of the resource is: the well-known part stands between its host and its path or query; with
    /// `of_origin` the metadata of everything at that host.
    pub fn metadata_of_resource(&self, of_origin: bool) -> Option<Endpoint> {
        if let (Some(named), false) = (&self.resource_metadata, of_origin) {
            return Some(named.clone());
        }
        let endpoint = &self.doors.first()?.endpoint;
        Some(Self::metadata_of(endpoint, of_origin))
    }

    /// Where the metadata of an endpoint is, whether or not it is the resource that the profile names.
    pub fn metadata_of(endpoint: &Endpoint, of_origin: bool) -> Endpoint {
        let rest = match endpoint.target.as_str() {
            _ if of_origin => "",
            "/" => "",
            target => target,
        };
        Endpoint {
            method: "GET".to_owned(),
            origin: endpoint.origin.clone(),
            target: format!("{WELL_KNOWN}{rest}"),
            headers: Vec::new(),
            body: None,
        }
    }
}
