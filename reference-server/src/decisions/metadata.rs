//! Metadata of a protected resource (RFC 9728): where it is, whom it is for, what it says.

use serde_json::Value;

/// What stands between host and path of the resource (RFC 9728 section 3).
pub(crate) const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// The decisions about the document.
#[derive(Clone)]
pub(crate) struct Metadata {
    /// Whether the resource of a path has a document: each has (RFC 9728 section 3).
    pub(crate) served: fn(&str) -> bool,
    /// Whether the guard stands before it: it doesn't (RFC 9728 section 3.1).
    pub(crate) guarded: bool,
    /// The resource identifier, of origin and path: that from which the address was made (RFC 9728 section 3.3).
    pub(crate) resource: fn(&str, &str) -> String,
    /// What else is said, as it should be (RFC 9728 section 2).
    pub(crate) members: fn(&mut Value),
    /// Whether each key of the set says what it is for (RFC 9728 section 2).
    pub(crate) key_uses: bool,
    /// What the signed copy says, as it should be (RFC 9728 section 2.2).
    pub(crate) signed: fn(&mut Value),
    /// The media type (RFC 9728 section 3.2).
    pub(crate) media_type: &'static str,
}

impl Metadata {
    pub(crate) fn right() -> Self {
        Self {
            served: |_| true,
            guarded: false,
            resource: |origin, path| format!("{origin}{path}"),
            members: |_| {},
            key_uses: true,
            signed: |_| {},
            media_type: "application/json",
        }
    }
}
