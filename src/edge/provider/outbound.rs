//! Writes an answer to a connection, field for field, and ends the connection with it.

use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use crate::model::{Header, Response};

/// Writes a response; without its content if the request was HEAD. The connection is closed by the caller, and
/// the head says so.
pub(super) async fn write(stream: &mut (impl AsyncWrite + Unpin), response: &Response, head: bool) {
    let content = response.body.bytes();
    let mut bytes = format!(
        "HTTP/1.1 {} {}\r\n",
        response.status,
        reason(response.status)
    )
    .into_bytes();
    for Header { name, value } in &response.headers {
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value);
        bytes.extend_from_slice(b"\r\n");
    }
    let framed = has(response, "content-length") || has(response, "transfer-encoding");
    let bodiless = matches!(response.status, 100..=199 | 204 | 304);
    if !framed && !bodiless {
        bytes.extend_from_slice(format!("Content-Length: {}\r\n", content.len()).as_bytes());
    }
    if !has(response, "connection") {
        bytes.extend_from_slice(b"Connection: close\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    if !head && !bodiless {
        bytes.extend_from_slice(content);
    }
    write_raw(stream, &bytes).await;
}

/// Writes octets. That the other side has gone is its own affair.
pub(super) async fn write_raw(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) {
    if stream.write_all(bytes).await.is_ok() {
        let _ = stream.shutdown().await;
    }
}

fn has(response: &Response, name: &str) -> bool {
    response.header(name).next().is_some()
}

fn reason(status: u16) -> &'static str {
    reqwest::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("")
}
