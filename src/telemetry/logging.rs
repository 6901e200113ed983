//! Logs: structured, on standard error, as text or JSON; `RUST_LOG` says how much.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::TryInitError;

/// The variable that filters logs, in `tracing-subscriber`'s directives: `info`, `needle=debug,rdkafka=warn`.
pub const FILTER_VARIABLE: &str = "RUST_LOG";
const DEFAULT_FILTER: &str = "info";

/// How a log line is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Text,
    /// One object a line, for collectors
    Json,
}

#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    #[error("{FILTER_VARIABLE} is no filter for logs (as in `info` or `needle=debug`): {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    #[error("logging cannot be started: {0}")]
    Start(#[from] TryInitError),
}

/// Starts logging for the whole process; `filter` is the value of [`FILTER_VARIABLE`], empty or absent for the default.
///
/// # Errors
/// A filter that cannot be read, or logging that was already started.
pub fn start(format: Format, filter: Option<&str>) -> Result<(), LoggingError> {
    use tracing_subscriber::util::SubscriberInitExt as _;
    let filter = filter.map(str::trim).filter(|text| !text.is_empty()).unwrap_or(DEFAULT_FILTER);
    let colours = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|no| no.is_empty());
    let lines = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(filter)?)
        .with_ansi(colours)
        .with_writer(io::stderr);
    match format {
        Format::Text => lines.finish().try_init()?,
        Format::Json => lines.json().flatten_event(true).finish().try_init()?,
    }
    Ok(())
}
