//! How the target of a test comes to stand: somebody's server on a runtime of its own, a URL, or what a profile says.

use std::any::Any;
use std::fmt::Display;
use std::future::Future;
use std::net::{Ipv4Addr, TcpListener};
use std::pin::Pin;
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};

use crate::cli::confirm;
use crate::cli::console;
use crate::cli::exit::Failure;
use crate::cli::launch::{launch, provided};
use crate::cli::load::Loader;
use crate::cli::profile::Text;
use crate::cli::run::Opened;
use crate::edge::target::Target;
use crate::source::visible;

use super::{Address, Conformance, console as own_console};

/// The threads of somebody's server.
pub(super) const TARGET: &str = "authspec-target";

/// The thread of a run in somebody's process.
pub(super) const OWN: &str = "authspec";

/// A target before its server is there: the port is told, and never asked.
const NOT_YET: &str = "http://127.0.0.1:1";

type Kept = Vec<Box<dyn Any + Send>>;
type Started = Pin<Box<dyn Future<Output = (Result<String, String>, Kept)> + Send>>;
type Served = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// Who is asked.
pub(super) enum Who {
    /// What the profile says.
    Profile,
    Url(String),
    /// A server that says where it is.
    Starting(Box<dyn FnOnce() -> Started + Send>),
    /// A server that is told where to be.
    Serving(Box<dyn FnOnce(Place) -> Served + Send>),
}

/// Where a server is to listen, and what is there already.
#[derive(Debug)]
#[non_exhaustive]
pub struct Place {
    /// A free port of loopback, bound already: requests wait until the server accepts them.
    pub listener: tokio::net::TcpListener,
    /// authspec's provider, if the profile has the target use it.
    pub provider: Option<Provider>,
}

/// authspec's OAuth provider, as the target is to know it. It lives as long as the run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Provider {
    /// Issuer identifier; its metadata lies below it.
    pub issuer: String,
    /// Issuer identifier of the provider that deceives, for clients that know two.
    pub evil: String,
    /// URL of its keys.
    pub jwks: String,
    /// URL of an API that takes its access tokens.
    pub api: String,
    /// URL of a place that only listens.
    pub listener: String,
    /// PEM file of the authority of its certificate, where it speaks TLS.
    pub ca_file: Option<String>,
}

impl Who {
    pub(super) fn starting<F, S>(start: F) -> Self
    where
        F: FnOnce() -> S + Send + 'static,
        S: Future<Output: Address> + Send + 'static,
    {
        Self::Starting(Box::new(|| {
            Box::pin(async {
                let mut kept = Vec::new();
                let url = start().await.url(&mut kept);
                (url, kept)
            })
        }))
    }

    pub(super) fn serving<F, S, E>(serve: F) -> Self
    where
        F: FnOnce(Place) -> S + Send + 'static,
        S: Future<Output = Result<(), E>> + Send + 'static,
        E: Display,
    {
        Self::Serving(Box::new(|place| {
            Box::pin(async { serve(place).await.map_err(|why| why.to_string()) })
        }))
    }

    /// The target's URL as far as it is known before anything is started.
    pub(super) fn url_before(&self) -> Option<&str> {
        match self {
            Self::Profile => None,
            Self::Url(url) => Some(url),
            Self::Starting(_) | Self::Serving(_) => Some(NOT_YET),
        }
    }

    /// Whether the test starts it, so that the profile doesn't.
    pub(super) const fn is_started_here(&self) -> bool {
        matches!(self, Self::Starting(_) | Self::Serving(_))
    }
}

/// Somebody's server: it ends, and with it what keeps it, when this is dropped.
struct Standing {
    runtime: Option<Runtime>,
    kept: Kept,
}

impl Standing {
    fn new() -> Result<Self, Failure> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name(TARGET)
            .enable_all()
            .build()
            .map_err(|why| Failure::Internal(format!("no runtime: {why}")))?;
        Ok(Self {
            runtime: Some(runtime),
            kept: Vec::new(),
        })
    }
}

impl Drop for Standing {
    fn drop(&mut self) {
        self.kept.clear();
        if let Some(runtime) = self.runtime.take() {
            // it may be dropped where nobody may wait for its tasks
            runtime.shutdown_background();
        }
    }
}

/// Brings the target up.
pub(super) async fn open(mut asked: Conformance) -> Result<Opened, Failure> {
    match std::mem::replace(&mut asked.who, Who::Profile) {
        Who::Profile => attached(&asked, None).await,
        Who::Url(url) => attached(&asked, Some(&url)).await,
        Who::Starting(start) => started(&asked, start()).await,
        Who::Serving(serve) => served(&asked, serve).await,
    }
}

/// What is there already, or what the profile launches.
async fn attached(asked: &Conformance, url: Option<&str>) -> Result<Opened, Failure> {
    let folder = match &asked.profile {
        Text::File(path) => path.parent(),
        Text::Given(..) => None,
    };
    Ok(
        match launch(target(asked, url, true).await?, folder).await {
            Ok((target, launched)) => Opened::Ready(target, launched),
            Err(why) => Opened::NotUp(why),
        },
    )
}

async fn started(asked: &Conformance, start: Started) -> Result<Opened, Failure> {
    let mut standing = Standing::new()?;
    let Some(runtime) = &standing.runtime else {
        return Err(Failure::Internal("no runtime".to_owned()));
    };
    let (url, kept) = match runtime.spawn(start).await {
        Ok(started) => started,
        Err(_) => return Ok(Opened::NotUp("it panicked while it started".to_owned())),
    };
    standing.kept = kept;
    let url = match url {
        Ok(url) => url,
        Err(why) => return Ok(Opened::NotUp(why)),
    };
    let target = target(asked, Some(&url), false).await?;
    Ok(Opened::Ready(target.keeping(Box::new(standing)), None))
}

async fn served(
    asked: &Conformance,
    serve: Box<dyn FnOnce(Place) -> Served + Send>,
) -> Result<Opened, Failure> {
    let no_port = |why| Failure::Internal(format!("no port is free: {why}"));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(no_port)?;
    listener.set_nonblocking(true).map_err(no_port)?;
    let url = format!("http://{}", listener.local_addr().map_err(no_port)?);
    let target = target(asked, Some(&url), false).await?;
    let provider = provided(&target);
    let standing = Standing::new()?;
    if let Some(runtime) = &standing.runtime {
        runtime.spawn(async move {
            let place = tokio::net::TcpListener::from_std(listener)
                .map(|listener| Place { listener, provider })
                .map_err(|why| why.to_string());
            let ended = match place {
                Ok(place) => serve(place).await,
                Err(why) => Err(why),
            };
            if let Err(why) = ended {
                console::warn(&format!("the server ended: {}", visible(&why)));
            }
        });
    }
    Ok(Opened::Ready(target.keeping(Box::new(standing)), None))
}

/// The target that the profile describes, at this URL.
async fn target(asked: &Conformance, url: Option<&str>, starts: bool) -> Result<Target, Failure> {
    let mut loader = Loader::default();
    let profile = asked.profile(url, &mut loader);
    loader.checked(&own_console())?;
    let (mut profile, _) =
        profile.ok_or_else(|| Failure::Internal("the profile is gone".to_owned()))?;
    if !starts {
        profile.start = None;
    }
    let origins = confirm::confirmed(&profile)?;
    Target::attached(Arc::new(profile), origins)
        .await
        .map_err(Failure::unusable)
}
