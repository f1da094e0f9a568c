//! Lists the suites under `suites/`, so that they are compiled into the program. It reads that folder and nothing else.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = given("CARGO_MANIFEST_DIR")?.join("suites");
    // Cargo scans a named folder for changes all the way down, so a new file anywhere below rebuilds the list.
    println!("cargo::rerun-if-changed=suites");

    let mut files = Vec::new();
    if root.is_dir() {
        collect(&root, &mut Vec::new(), &mut files)?;
    }
    files.sort();

    let mut code = String::from("/// Every file of `suites/`, sorted by name.\n");
    code.push_str("pub const FILES: &[BundledFile] = &[\n");
    for name in &files {
        let suite = name.trim_end_matches(".yaml");
        let path = root.join(name);
        writeln!(
            code,
            "    BundledFile {{ name: {name:?}, suite: {suite:?}, text: include_str!({path:?}) }},"
        )
        .map_err(io::Error::other)?;
    }
    code.push_str("];\n");
    fs::write(given("OUT_DIR")?.join("bundled_suites.rs"), code)
}

/// Paths of the YAML files below `folder`, relative to `suites/` and joined by `/`; the catalogue is no suite.
fn collect(folder: &Path, above: &mut Vec<String>, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            return Err(io::Error::other(format!(
                "{} has a name that isn't UTF-8",
                entry.path().display()
            )));
        };
        if entry.file_type()?.is_dir() {
            if above.is_empty() && name == "requirements" {
                continue;
            }
            above.push(name);
            collect(&entry.path(), above, files)?;
            above.pop();
        } else if name.ends_with(".yaml") {
            files.push(
                above
                    .iter()
                    .map(String::as_str)
                    .chain([name.as_str()])
                    .collect::<Vec<_>>()
                    .join("/"),
            );
        }
    }
    Ok(())
}

/// A path that cargo hands to the build script.
fn given(name: &str) -> io::Result<PathBuf> {
    env::var_os(name)
        .map(PathBuf::from)
        .ok_or_else(|| io::Error::other(format!("{name} is not set")))
}
