//! The rules of "truth of verdicts", each against a small server that would make a careless harness lie.
//!
//! Every server is a file of its own: what it answers, and what must be said of it. They share a sound API
//! (`sound`), a socket (`server`) and a way to run cases through the library (`judged`), and nothing else.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests; what stops here fails the test"
)]

mod judged;
mod server;
mod sound;

mod answers_429;
mod answers_500;
mod bare;
mod beside;
mod by_a_library;
mod certificates;
mod clock;
mod closes_idle;
mod costly;
mod described;
mod dies;
mod dpop;
mod grants;
mod introspects;
mod leaks;
mod lenient;
mod locks;
mod logs_in;
mod mutual;
mod open;
mod other_methods;
mod other_refusals;
mod own_form;
mod refuses;
mod resets;
mod says_200;
mod served_anyway;
mod slow;
mod tokens;
mod varies;
