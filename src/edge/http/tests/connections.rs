//! Connections: kept, dropped, never shared between pools; and the one resend.

use super::*;

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
async fn a_request_with_content_is_the_last_of_its_connection() {
    let server = Server::answering(OK);
    let client = client(&server);
    let mut call = get(server.origin(), "/");
    call.request.body = b"unread".to_vec();
    client.send(call).await;
    client.send(get(server.origin(), "/")).await;
    // a server that refuses without reading would take `unread` for the beginning of the second
    assert_eq!((server.connections(), server.requests().len()), (2, 2));
}
