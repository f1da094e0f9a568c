//! The `curl` line that repeats a request: as a shell takes it, with variables of the environment for secrets.
//!
//! What no command can repeat has none: a ClientHello alone, and whatever goes to the provider that authspec plays,
//! which is gone when somebody reads the line.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::model::{Exchange, Header, Hop, Redacted, Request, Shown, Vault};
use crate::wire::tls;

/// Between arguments, and around the name of a variable: noncharacters, which no request keeps.
const NEXT: char = '\u{fdd0}';
const OPEN: char = '\u{fdd1}';
const CLOSE: char = '\u{fdd2}';

/// The line, or nothing where no command can repeat the request.
pub(super) fn line(exchange: &Exchange, vault: &Vault) -> Redacted {
    let ours = matches!(exchange.hop, Hop::HarnessToTarget | Hop::BrowserToTarget);
    if !ours || exchange.request.method == tls::METHOD {
        return Redacted::default();
    }
    let arguments: Vec<String> = arguments(&exchange.request, vault)
        .iter()
        .map(|one| one.replace([NEXT, OPEN, CLOSE], "\u{fffd}"))
        .collect();
    let joined = arguments.join(&NEXT.to_string());
    let redacted = vault.redact_as(&joined, &|label, plain| {
        format!("{OPEN}{}{CLOSE}", variable(label, plain))
    });
    let words: Vec<String> = redacted.as_str().split(NEXT).map(quoted).collect();
    let certificate = match exchange.request.shown {
        Shown::This(_) => " --cert \"$CLIENT_CERTIFICATE\" --key \"$CLIENT_KEY\"",
        Shown::Usual | Shown::Nothing => "",
    };
    // once more, since only a vault makes text that may be shown
    vault.redact(&format!("curl {}{certificate}", words.join(" ")))
}

fn arguments(request: &Request, vault: &Vault) -> Vec<String> {
    let mut all = vec!["-i".to_owned(), "--path-as-is".to_owned()];
    let mut option = |name: &str, value: String| all.extend([name.to_owned(), value]);
    match request.method.as_str() {
        "GET" if request.body.is_empty() => {}
        "HEAD" => option("--head", String::new()),
        method => option("-X", method.to_owned()),
    }
    if let Some(certificate) = request.shown.named() {
        // the file holds the key too
        option(
            "--cert",
            format!("{}.pem", certificate.name.replace(' ', "-")),
        );
    }
    for header in &request.headers {
        if let Some(account) = account(header, vault) {
            option("-u", account);
            continue;
        }
        let value = header.text();
        let field = if value.is_empty() {
            format!("{};", header.name)
        } else {
            format!("{}: {value}", header.name)
        };
        option("-H", field);
    }
    if !request.body.is_empty() {
        // unasked, curl would name a form
        if request.header("content-type").next().is_none() {
            option("-H", "Content-Type:".to_owned());
        }
        let body = String::from_utf8_lossy(&request.body);
        option("--data-raw", body.into_owned());
    }
    all.push(request.url());
    all.retain(|one| !one.is_empty());
    all
}

/// `user:password` where a Basic credential is made of a password that has a name, so that `curl` makes the same of
/// it. Any other credential stays whole: a part of a password has none.
fn account(header: &Header, vault: &Vault) -> Option<String> {
    if !header.name.eq_ignore_ascii_case("authorization") {
        return None;
    }
    let text = header.text();
    let coded = text.strip_prefix("Basic ")?;
    let account = String::from_utf8(STANDARD.decode(coded).ok()?).ok()?;
    let (_, password) = account.split_once(':')?;
    let same = STANDARD.encode(&account) == coded;
    (same && vault.placeholder(password).is_some()).then_some(account)
}

/// A label as the name of a variable: that of the profile where it came from the environment. What stood there in a
/// coding must be given in it.
fn variable(label: &str, plain: bool) -> String {
    let name = label.strip_prefix("env ").unwrap_or(label);
    let mut name: String = name
        .chars()
        .map(|one| match one {
            _ if one.is_ascii_alphanumeric() && !label.starts_with("env ") => {
                one.to_ascii_uppercase()
            }
            _ if one.is_ascii_alphanumeric() => one,
            _ => '_',
        })
        .collect();
    if !plain {
        name.push_str("_CODED");
    }
    name
}

