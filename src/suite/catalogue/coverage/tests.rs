use super::*;

fn cited(id: &str, case: &str) -> (RequirementId, CaseId) {
    (RequirementId::new(id), CaseId::new("a/b", case))
}

fn checked(id: &str, case: &str) -> (String, CaseId) {
    (id.to_owned(), CaseId::new("a/b", case))
}

#[test]
fn a_cited_requirement_is_covered_and_its_rows_count_once() {
    let cited = [
        cited("RFC7617-2-1", "one[a=1]"),
        cited("RFC7617-2-1", "one[a=2]"),
        cited("RFC7617-2-1", "two"),
    ];
    let found = coverage(&cited, &[], None);
    let basic = document(&found, "rfc7617");
    assert_eq!(basic.totals(None).covered, 1);
    let line = basic
        .requirements
        .iter()
        .find(|one| one.id == "RFC7617-2-1");
    assert_eq!(
        line.unwrap().standing,
        Standing::Covered(vec!["a/b::one".to_owned(), "a/b::two".to_owned()])
    );
    assert_eq!(document(&found, "rfc6750").totals(None).covered, 0);
}

#[test]
fn without_citations_all_is_open_or_explained() {
    let found = coverage(&[], &[], None);
    let mut totals = Totals::default();
    for document in &found.documents {
        for one in &document.requirements {
            totals.add(&one.standing);
        }
    }
    let never = not_covered();
    assert_eq!(totals.covered, 0);
    assert_eq!(totals.unobservable, never.requirements.len());
    assert_eq!(totals.open + totals.unobservable, entries().len());
    assert_eq!(found.documents.len(), STANDARDS.len());
}

#[test]
fn requirements_stand_in_the_order_of_their_sections() {
    let found = coverage(&[], &[], None);
    let ids: Vec<&str> = document(&found, "rfc6749")
        .requirements
        .iter()
        .map(|one| one.id)
        .collect();
    let at = |id: &str| ids.iter().position(|one| *one == id).unwrap();
    assert!(at("RFC6749-2.3-1") < at("RFC6749-2.3.1-1"));
    assert!(at("RFC6749-4.1.2-1") < at("RFC6749-10.12-1"));
    assert_eq!(ids.last(), Some(&"RFC6749-B-1"));
}

#[test]
fn a_role_leaves_only_its_own() {
    let found = coverage(&[], &[], Some(Role::Client));
    for document in &found.documents {
        for one in &document.requirements {
            assert_eq!(super::super::find(one.id).unwrap().role, Role::Client);
        }
    }
    assert!(found.documents.iter().all(|one| one.word != "rfc7515"));
    let lines: usize = found.areas.iter().map(|one| one.checks.len()).sum();
    let of_role = checks().iter().filter(|one| one.is_for(Role::Client));
    assert_eq!(lines, of_role.count());
}

#[test]
fn checks_count_by_area_and_tier() {
    let named = [checked("basic-no-credentials-rejected", "none")];
    let found = coverage(&[], &named, None);
    let basic = found.areas.iter().find(|one| one.area == "basic").unwrap();
    assert_eq!(basic.totals(true).covered, 1);
    assert_eq!(basic.totals(false).covered, 0);
    let lines: usize = found.areas.iter().map(|one| one.checks.len()).sum();
    assert_eq!(lines, checks().len());
}

#[test]
fn the_embedded_exceptions_are_read_and_alive() {
    let never = super::super::read::not_covered(NOT_COVERED).unwrap();
    assert!(never.requirements.values().all(|why| !why.is_empty()));
    assert_eq!(coverage(&[], &[], None).stale, Vec::<String>::new());
}

#[test]
fn an_exception_that_is_cited_or_unknown_is_stale() {
    let text = "requirements:\n  - { id: RFC7617-2-1, reason: x }\n  - { id: RFC7617-2-99, reason: x }\n  \
                - { id: RFC7617-2-3, reason: x }\nchecks:\n  - { id: no-such-check, reason: x }\n";
    let never = super::super::read::not_covered(text).unwrap();
    let cases = by_id([("RFC7617-2-1", &CaseId::new("a", "b"))].into_iter());
    assert_eq!(
        stale(&never, &cases, &Cases::new()),
        ["RFC7617-2-1", "RFC7617-2-99", "no-such-check"]
    );
    let open = standing("RFC7617-2-3", &cases, &never.requirements);
    assert_eq!(open, Standing::Unobservable("x".to_owned()));
}

#[test]
fn the_text_tells_figures_first_and_what_is_open_on_demand() {
    let found = coverage(
        &[cited("RFC7617-2-1", "one")],
        &[checked("basic-no-credentials-rejected", "one")],
        Some(Role::ResourceServer),
    );
    let figures = found.requirements_text(Detail::Totals);
    assert!(!figures.contains("RFC7617-2-3"), "{figures}");
    let line = figures.lines().find(|line| line.starts_with("rfc7617"));
    assert!(line.unwrap().contains("1/"), "{figures}");

    let open = found.requirements_text(Detail::Open);
    assert!(open.contains("    - RFC7617-2-3 (must) "), "{open}");
    assert!(!open.contains("RFC7617-2-1 "), "{open}");

    let all = found.requirements_text(Detail::All);
    assert!(all.contains("    + RFC7617-2-1 (must) "), "{all}");
    assert!(all.contains("[a/b::one]"), "{all}");

    let checks = found.checks_text(Detail::All);
    assert!(checks.contains("    + basic-no-credentials-rejected (core) "));
}

fn document<'a>(found: &'a Coverage, word: &str) -> &'a DocumentCoverage {
    found.documents.iter().find(|one| one.word == word).unwrap()
}
