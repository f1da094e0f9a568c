//! No core dumps while secrets are held: a dump would write them to disk (`promises.md`, 7).

/// Turns core dumps off for this process and those it starts; the error says what the system answered.
pub fn no_core_dumps() -> Result<(), String> {
    let none = rustix::process::Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    rustix::process::setrlimit(rustix::process::Resource::Core, none)
        .map_err(|why| format!("core dumps can't be turned off: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_zero_afterwards() {
        no_core_dumps().unwrap();
        let limit = rustix::process::getrlimit(rustix::process::Resource::Core);
        assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
    }
}
