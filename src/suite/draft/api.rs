//! From the description of an API to the profile of a resource server.

mod beside;

use crate::wire::openapi::{Description, Guard, Need, Operation, Scheme, Version};

use super::Draft;
use super::credential::{self, Credentials};
use super::guarded::{Group, Lists, chosen};
use super::page::Page;
use super::place::Located;
use super::way::{Say, Way, Ways};

/// What a description says of its operations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// A credential is needed.
    pub guarded: usize,
    /// Of those, endpoints in force.
    pub in_force: usize,
    /// It is taken, and not needed.
    pub optional: usize,
    /// None is needed.
    pub open: usize,
    /// Nothing is said.
    pub unsaid: usize,
    /// Path items that stand in other files.
    pub elsewhere: usize,
}

/// The profile of the API that is described; `from` is the file, `target` an origin in place of the described one.
pub fn api(description: &Description<'_>, from: &str, target: Option<&str>) -> (Draft, Counts) {
    let operations = description.operations();
    let schemes = description.schemes();
    let api = Api {
        description,
        operations: &operations,
        schemes: &schemes,
    };
    api.write(from, Located::of(description, target))
}

struct Api<'a> {
    description: &'a Description<'a>,
    operations: &'a [Operation],
    schemes: &'a [(String, Scheme)],
}

impl<'a> Api<'a> {
    fn write(&self, from: &str, mut located: Located) -> (Draft, Counts) {
        let mut counts = self.counts();
        // where nothing is said of any operation, all may be guarded, by whichever scheme there is
        let told = counts.guarded > 0 || counts.optional > 0 || counts.open > 0;
        let any: Vec<Vec<Need>> = self.schemes.iter().map(|(name, _)| alone(name)).collect();
        let wanted = |one: &'a Operation| match &one.guard {
            Guard::Needs(all) => Some((one, all.clone())),
            Guard::Unsaid if !told => Some((one, any.clone())),
            _ => None,
        };
        let guarded: Vec<(&Operation, Vec<Vec<Need>>)> =
            self.operations.iter().filter_map(wanted).collect();
        let ways = Ways::new(self.schemes, guarded.iter().map(|(_, needs)| needs));
        let (groups, unsaid) = grouped(&guarded, &ways);
        let chosen = if told { chosen(&groups) } else { Vec::new() };
        // the credentials of what is in force come first
        let mut first: Vec<&Group<'_>> = groups.iter().collect();
        first.sort_by_key(|group| !group.has_one_of(&chosen));
        let mains: Vec<&Way> = first.iter().map(|group| &group.way).collect();
        let in_force = |way: &Way| {
            chosen.is_empty()
                || groups
                    .iter()
                    .any(|group| group.way.main == way.main && group.has_one_of(&chosen))
        };
        let credentials = Credentials::of(&mains, &ways, in_force);
        let source = credentials.token.and_then(|name| self.scheme(name));
        let endpoint = source.and_then(|scheme| credential::endpoint(scheme, &located.place(None)));
        endpoint.iter().for_each(|(_, path)| located.and_at(path));
        counts.in_force = chosen.len();
        let lists = Lists {
            groups: &groups,
            ways: &ways,
            credentials: &credentials,
            located: &located,
            chosen,
        };
        let mut page = Page::default();
        self.head(&mut page, from);
        located.write(&mut page);
        self.credentials(&mut page, &credentials, &located);
        self.unneeded(&mut page, &credentials, &ways, &mains);
        page.blank();
        self.said(&mut page, counts, told);
        lists.write(&mut page);
        unsayable(&mut page, &unsaid);
        page.blank();
        self.open(&mut page, &located);
        self.named(
            &mut page,
            Guard::Optional,
            "Take a credential and do without one too, so they are neither guarded nor open",
        );
        self.more(&mut page, &mains, &ways);
        (page.done(), counts)
    }

    fn counts(&self) -> Counts {
        let of = |wanted: fn(&Guard) -> bool| {
            let all = self.operations.iter();
            all.filter(|one| wanted(&one.guard)).count()
        };
        Counts {
            guarded: of(|guard| matches!(guard, Guard::Needs(_))),
            in_force: 0,
            optional: of(|guard| *guard == Guard::Optional),
            open: of(|guard| *guard == Guard::Open),
            unsaid: of(|guard| *guard == Guard::Unsaid),
            elsewhere: self.description.elsewhere().len(),
        }
    }

    fn head(&self, page: &mut Page, from: &str) {
        let title = self.description.title();
        let title = title.map_or_else(String::new, |title| format!(", of {title}"));
        let version = match self.description.version() {
            Version::Three(version) => format!("OpenAPI {version}"),
            _ => "a description".to_owned(),
        };
        page.note(&format!(
            "A profile for authspec, made from {from} ({version}{title})."
        ));
        super::conventions(page);
        page.blank();
    }

    fn scheme(&self, name: &str) -> Option<&Scheme> {
        let found = self.schemes.iter().find(|(one, _)| one == name);
        found.map(|(_, scheme)| scheme)
    }

    /// The credentials that the guarded operations take, most used first.
    fn credentials(&self, page: &mut Page, credentials: &Credentials<'_>, located: &Located) {
        page.blank();
        if credentials.basic.is_none() && credentials.token.is_none() {
            page.note("No credential that a profile can say is described. One of these, then:");
            page.off(
                "basic",
                "{ user: \"${env.API_USER}\", password: \"${env.API_PASSWORD}\" }",
            );
            page.off("token", "\"${env.API_TOKEN}\"");
        }
        if let Some(name) = credentials.basic {
            page.off = credentials.basic_off;
            credential::basic(page, &format!("`{name}` of the description: HTTP Basic."));
        }
        if credentials.are_two() {
            page.blank();
        }
        if let Some(name) = credentials.token
            && let Some(scheme) = self.scheme(name)
        {
            page.off = credentials.token_off;
            let login = self.login();
            credential::token(page, name, scheme, &located.place(login.as_deref()));
        }
        page.off = false;
    }

    /// Credentials that are described and nothing here needs.
    fn unneeded(
        &self,
        page: &mut Page,
        credentials: &Credentials<'_>,
        ways: &Ways,
        mains: &[&Way],
    ) {
        let needed = |name: &String| {
            [credentials.basic, credentials.token].contains(&Some(name.as_str()))
                || mains
                    .iter()
                    .any(|way| way.main == *name || way.beside.contains(name))
        };
        let names = self.schemes.iter().map(|(name, _)| name);
        let others: Vec<&str> = names
            .filter(|name| !needed(name))
            .filter(|name| !matches!(ways.said.get(*name), Some(Say::Certificate)))
            .map(String::as_str)
            .collect();
        if !others.is_empty() {
            page.note(&format!(
                "The description knows further credentials, which no endpoint here needs: {}.",
                others.join(", ")
            ));
        }
    }

    /// What the description says in numbers.
    fn said(&self, page: &mut Page, counts: Counts, told: bool) {
        page.meaning(&["guarded"]);
        if told {
            page.note(&format!(
                "The description says of {} that a credential is needed.",
                operations(counts.guarded)
            ));
        } else {
            page.note(&format!(
                "The description says of no operation whether it needs a credential ({} in it). Take the mark away from those that do.",
                operations(counts.unsaid)
            ));
        }
        let elsewhere = self.description.elsewhere();
        if let Some(first) = elsewhere.first() {
            page.note(&format!(
                "What stands in other files is not here: {} paths, the first is {} (`{}`). Put the files together into one and begin again, for instance with `npx @redocly/cli bundle`.",
                elsewhere.len(), first.path, first.reference
            ));
        }
    }
}

