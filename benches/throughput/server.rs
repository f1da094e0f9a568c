//! The server that is asked: it answers at once, or after a set time, and does as little as it can.
//!
//! It reads request heads alone, so that the client is what is measured.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::Result;
use crate::work::{AUDIENCE, PASSWORD, USER};

/// A server in a process of its own, which ends with this value.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
}

impl Server {
    pub(crate) fn start(delay: Duration, public_key: &Path) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .arg(delay.as_millis().to_string())
            .arg(public_key)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let stdout = child.stdout.take().ok_or("no pipe")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let port = line.trim().parse()?;
        Ok(Self { child, port })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // one that ended by itself needs no end
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves until standard input closes, which it does when the starter ends, however that comes.
pub(crate) fn serve(delay: u64, public_key: &Path) -> Result<()> {
    let public_key = std::fs::read(public_key)?;
    let (closed, closing) = tokio::sync::oneshot::channel();
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        // nobody waits any more if the server has failed
        let _ = closed.send(());
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let guard = Arc::new(Guard::new(&public_key));
    let served = async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?.port());
        loop {
            let (stream, _) = listener.accept().await?;
            let guard = Arc::clone(&guard);
            tokio::spawn(async move {
                // a client that goes away needs no answer
                let _ = connection(stream, &guard, Duration::from_millis(delay)).await;
            });
        }
    };
    runtime.block_on(async {
        tokio::select! {
            failed = served => failed,
            _ = closing => Ok(()),
        }
    })
}

async fn connection(mut stream: TcpStream, guard: &Guard, delay: Duration) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(4_096);
    loop {
        let end = loop {
            if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
        buffer.drain(..end);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        stream.write_all(guard.answer(&head).as_bytes()).await?;
    }
}

struct Guard {
    basic: String,
    key: DecodingKey,
    validation: Validation,
    /// Tokens that were verified already.
    known: std::sync::Mutex<HashSet<String>>,
}

impl Guard {
    fn new(public_key: &[u8]) -> Self {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_audience(&[AUDIENCE]);
        Self {
            basic: base64::Engine::encode(
                &base64::engine::general_purpose::STANDARD,
                format!("{USER}:{PASSWORD}"),
            ),
            key: DecodingKey::from_rsa_der(public_key),
            validation,
            known: std::sync::Mutex::default(),
        }
    }

    fn answer(&self, head: &str) -> &'static str {
        let credential = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(name, _)| name.eq_ignore_ascii_case("authorization"))
            .and_then(|(_, value)| value.split_once(' '));
        let basic = head.starts_with("GET /basic ");
        let accepted = match credential {
            Some(("Basic", coded)) if basic => coded == self.basic,
            Some(("Bearer", token)) if !basic => self.verified(token),
            _ => false,
        };
        match (accepted, basic) {
            (true, _) => {
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 36\r\n\r\n{\"user\":\"alice\",\"orders\":[1,2,3,45]}"
            }
            (false, true) => {
                "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic realm=\"orders\", charset=\"UTF-8\"\r\ncontent-type: application/json\r\ncontent-length: 24\r\n\r\n{\"error\":\"unauthorized\"}"
            }
            (false, false) => {
                "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Bearer error=\"invalid_token\"\r\ncontent-type: application/json\r\ncontent-length: 24\r\n\r\n{\"error\":\"unauthorized\"}"
            }
        }
    }

    fn verified(&self, token: &str) -> bool {
        let Ok(mut known) = self.known.lock() else {
            return false;
        };
        if known.contains(token) {
            return true;
        }
        let claims = jsonwebtoken::decode::<serde_json::Value>(token, &self.key, &self.validation);
        let verified = claims.is_ok();
        if verified {
            known.insert(token.to_owned());
        }
        verified
    }
}
