//! Where requests may go, and where they do.

use super::*;

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
