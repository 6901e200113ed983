//! Models that others have written, with rows and what came out: `../shared/data/lightgbm-models`.

use std::fs;
use std::path::{Path, PathBuf};

/// Numbers, row after row.
pub struct Matrix {
    pub values: Vec<f64>,
    pub width: usize,
}

/// The folder, where this machine has it.
pub fn folder() -> Option<PathBuf> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    // `make checked` compiles the tests in a crate within.
    let repository = if repository.ends_with("fuzz") { repository.join("..") } else { repository.into() };
    let folder = repository.join("../shared/data/lightgbm-models");
    if !folder.is_dir() {
        eprintln!("skipped: {} is not here", folder.display());
        return None;
    }
    Some(folder)
}

/// All text models, by name. Single trees and JSON are none.
pub fn models() -> Vec<(&'static str, Vec<u8>)> {
    const NAMES: [&str; 11] = [
        "leaves/genlin_fmtp_gamma_AvgClaimAmount.model",
        "leaves/genlin_fmtp_poisson_Frequency.model",
        "leaves/genlin_fmtp_tweedie_PurePremium.model",
        "leaves/lg_breast_cancer.txt",
        "leaves/lg_dart_breast_cancer.model",
        "leaves/lg_kddcup99.model",
        "leaves/lg_rf_iris.model",
        "leaves/lgmulticlass.model",
        "leaves/model_simple.txt",
        "treelite/sparse_categorical_model.txt",
        "treelite/toy_categorical_model.txt",
    ];
    let Some(folder) = folder() else { return Vec::new() };
    NAMES.iter().map(|name| (*name, fs::read(folder.join(name)).unwrap())).collect()
}

impl Matrix {
    /// Reads lines of numbers with blanks or tabs between them; the first `skipped` of each are left out.
    pub fn dense(path: &Path, skipped: usize) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let lines: Vec<Vec<f64>> = text
            .lines()
            .map(|line| line.split_whitespace().skip(skipped).map(|word| word.parse().unwrap()).collect())
            .collect();
        let width = lines[0].len();
        assert!(lines.iter().all(|line| line.len() == width), "{}", path.display());
        Self { values: lines.concat(), width }
    }

    /// Reads LibSVM's format: a label, then `place:value` with places from 0 on. All other places are `absent`.
    pub fn sparse(path: &Path, width: usize, absent: f64) -> Self {
        let mut values = Vec::new();
        for line in fs::read_to_string(path).unwrap().lines() {
            let begin = values.len();
            values.resize(begin + width, absent);
            for pair in line.split_whitespace().skip(1) {
                let (place, value) = pair.split_once(':').unwrap();
                values[begin + place.parse::<usize>().unwrap()] = value.parse().unwrap();
            }
        }
        Self { values, width }
    }

    pub fn rows(&self) -> usize {
        self.values.len() / self.width
    }
}
