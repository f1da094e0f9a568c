//! Where requests may go, and where they do.

use std::process::{Command, Stdio};

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

/// Another process runs a test of this binary, with every proxy variable set.
#[test]
fn proxy_variables_are_not_read() {
    let trap = Server::answering(OK);
    let proxy = format!("http://{}", trap.origin().authority());
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "--exact",
            "edge::http::tests::requests::content_and_its_length_are_sent",
        ])
        .stdout(Stdio::piped())
        .env_remove("NO_PROXY")
        .env_remove("no_proxy");
    for name in [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ] {
        command.env(name, &proxy);
    }
    let done = command.output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn a_ca_or_certificate_that_is_none_is_said_and_never_shown() {
    let server = Server::answering(OK);
    let origin = Origin {
        scheme: "https".to_owned(),
        ..server.origin()
    };
    let authority = |pem: &str| Trust {
        authorities: vec![pem.into()],
        ..Trust::default()
    };
    let identity = Trust {
        identity: Some(Secret::new("-----BEGIN hunter2", "client certificate")),
        ..Trust::default()
    };
    for (trust, said) in [
        (authority("no PEM at all"), "holds no certificate"),
        (
            authority("-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n"),
            "TLS can't be set up",
        ),
        (identity, "is not valid PEM"),
    ] {
        let client = client(&server).trusting(trust);
        client.confirm(origin.clone());
        let heard = client.send(get(origin.clone(), "/")).await;
        let why = silence(&heard).to_string();
        assert!(why.contains(said) && !why.contains("hunter2"), "{why}");
    }
    assert_eq!(server.requests().len(), 0);
}
