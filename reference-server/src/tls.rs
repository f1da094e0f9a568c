//! The same API over TLS. The library speaks TLS 1.2 and 1.3; what else could be negotiated is only ever a fault.

use std::sync::Arc;

use axum::response::Response;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::client::danger::HandshakeSignatureValid;
use tokio_rustls::rustls::crypto::{
    WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use tokio_rustls::rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use tokio_rustls::rustls::{
    DigitallySignedStruct, DistinguishedName, Error, ServerConfig, SignatureScheme,
    SupportedProtocolVersion, version,
};
use tokio_rustls::server::TlsStream;

/// The certificate authority that vouches for the server, in PEM. It vouches for nothing else.
pub fn tls_authority() -> &'static str {
    include_str!("../keys/tls-authority.crt")
}

/// The decisions about TLS.
#[derive(Clone)]
pub(crate) struct Tls {
    /// What is answered to a ClientHello before the library sees it: nothing.
    pub(crate) before: fn(&Hello) -> Option<Choice>,
    /// Whether a server of this name is here, given the name of the origin (RFC 9325 section 3.7).
    pub(crate) knows: fn(&str, &str) -> bool,
    /// Whether TLS 1.3 is spoken beside 1.2 (RFC 9325 section 3.1.1): it is.
    pub(crate) newest: bool,
    /// Whether TLS 1.2 is spoken beside 1.3 (RFC 9325 section 3.1.1): it is.
    pub(crate) older: bool,
    /// Whether a path is served over TLS: each is.
    pub(crate) serves: fn(&str) -> bool,
    /// The certificate: of an authority, for the names that the server has.
    pub(crate) certificate: &'static [u8],
    /// What is added to every answer: that browsers shall come back this way only (RFC 6797 section 7.1).
    pub(crate) every: fn(&mut Response),
}

impl Tls {
    pub(crate) fn right() -> Self {
        Self {
            before: |_| None,
            knows: |asked, own| asked == own || asked == "localhost",
            newest: true,
            older: true,
            serves: |_| true,
            certificate: include_bytes!("../keys/tls-server.crt"),
            every: |response| {
                let name = axum::http::header::STRICT_TRANSPORT_SECURITY;
                crate::answer::set(response, name, "max-age=63072000");
            },
        }
    }

    /// What the library is set up with; none if the test certificate can't be read.
    pub(crate) fn acceptor(&self) -> Option<TlsAcceptor> {
        let certificate = CertificateDer::from_pem_slice(self.certificate).ok()?;
        let key = PrivateKeyDer::from_pem_slice(include_bytes!("../keys/tls-server.pem")).ok()?;
        let versions: &[&SupportedProtocolVersion] = match (self.newest, self.older) {
            (true, true) => &[&version::TLS13, &version::TLS12],
            (true, false) => &[&version::TLS13],
            (false, _) => &[&version::TLS12],
        };
        let provider = aws_lc_rs::default_provider();
        let config = ServerConfig::builder_with_provider(Arc::new(provider.clone()))
            .with_protocol_versions(versions)
            .ok()?
            .with_client_cert_verifier(Arc::new(Anybody(
                provider.signature_verification_algorithms,
            )))
            .with_single_cert(vec![certificate], key)
            .ok()?;
        Some(TlsAcceptor::from(Arc::new(config)))
    }
}

/// The certificate of the client of a connection, in DER.
#[derive(Clone)]
pub(crate) struct OfClient(pub(crate) Arc<[u8]>);

impl OfClient {
    /// The one that the client proved in the handshake to have the key of, if it showed any.
    pub(crate) fn of(stream: &TlsStream<TcpStream>) -> Option<Self> {
        let (_, connection) = stream.get_ref();
        let first = connection.peer_certificates()?.first()?;
        Some(Self(Arc::from(first.as_ref())))
    }
}

/// Marks a request that came over TLS.
#[derive(Clone, Copy)]
pub(crate) struct OverTls;

/// Asks for a client certificate and takes any whose key the client has, or none: what it opens is decided by the token
/// that is bound to it (RFC 8705 section 3), so that nobody need vouch for it (section 6.3).
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

/// What a client offers (RFC 5246 section 7.4.1.2, RFC 8446 section 4.1.2).
pub(crate) struct Hello {
    /// The newest version.
    pub(crate) version: u16,
    /// The suites, in order.
    pub(crate) suites: Vec<u16>,
    /// The server that is asked for (RFC 6066 section 3).
    name: Option<String>,
}

/// What a server chooses.
pub(crate) struct Choice {
    pub(crate) version: u16,
    pub(crate) suite: u16,
}

/// The connection once it is encrypted; none if it ended before.
pub(crate) async fn accepted(
    mut stream: TcpStream,
    rules: &Tls,
    acceptor: &TlsAcceptor,
    own_name: &str,
) -> Option<TlsStream<TcpStream>> {
    let mut seen = [0; 4096];
    let count = stream.peek(&mut seen).await.ok()?;
    let hello = hello(seen.get(..count)?);
    let asked = hello.as_ref().and_then(|hello| hello.name.as_deref());
    if asked.is_some_and(|asked| !(rules.knows)(asked, own_name)) {
        // a fatal unrecognized_name (RFC 6066 section 3)
        let _ = stream.write_all(&[0x15, 3, 3, 0, 2, 2, 112]).await;
        return None;
    }
    if let Some(choice) = hello.and_then(|hello| (rules.before)(&hello)) {
        // nothing follows: whoever asks what would be chosen knows it now
        let _ = stream.write_all(&server_hello(&choice)).await;
        return None;
    }
    acceptor.accept(stream).await.ok()
}

fn hello(record: &[u8]) -> Option<Hello> {
    let body = record.get(9..)?;
    let session = usize::from(*body.get(34)?);
    let rest = body.get(35 + session..)?;
    let length = usize::from(two(rest)?);
    let suites = rest.get(2..2 + length)?.chunks_exact(2);
    let name = rest.get(2 + length..).and_then(server_name);
    let newer = rest.windows(2).any(|pair| pair == [0x03, 0x04]) && two(body)? == 0x0303;
    Some(Hello {
        version: if newer { 0x0304 } else { two(body)? },
        suites: suites.filter_map(two).collect(),
        name,
    })
}

/// The name of the extension `server_name`, behind compression methods and length.
fn server_name(rest: &[u8]) -> Option<String> {
    let methods = usize::from(*rest.first()?);
    let mut extensions = rest.get(1 + methods + 2..)?;
    while let [kind, of, high, low, content @ ..] = extensions {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        if [*kind, *of] == [0, 0] {
            let name = content.get(5..length)?;
            return String::from_utf8(name.to_vec()).ok();
        }
        extensions = content.get(length..)?;
    }
    None
}

fn two(bytes: &[u8]) -> Option<u16> {
    Some(u16::from_be_bytes([*bytes.first()?, *bytes.get(1)?]))
}

/// A ServerHello without extensions.
fn server_hello(choice: &Choice) -> Vec<u8> {
    let mut body = choice.version.to_be_bytes().to_vec();
    body.extend([0x5a; 32]);
    body.push(0);
    body.extend(choice.suite.to_be_bytes());
    body.push(0);
    let length = u16::try_from(body.len()).unwrap_or_default();
    let mut record = vec![0x16];
    record.extend(choice.version.to_be_bytes());
    record.extend((length + 4).to_be_bytes());
    record.extend([2, 0]);
    record.extend(length.to_be_bytes());
    record.extend(body);
    record
}
