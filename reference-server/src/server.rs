//! Starting, serving and stopping.

use std::convert::Infallible;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::http::uri::PathAndQuery;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use crate::clock::Clock;
use crate::decisions::Decisions;
use crate::state::{Origins, Server};
use crate::tls::{OfClient, OverTls};
use crate::upstream::Provider;
use crate::{Config, Upstream, fault, routes, tls};

/// Why a server didn't start.
#[derive(Debug)]
pub enum StartError {
    /// No fault and no group has this name.
    UnknownFault {
        /// The name that was given.
        name: String,
        /// The name that is nearest to it.
        nearest: Option<&'static str>,
    },
    /// The address can't be listened on.
    Listen(std::io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownFault { name, nearest } => {
                write!(f, "no fault is named `{name}`")?;
                match nearest {
                    Some(nearest) => write!(f, "; did you mean `{nearest}`?"),
                    None => Ok(()),
                }
            }
            Self::Listen(error) => write!(f, "can't listen: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

/// A server that runs until it is stopped or dropped.
#[derive(Debug)]
pub struct Running {
    origin: String,
    plain: String,
    tls: String,
    named_tls: String,
    address: SocketAddr,
    clock: Clock,
    doors: Doors,
    made: Made,
    serving: JoinHandle<()>,
}

/// Where it listens, from its start to its end.
#[derive(Debug, Clone)]
struct Doors {
    real: Arc<TcpListener>,
    plain: Arc<TcpListener>,
    encrypted: Arc<TcpListener>,
}

/// What a server is made of each time it starts.
#[derive(Clone)]
struct Made {
    decisions: Decisions,
    clock: Clock,
    origin: String,
    /// The origins over TLS, by its address and by a name.
    tls: String,
    named_tls: String,
    provider: Option<Upstream>,
    second_provider: Option<Upstream>,
    authority: Option<String>,
}

impl fmt::Debug for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Made").finish_non_exhaustive()
    }
}

impl Made {
    fn origins(&self) -> Origins {
        Origins {
            plain: self.origin.clone(),
            tls: self.tls.clone(),
            named_tls: self.named_tls.clone(),
        }
    }

    /// A server that remembers nothing.
    fn server(&self) -> Server {
        let with = |provider: &Upstream| {
            Server::new(
                self.decisions.clone(),
                self.clock.clone(),
                self.origins(),
                Some(Provider::new(provider.clone())),
                self.authority.clone(),
            )
        };
        let first = self.provider.as_ref();
        let mut server = match first {
            Some(provider) => with(provider),
            None => Server::new(
                self.decisions.clone(),
                self.clock.clone(),
                self.origins(),
                None,
                self.authority.clone(),
            ),
        };
        if let (Some(second), Some(first)) = (&self.second_provider, first) {
            let registered = (self.decisions.transport.registered)(second, first);
            server.knows(with(&registered));
        }
        server
    }

    fn serve(&self, doors: &Doors) -> JoinHandle<()> {
        let (server, doors) = (Arc::new(self.server()), doors.clone());
        tokio::spawn(async move {
            tokio::join!(
                accept(doors.real, Arc::clone(&server), Place::Real),
                accept(doors.plain, Arc::clone(&server), Place::Plain),
                accept(doors.encrypted, server, Place::Encrypted)
            );
        })
    }
}

impl Running {
    /// The origin under which it is reached, without a final slash.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The origin at which it is asked over plain HTTP, where it should serve nothing.
    pub fn plain_origin(&self) -> &str {
        &self.plain
    }

    /// The origin at which it is asked over TLS, by the certificate of [`crate::tls_authority`].
    pub fn tls_origin(&self) -> &str {
        &self.tls
    }