/// An argument in single quotes, its variables in double ones.
fn quoted(argument: &str) -> String {
    let literal = |text: &str| match text {
        "" => String::new(),
        _ if text
            .chars()
            .all(|one| one == '-' || one.is_ascii_alphabetic()) =>
        {
            text.to_owned()
        }
        _ => format!("'{}'", text.replace('\'', "'\\''")),
    };
    let mut parts = argument.split(OPEN);
    let mut out = literal(parts.next().unwrap_or_default());
    for part in parts {
        let (name, rest) = part.split_once(CLOSE).unwrap_or((part, ""));
        out.push_str(&format!("\"${name}\"{}", literal(rest)));
    }
    out
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use super::line as curl;
    use super::*;
    use crate::model::{Answer, Moment, Origin, Secret, Silence};

    fn exchange(hop: Hop, method: &str, headers: &[(&str, &str)], body: &str) -> Exchange {
        let (origin, _) = Origin::parse("http://localhost:8080").unwrap();
        Exchange {
            seq: 0,
            hop,
            actor: String::new(),
            step: 0,
            request: Request {
                headers: headers
                    .iter()
                    .map(|(name, value)| Header::new(*name, value.as_bytes()))
                    .collect(),
                body: body.as_bytes().to_vec(),
                ..Request::new(method, origin, "/it's?a=$HOME")
            },
            answer: Answer::Silence(Silence::TimedOut),
            at: Moment::default(),
            took: Duration::ZERO,
        }
    }

    fn vault() -> Vault {
        let mut vault = Vault::default();
        for (value, label) in [
            ("Correct-Horse-42", "env API_PASSWORD"),
            ("abc.def.ghi-token", "valid token"),
            ("pass word's \"$x`", "password of bob"),
        ] {
            vault.add(&Secret::new(value, label));
        }
        vault
    }

    #[test]
    fn a_secret_is_a_variable() {
        let basic = STANDARD.encode("alice:Correct-Horse-42");
        let other = STANDARD.encode("alice:Correct-Horse-4");
        for (header, shown) in [
            (format!("Basic {basic}"), "-u 'alice:'\"$API_PASSWORD\""),
            (
                "Bearer abc.def.ghi-token".to_owned(),
                "-H 'Authorization: Bearer '\"$VALID_TOKEN\"",
            ),
            (format!("Basic {other}"), "-H 'Authorization: Basic "),
            (format!("basic {basic}"), "-H 'Authorization: basic "),
        ] {
            let exchange = exchange(
                Hop::HarnessToTarget,
                "GET",
                &[("Authorization", &header)],
                "",
            );
            let line = curl(&exchange, &vault());
            assert!(line.as_str().contains(shown), "{line}");
        }
    }

    /// A shell takes the line apart into what was sent.
    #[cfg(unix)]
    #[test]
    fn a_shell_says_the_same_again() {
        let header = "it's \\ \"$x\" `y` abc.def.ghi-token end";
        let body = "password=pass word's \"$x`&b=1\n";
        let exchange = exchange(Hop::HarnessToTarget, "POST", &[("X-Odd", header)], body);
        let line = curl(&exchange, &vault());
        assert!(!line.as_str().contains("abc.def"), "{line}");
        let script = format!("curl() {{ printf '%s\\0' \"$@\"; }}\n{line}");
        let said = Command::new("sh")
            .args(["-c", &script])
            .env("VALID_TOKEN", "abc.def.ghi-token")
            .env("PASSWORD_OF_BOB", "pass word's \"$x`")
            .output()
            .unwrap();
        let said = String::from_utf8(said.stdout).unwrap();
        let words: Vec<&str> = said.trim_end_matches('\0').split('\0').collect();
        let field = format!("X-Odd: {header}");
        let url = "http://localhost:8080/it's?a=$HOME";
        let sent = [
            "-i",
            "--path-as-is",
            "-X",
            "POST",
            "-H",
            &field,
            "-H",
            "Content-Type:",
            "--data-raw",
            body,
            url,
        ];
        assert_eq!(words, sent, "{line}");
    }

    #[test]
    fn what_nobody_can_repeat_has_no_line() {
        for (hop, method) in [
            (Hop::HarnessToTarget, tls::METHOD),
            (Hop::TargetToProvider, "GET"),
            (Hop::BrowserToProvider, "GET"),
            (Hop::ToListener, "GET"),
        ] {
            let line = curl(&exchange(hop, method, &[], ""), &vault());
            assert_eq!(line.as_str(), "");
        }
        let line = curl(&exchange(Hop::BrowserToTarget, "HEAD", &[], ""), &vault());
        assert!(
            line.as_str()
                .starts_with("curl -i --path-as-is --head 'http://"),
            "{line}"
        );
    }
}
