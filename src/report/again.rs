//! The command line that asks the same again, as a shell takes it.

use crate::model::CaseId;

/// `authspec run --profile api.yaml 'suite::case[row]'`: the target and permissions of the run, this case alone.
pub(super) fn command(id: &CaseId, flags: &[String]) -> String {
    let mut words = vec!["authspec".to_owned(), "run".to_owned()];
    words.extend(flags.iter().map(|flag| quoted(flag)));
    // what calibration finds is found by every run, and has no case that could be named
    if id.suite() != "calibration" {
        words.push(quoted(id.as_str()));
    }
    words.join(" ")
}

/// A word as POSIX shells take it literally.
fn quoted(word: &str) -> String {
    let plain = |one: char| one.is_ascii_alphanumeric() || "-_./:=,+%".contains(one);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_the_words_as_they_are() {
        let flags = ["--profile", "my api.yaml", "--allow", "writes,slow"].map(str::to_owned);
        for (id, flags, line) in [
            (
                CaseId::new("basic/x", "wrong"),
                &flags[..],
                "authspec run --profile 'my api.yaml' --allow writes,slow basic/x::wrong",
            ),
            (
                CaseId::new("basic/x", "a[it's=$HOME]@GET /b"),
                &[],
                "authspec run 'basic/x::a[it'\\''s=$HOME]@GET /b'",
            ),
            (
                CaseId::new("calibration", "open-door[GET /x]"),
                &flags[..2],
                "authspec run --profile 'my api.yaml'",
            ),
        ] {
            assert_eq!(command(&id, flags), line);
        }
    }
}
