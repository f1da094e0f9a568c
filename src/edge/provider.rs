//! The socket of the provider that authspec plays, and the place that only listens.
//!
//! What is answered is decided by a [`Machine`] without a socket. wiremock calls it and answers; a relay of ours
//! stands in front, since wiremock bounds nothing, hides the time and the exact target, and can't break HTTP. The
//! relay turns away whoever doesn't know the secret path, and everything else that was heard is recorded.

mod doors;
mod inbound;
mod outbound;
mod played;
mod relay;
mod shake;
mod stage;
mod tls;

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::model::{Exchange, Header, Moment, Request, Response};
use crate::provider::{ACTOR_FIELD, Certificate, Provider, Reply};
use crate::run::port::{Chance, Clock};

use doors::Doors;
use stage::Stage;
use tls::Tls;

pub use played::Played;

/// The field that proves that a browser is ours: a target must not pass for one.
const PROOF_FIELD: &str = "x-authspec-proof";

/// Decides what the provider says. Time and randomness are handed in.
pub trait Machine: Send {
    /// Answers one request, whose target is as sent.
    fn answer(&mut self, request: &Request, now: Moment, chance: [u8; 32]) -> Reply;

    /// What is shown to whoever begins to speak TLS.
    fn certificate(&mut self) -> Certificate {
        Certificate::Right
    }
}

impl Machine for Provider {
    fn answer(&mut self, request: &Request, now: Moment, chance: [u8; 32]) -> Reply {
        Self::answer(self, request, now, chance)
    }

    fn certificate(&mut self) -> Certificate {
        Self::certificate(self)
    }
}

/// A machine that others may script while it is asked.
pub type Shared = Arc<Mutex<dyn Machine>>;

/// Where the provider listens.
#[derive(Clone, Debug)]
pub struct Settings {
    /// A free port of loopback unless the user names an address.
    pub listen: SocketAddr,
    /// Issuer identifier of the honest provider, for a target that was configured beforehand. Without it the
    /// issuer has a secret path.
    pub issuer: Option<String>,
    /// It speaks TLS, under a certificate of an authority made for the run.
    pub tls: bool,
    /// Under TLS it asks for a client certificate, and takes any or none.
    pub asks_certificates: bool,
    /// The issuer identifier of the evil provider ends with a slash.
    pub slash: bool,
    /// Limits of what is heard.
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            issuer: None,
            tls: false,
            asks_certificates: false,
            slash: false,
            limits: Limits::default(),
        }
    }
}

/// How much is heard of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Request line and field lines.
    pub head: usize,
    /// Content.
    pub body: usize,
    /// Time for a whole request to arrive.
    pub arrival: Duration,
    /// Connections at once; more are closed unheard.
    pub connections: usize,
    /// The longest silence.
    pub silence: Duration,
    /// Content kept until it is taken by [`Socket::heard`]; beyond it requests are turned away.
    pub kept: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: 64 * 1024,
            body: 1024 * 1024,
            arrival: Duration::from_secs(10),
            connections: 256,
            silence: Duration::from_secs(120),
            kept: 64 * 1024 * 1024,
        }
    }
}

/// Addresses that are taken but not served yet: the machines want to know their issuers first.
pub struct Bound {
    provider: TcpListener,
    listener: TcpListener,
    doors: Doors,
    proof: String,
    limits: Limits,
    tls: Option<Tls>,
}

impl Bound {
    /// Takes the addresses; the error names the one that is taken already.
    pub fn take(settings: &Settings, chance: &dyn Chance) -> Result<Self, String> {
        let provider = bind(settings.listen)?;
        let listener = bind(SocketAddr::new(settings.listen.ip(), 0))?;
        let address = |socket: &TcpListener| socket.local_addr().map_err(|why| why.to_string());
        let issuer = settings.issuer.as_deref();
        if settings.tls && issuer.is_some_and(|issuer| !issuer.starts_with("https://")) {
            return Err("a provider under TLS has an https issuer".to_owned());
        }
        let tls = settings.tls.then(|| {
            let hosts = tls::hosts(settings.listen.ip(), issuer);
            Tls::new(&hosts, settings.asks_certificates)
        });
        let mut doors = Doors::new(
            issuer,
            if settings.tls { "https" } else { "http" },
            address(&provider)?,
            address(&listener)?,
            &secret(chance),
        )?;
        if settings.slash {
            doors.end_with_slash();
        }
        Ok(Self {
            provider,
            listener,
            doors,
            proof: secret(chance),
            limits: settings.limits,
            tls: tls.transpose()?,
        })
    }

