//! The table `mutation`: everything that can be wrong with a token, one row each, grouped by what it aims at.
//!
//! A row says what it does and why, whether it means anything without a key that the target trusts, and whether a
//! sound verifier accepts the result. Rows that need the clock (an expiry an hour ago) are claims of a recipe instead.

mod address;
mod alg;
mod chain;
mod claims;
mod compact;
mod header;
mod header_text;
mod json;
mod kid;
mod parties;
mod rsa;
mod signature;
mod times;

use crate::forge::parts::{NotApplicable, Parts};

/// What a mutation attacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// A member of the header.
    Header,
    /// The signature.
    Signature,
    /// A claim.
    Claims,
    /// The JSON text of header or payload.
    Json,
    /// The compact form.
    Compact,
}

/// When a mutation is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// On header and claims; what is signed afterwards is what was changed.
    BeforeSigning,
    /// On the segments.
    AfterSigning,
}

/// What a mutation does to a token.
pub type Apply = fn(&mut Parts) -> Result<(), NotApplicable>;

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Mutation {
    /// Its name in suites.
    pub name: &'static str,
    /// What it does and why, in a line.
    pub doc: &'static str,
    /// What it attacks.
    pub aims_at: Aim,
    /// Whether it proves anything only if a key that the target trusts signs the result; the others work on a token
    /// that was merely captured.
    pub needs_signature: bool,
    /// Whether a sound verifier accepts the result.
    pub harmless: bool,
    /// Whether sound verifiers differ about the result, so that it alone proves nothing: it depends on a profile
    /// (RFC 9068, a `typ`), on how keys are configured, or on a limit. With `harmless` some refuse what most accept.
    pub disputed: bool,
    /// When it is applied.
    pub stage: Stage,
    /// What it does.
    pub apply: Apply,
}

impl Mutation {
    const fn before(aims_at: Aim, name: &'static str, doc: &'static str, apply: Apply) -> Self {
        Self {
            name,
            doc,
            aims_at,
            needs_signature: false,
            harmless: false,
            disputed: false,
            stage: Stage::BeforeSigning,
            apply,
        }
    }

    const fn after(aims_at: Aim, name: &'static str, doc: &'static str, apply: Apply) -> Self {
        Self {
            stage: Stage::AfterSigning,
            ..Self::before(aims_at, name, doc, apply)
        }
    }

    /// Means something only when a trusted key signs the result.
    const fn signed(self) -> Self {
        Self {
            needs_signature: true,
            ..self
        }
    }

    /// A sound verifier accepts the result.
    const fn harmless(self) -> Self {
        Self {
            harmless: true,
            ..self
        }
    }

    /// Sound verifiers differ.
    const fn disputed(self) -> Self {
        Self {
            disputed: true,
            ..self
        }
    }
}

const GROUPS: &[&[Mutation]] = &[
    alg::ROWS,
    header::ROWS,
    address::ROWS,
    chain::ROWS,
    kid::ROWS,
    signature::ROWS,
    rsa::ROWS,
    times::ROWS,
    parties::ROWS,
    claims::ROWS,
    header_text::ROWS,
    json::ROWS,
    compact::ROWS,
];

const COUNT: usize = {
    let (mut count, mut group) = (0, 0);
    while group < GROUPS.len() {
        count += GROUPS[group].len();
        group += 1;
    }
    count
};

/// All rows.
pub static MUTATIONS: &[Mutation] = &{
    let mut rows = [header::ROWS[0]; COUNT];
    let (mut at, mut group) = (0, 0);
    while group < GROUPS.len() {
        let mut row = 0;
        while row < GROUPS[group].len() {
            rows[at] = GROUPS[group][row];
            at += 1;
            row += 1;
        }
        group += 1;
    }
    rows
};

/// The row of a name.
pub fn named(name: &str) -> Option<&'static Mutation> {
    MUTATIONS.iter().find(|row| row.name == name)
}

#[cfg(test)]
mod tests;
