//! `authspec coverage`: the catalogue's requirements and the list of checks against the cases.

use std::path::Path;

use crate::edge::files;
use crate::model::{Basis, CaseId, RequirementId};
use crate::report::exit::{FAILED, OK};
use crate::suite::catalogue::{self, Detail};
use crate::suite::model::{Case, Expectation};

use super::args::CoverageArgs;
use super::console::{Console, print};
use super::exit::{Ending, Failure};
use super::load::Loader;
use super::select;

/// Where the catalogue lies in a checkout.
const CATALOGUE: &str = "suites/requirements";

pub(super) fn run(args: &CoverageArgs, console: &Console) -> Ending {
    if args.update_index {
        return update_index();
    }
    let document = args.document.as_deref().map(select::standard).transpose()?;
    let mut loader = Loader::default();
    for path in &args.suites {
        loader.user(path, false);
    }
    loader.all_bundled();
    loader.checked(console)?;

    let (mut cited, mut checked) = (Vec::new(), Vec::new());
    for case in loader.suites.iter().flat_map(|one| &one.suite.cases) {
        cite(case, &mut cited);
        check(case, &mut checked);
    }
    let mut coverage = catalogue::coverage(&cited, &checked, args.role);
    let detail = match (args.all, args.open) {
        (true, _) => Detail::All,
        (_, true) => Detail::Open,
        _ if document.is_some() => Detail::All,
        _ => Detail::Totals,
    };
    match document {
        Some(document) => {
            coverage.documents.retain(|one| one.word == document.word);
            print(&coverage.requirements_text(detail))?;
        }
        None => {
            let requirements = coverage.requirements_text(detail);
            print(&format!("{requirements}\n{}", coverage.checks_text(detail)))?;
        }
    }
    if coverage.stale.is_empty() {
        return Ok(OK);
    }
    console.warn(&format!(
        "{CATALOGUE}/not-covered.yaml is stale: a case shows these, or the catalogue has them not: {}",
        coverage.stale.join(", ")
    ));
    Ok(FAILED)
}

/// The requirements that a case and its riders rest on, each under the name of who judges it.
fn cite(case: &Case, cited: &mut Vec<(RequirementId, CaseId)>) {
    let mut add = |judge: &CaseId, expectation: &Expectation| {
        for basis in &expectation.basis {
            if let Basis::Requirement { id, .. } = basis {
                cited.push((id.clone(), judge.clone()));
            }
        }
    };
    select::expectations(case).for_each(|one| add(&case.id, one));
    for rider in &case.riders {
        rider.expect.iter().for_each(|one| add(&rider.id, one));
    }
}

fn check(case: &Case, checked: &mut Vec<(String, CaseId)>) {
    let mut add = |id: &CaseId, checks: &[String]| {
        checked.extend(checks.iter().map(|check| (check.clone(), id.clone())));
    };
    add(&case.id, &case.checks);
    for rider in &case.riders {
        add(&rider.id, &rider.checks);
    }
}

fn update_index() -> Ending {
    let folder = Path::new(CATALOGUE);
    if !folder.is_dir() {
        return Err(Failure::unusable(format!(
            "there is no {CATALOGUE} here; --update-index works in a checkout of authspec"
        )));
    }
    let generated = catalogue::generated().map_err(Failure::unusable)?;
    for (name, text) in generated {
        let path = folder.join(name);
        files::write_report(&path, text.as_bytes())
            .map_err(|error| Failure::Internal(error.to_string()))?;
        print(&format!("wrote {}\n", path.display()))?;
    }
    Ok(OK)
}