    /// The same by a name, under which the authorization server is reached over TLS.
    pub fn named_tls_origin(&self) -> &str {
        &self.named_tls
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its clock.
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// Starts anew at the same addresses: what was remembered is forgotten, and every connection ends.
    pub async fn restart(&mut self) {
        self.serving.abort();
        // The task ends cancelled, which is what was asked for.
        let _ = (&mut self.serving).await;
        self.serving = self.made.serve(&self.doors);
    }

    /// Closes the listener and every connection.
    pub async fn stop(mut self) {
        self.serving.abort();
        // The task ends cancelled, which is what was asked for.
        let _ = (&mut self.serving).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Starts a server on the current runtime.
///
/// # Errors
/// If a fault has no known name, or the address can't be listened on.
pub async fn start(config: Config) -> Result<Running, StartError> {
    let mut decisions = Decisions::right();
    for name in &config.faults {
        fault::install(name, &mut decisions)?;
    }
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(StartError::Listen)?;
    let address = listener.local_addr().map_err(StartError::Listen)?;
    let origin = config.origin.map_or_else(
        || format!("http://{address}"),
        |origin| origin.trim_end_matches('/').to_owned(),
    );
    let beside = TcpListener::bind((address.ip(), 0))
        .await
        .map_err(StartError::Listen)?;
    let plain = beside.local_addr().map_err(StartError::Listen)?;
    let encrypted = TcpListener::bind((address.ip(), 0))
        .await
        .map_err(StartError::Listen)?;
    let tls = encrypted.local_addr().map_err(StartError::Listen)?;
    let clock = Clock::default();
    let made = Made {
        decisions,
        clock: clock.clone(),
        origin: origin.clone(),
        tls: format!("https://{tls}"),
        named_tls: format!("https://localhost:{}", tls.port()),
        provider: config.provider,
        second_provider: config.second_provider,
        authority: config.provider_authority,
    };
    let doors = Doors {
        real: Arc::new(listener),
        plain: Arc::new(beside),
        encrypted: Arc::new(encrypted),
    };
    Ok(Running {
        origin,
        plain: format!("http://{plain}"),
        tls: format!("https://{tls}"),
        named_tls: made.named_tls.clone(),
        address,
        clock,
        serving: made.serve(&doors),
        doors,
        made,
    })
}

/// Accepts until the task is dropped; the connections go with it.
async fn accept(listener: Arc<TcpListener>, server: Arc<Server>, place: Place) {
    let app = Routes {
        router: TowerToHyperService::new(routes::router(Arc::clone(&server))),
        server,
        place,
        certificate: None,
    };
    let acceptor = match place {
        Place::Encrypted => app.server.decisions.tls.acceptor(),
        Place::Real | Place::Plain => None,
    };
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(served(stream, app.clone(), acceptor.clone()));
                }
                // Out of file handles, or a connection that was gone before it was accepted.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// The longest head that is read. It is far above what any token needs, so that a client that sends
/// too much of one hears why instead of a closed connection.
const LONGEST_HEAD: usize = 2 * 1024 * 1024;

#[derive(Clone)]
struct Routes {
    router: TowerToHyperService<axum::Router>,
    server: Arc<Server>,
    place: Place,
    /// What the client of the connection showed.
    certificate: Option<OfClient>,
}

/// Where a connection came in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the origin of the server.
    Real,
    /// At the port that stands for plain HTTP beside an origin with TLS.
    Plain,
    /// At the port with TLS.
    Encrypted,
}

async fn served(stream: TcpStream, app: Routes, acceptor: Option<TlsAcceptor>) {
    let _ = stream.set_nodelay(true);
    match acceptor {
        None => serve(stream, app).await,
        Some(acceptor) => {
            let rules = app.server.decisions.tls.clone();
            let name = host(&app.server.origin).to_owned();
            if let Some(stream) = tls::accepted(stream, &rules, &acceptor, &name).await {
                let certificate = OfClient::of(&stream);
                serve(stream, Routes { certificate, ..app }).await;
            }
        }
    }
}

/// The host of an origin, without its port.
fn host(origin: &str) -> &str {
    let host = origin.split("://").nth(1).unwrap_or_default();
    host.split([':', '/']).next().unwrap_or_default()
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, app: Routes) {
    let service = service_fn(move |request: Request<Incoming>| answered(app.clone(), request));
    // A connection that breaks concerns nobody but its peer.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answered(app: Routes, request: Request<Incoming>) -> Result<Response, Infallible> {
    let access = &app.server.decisions.access;
    let (mut parts, body) = named(&app.server, request).into_parts();
    if let Some(certificate) = &app.certificate {
        parts.extensions.insert(certificate.clone());
    }
    if app.place == Place::Encrypted {
        parts.extensions.insert(OverTls);
        let served = (app.server.decisions.tls.serves)(parts.uri.path());
        if !served {
            return Ok(crate::answer::empty(StatusCode::NOT_FOUND));
        }
    }
    let asked = parts.clone();
    let early = match app.place {
        Place::Real | Place::Encrypted => (access.before)(&parts),
        Place::Plain => (app.server.decisions.places.plain)(&parts),
    };
    let mut response = match early {
        Some(response) => response,
        None => app.router.call(Request::from_parts(parts, body)).await?,
    };
    if app.place == Place::Encrypted {
        (app.server.decisions.tls.every)(&mut response);
    }
    (access.on_the_way_out)(&asked, &mut response);
    Ok(response)
}

/// Marks a request that reached its resource past the guard.
#[derive(Clone, Copy)]
pub(crate) struct Unguarded;

/// Marks a request whose good answer another rule than its handler's makes cacheable.
#[derive(Clone, Copy)]
pub(crate) struct Caching(pub(crate) &'static str);

/// Gives the request the name under which the router finds its resource: its own.
fn named(server: &Server, request: Request<Incoming>) -> Request<Incoming> {
    let (mut parts, body) = request.into_parts();
    if let Some(alias) = (server.decisions.access.alias)(&parts) {
        let target = match parts.uri.query() {
            Some(query) => format!("{}?{query}", alias.path),
            None => alias.path,
        };
        if let Ok(target) = target.parse::<PathAndQuery>() {
            parts.uri = Uri::from(target);
            match alias.guarded {
                Some(caching) => parts.extensions.insert(Caching(caching)).map(drop),
                None => parts.extensions.insert(Unguarded).map(drop),
            };
            if alias.as_get {
                parts.method = axum::http::Method::GET;
            }
        }
    }
    Request::from_parts(parts, body)
}
