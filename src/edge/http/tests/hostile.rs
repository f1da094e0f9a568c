//! Servers that say exactly what a test wants, over raw sockets, each connection in a thread of its own.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::model::Origin;

/// A listener on loopback that lives as long as the test.
pub(crate) struct Server {
    port: u16,
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
    connections: Arc<AtomicUsize>,
}

/// One connection as the script of a server sees it.
pub(crate) struct Peer {
    pub(crate) stream: TcpStream,
    /// Counted from 0.
    pub(crate) number: usize,
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Server {
    /// A server whose connections each run `script`.
    pub(crate) fn scripted(script: impl Fn(&mut Peer) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
        let connections = Arc::new(AtomicUsize::new(0));
        let (log, count) = (Arc::clone(&heard), Arc::clone(&connections));
        let script = Arc::new(script);
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let mut peer = Peer {
                    stream,
                    number: count.fetch_add(1, Ordering::SeqCst),
                    heard: Arc::clone(&log),
                };
                let script = Arc::clone(&script);
                std::thread::spawn(move || script(&mut peer));
            }
        });
        Self {
            port,
            heard,
            connections,
        }
    }

    /// A server that answers every request of a connection with these bytes and keeps it open.
    pub(crate) fn answering(bytes: &'static [u8]) -> Self {
        Self::scripted(move |peer| while peer.hear() && peer.say(bytes) {})
    }

    /// A server that answers the first request of a connection with these bytes and closes it.
    pub(crate) fn answering_once(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::scripted(move |peer| {
            peer.hear();
            peer.say(&bytes);
        })
    }

    pub(crate) fn origin(&self) -> Origin {
        Origin {
            scheme: "http".to_owned(),
            host: "127.0.0.1".to_owned(),
            port: self.port,
        }
    }

    /// The requests heard so far.
    pub(crate) fn requests(&self) -> Vec<Vec<u8>> {
        self.heard.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Peer {
    /// Reads one request; false if the connection ended. Content is read as far as Content-Length says.
    pub(crate) fn hear(&mut self) -> bool {
        let mut request = Vec::new();
        let mut byte = [0_u8; 1];
        while !request.ends_with(b"\r\n\r\n") {
            match self.stream.read(&mut byte) {
                Ok(1) => request.push(byte[0]),
                _ => return false,
            }
        }
        let head = String::from_utf8_lossy(&request).to_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.trim().parse().unwrap());
        let mut content = vec![0_u8; length];
        if self.stream.read_exact(&mut content).is_err() {
            return false;
        }
        request.extend(content);
        self.heard.lock().unwrap().push(request);
        true
    }

    pub(crate) fn say(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    /// Waits for a request and leaves it unread: dropping the connection then sends a reset.
    pub(crate) fn leave_unread(&mut self) {
        let _ = self.stream.peek(&mut [0_u8; 1]);
    }

    /// Stays silent until the other side goes.
    pub(crate) fn sulk(&mut self) {
        let mut rest = Vec::new();
        let _ = self.stream.read_to_end(&mut rest);
    }
}
