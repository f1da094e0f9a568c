//! What a compiled suite is made of. Everything here was checked; nothing here knows how it is run.

use std::collections::BTreeSet;

use crate::matcher;
use crate::model::{Basis, Capability, CaseId, Effect, Place, Role, Severity};

use super::template::Template;
use super::verb::Verb;

/// A file of cases.
#[derive(Clone, Debug)]
pub struct Suite {
    /// `topic/name`.
    pub id: String,
    /// In words.
    pub title: String,
    /// Whom its cases test.
    pub role: Role,
    /// Its cases, rows of `for-each` expanded, in the author's order.
    pub cases: Vec<Case>,
}

/// A case, ready to be planned.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its address.
    pub id: CaseId,
    /// What a right target does.
    pub title: String,
    /// Whom it tests.
    pub role: Role,
    /// How bad a failure would be.
    pub severity: Severity,
    /// Why the rule exists.
    pub why: String,
    /// How to mend it.
    pub fix: String,
    /// CVE, CWE and others.
    pub references: Vec<String>,
    /// Entries of the list of checks that it covers.
    pub checks: Vec<String>,
    /// Faults of the reference server that it is there for.
    pub detects: Vec<String>,
    /// Another case that sees the same faults, and why both stay.
    pub same_detection_as: Option<String>,
    /// What the profile must give.
    pub needs: BTreeSet<Capability>,
    /// Claims about the target, without which it does not apply.
    pub only_if: Vec<String>,
    /// When it turns out not to apply.
    pub not_applicable_when: Option<NotApplicableWhen>,
    /// What it does beyond reading.
    pub effects: BTreeSet<Effect>,
    /// It must run alone.
    pub exclusive: bool,
    /// It is asked at every guarded endpoint, not only at the first that fits.
    pub everywhere: bool,
    /// The kind of credential that it is about; chooses the endpoint.
    pub kind: Option<CredentialKind>,
    /// How the provider is set up, on the good path and in the departure.
    pub provider: Script,
    /// The path.
    pub steps: Vec<Step>,
    /// Judged at the end, over everything.
    pub expect: Vec<Expectation>,
    /// Further cases judged on the same run.
    pub riders: Vec<Rider>,
    /// How often it is repeated; the worst counts.
    pub rounds: u32,
    /// Where it stands.
    pub place: Place,
}

impl Case {
    /// Whether anything departs from the good path, so that there is a twin.
    pub fn departs(&self) -> bool {
        self.provider.departed.is_some()
            || self
                .steps
                .iter()
                .any(|step| !matches!(step.departure, Departure::None))
    }

    /// Whether it asks a guarded endpoint.
    pub fn touches_a_door(&self) -> bool {
        self.needs.contains(&Capability::Guarded) || self.needs.contains(&Capability::GuardedWrite)
    }

    /// Whether it tries so many wrong passwords that the target may turn us away afterwards.
    pub fn floods(&self) -> bool {
        use crate::model::Effect;
        let has = |effect| self.effects.contains(&effect);
        has(Effect::Flood) && has(Effect::FailedLogins)
    }

    /// Everything that is judged, riders aside.
    pub fn expectations(&self) -> impl Iterator<Item = &Expectation> {
        let steps = self.steps.iter().flat_map(|step| &step.expect);
        steps.chain(&self.expect)
    }

    /// Index of the first step that departs; 0 if the provider does from the start.
    pub fn first_departure(&self) -> Option<usize> {
        if self.provider.departed.is_some() {
            return Some(0);
        }
        self.steps
            .iter()
            .position(|step| !matches!(step.departure, Departure::None))
    }
}

/// When a case turns out not to apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotApplicableWhen {
    /// The good path does not open: the door it attacks is not there.
    TwinFails,
    /// The departure changed nothing that the target used.
    DepartureIdle,
}

/// The kinds of credential that choose an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CredentialKind {
    /// HTTP Basic (RFC 7617).
    Basic,
    /// A bearer token of any kind (RFC 6750).
    Bearer,
    /// A bearer token that is a signed JWT.
    Jwt,
    /// An opaque bearer token, about which the target asks authspec's provider.
    Introspected,
    /// A bearer token that is bound to the client certificate of the connection (RFC 8705).
    CertificateBound,
    /// A token bound to a key, with a proof of it (RFC 9449).
    Dpop,
    /// The same at an endpoint that demands a nonce in the proof.
    DpopNonce,
}

impl CredentialKind {
    /// What guards an endpoint that takes it: `basic`, `bearer`, `introspected` or `dpop`.
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Bearer | Self::Jwt | Self::CertificateBound => "bearer",
            Self::Introspected => "introspected",
            Self::Dpop | Self::DpopNonce => "dpop",
        }
    }
}

/// How the provider behaves from the start of a case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    /// On the good path.
    pub good: Option<Template>,
    /// In the departure: the whole script, the good one merged in.
    pub departed: Option<Template>,
}

