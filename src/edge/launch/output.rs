//! Keeps the end of what a process prints.

use std::collections::VecDeque;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// How much is kept.
const KEPT: usize = 64 * 1024;

/// The end of both outputs of a process, in the order in which they were read.
#[derive(Clone, Default)]
pub(super) struct Output(Arc<Mutex<VecDeque<u8>>>);

impl Output {
    /// Reads a pipe to its end on a thread of its own, so that the process never waits for us.
    pub(super) fn follow(&self, mut pipe: impl Read + Send + 'static) -> JoinHandle<()> {
        let output = self.clone();
        std::thread::spawn(move || {
            let mut buffer = [0_u8; 4096];
            while let Ok(count) = pipe.read(&mut buffer) {
                if count == 0 {
                    break;
                }
                output.keep(&buffer[..count]);
            }
        })
    }

    fn keep(&self, bytes: &[u8]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(bytes);
        let surplus = kept.len().saturating_sub(KEPT);
        kept.drain(..surplus);
    }

    /// What is kept, bytes outside UTF-8 replaced.
    pub(super) fn text(&self) -> String {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes: Vec<u8> = kept.iter().copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_kept_and_no_more() {
        let output = Output::default();
        output.keep(b"begin");
        output.keep(&vec![b'x'; KEPT - 3]);
        output.keep(b"end");
        let text = output.text();
        assert_eq!(text.len(), KEPT);
        assert!(text.starts_with('x') && text.ends_with("xend"));
    }
}
