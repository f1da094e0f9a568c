//! `authspec run --fleet`: every profile of a folder, each in a process of its own, with a report each and one summary.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::edge::children::{Ended, Piece, work};
use crate::edge::files;
use crate::report::exit::{FAILED, INCONCLUSIVE, INTERNAL, OK, UNUSABLE};
use crate::report::foreign;
use crate::report::json::Summary;

use super::args::{RunArgs, Share};
use super::console::{Console, print};
use super::exit::{Ending, Failure};
use super::{again, judge, read_report, signal};

/// Where JSON reports go if no other path is asked for.
const REPORTS: &str = "authspec-reports/{profile}.json";
/// What stands for the name of a profile in a path.
const NAME: &str = "{profile}";
/// Targets that are asked at the same time.
const AT_ONCE: usize = 4;

/// One profile of the fleet.
#[derive(Clone)]
struct Member {
    name: String,
    profile: PathBuf,
    /// Its reports, the first in JSON.
    reports: Vec<(&'static str, PathBuf)>,
}

/// What the summary says of one.
#[derive(Serialize)]
struct Line {
    profile: String,
    report: String,
    /// As `authspec run` ends; none: it was ended, or could not be started.
    code: Option<i32>,
    standing: &'static str,
    summary: Option<Summary>,
    /// What it said, where it has no report.
    #[serde(skip_serializing_if = "String::is_empty")]
    said: String,
}

pub(super) fn run(folder: &Path, args: &RunArgs, console: &Console) -> Ending {
    if args.target.target.is_some() || args.target.profile.is_some() {
        return Err(Failure::unusable(
            "--fleet takes profiles and targets from its folder: leave out --profile and --target (AUTHSPEC_PROFILE, AUTHSPEC_TARGET)",
        ));
    }
    let members = members(folder, args)?;
    let reports = summary_folder(&members);
    if members.is_empty() {
        console.tell("no profile of the fleet falls into this part");
        return Ok(OK);
    }
    let (lines, ended) = judge::runtime()?.block_on(all(&members, args))?;
    for (name, text) in [
        ("fleet.json", json(&lines)?),
        ("fleet.md", markdown(&lines)),
    ] {
        files::write_report(&reports.join(name), text.as_bytes())
            .map_err(|error| Failure::Internal(error.to_string()))?;
    }
    print(&table(&lines))?;
    Ok(ended.unwrap_or_else(|| code(&lines)))
}

/// The profiles of this part, and where their reports go; old ones are taken away, so that none passes for a new one.
fn members(folder: &Path, args: &RunArgs) -> Result<Vec<Member>, Failure> {
    let unusable = |error: files::FileError| Failure::unusable(error.to_string());
    let profiles = files::suites(folder).map_err(unusable)?;
    if profiles.is_empty() {
        let name = folder.display();
        return Err(Failure::unusable(format!(
            "{name} holds no profile (*.yaml)"
        )));
    }
    let mut asked: Vec<(&'static str, &Path)> = Vec::new();
    for report in &args.report {
        if !report.path.to_string_lossy().contains(NAME) {
            let (format, path) = (report.format.name, report.path.display());
            return Err(Failure::unusable(format!(
                "--report {format}={path}: every profile has a report of its own; write {NAME} where its name should stand"
            )));
        }
        asked.push((report.format.name, &report.path));
    }
    if !asked.iter().any(|(format, _)| *format == "json") {
        asked.push(("json", Path::new(REPORTS)));
    }
    asked.sort_by_key(|(format, _)| *format != "json");
    let mut members = Vec::new();
    for profile in part(profiles, args.shard) {
        let name = name(folder, &profile);
        let reports: Vec<(&'static str, PathBuf)> = asked
            .iter()
            .map(|(format, path)| (*format, path.to_string_lossy().replace(NAME, &name).into()))
            .collect();
        for (_, path) in &reports {
            files::room_for(path).map_err(unusable)?;
        }
        members.push(Member {
            name,
            profile,
            reports,
        });
    }
    Ok(members)
}

/// Each in turn, so that as many parts as profiles have one each.
fn part(profiles: Vec<PathBuf>, share: Option<Share>) -> Vec<PathBuf> {
    let Some(Share { number, of }) = share else {
        return profiles;
    };
    let (first, step) = (number as usize - 1, of as usize);
    profiles.into_iter().skip(first).step_by(step).collect()
}

/// The path below the folder without its ending, as one word.
fn name(folder: &Path, profile: &Path) -> String {
    let below = profile.strip_prefix(folder).unwrap_or(profile);
    let below = below.with_extension("");
    let parts: Vec<_> = below
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("-")
}

/// Beside the JSON reports.
fn summary_folder(members: &[Member]) -> PathBuf {
    let json = members.first().and_then(|one| one.reports.first());
    let folder = json.and_then(|(_, path)| path.parent());
    folder.map_or_else(PathBuf::new, Path::to_owned)
}

/// Judges all, some at the same time; the exit code of a signal that ended it.
async fn all(members: &[Member], args: &RunArgs) -> Result<(Vec<Line>, Option<u8>), Failure> {
    let program = std::env::current_exe()
        .map_err(|error| Failure::Internal(format!("this program is not found: {error}")))?;
    let (stop, stopped) = watch::channel(false);
    let mut waiting = members.iter().enumerate();
    let mut running = JoinSet::new();
    let mut lines: Vec<(usize, Line)> = Vec::new();
    let mut ended = None;
    let signal = signal::ended();
    tokio::pin!(signal);
    loop {
        while running.len() < AT_ONCE && ended.is_none() {
            let Some((at, member)) = waiting.next() else {
                break;
            };
            let work = work(piece(&program, member, args), stopped.clone());
            running.spawn(async move { (at, work.await) });
        }
        tokio::select! {
            done = running.join_next() => match done {
                Some(Ok((at, done))) => lines.push((at, line(&members[at], &done))),
                Some(Err(error)) => return Err(Failure::Internal(error.to_string())),
                None => break,
            },
            heard = &mut signal, if ended.is_none() => {
                ended = Some(heard.code());
                // nobody listens if nothing runs
                let _ = stop.send(true);
            }
        }
    }
    lines.sort_by_key(|(at, _)| *at);
    Ok((lines.into_iter().map(|(_, line)| line).collect(), ended))
}

fn piece(program: &Path, member: &Member, args: &RunArgs) -> Piece {
    let mut arguments = again::of_one(args, &member.profile);
    for (format, path) in &member.reports {
        arguments.extend([
            "--report".to_owned(),
            format!("{format}={}", path.display()),
        ]);
    }
    arguments.push("--quiet".to_owned());
    Piece {
        program: program.to_owned(),
        arguments,
        without: &["AUTHSPEC_PROFILE", "AUTHSPEC_TARGET"],
        within: args.fleet_time.0,
    }
}

fn line(member: &Member, ended: &Ended) -> Line {
    let path = member
        .reports
        .first()
        .map(|(_, path)| path.clone())
        .unwrap_or_default();
    let report = path.is_file().then(|| read_report::read(&path));
    let summary = report.and_then(Result::ok).map(|report| report.summary);
    let standing = match (
        ended.overdue,
        ended.code.and_then(|code| u8::try_from(code).ok()),
    ) {
        (true, _) => "took too long",
        (false, Some(OK)) => "nothing failed",
        (false, Some(FAILED)) => "failed",
        (false, Some(UNUSABLE)) => "can't be used",
        (false, Some(INCONCLUSIVE)) => "not judged whole",
        (false, _) => "died",
    };
    Line {
        profile: member.name.clone(),
        report: path.display().to_string(),
        code: ended.code,
        standing,
        said: match &summary {
            Some(summary) if summary.interrupted.is_none() => String::new(),
            _ => ended.said.trim().to_owned(),
        },
        summary,
    }
}

/// The worst of all: what failed outweighs what went wrong, and that what is open.
fn code(lines: &[Line]) -> u8 {
    let any = |standing: &str| lines.iter().any(|line| line.standing == standing);
    if any("failed") {
        FAILED
    } else if any("died") {
        INTERNAL
    } else if any("can't be used") {
        UNUSABLE
    } else if any("not judged whole") || any("took too long") {
        INCONCLUSIVE
    } else {
        OK
    }
}

fn json(lines: &[Line]) -> Result<String, Failure> {
    let targets = serde_json::json!({ "version": 1, "targets": lines });
    let text = serde_json::to_string_pretty(&targets);
    text.map(|text| text + "\n")
        .map_err(|error| Failure::Internal(error.to_string()))
}

/// The counts of one, worst first.
fn counts(line: &Line) -> String {
    let Some(summary) = &line.summary else {
        let first = line.said.lines().next().unwrap_or_default();
        return format!(
            "no report{}{}",
            if first.is_empty() { "" } else { ": " },
            foreign(first)
        );
    };
    let parts = [
        (summary.failed, "failed"),
        (summary.warned, "warned"),
        (summary.inconclusive, "inconclusive"),
        (summary.skipped, "skipped"),
        (summary.passed, "passed"),
    ];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let mut parts: Vec<String> = parts
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    parts.extend(summary.interrupted.as_deref().map(foreign));
    parts.join(", ")
}

fn table(lines: &[Line]) -> String {
    let widest = lines
        .iter()
        .map(|line| line.profile.chars().count())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    for line in lines {
        let name = foreign(&line.profile);
        // writing to a String can't fail, here and below
        let _ = writeln!(
            text,
            "{name:widest$}  {:16}  {}",
            line.standing,
            counts(line)
        );
    }
    let sound = lines
        .iter()
        .filter(|line| line.standing == "nothing failed")
        .count();
    let _ = writeln!(
        text,
        "{} of {} targets with nothing failed",
        sound,
        lines.len()
    );
    text
}

fn markdown(lines: &[Line]) -> String {
    let mut text = String::from("## authspec: the fleet\n\n| profile | | |\n|---|---|---|\n");
    for line in lines {
        let cell = |text: &str| foreign(text).replace('`', "'").replace('|', "\\|");
        let (name, counts) = (cell(&line.profile), cell(&counts(line)));
        let _ = writeln!(text, "| `{name}` | {} | `{counts}` |", line.standing);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_of(standing: &'static str) -> Line {
        Line {
            profile: "a".to_owned(),
            report: String::new(),
            code: None,
            standing,
            summary: None,
            said: String::new(),
        }
    }

    #[test]
    fn the_worst_counts() {
        for (standings, expected) in [
            (vec!["nothing failed"], OK),
            (vec!["nothing failed", "took too long"], INCONCLUSIVE),
            (vec!["not judged whole", "can't be used"], UNUSABLE),
            (vec!["can't be used", "died"], INTERNAL),
            (vec!["died", "failed", "took too long"], FAILED),
        ] {
            let lines: Vec<Line> = standings.iter().copied().map(line_of).collect();
            assert_eq!(code(&lines), expected, "{standings:?}");
        }
    }

    #[test]
    fn every_profile_is_in_one_part() {
        let profiles: Vec<PathBuf> = (0..7)
            .map(|number| format!("{number}.yaml").into())
            .collect();
        let mut all: Vec<PathBuf> = (1..=3)
            .flat_map(|number| part(profiles.clone(), Some(Share { number, of: 3 })))
            .collect();
        all.sort();
        assert_eq!(all, profiles);
        assert!(part(profiles.clone(), Some(Share { number: 8, of: 9 })).is_empty());
        assert_eq!(part(profiles.clone(), None), profiles);
    }

    #[test]
    fn a_profile_is_called_by_its_path() {
        let name = |path| name(Path::new("profiles"), Path::new(path));
        assert_eq!(name("profiles/shop/api.v2.yaml"), "shop-api.v2");
        assert_eq!(name("profiles/a.yml"), "a");
    }
}
