//! The suites compiled into the program, so that an installed `authspec` works alone.
//!
//! The build script lists the folder `suites/`; a suite is never fetched. What stands under `suites/requirements/` is
//! the catalogue, which [`super::catalogue`] embeds.

/// A file under `suites/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BundledFile {
    /// The path below `suites/`, with `/` on every system: `basic/credentials.yaml`.
    pub name: &'static str,
    /// The path without its ending, which the file's `suite:` key repeats: a case's name tells its file.
    pub suite: &'static str,
    /// The text as written.
    pub text: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/bundled_suites.rs"));

/// The file of a suite, so that a run of one case compiles one file.
pub fn of_suite(suite: &str) -> Option<&'static BundledFile> {
    FILES.iter().find(|file| file.suite == suite)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_paths_without_the_catalogue() {
        assert!(FILES.is_sorted_by(|a, b| a.name < b.name));
        for file in FILES {
            assert_eq!(file.name, format!("{}.yaml", file.suite));
            assert!(!file.name.starts_with("requirements/"), "{}", file.name);
            assert!(!file.name.contains('\\'), "{}", file.name);
            assert_eq!(of_suite(file.suite), Some(file));
        }
    }
}
