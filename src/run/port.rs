//! What a run asks of the world. `edge` implements these; tests may stand in for any of them.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::matcher::CodeFact;
use crate::model::{Answer, Exchange, Header, Moment, Request};

/// A future that a port hands out.
pub type Promise<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Which connections a request may use: one pool an actor and case, or the pool that single-actor cases share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Pool(pub u64);

/// A request and how to send it.
pub struct Call {
    /// What goes out. Its origin was checked against those that the user confirmed.
    pub request: Request,
    /// Connections it may use. `Pool(0)` is shared by cases of one actor; others are a case's own.
    pub pool: Pool,
    /// Time from sending to the end of the answer.
    pub within: Duration,
}

/// What came back and when the request went out.
pub struct Heard {
    /// The answer.
    pub answer: Answer,
    /// When sending began.
    pub at: Moment,
    /// Until the answer ended.
    pub took: Duration,
    /// A safe request was sent anew because a reused idle connection proved closed before any answer.
    pub resent: bool,
}

/// Sends requests. Follows no redirect, reads no proxy variable, keeps no cookie, retries nothing but what
/// [`Heard::resent`] says. Refuses origins that were not confirmed, as [`crate::model::Silence::Unreachable`].
pub trait Http: Send + Sync {
    /// Sends one request and reads the answer within the limits.
    fn send(&self, call: Call) -> Promise<'_, Heard>;
    /// Drops the connections of a pool.
    fn close(&self, pool: Pool);
}

/// The clock and the only way to wait.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Moment;
    /// Waits. For the embedded server this moves its clock, and ours with it, instead of sleeping.
    fn wait(&self, span: Duration) -> Promise<'_, ()>;
    /// By how much this clock was moved so far instead of waiting; a report tells the time that really went by.
    fn moved(&self) -> Duration {
        Duration::ZERO
    }
}

/// Randomness.
pub trait Chance: Send + Sync {
    /// Fresh random bytes.
    fn bytes(&self) -> [u8; 32];
}

/// The provider that authspec plays, behind its socket.
pub trait ProviderPort: Send + Sync {
    /// Issuer identifier of the honest (0) and the evil (1) provider.
    fn issuer(&self, which: usize) -> String;
    /// Changes how a provider behaves from now on; an empty script is honest.
    fn script(&self, which: usize, script: crate::provider::Script);
    /// Everything heard since the last call, by both providers and the listener, in order.
    fn heard(&self) -> Vec<Exchange>;
    /// Address of the place that only listens.
    fn listener(&self) -> String;
    /// The file with the authority of the provider's certificate, where it speaks TLS.
    fn authority(&self) -> Option<String>;
    /// The key that signs the provider's tokens, for tokens that a case mints itself.
    fn signing_key(&self) -> std::sync::Arc<crate::forge::key::Key>;
    /// How many requests came that did not know the secret path.
    fn foreign(&self) -> u64;
    /// The fields by which a browser of ours shows itself to the provider, and to nobody else.
    fn browser_fields(&self, actor: &str) -> Vec<Header>;
    /// Scripted keys that changed no answer since the script was set.
    fn idle(&self) -> Vec<String>;
    /// What marks the tokens that describe themselves as this run's.
    fn seal(&self) -> crate::provider::described::Seal;
    /// Whether introspection was asked about a token that describes itself.
    fn was_asked(&self, token: &str) -> bool;
    /// What was heard and given until now belongs to nobody any more.
    fn begin(&self);
    /// What the providers know of the codes that they gave since.
    fn codes(&self) -> Vec<CodeFact>;
}

/// A target that authspec can start anew.
pub trait Restart: Send + Sync {
    /// Stops the target, starts it, and waits until it is ready; the error says what it printed, redacted.
    fn restart(&self) -> Promise<'_, Result<(), String>>;
}
