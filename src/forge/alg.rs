//! The JWS algorithms that tokens can be signed with here (RFC 7518 section 3.1, RFC 8037, RFC 9864).

/// A registered algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Alg {
    /// HMAC with SHA-256.
    HS256,
    /// HMAC with SHA-384.
    HS384,
    /// HMAC with SHA-512.
    HS512,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RS384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RS512,
    /// RSASSA-PSS with SHA-256.
    PS256,
    /// RSASSA-PSS with SHA-384.
    PS384,
    /// RSASSA-PSS with SHA-512.
    PS512,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// ECDSA on P-384 with SHA-384.
    ES384,
    /// ECDSA on P-521 with SHA-512.
    ES512,
    /// EdDSA, here always on Ed25519.
    EdDSA,
    /// The fully-specified name of the same (RFC 9864).
    Ed25519,
}

/// What kind of key an algorithm takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// A shared secret.
    Hmac,
    /// An RSA key.
    Rsa,
    /// P-256.
    P256,
    /// P-384.
    P384,
    /// P-521.
    P521,
    /// Ed25519.
    Ed25519,
}

impl Alg {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::HS256,
        Self::HS384,
        Self::HS512,
        Self::RS256,
        Self::RS384,
        Self::RS512,
        Self::PS256,
        Self::PS384,
        Self::PS512,
        Self::ES256,
        Self::ES384,
        Self::ES512,
        Self::EdDSA,
        Self::Ed25519,
    ];

    /// The registered name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HS256 => "HS256",
            Self::HS384 => "HS384",
            Self::HS512 => "HS512",
            Self::RS256 => "RS256",
            Self::RS384 => "RS384",
            Self::RS512 => "RS512",
            Self::PS256 => "PS256",
            Self::PS384 => "PS384",
            Self::PS512 => "PS512",
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::ES512 => "ES512",
            Self::EdDSA => "EdDSA",
            Self::Ed25519 => "Ed25519",
        }
    }

    /// The algorithm of a name, which is case-sensitive (RFC 7515 section 4.1.1).
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|alg| alg.name() == name)
    }

    /// The kind of key it takes.
    pub const fn family(self) -> Family {
        match self {
            Self::HS256 | Self::HS384 | Self::HS512 => Family::Hmac,
            Self::RS256 | Self::RS384 | Self::RS512 => Family::Rsa,
            Self::PS256 | Self::PS384 | Self::PS512 => Family::Rsa,
            Self::ES256 => Family::P256,
            Self::ES384 => Family::P384,
            Self::ES512 => Family::P521,
            Self::EdDSA | Self::Ed25519 => Family::Ed25519,
        }
    }
}

impl Family {
    /// The algorithm that a key of this kind signs with unless told otherwise.
    pub const fn usual(self) -> Alg {
        match self {
            Self::Hmac => Alg::HS256,
            Self::Rsa => Alg::RS256,
            Self::P256 => Alg::ES256,
            Self::P384 => Alg::ES384,
            Self::P521 => Alg::ES512,
            Self::Ed25519 => Alg::EdDSA,
        }
    }

    /// The `crv` of a JWK (RFC 7518 section 6.2.1.1, RFC 8037 section 2).
    pub const fn curve(self) -> Option<&'static str> {
        match self {
            Self::P256 => Some("P-256"),
            Self::P384 => Some("P-384"),
            Self::P521 => Some("P-521"),
            Self::Ed25519 => Some("Ed25519"),
            Self::Hmac | Self::Rsa => None,
        }
    }

    /// The kind of key that a JWK's `kty` and `crv` name.
    pub fn of_jwk(jwk: &serde_json::Value) -> Option<Self> {
        let member = |name: &str| jwk.get(name).and_then(serde_json::Value::as_str);
        match (member("kty")?, member("crv")) {
            ("oct", _) => Some(Self::Hmac),
            ("RSA", _) => Some(Self::Rsa),
            ("EC", Some("P-256")) => Some(Self::P256),
            ("EC", Some("P-384")) => Some(Self::P384),
            ("EC", Some("P-521")) => Some(Self::P521),
            ("OKP", Some("Ed25519")) => Some(Self::Ed25519),
            _ => None,
        }
    }

    /// Octets of one coordinate, and of a fixed-length ECDSA signature's half (RFC 7518 section 3.4).
    pub const fn coordinate(self) -> Option<usize> {
        match self {
            Self::P256 | Self::Ed25519 => Some(32),
            Self::P384 => Some(48),
            Self::P521 => Some(66),
            Self::Hmac | Self::Rsa => None,
        }
    }
}
