//! The best AUROC, expected and realised, equals its definition, pair by pair.

use needle::simulate::truth::{Ceiling, best_auroc, oracle_auroc};
use proptest::prelude::*;

fn by_pairs(scores: &[f64], positives: &[f64], negatives: &[f64]) -> Option<f64> {
    let (mut won, mut pairs) = (0.0, 0.0);
    for i in 0..scores.len() {
        for j in (0..scores.len()).filter(|j| *j != i) {
            let pair = positives[i] * negatives[j];
            pairs += pair;
            won += pair * if scores[i] > scores[j] { 1.0 } else { 0.5 * f64::from(u8::from(scores[i] == scores[j])) };
        }
    }
    (pairs > 0.0).then(|| won / pairs)
}

fn agree(one: Option<f64>, other: Option<f64>, within: f64) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() <= within,
        (one, other) => one == other,
    }
}

proptest! {
    #[test]
    fn both_are_sums_over_pairs(rows in prop::collection::vec((0..9_u8, any::<bool>(), 1..4_u8), 2..40)) {
        let probabilities: Vec<f64> = rows.iter().map(|row| (f64::from(row.0) + 0.5) / 10.0).collect();
        let labels: Vec<bool> = rows.iter().map(|row| row.1).collect();
        let weights: Vec<f64> = rows.iter().map(|row| f64::from(row.2)).collect();
        let each = |of: fn(f64, bool) -> f64| -> Vec<f64> {
            probabilities.iter().zip(&labels).zip(&weights).map(|((p, label), w)| w * of(*p, *label)).collect()
        };
        let expected = by_pairs(&probabilities, &each(|p, _| p), &each(|p, _| 1.0 - p));
        prop_assert!(agree(best_auroc(&probabilities, &weights), expected, 1e-9));
        let of_label = |label| f64::from(u8::from(label));
        let positives: Vec<f64> = labels.iter().zip(&weights).map(|(label, w)| w * of_label(*label)).collect();
        let negatives: Vec<f64> = labels.iter().zip(&weights).map(|(label, w)| w * of_label(!*label)).collect();
        let realised = by_pairs(&probabilities, &positives, &negatives);
        prop_assert!(agree(oracle_auroc(&probabilities, &labels, &weights), realised, 1e-9));
    }

    #[test]
    fn the_streamed_one_is_near(logits in prop::collection::vec(-6.0..2.0_f64, 2..200)) {
        let probabilities: Vec<f64> = logits.iter().map(|logit| 1.0 / (1.0 + (-logit).exp())).collect();
        let mut ceiling = Ceiling::default();
        probabilities.iter().for_each(|p| ceiling.add(*p));
        let best = best_auroc(&probabilities, &vec![1.0; probabilities.len()]);
        // Two rows of one bin are told apart by a hundredth of log-odds: a pair of them is worth 0.5 and at most 0.0025 more.
        prop_assert!(agree(ceiling.auroc(), best, 0.003), "{:?} beside {best:?}", ceiling.auroc());
    }
}

#[test]
fn nothing_to_tell_apart() {
    assert_eq!(best_auroc(&[], &[]), None);
    assert_eq!(best_auroc(&[0.3], &[1.0]), None);
    assert_eq!(oracle_auroc(&[0.3, 0.4], &[true, true], &[1.0, 1.0]), None);
    assert_eq!(best_auroc(&[0.2, 0.2], &[1.0, 1.0]), Some(0.5));
    assert_eq!(oracle_auroc(&[0.1, 0.9], &[false, true], &[1.0, 1.0]), Some(1.0));
    assert_eq!(Ceiling::default().auroc(), None);
}
