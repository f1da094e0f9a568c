//! The loop that does what an execution asks, within a time limit.

use std::time::Duration;

use crate::exec::execution::{Execution, Told, Want};
use crate::model::{Answer, Hop, Moment, Silence};

use super::port::{Call, Chance, Clock, Http, Pool, ProviderPort, Restart};

/// The world of a run.
#[derive(Clone)]
pub struct Ports {
    /// Sends requests.
    pub http: std::sync::Arc<dyn Http>,
    /// Time.
    pub clock: std::sync::Arc<dyn Clock>,
    /// Randomness.
    pub chance: std::sync::Arc<dyn Chance>,
    /// The provider that authspec plays.
    pub provider: Option<std::sync::Arc<dyn ProviderPort>>,
    /// Starts the target anew.
    pub restart: Option<std::sync::Arc<dyn Restart>>,
}

/// Runs an execution to its end. `alone` says that nothing else runs, so that what the provider hears is its own.
pub async fn drive(
    execution: &mut Execution,
    ports: &Ports,
    pool: Pool,
    limit: Duration,
    alone: bool,
) -> u32 {
    let begun = really(ports);
    // beside what it waits, a case has its time for every ten requests
    let mut further = Duration::ZERO;
    let mut requests = 0;
    let mut told = Told::Done;
    loop {
        let now = ports.clock.now();
        if alone && let Some(provider) = &ports.provider {
            execution.overhear(provider.heard(), provider.codes());
        }
        told = match execution.next(told, now) {
            Want::Done => return requests,
            Want::Send(outgoing) => {
                let allowed = limit.saturating_mul(1 + requests / 10) + further;
                let left = allowed.saturating_sub(really(ports).since(begun));
                requests += u32::try_from(outgoing.len()).unwrap_or(u32::MAX);
                let answers = send_all(outgoing, ports, pool, left).await;
                if execution.measures_time() && answers.iter().any(hung) {
                    // what comes after a hang shows whether the target is still there, and has time of its own
                    further += limit;
                }
                Told::Answers(answers)
            }
            Want::Wait(span) => {
                // what a case waits is its own time, not the target's
                further = further
                    .saturating_add(span)
                    .saturating_add(Duration::from_secs(1));
                ports.clock.wait(span).await;
                Told::Done
            }
            Want::Script(which, script) => match &ports.provider {
                Some(provider) => {
                    provider.script(which, *script);
                    Told::Done
                }
                None => Told::Failed("authspec's provider does not run".to_owned()),
            },
            Want::Restart => match &ports.restart {
                Some(target) => match target.restart().await {
                    Ok(()) => Told::Done,
                    Err(why) => Told::Failed(why),
                },
                None => Told::Failed(
                    "authspec did not start the target and can't restart it".to_owned(),
                ),
            },
        };
    }
}

/// The time as it would be if no clock had been moved instead of waiting: for how long something took.
pub(super) fn really(ports: &Ports) -> Moment {
    Moment(ports.clock.now().0.saturating_sub(ports.clock.moved()))
}

type Answered = (Answer, Moment, Duration);

fn hung((answer, _, _): &Answered) -> bool {
    matches!(answer, Answer::Silence(Silence::TimedOut))
}

async fn send_all(
    outgoing: Vec<crate::exec::act::Outgoing>,
    ports: &Ports,
    pool: Pool,
    left: Duration,
) -> Vec<Answered> {
    let mut calls = Vec::with_capacity(outgoing.len());
    for one in outgoing {
        if left.is_zero() {
            calls.push(Err((
                Answer::Silence(Silence::NotSent),
                ports.clock.now(),
                Duration::ZERO,
            )));
            continue;
        }
        let mut request = one.request;
        if one.hop == Hop::BrowserToProvider
            && let Some(provider) = &ports.provider
        {
            request.headers.extend(provider.browser_fields(&one.actor));
        }
        calls.push(Ok(ports.http.send(Call {
            request,
            pool,
            within: left,
        })));
    }
    join_all(calls).await
}

/// All at once: every call is polled before the first is waited for.
async fn join_all(
    calls: Vec<Result<super::port::Promise<'_, super::port::Heard>, Answered>>,
) -> Vec<Answered> {
    use std::future::poll_fn;
    use std::task::Poll;
    let mut waiting: Vec<(
        Option<super::port::Promise<'_, super::port::Heard>>,
        Option<Answered>,
    )> = calls
        .into_iter()
        .map(|call| match call {
            Ok(promise) => (Some(promise), None),
            Err(answered) => (None, Some(answered)),
        })
        .collect();
    poll_fn(|context| {
        let mut pending = false;
        for (promise, answered) in &mut waiting {
            if let Some(future) = promise {
                match future.as_mut().poll(context) {
                    Poll::Ready(heard) => {
                        *answered = Some((heard.answer, heard.at, heard.took));
                        *promise = None;
                    }
                    Poll::Pending => pending = true,
                }
            }
        }
        if pending {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
    waiting
        .into_iter()
        .filter_map(|(_, answered)| answered)
        .collect()
}
