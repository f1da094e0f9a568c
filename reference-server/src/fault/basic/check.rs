//! Mistakes about whose password it is.

use axum::http::header;

use super::super::{Fault, ROW};
use crate::accounts::{self, Account};
use crate::decisions::basic::{self as right, Problem};
use crate::encoding;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "basic-presence-is-enough",
        what: "Any Basic credential opens; nobody looks at it.",
        models: "CWE-287, a middleware that only checks that the field is there",
        breaks: &["RFC7617-2-7", "CWE-287"],
        install: |d| {
            d.access.trusted = |parts| {
                let value = parts.headers.get(header::AUTHORIZATION)?;
                let is_basic = value.as_bytes().starts_with(b"Basic ");
                accounts::accounts().first().filter(|_| is_basic)
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-user-name-is-enough",
        what: "A known user-id opens with any password.",
        models: "CWE-287, a look-up whose password comparison was left out",
        breaks: &["RFC7617-2-7", "CWE-287"],
        install: |d| d.basic.matches = |offered| offered.account,
        ..ROW
    },
    Fault {
        name: "basic-compares-base64-with-user-name",
        groups: &["tutorial"],
        what: "The base64 text of user:password is compared with that of the user name, as far as that reaches.",
        models: "the API tutorial this project started from",
        breaks: &["RFC7617-2-7", "CWE-287"],
        install: |d| {
            d.basic.matches = |offered| {
                let name = encoding::base64(offered.name.as_bytes());
                let known = offered.encoded.starts_with(name.trim_end_matches('='));
                offered.account.filter(|_| known)
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-user-name-in-the-clear",
        groups: &["tutorial"],
        what: "What stands behind the scheme is compared with the user name, undecoded.",
        models: "the API tutorial this project started from",
        breaks: &["RFC7617-2-6", "RFC7617-2-7", "CWE-287"],
        install: |d| {
            d.basic.elsewhere = |parts| {
                let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
                let account = accounts::find(value.strip_prefix("Basic ")?)?;
                Some((account.name.to_owned(), account.password.to_owned()))
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-password-of-anybody",
        what: "A password opens when it is anybody's, whatever the user-id.",
        models: "SELECT 1 FROM users WHERE password = ?",
        breaks: &["RFC7617-2-7", "CWE-287"],
        install: |d| {
            d.basic.matches = |offered| {
                let mut all = accounts::accounts().iter();
                let owner = all.find(|account| account.password == offered.password);
                owner.map(|owner| offered.account.unwrap_or(owner))
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-password-cut-at-72-bytes",
        what: "Only the first 72 bytes of a password count.",
        models: "bcrypt, and a cache key of Okta AD/LDAP in 2024; CWE-303",
        breaks: &["RFC7617-2-7", "CWE-303"],
        install: |d| {
            d.basic.matches = |offered| {
                offered.account.filter(|account| {
                    first_octets(account.password, 72) == first_octets(offered.password, 72)
                })
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-password-cut-at-8-bytes",
        what: "Only the first 8 bytes of a password count.",
        models: "DES crypt(3) in .htpasswd",
        breaks: &["RFC7617-2-7", "CWE-303"],
        install: |d| {
            d.basic.matches = |offered| {
                offered.account.filter(|account| {
                    first_octets(account.password, 8) == first_octets(offered.password, 8)
                })
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-password-case-ignored",
        what: "Passwords are compared without their case.",
        models: "CWE-178, a case-insensitive database collation",
        breaks: &["RFC7617-2-7", "CWE-178"],
        install: |d| {
            d.basic.matches = |offered| {
                offered.account.filter(|account| {
                    account.password.to_lowercase() == offered.password.to_lowercase()
                })
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-user-case-ignored",
        what: "User-ids are compared without their case.",
        models: "CWE-178, the UsernameCasePreserved profile of RFC 8265 not kept",
        breaks: &["CWE-178"],
        install: |d| {
            d.basic.account = |name| {
                accounts::accounts()
                    .iter()
                    .find(|account| account.name.eq_ignore_ascii_case(name))
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-user-look-alikes-folded",
        what: "Full-width letters in a user-id are folded to ASCII, so that another name is the same account.",
        models: "CWE-178, NFKC before the look-up (Spotify account takeover of 2013)",
        breaks: &["CWE-178"],
        install: |d| {
            d.basic.account = |name| {
                let fold = |c: char| match u32::from(c) {
                    code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(c),
                    _ => c,
                };
                accounts::find(&name.chars().map(fold).collect::<String>())
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-empty-password-opens",
        what: "An empty password opens every account.",
        models: "unauthenticated bind of LDAP, RFC 4513 section 5.1.2; CWE-521",
        breaks: &["RFC7617-2-7", "CWE-287"],
        install: |d| {
            d.basic.matches = |offered| match offered.password {
                "" => offered.account,
                _ => right::matches(offered),
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-empty-user-opens",
        what: "An empty user-id means the first account, whatever the password.",
        models: "CWE-287, a default user for an unset variable",
        breaks: &["RFC7617-2-7", "CWE-287"],
        install: |d| {
            d.basic.matches = |offered| match offered.name {
                "" => accounts::accounts().first(),
                _ => right::matches(offered),
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-default-account",
        what: "The vendor's account admin/admin was never removed.",
        models: "CWE-1392",
        breaks: &["CWE-1392"],
        install: |d| {
            d.basic.matches = |offered| match (offered.name, offered.password) {
                ("admin", "admin") => accounts::accounts().first(),
                _ => right::matches(offered),
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-sql-injection",
        what: "User-id and password are pasted into the query that looks the account up.",
        models: "CWE-89",
        breaks: &["CWE-89"],
        install: |d| {
            d.basic.matches =
                |offered| sql(offered.name, offered.password).or(right::matches(offered))
        },
        ..ROW
    },
    Fault {
        name: "basic-500-on-quote",
        what: "A quote in user-id or password ends the statement early, and the database's error is not handled.",
        models: "CWE-89, CWE-755",
        breaks: &["CWE-89", "CWE-755"],
        install: |d| {
            d.basic.permitted = |text| {
                right::permitted(text)?;
                if text.contains('\'') {
                    return Err(Problem::Broken);
                }
                Ok(())
            };
        },
        ..ROW
    },
    Fault {
        name: "basic-ldap-injection",
        what: "User-id and password are pasted into an LDAP filter, where a star matches anything.",
        models: "CWE-90",
        breaks: &["CWE-90"],
        install: |d| {
            d.basic.matches = |offered| {
                accounts::accounts().iter().find(|account| {
                    matches_filter(offered.name, account.name)
                        && matches_filter(offered.password, account.password)
                })
            };
        },
        ..ROW
    },
];

fn first_octets(text: &str, count: usize) -> &[u8] {
    let octets = text.as_bytes();
    octets.get(..count).unwrap_or(octets)
}

/// What `SELECT * FROM users WHERE name = '{name}' AND password = '{password}'` finds: a quote in a
/// value ends it, what follows is SQL, and two dashes end the statement.
fn sql(name: &str, password: &str) -> Option<&'static Account> {
    let statement = format!("name = '{name}' AND password = '{password}'");
    let statement = statement.split("--").next().unwrap_or_default();
    let statement = statement.split('#').next().unwrap_or_default();
    let injected = name.contains('\'') || password.contains('\'');
    let mut found = accounts::accounts().iter();
    found.find(|account| injected && holds(statement, account))
}

/// Evaluates `OR` over `AND` over comparisons; text that is none of these is false.
fn holds(condition: &str, account: &Account) -> bool {
    let words = condition.replace(" or ", " OR ").replace(" and ", " AND ");
    words.split(" OR ").any(|alternative| {
        alternative.split(" AND ").all(|comparison| {
            let value = |text: &str| match text.trim().trim_end_matches(';') {
                "name" => account.name.to_owned(),
                "password" => account.password.to_owned(),
                literal => literal.trim().trim_matches('\'').to_owned(),
            };
            comparison
                .split_once('=')
                .is_some_and(|(left, right)| value(left) == value(right))
        })
    })
}

/// Whether an attribute matches an LDAP filter value with stars.
fn matches_filter(filter: &str, value: &str) -> bool {
    match filter.split_once('*') {
        None => filter == value,
        Some((start, rest)) => {
            let end = rest.rsplit('*').next().unwrap_or_default();
            value.starts_with(start) && value.ends_with(end)
        }
    }
}
