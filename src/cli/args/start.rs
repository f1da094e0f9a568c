//! The arguments of the commands that a user begins with.

use std::path::PathBuf;

use clap::Args;

use super::TargetArgs;

/// `authspec init`.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct InitArgs {
    /// From the description of the API (OpenAPI 3, YAML or JSON): its guarded operations by their security schemes
    #[arg(long, value_name = "FILE", conflicts_with = "issuer")]
    pub(in crate::cli) openapi: Option<PathBuf>,
    /// From the metadata of the authorization server with this issuer identifier, which is asked for it
    #[arg(long, value_name = "URL", conflicts_with = "target")]
    pub(in crate::cli) issuer: Option<String>,
    /// Where the API is, if not where its description says
    #[arg(long, value_name = "URL")]
    pub(in crate::cli) target: Option<String>,
    /// The file to write; `-` is standard output
    #[arg(long, value_name = "FILE", default_value = crate::cli::profile::DEFAULT)]
    pub(in crate::cli) profile: PathBuf,
    /// A host off this machine that you may audit
    #[arg(long, value_name = "HOST", requires = "issuer")]
    pub(in crate::cli) allow_host: Vec<String>,
    /// The issuer may be asked over plain http, though it is off this machine
    #[arg(long, requires = "issuer")]
    pub(in crate::cli) allow_plain_http: bool,
}

/// `authspec doctor`.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct DoctorArgs {
    /// Which profile.
    #[command(flatten)]
    pub(in crate::cli) target: TargetArgs,
}
