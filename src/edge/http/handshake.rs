//! Sends the first message of a TLS handshake and reads the first that comes back, over a connection of its own.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::model::{Response, Silence};
use crate::wire::tls;

/// No first record of a handshake is longer.
const LONGEST: usize = 64 * 1024;

pub(super) async fn execute(hello: &[u8], address: SocketAddr) -> Result<Response, Silence> {
    let mut stream = TcpStream::connect(address)
        .await
        .map_err(|error| Silence::Unreachable(error.kind().to_string()))?;
    let ended = |error: std::io::Error| Silence::Closed(error.kind().to_string());
    stream.write_all(hello).await.map_err(ended)?;
    let mut bytes = Vec::new();
    while bytes.len() < LONGEST && tls::record_length(&bytes).is_none_or(|all| bytes.len() < all) {
        let mut piece = [0; 4096];
        match stream.read(&mut piece).await.map_err(ended)? {
            0 => break,
            count => bytes.extend_from_slice(&piece[..count]),
        }
    }
    if bytes.is_empty() {
        return Err(Silence::Closed("nothing was answered".to_owned()));
    }
    tls::read(&bytes).ok_or_else(|| Silence::Malformed("what came is no TLS".to_owned()))
}
