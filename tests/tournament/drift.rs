//! The population stability index: by hand, of the same, of another world, and of what is missing.

use needle::random::Random;
use needle::training::drift::{ALARM, Bins, WORTH_A_LOOK, psi};

fn counts(bins: &Bins, values: &[f64]) -> Vec<f64> {
    let mut counts = vec![0.0; bins.shares.len()];
    values.iter().for_each(|value| counts[bins.bin(*value)] += 1.0);
    counts
}

fn normal(random: &mut Random) -> f64 {
    (0..12).map(|_| random.unit()).sum::<f64>() - 6.0
}

#[test]
fn it_is_the_sum_that_the_textbook_has() {
    let bins = Bins { bounds: vec![1.0, 2.0], shares: vec![0.5, 0.3, 0.2] };
    let by_hand =
        (0.4_f64 - 0.5) * (0.4_f64 / 0.5).ln() + (0.2 - 0.2) * 1.0_f64.ln() + (0.4 - 0.3) * (0.4_f64 / 0.3).ln();
    assert!((psi(&bins, &[40.0, 40.0, 20.0]).unwrap() - by_hand).abs() < 1e-12);
    assert_eq!(psi(&bins, &[5.0, 3.0, 2.0]), Some(0.0));
    assert_eq!(psi(&bins, &[1.0, 2.0]), None, "other bins");
    assert_eq!(psi(&bins, &[0.0; 3]), None, "nothing was seen");
    assert!(psi(&bins, &[0.0, 0.0, 7.0]).unwrap().is_finite());
}

#[test]
fn ten_bins_of_a_tenth_each() {
    let mut random = Random::new(1);
    let values: Vec<f64> = (0..10_000).map(|_| normal(&mut random)).collect();
    let bins = Bins::of(&values, &vec![2.0; values.len()], None);
    assert_eq!((bins.bounds.len(), bins.shares.len()), (9, 10));
    assert!(bins.shares.iter().all(|share| (share - 0.1).abs() < 1e-9), "{:?}", bins.shares);
    assert_eq!(counts(&bins, &values), vec![1000.0; 10]);
}

#[test]
fn the_same_world_is_quiet_and_another_one_alarms() {
    let mut random = Random::new(1);
    let mut draw = |shift: f64| (0..5000).map(|_| normal(&mut random) + shift).collect::<Vec<f64>>();
    let bins = Bins::of(&draw(0.0), &vec![1.0; 5000], None);
    let at = |values: Vec<f64>| psi(&bins, &counts(&bins, &values)).unwrap();
    assert!(at(draw(0.0)) < 0.02);
    assert!((WORTH_A_LOOK..ALARM).contains(&at(draw(0.4))));
    assert!(at(draw(1.0)) > ALARM);
}

#[test]
fn what_is_missing_has_a_bin_of_its_own() {
    let values: Vec<f64> = (0..1000).map(|n| if n % 100 == 0 { -1.0 } else { f64::from(n) - 500.5 }).collect();
    let bins = Bins::of(&values, &vec![1.0; 1000], Some(-1.0));
    let missing = bins.bin(-1.0);
    assert!((bins.shares[missing] - 0.01).abs() < 1e-12, "{bins:?}");
    assert!(bins.bin(-1.5) != missing && bins.bin(-0.5) != missing);
    assert!((bins.shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    assert_eq!(counts(&bins, &values).iter().map(|count| count / 1000.0).collect::<Vec<_>>(), bins.shares);
}

#[test]
fn few_values_have_few_bins() {
    let bins = Bins::of(&[0.0, 0.0, 1.0, 0.0], &[1.0, 1.0, 2.0, 1.0], None);
    assert_eq!(bins.bounds, [0.0]);
    assert_eq!(bins.shares, [0.6, 0.4]);
    assert_eq!(Bins::of(&[], &[], None), Bins::default());
    assert_eq!(Bins::default().bin(3.0), 0);
}
