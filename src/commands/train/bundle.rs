//! The winner as a bundle, bound as a service will bind it.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::side::Side;
use crate::model::Model;
use crate::model::bundle::{LINEAR, Manifest, NeededFeature, TREES};
use crate::model::drift::Trained;
use crate::model::trees::forest::Forest;
use crate::model::vocabulary::Vocabulary;
use crate::training::contestants::Served;
use crate::training::dataset::Account;
use crate::training::matrix::Matrix;
use crate::training::tournament::{Tournament, Winner};

/// A bundle that has no version yet.
pub struct Made {
    pub manifest: Manifest,
    pub model: Bytes,
    pub bound: Model,
}

/// What is bound before it is published, under a name that nobody sees.
const UNNAMED: &str = "new";

pub fn make(side: &Side<'_>, winner: &Winner, matrix: &Matrix) -> anyhow::Result<Made> {
    let (kind, model, names, vocabularies) = match &winner.fitted.served {
        Served::Linear(weights) => {
            let names: Vec<String> = weights.terms.iter().map(|term| term.feature.clone()).collect();
            (LINEAR, Bytes::from(serde_json::to_vec_pretty(weights)?), names, Vec::new())
        }
        Served::Trees { text, vocabularies } => {
            let names = Forest::from_text(text.as_bytes())?.feature_names;
            let vocabularies = vocabularies
                .iter()
                .map(|known| Vocabulary { feature: known.feature.clone(), codes: known.codes.clone() })
                .collect();
            (TREES, Bytes::from(text.clone()), names, vocabularies)
        }
        Served::Not(why) => anyhow::bail!("{} won, and cannot be served: {why}", winner.name),
    };
    let version = |name: &String| {
        let column = matrix.columns.iter().find(|column| column.name == *name)?;
        Some(NeededFeature { name: name.clone(), version: column.version })
    };
    let manifest = Manifest {
        version: UNNAMED.to_owned(),
        kind: kind.to_owned(),
        features: names.iter().filter_map(version).collect(),
        themes: side.shelf.themes_of(&names),
        vocabularies,
        calibration: winner.calibration,
        anchor_probability: winner.anchor_probability,
    };
    let bound = side.assembly.ground().bind(&manifest, &model)?;
    Ok(Made { manifest, model, bound })
}

/// What the manifest says beside: figures on the holdout, the threshold, the data.
pub fn about(tournament: &Tournament, account: &Account, drift: Option<&Trained>) -> Map<String, Value> {
    let outcome = &tournament.outcome;
    let winner = outcome.contestants.iter().find(|entry| Some(entry.name) == outcome.verdict.winner);
    let metrics = winner.and_then(|winner| winner.holdout.as_ref()).map(|judged| &judged.figures);
    let about = json!({
        "contestant": outcome.verdict.winner,
        "trained_on": {
            "rows": account.rows,
            "leads": account.leads,
            "files": account.files,
            "newest_ms": account.newest_ms,
            "from_ms": account.rows_from_ms,
            "to_ms": account.rows_to_ms,
            "horizon_days": account.horizon_days,
        },
        "metrics": metrics,
        "threshold": outcome.threshold,
        "seed": outcome.seed,
        "drift": drift,
    });
    match about {
        Value::Object(about) => about,
        _ => Map::new(),
    }
}
