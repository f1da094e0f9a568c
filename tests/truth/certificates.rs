//! Servers that take certificate-bound tokens over TLS (RFC 8705): where they refuse a certificate, and how, is theirs to
//! choose, and a wrong key of ours is no refusal.

use std::net::SocketAddr;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::client::danger::HandshakeSignatureValid;
use tokio_rustls::rustls::crypto::{
    aws_lc_rs as provider, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use tokio_rustls::rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use tokio_rustls::rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, ServerConfig,
    SignatureScheme, version,
};

use crate::introspects::{SECRET_PATH, ask, free};
use crate::judged::{Run, bundled, run};
use crate::server::{Answer, Asked, next};
use crate::tokens::{AUDIENCE, ISSUER, SECRET, claims, profile};

/// The certificate that the servers know, and its key.
pub(crate) const CERTIFICATE: &str = include_str!("../../fixtures/keys/stranger-p384.crt");
pub(crate) const KEY: &str = include_str!("../../fixtures/keys/stranger-p384.pem");

/// What a server does with the certificate of a connection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Choice {
    /// It takes any or none, and compares it with the token.
    Compares,
    /// The handshake takes the known one alone; the token is compared too.
    Knows,
    /// The same with TLS 1.2, where the client hears of it before it sends anything.
    KnowsAt12,
    /// What is unknown is cut off after the handshake, without a word.
    CutsOff,
    /// What is unknown is told so in plain HTTP, as nginx does it.
    Says400,
    /// The handshake takes the known one alone, and nobody compares it with the token.
    KnowsAndComparesNothing,
    /// It takes any, and compares nothing.
    ComparesNothing,
    /// It takes tokens that are bound, and others.
    TakesBoth,
}

impl Choice {
    fn is_known_in_handshake(self) -> bool {
        matches!(
            self,
            Self::Knows | Self::KnowsAt12 | Self::KnowsAndComparesNothing
        )
    }

    fn is_known(self) -> bool {
        self.is_known_in_handshake() || matches!(self, Self::CutsOff | Self::Says400)
    }

    fn compares(self) -> bool {
        !matches!(self, Self::KnowsAndComparesNothing | Self::ComparesNothing)
    }
}

pub(crate) fn known() -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(CERTIFICATE.as_bytes()).unwrap()
}

pub(crate) fn thumbprint(der: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, der).as_ref())
}

#[derive(Debug)]
struct Verifier(Choice);

impl ClientCertVerifier for Verifier {
    fn client_auth_mandatory(&self) -> bool {
        self.0.is_known_in_handshake()
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        shown: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        match self.0.is_known_in_handshake() && *shown != known() {
            true => Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)),
            false => Ok(ClientCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = provider::default_provider().signature_verification_algorithms;
        verify_tls12_signature(message, shown, signature, &known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = provider::default_provider().signature_verification_algorithms;
        verify_tls13_signature(message, shown, signature, &known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let known = provider::default_provider().signature_verification_algorithms;
        known.supported_schemes()
    }
}

fn acceptor(choice: Choice) -> TlsAcceptor {
    let own = include_bytes!("../../reference-server/keys/tls-server.crt");
    let key = include_bytes!("../../reference-server/keys/tls-server.pem");
    let versions = match choice {
        Choice::KnowsAt12 => &[&version::TLS12],
        _ => &[&version::TLS13],
    };
    let config = ServerConfig::builder_with_provider(Arc::new(provider::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_client_cert_verifier(Arc::new(Verifier(choice)))
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(own).unwrap()],
            PrivateKeyDer::from_pem_slice(key).unwrap(),
        );
    TlsAcceptor::from(Arc::new(config.unwrap()))
}

/// Starts a server that lives as long as the test's runtime.
async fn start(choice: Choice) -> SocketAddr {
    start_asking(choice, None).await
}

/// The same; about opaque tokens it asks the provider at this address.
async fn start_asking(choice: Choice, provider: Option<String>) -> SocketAddr {
    start_with(choice, move |asked, shown| {
        answer(choice, provider.as_deref(), &asked, shown.as_deref())
    })
    .await
}

/// A server that answers a request, and the certificate of its connection, by this.
pub(crate) async fn start_with(
    choice: Choice,
    answer: impl Fn(Asked, Option<Vec<u8>>) -> Answer + Clone + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = acceptor(choice);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let acceptor = acceptor.clone();
            let answer = answer.clone();
            tokio::spawn(async move { serve(choice, answer, stream, acceptor).await });
        }
    });
    address
}

