//! What was found, in words: of what a run gets ready, and of each guarded endpoint.

use crate::model::{Origin, Vault};
use crate::run::calibrate::{Calibrated, Learned};
use crate::run::prepare::Prepared;
use crate::run::redact;
use crate::suite::profile::{Door, Profile, Scheme, TokenSource};
use crate::wire::jose;

/// One thing that was tried.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) sign: Sign,
    pub(super) about: String,
    pub(super) says: Vec<String>,
}

/// What it came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// It does what it must.
    Good,
    /// It can't be told.
    Unknown,
    /// A guarded endpoint is open.
    Open,
    /// Nothing was tried.
    Untried,
}

impl Sign {
    /// Its mark and colour.
    pub(super) const fn shown(self) -> (&'static str, &'static str) {
        match self {
            Self::Good => ("✔", "32"),
            Self::Unknown => ("?", "35"),
            Self::Open => ("✘", "31"),
            Self::Untried => ("-", "34"),
        }
    }
}

impl Found {
    fn new(sign: Sign, about: impl Into<String>, says: impl Into<String>) -> Self {
        Self {
            sign,
            about: about.into(),
            says: vec![says.into()],
        }
    }
}

/// What getting ready brought, and what it did not.
pub(super) fn prepared(prepared: &Prepared) -> Vec<Found> {
    let mut all: Vec<Found> = prepared
        .troubles
        .iter()
        .map(|(about, says)| Found::new(Sign::Unknown, about, says))
        .collect();
    let world = &prepared.world;
    let troubled = |about: &str| prepared.troubles.iter().any(|(one, _)| one == about);
    if let Some(source) = &world.profile.token
        && let Some(token) = &world.token
        && !troubled("token")
    {
        all.push(Found::new(Sign::Good, "token", token_is(source, token)));
    }
    if world.metadata.is_some() {
        let place = world.endpoints.get("metadata");
        let place = place.map_or_else(String::new, |one| format!("{}{}", one.origin, one.target));
        all.push(Found::new(
            Sign::Good,
            "metadata",
            format!("read from {place}"),
        ));
    }
    all
}

/// Where the token is from and what it is, without a character of it.
fn token_is(source: &TokenSource, token: &str) -> String {
    let from = match source {
        TokenSource::Value(_) => "given",
        TokenSource::Login { .. } => "brought by the login",
        TokenSource::Grant { .. } => "brought by the grant",
        TokenSource::Minted => "made by authspec",
        TokenSource::Introspected => "made by authspec, whose provider is asked about it",
    };
    let jwt = jose::read(token);
    let alg = jwt.as_ref().and_then(|jwt| jwt.header.get("alg")?.as_str());
    match alg {
        Some(alg) => format!("{from}; a JWT, signed with {alg}"),
        None => format!("{from}; not a JWT"),
    }
}

/// What calibration says of an endpoint.
pub(super) fn door(door: &Door, calibrated: &Calibrated, vault: &Vault) -> Found {
    let about = format!(
        "{}: {} {}, {}",
        door.name,
        door.endpoint.method,
        url(&door.endpoint.origin, &door.endpoint.target),
        scheme(door)
    );
    let about = redact::text(&about, vault);
    let status = |at: usize| calibrated.statuses.get(at).copied().unwrap_or_default();
    let (sign, says) = match &calibrated.learned {
        Learned::Tells(_) => (
            Sign::Good,
            format!(
                "yes and no are told apart: {} with the good credential, {} without one",
                status(1),
                status(0)
            ),
        ),
        Learned::Anonymous(_) => (
            Sign::Unknown,
            format!(
                "{} without a credential, and no good one is known: only what the refusal says can be judged (profile: basic:, token:, login:, grant: or key:)",
                status(0)
            ),
        ),
        Learned::Open { what, .. } => (
            Sign::Open,
            format!(
                "open: {what}. Nothing else can be judged there: mend it, or take it out of `guarded:` if anybody may ask it"
            ),
        ),
        Learned::Mute { why, .. } => (Sign::Unknown, why.clone()),
    };
    let mut found = Found::new(sign, about, redact::text(&says, vault));
    if calibrated.asked_nonce && !door.demands_nonce {
        found.says.push(
            "it demands a nonce of its own in every proof; say `demands-nonce: true` there, and its nonces are judged"
                .to_owned(),
        );
    }
    found
}

fn url(origin: &Origin, target: &str) -> String {
    format!("{origin}{target}")
}

fn scheme(door: &Door) -> &'static str {
    match door.scheme {
        Scheme::Basic => "basic",
        Scheme::Bearer => "bearer",
        Scheme::Dpop => "dpop",
        Scheme::Own => "a scheme of its own",
    }
}

/// A clock that is off.
pub(super) fn clock(skew: Option<i64>) -> Option<Found> {
    let skew = skew.filter(|skew| skew.abs() > 2)?;
    let says = format!(
        "the target's clock is {skew} s off ours; cases that are near a boundary of time can't be judged"
    );
    Some(Found::new(Sign::Unknown, "clock", says))
}

/// Roles whose good path is longer than a request: a run walks it before every case, and nothing before that.
pub(super) fn untried(profile: &Profile) -> Vec<Found> {
    let mut all = Vec::new();
    if profile.doors.is_empty() && profile.server.is_none() && profile.client.is_none() {
        all.push(Found::new(
            Sign::Unknown,
            "guarded",
            "the profile names no guarded endpoint (profile: guarded: [GET /orders])",
        ));
    }
    if profile.client.is_some() {
        all.push(Found::new(
            Sign::Untried,
            "client",
            "no login was tried: a run begins with a good one, `authspec run client/callback`",
        ));
    }
    if profile.server.is_some() {
        all.push(Found::new(
            Sign::Untried,
            "authorization-server",
            "nobody was logged in: a run begins with that, `authspec run as/redirect`",
        ));
    }
    all
}
