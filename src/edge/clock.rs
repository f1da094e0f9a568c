//! The clock of the machine, a clock that can be moved, and randomness.

use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::model::Moment;
use crate::run::port::{Chance, Clock, Promise};

/// The clock of the machine. Waiting takes as long as it says.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        wall()
    }

    fn wait(&self, span: Duration) -> Promise<'_, ()> {
        Box::pin(tokio::time::sleep(span))
    }
}

/// Today in UTC, as `2026-12-31`.
pub fn today() -> String {
    let days = i64::try_from(wall().0.as_secs() / 86_400).unwrap_or_default();
    day(days)
}

/// A day since 1970-01-01 in the Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn day(days: i64) -> String {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// A clock for a server that shares our process: waiting moves the server's clock and this one by the same
/// span, and takes no time.
pub struct MovingClock {
    ahead: Mutex<Duration>,
    moved: Box<dyn Fn(Duration) + Send + Sync>,
}

impl MovingClock {
    /// A clock that starts at the machine's time; `moved` is told by how much the server's must go ahead.
    pub fn new(moved: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        Self {
            ahead: Mutex::new(Duration::ZERO),
            moved: Box::new(moved),
        }
    }

    fn ahead(&self) -> Duration {
        self.ahead.lock().map_or(Duration::ZERO, |ahead| *ahead)
    }
}

impl Clock for MovingClock {
    fn now(&self) -> Moment {
        Moment(wall().0.saturating_add(self.ahead()))
    }

    fn wait(&self, span: Duration) -> Promise<'_, ()> {
        if let Ok(mut ahead) = self.ahead.lock() {
            *ahead = ahead.saturating_add(span);
            // under the lock, so that two waits reach the server in the order in which they moved this clock
            (self.moved)(span);
        }
        Box::pin(std::future::ready(()))
    }

    fn moved(&self) -> Duration {
        self.ahead()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the machine's clock"
)]
fn wall() -> Moment {
    Moment(
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default(),
    )
}

/// Randomness of the system. The cryptographic library's own generator gathers 30 ms of processor jitter before its
/// first byte, which a run that signs nothing need not pay.
#[derive(Clone, Copy, Debug, Default)]
pub struct Random;

impl Chance for Random {
    fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0_u8; 32];
        // A generator that fails must not hand out zeros: every state and nonce of the run would be known.
        assert!(
            getrandom::fill(&mut bytes).is_ok(),
            "the system has no randomness to give"
        );
        bytes
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_moving_clock_takes_the_server_along_and_no_time() {
        let server = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&server);
        let clock = MovingClock::new(move |span| {
            seen.fetch_add(span.as_secs(), Ordering::SeqCst);
        });
        let before = clock.now();
        clock.wait(Duration::from_secs(3600)).await;
        clock.wait(Duration::from_secs(60)).await;
        assert_eq!(server.load(Ordering::SeqCst), 3660);
        let passed = clock.now().since(before);
        assert!(passed >= Duration::from_secs(3660) && passed < Duration::from_secs(3720));
    }

    #[test]
    fn the_system_clock_is_this_century() {
        assert!(SystemClock.now().unix() > 1_700_000_000);
    }

    #[test]
    fn random_bytes_differ() {
        assert_ne!(Random.bytes(), Random.bytes());
    }
}
