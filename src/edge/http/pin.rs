//! Which origins may be asked, and the one address that each has during a run.
//!
//! A name is resolved once, so that it can't point elsewhere between two requests. Of several addresses the
//! first that takes a connection is kept: a server on `localhost` may listen on `::1` or `127.0.0.1` alone.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::Duration;

use crate::model::{Origin, Silence};

/// How long one of several addresses may take to accept a connection.
const KNOCK: Duration = Duration::from_secs(2);

/// The origins that the user named or allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confirmed {
    /// Each with scheme and port: another port of a confirmed host is another origin.
    pub origins: Vec<Origin>,
}

pub(super) struct Pins {
    confirmed: RwLock<Confirmed>,
    /// What each name resolved to. The lock is held while resolving, so that no name is asked for twice.
    names: tokio::sync::Mutex<HashMap<String, Vec<IpAddr>>>,
    pinned: Mutex<BTreeMap<Origin, SocketAddr>>,
}

impl Pins {
    pub(super) fn new(confirmed: Confirmed) -> Self {
        Self {
            confirmed: RwLock::new(confirmed),
            names: tokio::sync::Mutex::default(),
            pinned: Mutex::default(),
        }
    }

    pub(super) fn confirm(&self, origin: Origin) {
        let mut confirmed = self
            .confirmed
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if !confirmed.origins.contains(&origin) {
            confirmed.origins.push(origin);
        }
    }

    pub(super) fn all(&self) -> Vec<(Origin, SocketAddr)> {
        let pinned = self.pinned.lock().unwrap_or_else(PoisonError::into_inner);
        pinned
            .iter()
            .map(|(origin, address)| (origin.clone(), *address))
            .collect()
    }

    /// The address of an origin, or why nothing may or can be sent there.
    pub(super) async fn pin(&self, origin: &Origin) -> Result<SocketAddr, Silence> {
        self.check(origin)?;
        if let Some(address) = self.known(origin) {
            return Ok(address);
        }
        let candidates = self.resolve(origin).await?;
        let address = match candidates.as_slice() {
            [only] => SocketAddr::new(*only, origin.port),
            several => first_to_answer(several, origin).await?,
        };
        let mut pinned = self.pinned.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(*pinned.entry(origin.clone()).or_insert(address))
    }

    fn check(&self, origin: &Origin) -> Result<(), Silence> {
        let confirmed = self
            .confirmed
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if confirmed.origins.contains(origin) {
            return Ok(());
        }
        Err(Silence::Unreachable(format!(
            "{origin} was not confirmed, nothing was sent"
        )))
    }

    fn known(&self, origin: &Origin) -> Option<SocketAddr> {
        let pinned = self.pinned.lock().unwrap_or_else(PoisonError::into_inner);
        pinned.get(origin).copied()
    }

    async fn resolve(&self, origin: &Origin) -> Result<Vec<IpAddr>, Silence> {
        if let Some(literal) = literal(&origin.host) {
            // the user confirmed this very address
            return Ok(vec![literal]);
        }
        let mut names = self.names.lock().await;
        let addresses = match names.get(&origin.host) {
            Some(addresses) => addresses.clone(),
            None => {
                let addresses = look_up(origin).await?;
                names.insert(origin.host.clone(), addresses.clone());
                addresses
            }
        };
        admissible(&origin.host, &addresses)
    }
}

/// The address that a host is written as, if it is one.
pub(super) fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .parse()
        .ok()
}

async fn look_up(origin: &Origin) -> Result<Vec<IpAddr>, Silence> {
    let found = tokio::net::lookup_host((origin.host.as_str(), origin.port))
        .await
        .map_err(|why| {
            Silence::Unreachable(format!("the name {} is not found: {why}", origin.host))
        })?;
    let mut addresses: Vec<IpAddr> = Vec::new();
    for address in found {
        if !addresses.contains(&address.ip()) {
            addresses.push(address.ip());
        }
    }
    Ok(addresses)
}

