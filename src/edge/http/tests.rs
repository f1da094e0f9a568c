//! The client against servers on loopback, sound and hostile ones.

mod hostile;

use std::time::Duration;

use super::*;
use crate::edge::clock::SystemClock;
use crate::model::{Body, Header, Request};

use hostile::{Peer, Server};

/// Far more than any of these servers needs.
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

fn silence(heard: &Heard) -> &Silence {
    match &heard.answer {
        Answer::Silence(silence) => silence,
        Answer::Response(response) => panic!("an answer: {}", response.status),
    }
}

fn cut(heard: &Heard) -> (u16, &[u8], &str) {
    match &heard.answer {
        Answer::Response(response) => match &response.body {
            Body::Cut(bytes, why) => (response.status, bytes, why),
            Body::Whole(_) => panic!("whole"),
        },
        Answer::Silence(silence) => panic!("{silence}"),
    }
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

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

#[tokio::test]
async fn what_a_server_does_before_a_whole_head_is_told_apart() {
    let closed = "Closed";
    let malformed = "Malformed";
    for (bytes, kind) in [
        (&b""[..], closed),
        (b"HTTP/1.1 200 OK\r\nContent-Le", closed),
        (b"HTTP/1.1 100 Continue\r\n\r\n", closed),
        (b"http/1.1 200 OK\r\n\r\n", malformed),
        (b"HTTP/1.1 000 Zero\r\n\r\n", malformed),
        (b"HTTP/1.1 99 Short\r\n\r\n", malformed),
        (b"HTTP/1.1 600 Much\r\nContent-Length: 0\r\n\r\n", malformed),
        (b"HTTP/1.1 999 Much\r\nContent-Length: 0\r\n\r\n", malformed),
        (b"HTTP/1.1 2000 Long\r\n\r\n", malformed),
        (b"HTTP/1.1 -20 Minus\r\n\r\n", malformed),
        (b"HTTP/1.1  200 OK\r\n\r\n", malformed),
        (b"HTTP/0.9 200 OK\r\n\r\n", malformed),
        (b"HTTP/1.2 200 OK\r\n\r\n", malformed),
        (b"HTTP/2.0 200 OK\r\n\r\n", malformed),
        (b"<html>an answer of HTTP/0.9</html>", malformed),
        (b"\x16\x03\x01\x02\x00 some TLS", malformed),
        (b"SSH-2.0-OpenSSH_9\r\n", malformed),
        (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
            malformed,
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokk",
            malformed,
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\nokk",
            malformed,
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
            malformed,
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nok",
            malformed,
        ),
        (
            b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            malformed,
        ),
        (
            b"HTTP/1.1 200 OK\r\nName : x\r\nContent-Length: 0\r\n\r\n",
            malformed,
        ),
        (
            b"HTTP/1.1 200 OK\r\nX: a\r\n folded\r\nContent-Length: 0\r\n\r\n",
            malformed,
        ),
        (
            b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n",
            malformed,
        ),
        (
            b"HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n",
            malformed,
        ),
    ] {
        let server = Server::answering_once(bytes);
        let heard = ask(&server).await;
        let text = String::from_utf8_lossy(bytes);
        let told = format!("{:?}", silence(&heard));
        assert!(told.starts_with(kind), "{text:?} was told as {told}");
        assert!(!heard.resent);
        assert_eq!(server.requests().len(), 1, "{text:?} was asked for again");
    }
}

#[tokio::test]
async fn a_reset_is_a_closed_connection() {
    let server = Server::scripted(Peer::leave_unread);
    assert!(matches!(silence(&ask(&server).await), Silence::Closed(_)));
}

#[tokio::test]
async fn heads_over_the_limits_are_malformed() {
    let many = "X: y\r\n".repeat(1001);
    let large = format!("X: {}\r\n", "y".repeat(300 * 1024));
    let endless = format!("X: {}", "y".repeat(8 * 1024 * 1024));
    for fields in [many, large, endless] {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n{fields}\r\n");
        let server = Server::answering_once(head);
        let heard = ask(&server).await;
        assert!(matches!(silence(&heard), Silence::Malformed(_)));
    }
}

#[tokio::test]
async fn who_never_answers_is_timed_out() {
    let server = Server::scripted(|peer| {
        peer.hear();
        peer.sulk();
    });
    let mut call = get(server.origin(), "/");
    call.within = Duration::from_millis(100);
    let heard = client(&server).send(call).await;
    assert_eq!(*silence(&heard), Silence::TimedOut);
    assert!(heard.took >= Duration::from_millis(100));
}

#[tokio::test]
async fn interim_answers_without_end_are_timed_out() {
    let server = Server::scripted(|peer| {
        peer.hear();
        while peer.say(b"HTTP/1.1 103 Early Hints\r\n\r\n") {}
    });
    let mut call = get(server.origin(), "/");
    call.within = Duration::from_millis(200);
    let heard = client(&server).send(call).await;
    assert_eq!(*silence(&heard), Silence::TimedOut);
}

#[tokio::test]
async fn an_interim_answer_is_passed_over() {
    let server = Server::answering(
        b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\nHTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno",
    );
    let heard = ask(&server).await;
    assert_eq!(
        (heard.answer.status(), whole(&heard)),
        (Some(403), &b"no"[..])
    );
}

#[tokio::test]
async fn a_whole_head_is_kept_whatever_the_content_does() {
    let head = "HTTP/1.1 200 OK\r\n";
    for (rest, came) in [
        ("Content-Length: 10\r\n\r\nabc", &b"abc"[..]),
        (
            "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n5\r\nde",
            b"abcde",
        ),
        ("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", b"abc"),
        (
            "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nxyz\r\n",
            b"abc",
        ),
        (
            "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc",
            b"",
        ),
        (
            "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            b"",
        ),
        (
            "Transfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            b"",
        ),
        (
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"",
        ),
        ("Transfer-Encoding: identity\r\n\r\nabc", b""),
    ] {
        let server = Server::answering_once(format!("{head}{rest}"));
        let heard = ask(&server).await;
        let (status, bytes, why) = cut(&heard);
        assert_eq!((status, bytes), (200, came), "{rest:?}");
        assert!(!why.is_empty());
    }
}

#[tokio::test]
async fn content_that_stalls_or_never_ends_is_cut() {
    let stalled = Server::scripted(|peer| {
        peer.hear();
        peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
        peer.sulk();
    });
    let mut call = get(stalled.origin(), "/");
    call.within = Duration::from_millis(200);
    let heard = client(&stalled).send(call).await;
    assert_eq!(cut(&heard), (200, &b"abc"[..], "the time limit passed"));

    for head in [
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n",
    ] {
        let endless = Server::scripted(move |peer| {
            peer.hear();
            peer.say(head.as_bytes());
            while peer.say(&[b'x'; 4096]) {}
        });
        let limits = Limits {
            body: 10_000,
            ..Limits::default()
        };
        let heard = client(&endless)
            .limited(limits)
            .send(get(endless.origin(), "/"))
            .await;
        let (status, bytes, why) = cut(&heard);
        assert_eq!((status, bytes.len()), (200, 10_000));
        assert_eq!(why, "the content is larger than 10000 bytes");
    }
}

#[tokio::test]
async fn content_that_is_whole_by_its_framing_is_whole() {
    for (bytes, content) in [
        (&b"HTTP/1.1 200 OK\r\n\r\nuntil the end"[..], &b"until the end"[..]),
        (b"HTTP/1.0 200 OK\r\n\r\nold", b"old"),
        (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", b"ok"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", b"ok"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", b"ok"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00",
            b"\x1f\x8b\x08\x00",
        ),
    ] {
        let server = Server::answering_once(bytes);
        assert_eq!(whole(&ask(&server).await), content);
    }
}

#[tokio::test]
async fn surplus_bytes_are_never_the_next_answer() {
    let server = Server::answering(
        b"HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nnoHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    );
    let client = client(&server);
    for connections in 1..=3 {
        let heard = client.send(get(server.origin(), "/")).await;
        assert_eq!(
            (heard.answer.status(), whole(&heard)),
            (Some(401), &b"no"[..])
        );
        assert_eq!(server.connections(), connections);
    }
    let head = Server::answering(b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok");
    let client = self::client(&head);
    for connections in 1..=2 {
        let heard = client.send(get(head.origin(), "/")).await;
        assert_eq!(
            (heard.answer.status(), whole(&heard)),
            (Some(204), &b""[..])
        );
        assert_eq!(head.connections(), connections);
    }
}

#[tokio::test]
async fn redirects_and_cookies_are_answers_and_nothing_more() {
    let server = Server::answering(
        b"HTTP/1.1 302 Found\r\nLocation: /next\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n",
    );
    let client = client(&server);
    for asked in 1..=2 {
        let heard = client.send(get(server.origin(), "/")).await;
        assert_eq!(heard.answer.status(), Some(302));
        assert_eq!(server.requests().len(), asked);
    }
    let second = String::from_utf8(server.requests().remove(1)).unwrap();
    assert!(!second.to_lowercase().contains("cookie"), "{second}");
}

#[tokio::test]
async fn an_origin_that_was_not_confirmed_is_not_even_connected_to() {
    let (known, other) = (Server::answering(OK), Server::answering(OK));
    let client = client(&known);
    let heard = client.send(get(other.origin(), "/")).await;
    let Silence::Unreachable(why) = silence(&heard) else {
        panic!("{:?}", silence(&heard))
    };
    assert!(why.contains("was not confirmed"), "{why}");
    assert_eq!(other.connections(), 0);
    client.confirm(other.origin());
    let heard = client.send(get(other.origin(), "/")).await;
    assert_eq!(whole(&heard), b"ok");
    assert_eq!(client.pinned().len(), 1, "the first was never asked");
}

#[tokio::test]
async fn a_target_cannot_name_another_origin() {
    let (known, other) = (Server::answering(OK), Server::answering(OK));
    let client = client(&known);
    let elsewhere = other.origin();
    for target in [
        format!("@{}/", elsewhere.authority()),
        format!("http://{}/", elsewhere.authority()),
        ".other.example/".to_owned(),
        "1/".to_owned(),
    ] {
        let heard = client.send(get(known.origin(), &target)).await;
        assert!(
            matches!(silence(&heard), Silence::Unreachable(_)),
            "{target}"
        );
    }
    assert_eq!((known.requests().len(), other.connections()), (0, 0));
}

#[tokio::test]
async fn what_http_cannot_carry_is_not_sent() {
    let server = Server::answering(OK);
    let client = client(&server);
    for (method, target, name, value) in [
        ("GET", "/", "X", "a\r\nInjected: b"),
        ("GET", "/", "X", "a\0b"),
        ("GET", "/", "X y", "a"),
        ("GE T", "/", "X", "a"),
        ("CONNECT", "/", "X", "a"),
        ("GET", "/a b", "X", "a"),
        ("GET", "/a\r\nInjected: b", "X", "a"),
        ("GET", "/a#b", "X", "a"),
    ] {
        let mut call = get(server.origin(), target);
        call.request.method = method.to_owned();
        call.request.headers.push(Header::new(name, value));
        let heard = client.send(call).await;
        let Silence::Unreachable(why) = silence(&heard) else {
            panic!("{:?}", silence(&heard))
        };
        assert!(why.starts_with("nothing was sent"), "{why}");
    }
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn a_refused_connection_and_an_unknown_name_are_unreachable() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = gone.local_addr().unwrap().port();
    drop(gone);
    for host in ["127.0.0.1", "localhost", "no..name"] {
        let origin = Origin {
            scheme: "http".to_owned(),
            host: host.to_owned(),
            port,
        };
        let confirmed = Confirmed {
            origins: vec![origin.clone()],
        };
        let client = Client::new(confirmed, Arc::new(SystemClock));
        let heard = client.send(get(origin, "/")).await;
        assert!(matches!(silence(&heard), Silence::Unreachable(_)), "{host}");
    }
}

#[tokio::test]
async fn a_name_is_pinned_to_the_address_that_answers() {
    let server = Server::answering(OK);
    let origin = Origin {
        host: "localhost".to_owned(),
        ..server.origin()
    };
    let confirmed = Confirmed {
        origins: vec![origin.clone()],
    };
    let client = Client::new(confirmed, Arc::new(SystemClock));
    let heard = client.send(get(origin.clone(), "/")).await;
    assert_eq!(whole(&heard), b"ok");
    let address = server.origin().authority().parse().unwrap();
    assert_eq!(client.pinned(), [(origin.clone(), address)]);
    let sent = String::from_utf8(server.requests().remove(0)).unwrap();
    let host = format!("host: {}\r\n", origin.authority());
    assert!(sent.to_lowercase().contains(&host), "{sent}");
}

#[tokio::test]
async fn targets_arrive_byte_for_byte() {
    let server = Server::answering(OK);
    let client = client(&server);
    for target in [
        "/a/../b",
        "/./a",
        "/%2e/b",
        "/%2E%2e/b",
        "//x",
        "//x/../y?z=/../w",
        "/a//b",
        "/a%20b?c=d+e",
        "/a\\b",
        "/a?b='c",
        "/a|b",
        "/%zz",
        "/a?",
        "/?",
        "/a;b=c",
    ] {
        let heard = client.send(get(server.origin(), target)).await;
        assert_eq!(whole(&heard), b"ok", "{target}");
        let sent = server.requests().pop().unwrap();
        let line = format!("GET {target} HTTP/1.1\r\n");
        assert!(sent.starts_with(line.as_bytes()), "{target}: {sent:?}");
        let host = format!("host: {}\r\n", server.origin().authority());
        let sent = String::from_utf8(sent).unwrap().to_lowercase();
        assert!(sent.contains(&host), "{sent}");
    }
}

#[tokio::test]
async fn an_exact_target_is_read_as_strictly() {
    for (bytes, kind) in [
        (&b""[..], "Closed"),
        (b"HTTP/1.1 600 Much\r\n\r\n", "Malformed"),
        (b"nonsense\r\n\r\n", "Malformed"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokk",
            "Malformed",
        ),
    ] {
        let server = Server::answering_once(bytes);
        let heard = client(&server).send(get(server.origin(), "/a/../b")).await;
        assert!(format!("{:?}", silence(&heard)).starts_with(kind));
    }
    let server = Server::answering_once("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
    let heard = client(&server).send(get(server.origin(), "/a/../b")).await;
    assert_eq!(cut(&heard).1, b"abc");
}

#[tokio::test]
async fn content_and_its_length_are_sent() {
    let server = Server::answering(OK);
    let client = client(&server);
    for (method, target, body, length) in [
        ("POST", "/", "a=b", Some("3")),
        ("POST", "/", "", Some("0")),
        ("PUT", "/../x", "", Some("0")),
        ("POST", "/../x", "a=b", Some("3")),
        ("GET", "/", "", None),
        ("GET", "/../x", "", None),
    ] {
        let mut call = get(server.origin(), target);
        call.request.method = method.to_owned();
        call.request.body = body.into();
        assert_eq!(whole(&client.send(call).await), b"ok");
        let sent = String::from_utf8(server.requests().pop().unwrap()).unwrap();
        let lower = sent.to_lowercase();
        let found: Vec<_> = lower
            .lines()
            .filter_map(|line| line.strip_prefix("content-length: "))
            .collect();
        assert_eq!(found, Vec::from_iter(length), "{sent}");
        assert!(!lower.contains("transfer-encoding"), "{sent}");
        assert!(sent.ends_with(&format!("\r\n\r\n{body}")), "{sent}");
    }
}

/// Answers the first request of each connection and closes it when the second has come.
fn closing_on_the_second() -> Server {
    Server::scripted(|peer| {
        peer.hear();
        peer.say(OK);
        peer.hear();
    })
}

#[tokio::test]
async fn a_safe_request_is_sent_anew_if_a_kept_connection_was_closed() {
    let server = closing_on_the_second();
    let client = client(&server);
    assert!(!client.send(get(server.origin(), "/")).await.resent);
    let heard = client.send(get(server.origin(), "/")).await;
    assert!(heard.resent);
    assert_eq!(whole(&heard), b"ok");
    assert_eq!((server.connections(), server.requests().len()), (2, 3));
}

#[tokio::test]
async fn an_unsafe_request_is_never_sent_anew() {
    let server = closing_on_the_second();
    let client = client(&server);
    client.send(get(server.origin(), "/")).await;
    let mut call = get(server.origin(), "/");
    call.request.method = "POST".to_owned();
    let heard = client.send(call).await;
    assert!(matches!(silence(&heard), Silence::Closed(_)));
    assert!(!heard.resent);
    assert_eq!((server.connections(), server.requests().len()), (1, 2));
}

#[tokio::test]
async fn a_request_is_sent_anew_once_only() {
    let server = Server::scripted(|peer| {
        peer.hear();
        if peer.number == 0 {
            peer.say(OK);
            peer.hear();
        }
    });
    let client = client(&server);
    client.send(get(server.origin(), "/")).await;
    let heard = client.send(get(server.origin(), "/")).await;
    assert!(heard.resent);
    assert!(matches!(silence(&heard), Silence::Closed(_)));
    assert_eq!((server.connections(), server.requests().len()), (2, 3));
    // the connection was fresh: nothing proves that it was closed while idle
    let heard = client.send(get(server.origin(), "/")).await;
    assert!(!heard.resent);
    assert_eq!((server.connections(), server.requests().len()), (3, 4));
}

#[tokio::test]
async fn pools_share_no_connection_and_a_closed_pool_starts_anew() {
    let server = Server::answering(OK);
    let client = client(&server);
    for (pool, connections) in [(0, 1), (0, 1), (1, 2), (2, 3), (1, 3), (0, 3)] {
        let mut call = get(server.origin(), "/");
        call.pool = Pool(pool);
        assert_eq!(whole(&client.send(call).await), b"ok");
        assert_eq!(server.connections(), connections, "pool {pool}");
    }
    client.close(Pool(1));
    let mut call = get(server.origin(), "/");
    call.pool = Pool(1);
    client.send(call).await;
    assert_eq!(server.connections(), 4);
}

#[tokio::test]
async fn a_pace_spaces_requests_and_bounds_them() {
    let server = Server::answering(OK);
    let spaced = client(&server).paced(Pace {
        every: Some(Duration::from_millis(40)),
        in_flight: None,
    });
    let begun = Instant::now();
    for _ in 0..3 {
        spaced.send(get(server.origin(), "/")).await;
    }
    assert!(begun.elapsed() >= Duration::from_millis(80));

    let one_at_once = client(&server).paced(Pace {
        every: None,
        in_flight: Some(1),
    });
    let sends = (0..8).map(|_| one_at_once.send(get(server.origin(), "/")));
    let before = server.connections();
    let mut sends: Vec<_> = sends.collect();
    let all = async {
        let mut pending = std::mem::take(&mut sends);
        std::future::poll_fn(move |context| {
            pending.retain_mut(|send| send.as_mut().poll(context).is_pending());
            if pending.is_empty() {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
    };
    all.await;
    assert_eq!(server.connections(), before + 1, "they took turns");
}

#[tokio::test]
async fn plain_words_where_tls_was_meant_are_no_answer() {
    let server = Server::scripted(|peer| {
        peer.say(OK);
        peer.sulk();
    });
    let origin = Origin {
        scheme: "https".to_owned(),
        ..server.origin()
    };
    let client = client(&server);
    client.confirm(origin.clone());
    for target in ["/", "/a/../b"] {
        let heard = client.send(get(origin.clone(), target)).await;
        assert!(matches!(silence(&heard), Silence::Unreachable(_)));
    }
}
