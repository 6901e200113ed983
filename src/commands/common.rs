//! What every command with a configuration is told.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum as _};

use crate::telemetry::logging::Format;

/// A command's own arguments, and the common ones, which may stand before or after its name.
#[derive(Debug, Args)]
pub struct Call<T: Args> {
    // First, or its arguments would be shown below the common ones' heading.
    #[command(flatten)]
    pub own: T,
    #[command(flatten)]
    pub(super) common: Common,
}

impl<T: Args> Call<T> {
    /// The common ones once more, for another command under the same configuration.
    pub fn arguments(&self) -> Vec<OsString> {
        let Common { config, set, log_format } = &self.common;
        let mut arguments: Vec<OsString> = Vec::new();
        if let Some(file) = config {
            arguments.extend(["--config".into(), file.clone().into_os_string()]);
        }
        set.iter().for_each(|pair| arguments.extend(["--set".into(), pair.into()]));
        if let Some(format) = log_format.and_then(|format| format.to_possible_value()) {
            arguments.extend(["--log-format".into(), format.get_name().into()]);
        }
        arguments
    }
}

// Not `global`: clap would let a `--set` after the command's name replace those before it, silently.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Configuration")]
pub struct Common {
    /// The configuration [default: needle.toml, where it exists]
    #[arg(short, long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Set one key over file and environment; repeatable. The value is read as TOML, else as a string
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
    /// How logs are written to standard error [default: text]
    #[arg(long, value_name = "FORMAT")]
    pub(super) log_format: Option<Format>,
}
