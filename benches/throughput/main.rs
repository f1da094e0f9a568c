//! What a run costs: CPU, memory and time of whole processes, next to a bare loop over the same requests.
//!
//! `cargo bench --bench throughput`. The program starts itself again as the server that is asked and as the bare
//! loop, and runs the release `authspec`. Nothing is asserted: a table tells what is aimed at and what was reached.
//! What the figures mean stands in `docs/benchmarks.md`.

#![expect(
    clippy::print_stdout,
    reason = "a benchmark is read on standard output"
)]

mod bare;
mod process;
mod server;
mod table;
mod work;

use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use process::{Spent, measure};
use server::Server;
use table::Table;
use work::{Guard, Work};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// CPU is told in ticks of 10 ms, so runs are repeated until together they have about so many cases. Ours and the
/// bare loop's take turns, so that a busy neighbour on the machine disturbs both.
const CASES: u32 = 30_000;
/// How often a run of one case is started.
const STARTS: u32 = 60;
/// Of wall times the least of so many counts.
const TURNS: u32 = 5;
const SLOW: Duration = Duration::from_millis(20);

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["serve", delay, key] => server::serve(delay.parse()?, Path::new(key)),
        ["bare", url, requests, in_flight] => bare::run(url, requests.parse()?, in_flight.parse()?),
        _ => measured(),
    }
}

fn measured() -> Result<()> {
    let work = Work::new()?;
    let quick = Server::start(Duration::ZERO, &work.public_key)?;
    let slow = Server::start(SLOW, &work.public_key)?;
    let mut table = Table::default();
    for cases in [1_000, 10_000] {
        against_the_bare_loop(&work, &quick, cases, &mut table)?;
    }
    memory(&work, &quick, &mut table)?;
    start_up(&work, &quick, &mut table)?;
    latency(&work, &slow, &mut table)?;
    signing(&work, &quick, &mut table)?;
    embedded(&work, &mut table)?;
    println!("\n{table}");
    Ok(())
}

fn against_the_bare_loop(
    work: &Work,
    server: &Server,
    cases: u32,
    table: &mut Table,
) -> Result<()> {
    let suite = work.suite(cases, Guard::Basic)?;
    let profile = work.profile(server.port, Guard::Basic)?;
    let mut bare = Spent::default();
    let mut ours = Spent::default();
    for _ in 0..CASES / cases {
        bare.add(&measure(&mut bare_loop(server, cases, 16)?)?);
        ours.add(&measure(&mut authspec(work, &profile, &[&suite]))?);
    }
    let each = |spent: &Spent| micros(spent.cpu) / f64::from(CASES);
    let ratio = each(&ours) / each(&bare);
    let told = format!(
        "{:.0} µs to {:.0} µs, {ratio:.2} times",
        each(&ours),
        each(&bare)
    );
    let what = format!("CPU a case, {cases} Basic cases, ours to the bare loop's");
    match cases {
        10_000 => table.row(&what, "at most 2.2 times", &told, ratio <= 2.2),
        _ => table.tell(&what, &told),
    }
    let walls = format!("{:.0} ms to {:.0} ms", millis(ours.wall), millis(bare.wall));
    table.tell(&format!("wall time, {cases} Basic cases"), &walls);
    let peaks = format!("{:.1} MiB to {:.1} MiB", ours.mebibytes(), bare.mebibytes());
    table.tell(&format!("peak memory, {cases} Basic cases"), &peaks);
    Ok(())
}

/// A compiled suite lies in memory whatever becomes of its cases, so what `check` needs is taken off.
fn memory(work: &Work, server: &Server, table: &mut Table) -> Result<()> {
    let profile = work.profile(server.port, Guard::Basic)?;
    let mut beyond = Vec::new();
    for cases in [1_000, 10_000] {
        let suite = work.suite(cases, Guard::Basic)?;
        let mut check = Command::new(BINARY);
        check.current_dir(work.folder()).arg("check").arg(&suite);
        let check = measure(&mut check)?;
        let run = measure(&mut authspec(work, &profile, &[&suite]))?;
        beyond.push((run.mebibytes() - check.mebibytes()) * 1024.0);
    }
    let [few, many] = beyond[..] else {
        return Err("two runs give two figures".into());
    };
    let each = (many - few) / 9_000.0;
    let told = format!("{few:.0} KiB, {many:.0} KiB: {each:.2} KiB a case");
    table.row(
        "memory beyond the compiled suite, 1,000 and 10,000 passed cases",
        "does not grow",
        &told,
        each < 0.5,
    );
    Ok(())
}

