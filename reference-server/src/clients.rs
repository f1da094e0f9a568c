//! The clients registered at this server's authorization server.

/// A registered client. The secrets are published: these are test clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client {
    /// Its identifier.
    pub id: &'static str,
    /// Its secret; a public client has none.
    pub secret: Option<&'static str>,
    /// Its redirection URI.
    pub redirect_uri: &'static str,
    /// Further redirection URIs that it registered.
    pub more_redirect_uris: &'static [&'static str],
    /// The public half of its key, as a JWK, if it has one.
    pub jwk: Option<&'static str>,
    /// The key that will follow it.
    pub next_jwk: Option<&'static str>,
    /// Whether an attester vouches for it; the key is the attester's.
    pub attested: bool,
    /// Whether it is registered to push its authorization requests (RFC 9126 section 6).
    pub pushes: bool,
    /// Whether it is registered to sign them (RFC 9101 section 10.5).
    pub signs: bool,
    /// Whether it is registered to encrypt them as well (RFC 9101 section 6.1).
    pub seals: bool,
    /// Whether it is registered for tokens that are bound to a key (RFC 9449 section 5.2).
    pub bound: bool,
    /// Whether its DPoP proofs need a nonce of this server (RFC 9449 section 8).
    pub nonces: bool,
    /// The certificate that it authenticates by, if it does (RFC 8705 section 2).
    pub certificate: Certificate,
    /// Whether its tokens are bound to the certificate that it shows (RFC 8705 section 3.4).
    pub binds: bool,
}

/// By which certificate a client authenticates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificate {
    /// By none.
    None,
    /// By any with this subject that the authority of clients vouches for (tls_client_auth).
    Subject(&'static str),
    /// By this one, in PEM (self_signed_tls_client_auth).
    This(&'static str),
}

/// A client without anything.
const CLIENT: Client = Client {
    id: "",
    secret: None,
    redirect_uri: "",
    more_redirect_uris: &[],
    jwk: None,
    next_jwk: None,
    attested: false,
    pushes: false,
    signs: false,
    seals: false,
    bound: false,
    nonces: false,
    certificate: Certificate::None,
    binds: false,
};

/// All registered clients.
pub fn clients() -> &'static [Client] {
    &CLIENTS
}

static CLIENTS: [Client; 15] = [
    Client {
        id: "web",
        secret: Some("web-secret-b6d1f0c2a97e4d3f8e51"),
        redirect_uri: "https://client.example/cb",
        more_redirect_uris: &[
            "https://client.example/cb/tenant?id=7",
            "http://127.0.0.1/callback",
        ],
        ..CLIENT
    },
    Client {
        id: "other",
        secret: Some("other-secret-2f7a90bd51c84e66a03c"),
        redirect_uri: "https://other.example/cb",
        nonces: true,
        ..CLIENT
    },
    Client {
        id: "app",
        redirect_uri: "https://app.example/cb",
        more_redirect_uris: &["http://127.0.0.1/cb", "http://[::1]/cb"],
        binds: true,
        ..CLIENT
    },
    // Identifier and secret that differ once they are form-encoded (RFC 6749 section 2.3.1).
    Client {
        id: "odd client:7%",
        secret: Some("odd+secret: 100% & ünï/=?"),
        redirect_uri: "https://odd.example/cb",
        ..CLIENT
    },
    // A resource server, which introspects the tokens that it receives (RFC 7662).
    Client {
        id: "resource",
        secret: Some("resource-secret-7c3e18d4b9aa4f52"),
        redirect_uri: "https://resource.example/cb",
        ..CLIENT
    },
    // Clients that sign what says who they are (RFC 7523).
    Client {
        id: "machine",
        redirect_uri: "https://machine.example/cb",
        jwk: Some(include_str!("../keys/client-rsa.public.jwk.json")),
        next_jwk: Some(include_str!("../keys/client-ed25519.public.jwk.json")),
        ..CLIENT
    },
    Client {
        id: "machine-2",
        redirect_uri: "https://machine-2.example/cb",
        jwk: Some(include_str!("../keys/client-p256.public.jwk.json")),
        ..CLIENT
    },
    // A client that may ask in no other way than by pushing.
    Client {
        id: "pusher",
        secret: Some("pusher-secret-93c0e7b85a1d4f22"),
        redirect_uri: "https://pusher.example/cb",
        pushes: true,
        ..CLIENT
    },
    // A client that signs its requests, and gets nothing by others.
    Client {
        id: "signer",
        redirect_uri: "https://signer.example/cb",
        jwk: Some(include_str!("../keys/client-p256.public.jwk.json")),
        signs: true,
        ..CLIENT
    },
    // A client that signs its requests and seals them to this server.
    Client {
        id: "sealer",
        redirect_uri: "https://sealer.example/cb",
        jwk: Some(include_str!("../keys/client-p256.public.jwk.json")),
        seals: true,
        ..CLIENT
    },
    // A client whose tokens are bound to its key, all of them.
    Client {
        id: "holder",
        secret: Some("holder-secret-5e0b7d92c4f841aa"),
        redirect_uri: "https://holder.example/cb",
        bound: true,
        ..CLIENT
    },
    // A client that an attester vouches for.
    Client {
        id: "attested",
        redirect_uri: "https://attested.example/cb",
        jwk: Some(include_str!("../keys/client-p256.public.jwk.json")),
        attested: true,
        ..CLIENT
    },
    // Clients that show a certificate (RFC 8705).
    Client {
        id: "certified",
        redirect_uri: "https://certified.example/cb",
        certificate: Certificate::Subject("CN=certified,O=authspec tests"),
        binds: true,
        ..CLIENT
    },
    Client {
        id: "certified-2",
        redirect_uri: "https://certified-2.example/cb",
        certificate: Certificate::Subject("CN=certified-2,O=authspec tests"),
        binds: true,
        ..CLIENT
    },
    Client {
        id: "self-certified",
        redirect_uri: "https://self-certified.example/cb",
        certificate: Certificate::This(include_str!("../keys/client-self-certified.crt")),
        binds: true,
        ..CLIENT
    },
];

impl Client {
    /// Whether it has something to prove who it is with.
    pub(crate) fn is_confidential(&self) -> bool {
        self.secret.is_some() || self.jwk.is_some() || self.certificate != Certificate::None
    }

    /// Whether it is registered for requests that are signed or sealed, so that none in the open is its own.
    pub(crate) fn asks_by_object(&self) -> bool {
        self.signs || self.seals
    }

    /// Every redirection URI.
    pub(crate) fn redirect_uris(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.redirect_uri).chain(self.more_redirect_uris.iter().copied())
    }
}

/// The client of an identifier.
pub(crate) fn find(id: &str) -> Option<&'static Client> {
    CLIENTS.iter().find(|client| client.id == id)
}
