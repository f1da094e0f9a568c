//! Requests arrive as they were given, or are not sent.

use super::*;

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
        ("GET", "", "X", "a"),
        ("GET", "?a=b", "X", "a"),
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
