//! A socket on loopback that answers as a function says: well, late, half, or not at all.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// Path and query as sent.
    pub(crate) target: String,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: String,
    /// The how manieth of all, from 1.
    pub(crate) number: usize,
    /// The how manieth on its connection, from 1.
    pub(crate) on_connection: usize,
}

impl Asked {
    /// The values of a field, in order.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let named = |(field, _): &&(String, String)| field.eq_ignore_ascii_case(name);
        let fields = self.fields.iter().filter(named);
        fields.map(|(_, value)| value.as_str()).collect()
    }

    /// The value of a field that stands once.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        match self.all(name).as_slice() {
            [value] => Some(value),
            _ => None,
        }
    }

    /// User name and password, where there is one well-formed Basic credential.
    pub(crate) fn basic(&self) -> Option<(String, String)> {
        let (scheme, value) = self.one("authorization")?.split_once(' ')?;
        let bytes = STANDARD.decode(value).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (user, password) = text.split_once(':')?;
        scheme
            .eq_ignore_ascii_case("basic")
            .then(|| (user.to_owned(), password.to_owned()))
    }
}

/// An answer with all its fields; `Content-Length` is added.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) fields: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn new(status: u16, media_type: &str, body: impl Into<String>) -> Self {
        let fields = vec![("Content-Type", media_type.to_owned())];
        Self {
            status,
            fields,
            body: body.into(),
        }
    }

    pub(crate) fn json(status: u16, body: impl Into<String>) -> Self {
        Self::new(status, "application/json", body)
    }

    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    pub(crate) fn bytes(&self, head_only: bool) -> Vec<u8> {
        let mut text = format!("HTTP/1.1 {} Said\r\n", self.status);
        for (name, value) in &self.fields {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&format!("Content-Length: {}\r\n\r\n", self.body.len()));
        if !head_only {
            text.push_str(&self.body);
        }
        text.into_bytes()
    }
}

/// What is done with a request.
pub(crate) enum Reply {
    /// Answered; the connection stays.
    Answer(Answer),
    /// Answered, and the connection closed without a word.
    Last(Answer),
    /// These bytes, and the connection closed.
    Raw(Vec<u8>),
    /// The connection reset.
    Reset,
    /// The connection closed without an answer.
    Close,
    /// These bytes, and then nothing for ever.
    Hold(Vec<u8>),
    /// The server goes away, with this and all its connections.
    Die,
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

type Handler = Mutex<Box<dyn FnMut(&Asked) -> Reply + Send>>;

/// A server that runs until it is dropped.
pub(crate) struct Server {
    pub(crate) origin: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    alive: Arc<watch::Sender<bool>>,
}

impl Server {
    pub(crate) async fn start<R: Into<Reply>>(
        mut handler: impl FnMut(&Asked) -> R + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let alive = Arc::new(watch::channel(true).0);
        let handler: Arc<Handler> =
            Arc::new(Mutex::new(Box::new(move |asked| handler(asked).into())));
        let shared = (Arc::clone(&asked), Arc::clone(&alive));
        tokio::spawn(async move {
            let (asked, alive) = shared;
            let mut ends = alive.subscribe();
            loop {
                tokio::select! {
                    _ = ends.wait_for(|alive| !alive) => return,
                    accepted = listener.accept() => {
                        let (stream, _) = accepted.unwrap();
                        let connection = Connection {
                            handler: Arc::clone(&handler),
                            asked: Arc::clone(&asked),
                            alive: Arc::clone(&alive),
                        };
                        tokio::spawn(connection.serve(stream));
                    }
                }
            }
        });
        Self {
            origin,
            asked,
            alive,
        }
    }

    /// Everything that came, in order.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.alive.send_replace(false);
    }
}

struct Connection {
    handler: Arc<Handler>,
    asked: Arc<Mutex<Vec<Asked>>>,
    alive: Arc<watch::Sender<bool>>,
}

impl Connection {
    async fn serve(self, stream: TcpStream) {
        let mut ends = self.alive.subscribe();
        tokio::select! {
            _ = ends.wait_for(|alive| !alive) => {}
            _ = self.answer_all(stream) => {}
        }
    }

    async fn answer_all(&self, mut stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut read = Vec::new();
        for on_connection in 1.. {
            let Some(mut asked) = next(&mut stream, &mut read).await? else {
                return Ok(());
            };
            asked.on_connection = on_connection;
            let reply = self.reply(&mut asked);
            let head_only = asked.method == "HEAD";
            match reply {
                Reply::Answer(answer) => stream.write_all(&answer.bytes(head_only)).await?,
                Reply::Last(answer) => return stream.write_all(&answer.bytes(head_only)).await,
                Reply::Raw(bytes) => return stream.write_all(&bytes).await,
                Reply::Reset => return stream.set_zero_linger(),
                Reply::Close => return Ok(()),
                Reply::Hold(bytes) => {
                    stream.write_all(&bytes).await?;
                    std::future::pending().await
                }
                Reply::Die => {
                    self.alive.send_replace(false);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn reply(&self, asked: &mut Asked) -> Reply {
        let mut all = self.asked.lock().unwrap();
        asked.number = all.len() + 1;
        all.push(asked.clone());
        drop(all);
        (self.handler.lock().unwrap())(asked)
    }
}

/// The next request of a connection.
pub(crate) async fn next(
    stream: &mut (impl AsyncRead + Unpin),
    read: &mut Vec<u8>,
) -> std::io::Result<Option<Asked>> {
    let end = loop {
        if let Some(at) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(read).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&read[..end]).into_owned();
    let mut lines = head.trim_end().split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let fields: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let mut asked = Asked {
        method: first.next().unwrap_or_default().to_owned(),
        target: first.next().unwrap_or_default().to_owned(),
        fields,
        body: String::new(),
        number: 0,
        on_connection: 0,
    };
    let length: usize = asked
        .one("content-length")
        .map_or(0, |text| text.parse().unwrap());
    while read.len() < end + length {
        if stream.read_buf(read).await? == 0 {
            return Ok(None);
        }
    }
    asked.body = String::from_utf8_lossy(&read[end..end + length]).into_owned();
    read.drain(..end + length);
    Ok(Some(asked))
}
