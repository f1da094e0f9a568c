//! A handshake in an old version of TLS, which only a fault begins: the library that is used otherwise has none.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::Url;

/// How long the other side may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Says hello in TLS 1.1 and waits for what would follow; nothing is agreed on.
pub(crate) async fn hello(url: &str) {
    let Ok(url) = Url::parse(url) else { return };
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
        return;
    };
    let Ok(mut stream) = TcpStream::connect((host, port)).await else {
        return;
    };
    let mut body = vec![3, 2];
    body.extend([0x2a; 32]);
    // no session; two suites that TLS 1.1 has; no compression
    body.extend([0, 0, 4, 0xc0, 0x13, 0, 0x2f, 1, 0]);
    let length = u8::try_from(body.len()).unwrap_or_default();
    let mut record = vec![0x16, 3, 1, 0, length + 4, 1, 0, 0, length];
    record.extend(body);
    if stream.write_all(&record).await.is_ok() {
        let mut said = Vec::new();
        let all = stream.read_to_end(&mut said);
        // whatever comes is read and nothing made of it
        let _ = tokio::time::timeout(PATIENCE, all).await;
    }
}
