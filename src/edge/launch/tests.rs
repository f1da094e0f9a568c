//! Targets made of shell and Python, which every machine that builds this has.

use std::path::Path;

use super::*;
use crate::edge::clock::SystemClock;
use crate::edge::http::{Client, Confirmed};

/// A server that tells its process number, with a child that ignores TERM, and notes both numbers in `pids`.
const SERVER: &str = r#"
import http.server, os, signal, subprocess, sys
child = subprocess.Popen(["sh", "-c", "trap '' TERM; while :; do sleep 1; done"])
open("pids", "a").write(f"{os.getpid()} {child.pid}\n")
print("secret is", os.environ.get("SECRET"), flush=True)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = str(os.getpid()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"#;

struct Scene {
    folder: tempfile::TempDir,
    origin: Origin,
    http: Arc<Client>,
}

fn scene() -> Scene {
    let origin = Origin {
        scheme: "http".to_owned(),
        host: "127.0.0.1".to_owned(),
        port: free_port().unwrap(),
    };
    let confirmed = Confirmed {
        origins: vec![origin.clone()],
    };
    Scene {
        folder: tempfile::tempdir().unwrap(),
        http: Arc::new(Client::new(confirmed, Arc::new(SystemClock))),
        origin,
    }
}

impl Scene {
    fn start_of(&self, command: &[&str]) -> Start {
        Start {
            command: command.iter().map(|&word| word.to_owned()).collect(),
            variables: vec![(
                "SECRET".to_owned(),
                Secret::new("correct horse battery", "variable SECRET"),
            )],
            folder: Some(self.folder.path().to_owned()),
            ready: Ready {
                origin: self.origin.clone(),
                target: "/".to_owned(),
                status: None,
                within: Duration::from_secs(30),
            },
            grace: Duration::from_millis(200),
        }
    }

    fn server(&self) -> Start {
        let port = self.origin.port.to_string();
        self.start_of(&["python3", "-c", SERVER, &port])
    }

    async fn launch(&self, start: Start) -> Result<Launched, LaunchError> {
        Launched::start(start, Vault::default(), self.http.clone()).await
    }

    async fn refused(&self, start: Start) -> LaunchError {
        match self.launch(start).await {
            Ok(_) => panic!("it came up"),
            Err(error) => error,
        }
    }

    async fn ask(&self) -> Option<Vec<u8>> {
        let call = Call {
            request: Request::new("GET", self.origin.clone(), "/"),
            pool: Pool(0),
            within: Duration::from_secs(20),
        };
        let answer = self.http.send(call).await.answer;
        answer
            .response()
            .map(|response| response.body.bytes().to_vec())
    }

    /// Every process that the server noted.
    fn processes(&self) -> Vec<String> {
        std::fs::read_to_string(self.folder.path().join("pids"))
            .unwrap_or_default()
            .split_whitespace()
            .map(str::to_owned)
            .collect()
    }
}

/// A process that is not reaped yet by whoever adopted it has ended too.
fn lives(process: &str) -> bool {
    let stat = std::fs::read_to_string(Path::new("/proc").join(process).join("stat"));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}

#[tokio::test]
async fn a_target_is_started_restarted_and_stopped_with_its_children() {
    let scene = scene();
    let launched = scene.launch(scene.server()).await.unwrap();
    let first = scene.ask().await.unwrap();
    assert_eq!(scene.processes()[0].as_bytes(), first);

    launched.restart().await.unwrap();
    let second = scene.ask().await.unwrap();
    assert_ne!(first, second, "it is another process");
    let processes = scene.processes();
    assert_eq!(processes.len(), 4);
    let alive: Vec<_> = processes.iter().map(|process| lives(process)).collect();
    assert_eq!(alive, [false, false, true, true]);

    drop(launched);
    assert!(!scene.processes().iter().any(|process| lives(process)));
    assert_eq!(scene.ask().await, None);
}

#[tokio::test]
async fn what_it_printed_is_shown_without_secrets_if_it_does_not_come_up() {
    let scene = scene();
    let error = scene
        .refused(scene.start_of(&["sh", "-c", "echo out $SECRET; echo err >&2; exit 7"]))
        .await;
    let text = error.to_string();
    assert!(
        text.contains("ended (exit status: 7) before it was ready"),
        "{text}"
    );
    assert!(text.contains("out «variable SECRET»"), "{text}");
    assert!(text.contains("err"), "{text}");
    assert!(!format!("{error:?}").contains("horse"));
}

#[tokio::test]
async fn who_is_not_ready_in_time_is_stopped() {
    let scene = scene();
    let mut start = scene.start_of(&["sh", "-c", "echo $$ > pids; exec sleep 600"]);
    start.ready.within = Duration::from_millis(300);
    let error = scene.refused(start).await;
    assert!(
        error
            .why
            .contains("was not ready after 300ms: no connection"),
        "{}",
        error.why
    );
    assert!(error.to_string().ends_with("it printed nothing"), "{error}");
    assert_eq!(scene.processes().len(), 1);
    assert!(!scene.processes().iter().any(|process| lives(process)));
}

#[tokio::test]
async fn another_status_than_the_one_waited_for_is_not_ready() {
    let scene = scene();
    let mut start = scene.server();
    start.ready.status = Some(204);
    start.ready.within = Duration::from_secs(2);
    let error = scene.refused(start).await;
    assert!(
        error.why.contains("it answers 200 where 204"),
        "{}",
        error.why
    );
    assert!(
        error
            .printed
            .as_str()
            .contains("secret is «variable SECRET»")
    );
}

#[tokio::test]
async fn a_taken_address_is_not_judged_in_place_of_the_target() {
    let scene = scene();
    let _other = std::net::TcpListener::bind(scene.origin.authority()).unwrap();
    let error = scene.refused(scene.server()).await;
    assert!(error.why.contains("listens at"), "{}", error.why);
    assert!(scene.processes().is_empty(), "nothing was started");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_named() {
    let scene = scene();
    let error = scene.refused(scene.start_of(&["./no-such-program"])).await;
    assert!(error.why.contains("./no-such-program"), "{}", error.why);
    let error = scene.refused(scene.start_of(&[])).await;
    assert!(error.why.contains("is empty"), "{}", error.why);
}

#[tokio::test]
async fn a_target_sees_four_variables_and_those_it_was_given() {
    let scene = scene();
    // cargo gives its tests many variables that must not get through
    assert!(std::env::vars_os().any(|(name, _)| name == "CARGO_MANIFEST_DIR"));
    let error = scene.refused(scene.start_of(&["env"])).await;
    for line in error.printed.as_str().lines() {
        let name = line.split('=').next().unwrap_or_default();
        let known = ["PATH", "HOME", "TMPDIR", "LANG", "SECRET"];
        assert!(known.contains(&name), "{name} got through");
    }
    assert!(error.printed.as_str().contains("PATH="));
}
