//! Faults: each is one mistake that someone really made. It replaces the decision in which it lies, or both where it lies
//! in two.
//!
//! A fault is written as that mistake. It never looks for what a test sends.

mod access;
mod answers;
mod basic;
mod bearer;
mod client;
mod dpop;
mod introspection;
mod issuer;
mod jwt;
mod metadata;
mod outside;
mod places;
mod special;
mod tls;

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
    /// The schemes of the resources at which it shows, where it is in what guards no others: `basic`, `bearer`,
    /// `introspected`, `dpop`; empty: it may show at any.
    pub guards: &'static [&'static str],
    /// The number of its table: faults of one table are mistakes in one part of the server.
    pub table: usize,
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
    guards: &[],
    table: 0,
    groups: &[],
    what: "",
    models: "",
    breaks: &[],
    install: |_| {},
};

const ANY: &[&str] = &[];
const BASIC: &[&str] = &["basic"];
const TOKEN: &[&str] = &["bearer", "introspected", "dpop"];
const INTROSPECTED: &[&str] = &["introspected"];
const DPOP: &[&str] = &["dpop"];

/// The tables, and what their decisions guard. A new one is one line here.
const TABLES: &[(&[&str], &[Fault])] = &[
    (BASIC, basic::read::FAULTS),
    (BASIC, basic::check::FAULTS),
    (BASIC, basic::refusal::FAULTS),
    (BASIC, basic::store::FAULTS),
    (ANY, access::FAULTS),
    (ANY, answers::FAULTS),
    (ANY, places::FAULTS),
    (ANY, tls::FAULTS),
    (TOKEN, bearer::access::FAULTS),
    (TOKEN, bearer::refusal::FAULTS),
    (TOKEN, bearer::binding::FAULTS),
    (TOKEN, bearer::challenge::FAULTS),
    (TOKEN, bearer::life::FAULTS),
    (TOKEN, bearer::step_up::FAULTS),
    (TOKEN, jwt::envelope::FAULTS),
    (TOKEN, jwt::form::FAULTS),
    (TOKEN, jwt::header::FAULTS),
    (TOKEN, jwt::issued::FAULTS),
    (TOKEN, jwt::key::FAULTS),
    (TOKEN, jwt::key::CONFUSION),
    (TOKEN, jwt::key::KID),
    (TOKEN, jwt::key::OUTSIDE),
    (TOKEN, jwt::key::ADDRESS),
    (TOKEN, jwt::key::RSA),
    (TOKEN, jwt::key::SET),
    (TOKEN, jwt::claim::FAULTS),
    (TOKEN, jwt::time::FAULTS),
    (INTROSPECTED, introspection::FAULTS),
    (ANY, metadata::FAULTS),
    (DPOP, dpop::proof::FAULTS),
    (DPOP, dpop::request::FAULTS),
    (DPOP, dpop::binding::FAULTS),
    (DPOP, dpop::refusal::FAULTS),
    (ANY, client::request::FAULTS),
    (ANY, client::id_token::FAULTS),
    (ANY, client::answers::FAULTS),
    (ANY, client::keys::FAULTS),
    (ANY, client::session::FAULTS),
    (ANY, client::transport::FAULTS),
    (ANY, client::flow::FAULTS),
    (ANY, client::cookies::FAULTS),
    (ANY, client::extensions::FAULTS),
    (ANY, client::exposure::FAULTS),
    (ANY, client::addresses::FAULTS),
    (ANY, client::heed::FAULTS),
    (ANY, client::logout::FAULTS),
    (ANY, client::sealed::FAULTS),
    (ANY, client::objects::FAULTS),
    (ANY, client::api::FAULTS),
    (ANY, client::device::FAULTS),
    (ANY, client::standing::FAULTS),
    (ANY, issuer::redirect::FAULTS),
    (ANY, issuer::front::FAULTS),
    (ANY, issuer::asked::FAULTS),
    (ANY, issuer::browser::FAULTS),
    (ANY, issuer::code::FAULTS),
    (ANY, issuer::client::FAULTS),
    (ANY, issuer::handed::FAULTS),
    (ANY, issuer::refreshed::FAULTS),
    (ANY, issuer::document::FAULTS),
    (ANY, issuer::published::FAULTS),
    (ANY, issuer::keys::FAULTS),
    (ANY, issuer::afterwards::FAULTS),
    (ANY, issuer::assertion::FAULTS),
    (ANY, issuer::pushed::FAULTS),
    (ANY, issuer::object::FAULTS),
    (ANY, issuer::bound::FAULTS),
    (ANY, issuer::mutual::FAULTS),
    (ANY, issuer::secure::FAULTS),
    (ANY, issuer::register::FAULTS),
    (ANY, issuer::extension::FAULTS),
    (ANY, issuer::device::FAULTS),
    (ANY, issuer::details::FAULTS),
    (ANY, issuer::nonce::FAULTS),
    (ANY, issuer::attested::FAULTS),
    (ANY, issuer::resource::FAULTS),
    (ANY, issuer::surroundings::FAULTS),
    (ANY, issuer::oidc::FAULTS),
    (ANY, issuer::oidc_by_browser::FAULTS),
    (ANY, issuer::oidc_tokens::FAULTS),
    (ANY, issuer::oidc_tokens::ACCESS),
    (ANY, issuer::oidc_userinfo::FAULTS),
    (ANY, outside::GUARD),
    (TOKEN, outside::TOKEN),
    (ANY, special::FAULTS),
];

/// All faults, in a stable order.
pub fn faults() -> &'static [Fault] {
    static ALL: OnceLock<Vec<Fault>> = OnceLock::new();
    ALL.get_or_init(|| {
        let rows = |(table, (guards, faults)): (usize, &(&'static [&'static str], &[Fault]))| {
            let guards = *guards;
            let row = move |fault: &Fault| match fault.guards {
                [] => Fault {
                    guards,
                    table,
                    ..*fault
                },
                _ => Fault { table, ..*fault },
            };
            faults.iter().map(row).collect::<Vec<_>>()
        };
        TABLES.iter().enumerate().flat_map(rows).collect()
    })
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
