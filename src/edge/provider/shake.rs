//! Handshakes that are answered in a version of TLS which nobody should take (RFC 9325 section 3.1). No key is agreed on.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Limits;
use super::stage::Stage;
use crate::model::{Answer, Header, Origin, Request, Silence};
use crate::wire::tls::{self, Hello};

const OLD: u16 = 0x0302;

/// How long a client may take to say that it does not take the version. One that takes it says nothing: it waits for what
/// should follow, and gets it never.
const PATIENCE: Duration = Duration::from_secs(4);

/// What is remembered: the hello with its offers, before it is answered; and that the client went on, before it is let
/// go.
pub(super) async fn in_an_old_version(
    mut stream: TcpStream,
    origin: &Origin,
    stage: &Stage,
    limits: Limits,
) {
    let reading = tokio::time::timeout(limits.arrival, hello(&mut stream));
    let Ok(Some(hello)) = reading.await else {
        return;
    };
    let note = |path: &str| {
        let mut request = Request::new(tls::METHOD, origin.clone(), path);
        request.headers.push(Header::new("Offers", hello.words()));
        let chosen = "TLS 1.1 was chosen".to_owned();
        stage.note(request, Answer::Silence(Silence::Closed(chosen)));
    };
    note("/handshake");
    if stream
        .write_all(&hello.answer(OLD, &[0x5a; 32]))
        .await
        .is_err()
    {
        return;
    }
    let mut head = [0_u8; 1];
    match tokio::time::timeout(PATIENCE, stream.read(&mut head)).await {
        // an alert, or the end of the connection
        Ok(Ok(0) | Err(_)) => {}
        Ok(Ok(_)) if head == [0x15] => {}
        Ok(Ok(_)) | Err(_) => note("/old-handshake"),
    }
}

/// The first record, if it is a ClientHello.
async fn hello(stream: &mut TcpStream) -> Option<Hello> {
    let mut record = vec![0; 5];
    stream.read_exact(&mut record).await.ok()?;
    let length = tls::record_length(&record)?;
    record.resize(length, 0);
    stream.read_exact(record.get_mut(5..)?).await.ok()?;
    Hello::read(&record)
}
