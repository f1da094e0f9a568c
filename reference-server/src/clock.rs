//! The server's own time, which whoever embeds it may move forward instead of sleeping.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The clock of one running server; copies tell the same time.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead: Arc<AtomicU64>,
}

impl Clock {
    /// Moves the server's time forward.
    pub fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        let _ = self
            .ahead
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |ahead| {
                Some(ahead.saturating_add(millis))
            });
    }

    /// Milliseconds since the epoch, as this server sees it.
    pub(crate) fn millis(&self) -> u64 {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where this server reads the time"
        )]
        let real = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| {
                u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
            });
        real.saturating_add(self.ahead.load(Ordering::SeqCst))
    }

    /// Seconds since the epoch: a NumericDate (RFC 7519 section 2).
    pub(crate) fn now(&self) -> u64 {
        self.millis() / 1000
    }
}
