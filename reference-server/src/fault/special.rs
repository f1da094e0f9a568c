//! The three faults that are no mistake of anyone: they show whether a case can fail at all.

use super::{Fault, ROW};
use crate::decisions::access::LastWord;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "refuses-everything",
        role: "",
        groups: &["special"],
        what: "Every guarded request is refused, whoever asks.",
        models: "a server that is broken in the safe direction",
        install: |d| d.access.last_word = LastWord::RefuseAll,
        ..ROW
    },
    Fault {
        name: "accepts-everything",
        role: "",
        groups: &["special"],
        what: "Whatever credential is offered is accepted; who offers nothing is refused.",
        models: "a check that always says yes",
        install: |d| d.access.last_word = LastWord::AcceptOffered,
        ..ROW
    },
    Fault {
        name: "open-door",
        role: "",
        groups: &["special"],
        what: "Nothing is guarded.",
        models: "a guard that was never attached",
        install: |d| d.access.last_word = LastWord::Open,
        ..ROW
    },
];
