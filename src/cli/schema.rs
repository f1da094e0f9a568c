//! `authspec schema`: JSON Schemas for editors and tools, and the reference.

use std::fmt::Write as _;

use authspec_reference_server::faults;

use crate::report::exit::OK;
use crate::report::json;
use crate::suite::{reference, schema};

use super::args::{SchemaArgs, SchemaOf};
use super::console::print;
use super::exit::{Ending, Failure};

pub(super) fn run(args: &SchemaArgs) -> Ending {
    let schema = match args.of {
        SchemaOf::Suite => schema::suite(),
        SchemaOf::Profile => schema::profile(),
        SchemaOf::Report => json::schema(),
        SchemaOf::Reference => {
            print(&page())?;
            return Ok(OK);
        }
    };
    let text = serde_json::to_string_pretty(&schema)
        .map_err(|error| Failure::Internal(error.to_string()))?;
    print(&format!("{text}\n"))?;
    Ok(OK)
}

/// The reference: the language, and the faults of the reference server to try it on.
fn page() -> String {
    let mut out = reference::text();
    out.push_str(
        "\n## Faults\n\nMistakes of the reference server, each with what it models. One is started by its name, several by theirs or by a group:\n\n```console\n$ authspec serve --fault basic-user-name-is-enough\n$ authspec serve --fault tutorial\n```\n",
    );
    let mut roles: Vec<&str> = Vec::new();
    for fault in faults() {
        if !roles.contains(&fault.role) {
            roles.push(fault.role);
        }
    }
    for role in roles {
        let title = match role {
            "" => "any role",
            role => role,
        };
        let _ = write!(out, "\n### Faults of {title}\n\n");
        of_role(&mut out, role);
    }
    out
}

fn of_role(out: &mut String, role: &str) {
    for fault in faults().iter().filter(|fault| fault.role == role) {
        let groups: Vec<String> = fault.groups.iter().map(|one| format!("`{one}`")).collect();
        let _ = write!(out, "- `{}`: {}", fault.name, fault.what);
        if !fault.models.is_empty() {
            let _ = write!(out, " Models {}.", fault.models.trim_end_matches('.'));
        }
        if !groups.is_empty() {
            let _ = write!(out, " In {}.", groups.join(", "));
        }
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_is_what_the_definitions_say() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference.md");
        let page = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            page == super::page(),
            "docs/reference.md is stale: cargo run -- schema reference > docs/reference.md"
        );
    }
}
