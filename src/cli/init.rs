//! `authspec init`: a profile that a user can go on from.
//!
//! Nothing is asked, no file is written over, and nothing is sent but to an issuer that was named.

mod issuer;

use std::path::Path;

use crate::edge::files;
use crate::model::Origin;
use crate::report::exit::{INCONCLUSIVE, OK};
use crate::source::{plain, visible};
use crate::suite::draft::{self, Counts, Draft};
use crate::wire::openapi::{Description, Version};

use super::args::InitArgs;
use super::console::{Console, print};
use super::exit::{Ending, Failure};
use super::profile::DEFAULT;
use super::wrap::wrapped;

pub(super) fn run(args: &InitArgs, console: &Console) -> Ending {
    let to_stdout = args.profile == Path::new("-");
    if !to_stdout && files::is_there(&args.profile) {
        return Err(Failure::unusable(format!(
            "{} is there already, and is not written over; name another file by --profile, or print the profile by `--profile -`",
            args.profile.display()
        )));
    }
    if let Some(target) = &args.target {
        target_of(target)?;
    }
    let (draft, told) = match (&args.openapi, &args.issuer) {
        (Some(file), _) => of_description(file, args.target.as_deref())?,
        (None, Some(issuer)) => match issuer::metadata(issuer, args)? {
            Ok(metadata) => {
                let draft = draft::server(issuer, &metadata, &args.allow_host);
                (draft, format!("from the metadata of {issuer}"))
            }
            Err(why) => {
                console.tell(&format!("error: {}", visible(&why)));
                return Ok(INCONCLUSIVE);
            }
        },
        (None, None) => (
            draft::template(args.target.as_deref()),
            "a template: put in what your API has".to_owned(),
        ),
    };
    if to_stdout {
        print(&draft.text)?;
        return Ok(OK);
    }
    files::write_new(&args.profile, draft.text.as_bytes())
        .map_err(|why| Failure::unusable(format!("the profile can't be written: {why}")))?;
    if !console.quiet {
        print(&said(&args.profile, &draft, &told, console.width()))?;
    }
    Ok(OK)
}

/// An origin that the profile can name.
fn target_of(target: &str) -> Result<(), Failure> {
    match Origin::parse(target) {
        Ok(_) => Ok(()),
        Err(why) => Err(Failure::unusable(format!(
            "--target is no URL that can be asked: {why}; write its origin, such as `http://127.0.0.1:8080`"
        ))),
    }
}

fn of_description(path: &Path, target: Option<&str>) -> Result<(Draft, String), Failure> {
    let shown = path.display().to_string();
    if shown.contains("://") {
        return Err(Failure::unusable(format!(
            "--openapi reads a file and fetches nothing; save {shown} first, and give its name"
        )));
    }
    let bytes = files::read_description(path)
        .map_err(|why| Failure::unusable(format!("this description can't be read: {why}")))?;
    let document = document(&bytes)
        .map_err(|why| Failure::unusable(format!("{shown} is neither JSON nor YAML: {why}")))?;
    let description = Description::new(&document);
    match description.version() {
        Version::Three(_) => {}
        Version::Two => {
            return Err(Failure::unusable(format!(
                "{shown} is Swagger 2.0, which is not read; convert it to OpenAPI 3, for instance with `npx swagger2openapi {shown} -o openapi.json`"
            )));
        }
        Version::Other(said) => {
            let said = said.map_or_else(String::new, |said| format!(" (it says `{said}`)"));
            return Err(Failure::unusable(format!(
                "{shown} is no description by OpenAPI 3{said}: its first member is `openapi: 3.1.0` or the like"
            )));
        }
    }
    let file = path
        .file_name()
        .map_or(shown.clone(), |name| name.to_string_lossy().into_owned());
    let (draft, counts) = draft::api(&description, &file, target);
    Ok((draft, told(counts)))
}

/// JSON where it is JSON: its reader is faster, and its mistakes are told better.
fn document(bytes: &[u8]) -> Result<serde_json::Value, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{')
        && let Ok(document) = serde_json::from_str(text)
    {
        return Ok(document);
    }
    plain(text)
}

/// What was found, in a line.
fn told(counts: Counts) -> String {
    let in_force = match counts.in_force {
        0 => "none of them is in force yet: choose in the file".to_owned(),
        some => format!("{some} of them in force"),
    };
    let mut parts = Vec::new();
    if counts.guarded == 0 {
        parts.push("no operation says that it needs a credential: choose in the file".to_owned());
    }
    let kinds = [
        (counts.guarded, "guarded", format!(" ({in_force})")),
        (counts.optional, "optionally guarded", String::new()),
        (counts.open, "open", String::new()),
        (counts.unsaid, "of which nothing is said", String::new()),
    ];
    for (count, what, more) in kinds.into_iter().filter(|(count, ..)| *count > 0) {
        let operations = match count {
            1 => "1 operation",
            _ => "operations",
        };
        let count = match count {
            1 => String::new(),
            _ => format!("{count} "),
        };
        parts.push(format!("{count}{operations} {what}{more}"));
    }
    if counts.elsewhere > 0 {
        parts.push(format!(
            "paths in other files, and not here: {}",
            counts.elsewhere
        ));
    }
    parts.join(", ")
}

/// What was written, and what comes next.
fn said(path: &Path, draft: &Draft, told: &str, width: usize) -> String {
    let file = path.display().to_string();
    let mut text = wrapped("", &format!("{file} is written: {told}."), width, 0);
    text.push_str("\n\nNext:\n");
    if !draft.variables.is_empty() {
        let sets: Vec<String> = draft
            .variables
            .iter()
            .map(|name| format!("{name}=..."))
            .collect();
        text.push_str(&wrapped("  export ", &sets.join(" "), usize::MAX, 0));
        text.push('\n');
    }
    let option = match path == Path::new(DEFAULT) {
        true => String::new(),
        false => format!(" --profile {}", visible(&file)),
    };
    text.push_str(&format!(
        "  authspec doctor{option}\n  authspec run{option}\n"
    ));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_and_yaml_are_read() {
        let wanted = serde_json::json!({ "openapi": "3.1.0", "paths": {} });
        for text in [
            "{\"openapi\": \"3.1.0\", \"paths\": {}}",
            "\u{feff}{\"openapi\": \"3.1.0\", \"paths\": {}}",
            "openapi: 3.1.0\npaths: {}\n",
            "{openapi: 3.1.0, paths: {}}",
        ] {
            assert_eq!(document(text.as_bytes()).as_ref(), Ok(&wanted), "{text}");
        }
        assert!(document(b"\xff").is_err() && document(b"a: [").is_err());
    }

    #[test]
    fn the_line_says_what_was_found() {
        let counts = |guarded, optional, open| Counts {
            guarded,
            in_force: guarded.min(8),
            optional,
            open,
            ..Counts::default()
        };
        assert_eq!(
            told(counts(12, 1, 2)),
            "12 operations guarded (8 of them in force), 1 operation optionally guarded, 2 operations open"
        );
        assert!(told(counts(0, 0, 0)).starts_with("no operation says"));
    }
}
