//! Leads whose truth is known, as a matrix to learn from.

use needle::model::bundle::{WeightedTerm, Weights};
use needle::model::linear::Transform;
use needle::model::scale::probability;
use needle::random::Random;
use needle::training::matrix::{Column, ColumnKind, Matrix, Row};

pub mod sklearn;
pub mod xeducation;

pub const DAY_MS: i64 = 24 * 3600 * 1000;

/// A column of that name.
pub fn column(name: &str, kind: ColumnKind, can_miss: bool) -> Column {
    let group = name.split('_').next().unwrap().to_owned();
    Column { name: name.to_owned(), version: 1, kind, group, unit: String::new(), can_miss }
}

/// What decides about conversion.
#[derive(Clone, Copy, PartialEq)]
pub enum Truth {
    /// Chance alone.
    Noise,
    /// More visits, less silence, one industry; and visits count double for one industry.
    Signal,
}

/// `leads` leads with up to three instants each over a year; about a tenth of the rows are positive.
pub fn world(leads: usize, truth: Truth, seed: u64) -> Matrix {
    let mut random = Random::new(seed);
    let columns = vec![
        column("hours_since_last", ColumnKind::Number, true),
        column("touchpoints_count_7d", ColumnKind::Number, false),
        column("momentum_touchpoints", ColumnKind::Number, false),
        column("known", ColumnKind::Flag, false),
        column("trait_industry", ColumnKind::Category, true),
        column("noise", ColumnKind::Number, false),
    ];
    let mut drawn = Vec::new();
    for lead in 0..leads as u64 {
        let start = (random.unit() * 365.0 * DAY_MS as f64) as i64;
        let industry = INDUSTRIES[random.below(INDUSTRIES.len())];
        for step in 0..=random.below(3) as i64 {
            let values = instant(&mut random, industry);
            let chance = match truth {
                Truth::Noise => 0.1,
                Truth::Signal => probability(log_odds(&values)),
            };
            let positive = random.unit() < chance;
            let weight = *random.pick(&[1.0, 1.0, 2.5]);
            let row = Row { lead, at_ms: start + step * 20 * DAY_MS, positive, weight, silent_ms: 0 };
            drawn.push((row, values));
        }
    }
    drawn.sort_by_key(|(row, _)| (row.at_ms, row.lead));
    let (rows, values): (Vec<_>, Vec<_>) = drawn.into_iter().unzip();
    Matrix { columns, rows, values: values.concat() }
}

/// Codes as large as those of traits are.
const INDUSTRIES: [f64; 4] = [-1.0, 17.0, 1_234_567_890.0, 2_000_000_011.0];

fn instant(random: &mut Random, industry: f64) -> Vec<f64> {
    let silence = if random.below(12) == 0 { -1.0 } else { (random.unit() * 500.0).floor() };
    let visits = (random.unit().powi(3) * 20.0).floor();
    let momentum = (random.unit() - 0.5) * 6.0;
    vec![silence, visits, momentum, random.below(2) as f64, industry, random.unit()]
}

/// The truth of [`Truth::Signal`].
pub fn log_odds(row: &[f64]) -> f64 {
    let industry = if row[4] == INDUSTRIES[2] { 1.0 } else { 0.0 };
    let silence = if row[0] < 0.0 { 0.0 } else { (1.0 + row[0]).ln() - 5.0 };
    -3.6 + 0.6 * (1.0 + row[1]).ln() * (1.0 + industry) - 0.5 * silence + 0.3 * row[2] + 0.4 * row[3] + 0.5 * industry
}

/// Hand rules: visits and nothing else.
pub fn rules() -> Weights {
    let term = WeightedTerm {
        feature: "touchpoints_count_7d".to_owned(),
        weight: 0.3,
        reference: 0.0,
        can_miss: false,
        transform: Transform::Log1p { cap: 50.0 },
    };
    Weights { bias: -4.6, terms: vec![term] }
}
