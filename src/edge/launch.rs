//! Starts a target, waits until it answers, starts it anew, and stops it with all it has started.
//!
//! The target runs in a process group of its own, which is stopped when [`Launched`] is dropped: on success, on
//! error, on panic. What it printed is kept within bounds and shown, redacted, if it does not come up. A process
//! that leaves the group on purpose is not seen.

mod output;
mod process;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::model::{Origin, Redacted, Request, Secret, Vault};
use crate::run::port::{Call, Http, Pool, Promise, Restart};

use process::Process;

/// From one look whether the target is ready to the next.
const PROBE_EVERY: Duration = Duration::from_millis(50);
/// How long one such request may take.
const PROBE_WITHIN: Duration = Duration::from_secs(2);
/// Connections of these requests only.
const PROBE_POOL: Pool = Pool(u64::MAX);

/// How a target is started: `start:` of a profile.
#[derive(Clone)]
pub struct Start {
    /// Program and arguments. No shell reads them.
    pub command: Vec<String>,
    /// Variables that the target sees besides `PATH`, `HOME`, `TMPDIR` and `LANG`. Values may be secrets.
    pub variables: Vec<(String, Secret)>,
    /// Working directory; ours if there is none.
    pub folder: Option<PathBuf>,
    /// When it is ready.
    pub ready: Ready,
    /// From asking it to end (TERM) to ending it (KILL).
    pub grace: Duration,
}

impl Start {
    /// Enough for a server to finish what it is at.
    pub const GRACE: Duration = Duration::from_secs(3);
}

/// When a target is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// Where it is asked. The HTTP client must know this origin as confirmed.
    pub origin: Origin,
    /// What is asked for with GET.
    pub target: String,
    /// The status that it must answer; any whole answer does if there is none.
    pub status: Option<u16>,
    /// Time from the start until then.
    pub within: Duration,
}

/// Why a target did not come up.
#[derive(Debug)]
pub struct LaunchError {
    /// What happened.
    pub why: String,
    /// The end of what it printed.
    pub printed: Redacted,
}

impl fmt::Display for LaunchError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.why)?;
        if self.printed.as_str().trim().is_empty() {
            return out.write_str("; it printed nothing");
        }
        write!(out, "; it printed:\n{}", self.printed.as_str().trim_end())
    }
}

impl std::error::Error for LaunchError {}

/// A target that runs until this is dropped.
pub struct Launched {
    start: Start,
    vault: Vault,
    http: Arc<dyn Http>,
    running: Mutex<Option<Process>>,
}

impl Launched {
    /// Starts the target and waits until it is ready. `vault` knows what must not be shown of its output; the
    /// values of its variables are added.
    pub async fn start(
        start: Start,
        mut vault: Vault,
        http: Arc<dyn Http>,
    ) -> Result<Self, LaunchError> {
        for (_, value) in &start.variables {
            vault.add(value);
        }
        let launched = Self {
            start,
            vault,
            http,
            running: Mutex::new(None),
        };
        launched
            .bring_up(&mut *launched.running.lock().await)
            .await?;
        Ok(launched)
    }

    /// The end of what the target printed so far.
    pub async fn printed(&self) -> Redacted {
        match &*self.running.lock().await {
            Some(process) => self.vault.redact(&process.printed()),
            None => Redacted::default(),
        }
    }

    /// Stops the target and waits until its group is gone.
    pub async fn stop(&self) {
        let process = self.running.lock().await.take();
        stop(process).await;
    }

    async fn bring_up(&self, running: &mut Option<Process>) -> Result<(), LaunchError> {
        self.refuse_a_taken_address().await?;
        let mut process = Process::spawn(&self.start).map_err(|why| LaunchError {
            why,
            printed: Redacted::default(),
        })?;
        match self.wait_until_ready(&mut process).await {
            Ok(()) => {
                *running = Some(process);
                Ok(())
            }
            Err(why) => {
                let process = stop(Some(process)).await;
                let printed = process.map(|process| process.printed());
                Err(LaunchError {
                    why,
                    printed: self.vault.redact(&printed.unwrap_or_default()),
                })
            }
        }
    }

    /// If something listens there already, it would be judged in place of the target.
    async fn refuse_a_taken_address(&self) -> Result<(), LaunchError> {
        let origin = &self.start.ready.origin;
        let host = origin.host.trim_start_matches('[').trim_end_matches(']');
        let knock = tokio::net::TcpStream::connect((host, origin.port));
        match tokio::time::timeout(PROBE_WITHIN, knock).await {
            Ok(Ok(_)) => Err(LaunchError {
                why: format!(
                    "something listens at {origin} already, so the target was not started"
                ),
                printed: Redacted::default(),
            }),
            _ => Ok(()),
        }
    }

    async fn wait_until_ready(&self, process: &mut Process) -> Result<(), String> {
        let ready = &self.start.ready;
        let begun = Instant::now();
        let mut last = String::from("no answer");
        let outcome = loop {
            if let Some(end) = process.ended() {
                break Err(format!("the target ended ({end}) before it was ready"));
            }
            let left = ready.within.saturating_sub(begun.elapsed());
            if left.is_zero() {
                break Err(format!(
                    "the target was not ready after {:?}: {last}",
                    ready.within
                ));
            }
            match self.probe(left.min(PROBE_WITHIN)).await {
                // the answer counts if the target still runs: else somebody else gave it
                Ok(()) if process.ended().is_none() => break Ok(()),
                Ok(()) => {}
                Err(why) => last = why,
            }
            tokio::time::sleep(PROBE_EVERY).await;
        };
        self.http.close(PROBE_POOL);
        outcome
    }

    async fn probe(&self, within: Duration) -> Result<(), String> {
        let ready = &self.start.ready;
        let request = Request::new("GET", ready.origin.clone(), ready.target.as_str());
        let call = Call {
            request,
            pool: PROBE_POOL,
            within,
        };
        match self.http.send(call).await.answer {
            crate::model::Answer::Silence(silence) => Err(silence.to_string()),
            crate::model::Answer::Response(response) => match ready.status {
                _ if !response.is_whole() => Err("its answer was cut".to_owned()),
                Some(wanted) if wanted != response.status => Err(format!(
                    "it answers {} where {wanted} is waited for",
                    response.status
                )),
                _ => Ok(()),
            },
        }
    }
}

impl Restart for Launched {
    fn restart(&self) -> Promise<'_, Result<(), String>> {
        Box::pin(async {
            let mut running = self.running.lock().await;
            stop(running.take()).await;
            // kept connections ended with the old process
            self.http.close(Pool::default());
            self.bring_up(&mut running)
                .await
                .map_err(|error| error.to_string())
        })
    }
}

/// Stops a process on a thread that may wait.
async fn stop(process: Option<Process>) -> Option<Process> {
    let mut process = process?;
    tokio::task::spawn_blocking(move || {
        process.stop();
        process
    })
    .await
    .ok()
}

/// A port of loopback that is free now: `${port}` of a profile.
pub fn free_port() -> Result<u16, String> {
    std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|why| format!("no port is free: {why}"))
}

#[cfg(test)]
mod tests;