async fn serve(
    choice: Choice,
    answer: impl Fn(Asked, Option<Vec<u8>>) -> Answer + Clone + Send + 'static,
    stream: TcpStream,
    acceptor: TlsAcceptor,
) -> std::io::Result<()> {
    let mut stream = acceptor.accept(stream).await?;
    let (_, connection) = stream.get_ref();
    let shown = connection.peer_certificates().and_then(|all| all.first());
    let shown = shown.map(|one| one.as_ref().to_vec());
    let is_known = shown.as_deref() == Some(known().as_ref());
    if choice == Choice::CutsOff && !is_known {
        return stream.get_ref().0.set_zero_linger();
    }
    let mut read = Vec::new();
    while let Some(asked) = next(&mut stream, &mut read).await? {
        let head_only = asked.method == "HEAD";
        let answer = match choice == Choice::Says400 && !is_known {
            true => Answer::new(400, "text/html", "<h1>400 The SSL certificate error</h1>"),
            false => {
                let (answer, shown) = (answer.clone(), shown.clone());
                // who asks the provider waits for it, and it must go on meanwhile
                tokio::task::spawn_blocking(move || answer(asked, shown)).await?
            }
        };
        stream.write_all(&answer.bytes(head_only)).await?;
        stream.flush().await?;
    }
    Ok(())
}

/// What is said of a token that is good.
fn about(provider: Option<&str>, token: &str) -> Option<Value> {
    match provider {
        None => claims(token),
        Some(provider) => {
            let (status, said) = ask(provider, token)?;
            let good = status == 200 && said["active"] == true && said["aud"] == AUDIENCE;
            good.then_some(said)
        }
    }
}

fn answer(choice: Choice, provider: Option<&str>, asked: &Asked, shown: Option<&[u8]>) -> Answer {
    if asked.target == "/" {
        return Answer::json(200, r#"{"hello":"world"}"#);
    }
    let no = |error: &str| {
        let challenge = format!("Bearer realm=\"orders\"{error}");
        Answer::json(401, "{}").with("WWW-Authenticate", challenge)
    };
    let token = asked.one("authorization").and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token)
    });
    let Some(token) = token else { return no("") };
    let wrong = || no(", error=\"invalid_token\"");
    let Some(said) = about(provider, token) else {
        return wrong();
    };
    let bound = said["cnf"]["x5t#S256"].as_str();
    let right = match bound {
        Some(bound) => shown.map(thumbprint).as_deref() == Some(bound) || !choice.compares(),
        None => choice == Choice::TakesBoth || !choice.compares(),
    };
    match right {
        true => Answer::json(200, json!({ "sub": said["sub"] }).to_string()),
        false => wrong(),
    }
}

fn tls_lines(given: bool) -> String {
    let ca = "reference-server/keys/tls-authority.crt";
    match given {
        true => format!(
            "tls: {{ ca: {ca}, client-certificate: {{ pem: {}, key: {} }} }}",
            json!(CERTIFICATE),
            json!(KEY)
        ),
        false => format!("tls: {{ ca: {ca} }}"),
    }
}

/// Where authspec signs the tokens; the certificate is given where the server must know it.
async fn signed(choice: Choice, prefixes: &[&str]) -> Run {
    let origin = format!("https://{}", start(choice).await);
    let guarded = format!("{{ path: \"{origin}/protected\", certificate-bound: true }}");
    let lines = tls_lines(choice.is_known());
    let lines = format!("standards: [rfc8705]\n{lines}");
    run(&profile(&origin, &guarded, &lines), &bundled(prefixes)).await
}

/// With a token that somebody else signed for the known certificate.
async fn captured(choice: Choice, bound_to: &str) -> Run {
    captured_with(choice, bound_to, true, &["mtls/"]).await
}

async fn captured_with(choice: Choice, bound_to: &str, given: bool, prefixes: &[&str]) -> Run {
    let origin = format!("https://{}", start(choice).await);
    let exp = jsonwebtoken::get_current_timestamp() + 3_600;
    let said = json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": exp, "cnf": { "x5t#S256": bound_to },
    });
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let token = encode(&Header::new(Algorithm::HS256), &said, &key).unwrap();
    // that it is bound the token says itself
    let profile = format!(
        "target: {origin}\nguarded: [GET /protected]\ntoken: {token}\nstandards: [rfc8705]\n{}\n",
        tls_lines(given)
    );
    run(&profile, &bundled(prefixes)).await
}

const CASES: [&str; 4] = [
    "mtls/connection::bound-to-another",
    "mtls/connection::no-certificate",
    "mtls/connection::other-certificate[certificate=look-alike]",
    "mtls/connection::other-certificate[certificate=other]",
];

