//! What is said of a case, from how its run ended and what its controls showed.
//!
//! Here stands the rule that no refusal passes by accident: what a run missed or met counts only as far as something
//! shows that the good path works.

use crate::exec::execution::Ended;
use crate::exec::judge::Judged;
use crate::matcher;
use crate::model::{Capability, CaseId, Finding, Skip, Verdict};
use crate::suite::model::{Case, Check, Expectation};
use crate::suite::template::Template;

use super::runner::Lack;

/// What is to be said of a case.
pub(super) enum Said {
    Findings(Vec<Finding>),
    Skip(Skip),
    Inconclusive(String),
}

/// Why nothing passes at an endpoint, and what else does not count there.
#[derive(Clone)]
pub(super) struct Mute {
    /// In words.
    pub(super) why: String,
    /// How much it hides.
    pub(super) hides: Hides,
}

/// What does not count at an endpoint.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hides {
    /// A pass. What a refusal shows wrongly is a finding.
    Passes,
    /// What a refusal shows, too: it may be no refusal.
    Refusals,
    /// Everything: it was told once.
    All,
}

/// What a miss means where no twin shows that the valid credential works.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Misses {
    /// Nothing: the case rests on a credential.
    Nothing,
    /// A finding: it is about what anybody gets.
    Stand,
}

impl Misses {
    pub(super) fn of(case: &Case) -> Self {
        use crate::model::Capability as C;
        const CREDENTIALS: &[C] = &[
            C::ValidCredential,
            C::Basic,
            C::Bearer,
            C::Jwt,
            C::SigningKey,
            C::AsksIntrospection,
        ];
        let rests = CREDENTIALS.iter().any(|one| case.needs.contains(one));
        if rests || case.departs() {
            Self::Nothing
        } else {
            Self::Stand
        }
    }
}

/// Where no valid credential is known, a refusal shows nothing: everything may be refused there. What it says can
/// be judged all the same.
pub(super) fn proved<'a>(
    control: &Result<(), Lack>,
    anonymous: bool,
    lacks: &[Capability],
    mut expectations: impl Iterator<Item = &'a Expectation>,
) -> Result<(), Lack> {
    let alone = !lacks.is_empty();
    if control.is_ok() && anonymous && expectations.any(|one| wants_refusal(&one.check, alone)) {
        // a case that needs none by itself lacks whichever would show that something opens
        let any = [Capability::ValidCredential];
        let lacks = if lacks.is_empty() { &any } else { lacks };
        return Err(Lack::Missing(lacks.to_vec()));
    }
    control.clone()
}

/// Whether it can be met by a refusal alone, whatever that says. A departure that runs `alone` is of a request that may
/// be refused for any reason; what was never about an endpoint that opens needs none.
fn wants_refusal(check: &Check, alone: bool) -> bool {
    const REFUSED: &[&str] = &["not-accepted", "refused", "errored"];
    let met_by_refusal = |(kind, argument): &(&matcher::Kind, Template)| {
        let Template::Plain(argument) = argument else {
            return false;
        };
        match kind.name {
            "outcome" => argument
                .as_str()
                .is_some_and(|word| REFUSED.contains(&word)),
            "status" if alone => argument["at-least"]
                .as_u64()
                .is_some_and(|least| least >= 300),
            _ => false,
        }
    };
    check.any_of.iter().flatten().any(met_by_refusal)
}

pub(super) fn settle(
    ended: Ended,
    control: &Result<(), Lack>,
    mute: Option<&Mute>,
    misses: Misses,
) -> Said {
    if let Err(Lack::Untouched(why)) = control {
        return Said::Skip(Skip::NotApplicable(why.clone()));
    }
    let missed = match ended {
        Ended::NotApplicable(why) => return Said::Skip(Skip::NotApplicable(why)),
        Ended::Inconclusive(why) => {
            return match control {
                Err(Lack::NotApplicable(why)) => Said::Skip(Skip::NotApplicable(why.clone())),
                Err(Lack::Missing(lacks)) if mute.is_none() => {
                    Said::Skip(Skip::Missing(lacks.clone()))
                }
                _ => Said::Inconclusive(mute.map_or(why, |mute| mute.why.clone())),
            };
        }
        Ended::Judged(missed) => missed,
    };
    let hides = mute.map(|mute| mute.hides);
    let stands: Vec<Finding> = missed
        .iter()
        .filter(|judged| judged.given_away && hides < Some(Hides::All))
        .map(|judged: &Judged| judged.finding.clone())
        .collect();
    if !stands.is_empty() {
        return Said::Findings(missed.into_iter().map(|judged| judged.finding).collect());
    }
    let unproved = match control {
        Err(Lack::NotApplicable(why) | Lack::Untouched(why)) => {
            return Said::Skip(Skip::NotApplicable(why.clone()));
        }
        // that nothing passes by a refusal hides no finding: what anybody gets, anybody sees
        Err(Lack::Missing(lacks))
            if mute.is_none() && (missed.is_empty() || misses == Misses::Nothing) =>
        {
            return Said::Skip(Skip::Missing(lacks.clone()));
        }
        Err(Lack::Missing(_)) => mute.map(|mute| &mute.why),
        Err(Lack::Unproved(why)) => Some(mute.map_or(why, |mute| &mute.why)),
        Ok(()) => mute.map(|mute| &mute.why),
    };
    match unproved {
        Some(why)
            if missed.is_empty() || hides >= Some(Hides::Refusals) || misses == Misses::Nothing =>
        {
            Said::Inconclusive(why.clone())
        }
        _ => Said::Findings(missed.into_iter().map(|judged| judged.finding).collect()),
    }
}

pub(super) fn unjudged_with_host(host: &Verdict, id: &CaseId) -> Said {
    match host {
        Verdict::Skip(skip) => Said::Skip(skip.clone()),
        Verdict::Inconclusive(why) => Said::Inconclusive(why.clone()),
        _ => Said::Inconclusive(format!("judged only where `{id}` passes")),
    }
}
