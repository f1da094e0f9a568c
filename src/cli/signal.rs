//! The signals by which somebody ends the program early.

use crate::report::exit::Signal;

/// Waits for the first of SIGHUP, SIGINT and SIGTERM. Without the means to hear one it waits for good.
#[cfg(unix)]
pub(super) async fn ended() -> Signal {
    use tokio::signal::unix::{SignalKind, signal};
    let heard = |kind: SignalKind, means: Signal| async move {
        match signal(kind) {
            Ok(mut stream) => {
                stream.recv().await;
                means
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        one = heard(SignalKind::hangup(), Signal::Hangup) => one,
        one = heard(SignalKind::interrupt(), Signal::Interrupt) => one,
        one = heard(SignalKind::terminate(), Signal::Terminate) => one,
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
pub(super) async fn ended() -> Signal {
    match tokio::signal::ctrl_c().await {
        Ok(()) => Signal::Interrupt,
        Err(_) => std::future::pending().await,
    }
}