/// The addresses of a name that may be asked. A name must not lead to a metadata service or to whatever sits on
/// the same wire; who means such an address confirms the address itself.
fn admissible(host: &str, addresses: &[IpAddr]) -> Result<Vec<IpAddr>, Silence> {
    let kept: Vec<IpAddr> = addresses
        .iter()
        .copied()
        .filter(|address| !is_special(*address))
        .collect();
    match (kept.is_empty(), addresses.first()) {
        (false, _) => Ok(kept),
        (true, Some(address)) => Err(Silence::Unreachable(format!(
            "the name {host} resolves to {address}, a link-local, metadata or other special address; nothing \
             was sent"
        ))),
        (true, None) => Err(Silence::Unreachable(format!(
            "the name {host} has no address"
        ))),
    }
}

/// Link-local, unspecified, multicast and broadcast addresses, and those at which clouds serve metadata.
fn is_special(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_link_local()
                || address.octets()[0] == 0
                || address.is_multicast()
                || address.is_broadcast()
                || address == Ipv4Addr::new(100, 100, 100, 200)
                || address == Ipv4Addr::new(192, 0, 0, 192)
        }
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => is_special(IpAddr::V4(mapped)),
            None => {
                address.is_unicast_link_local()
                    || address.is_unspecified()
                    || address.is_multicast()
                    || address == Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)
            }
        },
    }
}

async fn first_to_answer(addresses: &[IpAddr], origin: &Origin) -> Result<SocketAddr, Silence> {
    let mut last = String::from("it has no address");
    for address in addresses {
        let address = SocketAddr::new(*address, origin.port);
        match tokio::time::timeout(KNOCK, tokio::net::TcpStream::connect(address)).await {
            Ok(Ok(_)) => return Ok(address),
            Ok(Err(why)) => last = format!("{address}: {why}"),
            Err(_) => last = format!("{address}: no connection in time"),
        }
    }
    Err(Silence::Unreachable(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_name_must_not_lead_to_a_special_address() {
        for special in [
            "169.254.169.254",
            "0.0.0.0",
            "0.1.2.3",
            "224.0.0.1",
            "255.255.255.255",
            "100.100.100.200",
            "192.0.0.192",
            "fe80::1",
            "fd00:ec2::254",
            "::",
            "ff02::1",
            "::ffff:169.254.169.254",
        ] {
            let Err(Silence::Unreachable(why)) = admissible("name.example", &[address(special)])
            else {
                panic!("{special} was taken");
            };
            assert!(why.contains("name.example"), "{why}");
        }
        let mixed = [address("169.254.1.1"), address("192.0.2.7")];
        assert_eq!(admissible("name.example", &mixed).unwrap(), [mixed[1]]);
    }

    #[test]
    fn usual_addresses_are_taken() {
        for usual in [
            "127.0.0.1",
            "::1",
            "10.0.0.1",
            "192.168.1.1",
            "fd12::1",
            "2001:db8::1",
        ] {
            assert!(!is_special(address(usual)), "{usual}");
        }
    }

    #[tokio::test]
    async fn a_special_address_that_was_confirmed_itself_is_taken() {
        let (origin, _) = Origin::parse("http://169.254.169.254/").unwrap();
        let pins = Pins::new(Confirmed {
            origins: vec![origin.clone()],
        });
        assert_eq!(
            pins.pin(&origin).await.unwrap(),
            "169.254.169.254:80".parse().unwrap()
        );
    }

    #[tokio::test]
    async fn another_port_or_scheme_is_another_origin() {
        let (origin, _) = Origin::parse("http://127.0.0.1:8080/").unwrap();
        let pins = Pins::new(Confirmed {
            origins: vec![origin],
        });
        for other in [
            "http://127.0.0.1:8081/",
            "https://127.0.0.1:8080/",
            "http://localhost:8080/",
        ] {
            let (other, _) = Origin::parse(other).unwrap();
            let Err(Silence::Unreachable(why)) = pins.pin(&other).await else {
                panic!("{other} was taken");
            };
            assert!(why.contains("was not confirmed"), "{why}");
        }
    }
}
