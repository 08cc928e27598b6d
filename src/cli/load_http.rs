//! Where a core behind HTTP is, and how the capacity test speaks to it. Must never send a secret.

use super::national::NationalArgs;
use clap::{Args, ValueEnum};

/// The interfaces of a core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Interface {
    /// Commands as NDJSON (`docs/core_openapi.json`).
    Json,
    /// The national settlement interface's envelope.
    National,
}

/// Arguments of the store `http`.
#[derive(Clone, Debug, Args)]
pub(super) struct HttpArgs {
    /// Address of the core, such as `http://127.0.0.1:8023`; it must serve the same people and rules.
    #[arg(long)]
    url: Option<String>,
    /// How the core is spoken to.
    #[arg(long, value_enum, default_value = "json")]
    interface: Interface,
    /// Connections to the core that are used at once.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    connections: u16,
    /// How long an answer may take before its outcome counts as unknown, ms.
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u64).range(1..))]
    time_out_ms: u64,
    /// Area of care and enrolment in the national interface.
    #[arg(long, default_value = "440100")]
    area: String,
    #[command(flatten)]
    national: NationalArgs,
}

impl HttpArgs {
    /// Where the core is; nothing without an address.
    pub(super) fn options(
        &self,
    ) -> Result<Option<crate::store::http::HttpOptions>, super::fault::Fault> {
        use crate::store::http::{Dialect, HttpOptions};
        let Some(url) = self.url.clone() else { return Ok(None) };
        let dialect = match self.interface {
            Interface::Json => Dialect::Json,
            Interface::National => {
                let (areas, sign) = self.national.read()?;
                Dialect::National {
                    area: self.area.clone(),
                    areas: areas.into(),
                    sign: sign.into(),
                }
            }
        };
        let time_out = std::time::Duration::from_millis(self.time_out_ms);
        let connections = usize::from(self.connections);
        Ok(Some(HttpOptions { url, connections, time_out, dialect }))
    }
}
