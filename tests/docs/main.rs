//! Every command line and every YAML block of README.md, docs/ and examples/ is tried: what a reader pastes works.
//!
//! - `console` and `sh` blocks: a line of ours runs in a folder that has the files of [`stage`], against the reference
//!   server. `serve`, `provider` and whatever takes minutes is only parsed. Lines below a command are its output.
//! - `yaml` blocks compile as what they look like: a suite, a part of one, a profile, a workflow ([`yaml`]).
//! - `text` blocks are output: `<!-- shown by: authspec run mine.yaml -->` above says of what, `; fault: NAME` behind it of
//!   which server.
//! - `<!-- file: mine.yaml -->` above a block saves it under that name, for the commands.
//! - Commands inside of prose are parsed, and so is what stands below `<!-- not run: why -->`.

#![expect(clippy::unwrap_used, reason = "a test may")]

#[path = "../cli_support/server.rs"]
mod server;
#[path = "../cli_support/mod.rs"]
mod support;

mod blocks;
mod command;
mod output;
mod shape;
mod stage;
mod yaml;

use std::collections::BTreeMap;

use blocks::{Block, documents};
use command::Said;
use stage::Stage;

#[test]
fn every_command_line_does_what_the_docs_say() {
    let stage = Stage::new(&[]);
    let mut wrong = Vec::new();
    for document in documents() {
        for block in document.blocks.iter().filter(|block| block.is_shell()) {
            for (command, shown) in block.commands() {
                let at = format!("{}:{}", document.name, block.line);
                if block.comment("not run").is_some() {
                    if let Err(why) = command::parse_any(&command) {
                        wrong.push(format!("{at}: `{command}`: {why}"));
                    }
                    continue;
                }
                match command::run(&command, &stage) {
                    Ok(Said::Nothing) if shown.is_empty() => {}
                    Ok(Said::Nothing) => wrong.push(format!(
                        "{at}: `{command}` is not run, so that its output can't be compared; put it into a `text` block"
                    )),
                    Ok(Said::Out(out)) => {
                        if let Err(why) = output::compare(&shown, &out) {
                            wrong.push(format!("{at}: `{command}`: {why}"));
                        }
                    }
                    Err(why) => wrong.push(format!("{at}: `{command}`: {why}")),
                }
            }
        }
    }
    nothing(&wrong);
}

#[test]
fn every_command_inside_of_prose_is_one() {
    let mut wrong = Vec::new();
    let mut tried = BTreeMap::new();
    for document in documents() {
        for (line, command) in &document.inline {
            let ended = tried
                .entry(command.clone())
                .or_insert_with(|| command::parse(command));
            if let Err(why) = ended {
                wrong.push(format!("{}:{line}: `{command}`: {why}", document.name));
            }
        }
    }
    nothing(&wrong);
}

#[test]
fn every_output_is_what_is_printed() {
    let mut stages: BTreeMap<Vec<String>, Stage> = BTreeMap::new();
    let mut wrong = Vec::new();
    for document in documents() {
        for block in document.blocks.iter().filter(|block| block.lang == "text") {
            if let Err(why) = shown(block, &mut stages) {
                wrong.push(format!("{}:{}: {why}", document.name, block.line));
            }
        }
    }
    nothing(&wrong);
}

fn shown(block: &Block, stages: &mut BTreeMap<Vec<String>, Stage>) -> Result<(), String> {
    if output::is_of_the_embedded_server(&block.text) {
        return output::counts(&block.text);
    }
    if block.comment("not run").is_some() {
        return Ok(());
    }
    let shown = block.comment("shown by").ok_or(
        "nobody knows what prints this; put `<!-- shown by: authspec run mine.yaml -->` above it, with `; fault: NAME` for another server, or `<!-- not run: why -->`",
    )?;
    let mut parts = shown.split("; ");
    let command = parts.next().unwrap_or_default().to_owned();
    let faults: Vec<String> = parts
        .filter_map(|part| part.strip_prefix("fault: "))
        .map(str::to_owned)
        .collect();
    let stage = stages
        .entry(faults)
        .or_insert_with_key(|faults| Stage::new(faults));
    match command::run(&command, stage)? {
        Said::Out(out) => {
            let lines: Vec<String> = block.text.lines().map(str::to_owned).collect();
            output::compare(&lines, &out)
        }
        Said::Nothing => Err(format!("`{command}` is not run here")),
    }
}

#[test]
fn every_yaml_block_compiles_as_what_it_looks_like() {
    let mut wrong = Vec::new();
    let mut checks = yaml::Checks::default();
    for document in documents() {
        for block in document.blocks.iter().filter(|block| block.lang == "yaml") {
            let at = format!("{}:{}", document.name, block.line);
            if let Err(why) = checks.add(&at, &block.text) {
                wrong.push(format!("{at}: {why}"));
            }
        }
    }
    for (name, text) in blocks::yaml_of_examples() {
        if let Err(why) = checks.add(&name, &text) {
            wrong.push(format!("{name}: {why}"));
        }
    }
    wrong.extend(checks.run());
    nothing(&wrong);
}

#[test]
fn every_block_is_of_a_kind_that_is_tried() {
    // Rust and TOML are tried where they are kept: rustdoc, and the crate of examples/
    const KNOWN: &[&str] = &["console", "sh", "yaml", "text", "rust", "toml", "json"];
    let mut wrong = Vec::new();
    for document in documents() {
        for block in &document.blocks {
            let left_out = block.comment("not run").is_some();
            if !left_out && !KNOWN.contains(&block.lang.as_str()) {
                wrong.push(format!(
                    "{}:{}: a block of `{}`, which nothing here tries; name its language (one of {}), put `<!-- not run: why -->` above it, or teach tests/docs to try it",
                    document.name,
                    block.line,
                    block.lang,
                    KNOWN.join(", ")
                ));
            }
        }
    }
    nothing(&wrong);
}

#[track_caller]
fn nothing(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
