//! Which data was learned from, and what was left out of it.

use serde::{Deserialize, Serialize};

/// From snapshots to training rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DataAccount {
    /// Snapshot files that were read.
    pub files: u64,
    /// Rows (a lead at an instant) that were read, before anything was left out.
    pub rows_read: u64,
    /// Rows that were learned from or tested on.
    pub rows_used: u64,
    /// Leads that these rows are of.
    pub leads: u64,
    /// Rows used with a positive outcome within the horizon.
    pub positive_rows: u64,
    /// Leads with such a row: the number that says how much can be learned.
    pub positive_leads: u64,
    /// With fewer positive leads nothing is fitted.
    pub needed_positive_leads: u64,
    /// Features of a row.
    pub features: u64,
    /// Instants of the oldest and the newest row used. Absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_ms: Option<i64>,
    /// Rows that were left out, by reason, those sampled out too; they add up to `rows_read - rows_used`.
    pub left_out: Vec<LeftOut>,
    /// Features that were left out because the configuration says so.
    pub excluded_features: Vec<String>,
    /// Where there were more rows than `max_rows`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sampling: Option<Sampling>,
}

/// Rows left out for one reason.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    /// `after the outcome`, `younger than the horizon` …
    pub reason: String,
    /// A sentence on why that must be.
    pub text: String,
    pub rows: u64,
}

/// Rows that were sampled, and weigh the more for it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sampling {
    /// Most rows that were to be kept.
    pub max_rows: u64,
    /// Share of the rows without a positive outcome that were kept; those with one all are.
    pub kept_share: f64,
}

/// What the lint says of a feature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub feature: String,
    pub severity: Severity,
    /// A sentence: what was seen, and what to do.
    pub text: String,
    /// AUROC of this feature alone, where that is what was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auroc: Option<f64>,
    /// Whether the feature was kept from the contestants.
    pub left_out: bool,
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It tells the outcome: its value is known only afterwards, or changes then.
    Leak,
    /// Look at it.
    Suspicious,
}
