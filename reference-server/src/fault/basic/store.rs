//! Mistakes about how passwords are looked up and kept.

use argon2::{Algorithm, Argon2, Params, Version};
use axum::http::header;

use super::super::{Fault, ROW};
use crate::accounts::{self, Account};
use crate::decisions::basic::{self as right, Limit, Problem};

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
    Fault {
        name: "basic-no-limit",
        what: "Wrong passwords may be tried for ever.",
        models: "CWE-307; HTTP Basic of most servers without a module such as fail2ban beside them",
        breaks: &["CWE-307"],
        install: |d| d.basic.limit = Limit::None,
        ..ROW
    },
    Fault {
        name: "basic-limit-behind-the-password",
        what: "The limit is looked at only where the password was wrong, so that the right one passes it.",
        models: "CWE-307, a counter in the failure handler alone",
        breaks: &["CWE-307"],
        install: |d| d.basic.limit = Limit::BehindThePassword,
        ..ROW
    },
    Fault {
        name: "basic-limit-without-retry-after",
        what: "A 429 does not say when to come again.",
        models: "res.status(429).end()",
        breaks: &["CWE-307"],
        install: |d| {
            d.basic.refusal = |problem, parts| {
                let mut response = right::refusal(problem, parts);
                response.headers_mut().remove(header::RETRY_AFTER);
                response
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-no-hash-for-unknown-users",
        what: "The password is hashed, which takes its time, only where there is such a user.",
        models: "CWE-208, CVE-2018-15473 of its kind; if (!user) return 401 before bcrypt.compare",
        breaks: &["CWE-208"],
        install: |d| {
            d.basic.matches = |offered| {
                offered.account.filter(|account| {
                    take_time_over(offered.password);
                    account.password == offered.password
                })
            };
        },
        ..ROW
    },
];

/// Hashes with a cost that stored passwords should have. The sound server's hashes are cheap, for unknown users too.
fn take_time_over(password: &str) {
    let mut hash = [0_u8; 32];
    if let Ok(cost) = Params::new(24 * 1024, 1, 1, None) {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost);
        // whatever comes of it, the time has passed
        let _ = argon2.hash_password_into(password.as_bytes(), b"a salt of sixteen", &mut hash);
    }
}

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