fn start_up(work: &Work, server: &Server, table: &mut Table) -> Result<()> {
    let suite = work.suite(1, Guard::Basic)?;
    let profile = work.profile(server.port, Guard::Basic)?;
    let before = process::cpu_of_children()?;
    for _ in 0..STARTS {
        measure(&mut authspec(work, &profile, &[&suite]))?;
    }
    let each = (process::cpu_of_children()? - before) / STARTS;
    table.row(
        "CPU of a run of one case, start-up included",
        "under 6 ms",
        &format!("{:.1} ms", millis(each)),
        each < Duration::from_millis(6),
    );
    Ok(())
}

fn latency(work: &Work, server: &Server, table: &mut Table) -> Result<()> {
    let suite = work.suite(1_000, Guard::Basic)?;
    let profile = work.profile(server.port, Guard::Basic)?;
    let mut bare = Vec::new();
    let mut ours = Vec::new();
    for _ in 0..TURNS {
        bare.push(measure(&mut bare_loop(server, 1_000, 64)?)?.wall);
        let mut command = authspec(work, &profile, &[&suite]);
        ours.push(measure(command.args(["--in-flight", "64"]))?.wall);
    }
    let (Some(bare), Some(ours)) = (bare.iter().min(), ours.iter().min()) else {
        return Err("no run".into());
    };
    let ratio = ours.as_secs_f64() / bare.as_secs_f64();
    table.row(
        "wall time, 1,000 cases, answers after 20 ms, 64 in flight, ours to the bare loop's",
        "at most 1.25 times",
        &format!(
            "{:.0} ms to {:.0} ms, {ratio:.2} times",
            millis(*ours),
            millis(*bare)
        ),
        ratio <= 1.25,
    );
    Ok(())
}

fn signing(work: &Work, server: &Server, table: &mut Table) -> Result<()> {
    const EACH: u32 = 10_000;
    let profile = work.profile(server.port, Guard::Bearer)?;
    let mut spent = [Spent::default(), Spent::default()];
    for _ in 0..CASES / EACH {
        for (guard, spent) in [Guard::Bearer, Guard::Signed].into_iter().zip(&mut spent) {
            let suite = work.suite(EACH, guard)?;
            spent.add(&measure(&mut authspec(work, &profile, &[&suite]))?);
        }
    }
    let [without, with] = spent.map(|spent| micros(spent.cpu) / f64::from(CASES));
    let more = (with / without - 1.0) * 100.0;
    table.row(
        "CPU a case, RS256 in every case to a token as it is",
        "at most 30 % more",
        &format!("{with:.0} µs to {without:.0} µs, {more:.0} % more"),
        more <= 30.0,
    );
    Ok(())
}

fn embedded(work: &Work, table: &mut Table) -> Result<()> {
    let mut command = Command::new(BINARY);
    // the bundled cases are still growing: what they come to is judged by the tests, not here
    let spent = process::measure_any(command.current_dir(work.folder()).arg("run"))?;
    table.row(
        "all bundled cases against the embedded server, wall time",
        "under 5 s",
        &format!(
            "{:.0} ms ({:.0} ms CPU), exit {}",
            millis(spent.wall),
            millis(spent.cpu),
            spent.code
        ),
        spent.wall < Duration::from_secs(5),
    );
    table.row(
        "all bundled cases against the embedded server, peak memory",
        "under 64 MB",
        &format!("{:.1} MiB", spent.mebibytes()),
        spent.mebibytes() < 61.0,
    );
    Ok(())
}

/// The program as cargo built it for this benchmark: optimised as a release is.
const BINARY: &str = env!("CARGO_BIN_EXE_authspec");

fn authspec(work: &Work, profile: &Path, suites: &[&Path]) -> Command {
    let mut command = Command::new(BINARY);
    command
        .current_dir(work.folder())
        .arg("run")
        .arg("--profile")
        .arg(profile)
        .args(suites);
    command
}

fn bare_loop(server: &Server, requests: u32, in_flight: u32) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args([
        "bare",
        &format!("http://127.0.0.1:{}/basic", server.port),
        &requests.to_string(),
        &in_flight.to_string(),
    ]);
    Ok(command)
}

fn micros(span: Duration) -> f64 {
    span.as_secs_f64() * 1e6
}

fn millis(span: Duration) -> f64 {
    span.as_secs_f64() * 1e3
}
