//! Futures side by side, of which only those that were woken are polled.
//!
//! With 64 cases in flight every answer would otherwise cost 64 polls. It knows nothing of what the futures do.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

/// Futures that run at the same time, on one thread.
pub(super) struct Crowd<'a, T> {
    members: Vec<Option<Member<'a, T>>>,
    /// Places that are free again.
    free: Vec<usize>,
    calls: Arc<Calls>,
}

struct Member<'a, T> {
    future: Pin<Box<dyn Future<Output = T> + 'a>>,
    waker: Waker,
    bell: Arc<Bell>,
}

/// Who wants to be polled, in the order of the calls.
#[derive(Default)]
struct Calls {
    waiting: Mutex<VecDeque<usize>>,
    /// Wakes the one who polls the crowd.
    above: Mutex<Option<Waker>>,
}

/// What a member's wakers ring.
struct Bell {
    place: usize,
    rung: AtomicBool,
    calls: Arc<Calls>,
}

impl<T> Default for Crowd<'_, T> {
    fn default() -> Self {
        Self {
            members: Vec::new(),
            free: Vec::new(),
            calls: Arc::default(),
        }
    }
}

impl<'a, T> Crowd<'a, T> {
    /// How many are in it.
    pub(super) fn len(&self) -> usize {
        self.members.len() - self.free.len()
    }

    /// Takes one in. It is polled with the next [`Crowd::first`].
    pub(super) fn push(&mut self, future: Pin<Box<dyn Future<Output = T> + 'a>>) {
        let place = self.free.pop().unwrap_or_else(|| {
            self.members.push(None);
            self.members.len() - 1
        });
        let bell = Arc::new(Bell {
            place,
            rung: AtomicBool::new(true),
            calls: Arc::clone(&self.calls),
        });
        self.calls.waiting().push_back(place);
        self.members[place] = Some(Member {
            future,
            waker: Waker::from(Arc::clone(&bell)),
            bell,
        });
    }

    /// What the first to end gives. It never ends if nobody is in the crowd.
    pub(super) async fn first(&mut self) -> T {
        std::future::poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<T> {
        self.calls.watch(context.waker());
        // only who called before now: one that calls again at once must not keep the others from the sockets
        let called = self.calls.waiting().len();
        for _ in 0..called {
            let Some(place) = self.calls.waiting().pop_front() else {
                break;
            };
            let Some(member) = self.members.get_mut(place).and_then(Option::as_mut) else {
                continue;
            };
            // before the poll, so that a call during it is heard
            member.bell.rung.store(false, Ordering::Release);
            let mut context = Context::from_waker(&member.waker);
            if let Poll::Ready(done) = member.future.as_mut().poll(&mut context) {
                self.members[place] = None;
                self.free.push(place);
                return Poll::Ready(done);
            }
        }
        Poll::Pending
    }
}

impl Calls {
    fn waiting(&self) -> std::sync::MutexGuard<'_, VecDeque<usize>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watch(&self, waker: &Waker) {
        let mut above = self.above.lock().unwrap_or_else(PoisonError::into_inner);
        match above.as_mut() {
            Some(known) => known.clone_from(waker),
            None => *above = Some(waker.clone()),
        }
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.rung.swap(true, Ordering::AcqRel) {
            return;
        }
        self.calls.waiting().push_back(self.place);
        let above = self
            .calls
            .above
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(above) = above.as_ref() {
            above.wake_by_ref();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use super::*;

    /// Ends when its channel is told to; counts how often it was polled.
    fn member(
        number: usize,
        polls: &Rc<Cell<u32>>,
    ) -> (
        tokio::sync::oneshot::Sender<()>,
        Pin<Box<dyn Future<Output = usize>>>,
    ) {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let polls = Rc::clone(polls);
        let mut receiver = Box::pin(receiver);
        let future = Box::pin(std::future::poll_fn(move |context| {
            polls.set(polls.get() + 1);
            receiver.as_mut().poll(context).map(|_| number)
        }));
        (sender, future)
    }

    #[tokio::test]
    async fn only_who_was_woken_is_polled() {
        let polls = Rc::new(Cell::new(0));
        let mut crowd = Crowd::default();
        let mut senders: Vec<_> = (0..64)
            .map(|number| {
                let (sender, future) = member(number, &polls);
                crowd.push(future);
                Some(sender)
            })
            .collect();
        for number in [40, 3, 63] {
            senders[number].take().unwrap().send(()).unwrap();
            assert_eq!(crowd.first().await, number);
        }
        assert_eq!(crowd.len(), 61);
        // each once to begin with; one of the three was told before that
        assert_eq!(polls.get(), 64 + 2);
    }

    #[tokio::test]
    async fn a_place_is_used_again_and_late_calls_harm_nobody() {
        let polls = Rc::new(Cell::new(0));
        let mut crowd = Crowd::default();
        for number in 0..1_000 {
            let (sender, future) = member(number, &polls);
            crowd.push(future);
            sender.send(()).unwrap();
            assert_eq!(crowd.first().await, number);
        }
        assert_eq!((crowd.members.len(), crowd.len()), (1, 0));
    }

    #[tokio::test]
    async fn one_that_calls_itself_again_and_again_lets_others_end() {
        let mut crowd: Crowd<'_, &str> = Crowd::default();
        crowd.push(Box::pin(std::future::poll_fn(|context| {
            context.waker().wake_by_ref();
            Poll::Pending
        })));
        crowd.push(Box::pin(async {
            tokio::task::yield_now().await;
            "done"
        }));
        assert_eq!(crowd.first().await, "done");
    }
}
