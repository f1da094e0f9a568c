//! What a function that starts a server may return: where the server is, and what keeps it there.

use std::any::Any;
use std::fmt::Display;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Where a server is that was just started, as [`Conformance::server`](crate::Conformance::server) takes it.
///
/// * a [`SocketAddr`]; of one that listens everywhere (`0.0.0.0`) loopback is asked;
/// * a URL, or a host with a port, as text;
/// * a pair of one of these and something that must live as long as the server: it is dropped after the last case;
/// * a [`Result`] of any of these, whose error says why there is no server.
///
/// ```
/// use authspec::Address;
///
/// let mut kept = Vec::new();
/// let address = std::net::SocketAddr::from(([0, 0, 0, 0], 8080));
/// assert_eq!(address.url(&mut kept).as_deref(), Ok("http://127.0.0.1:8080"));
/// assert_eq!("localhost:8080".url(&mut kept).as_deref(), Ok("http://localhost:8080"));
/// assert_eq!(("https://localhost", "a guard").url(&mut kept).as_deref(), Ok("https://localhost"));
/// assert_eq!(Err::<String, _>("no port is free").url(&mut kept), Err("no port is free".to_owned()));
/// assert_eq!(kept.len(), 1);
/// ```
pub trait Address: Send + 'static {
    /// The URL of the server. What must live as long as the server is put into `kept`.
    ///
    /// # Errors
    ///
    /// There is no server: why, in words.
    fn url(self, kept: &mut Vec<Box<dyn Any + Send>>) -> Result<String, String>;
}

impl Address for SocketAddr {
    fn url(mut self, _: &mut Vec<Box<dyn Any + Send>>) -> Result<String, String> {
        if self.ip().is_unspecified() {
            self.set_ip(match self.ip() {
                IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
                IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
            });
        }
        Ok(format!("http://{self}"))
    }
}

impl Address for String {
    fn url(self, _: &mut Vec<Box<dyn Any + Send>>) -> Result<String, String> {
        Ok(match self.contains("://") {
            true => self,
            false => format!("http://{self}"),
        })
    }
}

impl Address for &'static str {
    fn url(self, kept: &mut Vec<Box<dyn Any + Send>>) -> Result<String, String> {
        self.to_owned().url(kept)
    }
}

impl<A: Address, G: Send + 'static> Address for (A, G) {
    fn url(self, kept: &mut Vec<Box<dyn Any + Send>>) -> Result<String, String> {
        let (address, guard) = self;
        kept.push(Box::new(guard));
        address.url(kept)
    }
}

impl<A: Address, E: Display + Send + 'static> Address for Result<A, E> {
    fn url(self, kept: &mut Vec<Box<dyn Any + Send>>) -> Result<String, String> {
        self.map_err(|why| why.to_string())?.url(kept)
    }
}
