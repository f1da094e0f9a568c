//! The provider under TLS: an authority made for the run, which a target is told to trust, and the certificates that a
//! sound client must not take.

use std::io::Write as _;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use ::aws_lc_rs::digest::{SHA256, digest};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use tempfile::NamedTempFile;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::client::danger::HandshakeSignatureValid;
use tokio_rustls::rustls::crypto::{
    WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use tokio_rustls::rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use tokio_rustls::rustls::{
    DigitallySignedStruct, DistinguishedName, Error, ServerConfig, ServerConnection,
    SignatureScheme,
};

use crate::model::{ClientCertificate, Secret, Shown};
use crate::provider::Certificate;
use crate::wire::jose::base64url;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A name that no provider of ours has.
const OTHER_HOST: &str = "other.example";

/// What the provider shows of itself, and who vouches for it. The authority's file lives as long as this.
pub(super) struct Tls {
    authority: String,
    file: NamedTempFile,
    right: TlsAcceptor,
    foreign: TlsAcceptor,
    other_host: TlsAcceptor,
    expired: TlsAcceptor,
}

impl Tls {
    /// An authority of this run, and a certificate of it for these hosts.
    pub(super) fn new(hosts: &[String], asks: bool) -> Result<Self, String> {
        Self::made(hosts, asks)
            .map_err(|why| format!("the provider's certificate can't be made: {why}"))
    }

    fn made(hosts: &[String], asks: bool) -> Result<Self, String> {
        let ours = Authority::new()?;
        let other = [OTHER_HOST.to_owned()];
        let mut file = tempfile::Builder::new()
            .prefix("authspec-ca-")
            .suffix(".pem")
            .tempfile()
            .map_err(|why| why.to_string())?;
        file.write_all(ours.pem.as_bytes())
            .and_then(|()| file.flush())
            .map_err(|why| why.to_string())?;
        Ok(Self {
            right: ours.acceptor(hosts, 2049, asks)?,
            foreign: Authority::new()?.acceptor(hosts, 2049, asks)?,
            other_host: ours.acceptor(&other, 2049, asks)?,
            expired: ours.acceptor(hosts, 2024, asks)?,
            authority: ours.pem,
            file,
        })
    }

    /// The authority's certificate, in PEM.
    pub(super) fn authority(&self) -> &str {
        &self.authority
    }

    /// The same as a file.
    pub(super) fn file(&self) -> &Path {
        self.file.path()
    }

    /// What speaks TLS under this certificate. Each has sessions of its own, so that no session that began under the
    /// right one goes on under another.
    pub(super) fn acceptor(&self, certificate: Certificate) -> &TlsAcceptor {
        match certificate {
            // of the last nothing comes to be shown
            Certificate::Right | Certificate::OldVersion => &self.right,
            Certificate::Foreign => &self.foreign,
            Certificate::OtherHost => &self.other_host,
            Certificate::Expired => &self.expired,
        }
    }
}

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new() -> Result<Self, String> {
        let key = KeyPair::generate().map_err(|why| why.to_string())?;
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let name = &mut params.distinguished_name;
        *name = rcgen::DistinguishedName::new();
        name.push(DnType::CommonName, "authspec: authority of one run");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2049, 12, 31);
        let certificate = params.self_signed(&key).map_err(|why| why.to_string())?;
        Ok(Self {
            pem: certificate.pem(),
            issuer: Issuer::new(params, key),
        })
    }

    /// A certificate for these hosts that ends with this year, and what speaks TLS under it.
    fn acceptor(&self, hosts: &[String], until: i32, asks: bool) -> Result<TlsAcceptor, String> {
        let key = KeyPair::generate().map_err(|why| why.to_string())?;
        let mut params = CertificateParams::new(hosts.to_vec()).map_err(|why| why.to_string())?;
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        // strict verifiers ask for it (RFC 5280 section 4.2.1.1)
        params.use_authority_key_identifier_extension = true;
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(until, 12, 31);
        let certificate = params
            .signed_by(&key, &self.issuer)
            .map_err(|why| why.to_string())?;
        let private = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let provider = aws_lc_rs::default_provider();
        let anybody = Arc::new(Anybody(provider.signature_verification_algorithms));
        let config = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_safe_default_protocol_versions()
            .map_err(|why| why.to_string())?;
        let config = if asks {
            config.with_client_cert_verifier(anybody)
        } else {
            config.with_no_client_auth()
        };
        let config = config
            .with_single_cert(vec![certificate.der().clone()], private)
            .map_err(|why| why.to_string())?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

/// The certificate that the client of a connection proved to have the key of.
pub(super) fn shown(connection: &ServerConnection) -> Shown {
    let certificate = connection.peer_certificates().and_then(<[_]>::first);
    certificate.map_or(Shown::Usual, |der| {
        Shown::This(Arc::new(ClientCertificate {
            name: "of the target",
            thumbprint: base64url(digest(&SHA256, der).as_ref()),
            base64: STANDARD.encode(der),
            pem: Secret::new("", "no key"),
        }))
    })
}

/// Takes any client certificate whose key the client has, or none: whose it is, is for a case to judge.
#[derive(Debug)]
struct Anybody(WebPkiSupportedAlgorithms);

impl ClientCertVerifier for Anybody {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}

/// The names under which a provider at this address may be asked.
pub(super) fn hosts(address: IpAddr, issuer: Option<&str>) -> Vec<String> {
    let mut hosts = vec![
        "localhost".to_owned(),
        "127.0.0.1".to_owned(),
        "::1".to_owned(),
        address.to_string(),
    ];
    let named = issuer.and_then(|issuer| url::Url::parse(issuer).ok());
    let named = named.and_then(|url| url.host_str().map(str::to_owned));
    hosts.extend(named.map(|host| host.trim_matches(['[', ']']).to_owned()));
    hosts.sort();
    hosts.dedup();
    hosts
}
