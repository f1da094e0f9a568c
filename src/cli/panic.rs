//! What is said when the program itself is wrong.
//!
//! A panic message is an output channel: it may hold what was being worked on, a secret among it. So the place is
//! told and the message is not.

use std::io::Write as _;
use std::panic::{self, Location};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

static HAPPENED: AtomicBool = AtomicBool::new(false);

/// Puts the hook in place of the one that prints the message.
pub(super) fn install() {
    panic::set_hook(Box::new(|info| {
        HAPPENED.store(true, Ordering::SeqCst);
        let _ = writeln!(std::io::stderr().lock(), "{}", text(info.location()));
    }));
}

/// The same in a process that is not ours alone: what panics in other threads is told as it was before.
pub(super) fn install_beside(ours: fn(Option<&str>) -> bool) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if ours(std::thread::current().name()) {
                let _ = writeln!(
                    std::io::stderr().lock(),
                    "panic{}\nThe message is not shown, since it may hold secrets.",
                    place(info.location())
                );
            } else {
                before(info);
            }
        }));
    });
}

/// Whether any thread or task has panicked since.
pub(super) fn happened() -> bool {
    HAPPENED.load(Ordering::SeqCst)
}

fn text(place: Option<&Location<'_>>) -> String {
    format!(
        "internal error{}\nThis is a mistake of authspec, not of the target. The message is not shown, since it may hold secrets.",
        self::place(place)
    )
}

fn place(place: Option<&Location<'_>>) -> String {
    place.map_or_else(String::new, |place| {
        format!(" at {}:{}:{}", place.file(), place.line(), place.column())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_told_and_nothing_else() {
        let here = Location::caller();
        let said = text(Some(here));
        assert!(
            said.starts_with("internal error at src/cli/panic.rs:"),
            "{said}"
        );
        assert!(text(None).starts_with("internal error\n"));
    }
}
