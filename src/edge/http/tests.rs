//! The client against servers on loopback, sound and hostile ones.

mod hostile;

use std::time::Duration;

use super::*;
use crate::edge::clock::SystemClock;
use crate::model::{Answer, Body, Header, Origin, Request, Silence};

use hostile::Server;

const PATIENT: Duration = Duration::from_secs(20);

fn client(server: &Server) -> Client {
    let confirmed = Confirmed {
        origins: vec![server.origin()],
    };
    Client::new(confirmed, Arc::new(SystemClock))
}

fn get(origin: Origin, target: &str) -> Call {
    Call {
        request: Request::new("GET", origin, target),
        pool: Pool(0),
        within: PATIENT,
    }
}

async fn ask(server: &Server) -> Heard {
    client(server).send(get(server.origin(), "/")).await
}

fn whole(heard: &Heard) -> &[u8] {
    match &heard.answer {
        Answer::Response(response) => match &response.body {
            Body::Whole(bytes) => bytes,
            Body::Cut(_, why) => panic!("cut: {why}"),
        },
        Answer::Silence(silence) => panic!("{silence}"),
    }
}

#[tokio::test]
async fn a_request_arrives_as_it_was_given_and_an_answer_comes_as_it_was_sent() {
    let server = Server::answering(b"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"a\"\r\nwww-authenticate: Bearer\r\nX-Odd: \xe9\r\nContent-Length: 2\r\n\r\nno");
    let mut call = get(server.origin(), "/a?b=%2F&c=d%20e");
    call.request.headers = vec![
        Header::new("Authorization", "Basic YTpi"),
        Header::new("authorization", "Bearer x"),
        Header::new("X-Latin", vec![b'a', 0xe9, b'\t', b'b']),
    ];
    let heard = client(&server).send(call).await;
    assert_eq!(whole(&heard), b"no");
    let response = heard.answer.response().unwrap();
    assert_eq!((response.status, response.version), (401, "HTTP/1.1"));
    let challenges: Vec<_> = response.header("WWW-Authenticate").collect();
    assert_eq!(challenges, [&b"Basic realm=\"a\""[..], b"Bearer"]);
    assert_eq!(response.header("x-odd").next(), Some(&b"\xe9"[..]));
    let sent = server.requests().remove(0);
    let text = String::from_utf8_lossy(&sent).to_lowercase();
    assert!(
        text.starts_with("get /a?b=%2f&c=d%20e http/1.1\r\n"),
        "{text}"
    );
    assert!(
        text.contains("authorization: basic ytpi\r\nauthorization: bearer x\r\n"),
        "{text}"
    );
    assert!(sent.windows(4).any(|four| four == b"a\xe9\tb"));
    for unasked in ["accept-encoding", "cookie", "user-agent", "referer"] {
        assert!(!text.contains(unasked), "{unasked} in {text}");
    }
}