fn alone(name: &str) -> Vec<Need> {
    vec![Need {
        scheme: name.to_owned(),
        scopes: Vec::new(),
    }]
}

/// `1 operation`, `2 operations`.
fn operations(count: usize) -> String {
    match count {
        1 => "1 operation".to_owned(),
        _ => format!("{count} operations"),
    }
}

/// Operations by the way in which their credential is said, those of most first; and those that can't be said, and why.
fn grouped<'a>(
    guarded: &[(&'a Operation, Vec<Vec<Need>>)],
    ways: &Ways,
) -> (Vec<Group<'a>>, Vec<(&'a Operation, String)>) {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut unsaid = Vec::new();
    for (operation, needs) in guarded {
        let way = match needs.is_empty() {
            true => Ok(Way::unknown()),
            false => ways.choose(needs),
        };
        match way {
            Ok(way) => match groups.iter_mut().find(|group| group.way == way) {
                Some(group) => group.operations.push(operation),
                None => groups.push(Group {
                    way,
                    operations: vec![operation],
                }),
            },
            Err(why) => unsaid.push((*operation, why)),
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.operations.len()));
    (groups, unsaid)
}

fn unsayable(page: &mut Page, all: &[(&Operation, String)]) {
    if all.is_empty() {
        return;
    }
    page.note(&format!(
        "A profile can't say what these need ({}):",
        operations(all.len())
    ));
    for (operation, why) in all {
        let why = if why.is_empty() {
            "no scheme is described"
        } else {
            why
        };
        page.note(&format!("{} {}: {why}", operation.method, operation.path));
    }
}
