//! A model, rows, and `needle predict` beside them.
#![allow(dead_code, reason = "every test uses its own part")]

use std::fs;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::trees_support::lightgbm::{Booster, Data, Kind};
use crate::trees_support::random::Random;

/// Names of a trained model's features.
pub const NAMES: [&str; 4] = ["visits", "source", "last_seen", "age"];
pub const ROWS: usize = 300;

/// A model with names, and a folder with it as `model.txt`.
pub struct Desk {
    pub dir: TempDir,
    pub booster: Booster,
    /// Rows that it was not trained on, with missing values.
    pub rows: Vec<f64>,
}

impl Desk {
    pub fn new(parameters: &str) -> Self {
        let mut random = Random(23);
        let mut rows = || -> Vec<f64> {
            let value = |random: &mut Random, place: usize| match (random.below(10), place % 4) {
                (0, _) => f64::NAN,
                (_, 1) => random.below(9) as f64,
                _ => random.normal(),
            };
            (0..ROWS * 4).map(|place| value(&mut random, place)).collect()
        };
        let (learnt, rows) = (rows(), rows());
        let label = |row: &[f64]| f32::from((row[0].max(0.0) + row[1] * 0.2 > 1.0) as u8 + (row[3] > 0.5) as u8);
        let labels: Vec<f32> = learnt.chunks(4).map(label).collect();
        let data = Data { rows: &learnt, width: 4, labels: &labels, groups: &[], names: &NAMES };
        let booster = Booster::train(data, parameters, 10);
        let desk = Self { dir: tempfile::tempdir().unwrap(), booster, rows };
        desk.write("model.txt", desk.booster.to_text().as_bytes());
        desk
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.dir.path().join(name), bytes).unwrap();
    }

    pub fn needle(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_needle"));
        command.current_dir(self.dir.path()).args(["predict", "--model", "model.txt"]).args(args);
        command.env_remove("RUST_LOG").stdin(Stdio::null());
        command
    }

    /// What was printed; nothing must have been complained of.
    pub fn printed(&self, args: &[&str]) -> String {
        let Output { status, stdout, stderr } = self.needle(args).output().unwrap();
        assert_eq!((status.code(), String::from_utf8(stderr).unwrap().as_str()), (Some(0), ""), "{args:?}");
        String::from_utf8(stdout).unwrap()
    }

    /// Exit code, standard error.
    pub fn told(&self, args: &[&str]) -> (Option<i32>, String) {
        let Output { status, stderr, .. } = self.needle(args).output().unwrap();
        (status.code(), String::from_utf8(stderr).unwrap())
    }

    /// What LightGBM has to say of the same rows, as it must be printed.
    pub fn expected(&self, kind: Kind) -> String {
        let values = self.booster.predict(kind, &self.rows, 4);
        lines(&values, values.len() / ROWS)
    }
}

/// Numbers as `needle` prints them.
pub fn lines(values: &[f64], width: usize) -> String {
    let number = |value: &f64| {
        let text = ryu::Buffer::new().format(*value).to_owned();
        text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
    };
    let line = |row: &[f64]| row.iter().map(number).collect::<Vec<_>>().join(",") + "\n";
    values.chunks(width).map(line).collect()
}

/// Rows as text; a missing value is spelled in three ways.
pub fn table(rows: &[f64], separator: &str) -> String {
    let field = |(place, value): (usize, &f64)| match value.is_nan() {
        true => ["", "NA", "NaN"][place % 3].to_owned(),
        false => value.to_string(),
    };
    let line = |row: &[f64]| row.iter().enumerate().map(field).collect::<Vec<_>>().join(separator) + "\n";
    rows.chunks(4).map(line).collect()
}

/// A binary model of four features.
pub fn desk() -> Desk {
    Desk::new("objective=binary categorical_feature=1")
}
