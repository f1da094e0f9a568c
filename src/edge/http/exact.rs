//! Sends targets that reqwest's URL type would rewrite (`/a/../b`, `/%2e/b`, `*`), over hyper's own connection.
//!
//! The origin is fixed before: the address comes from the pin, never from the target. Each request has a
//! connection of its own, and there is no TLS here.

use std::net::SocketAddr;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::fault;
use super::read::Source;
use crate::model::{Origin, Silence};

/// An answer whose content is still to come, with the connection that brings it.
pub(super) struct Reply {
    pub(super) response: hyper::Response<Incoming>,
    _connection: Connection,
}

impl Source for Reply {
    async fn piece(&mut self) -> Result<Option<Bytes>, String> {
        while let Some(frame) = self.response.body_mut().frame().await {
            let frame = frame.map_err(|error| fault::cut(&error))?;
            if let Ok(piece) = frame.into_data() {
                return Ok(Some(piece));
            }
        }
        Ok(None)
    }
}

/// The task that moves the bytes; it ends with the reply.
struct Connection(JoinHandle<()>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}

pub(super) async fn execute(
    request: hyper::Request<Full<Bytes>>,
    origin: &Origin,
    address: SocketAddr,
) -> Result<Reply, Silence> {
    if origin.scheme != "http" {
        return Err(Silence::Unreachable(
            "nothing was sent: exact targets over TLS are not supported".to_owned(),
        ));
    }
    let stream = TcpStream::connect(address)
        .await
        .map_err(|error| Silence::Unreachable(error.kind().to_string()))?;
    // a lost option costs time only
    let _ = stream.set_nodelay(true);
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| fault::from_hyper(&error))?;
    let connection = Connection(tokio::spawn(async move {
        // what fails here fails in the answer too
        let _ = connection.await;
    }));
    let response = sender
        .send_request(request)
        .await
        .map_err(|error| fault::from_hyper(&error))?;
    Ok(Reply {
        response,
        _connection: connection,
    })
}
