//! Accounts: the one that opens a guarded endpoint, and the others.

use std::collections::BTreeMap;

use crate::model::Secret;
use crate::source::Node;
use crate::source::shape::{Field, Shape};

use super::Profile;
use super::read::{Reader, text};

/// An account.
#[derive(Clone)]
pub struct User {
    /// User name.
    pub name: String,
    /// Password.
    pub password: Option<Secret>,
    /// Subject identifier.
    pub subject: String,
    /// Mail address.
    pub email: String,
}

pub(super) const BASIC_KEY: Field = Field::new(
    "basic",
    Shape::Map(BASIC),
    "A valid user name and password.",
);

pub(super) const USERS_KEY: Field = Field::new(
    "users",
    Shape::MapOf(&Shape::Map(USER)),
    "Accounts by actor: alice, mallory, colon, non-ascii, long.",
);

const BASIC: &[Field] = &[
    Field::required("user", Shape::Text, "User name."),
    Field::required(
        "password",
        Shape::Text,
        "Password, from the environment: `${env.API_PASSWORD}`.",
    ),
];

const USER: &[Field] = &[
    Field::required("name", Shape::Text, "User name."),
    Field::new("password", Shape::Text, "Password."),
    Field::new(
        "subject",
        Shape::Text,
        "Subject identifier; the name if unsaid.",
    ),
    Field::new("email", Shape::Text, "Mail address."),
];

/// The actors who have an account at our provider.
const PLAYERS: [&str; 2] = ["alice", "mallory"];

impl Profile {
    /// The accounts of our provider by actor: as `users:` has them, or made up.
    pub fn players(&self) -> BTreeMap<&'static str, User> {
        let player = |actor: &'static str| match self.users.get(actor) {
            Some(user) => (actor, user.clone()),
            None => (actor, User::made_up(actor)),
        };
        PLAYERS.into_iter().map(player).collect()
    }
}

impl User {
    fn made_up(actor: &str) -> Self {
        Self {
            name: actor.to_owned(),
            password: None,
            subject: format!("{actor}-1"),
            email: format!("{actor}@example.test"),
        }
    }
}

impl Reader<'_> {
    pub(super) fn users(&mut self, node: Option<&Node>) -> BTreeMap<String, User> {
        let mut users = BTreeMap::new();
        for (key, node) in node.and_then(Node::as_map).unwrap_or_default() {
            let name = text(node, "name").unwrap_or_default();
            let password = text(node, "password")
                .map(|password| self.secret(&password, format!("password of {}", key.text)));
            let subject = text(node, "subject").unwrap_or_else(|| name.clone());
            let email = text(node, "email").unwrap_or_else(|| format!("{name}@example.test"));
            users.insert(
                key.text.clone(),
                User {
                    name,
                    password,
                    subject,
                    email,
                },
            );
        }
        users
    }

    pub(super) fn basic(
        &mut self,
        node: Option<&Node>,
        users: &mut BTreeMap<String, User>,
    ) -> bool {
        let Some(node) = node else { return false };
        let (Some(name), Some(password)) = (text(node, "user"), text(node, "password")) else {
            return false;
        };
        if name.contains(':') {
            self.error(
                "user-name",
                node,
                "a user name can't hold a colon (RFC 7617 section 2)",
            );
        }
        let password = self.secret(&password, "password of alice");
        let known = users.remove("alice");
        let (subject, email) = known.map_or_else(
            || (name.clone(), format!("{name}@example.test")),
            |known| (known.subject, known.email),
        );
        users.insert(
            "alice".to_owned(),
            User {
                name,
                password: Some(password),
                subject,
                email,
            },
        );
        true
    }
}
