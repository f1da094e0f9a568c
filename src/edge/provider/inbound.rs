//! Reads one request from a connection, strictly and within limits (RFC 9112).

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::Limits;
use crate::model::{Header, Origin, Request};

/// A request that can't be heard: the status that says so.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unheard(pub(super) u16);

/// Reads a request; none if the connection ends before its first byte.
pub(super) async fn read<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    origin: &Origin,
    limits: Limits,
) -> Result<Option<Request>, Unheard> {
    let mut buffer = Vec::new();
    let end = loop {
        if let Some(end) = find(&buffer, b"\r\n\r\n") {
            break end;
        }
        if buffer.len() > limits.head {
            return Err(Unheard(431));
        }
        if !more(stream, &mut buffer).await {
            return if buffer.is_empty() {
                Ok(None)
            } else {
                Err(Unheard(400))
            };
        }
    };
    if end > limits.head {
        return Err(Unheard(431));
    }
    let rest = buffer.split_off(end + 4);
    buffer.truncate(end);
    let mut request = head(&buffer, origin).ok_or(Unheard(400))?;
    request.body = body(stream, &request, rest, limits.body).await?;
    Ok(Some(request))
}

async fn more(stream: &mut (impl AsyncRead + Unpin), buffer: &mut Vec<u8>) -> bool {
    matches!(stream.read_buf(buffer).await, Ok(count) if count > 0)
}

fn find(buffer: &[u8], wanted: &[u8]) -> Option<usize> {
    buffer
        .windows(wanted.len())
        .position(|window| window == wanted)
}

fn head(bytes: &[u8], origin: &Origin) -> Option<Request> {
    let mut lines = split_lines(bytes).into_iter();
    let first = std::str::from_utf8(lines.next()?).ok()?;
    let mut parts = first.split(' ');
    let (method, target, version) = (parts.next()?, parts.next()?, parts.next()?);
    let fits = parts.next().is_none()
        && !method.is_empty()
        && method.bytes().all(is_token)
        && target.starts_with('/')
        && target.bytes().all(|byte| byte.is_ascii_graphic())
        && matches!(version, "HTTP/1.1" | "HTTP/1.0");
    if !fits {
        return None;
    }
    let mut request = Request::new(method, origin.clone(), target);
    for line in lines {
        request.headers.push(field(line)?);
    }
    Some(request)
}

fn split_lines(bytes: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    let mut rest = bytes;
    while let Some(end) = find(rest, b"\r\n") {
        lines.push(&rest[..end]);
        rest = &rest[end + 2..];
    }
    lines.push(rest);
    lines
}

fn field(line: &[u8]) -> Option<Header> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = std::str::from_utf8(&line[..colon]).ok()?;
    let value = line[colon + 1..].trim_ascii();
    let fits = !name.is_empty()
        && name.bytes().all(is_token)
        && !value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0));
    fits.then(|| Header::new(name, value))
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

async fn body<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    request: &Request,
    begun: Vec<u8>,
    limit: usize,
) -> Result<Vec<u8>, Unheard> {
    let framing = framing(request)?;
    let has_content = !matches!(framing, Framing::Length(0));
    let mut expectations = request.header("expect");
    if has_content && expectations.any(|one| one.eq_ignore_ascii_case(b"100-continue")) {
        let going_on = stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await;
        going_on.map_err(|_| Unheard(400))?;
    }
    match framing {
        Framing::Length(length) if length > limit => Err(Unheard(413)),
        Framing::Length(length) => {
            let mut content = begun;
            while content.len() < length {
                if !more(stream, &mut content).await {
                    return Err(Unheard(400));
                }
            }
            content.truncate(length);
            Ok(content)
        }
        Framing::Chunked => chunked(stream, begun, limit).await,
    }
}

enum Framing {
    Length(usize),
    Chunked,
}

/// RFC 9112 section 6.3: both fields, or two lengths that differ, are an attack or an error.
fn framing(request: &Request) -> Result<Framing, Unheard> {
    let mut codings = request.header("transfer-encoding");
    let mut lengths = request.header("content-length");
    match (codings.next(), lengths.next()) {
        (None, None) => Ok(Framing::Length(0)),
        (Some(coding), None) => {
            let alone = codings.next().is_none() && coding.eq_ignore_ascii_case(b"chunked");
            if alone {
                Ok(Framing::Chunked)
            } else {
                Err(Unheard(501))
            }
        }
        (None, Some(length)) => {
            let same = lengths.all(|other| other == length);
            let digits = length.iter().all(u8::is_ascii_digit);
            std::str::from_utf8(length)
                .ok()
                .filter(|_| same && digits)
                .and_then(|length| length.parse().ok())
                .map(Framing::Length)
                .ok_or(Unheard(400))
        }
        (Some(_), Some(_)) => Err(Unheard(400)),
    }
}

