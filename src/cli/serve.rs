//! `authspec serve`: the reference server by itself, sound or with the mistakes that are asked for.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use authspec_reference_server::{Config, StartError, accounts, faults, start};
use tokio::runtime::{Builder, Runtime};

use crate::edge::embedded::{CLIENT_ID, CLIENT_SECRET};
use crate::edge::target::upstream;
use crate::report::exit::OK;

use super::args::ServeArgs;
use super::console::{Console, print};
use super::exit::{Ending, Failure};
use super::signal;

pub(super) fn run(args: &ServeArgs, console: &Console) -> Ending {
    if args.list_faults {
        print(&fault_list(console))?;
        return Ok(OK);
    }
    if !args.listen.ip().is_loopback() {
        console.warn("this server is reachable by others, and everybody can read its accounts and keys: they are published for tests");
    }
    runtime()?.block_on(serve(args))
}

/// The runtime of a server that people watch: two threads suffice.
pub(super) fn runtime() -> Result<Runtime, Failure> {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::Internal(format!("no runtime: {error}")))
}

async fn serve(args: &ServeArgs) -> Ending {
    let server = start(Config {
        listen: args.listen,
        faults: args.fault.clone(),
        provider: args.provider.clone().map(upstream),
        ..Config::default()
    })
    .await
    .map_err(|error| match error {
        StartError::UnknownFault { .. } => Failure::unusable(format!("--fault: {error}")),
        StartError::Listen(_) => Failure::unusable(format!("--listen {}: {error}", args.listen)),
    })?;
    print(&greeting(
        server.origin(),
        &args.fault,
        args.provider.as_deref(),
    ))?;
    let ended = signal::ended().await;
    server.stop().await;
    Ok(ended.code())
}

fn greeting(origin: &str, faults: &[String], provider: Option<&str>) -> String {
    let kind = if faults.is_empty() {
        "sound".to_owned()
    } else {
        format!("with {}", faults.join(", "))
    };
    let mut text = format!("authspec reference server, {kind}, at {origin}\n\n");
    text.push_str("  GET  /basic               HTTP Basic\n");
    text.push_str(
        "  POST /login               a token for {\"username\": ..., \"password\": ...}\n",
    );
    text.push_str("  GET  /protected-resource  Bearer JWT\n");
    if let Some(issuer) = provider {
        let _ = writeln!(
            text,
            "  GET  /login               a login at {issuer}, as client {CLIENT_ID:?} with the secret {CLIENT_SECRET:?}"
        );
    }
    text.push_str("  GET  /                    everything else there is\n\naccounts:\n");
    for account in accounts() {
        // writing to a String can't fail
        let _ = writeln!(text, "  {:<8} {}", account.name, account.password);
    }
    text.push_str(
        "\nThese accounts and the keys of this server are published for tests: trust them nowhere else.\nCtrl-C ends it.\n",
    );
    text
}

/// Every mistake by the role in which it shows, then the groups.
fn fault_list(console: &Console) -> String {
    let mut text = String::new();
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    for fault in faults() {
        for group in fault.groups {
            *groups.entry(group).or_default() += 1;
        }
        if console.is_terminal() {
            let _ = writeln!(
                text,
                "{}\n    {}",
                console.styled("1", fault.name),
                fault.what
            );
        } else {
            let _ = writeln!(
                text,
                "{}\t{}\t{}\t{}",
                fault.name,
                fault.role,
                fault.groups.join(","),
                fault.what
            );
        }
    }
    if console.is_terminal() {
        text.push_str("\ngroups:\n");
        for (group, count) in groups {
            let _ = writeln!(text, "  {group} ({count})");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greeting_says_that_its_secrets_are_none() {
        let text = greeting(
            "http://127.0.0.1:1",
            &["tutorial".to_owned()],
            Some("http://127.0.0.1:2"),
        );
        assert!(text.contains("a login at http://127.0.0.1:2"));
        assert!(text.contains("with tutorial, at http://127.0.0.1:1"));
        assert!(text.contains("published for tests"));
        for account in accounts() {
            assert!(text.contains(account.password));
        }
    }
}
