//! File, environment and `--set` become one [`Config`], or one report of everything that is wrong with them.

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::thread;

use super::report::{ConfigError, Mistakes, Origin};
use super::tree::{self, Table};
use super::{Config, overlay, sections, vocabulary};

/// Read where no other file was named; it need not exist.
pub const DEFAULT_FILE: &str = "needle.toml";

/// What defaults depend on: the machine, as plain data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    pub host: String,
    pub cores: usize,
}

impl Machine {
    /// This machine. Its name is the kernel's, else the variable `HOSTNAME`, else empty.
    pub fn here() -> Self {
        let host = fs::read_to_string("/proc/sys/kernel/hostname").or_else(|_| std::env::var("HOSTNAME"));
        Self {
            host: host.map_or_else(|_| String::new(), |name| name.trim().to_owned()),
            cores: thread::available_parallelism().map_or(1, usize::from),
        }
    }

    /// The trailing number of the host's name, as a StatefulSet gives its pods; "0" where there is none.
    pub fn instance(&self) -> &str {
        let digits = self.host.len() - self.host.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        if digits == 0 { "0" } else { &self.host[self.host.len() - digits..] }
    }
}

/// Reads the configuration: `file` (else [`DEFAULT_FILE`], where it exists), under the environment's `NEEDLE_…` variables,
/// under `settings` (`key=value`).
///
/// # Errors
/// All mistakes, in one report: a file that was named and cannot be read, text that is no TOML, keys that do not exist,
/// values that are not allowed, contradictions.
pub fn load<'s>(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
    settings: impl IntoIterator<Item = &'s str>,
    machine: &Machine,
) -> Result<Config, ConfigError> {
    let mistakes = Mistakes::default();
    let path = file.unwrap_or(Path::new(DEFAULT_FILE));
    let mut root = match fs::read(path) {
        Ok(bytes) => document(&bytes, &mistakes),
        Err(error) if error.kind() == ErrorKind::NotFound && file.is_none() => Table::new(),
        Err(error) => {
            mistakes.add("", &Origin::Nowhere, format!("cannot be read: {error}"));
            Table::new()
        }
    };
    overlay::flatten_kafka(&mut root);
    overlay::environment(&mut root, environment, &mistakes);
    overlay::set(&mut root, settings, &mistakes);
    understand(&root, machine, mistakes, Some(path.to_owned()))
}

fn document(bytes: &[u8], mistakes: &Mistakes) -> Table {
    match std::str::from_utf8(bytes) {
        Ok(text) => tree::parse_document(text, mistakes),
        Err(error) => {
            let line = 1 + bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count();
            mistakes.add("", &Origin::Line(line), "this is not UTF-8");
            Table::new()
        }
    }
}

fn understand(root: &Table, machine: &Machine, found: Mistakes, file: Option<PathBuf>) -> Result<Config, ConfigError> {
    vocabulary::refuse_unknown(root, &found);
    let config = sections::read(root, machine, &found);
    let mistakes = found.into_sorted();
    if mistakes.is_empty() { Ok(config) } else { Err(ConfigError { file, mistakes }) }
}

impl Config {
    /// Reads a configuration out of a TOML text alone, for a machine with one core and no name.
    ///
    /// # Errors
    /// As [`load`].
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        let mistakes = Mistakes::default();
        let mut root = tree::parse_document(text, &mistakes);
        overlay::flatten_kafka(&mut root);
        understand(&root, &Machine { host: String::new(), cores: 1 }, mistakes, None)
    }

    /// What only `needle run` needs: brokers to connect to.
    ///
    /// # Errors
    /// A report that `kafka."bootstrap.servers"` is missing.
    pub fn require_brokers(&self) -> Result<(), ConfigError> {
        match self.kafka.brokers() {
            Some(_) => Ok(()),
            None => {
                let what = "is missing: `needle run` has to know its brokers, as in \"127.0.0.1:9092\"";
                Err(ConfigError::one(None, "kafka.\"bootstrap.servers\"", what))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_instance_is_the_trailing_number_of_the_host() {
        for (host, instance) in
            [("needle-12", "12"), ("needle", "0"), ("", "0"), ("7", "7"), ("a-1-b", "0"), ("é3", "3")]
        {
            assert_eq!(Machine { host: host.to_owned(), cores: 1 }.instance(), instance, "{host}");
        }
    }
}
