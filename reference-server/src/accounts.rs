//! The test accounts, and the store that knows only their argon2 hashes.
//!
//! The passwords are published so that a test can log in; what verifies them is the hash, made
//! with the smallest parameters argon2 allows, since these accounts guard nothing.

use argon2::{Argon2, PasswordVerifier as _};

/// One user of this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// The user-id.
    pub name: &'static str,
    /// The password, published: this is a test account.
    pub password: &'static str,
    /// The subject identifier in tokens.
    pub subject: &'static str,
    /// The e-mail address.
    pub email: &'static str,
}

/// All users of this server.
pub fn accounts() -> &'static [Account] {
    &ACCOUNTS
}

static ACCOUNTS: [Account; 6] = [
    Account {
        name: "alice",
        password: "Correct-Horse-42-battery",
        subject: "user-1001",
        email: "alice@users.example",
    },
    Account {
        name: "mallory",
        password: "Second-Account-77-staple",
        subject: "user-1002",
        email: "mallory@users.example",
    },
    Account {
        name: "carol",
        password: "with:two:colons-81",
        subject: "user-1003",
        email: "carol@users.example",
    },
    Account {
        name: "dave",
        password: "Grüße-aus-Łódź-£63",
        subject: "user-1004",
        email: "dave@users.example",
    },
    Account {
        name: "erin",
        password: "A-passphrase-longer-than-what-bcrypt-reads-of-it-which-is-seventy-two-bytes-and-no-more-59",
        subject: "user-1005",
        email: "erin@users.example",
    },
    Account {
        name: "olga",
        password: "Operator-of-all-18-bridges",
        subject: "user-1006",
        email: "olga@users.example",
    },
];

/// Whether the account may do what operators do.
pub(crate) fn is_operator(account: &Account) -> bool {
    account.name == "olga"
}

/// The account of a user-id, compared code point by code point.
pub(crate) fn find(name: &str) -> Option<&'static Account> {
    ACCOUNTS.iter().find(|account| account.name == name)
}

/// Whether the password belongs to the account. An unknown user costs the same work, so that
/// neither answer nor time tells who exists.
pub(crate) fn verify(account: Option<&Account>, password: &str) -> bool {
    let stored = account
        .and_then(|account| HASHES.iter().find(|(name, _)| *name == account.name))
        .map_or(NOBODY, |(_, hash)| *hash);
    let matches = Argon2::default()
        .verify_password(password.as_bytes(), stored)
        .is_ok();
    matches && account.is_some()
}

/// A hash whose password nobody knows.
const NOBODY: &str =
    "$argon2id$v=19$m=8,t=1,p=1$kjHlNdnjJSIngzM1fjg5yw$lEq8J1YhX8wbvwoZjOpBqRKTGw7AfSuGON5HQbUYPqM";

static HASHES: [(&str, &str); 6] = [
    (
        "alice",
        "$argon2id$v=19$m=8,t=1,p=1$h8OwODxryAsysbBsUsMPNQ$JMI7WGcwyBrUOrh/SESJb8CcMbs7mN0GO2XbjWoJe50",
    ),
    (
        "mallory",
        "$argon2id$v=19$m=8,t=1,p=1$1NtNLln3OIsww/oArF600A$4iwWk39aYdDJWtFDmUCsgha9dsrsS0rEyoOMW80ZnLM",
    ),
    (
        "carol",
        "$argon2id$v=19$m=8,t=1,p=1$Scz7WIhOULY4ZuDWsWFVTQ$nZGmIHp64q9su9WsSFHo3MdYaq6uy6fhE7I7fJDDMTI",
    ),
    (
        "dave",
        "$argon2id$v=19$m=8,t=1,p=1$ftaCF+/mMmR5ukQiOHqodw$7o6DzbJ6G/HXzR4E944NYvrZ5KFf/2wEopMzbPx2ixQ",
    ),
    (
        "erin",
        "$argon2id$v=19$m=8,t=1,p=1$K5h3falz94wB6ZQw/XonDA$h3giqkkknFmEX5KB7Pf4gKo351STwxId9p45Cw4l5bk",
    ),
    (
        "olga",
        "$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$vsIL7Vy9G3EpomSni2oPy5EyDH9ZoW64SPP3kMhXVus",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_account_opens_with_its_own_password_only() {
        for account in accounts() {
            assert!(verify(Some(account), account.password), "{}", account.name);
            for other in accounts().iter().filter(|other| *other != account) {
                assert!(!verify(Some(account), other.password));
            }
            assert!(!verify(Some(account), ""));
        }
    }

    #[test]
    fn nobody_has_no_password() {
        for account in accounts() {
            assert!(!verify(None, account.password));
        }
    }
}
