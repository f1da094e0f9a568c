use super::*;
use crate::model::Header;
use crate::source::{Sources, parse};
use proptest::prelude::*;

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

#[test]
fn the_schema_of_every_kind_accepts_its_examples() {
    for kind in KINDS {
        let validator = jsonschema::validator_for(&kind.shape.schema()).unwrap();
        for Example { argument, .. } in (kind.examples)() {
            assert!(validator.is_valid(&argument), "{} {argument}", kind.name);
        }
    }
}

#[test]
fn several_misses_are_told_together() {
    let seen = sample::answer(200, &[], "");
    let wanted = ["status", "json", "body"].map(|name| kind(name).expect("a kind"));
    let arguments = [401.into(), serde_json::json!({ "/a": 1 }), "absent".into()];
    let wanted: Vec<(&Kind, Value)> = wanted.into_iter().zip(arguments).collect();
    assert_eq!(examine_all(&wanted, &seen).len(), 2);
}

#[test]
fn an_alternative_that_looks_at_another_step_says_at_which() {
    let miss = |expected: &str, actual: &str| Miss::shown_by(Vec::new(), expected, actual);
    let here = miss("not-accepted", "accepted (status 200)");
    let there = miss("not-accepted", "accepted (status 204)");
    let Miss::Finding {
        expected, actual, ..
    } = here.or_at("alone", there)
    else {
        panic!("two findings are one");
    };
    assert_eq!(expected, "not-accepted, or not-accepted at step `alone`");
    assert_eq!(
        actual,
        "accepted (status 200); at step `alone` accepted (status 204)"
    );
}

#[test]
fn silence_is_never_a_finding_of_a_step() {
    for kind in KINDS.iter().filter(|kind| kind.scope == Scope::Step) {
        for Example { argument, mut seen } in (kind.examples)() {
            for exchange in seen.exchanges.to_mut() {
                exchange.answer = Answer::Silence(crate::model::Silence::TimedOut);
            }
            seen.outcome = Some(Outcome::Unreachable);
            let found = (kind.examine)(&argument, &seen);
            assert!(
                !matches!(found, Err(Miss::Finding { .. })),
                "{} {argument}: {found:?}",
                kind.name
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn foreign_answers_are_survived(
        status in 100_u16..600,
        fields in proptest::collection::vec((0_usize..9, "[ -~\u{80}-\u{2ff}]{0,40}"), 0..6),
        body in "\\PC{0,200}",
        html in "[<>a-z='/\" ;:.,()@\\\\-]{0,200}",
    ) {
        const NAMES: [&str; 9] = [
            "Location", "Refresh", "Set-Cookie", "WWW-Authenticate", "Cache-Control", "Content-Type",
            "Access-Control-Allow-Origin", "Referrer-Policy", "Vary",
        ];
        for kind in KINDS {
            for Example { argument, mut seen } in (kind.examples)() {
                for text in [&body, &html] {
                    if let Some(response) = seen.last_mut() {
                        response.status = status;
                        response.headers = fields.iter().map(|(name, value)| Header::new(NAMES[*name], value.as_str())).collect();
                        response.body = Body::Whole(text.as_bytes().to_vec());
                    }
                    let _ = (kind.examine)(&argument, &seen);
                }
            }
        }
    }

    #[test]
    fn foreign_samples_are_survived(samples in proptest::collection::vec("\\PC{0,60}", 0..8)) {
        let kind = kind("unguessable").expect("a kind");
        let argument = serde_json::json!({ "values": samples, "bits": { "at-least": 10 } });
        let _ = (kind.examine)(&argument, &Seen::default());
    }
}
