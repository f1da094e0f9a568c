//! `guarded:`: some operations in force, the others beside them, switched off.

use crate::wire::openapi::Operation;

use super::credential::Credentials;
use super::door::{Names, line};
use super::page::Page;
use super::place::Located;
use super::way::{Say, Way, Ways};

/// Endpoints that are in force: each is calibrated, and asked once more by every case that is about all of them.
const IN_FORCE: usize = 8;

/// Operations whose credential is said in one way.
pub(super) struct Group<'a> {
    pub(super) way: Way,
    pub(super) operations: Vec<&'a Operation>,
}

impl Group<'_> {
    /// Whether one of these is among its operations.
    pub(super) fn has_one_of(&self, some: &[&Operation]) -> bool {
        let mut all = self.operations.iter();
        all.any(|one| some.iter().any(|other| std::ptr::eq(*one, *other)))
    }
}

type Wanted = fn(&Operation) -> bool;

/// All that `guarded:` lists.
pub(super) struct Lists<'a> {
    pub(super) groups: &'a [Group<'a>],
    pub(super) ways: &'a Ways,
    pub(super) credentials: &'a Credentials<'a>,
    pub(super) located: &'a Located,
    /// What is in force.
    pub(super) chosen: Vec<&'a Operation>,
}

impl Lists<'_> {
    fn is_chosen(&self, operation: &Operation) -> bool {
        self.chosen.iter().any(|one| std::ptr::eq(*one, operation))
    }

    pub(super) fn write(&self, page: &mut Page) {
        if self.groups.is_empty() {
            page.line_off("guarded: [GET /orders]");
            return;
        }
        let off = self.chosen.is_empty();
        page.off = off;
        page.line("guarded:");
        page.indent = if off { 0 } else { 2 };
        let mut names = Names::new(&self.located.base);
        for group in self.groups {
            page.note(&self.heading(group));
            self.group(group, &mut names, page);
        }
        page.indent = 0;
        page.off = false;
    }

    fn heading(&self, group: &Group<'_>) -> String {
        let many = match group.operations.len() {
            1 => "1 operation".to_owned(),
            many => format!("{many} operations"),
        };
        if group.way == Way::unknown() {
            return format!("{many}.");
        }
        let mut text = format!("{many} with {}", group.way.label());
        if !group.way.beside.is_empty() {
            text = format!(
                "{text}: what is judged is `{}`, the rest goes with every request",
                group.way.main
            );
        }
        if group.way.certificate {
            text = format!("{text}, and a client certificate (`tls:` below)");
        }
        if let Some(Say::Key { name, .. }) = self.ways.said.get(&group.way.main)
            && name.eq_ignore_ascii_case("authorization")
        {
            text = format!("{text} (if that is a bearer token, say `scheme: bearer`)");
        }
        format!("{text}.")
    }

    fn group(&self, group: &Group<'_>, names: &mut Names, page: &mut Page) {
        let mut line_of = |operation: &Operation| {
            let (ways, credentials) = (self.ways, self.credentials);
            let line = line(
                operation,
                &group.way,
                ways,
                credentials,
                self.located,
                names,
            );
            format!("- {line}")
        };
        let all = &group.operations;
        // in the order in which they were chosen: the first gets all cases
        for operation in &self.chosen {
            if all.iter().any(|one| std::ptr::eq(*one, *operation)) {
                page.line(&line_of(operation));
            }
        }
        let others = |wanted: Wanted| {
            let left = all.iter().filter(|one| !self.is_chosen(one));
            left.filter(move |one| wanted(one)).copied()
        };
        let lists: [(Wanted, &str); 3] = [
            (
                |one| one.method == "GET" && one.filled.is_ok(),
                "These read too. Each that is in force costs some requests more:",
            ),
            (
                |one| one.method == "GET" && one.filled.is_err(),
                "These need a value first; the description has none:",
            ),
            (
                |one| one.method != "GET",
                "These are no GET. Only where they may be sent for real, and many times:",
            ),
        ];
        for (wanted, what) in lists {
            let mut some = others(wanted).peekable();
            if some.peek().is_some() {
                page.note(what);
            }
            for operation in some {
                let why = operation.filled.as_ref().err();
                let why = why.map(|why| format!(" # {}", one_line(why)));
                page.line_off(&format!(
                    "{}{}",
                    line_of(operation),
                    why.unwrap_or_default()
                ));
            }
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is in force: of every group one that reads and needs no value, then more of them, those of the description's
/// beginning first; one with values filled in only where a group has no other.
pub(super) fn chosen<'a>(groups: &'a [Group<'a>]) -> Vec<&'a Operation> {
    let reads = |group: &'a Group<'a>, filled_in: bool| {
        let all = group.operations.iter().copied();
        all.filter(move |one| {
            let here = one.method == "GET" && one.server.is_none();
            here && one.filled.is_ok() && one.path.contains('{') == filled_in
        })
    };
    // a certificate is not in the profile yet
    let usable = || groups.iter().filter(|group| !group.way.certificate);
    let mut chosen: Vec<&'a Operation> = Vec::new();
    for group in usable() {
        let first = reads(group, false).next();
        chosen.extend(first.or_else(|| reads(group, true).next()));
    }
    chosen.truncate(IN_FORCE);
    for group in usable() {
        for one in reads(group, false) {
            if chosen.len() < IN_FORCE && !chosen.iter().any(|known| std::ptr::eq(*known, one)) {
                chosen.push(one);
            }
        }
    }
    chosen
}