/// One step of the path.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its results are `${name.thing}`.
    pub name: Option<String>,
    /// Whose browser.
    pub actor: Template,
    /// What is done on the good path.
    pub action: Action,
    /// How the case departs from it.
    pub departure: Departure,
    /// How often it is done.
    pub times: u32,
    /// What must be so for the case to mean anything; none: the action's own rule.
    pub hold: Hold,
    /// What must be so for the case to apply.
    pub applies: Vec<Check>,
    /// What is judged.
    pub expect: Vec<Expectation>,
    /// It is sent twice, since a `same-as` compares it.
    pub twice: bool,
    /// Where it stands.
    pub place: Place,
}

/// What must be so after a step.
#[derive(Clone, Debug)]
pub enum Hold {
    /// Before the departure the action's own rule, after it nothing.
    Default,
    /// Nothing.
    Any,
    /// These.
    Checks(Vec<Check>),
}

/// An action with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// What is done.
    pub verb: Verb,
    /// The map behind the word, checked against the verb's grammar.
    pub args: Template,
}

/// How a step departs from the good path.
#[derive(Clone, Debug)]
pub enum Departure {
    /// Not at all.
    None,
    /// The same step, changed.
    But {
        /// The action with the patch merged in.
        action: Action,
        /// The actor, if the patch names another.
        actor: Option<Template>,
    },
    /// The step exists only in the departure.
    Added,
}

/// A matcher with its argument.
#[derive(Clone)]
pub struct Check {
    /// Alternatives, one of which must be met; almost always one.
    pub any_of: Vec<Alternative>,
    /// The step, or the page of a step's walk, that it looks at; none: its own.
    pub of: Option<String>,
    /// The actor asked, for `logged-in-as`.
    pub actor: Option<String>,
}

/// Matchers that must all be met.
#[derive(Clone)]
pub struct Alternative {
    /// Each with its argument.
    pub all: Vec<(&'static matcher::Kind, Template)>,
    /// The step or page that they look at, where it is another one than the check's.
    pub of: Option<String>,
}

impl Check {
    /// The text of it without places: equal checks give the same.
    pub fn canonical(&self, out: &mut String) {
        let words = |out: &mut String, name: &str, word: Option<&String>| {
            if let Some(word) = word {
                out.push_str(&format!(" {name} {word}"));
            }
        };
        words(out, "of", self.of.as_ref());
        words(out, "as", self.actor.as_ref());
        for alternative in &self.any_of {
            out.push_str(" or");
            words(out, "of", alternative.of.as_ref());
            for (kind, argument) in alternative {
                out.push_str(&format!(" {} ", kind.name));
                argument.canonical(out);
            }
        }
    }
}

impl Hold {
    /// The text of it without places: what must hold decides what a twin shows.
    pub fn canonical(&self, out: &mut String) {
        match self {
            Self::Default => {}
            Self::Any => out.push_str(" any"),
            Self::Checks(checks) => checks.iter().for_each(|check| {
                out.push_str(" hold");
                check.canonical(out);
            }),
        }
    }
}

impl<'a> IntoIterator for &'a Alternative {
    type Item = &'a (&'static matcher::Kind, Template);
    type IntoIter = std::slice::Iter<'a, (&'static matcher::Kind, Template)>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.iter()
    }
}

impl std::fmt::Debug for Check {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<Vec<&str>> = self
            .any_of
            .iter()
            .map(|one| one.into_iter().map(|(kind, _)| kind.name).collect())
            .collect();
        out.debug_struct("Check")
            .field("any_of", &names)
            .field("of", &self.of)
            .finish()
    }
}

/// A check and what it rests on.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// What must be so.
    pub check: Check,
    /// What it rests on.
    pub basis: Vec<Basis>,
    /// Why it counts less than the clauses that it rests on.
    pub eased: Option<String>,
    /// How bad a miss of it is, where it is another one than the case's.
    pub severity: Option<Severity>,
    /// Where it stands.
    pub place: Place,
}

/// A further case, judged on the run of its host.
#[derive(Clone, Debug)]
pub struct Rider {
    /// Address: the host's with `/id`.
    pub id: CaseId,
    /// What a right target does.
    pub title: String,
    /// How bad a failure would be.
    pub severity: Severity,
    /// Why the rule exists.
    pub why: String,
    /// How to mend it.
    pub fix: String,
    /// CVE, CWE and others.
    pub references: Vec<String>,
    /// Entries of the list of checks that it covers.
    pub checks: Vec<String>,
    /// Faults that it is there for.
    pub detects: Vec<String>,
    /// Another case that sees the same faults, and why both stay.
    pub same_detection_as: Option<String>,
    /// Claims about the target, without which it does not apply.
    pub only_if: Vec<String>,
    /// What is judged.
    pub expect: Vec<Expectation>,
    /// Why it is not judged here, beside its host; known once it is planned.
    pub idle: Option<String>,
    /// Where it stands.
    pub place: Place,
}
