//! A search keeps what did best on later rows: the round at which their loss was least, of the candidate whose least was lowest; and stops
//! once nothing more is gained.

use needle::training::contestants::{Boosting, Contestant, Context, Tuned};
use needle::training::part::Part;
use needle::training::tournament::split::{instant, split};

use crate::tournament_support::{DAY_MS, Truth, world};

fn tuned(candidates: usize) -> Tuned {
    let matrix = world(2500, Truth::Signal, 1);
    let all = Part::all(&matrix);
    let cut_ms = instant(&matrix, &all, 0.6).unwrap();
    let halves = split(&matrix, &all, cut_ms, 10 * DAY_MS, 1);
    let context = Context { candidates, ..Context::seeded(1) };
    Boosting::default().tuned(&matrix, &halves.earlier, &halves.later, &context).unwrap().expect("a search")
}

#[test]
fn at_the_best_round_of_the_best_candidate() {
    let mut least = f64::INFINITY;
    let mut gains = 0;
    for candidates in 1..=6 {
        let Tuned { curve, tried, .. } = tuned(candidates);
        assert_eq!(tried, candidates);
        let curve = curve.expect("a curve");
        let best = curve.validation.iter().copied().fold(f64::INFINITY, f64::min);
        assert_eq!(curve.validation[curve.best - 1], best, "round {} of {:?}", curve.best, curve.validation);
        assert_eq!(curve.train.len(), curve.validation.len());
        // 40 rounds without a gain, and fewer than 600.
        assert_eq!(curve.validation.len(), curve.best + 40);
        assert!(best <= least, "with {candidates} candidates {best}, with one fewer {least}");
        gains += usize::from(best < least);
        least = best;
    }
    assert!(gains > 1, "the first candidate is the best: the test shows nothing");
}
