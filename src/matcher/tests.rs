use super::*;
use crate::source::{Sources, parse};

#[test]
fn every_example_is_met_and_missed_once_spoilt() {
    for kind in KINDS {
        let examples = (kind.examples)();
        assert!(!examples.is_empty(), "{} has no example", kind.name);
        for Example {
            mut argument,
            mut seen,
        } in examples
        {
            let met = (kind.examine)(&argument, &seen);
            assert_eq!(met, Ok(()), "{} {argument}", kind.name);
            (kind.spoil)(&mut argument, &mut seen);
            let missed = (kind.examine)(&argument, &seen);
            assert!(
                matches!(missed, Err(Miss::Finding { .. })),
                "{} {argument} is not missed once spoilt: {missed:?}",
                kind.name
            );
        }
    }
}

#[test]
fn the_list_and_the_folder_agree() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/matcher");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_file())
        .filter_map(|path| {
            path.file_stem()
                .map(|stem| stem.to_string_lossy().replace('_', "-"))
        })
        .filter(|stem| !["mod", "value", "sample", "tests"].contains(&stem.as_str()))
        .collect();
    files.sort();
    let mut names: Vec<String> = KINDS.iter().map(|kind| kind.name.to_owned()).collect();
    names.sort();
    assert_eq!(files, names);
}

#[test]
fn every_example_fits_its_shape() {
    for kind in KINDS {
        for Example { argument, .. } in (kind.examples)() {
            // JSON is YAML
            let mut sources = Sources::default();
            let file = sources.add("example.yaml", argument.to_string());
            let node = parse(&sources, file).unwrap().unwrap();
            let mut errors = Vec::new();
            kind.shape.check(&node, kind.name, &mut errors);
            assert!(errors.is_empty(), "{} {argument}: {errors:?}", kind.name);
        }
    }
}
