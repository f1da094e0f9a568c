//! `authspec schema`: JSON Schemas for editors and tools.

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
            print(&reference::text())?;
            return Ok(OK);
        }
    };
    let text = serde_json::to_string_pretty(&schema)
        .map_err(|error| Failure::Internal(error.to_string()))?;
    print(&format!("{text}\n"))?;
    Ok(OK)
}
