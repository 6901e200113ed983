//! What the new model means in service: who moves, what has drifted, what exploration taught, how far from the truth.

use serde::{Deserialize, Serialize};

use super::contest::Estimate;

/// Leads whose band changes when the new model takes over.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moves {
    /// Leads that both models scored.
    pub compared: u64,
    /// Of these, how many go to a better band, and to a worse one.
    pub up: u64,
    pub down: u64,
    /// Names of the bands, best first: the order of rows and columns of the table of `transitions`.
    pub bands: Vec<String>,
    /// Every pair of bands that has leads, those that stay too.
    pub transitions: Vec<Transition>,
    /// Those to look at, the farthest first; as many as are worth showing.
    pub leads: Vec<Move>,
}

/// Leads that go from one band to another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Transition {
    pub from: String,
    pub to: String,
    pub leads: u64,
}

/// One lead that moves.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Move {
    pub lead: String,
    pub from_band: String,
    pub to_band: String,
    pub from_score: f64,
    pub to_score: f64,
    /// What the two models see differently, the strongest first.
    pub because: Vec<MoveCause>,
}

/// New points of a feature less its old ones.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MoveCause {
    pub feature: String,
    /// The value in words: `3 visits to pricing in 7 days`.
    pub text: String,
    pub points: f64,
}

/// How far the newest leads are from those that were learned from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// What is compared with what: `those of the holdout (2 March 2026 to …) against those learned from (…)`.
    pub compared: String,
    /// Population stability index of the score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score_psi: Option<f64>,
    /// Those that are worth a look, the farthest first; as many as are worth showing.
    pub features: Vec<FeatureDrift>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FeatureDrift {
    pub feature: String,
    pub text: String,
    /// Population stability index: below .1 steady, above .25 another population.
    pub psi: f64,
}

/// What came of contacting leads that the model would have passed over. Leads count once, at the first instant at which they were low, with
/// what came within the horizon after it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Exploration {
    /// Share of low-scored leads that are flagged.
    pub share: f64,
    /// Flagged leads for which the horizon is over.
    pub flagged: u64,
    /// Of these, how many sales did contact, and how many converted, contacted or not.
    pub contacted: u64,
    pub converted: u64,
    /// `converted / flagged`.
    pub conversion: Estimate,
    /// What the model had foretold for those flagged, on average.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub foretold: Option<f64>,
    /// The low-scored leads that were not flagged. Absent where all were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub others: Option<Compared>,
    /// `conversion` less that of the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<Estimate>,
    /// How many rows one of a flagged lead stands for at most. Absent where training does not weigh by exploration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heaviest: Option<f64>,
    /// What it taught, a sentence each.
    pub sentences: Vec<String>,
}

/// Leads that flagged ones are compared with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    pub leads: u64,
    pub contacted: u64,
    pub converted: u64,
    pub conversion: Estimate,
}

/// What a model that knew the simulator's hazard would reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// AUROC of the true chances on the holdout: no model can do better, but by luck.
    pub best_auroc: f64,
    pub our_auroc: f64,
    /// `our_auroc / best_auroc`.
    pub share: f64,
    /// The same above chance, .5: `(our_auroc - .5) / (best_auroc - .5)`.
    pub share_above_chance: f64,
}

impl Truth {
    pub fn of(best_auroc: f64, our_auroc: f64) -> Self {
        let share_above_chance = (our_auroc - 0.5) / (best_auroc - 0.5);
        Self { best_auroc, our_auroc, share: our_auroc / best_auroc, share_above_chance }
    }
}
