//! The HTTP client, over reqwest: one request, one answer, nothing hidden.
//!
//! It follows no redirect, reads no proxy variable, keeps no cookie, decodes no content and retries nothing,
//! but for the one resend that [`Heard::resent`] tells. It knows nothing of cases: what an answer means is
//! decided above. Framing that hyper lets through but RFC 9112 does not is caught in `read`.

mod exact;
mod fault;
mod handshake;
mod lane;
mod pace;
mod pin;
mod prepare;
mod read;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use crate::model::{Answer, Origin, Request, Response, Shown, Silence};
use crate::run::port::{Call, Clock, Heard, Http, Pool, Promise};

use lane::{Lane, Lanes};
use pace::Gate;
use pin::Pins;
use prepare::Prepared;
use read::Progress;

pub use lane::Trust;
pub use pace::Pace;
pub use pin::Confirmed;

/// How much of an answer is read. What passes a limit is cut or refused, never a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Content of a response.
    pub body: usize,
    /// Field lines of a response together. Besides this hyper refuses heads of more than 100 field lines or
    /// about 400 KiB.
    pub head: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 4 * 1024 * 1024,
            head: 256 * 1024,
        }
    }
}

/// The client of a run.
pub struct Client {
    clock: Arc<dyn Clock>,
    limits: Limits,
    pins: Pins,
    lanes: Lanes,
    gate: Gate,
}

impl Client {
    /// A client that talks to the confirmed origins and to no other.
    pub fn new(confirmed: Confirmed, clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            limits: Limits::default(),
            pins: Pins::new(confirmed),
            lanes: Lanes::new(Trust::default()),
            gate: Gate::new(Pace::default()),
        }
    }

    /// With other limits.
    #[must_use]
    pub fn limited(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Slowed down.
    #[must_use]
    pub fn paced(mut self, pace: Pace) -> Self {
        self.gate = Gate::new(pace);
        self
    }

    /// With a private CA or a client certificate for https.
    #[must_use]
    pub fn trusting(mut self, trust: Trust) -> Self {
        self.lanes = Lanes::new(trust);
        self
    }

    /// Lets requests go to one more origin: that of the provider we play, for instance.
    pub fn confirm(&self, origin: Origin) {
        self.pins.confirm(origin);
    }

    /// The address that each origin was pinned to, so that it can be told.
    pub fn pinned(&self) -> Vec<(Origin, SocketAddr)> {
        self.pins.all()
    }

    async fn hear(&self, call: Call) -> Heard {
        let _turn = self.gate.turn().await;
        let at = self.clock.now();
        let begun = Instant::now();
        let mut resent = false;
        let mut progress = Progress::default();
        progress.upgrades = call.request.header("upgrade").next().is_some();
        let exchange = self.exchange(&call, &mut progress, &mut resent);
        let answer = match tokio::time::timeout(call.within, exchange).await {
            Ok(Ok(response)) => Answer::Response(response),
            Ok(Err(silence)) => Answer::Silence(silence),
            Err(_) => progress.out_of_time(),
        };
        Heard {
            answer,
            at,
            took: begun.elapsed(),
            resent,
        }
    }

    async fn exchange(
        &self,
        call: &Call,
        progress: &mut Progress,
        resent: &mut bool,
    ) -> Result<Response, Silence> {
        let request = &call.request;
        if request.method == crate::wire::tls::METHOD {
            let address = self.pins.pin(&request.origin).await?;
            return handshake::execute(&request.body, address).await;
        }
        let lane = self.lane(call.pool, request).await?;
        match Prepared::from_request(request)? {
            Prepared::Usual(prepared) => {
                let mut attempt = lane.execute(prepared).await;
                if let Err(fault) = &attempt
                    && fault.reused
                    && request.is_safe()
                    && let Prepared::Usual(again) = Prepared::from_request(request)?
                {
                    *resent = true;
                    attempt = lane.execute_afresh(again).await;
                }
                let mut response = attempt.map_err(|fault| fault.silence)?;
                let headers = std::mem::take(response.headers_mut());
                let (version, status) = (response.version(), response.status());
                progress.take_head(version, status, &headers, self.limits)?;
                progress.read(&mut response, self.limits.body).await
            }
            Prepared::Exact(prepared) => {
                let mut reply = exact::execute(prepared, &request.origin, lane.address).await?;
                let head = &reply.response;
                progress.take_head(head.version(), head.status(), head.headers(), self.limits)?;
                progress.read(&mut reply, self.limits.body).await
            }
        }
    }

    async fn lane(&self, pool: Pool, request: &Request) -> Result<Arc<Lane>, Silence> {
        let origin = &request.origin;
        // what goes in the clear shows no certificate
        let shown = match origin.scheme.as_str() {
            "https" => &request.shown,
            _ => &Shown::Usual,
        };
        if let Some(lane) = self.lanes.find(pool, origin, shown) {
            return Ok(lane);
        }
        let address = self.pins.pin(origin).await?;
        self.lanes.open(pool, origin, shown, address)
    }
}

impl Http for Client {
    fn send(&self, call: Call) -> Promise<'_, Heard> {
        Box::pin(self.hear(call))
    }

    fn close(&self, pool: Pool) {
        self.lanes.close(pool);
    }
}

#[cfg(test)]
mod tests;
