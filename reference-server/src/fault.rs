//! Faults: each replaces one decision by the mistake that someone really made.
//!
//! A fault is written as that mistake. It never looks for what a test sends.

mod access;
mod answers;
mod basic;
mod bearer;
mod client;
mod introspection;
mod issuer;
mod jwt;
mod metadata;
mod places;
mod special;

use std::sync::OnceLock;

use axum::http::{HeaderMap, header};

use crate::credential::Field;
use crate::decisions::Decisions;
use crate::server::StartError;

/// One mistake that this server can be started with.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// Its name.
    pub name: &'static str,
    /// The role in which it shows: `resource-server`, `authorization-server` or `client`; empty for
    /// the special ones, which show everywhere.
    pub role: &'static str,
    /// The groups it belongs to; a group is started like a fault.
    pub groups: &'static [&'static str],
    /// The mistake in one sentence.
    pub what: &'static str,
    /// The advisory, weakness or code that it models.
    pub models: &'static str,
    /// What it breaks: requirements of the catalogue, or weaknesses where no clause speaks.
    pub breaks: &'static [&'static str],
    pub(crate) install: fn(&mut Decisions),
}

/// A fault reads the same in every table: this leaves out what most rows don't need to say.
const ROW: Fault = Fault {
    name: "",
    role: "resource-server",
    groups: &[],
    what: "",
    models: "",
    breaks: &[],
    install: |_| {},
};

/// The tables. A new one is one word here.
const TABLES: &[&[Fault]] = &[
    basic::read::FAULTS,
    basic::check::FAULTS,
    basic::refusal::FAULTS,
    basic::store::FAULTS,
    access::FAULTS,
    answers::FAULTS,
    places::FAULTS,
    bearer::access::FAULTS,
    bearer::refusal::FAULTS,
    bearer::challenge::FAULTS,
    bearer::life::FAULTS,
    bearer::step_up::FAULTS,
    jwt::envelope::FAULTS,
    jwt::form::FAULTS,
    jwt::key::FAULTS,
    jwt::key::CONFUSION,
    jwt::key::KID,
    jwt::key::OUTSIDE,
    jwt::key::ADDRESS,
    jwt::key::SET,
    jwt::claim::FAULTS,
    jwt::time::FAULTS,
    introspection::FAULTS,
    metadata::FAULTS,
    client::request::FAULTS,
    client::id_token::FAULTS,
    client::session::FAULTS,
    issuer::redirect::FAULTS,
    issuer::front::FAULTS,
    issuer::code::FAULTS,
    issuer::client::FAULTS,
    issuer::document::FAULTS,
    special::FAULTS,
];

/// All faults, in a stable order.
pub fn faults() -> &'static [Fault] {
    static ALL: OnceLock<Vec<Fault>> = OnceLock::new();
    ALL.get_or_init(|| TABLES.concat())
}

/// Installs one fault, or all of a group.
pub(crate) fn install(name: &str, decisions: &mut Decisions) -> Result<(), StartError> {
    let meant: Vec<&Fault> = faults()
        .iter()
        .filter(|fault| fault.name == name || fault.groups.contains(&name))
        .collect();
    if meant.is_empty() {
        return Err(StartError::UnknownFault {
            name: name.to_owned(),
            nearest: nearest(name),
        });
    }
    for fault in meant {
        (fault.install)(decisions);
    }
    Ok(())
}

fn nearest(name: &str) -> Option<&'static str> {
    faults()
        .iter()
        .flat_map(|fault| std::iter::once(&fault.name).chain(fault.groups))
        .copied()
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, known)| known)
}

/// The first or the last of several fields.
fn chosen(headers: &HeaderMap, last: bool) -> Field {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = if last {
        values.next_back()
    } else {
        values.next()
    };
    value.map_or(Field::None, |value| Field::One(value.as_bytes().to_vec()))
}

/// A path whose dot segments are resolved and whose slashes are merged.
fn resolved(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            name => kept.push(name),
        }
    }
    format!("/{}", kept.join("/"))
}
