//! How fast requests may go out. Off unless a profile asks for it.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};

/// The pace that a profile sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// At least this long from one request to the next.
    pub every: Option<Duration>,
    /// At most this many at once.
    pub in_flight: Option<usize>,
}

pub(super) struct Gate {
    every: Option<Duration>,
    next: Mutex<Option<Instant>>,
    seats: Option<Semaphore>,
}

impl Gate {
    pub(super) fn new(pace: Pace) -> Self {
        Self {
            every: pace.every,
            next: Mutex::new(None),
            seats: pace.in_flight.map(|seats| Semaphore::new(seats.max(1))),
        }
    }

    /// Waits for this request's turn; the seat is free again when the permit is dropped.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        let seat = match &self.seats {
            Some(seats) => seats.acquire().await.ok(),
            None => None,
        };
        if let Some(until) = self.slot() {
            tokio::time::sleep_until(until.into()).await;
        }
        seat
    }

    /// The time at which this request may go, none if that is now.
    fn slot(&self) -> Option<Instant> {
        let every = self.every?;
        let now = Instant::now();
        let mut next = self.next.lock().ok()?;
        let mine = next.map_or(now, |next| next.max(now));
        *next = mine.checked_add(every);
        (mine > now).then_some(mine)
    }
}