    /// The authority of the provider's certificate, in PEM, where it speaks TLS.
    pub fn authority(&self) -> Option<&str> {
        self.tls.as_ref().map(Tls::authority)
    }

    /// Issuer identifier of the honest (0) and the evil (1) provider.
    pub fn issuer(&self, which: usize) -> String {
        self.doors.issuer(which)
    }

    /// URL of the place that only listens, without a slash at its end.
    pub fn listener(&self) -> String {
        self.doors.listener()
    }

    /// Begins to answer: with the honest and the evil machine, and with an empty JSON object where only is
    /// listened. Runs on the runtime that calls it.
    pub async fn serve(
        self,
        machines: [Shared; 2],
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Socket, String> {
        let stage = Stage::open(machines, clock, chance).await?;
        let relay = Arc::new(relay::Relay {
            doors: self.doors,
            proof: self.proof,
            limits: self.limits,
            tls: self.tls,
            stage,
        });
        let mut loops = Vec::new();
        for (listener, listens_only) in [(self.provider, false), (self.listener, true)] {
            let failed = |why: std::io::Error| format!("the provider can't listen: {why}");
            listener.set_nonblocking(true).map_err(failed)?;
            let listener = tokio::net::TcpListener::from_std(listener).map_err(failed)?;
            let relay = Arc::clone(&relay);
            loops.push(tokio::spawn(relay.accept(listener, listens_only)));
        }
        Ok(Socket { relay, loops })
    }
}

/// The provider, answering. Everything ends when it is dropped.
pub struct Socket {
    relay: Arc<relay::Relay>,
    loops: Vec<JoinHandle<()>>,
}

impl Socket {
    /// Issuer identifier of the honest (0) and the evil (1) provider.
    pub fn issuer(&self, which: usize) -> String {
        self.relay.doors.issuer(which)
    }

    /// URL of the place that only listens, without a slash at its end.
    pub fn listener(&self) -> String {
        self.relay.doors.listener()
    }

    /// The file with the authority of the provider's certificate, where it speaks TLS.
    pub fn authority(&self) -> Option<&Path> {
        self.relay.tls.as_ref().map(Tls::file)
    }

    /// What the place that only listens answers from now on: a key set, for instance.
    pub fn listen_with(&self, media_type: &str, content: Vec<u8>) {
        let fields = vec![Header::new("Content-Type", media_type)];
        self.relay
            .stage
            .listen_with(Response::new(200, fields, content));
    }

    /// Everything heard since the last call, in order. Steps are not known here: each says 0.
    pub fn heard(&self) -> Vec<Exchange> {
        self.relay.stage.take_heard()
    }

    /// How many requests came that did not know the secret path, or could not be read.
    pub fn foreign(&self) -> u64 {
        self.relay.stage.foreign()
    }

    /// The fields by which a browser of ours shows itself to the machine, and proves itself. They go to the provider's own origin and nowhere else.
    pub fn browser_fields(&self, actor: &str) -> [Header; 2] {
        [
            Header::new(ACTOR_FIELD, actor),
            Header::new(PROOF_FIELD, self.relay.proof.as_str()),
        ]
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        for one in &self.loops {
            one.abort();
        }
    }
}

fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).map_err(|why| format!("{address} can't be listened on: {why}"))
}

/// 128 bits in hexadecimal.
fn secret(chance: &dyn Chance) -> String {
    chance.bytes()[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests;
