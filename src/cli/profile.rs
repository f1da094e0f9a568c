//! The profile: found, read with the environment and the files that it names, and widened by the command line.
//!
//! Without profile and target there is none, and the embedded reference server is meant.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::edge::files;
use crate::model::{Origin, OriginError};
use crate::suite::profile::{self, Profile};

use super::args::TargetArgs;
use super::console::Console;
use super::exit::Failure;
use super::load::Loader;

/// The profile that is used if it lies in the working directory.
pub(super) const DEFAULT: &str = "authspec.yaml";

/// Secrets shorter than this can't be masked in text.
const SHORT: usize = 8;

/// Reads the profile that the arguments mean; what is wrong with it goes to the loader.
pub(super) fn load(
    args: &TargetArgs,
    loader: &mut Loader,
    console: &Console,
) -> Result<Option<Profile>, Failure> {
    if let Some(target) = &args.target {
        check_target(target)?;
    }
    let found = match &args.profile {
        Some(path) => Some(path.as_path()),
        None => Some(Path::new(DEFAULT)).filter(|path| path.is_file()),
    };
    let text = match (found, &args.target) {
        (Some(path), _) => Text::File(path.to_owned()),
        (None, Some(target)) => Text::Given("--target", bare(target)),
        (None, None) => return Ok(None),
    };
    // the profile of a bare URL says its target itself
    let target = args.target.as_deref().filter(|_| found.is_some());
    let read = read(loader, &text, target, &BTreeMap::new());
    Ok(read.map(|(mut profile, warnings)| {
        warnings.iter().for_each(|warning| console.warn(warning));
        profile.allow.extend(&args.allow);
        profile.allow_hosts.extend(args.allow_host.iter().cloned());
        profile.plain_http |= args.allow_plain_http;
        profile
    }))
}

/// Where the text of a profile comes from.
#[derive(Clone, Debug)]
pub(super) enum Text {
    File(PathBuf),
    /// What diagnostics call it, and the text.
    Given(&'static str, String),
}

/// Compiles a profile, and says what is to be warned of; what is wrong with it goes to the loader. `variables` stand
/// before the environment.
pub(super) fn read(
    loader: &mut Loader,
    text: &Text,
    target: Option<&str>,
    variables: &BTreeMap<String, Zeroizing<String>>,
) -> Option<(Profile, Vec<String>)> {
    let (file, folder) = match text {
        Text::File(path) => (loader.file(path)?, path.parent()),
        Text::Given(name, text) => (loader.sources.add(*name, text.clone()), None),
    };
    loader.profile = Some(file);
    let warnings = RefCell::new(Vec::new());
    let environment = |name: &str| match variables.get(name) {
        Some(value) => Some(value.to_string()),
        None => files::variable(name).ok().map(|value| value.to_string()),
    };
    let folder = folder.unwrap_or_else(|| Path::new(""));
    let named = |name: &str| {
        let secret = files::secret(&folder.join(name)).map_err(|error| error.to_string())?;
        warnings.borrow_mut().extend(secret.warning);
        Ok(secret.value.to_string())
    };
    let read = profile::profile(&loader.sources, file, target, &environment, &named);
    let mut warnings = warnings.into_inner();
    match read {
        Ok(profile) => {
            warnings.extend(short_secrets(&profile));
            Some((profile, warnings))
        }
        Err(wrong) => {
            loader.diagnostics.extend(wrong);
            None
        }
    }
}

/// Says what is wrong with a target without repeating it: what stands before an `@` may be a password.
fn check_target(target: &str) -> Result<(), Failure> {
    match Origin::parse(target) {
        Ok(_) => Ok(()),
        Err(OriginError::UserInfo) => Err(Failure::unusable(
            "--target must not hold a user name or password: everyone on this machine can read it; put them into a profile, as `basic: { user: ..., password: \"${env.API_PASSWORD}\" }`",
        )),
        Err(why) => {
            let shown = target.rsplit('@').next().unwrap_or_default();
            Err(Failure::unusable(format!(
                "--target is no URL that can be asked: {why} (`{shown}`); write its origin, such as `http://127.0.0.1:8080`"
            )))
        }
    }
}

/// The profile of a bare URL: what it names is guarded, and nothing opens it.
fn bare(target: &str) -> String {
    let (origin, path) = match Origin::parse(target) {
        Ok((origin, url)) => {
            let query = url.query().map(|query| format!("?{query}"));
            let path = format!("{}{}", url.path(), query.unwrap_or_default());
            (origin.to_string(), path)
        }
        Err(_) => (target.to_owned(), "/".to_owned()),
    };
    let quoted = |text: String| serde_json::Value::from(text).to_string();
    format!(
        "target: {}\nguarded: [{}]\n",
        quoted(origin),
        quoted(format!("GET {path}"))
    )
}

fn short_secrets(profile: &Profile) -> Vec<String> {
    let secrets = profile.secrets.iter().enumerate();
    let short = secrets.filter(|(at, secret)| {
        // what comes of a variable is there twice: as the variable, and as what it is used for
        let again = profile.secrets[at + 1..]
            .iter()
            .any(|later| later.reveal() == secret.reveal());
        secret.reveal().len() < SHORT && !again
    });
    let said = short.map(|(_, secret)| {
        format!(
            "{} is shorter than {SHORT} bytes: too short to be masked where the target repeats it inside other text",
            secret.label()
        )
    });
    said.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_url_guards_what_it_names() {
        assert_eq!(
            bare("http://127.0.0.1:8080/orders?a=\"b\""),
            "target: \"http://127.0.0.1:8080\"\nguarded: [\"GET /orders?a=%22b%22\"]\n"
        );
        assert_eq!(
            bare("https://api.example"),
            "target: \"https://api.example\"\nguarded: [\"GET /\"]\n"
        );
    }

    #[test]
    fn a_password_in_the_target_is_not_repeated() {
        for target in ["http://alice:hunter22@api.example", "foo:bar:hunter22@x y"] {
            let Err(Failure::Unusable(message)) = check_target(target) else {
                panic!("{target}");
            };
            assert!(!message.contains("hunter22"), "{message}");
        }
        assert!(check_target("http://127.0.0.1:8080").is_ok());
    }
}
