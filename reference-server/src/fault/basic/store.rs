//! Mistakes about how passwords are looked up and kept.

use super::super::{Fault, ROW};
use crate::accounts::{self, Account};
use crate::decisions::basic::{self as right, Problem};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "basic-nosql-injection",
        what: "User-id and password are pasted into the condition by which a document store finds the account.",
        models: "$where of MongoDB, CWE-943; CVE-2021-22911 of Rocket.Chat",
        breaks: &["CWE-943"],
        install: |d| {
            d.basic.matches = |offered| {
                let condition = format!(
                    "this.name == '{}' && this.password == '{}'",
                    offered.name, offered.password
                );
                accounts::accounts()
                    .iter()
                    .find(|account| holds(&condition, account))
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-common-password-set",
        what: "Nothing looked at the password when it was set: it is one of the first that anybody tries.",
        models: "CWE-521, registration without a list of common passwords",
        breaks: &["CWE-521"],
        install: |d| {
            d.basic.matches = |offered| {
                let common = offered.password == "123456";
                offered
                    .account
                    .filter(|_| common)
                    .or(right::matches(offered))
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-500-on-long-password",
        what: "The hash function refuses a password of more than 4096 octets, and nobody handles that.",
        models: "PasswordSizeError of passlib; CWE-755",
        breaks: &["CWE-755", "CWE-770"],
        install: |d| {
            d.basic.permitted = |text| {
                right::permitted(text)?;
                if text.len() > 4096 {
                    return Err(Problem::Broken);
                }
                Ok(())
            };
        },
        ..ROW
    },
];

/// Whether a condition in the store's script language holds for an account: `||` binds weaker than `&&`.
fn holds(condition: &str, account: &Account) -> bool {
    condition.split("||").any(|all| {
        all.split("&&").all(|one| {
            one.split_once("==")
                .is_some_and(|(left, right)| value(left, account) == value(right, account))
        })
    })
}

fn value<'a>(text: &'a str, account: &'a Account) -> &'a str {
    match text.trim() {
        "this.name" => account.name,
        "this.password" => account.password,
        literal => literal.trim_matches('\''),
    }
}
