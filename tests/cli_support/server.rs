//! The reference server, for tests that judge it from outside.

use authspec_reference_server::{Config, Running, start};
use tokio::runtime::Runtime;

/// A reference server on a runtime of its own.
pub(crate) struct Server {
    running: Option<Running>,
    runtime: Runtime,
}

impl Server {
    pub(crate) fn with(faults: &[&str]) -> Self {
        let runtime = Runtime::new().unwrap();
        let config = Config {
            faults: faults.iter().map(|&fault| fault.to_owned()).collect(),
            ..Config::default()
        };
        let running = runtime.block_on(start(config)).unwrap();
        Self {
            running: Some(running),
            runtime,
        }
    }

    pub(crate) fn origin(&self) -> &str {
        self.running.as_ref().unwrap().origin()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}
