//! The nouns of the domain: what is sent and heard, what a case rests on, and what is said about it.
//!
//! Nothing here sends, waits, prints or reads a clock; every other module may use these types.

mod capability;
mod certificate;
mod event;
mod finding;
mod id;
mod level;
mod message;
mod place;
pub mod recorded;
mod secret;
mod transcript;
mod verdict;

pub use capability::Capability;
pub use certificate::{ClientCertificate, Shown};
pub use event::{
    CaseOutcome, EvidenceExchange, Known, RunEvent, Setting, Shard, Summary, TargetNote,
};
pub use finding::{Basis, Finding, Proof};
pub use id::{CaseId, RequirementId};
pub use level::{Effect, Level, Role, Severity, Weight};
pub use message::{Answer, Body, Header, Origin, OriginError, Request, Response, Silence};
pub use place::Place;
pub use secret::{Redacted, Secret, Vault};
pub use transcript::{Exchange, Hop, Moment, Outcome};
pub use verdict::{Skip, Verdict};
