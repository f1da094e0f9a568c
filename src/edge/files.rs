//! Files that users name: suites, profiles, secrets and reports.
//!
//! Everything read is bounded. Whether a text is UTF-8 or YAML is the loader's question. Reports appear whole
//! or not at all.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// The largest suite, profile or secret that is read.
pub const FILE_LIMIT: u64 = 4 * 1024 * 1024;
/// The largest report that is read: one with every exchange of some ten thousand cases.
pub const REPORT_LIMIT: u64 = 1024 * 1024 * 1024;
/// The largest description of an API that is read.
pub const DESCRIPTION_LIMIT: u64 = 64 * 1024 * 1024;
/// How deep folders may nest below one that was named.
const DEPTH_LIMIT: usize = 16;

/// Why a file could not be read or written.
#[derive(Debug)]
pub struct FileError {
    /// The file as the user named it.
    pub path: PathBuf,
    /// What happened.
    pub why: String,
    /// No space was left, or the report can't be kept for another reason of the disk.
    pub disk_full: bool,
}

impl fmt::Display for FileError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.path.display(), self.why)
    }
}

impl std::error::Error for FileError {}

impl FileError {
    fn new(path: &Path, why: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            why: why.into(),
            disk_full: false,
        }
    }

    fn io(path: &Path, error: &io::Error) -> Self {
        Self {
            path: path.to_owned(),
            why: error.to_string(),
            disk_full: matches!(
                error.kind(),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
            ),
        }
    }
}

/// Reads a suite or profile, at most [`FILE_LIMIT`].
pub fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    read_within(path, FILE_LIMIT)
}

fn read_within(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    let file = File::open(path).map_err(|error| FileError::io(path, &error))?;
    let kind = file
        .metadata()
        .map_err(|error| FileError::io(path, &error))?;
    if kind.is_dir() {
        return Err(FileError::new(path, "this is a folder, not a file"));
    }
    let mut bytes = Vec::new();
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| FileError::io(path, &error))?;
    if bytes.len() as u64 > limit {
        let limit = limit / (1024 * 1024);
        return Err(FileError::new(
            path,
            format!("the file is larger than {limit} MiB"),
        ));
    }
    Ok(bytes)
}

/// Reads a JSON report, at most [`REPORT_LIMIT`].
pub fn read_report(path: &Path) -> Result<Vec<u8>, FileError> {
    read_within(path, REPORT_LIMIT)
}

/// Reads the description of an API, at most [`DESCRIPTION_LIMIT`].
pub fn read_description(path: &Path) -> Result<Vec<u8>, FileError> {
    read_within(path, DESCRIPTION_LIMIT)
}

/// The suites below a folder: every `*.yaml` and `*.yml`, sorted by path. A file is itself. Hidden files and
/// folders are passed over, and links to folders are not followed.
pub fn suites(path: &Path) -> Result<Vec<PathBuf>, FileError> {
    let mut found = Vec::new();
    let kind = fs::metadata(path).map_err(|error| FileError::io(path, &error))?;
    if kind.is_dir() {
        walk(path, 0, &mut found)?;
        found.sort();
    } else {
        found.push(path.to_owned());
    }
    Ok(found)
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), FileError> {
    if depth > DEPTH_LIMIT {
        return Err(FileError::new(folder, "folders nest too deep"));
    }
    let entries = fs::read_dir(folder).map_err(|error| FileError::io(folder, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| FileError::io(folder, &error))?;
        let path = entry.path();
        let kind = entry
            .file_type()
            .map_err(|error| FileError::io(&path, &error))?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if kind.is_dir() {
            walk(&path, depth + 1, found)?;
        } else if path
            .extension()
            .is_some_and(|ending| ending == "yaml" || ending == "yml")
        {
            found.push(path);
        }
    }
    Ok(())
}

/// A secret read from a file, without the line end that editors add, and what is to be warned about.
pub struct SecretFile {
    /// The secret.
    pub value: Zeroizing<String>,
    /// Others may read the file: in words.
    pub warning: Option<String>,
}

/// Reads a secret. A file that others can read is warned about, not refused: some mounts know no modes.
pub fn secret(path: &Path) -> Result<SecretFile, FileError> {
    let bytes = Zeroizing::new(read(path)?);
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| FileError::new(path, "the secret is not UTF-8"))?
        .trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(FileError::new(path, "the file is empty"));
    }
    Ok(SecretFile {
        value: Zeroizing::new(text.to_owned()),
        warning: open_to_others(path)?,
    })
}

#[cfg(unix)]
fn open_to_others(path: &Path) -> Result<Option<String>, FileError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path)
        .map_err(|error| FileError::io(path, &error))?
        .permissions()
        .mode()
        & 0o777;
    Ok((mode & 0o077 != 0).then(|| {
        format!(
            "{}: other users can read this secret (mode {mode:03o}); make it 600",
            path.display()
        )
    }))
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) -> Result<Option<String>, FileError> {
    Ok(None)
}

/// The value of an environment variable, or why there is none.
pub fn variable(name: &str) -> Result<Zeroizing<String>, String> {
    match std::env::var_os(name) {
        None => Err(format!("the variable {name} is not set")),
        Some(value) if value.is_empty() => Err(format!("the variable {name} is empty")),
        Some(value) => value
            .into_string()
            .map(Zeroizing::new)
            .map_err(|_| format!("the variable {name} is not UTF-8")),
    }
}

/// Whether something lies there, a link that leads nowhere included.
pub fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Writes a file that was not there before, and over none.
pub fn write_new(path: &Path, content: &[u8]) -> Result<(), FileError> {
    let failed = |error: io::Error| FileError::io(path, &error);
    let mut file = File::create_new(path).map_err(failed)?;
    file.write_all(content).map_err(failed)
}

/// Makes room for a report that is to be written: its folder is there, and nothing that a run before left.
///
/// # Errors
/// The folder can't be made, or what lies there can't be taken away.
pub fn room_for(path: &Path) -> Result<(), FileError> {
    let failed = |error: io::Error| FileError::io(path, &error);
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(error)),
        _ => Ok(()),
    }
}

/// Writes a report whole: a new file of mode 0600 beside it, flushed to disk, then renamed over it. A link at
/// the name is replaced, never followed.
pub fn write_report(path: &Path, content: &[u8]) -> Result<(), FileError> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let failed = |error: io::Error| FileError::io(path, &error);
    // tempfile opens with O_EXCL and mode 0600, and removes the file if it is dropped before the rename
    let mut file = tempfile::Builder::new()
        .prefix(".authspec-report-")
        .tempfile_in(folder)
        .map_err(failed)?;
    file.write_all(content).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path)
        .map_err(|error| FileError::io(path, &error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests;
