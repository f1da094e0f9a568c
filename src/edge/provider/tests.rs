//! The provider's socket, asked by our own client and over raw connections.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use super::*;
use crate::edge::clock::{Random, SystemClock};
use crate::edge::http::{Client, Confirmed};
use crate::model::{Answer, Hop, Origin, Silence};
use crate::run::port::{Call, Heard, Http as _, Pool};

/// Answers by the last part of the path and remembers what it saw.
#[derive(Default)]
struct Parrot {
    seen: Vec<Request>,
    chances: Vec<[u8; 32]>,
}

impl Machine for Parrot {
    fn answer(&mut self, request: &Request, now: Moment, chance: [u8; 32]) -> Reply {
        assert!(now.unix() > 1_700_000_000);
        self.seen.push(request.clone());
        self.chances.push(chance);
        match request.path().rsplit('/').next() {
            Some("close") => Reply::Close,
            Some("silence") => Reply::Silence(Duration::from_secs(60)),
            Some("raw") => Reply::Raw(b"not HTTP at all\r\n\r\n".to_vec()),
            Some("odd") => {
                let fields = vec![
                    Header::new("X-Twice", "a"),
                    Header::new("x-twice", vec![b'b', 0xe9]),
                    Header::new("Content-Length", "999"),
                ];
                Reply::Response(Response::new(200, fields, "short"))
            }
            Some("empty") => Reply::Response(Response::new(204, Vec::new(), "")),
            Some("panic") => panic!("a machine may fail"),
            _ => {
                let fields = vec![
                    Header::new("Content-Type", "text/plain"),
                    Header::new("Set-Cookie", "a=b"),
                    Header::new("Set-Cookie", "c=d"),
                ];
                Reply::Response(Response::new(201, fields, request.body.clone()))
            }
        }
    }
}

struct Scene {
    socket: Socket,
    client: Client,
    honest: Arc<Mutex<Parrot>>,
    evil: Arc<Mutex<Parrot>>,
}

async fn scene(settings: &Settings) -> Scene {
    let bound = Bound::take(settings, &Random).unwrap();
    let (honest, evil): (Arc<Mutex<Parrot>>, Arc<Mutex<Parrot>>) = Default::default();
    let socket = bound
        .serve(
            [honest.clone(), evil.clone()],
            Arc::new(SystemClock),
            Arc::new(Random),
        )
        .await
        .unwrap();
    let origins = [socket.issuer(0), socket.listener()]
        .iter()
        .map(|url| Origin::parse(url).unwrap().0)
        .collect();
    Scene {
        client: Client::new(Confirmed { origins }, Arc::new(SystemClock)),
        socket,
        honest,
        evil,
    }
}

impl Scene {
    async fn send(&self, base: &str, path: &str, change: impl FnOnce(&mut Request)) -> Heard {
        let (origin, url) = Origin::parse(base).unwrap();
        let mut request = Request::new("GET", origin, format!("{}{path}", url.path()));
        change(&mut request);
        let call = Call {
            request,
            pool: Pool(0),
            within: Duration::from_secs(20),
        };
        self.client.send(call).await
    }

    async fn honest(&self, path: &str) -> Heard {
        self.send(&self.socket.issuer(0), path, |_| {}).await
    }

