//! Comparing output that is shown with what is printed.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::LazyLock;

use regex::Regex;

/// Whether every line that is shown was printed, in this order. `...` and `…` stand for anything; durations, dates, ports and what
/// is drawn by chance count as the same.
pub(crate) fn compare(shown: &[String], printed: &str) -> Result<(), String> {
    let mut printed_lines = printed.lines();
    for line in shown {
        let wanted = plain(line);
        if wanted.is_empty() || wanted == "..." {
            continue;
        }
        if !printed_lines.any(|one| plain(one) == wanted) {
            return Err(format!(
                "this line is not printed there: {line}\nprinted:\n{printed}"
            ));
        }
    }
    Ok(())
}

/// What differs from run to run, and what stands for it.
static CHANGING: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let rows = [
        (r"\b\d+(?:\.\d+)? ?(?:ms|s)\b", "#"),
        (r"127\.0\.0\.1:\d+", "127.0.0.1:#"),
        (r"\b\d+ requests?\b", "# requests"),
        (r"(?i)^(.*< date:).*", "$1 #"),
        (r" +", " "),
    ];
    let row = |(pattern, with)| (Regex::new(pattern).unwrap(), with);
    rows.into_iter().map(row).collect()
});

/// A line without what differs from run to run.
fn plain(line: &str) -> String {
    let mut text = line.trim().to_owned();
    for (pattern, with) in &*CHANGING {
        text = pattern.replace_all(&text, *with).into_owned();
    }
    text
}

/// Whether it is the output of a run without a target.
pub(crate) fn is_of_the_embedded_server(text: &str) -> bool {
    text.lines()
        .next()
        .is_some_and(|line| line.ends_with("against embedded reference server"))
}

/// Compares the numbers of such output with those of the cases that there are.
pub(crate) fn counts(text: &str) -> Result<(), String> {
    let listed = Command::new(env!("CARGO_BIN_EXE_authspec"))
        .args(["test", "--list"])
        .env_clear()
        .current_dir(std::env::temp_dir())
        .output()
        .map_err(|why| why.to_string())?;
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let mut suites: BTreeMap<&str, usize> = BTreeMap::new();
    for name in listed
        .lines()
        .filter_map(|line| line.strip_suffix(": test"))
    {
        *suites
            .entry(name.split("::").next().unwrap_or(name))
            .or_default() += 1;
    }
    let all: usize = suites.values().sum();
    let version = env!("CARGO_PKG_VERSION");
    let head = format!("authspec {version}: {all} cases against embedded reference server");
    let foot = format!("{all} passed - all {all} judged, in");
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let right = match line.strip_prefix('▸') {
            Some(suite) => suite
                .split_whitespace()
                .next()
                .and_then(|name| Some((name, suites.get(name)?)))
                .is_some_and(|(_, count)| line.ends_with(&format!(" {count} passed"))),
            None => line == head || line.starts_with(&foot) || line == "...",
        };
        if !right {
            return Err(format!(
                "this is not what is printed (there are {all} cases): {line}"
            ));
        }
    }
    Ok(())
}
