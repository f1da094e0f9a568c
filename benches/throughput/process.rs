//! A child process, run to its end within a time limit, and what it took.
//!
//! Linux only: CPU and memory are read from `/proc`.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;

/// A run that takes longer than this hangs.
const LIMIT: Duration = Duration::from_secs(120);
/// How often the peak is read; it only ever rises, so only the last moments of a run can be missed.
const EVERY: Duration = Duration::from_millis(2);
/// `/proc` counts in hundredths of a second on every Linux (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// What a process took, or several one after the other: CPU together, of the rest the least wall time and the
/// highest peak.
#[derive(Default)]
pub(crate) struct Spent {
    pub(crate) cpu: Duration,
    pub(crate) wall: Duration,
    pub(crate) code: i32,
    peak: u64,
}

impl Spent {
    pub(crate) fn add(&mut self, other: &Self) {
        self.wall = match self.wall {
            Duration::ZERO => other.wall,
            known => known.min(other.wall),
        };
        self.cpu += other.cpu;
        self.peak = self.peak.max(other.peak);
        self.code = self.code.max(other.code);
    }

    pub(crate) fn mebibytes(&self) -> f64 {
        // a peak is far below the 2^53 bytes that are exact here
        f64::from(u32::try_from(self.peak).unwrap_or(u32::MAX)) / 1024.0
    }
}

/// Runs a command that must end well: what fails early costs little, and would look fast.
pub(crate) fn measure(command: &mut Command) -> Result<Spent> {
    let spent = measure_any(command)?;
    match spent.code {
        0 => Ok(spent),
        code => Err(format!("{command:?} ended with exit code {code}").into()),
    }
}

/// Runs a command, however it ends.
pub(crate) fn measure_any(command: &mut Command) -> Result<Spent> {
    let before = cpu_of_children()?;
    let begun = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .map_err(|error| format!("{command:?}: {error}"))?;
    let (code, peak) = watch(&mut child)?;
    Ok(Spent {
        wall: begun.elapsed(),
        cpu: cpu_of_children()?.saturating_sub(before),
        code,
        peak,
    })
}

fn watch(child: &mut Child) -> Result<(i32, u64)> {
    let status = format!("/proc/{}/status", child.id());
    let begun = Instant::now();
    let mut peak = 0;
    loop {
        peak = peak.max(peak_in(&fs::read_to_string(&status).unwrap_or_default()));
        if let Some(ended) = child.try_wait()? {
            let code = ended.code().ok_or("a signal ended it")?;
            return Ok((code, peak));
        }
        if begun.elapsed() > LIMIT {
            child.kill()?;
            child.wait()?;
            return Err("it did not end in time".into());
        }
        std::thread::sleep(EVERY);
    }
}

/// `VmHWM`, in KiB.
fn peak_in(status: &str) -> u64 {
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

/// CPU of all children that have ended, user and system. The kernel adds it up in nanoseconds and tells it in ticks,
/// so the difference of two readings is true to a tick, however many children ended between them.
pub(crate) fn cpu_of_children() -> Result<Duration> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // the name, in parentheses, may hold anything; after it `state` is field 3, `cutime` and `cstime` 16 and 17
    let fields = stat.rsplit_once(") ").ok_or("no stat")?.1;
    let ticks: u32 = fields
        .split_whitespace()
        .skip(13)
        .take(2)
        .map(str::parse::<u32>)
        .sum::<std::result::Result<u32, _>>()?;
    Ok(TICK * ticks)
}