#[tokio::test]
async fn wherever_a_sound_server_refuses_a_certificate_it_is_a_refusal() {
    for choice in [
        Choice::Compares,
        Choice::Knows,
        Choice::KnowsAt12,
        Choice::CutsOff,
        Choice::Says400,
        Choice::TakesBoth,
    ] {
        let run = signed(choice, &["mtls/", "access/everywhere"]).await;
        for word in ["fail", "warn", "inconclusive"] {
            let said = run.with(word);
            assert!(said.is_empty(), "{choice:?}: {said:?}\n{}", run.told());
        }
        for case in CASES {
            assert_eq!(run.verdict(case).word(), "pass", "{choice:?}: {case}");
        }
    }
}

#[tokio::test]
async fn a_server_that_compares_nothing_is_seen_whatever_its_handshake_takes() {
    let run = signed(Choice::ComparesNothing, &["mtls/connection"]).await;
    assert_eq!(run.with("fail"), CASES, "{}", run.told());
    let run = signed(Choice::KnowsAndComparesNothing, &["mtls/connection"]).await;
    assert_eq!(run.with("fail"), CASES[..1], "{}", run.told());
}

#[tokio::test]
async fn a_captured_token_and_its_certificate_are_enough() {
    let bound_to = thumbprint(known().as_ref());
    for choice in [Choice::Compares, Choice::Knows, Choice::KnowsAt12] {
        let run = captured(choice, &bound_to).await;
        assert_eq!(run.with("pass"), CASES[1..], "{choice:?}: {}", run.told());
        for word in ["fail", "warn", "inconclusive"] {
            run.assert_only(word, &[]);
        }
    }
    let run = captured(Choice::ComparesNothing, &bound_to).await;
    assert_eq!(run.with("fail"), CASES[1..], "{}", run.told());
}

#[tokio::test]
async fn a_bound_token_without_its_certificate_is_a_token_where_nobody_compares() {
    let bound_to = thumbprint(known().as_ref());
    let choice = Choice::ComparesNothing;
    let run = captured_with(choice, &bound_to, false, &["mtls/", "jwt/signature"]).await;
    for word in ["fail", "warn", "inconclusive"] {
        run.assert_only(word, &[]);
    }
    assert!(run.with("pass").len() > 10, "{}", run.told());
    let told = run.noted("client certificate");
    assert!(
        told.iter().any(|says| says.contains("none is shown")),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_certificate_that_is_not_that_of_the_token_judges_nothing() {
    let run = captured(Choice::Compares, &thumbprint(b"another certificate")).await;
    for word in ["pass", "fail", "warn"] {
        run.assert_only(word, &[]);
    }
    assert!(
        run.noted("client certificate")
            .iter()
            .any(|says| says.contains("another certificate than that of the profile")),
        "{}",
        run.told()
    );
}

#[tokio::test]
async fn tokens_are_judged_where_a_certificate_goes_with_them() {
    let suites = ["jwt/claims", "jwt/time", "jwt/compact", "bearer/life"];
    for choice in [Choice::Compares, Choice::Knows] {
        let run = signed(choice, &suites).await;
        for word in ["fail", "warn", "inconclusive"] {
            let said = run.with(word);
            assert!(said.is_empty(), "{choice:?}: {said:?}\n{}", run.told());
        }
        assert!(run.with("pass").len() > 40, "{}", run.told());
    }
}

#[tokio::test]
async fn an_opaque_token_is_bound_by_what_the_provider_answers() {
    for (choice, word) in [
        (Choice::Compares, "pass"),
        (Choice::ComparesNothing, "fail"),
    ] {
        let provider = free();
        let address = start_asking(choice, Some(provider.clone())).await;
        let origin = format!("https://{address}");
        let profile = format!(
            r#"
target: {origin}
guarded: [{{ path: "{origin}/protected", certificate-bound: true }}]
asks-introspection: {{ claims: {{ aud: "{AUDIENCE}" }} }}
provider: {{ listen: "{provider}", issuer: "http://{provider}{SECRET_PATH}" }}
standards: [rfc8705]
{}
"#,
            tls_lines(false)
        );
        let run = run(&profile, &bundled(&["mtls/connection"])).await;
        assert_eq!(run.with(word), CASES[1..], "{}", run.told());
        run.assert_only("inconclusive", &[]);
    }
}

#[tokio::test]
async fn who_needs_a_certificate_that_the_profile_lacks_is_told_the_line() {
    let origin = format!("https://{}", start(Choice::Knows).await);
    let guarded = "{ path: /protected, scheme: bearer }";
    let cases = bundled(&["mtls/", "jwt/time"]);
    let run = run(&profile(&origin, guarded, &tls_lines(false)), &cases).await;
    for word in ["pass", "fail", "warn"] {
        run.assert_only(word, &[]);
    }
    let told = run.noted("protected");
    assert!(
        told.iter()
            .any(|says| says.contains("tls: { client-certificate:")),
        "{told:?}"
    );
}
