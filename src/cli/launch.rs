//! `start:` of a profile: the target is launched before the run and stopped after it, whatever happens between.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use crate::edge::launch::{Launched, Ready, Start};
use crate::edge::target::Target;
use crate::model::{Secret, Vault};
use crate::provider::{Endpoint, address};
use crate::suite::profile::{self, Profile};
use crate::suite::template::{Template, as_text};

use super::library;

/// Launches the target if the profile says how; `folder` is the profile's.
pub(super) async fn launch(
    target: Target,
    folder: Option<&Path>,
) -> Result<(Target, Option<Arc<Launched>>), String> {
    let Some(described) = target.profile.start.clone() else {
        return Ok((target, None));
    };
    let start = Start {
        command: filled(&described.command, &target)?,
        variables: variables(&described, &target)?,
        folder: working_folder(&described, folder),
        ready: Ready {
            origin: described.ready.origin.clone(),
            target: described.ready.target.clone(),
            status: None,
            within: described.within,
        },
        grace: Start::GRACE,
    };
    let http = Arc::clone(&target.ports.http);
    let launched = Launched::start(start, vault(&target.profile), http)
        .await
        .map_err(|error| error.to_string())?;
    let launched = Arc::new(launched);
    let target = target.restarted_by(launched.clone());
    Ok((target, Some(launched)))
}

fn filled(templates: &[Template], target: &Target) -> Result<Vec<String>, String> {
    templates.iter().map(|one| fill(one, target)).collect()
}

fn variables(described: &profile::Start, target: &Target) -> Result<Vec<(String, Secret)>, String> {
    let of = |(name, value): &(String, Template)| {
        let value = fill(value, target)?;
        Ok((name.clone(), Secret::new(value, format!("variable {name}"))))
    };
    described.env.iter().map(of).collect()
}

fn fill(template: &Template, target: &Target) -> Result<String, String> {
    let mut look_up = |path: &crate::suite::template::Path| value(&path.to_string(), target);
    let filled = template.expand(&mut look_up).map_err(|missing| {
        format!(
            "`start:` names ${{{}}}, which has no value here; there are target.origin, port, and, where authspec plays the provider, provider.issuer, provider.jwks, provider.api, provider.evil and listener.url, and under TLS provider.ca-file",
            missing.0
        )
    })?;
    Ok(as_text(&filled))
}

/// What `start:` may name.
fn value(name: &str, target: &Target) -> Option<Value> {
    let provider = target.ports.provider.as_ref();
    let issuer = |which| provider.map(|provider| provider.issuer(which));
    let text = match name {
        "target.origin" => Some(target.profile.origin.to_string()),
        "port" => Some(target.profile.origin.port.to_string()),
        "provider.issuer" => issuer(0),
        "provider.evil" => issuer(1),
        "provider.jwks" => issuer(0).map(|issuer| {
            let base = issuer.trim_end_matches('/');
            format!("{base}/{}", Endpoint::KeySet.word())
        }),
        "provider.api" => issuer(0).map(|issuer| address(&issuer, Endpoint::Api)),
        "provider.ca-file" => provider.and_then(|provider| provider.authority()),
        "listener.url" => provider.map(|provider| provider.listener()),
        _ => None,
    };
    text.map(Value::from)
}

/// authspec's provider, as a server in this process is to know it; none if nothing plays it.
pub(super) fn provided(target: &Target) -> Option<library::Provider> {
    let told = |name| Some(as_text(&value(name, target)?));
    Some(library::Provider {
        issuer: told("provider.issuer")?,
        evil: told("provider.evil")?,
        jwks: told("provider.jwks")?,
        api: told("provider.api")?,
        listener: told("listener.url")?,
        ca_file: told("provider.ca-file"),
    })
}

/// A relative folder is relative to the profile that names it.
fn working_folder(described: &profile::Start, folder: Option<&Path>) -> Option<PathBuf> {
    let beside = folder.filter(|folder| !folder.as_os_str().is_empty());
    match (&described.directory, beside) {
        (Some(named), Some(beside)) => Some(beside.join(named)),
        (Some(named), None) => Some(PathBuf::from(named)),
        (None, beside) => beside.map(Path::to_owned),
    }
}

fn vault(profile: &Profile) -> Vault {
    let mut vault = Vault::default();
    profile.secrets.iter().for_each(|secret| vault.add(secret));
    vault
}
