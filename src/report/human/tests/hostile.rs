//! What a target or a suite may try with its texts.

use super::*;
use crate::model::{EvidenceExchange, Vault};

/// What a target or a suite may try, in every field that it can reach.
fn hostile() -> Vec<RunEvent> {
    let evil = "::error file=x::boom\r\n::set-output name=a::b\n##[add-mask]x ##vso[task.x]\u{1b}[2J\u{1b}]52;c;eA==\u{7}\u{202e}nimda\u{200b}\u{e0041}\u{9b}31m";
    let long = format!("{evil}{}", "::x ".repeat(60));
    let mut found = finding(Level::Must);
    found.expected = long.clone();
    found.actual = evil.to_owned();
    found.place.file = evil.to_owned();
    found.place.text = format!("\u{202e}{evil}");
    let mut bad = outcome(evil, evil, Verdict::Fail(vec![found]));
    for field in [&mut bad.title, &mut bad.why, &mut bad.fix] {
        field.clone_from(&long);
    }
    bad.references = vec![evil.to_owned()];
    bad.notes = vec![evil.to_owned()];
    let vault = Vault::default();
    bad.evidence = vec![EvidenceExchange {
        request: vault.redact(evil),
        answer: vault.redact(&format!("{evil}\n\n\r\r{}", "::y ".repeat(2_000))),
        curl: vault.redact(evil),
        actor: evil.to_owned(),
        ..exchange(1, "")
    }];
    let mut open = bad.clone();
    open.verdict = Verdict::Inconclusive(long.clone());
    let mut gone = bad.clone();
    gone.verdict = Verdict::Skip(Skip::NotApplicable(long.clone()));
    let mut events = run(vec![bad, open, gone]);
    events[0] = RunEvent::RunStarted {
        target: evil.to_owned(),
        cases: 3,
        setting: Box::default(),
    };
    let note = TargetNote {
        about: evil.to_owned(),
        says: long,
        finding: None,
    };
    events.insert(1, RunEvent::Noted(note));
    if let Some(RunEvent::RunFinished(summary)) = events.last_mut() {
        summary.interrupted = Some(evil.to_owned());
    }
    events
}

#[test]
fn hostile_text_neither_acts_nor_starts_a_line() {
    let styles = [
        Style::default(),
        terminal(),
        Style {
            verbose: true,
            width: 40,
            ..terminal()
        },
        Style {
            quiet: true,
            unicode: false,
            ..Style::default()
        },
    ];
    for style in styles {
        let text = said(style, &hostile());
        for line in text.lines() {
            let start = line.trim_start();
            assert!(!start.starts_with("::"), "{line}");
            assert!(!line.contains("##[") && !line.contains("##vso["), "{line}");
            assert!(
                !line.chars().any(crate::report::foreign::is_hazard),
                "{line:?}"
            );
        }
    }
}

#[test]
fn hostile_text_is_seen_as_it_came() {
    let text = said(Style::default(), &hostile());
    let answer = text.lines().skip_while(|line| !line.contains("│ <"));
    let shown: Vec<&str> = answer.take(8).map(str::trim_start).collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    │ < ::error file=x::boom
    │ < ::set-output name=a::b
    │ < ##\u{5b}add-mask]x ##vso\u{5b}task.x]\u{1b}[2J\u{1b}]52;c;eA==\u{
    │ < 7}\u{202e}nimda\u{200b}\u{e0041}\u{9b}31m
    │ <
    │ < \r\r::y ::y ::y ::y ::y ::y ::y ::y ::y ::y ::y ::y ::y ::y ::y :
    │ < :y ::y ::y ::y ::y ::y ::y ::y ::y ::y ::y ::y ::y ::y ::y ::y ::
    │ < y ::y ::y ::y ::y ::y ::y ::y ::y ::y ::y ::y ::y ::y ::y ::y ::y
    ");
}

#[test]
fn a_long_message_is_bounded_and_says_so() {
    let mut failed = failed();
    let header = "x-filler: 0123456789\r\n".repeat(500);
    failed.evidence = vec![exchange(1, &header)];
    let text = said(Style::default(), &run(vec![failed]));
    let answer: Vec<&str> = text.lines().filter(|line| line.contains("│ <")).collect();
    assert_eq!(answer.len(), LINES_SHOWN + 1);
    insta::assert_snapshot!(answer[LINES_SHOWN], @"           │ < … 10120 bytes more");
}

const LINES_SHOWN: usize = 40;

#[test]
fn eighty_columns_hold_everything_but_what_is_copied() {
    let mut wide = failed();
    wide.title = "日本語の題名 ".repeat(20);
    let long = wide.title.clone();
    if let Verdict::Fail(findings) = &mut wide.verdict {
        findings[0].place.text = format!("{}- outcome: not-accepted and more", " ".repeat(90));
        findings[0].place.column = 93;
        findings[0].actual = long;
    }
    for style in [
        Style::default(),
        terminal(),
        Style {
            verbose: true,
            ..Style::default()
        },
    ] {
        let events = run(vec![passed("basic/credentials", "right"), wide.clone()]);
        for line in said(style, &events)
            .lines()
            .filter(|line| !line.contains("again │") && !line.contains("curl │"))
        {
            assert!(columns(line) <= 80, "{} columns: {line}", columns(line));
        }
    }
}
