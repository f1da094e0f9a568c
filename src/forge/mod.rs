//! Tokens right and wrong: keys, recipes, and the tables of what can be wrong with a token, a key set or a redirect.
//!
//! Clock and randomness are handed in (the one exception stands in [`key`]). The folder doesn't know what a target
//! should do with what it makes, save that each mutation says whether a sound verifier accepts it.

pub mod alg;
pub mod basic_mutation;
pub mod certificate;
mod deflate;
mod der;
pub mod dpop;
pub mod envelope;
pub mod key;
pub mod key_decoy;
pub mod mutation;
mod padding;
pub mod parts;
pub mod path_trick;
pub mod public;
pub mod public_key_form;
pub mod recipe;
pub mod redirect_trick;
mod rsa;
pub mod stranger;
pub mod weak_key;
pub mod weak_secret;

pub use alg::{Alg, Family};
pub use certificate::Certificates;
pub use key::Key;
pub use key_decoy::{KEY_DECOYS, KeyDecoy};
pub use mutation::{MUTATIONS, Mutation};
pub use public::PublicKey;
pub use public_key_form::{PUBLIC_KEY_FORMS, PublicKeyForm};
pub use recipe::{Recipe, SignWith, forge, mint};
pub use redirect_trick::{REDIRECT_TRICKS, RedirectTrick};
pub use stranger::{stranger, stranger_certificate, stranger_shared, test_key};

use std::fmt;

/// Why a token could not be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForgeError {
    /// The token to start from isn't a JWS whose header and payload are JSON objects.
    NotAToken,
    /// No mutation has this name.
    UnknownMutation(String),
    /// No form of a public key has this name.
    UnknownForm(String),
    /// The key can't be written in this form.
    FormNotForKey(String),
    /// The mutation can't be applied to this token, for the reason given.
    NotApplicable {
        /// The mutation.
        mutation: String,
        /// What the token lacks.
        reason: &'static str,
    },
    /// The key can't be used, for the reason given.
    UnusableKey(&'static str),
    /// The key can't sign with this algorithm.
    CannotSign(String),
}

impl fmt::Display for ForgeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAToken => f.write_str("the token to start from is no signed JWT"),
            Self::UnknownMutation(name) => write!(f, "no mutation is named {name:?}"),
            Self::UnknownForm(name) => write!(f, "no form of a public key is named {name:?}"),
            Self::FormNotForKey(name) => write!(f, "the key has no form {name:?}"),
            Self::NotApplicable { mutation, reason } => {
                write!(f, "mutation {mutation} can't be applied: {reason}")
            }
            Self::UnusableKey(reason) => f.write_str(reason),
            Self::CannotSign(alg) => write!(f, "the key can't sign with {alg:?}"),
        }
    }
}

impl std::error::Error for ForgeError {}

/// A table of the engine, for documentation and for `every`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name in suites.
    pub name: &'static str,
    /// Steps that use a row.
    pub example: &'static str,
    /// Name and reason of each row.
    pub rows: Vec<(&'static str, &'static str)>,
}

/// Every table.
pub fn tables() -> Vec<Table> {
    vec![
        Table {
            name: "mutation",
            example: "- send: { to: protected, credential: { jwt: { sign-with: trusted } } }\n  but: { credential: { jwt: { mutate: alg-none } } }",
            rows: MUTATIONS.iter().map(|row| (row.name, row.doc)).collect(),
        },
        Table {
            name: "public-key-form",
            example: "- send: { to: protected, credential: { jwt: { sign-with: trusted } } }\n  but: { credential: { jwt: { header: { alg: HS256 }, sign-with: { public-key-as: spki-pem } } } }",
            rows: PUBLIC_KEY_FORMS
                .iter()
                .map(|row| (row.name, row.doc))
                .collect(),
        },
        Table {
            name: "envelope",
            example: "- { name: keys, send: { to: jwks } }\n- send: { to: protected, credential: { jwt: { sign-with: trusted } } }\n  but: { credential: { jwt: { encrypt: { to: \"${keys.body}\", change: inner-claims } } } }",
            rows: envelope::ENVELOPES
                .iter()
                .map(|row| (row.name, row.doc))
                .collect(),
        },
        Table {
            name: "redirect-trick",
            example: "- authorize: { client: confidential }\n  but: { query: { redirect_uri: { like-registered: path-suffix } } }",
            rows: REDIRECT_TRICKS
                .iter()
                .map(|row| (row.name, row.doc))
                .collect(),
        },
        Table {
            name: "key-decoy",
            example: "- provider: { keys: { decoys: [oct] } }\n- send: { to: protected, credential: { jwt: { sign-with: trusted } } }",
            rows: KEY_DECOYS.iter().map(|row| (row.name, row.doc)).collect(),
        },
        Table {
            name: "basic-mutation",
            example: "- send: { to: protected, credential: basic }\n  but: { credential: { basic: { mutate: password-cut } } }",
            rows: basic_mutation::BASIC_MUTATIONS
                .iter()
                .map(|row| (row.name, row.doc))
                .collect(),
        },
        Table {
            name: "path-trick",
            example: "- send: { to: protected }\n  but: { path: { variant: static-file } }",
            rows: path_trick::PATH_TRICKS
                .iter()
                .map(|row| (row.name, row.doc))
                .collect(),
        },
        Table {
            name: "htu-form",
            example: "- send: { to: protected, credential: dpop }\n  but: { credential: { dpop: { proof: { htu: { form: other-host } } } } }",
            rows: dpop::HTU_FORMS
                .iter()
                .map(|row| (row.name, row.doc))
                .collect(),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_full_and_documented() {
        for table in tables() {
            assert!(table.rows.len() >= 10, "{}", table.name);
            for (name, doc) in &table.rows {
                assert!(!doc.ends_with('.') && doc.len() <= 120, "{name}: {doc}");
            }
        }
    }
}
