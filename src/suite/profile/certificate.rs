//! The client certificate that the valid token is bound to (RFC 8705), where authspec doesn't make one itself.

use std::sync::Arc;

use crate::forge::{Certificates, certificate};
use crate::model::ClientCertificate;
use crate::source::Node;
use crate::source::shape::{Field, Shape};

use super::read::{Reader, text};

pub(super) const CLIENT_CERTIFICATE: Field = Field::new(
    "client-certificate",
    Shape::Map(CERTIFICATE),
    "The client certificate that is shown wherever TLS is spoken; not needed where authspec signs the token and the target takes certificates that nobody vouches for.",
);

pub(super) const OTHER_CERTIFICATE: Field = Field::new(
    "other-client-certificate",
    Shape::Map(CERTIFICATE),
    "One of another client, that the target takes too; if unsaid, one that nobody vouches for.",
);

pub(super) const CERTIFICATE: &[Field] = &[
    Field::new(
        "pem",
        Shape::Text,
        "Certificate as PEM, those that vouch for it behind it.",
    ),
    Field::new("pem-file", Shape::Text, "File of the certificate."),
    Field::new("key", Shape::Text, "Private key as PEM."),
    Field::new("key-file", Shape::Text, "File of the private key."),
];

impl Reader<'_> {
    pub(super) fn certificates(&mut self, node: &Node) -> Option<Certificates> {
        let own = node.get("client-certificate");
        let other = node.get("other-client-certificate");
        let Some(own) = own else {
            if let Some(other) = other {
                let why = "`other-client-certificate` stands beside a `client-certificate`";
                self.error("client-certificate", other, why);
            }
            return None;
        };
        let other = match other.map(|node| (node, self.certificate(node, "another"))) {
            Some((node, Err(why))) => {
                self.unusable(node, &why);
                None
            }
            other => other.and_then(|(_, other)| other.ok()).map(Arc::new),
        };
        let all = self.certificate(own, "our own").and_then(|own| {
            Certificates::around(Arc::new(own), other).map_err(|why| why.to_string())
        });
        all.map_err(|why| self.unusable(own, &why)).ok()
    }

    /// The certificate of a client, with those of somebody else.
    pub(super) fn certificates_around(&mut self, node: &Node) -> Option<Certificates> {
        let all = self.certificate(node, "the client's").and_then(|own| {
            Certificates::around(Arc::new(own), None).map_err(|why| why.to_string())
        });
        all.map_err(|why| self.unusable(node, &why)).ok()
    }

    fn unusable(&mut self, node: &Node, why: &str) {
        let message = format!("the client certificate can't be used: {why}");
        self.error("client-certificate", node, message);
    }

    fn certificate(
        &mut self,
        node: &Node,
        name: &'static str,
    ) -> Result<ClientCertificate, String> {
        let files = self.files;
        let one = |given: &str, file: &str| match (text(node, given), text(node, file)) {
            (Some(pem), _) => Ok(pem),
            (None, Some(file)) => files(&file),
            (None, None) => Err(format!("one of `{given}` and `{file}` is needed")),
        };
        let (pem, key) = (one("pem", "pem-file")?, one("key", "key-file")?);
        self.secret(&key, "key of the client certificate");
        certificate::given(name, &pem, &key).map_err(|why| why.to_string())
    }
}