    /// Says these octets to the provider and reads until the end.
    fn say(&self, octets: &str) -> String {
        let (origin, _) = Origin::parse(&self.socket.issuer(0)).unwrap();
        let mut stream = TcpStream::connect(origin.authority()).unwrap();
        stream.write_all(octets.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn path(&self) -> String {
        let (_, url) = Origin::parse(&self.socket.issuer(0)).unwrap();
        url.path().to_owned()
    }
}

#[tokio::test]
async fn a_request_reaches_the_machine_as_sent_and_its_answer_comes_back() {
    let scene = scene(&Settings::default()).await;
    let issuer = scene.socket.issuer(0);
    let heard = scene
        .send(&issuer, "/a/../token?x=%2f", |request| {
            request.method = "POST".to_owned();
            request.body = b"a=b".to_vec();
            request.headers = vec![Header::new("Authorization", "Basic YTpi")];
        })
        .await;
    let response = heard.answer.response().unwrap();
    assert_eq!((response.status, response.body.bytes()), (201, &b"a=b"[..]));
    assert_eq!(response.header("set-cookie").count(), 2);
    assert_eq!(response.header("date").count(), 1, "wiremock gave it");
    let seen = scene.honest.lock().unwrap().seen.remove(0);
    assert_eq!(seen.method, "POST");
    assert_eq!(seen.target, format!("{}/a/../token?x=%2f", scene.path()));
    assert_eq!(
        seen.header("authorization").next(),
        Some(&b"Basic YTpi"[..])
    );
    assert!(scene.evil.lock().unwrap().seen.is_empty());

    let recorded = scene.socket.heard().remove(0);
    assert!(recorded.request == seen);
    assert_eq!(
        (recorded.hop, recorded.actor.as_str(), recorded.seq),
        (Hop::TargetToProvider, "honest", 0)
    );
    assert!(scene.socket.heard().is_empty(), "what was taken is gone");
}

#[tokio::test]
async fn two_issuers_have_a_machine_each_and_order_is_kept() {
    let scene = scene(&Settings::default()).await;
    for (which, path) in [(1, "/one"), (0, "/two"), (1, "/three")] {
        scene.send(&scene.socket.issuer(which), path, |_| {}).await;
    }
    let heard = scene.socket.heard();
    let told: Vec<_> = heard
        .iter()
        .map(|one| (one.seq, one.actor.as_str()))
        .collect();
    assert_eq!(told, [(0, "evil"), (1, "honest"), (2, "evil")]);
    assert!(heard[0].at <= heard[1].at && heard[1].at <= heard[2].at);
    let evil = scene.evil.lock().unwrap();
    assert_eq!(evil.seen.len(), 2);
    assert_ne!(evil.chances[0], evil.chances[1], "randomness is fresh");
}

#[tokio::test]
async fn who_does_not_know_the_secret_path_is_turned_away_and_counted() {
    let scene = scene(&Settings::default()).await;
    let base = scene.socket.issuer(0).replace(&scene.path(), "");
    let listener = Origin::parse(&scene.socket.listener()).unwrap().0;
    for (base, path) in [
        (base.as_str(), "/"),
        (&base, "/.well-known/openid-configuration"),
        (&base, "/honest/token"),
        (&listener.to_string(), "/"),
    ] {
        let heard = scene.send(base, path, |_| {}).await;
        assert_eq!(heard.answer.status(), Some(404), "{path}");
    }
    assert_eq!(scene.socket.foreign(), 4);
    let well_known = format!("/.well-known/oauth-authorization-server{}", scene.path());
    let heard = scene.send(&base, &well_known, |request| {
        request.target = well_known.clone()
    });
    assert_eq!(heard.await.answer.status(), Some(201));
    assert_eq!((scene.socket.foreign(), scene.socket.heard().len()), (4, 1));
}

#[tokio::test]
async fn only_a_browser_that_proves_itself_is_ours() {
    let scene = scene(&Settings::default()).await;
    let issuer = scene.socket.issuer(0);
    let fields = scene.socket.browser_fields("mallory");
    scene
        .send(&issuer, "/authorize", |request| {
            request.headers.extend(fields)
        })
        .await;
    scene
        .send(&issuer, "/authorize", |request| {
            request
                .headers
                .push(Header::new("X-Authspec-Actor", "alice"));
            request
                .headers
                .push(Header::new("X-Authspec-Proof", "guess"));
        })
        .await;
    let heard = scene.socket.heard();
    let told: Vec<_> = heard
        .iter()
        .map(|one| (one.hop, one.actor.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (Hop::BrowserToProvider, "mallory"),
            (Hop::TargetToProvider, "honest")
        ]
    );
    for one in &heard {
        assert_eq!(one.request.header("x-authspec-actor").count(), 0);
        assert_eq!(one.request.header("x-authspec-proof").count(), 0);
    }
    let seen = &scene.honest.lock().unwrap().seen;
    assert_eq!(seen[0].header(ACTOR_FIELD).next(), Some(&b"mallory"[..]));
    assert_eq!(seen[0].header(PROOF_FIELD).count(), 0);
    assert_eq!(seen[1].header(ACTOR_FIELD).count(), 0);
}

#[tokio::test]
async fn what_wiremock_cannot_say_is_said_by_the_relay() {
    let scene = scene(&Settings::default()).await;
    for (path, silence) in [("/close", "Closed"), ("/raw", "Malformed")] {
        let heard = scene.honest(path).await;
        let Answer::Silence(told) = &heard.answer else {
            panic!("{path} was answered")
        };
        assert!(format!("{told:?}").starts_with(silence), "{told:?}");
        let recorded = scene.socket.heard().remove(0);
        let Answer::Silence(told) = &recorded.answer else {
            panic!("{path} is recorded as answered")
        };
        assert!(format!("{told:?}").starts_with(silence), "{told:?}");
    }
    let heard = scene.honest("/odd").await;
    let response = heard.answer.response().unwrap();
    assert!(!response.is_whole(), "the length was a lie");
    assert_eq!(response.body.bytes(), b"short");
    let twice: Vec<_> = response.header("x-twice").collect();
    assert_eq!(twice, [&b"a"[..], b"b\xe9"]);
    let empty = scene.honest("/empty").await;
    assert!(empty.answer.response().is_some_and(Response::is_whole));
}

#[tokio::test]
async fn a_silence_ends_with_the_one_who_waits() {
    let scene = scene(&Settings::default()).await;
    let (origin, url) = Origin::parse(&scene.socket.issuer(0)).unwrap();
    let call = Call {
        request: Request::new("GET", origin, format!("{}/silence", url.path())),
        pool: Pool(1),
        within: Duration::from_millis(200),
    };
    let heard = scene.client.send(call).await;
    assert!(matches!(heard.answer, Answer::Silence(Silence::TimedOut)));
    assert_eq!(scene.socket.heard().len(), 1);
}

#[tokio::test]
async fn a_machine_that_panics_answers_nobody_and_the_next_is_served() {
    let scene = scene(&Settings::default()).await;
    let heard = scene.honest("/panic").await;
    assert!(matches!(heard.answer, Answer::Silence(Silence::Closed(_))));
    assert_eq!(scene.honest("/after").await.answer.status(), Some(201));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_request_gets_no_content_and_an_expectation_is_met() {
    let scene = scene(&Settings::default()).await;
    let path = scene.path();
    let head = scene.say(&format!("HEAD {path}/x HTTP/1.1\r\nHost: x\r\n\r\n"));
    assert!(head.starts_with("HTTP/1.1 201 Created\r\n"), "{head}");
    assert!(head.ends_with("\r\n\r\n"), "{head}");
    let post = scene.say(&format!(
        "POST {path}/x HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\na=b"
    ));
    assert!(
        post.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201"),
        "{post}"
    );
    assert!(
        post.to_lowercase().contains("connection: close\r\n"),
        "{post}"
    );
    assert!(post.ends_with("\r\n\r\na=b"), "{post}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_much_or_no_request_is_refused_before_the_machine() {
    let settings = Settings {
        limits: Limits {
            head: 1000,
            body: 10,
            arrival: Duration::from_millis(300),
            ..Limits::default()
        },
        ..Settings::default()
    };
    let scene = scene(&settings).await;
    let path = scene.path();
    for (octets, status) in [
        (
            format!("POST {path}/x HTTP/1.1\r\nContent-Length: 11\r\n\r\n"),
            "413",
        ),
        (
            format!("GET {path}/x HTTP/1.1\r\nA: {}\r\n\r\n", "b".repeat(2000)),
            "431",
        ),
        (format!("GET {path}/x HTTP/1.1\r\nslow"), "408"),
        ("nonsense\r\n\r\n".to_owned(), "400"),
    ] {
        let answer = scene.say(&octets);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
    }
    assert_eq!(scene.socket.foreign(), 4);
    assert!(scene.honest.lock().unwrap().seen.is_empty());
}

#[tokio::test]
async fn more_than_can_be_kept_is_turned_away() {
    let settings = Settings {
        limits: Limits {
            kept: 4096,
            ..Limits::default()
        },
        ..Settings::default()
    };
    let scene = scene(&settings).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(scene.honest("/x").await.answer.status());
    }
    assert_eq!(statuses, [Some(201), Some(201), Some(503)]);
    assert_eq!(scene.socket.heard().len(), 2);
    assert_eq!(scene.honest("/x").await.answer.status(), Some(201));
}

#[tokio::test]
async fn the_listener_records_and_answers_what_it_was_given() {
    let scene = scene(&Settings::default()).await;
    let url = scene.socket.listener();
    let heard = scene.send(&url, "/callback?code=x", |_| {}).await;
    assert_eq!(heard.answer.response().unwrap().body.bytes(), b"{}");
    scene
        .socket
        .listen_with("application/jwk-set+json", b"{\"keys\":[]}".to_vec());
    let heard = scene.send(&url, "/keys", |_| {}).await;
    let response = heard.answer.response().unwrap();
    assert_eq!(
        response.media_type().as_deref(),
        Some("application/jwk-set+json")
    );
    assert_eq!(response.body.bytes(), b"{\"keys\":[]}");
    let recorded = scene.socket.heard();
    assert_eq!(recorded.len(), 2);
    assert!(recorded.iter().all(|one| one.hop == Hop::ToListener));
    assert!(recorded[0].request.target.ends_with("/callback?code=x"));
}

#[tokio::test]
async fn a_taken_port_is_named_and_a_dropped_provider_gives_its_own_back() {
    let scene = scene(&Settings::default()).await;
    let (origin, _) = Origin::parse(&scene.socket.issuer(0)).unwrap();
    let address: SocketAddr = origin.authority().parse().unwrap();
    let settings = Settings {
        listen: address,
        ..Settings::default()
    };
    let Err(why) = Bound::take(&settings, &Random) else {
        panic!("two listen on {address}")
    };
    assert!(why.contains(&address.to_string()), "{why}");
    drop(scene);
    // the accept loops end when the runtime next runs them
    while Bound::take(&settings, &Random).is_err() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn secret_paths_differ_from_run_to_run() {
    let one = Bound::take(&Settings::default(), &Random).unwrap();
    let other = Bound::take(&Settings::default(), &Random).unwrap();
    let path = |bound: &Bound| Origin::parse(&bound.issuer(0)).unwrap().1.path().to_owned();
    assert_ne!(path(&one), path(&other));
    assert_eq!(path(&one).len(), "/honest/".len() + 32);
}
