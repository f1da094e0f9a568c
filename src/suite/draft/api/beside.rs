//! What a description says beside the guarded operations: the open ones, those that take a credential or none, and hints
//! at further entries.

use crate::suite::draft::door::{asked, short};
use crate::suite::draft::page::{Page, quoted, value};
use crate::suite::draft::place::Located;
use crate::suite::draft::way::{Say, Way, Ways};
use crate::wire::openapi::{Guard, Operation};

use super::Api;

/// Operations that a note names.
const NAMED: usize = 30;

impl Api<'_> {
    /// A request without credential whose last word says that it brings a token.
    pub(super) fn login(&self) -> Option<String> {
        const WORDS: &[&str] = &[
            "login",
            "signin",
            "sign-in",
            "log-in",
            "token",
            "authenticate",
            "auth",
            "session",
            "sessions",
        ];
        let brings = |one: &&Operation| {
            let last = one.path.rsplit('/').next().unwrap_or_default();
            one.method == "POST"
                && !matches!(one.guard, Guard::Needs(_))
                && WORDS.contains(&last.to_ascii_lowercase().as_str())
        };
        let found = self.operations.iter().find(brings)?;
        found
            .filled
            .as_ref()
            .ok()
            .map(|filled| filled.target.clone())
    }

    /// `open:`, and the other operations that anybody may ask.
    pub(super) fn open(&self, page: &mut Page, located: &Located) {
        let mut reading = self
            .operations
            .iter()
            .filter(|one| one.guard == Guard::Open && one.method == "GET" && one.filled.is_ok());
        let first = reading
            .clone()
            .find(|one| !one.path.contains('{'))
            .or_else(|| reading.next());
        match first {
            Some(one) => {
                let (target, headers) = asked(one, &located.origin);
                if headers.is_empty() {
                    page.key("open", &short("GET", &target));
                } else {
                    let headers: Vec<String> = headers
                        .iter()
                        .map(|(name, text)| format!("{}: {}", value(name), quoted(text)))
                        .collect();
                    let headers = headers.join(", ");
                    page.key(
                        "open",
                        &format!("{{ path: {}, header: {{ {headers} }} }}", value(&target)),
                    );
                }
            }
            None => page.off("open", "GET /health"),
        }
        self.named(page, Guard::Open, "Need no credential");
        let told = self.operations.iter().any(|one| one.guard != Guard::Unsaid);
        if told {
            self.named(
                page,
                Guard::Unsaid,
                "Say nothing of credentials, so they are left out",
            );
        }
    }

    /// The operations of a kind, by name, in a note.
    pub(super) fn named(&self, page: &mut Page, guard: Guard, what: &str) {
        let all: Vec<String> = self
            .operations
            .iter()
            .filter(|one| one.guard == guard)
            .map(|one| format!("{} {}", one.method, one.path))
            .collect();
        if all.is_empty() {
            return;
        }
        let more = all.len().saturating_sub(NAMED);
        let end = match more {
            0 => ".".to_owned(),
            more => format!(" and {more} more."),
        };
        let shown: Vec<String> = all.iter().take(NAMED).cloned().collect();
        page.list(&format!("{what} ({}):", all.len()), &shown, &end);
    }

    /// Entries of which a description says little, and which unlock much.
    pub(super) fn more(&self, page: &mut Page, mains: &[&Way], ways: &Ways) {
        page.blank();
        page.note("`authspec doctor` tries all this and says what further entries would unlock. Those that a description hints at:");
        page.off("openapi", "GET /openapi.json");
        if let Some((path, method)) = self.written() {
            page.off(
                "guarded-write",
                &format!(
                    "{{ send: {{ method: {method}, path: {}, json: {{ text: \"${{marker}}\" }} }}, seen-at: {} }}",
                    value(&path),
                    quoted(&format!("GET {path}"))
                ),
            );
        }
        page.off("allow", "[writes]");
        if mains.iter().any(|way| way.certificate)
            || ways.said.values().any(|say| *say == Say::Certificate)
        {
            page.off(
                "tls",
                "{ client-certificate: { pem-file: client.pem, key-file: client.key } }",
            );
        }
    }

    /// A path at which one writes and reads with a credential.
    fn written(&self) -> Option<(String, String)> {
        let needs = |one: &&Operation| matches!(one.guard, Guard::Needs(_)) && one.server.is_none();
        let mut reads = self
            .operations
            .iter()
            .filter(needs)
            .filter(|one| one.method == "GET");
        reads.find_map(|read| {
            let mut writes = self.operations.iter().filter(needs);
            let write = writes.find(|one| {
                one.path == read.path && matches!(one.method.as_str(), "POST" | "PUT")
            })?;
            let filled = write.filled.as_ref().ok()?;
            Some((filled.target.clone(), write.method.clone()))
        })
    }
}
