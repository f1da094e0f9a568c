//! The cases as tests of somebody's own project: what this crate is to those who depend on it.
//!
//! It puts the same pieces together as the commands do, and knows nothing of command lines but libtest's.

#![warn(missing_docs)]

mod address;
mod report;
mod stand;

use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::process::ExitCode;

use clap::Parser as _;
use libtest_mimic::Arguments;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::report::exit::{FailOn, OK, Signal, UNUSABLE};
use crate::suite::model::Case;
use crate::suite::profile::Profile;

use super::args::{Colour, Global, Selection};
use super::console::Console;
use super::exit::{self, Failure};
use super::load::Loader;
use super::profile::{self, Text};
use super::select::Wanted;
use super::test::{Done, Open, Todo, Trials, judged};
use super::{judge, panic, safe_from_dumps};

pub use address::Address;
pub use report::{Error, Finding, Outcome, Report, Verdict};
use stand::{OWN, TARGET, Who};
pub use stand::{Place, Provider};

/// Chosen cases against one target, from a test of your own.
///
/// A profile says what is guarded and how a valid credential is had, as it does for the program; see
/// `docs/writing-suites.md` for its keys. It may name variables of the environment (`${env.API_PASSWORD}`); what
/// comes of them is masked in everything that is printed or returned. Files that it names are relative to it, and
/// `cargo test` and nextest run in the folder of the package.
///
/// The target is, in this order, a server that the test starts ([`server`](Self::server), [`serve`](Self::serve)),
/// a URL ([`url`](Self::url)), or what the profile says (`target:`, `start:`).
///
/// Then it is either a test binary ([`main`](Self::main)), or data to write asserts about ([`judge`](Self::judge)).
///
/// # Example
///
/// `tests/auth.rs`, with `[[test]] name = "auth"` and `harness = false` in `Cargo.toml`:
///
/// ```no_run
/// # mod my_app {
/// #     pub async fn start() -> std::io::Result<std::net::SocketAddr> { Ok(([127, 0, 0, 1], 8080).into()) }
/// # }
/// fn main() -> std::process::ExitCode {
///     authspec::Conformance::of_profile("tests/authspec.yaml")
///         .server(my_app::start)
///         .suites(["basic/", "jwt/"])
///         .main()
/// }
/// ```
#[must_use = "nothing is asked before `main` or `judge`"]
pub struct Conformance {
    profile: Text,
    variables: BTreeMap<String, Zeroizing<String>>,
    who: Who,
    suites: Vec<String>,
    fail_on: FailOn,
}

impl Conformance {
    /// By the profile in this file. It needs a `target:` only where neither [`server`](Self::server),
    /// [`serve`](Self::serve) nor [`url`](Self::url) says what is asked.
    ///
    /// ```no_run
    /// authspec::Conformance::of_profile("tests/authspec.yaml").main();
    /// ```
    pub fn of_profile(path: impl Into<PathBuf>) -> Self {
        Self::of(Text::File(path.into()))
    }

    /// By a profile that stands in the test. Files that it names are relative to the folder of the package.
    ///
    /// ```no_run
    /// authspec::Conformance::of_yaml("guarded: [GET /orders]\nbasic: { user: alice, password: wonderland }\n")
    ///     .url("http://127.0.0.1:8080")
    ///     .main();
    /// ```
    pub fn of_yaml(profile: impl Into<String>) -> Self {
        Self::of(Text::Given("profile", profile.into()))
    }

    const fn of(profile: Text) -> Self {
        Self {
            profile,
            variables: BTreeMap::new(),
            who: Who::Profile,
            suites: Vec::new(),
            fail_on: FailOn::Must,
        }
    }

