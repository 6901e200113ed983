//! Why a model is not served, by name.

use std::fmt;

/// Why a model is not served.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refused {
    #[error("{file}: {cause}")]
    Unreadable { file: &'static str, cause: String },
    #[error("model {version} is of kind {kind:?}, which this binary does not know")]
    Kind { version: String, kind: String },
    #[error("model {version} needs {}", list(features))]
    Features { version: String, features: Vec<FeatureRefusal> },
    #[error("model {version} uses {feature}, which its manifest does not name")]
    Undeclared { version: String, feature: String },
    #[error("model {version} has {feature} twice")]
    Repeated { version: String, feature: String },
    #[error("model {version} has learned {needs:?} as theme {code}, which is {has} in this configuration")]
    Theme { version: String, code: usize, needs: String, has: String },
    #[error(
        "model {version} has {}; a score is made of log-odds, which the objectives binary and cross_entropy give",
        objective_of(objective.as_deref(), *classes)
    )]
    Objective { version: String, objective: Option<String>, classes: usize },
    #[error("model {version}: {what} cannot be {value}")]
    Number { version: String, what: String, value: f64 },
}

impl Refused {
    /// One word, for counting.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "unreadable",
            Self::Kind { .. } => "kind",
            Self::Features { .. } | Self::Undeclared { .. } | Self::Repeated { .. } | Self::Theme { .. } => "features",
            Self::Objective { .. } => "objective",
            Self::Number { .. } => "number",
        }
    }
}

/// A feature that keeps a model from being served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeatureRefusal {
    pub name: String,
    /// Version of the meaning that the model needs.
    pub needs: u32,
    /// Version that this binary computes; `None` where it lacks the feature.
    pub has: Option<u32>,
}

impl fmt::Display for FeatureRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, needs, has } = self;
        match has {
            None => write!(f, "{name}, which this binary does not have"),
            Some(has) => write!(f, "{name} in version {needs}, where this binary computes version {has}"),
        }
    }
}

fn objective_of(objective: Option<&str>, classes: usize) -> String {
    let name = objective.map_or("no objective".to_owned(), |name| format!("the objective {name}"));
    if classes == 1 { name } else { format!("{name} of {classes} classes") }
}

fn list(features: &[FeatureRefusal]) -> String {
    features.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
