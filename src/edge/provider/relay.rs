//! The relay in front of wiremock: one request a connection.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::doors::{Door, Doors};
use super::inbound::{self, Unheard};
use super::shake;
use super::stage::{Asked, Stage};
use super::tls::{self, Tls};
use super::{Limits, PROOF_FIELD, outbound};
use crate::model::{Hop, Origin, Request, Response, Shown};
use crate::provider::{ACTOR_FIELD, Certificate, Reply, is_private_field};

/// After a connection that could not be taken.
const PAUSE: Duration = Duration::from_millis(20);
/// How long the other side may still send after our answer.
const LINGER: Duration = Duration::from_secs(1);

/// What every connection shares.
pub(super) struct Relay {
    pub(super) doors: Doors,
    pub(super) proof: String,
    pub(super) limits: Limits,
    /// What the provider shows under TLS, if it speaks it.
    pub(super) tls: Option<Tls>,
    pub(super) stage: Stage,
}

impl Relay {
    /// Takes connections until it is aborted, and they end with it.
    pub(super) async fn accept(self: Arc<Self>, listener: TcpListener, listens_only: bool) {
        let mut connections = JoinSet::new();
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                // the connection is gone already, or there are no descriptors left for the moment
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            while connections.try_join_next().is_some() {}
            if connections.len() < self.limits.connections {
                connections.spawn(Arc::clone(&self).serve(stream, listens_only));
            }
        }
    }

    async fn serve(self: Arc<Self>, stream: TcpStream, listens_only: bool) {
        let tls = self.tls.as_ref().filter(|_| !listens_only);
        let scheme = if tls.is_some() { "https" } else { "http" };
        let Some(origin) = own_origin(&stream, scheme) else {
            return;
        };
        let Some(tls) = tls else {
            return self
                .converse(stream, &origin, listens_only, Shown::Usual)
                .await;
        };
        let certificate = self.stage.certificate();
        if certificate == Certificate::OldVersion {
            return shake::in_an_old_version(stream, &origin, &self.stage, self.limits).await;
        }
        let shaking = tls.acceptor(certificate).accept(stream);
        // whoever does not like the certificate goes away unheard
        if let Ok(Ok(stream)) = tokio::time::timeout(self.limits.arrival, shaking).await {
            let shown = tls::shown(stream.get_ref().1);
            self.converse(stream, &origin, listens_only, shown).await;
        }
    }

    async fn converse(
        &self,
        mut stream: impl Stream,
        origin: &Origin,
        listens_only: bool,
        shown: Shown,
    ) {
        let reading = inbound::read(&mut stream, origin, self.limits);
        let request = match tokio::time::timeout(self.limits.arrival, reading).await {
            Ok(Ok(Some(request))) => Request { shown, ..request },
            Ok(Ok(None)) => return,
            Ok(Err(Unheard(status))) => return self.turn_away(stream, status).await,
            Err(_) => return self.turn_away(stream, 408).await,
        };
        let door = if listens_only {
            self.doors.at_listener(request.path())
        } else {
            self.doors.at_provider(request.path())
        };
        let Some(door) = door else {
            return self.turn_away(stream, 404).await;
        };
        if self.stage.is_full(self.limits.kept) {
            return self.turn_away(stream, 503).await;
        }
        let head_only = request.method == "HEAD";
        let reply = self.stage.ask(self.introduce(request, door)).await;
        self.give(stream, reply, head_only).await;
    }

    /// Whoever is foreign learns nothing and is counted.
    async fn turn_away(&self, mut stream: impl Stream, status: u16) {
        self.stage.count_foreign();
        let response = Response::new(status, Vec::new(), Vec::new());
        outbound::write(&mut stream, &response, false).await;
        drain(stream).await;
    }

    /// Finds out who asks, and removes the fields by which our browsers say so from what is recorded.
    fn introduce(&self, mut request: Request, door: Door) -> Asked {
        let proven = request
            .header(PROOF_FIELD)
            .any(|proof| proof == self.proof.as_bytes());
        let actor = request
            .header(ACTOR_FIELD)
            .next()
            .filter(|_| proven)
            .map(|actor| String::from_utf8_lossy(actor).into_owned());
        request
            .headers
            .retain(|field| !is_private_field(&field.name));
        let (hop, name) = match (door, &actor) {
            (Door::Listener, _) => (Hop::ToListener, String::new()),
            (Door::Provider(_), Some(actor)) => (Hop::BrowserToProvider, actor.clone()),
            (Door::Provider(which), None) => {
                let name = if which == 0 { "honest" } else { "evil" };
                (Hop::TargetToProvider, name.to_owned())
            }
        };
        Asked {
            request,
            door,
            hop,
            name,
            actor,
        }
    }

    async fn give(&self, mut stream: impl Stream, reply: Reply, head_only: bool) {
        match reply {
            Reply::Response(response) => {
                outbound::write(&mut stream, &response, head_only).await;
                drain(stream).await;
            }
            Reply::Raw(bytes) => {
                outbound::write_raw(&mut stream, &bytes).await;
                drain(stream).await;
            }
            Reply::Close => {}
            Reply::Silence(span) => {
                let gone = async {
                    let mut one = [0_u8; 1];
                    while matches!(stream.read(&mut one).await, Ok(1)) {}
                };
                let _ = tokio::time::timeout(span.min(self.limits.silence), gone).await;
            }
        }
    }
}

/// A connection, encrypted or not.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

fn own_origin(stream: &TcpStream, scheme: &str) -> Option<Origin> {
    let address = stream.local_addr().ok()?;
    Origin::parse(&format!("{scheme}://{address}/"))
        .ok()
        .map(|(origin, _)| origin)
}

/// Reads what the other side still sends, for a moment and within bounds: closing over unread bytes would reset the
/// connection, and the answer could be lost with it (RFC 9112 section 9.6).
async fn drain(mut stream: impl Stream) {
    let rest = async {
        let mut buffer = [0_u8; 4096];
        for _ in 0..64 {
            match stream.read(&mut buffer).await {
                Ok(count) if count > 0 => {}
                _ => break,
            }
        }
    };
    let _ = tokio::time::timeout(LINGER, rest).await;
}
