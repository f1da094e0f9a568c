use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::*;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn a_file_over_the_limit_is_refused_with_its_name() {
    let folder = folder();
    let path = folder.path().join("big.yaml");
    File::create(&path)
        .unwrap()
        .set_len(FILE_LIMIT + 1)
        .unwrap();
    let error = read(&path).unwrap_err();
    assert_eq!(error.path, path);
    assert!(error.to_string().contains("larger than 4 MiB"), "{error}");
    File::create(&path).unwrap().set_len(FILE_LIMIT).unwrap();
    assert_eq!(read(&path).unwrap().len() as u64, FILE_LIMIT);
}

#[test]
fn what_is_missing_or_a_folder_is_an_error_with_its_name() {
    let folder = folder();
    for path in [folder.path().join("none.yaml"), folder.path().to_owned()] {
        assert_eq!(read(&path).unwrap_err().path, path);
    }
}

#[test]
fn bytes_come_as_they_are_also_if_they_are_no_text() {
    let folder = folder();
    let path = folder.path().join("latin.yaml");
    fs::write(&path, b"a: \xe9\r\n").unwrap();
    assert_eq!(read(&path).unwrap(), b"a: \xe9\r\n");
}

#[test]
fn suites_are_found_below_a_folder_in_order() {
    let folder = folder();
    for name in [
        "b/two.yaml",
        "a.yaml",
        "b/one.yml",
        "b/notes.md",
        ".git/x.yaml",
    ] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    symlink(folder.path(), folder.path().join("b/round")).unwrap();
    let found = suites(folder.path()).unwrap();
    let names: Vec<_> = found
        .iter()
        .map(|path| path.strip_prefix(folder.path()).unwrap().to_str().unwrap())
        .collect();
    assert_eq!(names, ["a.yaml", "b/one.yml", "b/two.yaml"]);
    let one = folder.path().join("b/notes.md");
    assert_eq!(suites(&one).unwrap(), [one]);
}

#[test]
fn a_secret_that_others_can_read_is_warned_about() {
    let folder = folder();
    let path = folder.path().join("password");
    fs::write(&path, "hunter2hunter2\n").unwrap();
    for (mode, warned) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let secret = secret(&path).unwrap();
        assert_eq!(secret.value.as_str(), "hunter2hunter2");
        assert_eq!(secret.warning.is_some(), warned, "{mode:o}");
        assert!(!secret.warning.unwrap_or_default().contains("hunter2"));
    }
}

#[test]
fn a_secret_that_is_no_text_is_refused_without_showing_it() {
    let folder = folder();
    let path = folder.path().join("password");
    for content in [&b"hunter2\xff"[..], b"\n"] {
        fs::write(&path, content).unwrap();
        let Err(error) = secret(&path) else {
            panic!("taken")
        };
        assert!(!error.to_string().contains("hunter2"));
    }
}

#[test]
fn a_report_is_ours_alone_and_a_planted_link_is_not_followed() {
    let folder = folder();
    let victim = folder.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    let path = folder.path().join("report.json");
    symlink(&victim, &path).unwrap();
    write_report(&path, b"{}").unwrap();
    assert_eq!(fs::read(&victim).unwrap(), b"precious");
    assert_eq!(fs::read(&path).unwrap(), b"{}");
    let kind = fs::symlink_metadata(&path).unwrap();
    assert!(kind.is_file());
    assert_eq!(kind.permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_report_that_cannot_be_written_leaves_nothing_behind() {
    let folder = folder();
    let taken = folder.path().join("taken");
    fs::create_dir_all(taken.join("inside")).unwrap();
    assert_eq!(write_report(&taken, b"{}").unwrap_err().path, taken);
    let nowhere = folder.path().join("no/report.json");
    assert!(write_report(&nowhere, b"{}").is_err());
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["taken"]);
}

#[test]
fn a_variable_that_is_not_set_is_named() {
    let error = variable("AUTHSPEC_TEST_NOT_SET").unwrap_err();
    assert_eq!(error, "the variable AUTHSPEC_TEST_NOT_SET is not set");
    assert!(!variable("PATH").unwrap().is_empty());
}
