//! A lane: the connections of one pool to one origin that show one client certificate, or none. Each is a reqwest
//! client of its own, so that no session of TLS is resumed by another.
//!
//! A client without TLS roots costs microseconds, so lanes are opened when they are first used. Only an https
//! origin makes the system's certificates be read.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hyper_util::client::legacy::connect::HttpInfo;
use reqwest::redirect::Policy;

use super::fault::Fault;
use super::pin::literal;
use crate::model::{Origin, Secret, Shown, Silence};
use crate::run::port::Pool;

/// Idle connections are dropped after this: common servers close theirs after 2 or 5 s, and a race there looks
/// like a reset.
const IDLE: Duration = Duration::from_secs(1);

/// What https rests on besides the system's certificates. Certificates are always checked.
#[derive(Clone, Default)]
pub struct Trust {
    /// Private CAs, in PEM; one text may hold several.
    pub authorities: Vec<Vec<u8>>,
    /// They alone vouch: the system's certificates, which take long to read, are left out.
    pub alone: bool,
    /// The provider that we play, and the authority of this run that alone vouches for it.
    pub provider: Option<(Origin, String)>,
    /// The client certificate that is shown where a request names none, with its key, in PEM.
    pub identity: Option<Secret>,
}

/// The lanes of a run.
pub(super) struct Lanes {
    trust: Trust,
    open: Mutex<HashMap<Pool, Vec<Arc<Lane>>>>,
}

impl Lanes {
    pub(super) fn new(trust: Trust) -> Self {
        Self {
            trust,
            open: Mutex::default(),
        }
    }

    pub(super) fn find(&self, pool: Pool, origin: &Origin, shown: &Shown) -> Option<Arc<Lane>> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        lane_to(open.get(&pool)?, origin, shown)
    }

    pub(super) fn open(
        &self,
        pool: Pool,
        origin: &Origin,
        shown: &Shown,
        address: SocketAddr,
    ) -> Result<Arc<Lane>, Silence> {
        let trust = Trust {
            identity: match shown {
                Shown::Usual => self.trust.identity.clone(),
                Shown::Nothing => None,
                Shown::This(certificate) => Some(certificate.pem.clone()),
            },
            ..self.trust.clone()
        };
        let lane = Arc::new(Lane {
            origin: origin.clone(),
            shown: shown.clone(),
            address,
            client: client(origin, address, &trust)?,
            trust,
            answered: Mutex::default(),
        });
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let lanes = open.entry(pool).or_default();
        // another request may have opened it meanwhile
        if let Some(other) = lane_to(lanes, origin, shown) {
            return Ok(other);
        }
        lanes.push(Arc::clone(&lane));
        Ok(lane)
    }

    pub(super) fn close(&self, pool: Pool) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.remove(&pool);
    }
}

/// A connection is of the certificate that it was made with: no other request goes over it.
fn lane_to(lanes: &[Arc<Lane>], origin: &Origin, shown: &Shown) -> Option<Arc<Lane>> {
    let fits = |lane: &&Arc<Lane>| lane.origin == *origin && lane.shown == *shown;
    lanes.iter().find(fits).cloned()
}

pub(super) struct Lane {
    origin: Origin,
    shown: Shown,
    pub(super) address: SocketAddr,
    client: reqwest::Client,
    trust: Trust,
    /// Local ports of connections that brought an answer, and when: a request that fails on one of them failed
    /// on a reused connection.
    answered: Mutex<HashMap<u16, Instant>>,
}

impl Lane {
    /// Sends over a kept or new connection.
    pub(super) async fn execute(
        &self,
        request: reqwest::Request,
    ) -> Result<reqwest::Response, Fault> {
        match self.client.execute(request).await {
            Ok(response) => {
                if let Some(info) = response.extensions().get::<HttpInfo>() {
                    let port = info.local_addr().port();
                    self.answered().insert(port, Instant::now());
                }
                Ok(response)
            }
            Err(error) => Err(Fault::from_error(&error, |port| self.was_answered(port))),
        }
    }

    /// Sends over a connection that nothing was sent on before.
    pub(super) async fn execute_afresh(
        &self,
        request: reqwest::Request,
    ) -> Result<reqwest::Response, Fault> {
        let fresh = client(&self.origin, self.address, &self.trust).map_err(Fault::from)?;
        fresh
            .execute(request)
            .await
            .map_err(|error| Fault::from_error(&error, |_| false))
    }

    /// Whether the connection of this local port brought an answer so lately that it can have been kept. The
    /// number alone is not enough: the system gives it to another connection some day.
    fn was_answered(&self, port: u16) -> bool {
        self.answered()
            .remove(&port)
            .is_some_and(|at| at.elapsed() < Duration::from_secs(60))
    }

    fn answered(&self) -> std::sync::MutexGuard<'_, HashMap<u16, Instant>> {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn client(origin: &Origin, address: SocketAddr, trust: &Trust) -> Result<reqwest::Client, Silence> {
    let mut builder = reqwest::Client::builder()
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .referer(false)
        .http1_only()
        .tcp_nodelay(true)
        .pool_idle_timeout(IDLE);
    if literal(&origin.host).is_none() {
        builder = builder.resolve(&origin.host, address);
    }
    if origin.scheme != "https" {
        return builder.tls_certs_only([]).build().map_err(tls_fault);
    }
    let mut authorities = Vec::new();
    let played = trust.provider.as_ref();
    let played = played.filter(|(provider, _)| provider == origin);
    if let Some((_, pem)) = played {
        let authority = reqwest::Certificate::from_pem(pem.as_bytes()).map_err(tls_fault)?;
        return builder
            .tls_certs_only([authority])
            .build()
            .map_err(tls_fault);
    }
    for pem in &trust.authorities {
        let several = reqwest::Certificate::from_pem_bundle(pem).map_err(tls_fault)?;
        if several.is_empty() {
            return Err(Silence::Unreachable(
                "the file of the private CA holds no certificate in PEM".to_owned(),
            ));
        }
        authorities.extend(several);
    }
    if let Some(identity) = &trust.identity {
        let identity = reqwest::Identity::from_pem(identity.reveal().as_bytes());
        // the parser's words may quote the key
        builder = builder.identity(identity.map_err(|_| {
            Silence::Unreachable("the client certificate or its key is not valid PEM".to_owned())
        })?);
    }
    let builder = if trust.alone {
        builder.tls_certs_only(authorities)
    } else {
        builder.tls_certs_merge(authorities)
    };
    builder.build().map_err(tls_fault)
}

fn tls_fault(error: reqwest::Error) -> Silence {
    Silence::Unreachable(format!(
        "TLS can't be set up: {}",
        super::fault::innermost(&error)
    ))
}
