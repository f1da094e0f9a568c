//! The metadata of an issuer, asked for as a run asks for it.

use std::sync::Arc;

use serde_json::Value;

use crate::cli::args::InitArgs;
use crate::cli::confirm;
use crate::cli::exit::Failure;
use crate::cli::judge;
use crate::edge::target::Target;
use crate::model::Origin;
use crate::run::prepare::prepare;
use crate::source::Sources;
use crate::suite::profile;

/// The metadata; or why there is none, once somebody was asked.
pub(super) fn metadata(issuer: &str, args: &InitArgs) -> Result<Result<Value, String>, Failure> {
    let origin = match Origin::parse(issuer) {
        Ok((origin, url)) if url.query().is_none() && url.fragment().is_none() => origin,
        Ok(_) => {
            return Err(Failure::unusable(
                "--issuer must have neither query nor fragment (RFC 8414 section 2)",
            ));
        }
        Err(why) => {
            return Err(Failure::unusable(format!(
                "--issuer is no URL that can be asked: {why}; write the issuer identifier, such as `http://127.0.0.1:9000`"
            )));
        }
    };
    let quoted = |text: &str| Value::from(text).to_string();
    let text = format!(
        "target: {}\nauthorization-server: {{ issuer: {} }}\n",
        quoted(&origin.to_string()),
        quoted(issuer)
    );
    let mut sources = Sources::default();
    let file = sources.add("--issuer", text);
    let read = profile::profile(&sources, file, None, &|_| None, &|_| Err(String::new()));
    let mut profile = read.map_err(|wrong| {
        let first = wrong.first().map(|one| one.message.clone());
        Failure::unusable(format!(
            "--issuer can't be used: {}",
            first.unwrap_or_default()
        ))
    })?;
    profile.allow_hosts.extend(args.allow_host.iter().cloned());
    profile.plain_http |= args.allow_plain_http;
    let origins = confirm::confirmed(&profile)?;
    judge::runtime()?.block_on(async {
        let target = Target::attached(Arc::new(profile), origins)
            .await
            .map_err(Failure::unusable)?;
        let prepared = prepare(Arc::clone(&target.profile), &target.ports).await;
        let troubles = prepared.troubles.iter();
        let troubles: Vec<&str> = troubles.map(|(_, says)| says.as_str()).collect();
        Ok(prepared.world.metadata.ok_or_else(|| {
            format!(
                "{}; is the issuer identifier right, to the letter? `{}` and `{issuer}` are two",
                troubles.join("; "),
                twin(issuer)
            )
        }))
    })
}

/// The identifier that is most often meant: with a final slash, or without.
fn twin(issuer: &str) -> String {
    match issuer.strip_suffix('/') {
        Some(without) => without.to_owned(),
        None => format!("{issuer}/"),
    }
}