    /// The target is at this URL: a scheme, a host and a port, and a path if all paths of the profile begin with
    /// it. A host that is not this machine is asked only if the profile says `allow-host:`.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.who = Who::Url(url.into());
        self
    }

    /// The target is a server that `start` starts in this process; it says where the server listens.
    ///
    /// It is started once, when the first case is to be run, and not at all to list the cases. It runs on a
    /// multi-threaded tokio runtime of its own, where `start` leaves its tasks, and ends with that runtime after
    /// the last case. What `start` may return is told at [`Address`]. A profile's `start:` is not used.
    ///
    /// ```no_run
    /// # mod my_app { pub async fn run(_: tokio::net::TcpListener) -> std::io::Result<()> { Ok(()) } }
    /// authspec::Conformance::of_profile("tests/authspec.yaml").server(|| async {
    ///     let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    ///     let address = listener.local_addr()?;
    ///     tokio::spawn(my_app::run(listener));
    ///     Ok::<_, std::io::Error>(address)
    /// });
    /// ```
    pub fn server<F, S>(mut self, start: F) -> Self
    where
        F: FnOnce() -> S + Send + 'static,
        S: Future<Output: Address> + Send + 'static,
    {
        self.who = Who::starting(start);
        self
    }

    /// The target is a server that `serve` is: a future that ends with the server. It is told where to listen and,
    /// if the profile says that the target trusts authspec's provider (`trusts-provider:`, `client:`), where that
    /// one is, which answers before the server is started.
    ///
    /// ```no_run
    /// # mod my_app {
    /// #     pub async fn run(_: tokio::net::TcpListener, _: &str) -> std::io::Result<()> { Ok(()) }
    /// # }
    /// authspec::Conformance::of_profile("tests/authspec.yaml").serve(|place| async move {
    ///     let issuer = place.provider.map(|provider| provider.issuer);
    ///     my_app::run(place.listener, &issuer.unwrap_or_default()).await
    /// });
    /// ```
    pub fn serve<F, S, E>(mut self, serve: F) -> Self
    where
        F: FnOnce(Place) -> S + Send + 'static,
        S: Future<Output = Result<(), E>> + Send + 'static,
        E: std::fmt::Display,
    {
        self.who = Who::serving(serve);
        self
    }

    /// Which cases: suites (`jwt/keys`), cases (`jwt/keys::alg-none`), the beginning of such a name
    /// (`jwt/`), and files and folders of your own suites (`tests/mine.yaml`). All bundled cases if nothing is said.
    ///
    /// ```no_run
    /// authspec::Conformance::of_profile("tests/authspec.yaml")
    ///     .suites(["basic/", "jwt/", "tests/mine.yaml"])
    ///     .main();
    /// ```
    pub fn suites<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.suites.extend(names.into_iter().map(Into::into));
        self
    }

    /// Gives a value to a variable that the profile names, before the environment is asked: for secrets that the
    /// test makes itself. Like those of the environment it is masked wherever it is shown.
    ///
    /// ```no_run
    /// authspec::Conformance::of_profile("tests/authspec.yaml").variable("API_PASSWORD", "made for this test").main();
    /// ```
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables
            .insert(name.into(), Zeroizing::new(value.into()));
        self
    }

    /// A broken SHOULD fails a test too; else only a MUST does.
    pub const fn fail_on_should(mut self) -> Self {
        self.fail_on = FailOn::Should;
        self
    }

    /// Is the `main` of a test with `harness = false`: a test for each case, for `cargo test`, nextest and IDEs.
    ///
    /// It understands libtest's options (`--list`, a filter, `--exact`, `--skip`, `--ignored`, `--format`,
    /// `--test-threads`). A case that does not apply, or for which the profile lacks something, is an ignored test
    /// with the reason. Core dumps of the process are turned off, since it holds secrets.
    ///
    /// # Errors
    ///
    /// The code is 0 if no test failed, 101 if one did, and 2 if profile, suites or options can't be used: then
    /// standard error says what is wrong with them and where, and nothing was started or sent. A case that could
    /// not be judged is a failed test.
    pub fn main(self) -> ExitCode {
        panic::install_beside(|thread| thread != Some(TARGET));
        safe_from_dumps();
        let args = match Arguments::try_parse_from(std::env::args_os()) {
            Ok(args) => args,
            Err(error) => {
                let code = if error.use_stderr() { UNUSABLE } else { OK };
                // help for a reader that went away needs no reader
                let _ = error.print();
                return ExitCode::from(code);
            }
        };
        let console = console();
        match self.trials(&args, &console) {
            Ok(code) => code,
            Err(failure) => exit::end(Err(failure), &console),
        }
    }

    /// Judges the cases and returns what came of each, for asserts of your own.
    ///
    /// Any executor may await it: authspec works on a thread of its own. If the future is dropped, the run ends
    /// early. Texts are redacted as everywhere.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`] if profile or suites can't be used (nothing was started or sent), [`Error::NotUp`] if
    /// the target did not come up. That cases fail is no error.
    ///
    /// # Example
    ///
    /// ```no_run
    /// # async fn one() -> Result<(), authspec::Error> {
    /// let report = authspec::Conformance::of_profile("tests/authspec.yaml")
    ///     .url("http://127.0.0.1:8080")
    ///     .suites(["jwt/time"])
    ///     .judge()
    ///     .await?;
    /// let expired = report.outcome("jwt/time::expired").expect("it was asked for");
    /// assert_eq!(expired.verdict, authspec::Verdict::Pass, "{expired}");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn judge(self) -> Result<Report, Error> {
        panic::install_beside(|thread| thread == Some(OWN));
        let (tell, told) = oneshot::channel();
        // dropped with this future
        let (_awaited, forgotten) = oneshot::channel::<()>();
        let ended = async move {
            let _ = forgotten.await;
            Signal::Interrupt
        };
        let work = move || {
            // whoever waited for it may be gone
            let _ = tell.send(self.judged(Box::pin(ended)));
        };
        std::thread::Builder::new()
            .name(OWN.to_owned())
            .spawn(work)
            .map_err(|why| Error::Internal(format!("no thread: {why}")))?;
        match told.await {
            Ok(Ok(done)) => Report::of(done),
            Ok(Err(failure)) => Err(failure.into()),
            Err(_) => Err(Error::Internal("it panicked".to_owned())),
        }
    }

    fn judged(self, ended: Pin<Box<dyn Future<Output = Signal>>>) -> Result<Done, Failure> {
        let (_, cases) = self.compiled(None, &console())?;
        let todo = Todo {
            open: self.open(),
            cases,
            ours: false,
            in_flight: None,
        };
        judge::runtime()?.block_on(judged(todo, ended))
    }

    fn trials(self, args: &Arguments, console: &Console) -> Result<ExitCode, Failure> {
        let only = args.filter.as_deref().filter(|_| args.exact);
        let (profile, cases) = self.compiled(only, console)?;
        let trials = Trials::of(&cases, Some(&profile), args, self.fail_on)?;
        if args.list {
            return trials.list(args);
        }
        trials.run(args, cases, false, self.open())
    }

    /// The cases, and the profile as it is before the server is there.
    fn compiled(
        &self,
        only: Option<&str>,
        console: &Console,
    ) -> Result<(Profile, Vec<Case>), Failure> {
        let mut loader = Loader::default();
        let selection = Selection {
            select: self.suites.clone(),
            ..Selection::default()
        };
        let wanted = Wanted::load_only(&selection, only, &mut loader)?;
        let profile = self.profile(self.who.url_before(), &mut loader);
        loader.checked(console)?;
        wanted.pick(&mut loader)?;
        // that a profile which is not there has no mistake can't be
        let (profile, warnings) = profile
            .ok_or_else(|| Failure::Internal("the profile was read without a word".to_owned()))?;
        warnings.iter().for_each(|warning| console.warn(warning));
        Ok((profile, loader.take_cases()))
    }

    /// The profile at this target; what is wrong with it goes to the loader.
    fn profile(&self, url: Option<&str>, loader: &mut Loader) -> Option<(Profile, Vec<String>)> {
        let (mut profile, warnings) = profile::read(loader, &self.profile, url, &self.variables)?;
        if self.who.is_started_here() {
            profile.start = None;
        }
        Some((profile, warnings))
    }

    fn open(self) -> Open {
        Box::new(move || Box::pin(stand::open(self)))
    }
}

fn console() -> Console {
    Console::new(&Global {
        color: Colour::Auto,
        verbose: false,
        quiet: false,
    })
}
