//! The HTML report in a real browser: what it loads, what its filters show, and that everybody can read it.
//!
//! It takes Chromium and its driver; where they are not installed, the test says so and is skipped. The screenshots
//! stay under `target/tmp/html-report`, to be looked at.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use authspec::report::Format;
use fantoccini::error::NewSessionError;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::sample::{run_of, written};

/// A driver that ends with the test.
struct Driver {
    child: Child,
    address: String,
}

impl Drop for Driver {
    fn drop(&mut self) {
        // it may have ended by itself
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A driver on a port that it chose, or none where there is none here.
fn driver() -> Option<Driver> {
    let chromium = ["chromium", "chromium-browser", "google-chrome"];
    let there = |name: &&str| {
        let asked = Command::new(name).arg("--version").output();
        asked.is_ok_and(|output| output.status.success())
    };
    chromium.iter().copied().find(there)?;
    let mut child = Command::new("chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let lines = BufReader::new(child.stdout.take()?).lines();
    let port = lines.map_while(Result::ok).find_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        Some(port.trim_end_matches('.').to_owned())
    })?;
    Some(Driver {
        child,
        address: format!("http://127.0.0.1:{port}"),
    })
}

fn told() -> Option<Driver> {
    #[expect(clippy::print_stderr, reason = "a skip that nobody sees is a hole")]
    {
        eprintln!(
            "skipped: there is no chromium with its chromedriver here to open the HTML report with"
        );
    }
    None
}

async fn session(driver: &Driver) -> Result<Client, NewSessionError> {
    let mut wanted = Capabilities::new();
    let options =
        json!({ "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"] });
    wanted.insert("goog:chromeOptions".to_owned(), options);
    wanted.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
    ClientBuilder::new(HttpConnector::new())
        .capabilities(wanted)
        .connect(&driver.address)
        .await
}

/// A command of the driver's own.
#[derive(Debug)]
struct Own(&'static str, Value);

impl WebDriverCompatibleCommand for Own {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.0
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (hyper::http::Method, Option<String>) {
        (hyper::http::Method::POST, Some(self.1.to_string()))
    }
}

/// As a scheme of colours and a width that people have.
async fn looked_at(client: &Client, scheme: &str, width: u32) {
    let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
    let size = json!({ "width": width, "height": 1400, "deviceScaleFactor": 1, "mobile": false });
    for (cmd, params) in [
        ("Emulation.setEmulatedMedia", media),
        ("Emulation.setDeviceMetricsOverride", size),
    ] {
        let own = Own("goog/cdp/execute", json!({ "cmd": cmd, "params": params }));
        client.issue_cmd(own).await.unwrap();
    }
}

/// Texts whose contrast with what lies behind them is under 4.5 to 1 (WCAG 2.2, 1.4.3), and what sticks out sideways.
const READABLE: &str = r#"
const light = (text) => {
  const [r, g, b] = text.match(/[\d.]+/g).map(Number).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (!/, 0\)$/.test(colour)) return colour;
  }
  return 'rgb(255, 255, 255)';
};
const bad = new Set();
for (const element of document.querySelectorAll('body *')) {
  const style = getComputedStyle(element);
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  if (!own || !element.checkVisibility()) continue;
  const ink = element.closest('svg') ? style.fill : style.color;
  const [one, other] = [light(ink), light(behind(element))].sort((a, b) => b - a);
  const ratio = (one + 0.05) / (other + 0.05);
  if (ratio < 4.5) bad.add(`${element.tagName}.${element.getAttribute('class')}: ${ratio.toFixed(2)}`);
}
const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
if (wide > 0) bad.add(`${wide} px wider than the window`);
return [...bad];
"#;

async fn shown(client: &Client, verdict: &str) -> usize {
    let script = format!(
        "return [...document.querySelectorAll('.entry.{verdict}')].filter((one) => one.checkVisibility()).length"
    );
    let number = client.execute(&script, Vec::new()).await.unwrap();
    usize::try_from(number.as_u64().unwrap()).unwrap()
}

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("html-report");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[tokio::test]
async fn the_page_is_read_in_a_real_browser() {
    let Some(driver) = driver().or_else(told) else {
        return;
    };
    let folder = folder();
    let page = folder.join("report.html");
    let format = Format::from_name("html").unwrap();
    std::fs::write(&page, written(format, &run_of(60))).unwrap();
    let client = session(&driver).await.unwrap();
    let address = url::Url::from_file_path(&page).unwrap();
    client.goto(address.as_str()).await.unwrap();

    for scheme in ["light", "dark"] {
        for (name, width) in [("phone", 390), ("desktop", 1280)] {
            looked_at(&client, scheme, width).await;
            let bad = client.execute(READABLE, Vec::new()).await.unwrap();
            assert_eq!(bad, json!([]), "{scheme}, {width} px");
            let picture = client.screenshot().await.unwrap();
            std::fs::write(folder.join(format!("{name}-{scheme}.png")), picture).unwrap();
        }
    }
    for (word, others) in [("fail", "warn"), ("warn", "fail"), ("skip", "pass")] {
        assert!(shown(&client, others).await > 0);
        let radio = client
            .find(Locator::Id(&format!("show-{word}")))
            .await
            .unwrap();
        radio.click().await.unwrap();
        assert!(
            shown(&client, word).await > 0,
            "{word} is shown where it is asked for"
        );
        assert_eq!(
            shown(&client, others).await,
            0,
            "{others} where {word} is asked for"
        );
        client
            .find(Locator::Id("show-all"))
            .await
            .unwrap()
            .click()
            .await
            .unwrap();
    }
    // a policy that is broken, or something that was to be loaded, is told in the browser's log
    let log = client
        .issue_cmd(Own("se/log", json!({ "type": "browser" })))
        .await
        .unwrap();
    assert_eq!(log, json!([]));
    client.close().await.unwrap();
}