/// RFC 9112 section 7.1. Trailer fields are read and dropped.
async fn chunked<S: AsyncRead + Unpin>(
    stream: &mut S,
    begun: Vec<u8>,
    limit: usize,
) -> Result<Vec<u8>, Unheard> {
    let mut buffer = begun;
    let mut content = Vec::new();
    loop {
        let line = line(stream, &mut buffer).await?;
        let digits = line
            .split(|byte| *byte == b';')
            .next()
            .unwrap_or_default()
            .trim_ascii();
        let size = std::str::from_utf8(digits)
            .ok()
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|digits| usize::from_str_radix(digits, 16).ok())
            .ok_or(Unheard(400))?;
        if size == 0 {
            break;
        }
        if size > limit - content.len() {
            return Err(Unheard(413));
        }
        while buffer.len() < size + 2 {
            if !more(stream, &mut buffer).await {
                return Err(Unheard(400));
            }
        }
        if &buffer[size..size + 2] != b"\r\n" {
            return Err(Unheard(400));
        }
        content.extend_from_slice(&buffer[..size]);
        buffer.drain(..size + 2);
    }
    let mut trailers = 0;
    while !line(stream, &mut buffer).await?.is_empty() {
        trailers += 1;
        if trailers > LINES {
            return Err(Unheard(431));
        }
    }
    Ok(content)
}

/// The longest line of a chunk size or trailer, and how many trailers may come.
const LINE: usize = 4096;
const LINES: usize = 100;

async fn line<S: AsyncRead + Unpin>(
    stream: &mut S,
    buffer: &mut Vec<u8>,
) -> Result<Vec<u8>, Unheard> {
    loop {
        if let Some(end) = find(buffer, b"\r\n") {
            let line = buffer[..end].to_vec();
            buffer.drain(..end + 2);
            return Ok(line);
        }
        if buffer.len() > LINE || !more(stream, buffer).await {
            return Err(Unheard(400));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn hear(bytes: &[u8]) -> Result<Option<Request>, Unheard> {
        let limits = Limits {
            head: 200,
            body: 20,
            ..Limits::default()
        };
        let (origin, _) = Origin::parse("http://127.0.0.1:1/").unwrap();
        let mut stream = tokio_test_stream(bytes).await;
        read(&mut stream, &origin, limits).await
    }

    /// The reading end of a pipe that holds these bytes and then ends.
    async fn tokio_test_stream(bytes: &[u8]) -> tokio::io::DuplexStream {
        let (mut ours, theirs) = tokio::io::duplex(64 * 1024);
        ours.write_all(bytes).await.unwrap();
        ours.shutdown().await.unwrap();
        // what is answered meanwhile has somewhere to go
        tokio::spawn(async move {
            let mut sink = Vec::new();
            let _ = ours.read_to_end(&mut sink).await;
        });
        theirs
    }

    #[tokio::test]
    async fn content_comes_by_length_or_in_chunks() {
        for (bytes, content) in [
            (&b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"[..], &b""[..]),
            (b"POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcd", b"abc"),
            (b"POST /a HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", b"abc"),
            (
                b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nT: u\r\n\r\n",
                b"abc",
            ),
            (
                b"POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na",
                b"a",
            ),
        ] {
            let request = hear(bytes).await.unwrap().unwrap();
            assert_eq!((request.target.as_str(), &*request.body), ("/a", content));
        }
    }

    #[tokio::test]
    async fn what_is_not_a_request_is_told_by_a_status() {
        let long = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(300));
        let endless = "a".repeat(2000);
        for (bytes, status) in [
            ("GET /a HTTP/1.1\r\nHost", 400),
            ("GET /a\r\n\r\n", 400),
            ("GET /a b HTTP/1.1\r\n\r\n", 400),
            ("GET http://x/a HTTP/1.1\r\n\r\n", 400),
            ("GET /a HTTP/2.0\r\n\r\n", 400),
            ("GET /a HTTP/1.1\r\nA : b\r\n\r\n", 400),
            ("GET /a HTTP/1.1\r\n folded\r\n\r\n", 400),
            ("GET /a HTTP/1.1\r\nA: b\nC: d\r\n\r\n", 400),
            ("POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nab", 400),
            ("POST /a HTTP/1.1\r\nContent-Length: 21\r\n\r\n", 413),
            ("POST /a HTTP/1.1\r\nContent-Length: +1\r\n\r\na", 400),
            (
                "POST /a HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
                400,
            ),
            (
                "POST /a HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                400,
            ),
            (
                "POST /a HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                400,
            ),
            ("POST /a HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
            (
                "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                400,
            ),
            (
                "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
                400,
            ),
            (
                "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n",
                413,
            ),
            (
                "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
                413,
            ),
            (long.as_str(), 431),
            (endless.as_str(), 431),
        ] {
            assert_eq!(
                hear(bytes.as_bytes()).await.err(),
                Some(Unheard(status)),
                "{bytes:?}"
            );
        }
        assert!(hear(b"").await.unwrap().is_none());
    }
}
