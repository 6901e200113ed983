//! Drift as Prometheus sees it: what all lanes have counted, set beside what each model learned from.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, PoisonError};

use prometheus::{GaugeVec, Opts};

use super::families::{Families, add};
use crate::lane::drift::Counted;
use crate::model::drift::psi;

/// Rows below which chance alone would look like drift.
const ENOUGH: f64 = 500.0;
/// Features that are told of each tenant, those that have drifted farthest: a label has to be bounded.
const FEATURES: usize = 20;

pub struct Drift {
    score: GaugeVec,
    features: GaugeVec,
    /// What each lane has counted.
    lanes: Mutex<BTreeMap<usize, Vec<Counted>>>,
    /// Labels that are told: tenant, feature.
    told: Mutex<HashSet<(String, Option<String>)>>,
}

impl Drift {
    pub fn new(families: &Families) -> Result<Self, prometheus::Error> {
        let gauges =
            |name: &str, help: &str, labels: &[&str]| add(families, GaugeVec::new(Opts::new(name, help), labels)?);
        Ok(Self {
            score: gauges(
                "needle_score_drift_psi",
                "How far scores lie from those of the training rows, by the tenant whose model it is: population stability index.",
                &["tenant"],
            )?,
            features: gauges(
                "needle_feature_drift_psi",
                "The same of the features that have drifted farthest, at most 20 of a model.",
                &["tenant", "feature"],
            )?,
            lanes: Mutex::default(),
            told: Mutex::default(),
        })
    }

    /// Replaces what a lane has counted, and tells what all of them have.
    pub fn tell<'a>(&self, lane: usize, counted: impl Iterator<Item = &'a Counted>) {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        lanes.insert(lane, counted.cloned().collect());
        let mut sums: Vec<Counted> = Vec::new();
        for counted in lanes.values().flatten() {
            match sums.iter_mut().find(|sum| sum.tenant == counted.tenant) {
                Some(sum) if sum.version == counted.version => sum.add(counted),
                // A lane that has not swapped yet; it soon will.
                Some(_) => {}
                None => sums.push(counted.clone()),
            }
        }
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let gone = std::mem::take(&mut *told);
        for sum in &sums {
            self.tell_model(sum, &mut told);
        }
        for (tenant, feature) in gone.difference(&told) {
            let _ = match feature {
                Some(feature) => self.features.remove_label_values(&[tenant.as_str(), feature.as_str()]),
                None => self.score.remove_label_values(&[tenant.as_str()]),
            };
        }
    }

    fn tell_model(&self, sum: &Counted, told: &mut HashSet<(String, Option<String>)>) {
        let tenant = sum.tenant.as_str();
        let enough = |counts: &[f64]| counts.iter().sum::<f64>() >= ENOUGH;
        if let Some(psi) = psi(&sum.trained.score, &sum.score).filter(|_| enough(&sum.score)) {
            self.score.with_label_values(&[tenant]).set(psi);
            told.insert((tenant.to_owned(), None));
        }
        let of = |name: &String, counts: &Vec<f64>| psi(sum.trained.features.get(name)?, counts);
        let counted = sum.features.iter().filter(|feature| enough(&feature.counts));
        let mut drifted: Vec<(f64, &str)> =
            counted.filter_map(|feature| Some((of(&feature.name, &feature.counts)?, feature.name.as_str()))).collect();
        drifted.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        for (psi, feature) in drifted.into_iter().take(FEATURES) {
            self.features.with_label_values(&[tenant, feature]).set(psi);
            told.insert((tenant.to_owned(), Some(feature.to_owned())));
        }
    }
}
