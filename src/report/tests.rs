use std::collections::BTreeSet;

use super::*;

#[test]
fn every_format_is_a_module_and_every_module_a_format() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/report");
    let parts = [
        "mod", "again", "exit", "foreign", "heard", "plain", "rules", "samples", "tests",
    ];
    let modules: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| !parts.contains(&name.as_str()))
        .collect();
    let listed: BTreeSet<String> = FORMATS.iter().map(|one| one.name.to_owned()).collect();
    assert_eq!(modules, listed);
    for format in FORMATS {
        assert_eq!(Format::from_name(format.name).unwrap().what, format.what);
    }
    assert!(Format::from_name("xml").is_none());
}

#[test]
fn a_file_report_hands_its_file_out_and_a_stream_nothing() {
    for format in FORMATS {
        let mut reporter = match format.make {
            Make::Stream(make) => make(Box::new(io::sink()), human::Style::default()),
            Make::File(make) => make(),
        };
        for event in samples::run(Vec::new()) {
            reporter.event(&event).unwrap();
        }
        assert_eq!(
            reporter.finish().unwrap().is_some(),
            format.file(),
            "{}",
            format.name
        );
    }
}
