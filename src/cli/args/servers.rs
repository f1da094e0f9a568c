//! The arguments of the commands that listen: the reference server and the provider, each by itself.

use std::net::SocketAddr;

use clap::Args;

/// `authspec serve`.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct ServeArgs {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub(in crate::cli) listen: SocketAddr,
    /// Start with this mistake, or with those of a group
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) fault: Vec<String>,
    /// Log in at the provider of this issuer, and trust its tokens: `authspec provider`, or that of a run
    #[arg(long, value_name = "ISSUER")]
    pub(in crate::cli) provider: Option<String>,
    /// List the mistakes and end
    #[arg(long)]
    pub(in crate::cli) list_faults: bool,
}

/// `authspec provider`.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct ProviderArgs {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9080")]
    pub(in crate::cli) listen: SocketAddr,
    /// Issuer identifier, where a target must know it beforehand [default: a path made for the run]
    #[arg(long, value_name = "URL")]
    pub(in crate::cli) issuer: Option<String>,
    /// Speak TLS, under a certificate of an authority made for the run
    #[arg(long)]
    pub(in crate::cli) tls: bool,
    /// Know only these public clients
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) client: Vec<String>,
    /// Audience of the access tokens [default: the issuer]
    #[arg(long)]
    pub(in crate::cli) audience: Option<String>,
}
