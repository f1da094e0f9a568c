//! A JSON report read back, for the commands that go on from one.

use std::path::Path;

use serde::Deserialize;

use crate::edge::files;
use crate::report::json::{Report, VERSION};
use crate::source::visible;

use super::exit::Failure;

/// What is looked at before the rest: a later version may have another shape.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// The report in a file.
pub(super) fn read(path: &Path) -> Result<Report, Failure> {
    let bytes = files::read_report(path).map_err(|error| Failure::unusable(error.to_string()))?;
    let unusable = |why: String| {
        let name = path.display();
        Failure::unusable(format!(
            "{name} is no JSON report of authspec: {}",
            visible(&why)
        ))
    };
    let Versioned { version } =
        serde_json::from_slice(&bytes).map_err(|error| unusable(error.to_string()))?;
    if version != VERSION {
        return Err(unusable(format!(
            "its version is {version}, and this program reads version {VERSION}"
        )));
    }
    serde_json::from_slice(&bytes).map_err(|error| unusable(error.to_string()))
}
