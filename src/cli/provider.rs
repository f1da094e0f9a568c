//! `authspec provider`: the OAuth provider by itself, to develop a client against or to configure a target with.

use std::sync::Arc;

use serde_json::Map;

use crate::edge::clock::{Random, SystemClock};
use crate::edge::provider::{Bound, Played, Settings};
use crate::forge::Key;
use crate::model::Secret;
use crate::provider::{Offers, Registered, Setup, User};
use crate::run::port::ProviderPort as _;

use super::args::ProviderArgs;
use super::console::{Console, print};
use super::exit::{Ending, Failure};
use super::{serve, signal};

pub(super) fn run(args: &ProviderArgs, console: &Console) -> Ending {
    if !args.listen.ip().is_loopback() {
        console.warn("this provider is reachable by others: whoever asks it is logged in");
    }
    serve::runtime()?.block_on(play(args))
}

async fn play(args: &ProviderArgs) -> Ending {
    let settings = Settings {
        listen: args.listen,
        issuer: args.issuer.clone(),
        tls: args.tls,
        ..Settings::default()
    };
    let bound = Bound::take(&settings, &Random)
        .map_err(|why| Failure::unusable(format!("--listen {}: {why}", args.listen)))?;
    // never a test key: whoever trusts this provider would trust everyone who can read them
    let key = Key::generate("RS256").map_err(|why| Failure::Internal(why.to_string()))?;
    let key = Arc::new(key);
    let issuer = bound.issuer(0);
    let setup = |_: usize, issuer: String| Setup {
        issuer,
        clients: clients(args),
        users: users(),
        key: Arc::clone(&key),
        api_audience: args.audience.clone(),
        api_claims: Map::new(),
        offers: Offers::default(),
    };
    let played = Played::open(bound, setup, Arc::new(SystemClock), Arc::new(Random))
        .await
        .map_err(Failure::Internal)?;
    print(&greeting(&issuer, played.authority(), args))?;
    let ended = signal::ended().await;
    drop(played);
    Ok(ended.code())
}

/// Public clients with these names; without any every client is known.
fn clients(args: &ProviderArgs) -> Vec<Registered> {
    args.client
        .iter()
        .map(|id| Registered {
            id: id.clone(),
            secret: None::<Secret>,
            redirect_uris: Vec::new(),
        })
        .collect()
}

fn users() -> Vec<User> {
    ["alice", "mallory"]
        .into_iter()
        .map(|name| User {
            actor: name.to_owned(),
            subject: format!("{name}-at-the-provider"),
            name: name.to_owned(),
            email: format!("{name}@users.example"),
        })
        .collect()
}

fn greeting(issuer: &str, authority: Option<String>, args: &ProviderArgs) -> String {
    let clients = if args.client.is_empty() {
        "every client is known, with any secret and redirect URI".to_owned()
    } else {
        format!("clients: {}", args.client.join(", "))
    };
    let authority = authority.map_or_else(String::new, |file| {
        format!(
            "  authority {file}, for SSL_CERT_FILE, NODE_EXTRA_CA_CERTS or REQUESTS_CA_BUNDLE\n"
        )
    });
    format!(
        "authspec provider\n\n  issuer    {issuer}\n  metadata  {}\n{authority}  login     everybody is alice, without a password\n  {clients}\n\nIts keys are made for this run. Ctrl-C ends it.\n",
        metadata(issuer)
    )
}

/// Where OpenID Connect Discovery section 4 puts the metadata: behind the issuer's path.
fn metadata(issuer: &str) -> String {
    format!(
        "{}/.well-known/openid-configuration",
        issuer.trim_end_matches('/')
    )
}
