//! Mistakes in a configuration: collected, never thrown at the first, so that one report has them all.

use std::cell::RefCell;
use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;

/// Where a value was said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Line of the TOML file, from 1.
    Line(usize),
    /// Name of the environment variable.
    Environment(String),
    /// The key of a `--set`, as it was written.
    Set(String),
    /// Nowhere: something is missing, or the file as a whole is meant.
    Nowhere,
}

/// One mistake: where, which key, and what is wrong with it, in words for people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    pub origin: Origin,
    /// Dotted, as in `scoring.bands` or `themes[2].url`; empty where no key is meant.
    pub key: String,
    pub what: String,
}

/// Everything that is wrong with a configuration. Displayed, it is a report with one line a mistake.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    /// The TOML file, where there is one.
    pub file: Option<PathBuf>,
    /// Never empty; in the order of the file, then environment, then `--set`.
    pub mistakes: Vec<Mistake>,
}

/// Where readers leave what they find. Shared by all of them, hence the cell.
#[derive(Debug, Default)]
pub(super) struct Mistakes(RefCell<Vec<Mistake>>);

impl Mistakes {
    pub fn add(&self, key: impl Into<String>, origin: &Origin, what: impl Into<String>) {
        let mistake = Mistake { origin: origin.clone(), key: one_line(key.into()), what: one_line(what.into()) };
        self.0.borrow_mut().push(mistake);
    }

    /// All of them, in order. Of a line that is no TOML only that is said: what was read out of it is a guess.
    pub fn into_sorted(self) -> Vec<Mistake> {
        let mut mistakes = self.0.into_inner();
        let unreadable: Vec<Origin> = mistakes.iter().filter(|m| m.key.is_empty()).map(|m| m.origin.clone()).collect();
        mistakes
            .retain(|m| m.key.is_empty() || !matches!(m.origin, Origin::Line(_)) || !unreadable.contains(&m.origin));
        mistakes.sort();
        mistakes.dedup();
        mistakes
    }
}

impl ConfigError {
    pub(crate) fn one(file: Option<PathBuf>, key: &str, what: impl Into<String>) -> Self {
        let mistake = Mistake { origin: Origin::Nowhere, key: key.to_owned(), what: one_line(what.into()) };
        Self { file, mistakes: vec![mistake] }
    }

    /// Mistakes of one key that only a command could find.
    pub(crate) fn several(key: &str, what: impl IntoIterator<Item = String>) -> Self {
        let mistake = |what| Mistake { origin: Origin::Nowhere, key: key.to_owned(), what: one_line(what) };
        Self { file: None, mistakes: what.into_iter().map(mistake).collect() }
    }

    fn place(&self, mistake: &Mistake) -> String {
        let file = || self.file.as_ref().map_or_else(|| "configuration".to_owned(), |f| f.display().to_string());
        match &mistake.origin {
            Origin::Line(line) => format!("{}:{line}", file()),
            Origin::Environment(name) => name.clone(),
            Origin::Set(key) => format!("--set {}", one_line(key.clone())),
            Origin::Nowhere => file(),
        }
    }
}

impl Display for ConfigError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.mistakes.len() {
            1 => writeln!(f, "the configuration has 1 mistake:")?,
            n => writeln!(f, "the configuration has {n} mistakes:")?,
        }
        for mistake in &self.mistakes {
            let place = self.place(mistake);
            match mistake.key.as_str() {
                "" => writeln!(f, "  {place}: {}", mistake.what)?,
                key => writeln!(f, "  {place}: {key} {}", mistake.what)?,
            }
        }
        write!(f, "Nothing was started. Mend them and ask `needle check`; needle.example.toml shows every key.")
    }
}

/// A report has one line a mistake, whatever a key or a library's message holds.
fn one_line(text: String) -> String {
    if text.chars().any(char::is_control) {
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    } else {
        text
    }
}
