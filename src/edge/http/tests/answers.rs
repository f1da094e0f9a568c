//! What servers answer, sound and hostile, and what is made of it.

use super::*;

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
async fn interim_answers_alone_are_no_answer() {
    let server = Server::scripted(|peer| {
        peer.hear();
        // hyper passes over each of them; a flood of them costs time, never a verdict
        for _ in 0..1000 {
            peer.say(b"HTTP/1.1 103 Early Hints\r\n\r\n");
        }
        peer.sulk();
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
