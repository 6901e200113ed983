//! Every contestant ranks better than chance where there is a signal; the simple ones as far as they can.

use needle::training::contestants::{Class, Context, Served};
use needle::training::part::Part;
use needle::training::tournament::everyone;
use needle::training::tournament::metrics::metrics;
use needle::training::tournament::ranking::Ranking;

use crate::tournament_support::{Truth, log_odds, rules, world};

#[test]
fn better_than_chance_and_no_better_than_the_truth() {
    let (learned, new) = (world(6000, Truth::Signal, 1), world(6000, Truth::Signal, 2));
    let (part, later) = (Part::all(&learned), Part::all(&new));
    let auroc = |margins: &[f64]| metrics(&Ranking::of(&new, &later, margins), &[], 0.0).unwrap().auroc;
    let truth: Vec<f64> = later.rows.iter().map(|&row| log_odds(new.row(row))).collect();
    let best = auroc(&truth);
    println!("truth {best:.4}");
    for contestant in everyone(rules()) {
        let fitted = contestant.fit(&learned, &part, &Context::seeded(3)).unwrap();
        let margins = fitted.margins(&new, &later.rows);
        assert!(margins.iter().all(|margin| margin.is_finite()));
        let found = auroc(&margins);
        println!("{} {found:.4}", contestant.name());
        let least = match (contestant.name(), contestant.class()) {
            ("base rate", _) => 0.5,
            ("unsupervised", _) => 0.6,
            (_, Class::Baseline) => 0.55,
            (_, Class::Rules) => 0.6,
            (_, Class::Tree) => 0.7,
            // They do not see categories, and the truth has one.
            (_, Class::Linear | Class::Network) => best - 0.05,
            _ => best - 0.03,
        };
        assert!(found >= least && found < best + 0.005, "{}: {found}, where {best} is possible", contestant.name());
        let is_served = !matches!(fitted.served, Served::Not(_));
        let not_served = ["base rate", "unsupervised", "neural network"];
        assert_eq!(is_served, !not_served.contains(&contestant.name()));
    }
}
