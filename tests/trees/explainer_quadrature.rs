//! The rules integrate polynomials of the degrees that they are for.

use needle::model::trees::explain::quadrature::{Point, gauss_legendre, gauss_radau};

fn assert_exact(rule: &[Point], degree: usize) {
    let tolerance = 1e-15 * rule.len().max(10) as f64;
    for power in 0..=degree {
        let sum: f64 = rule.iter().map(|point| point.weight * point.t.powi(power as i32)).sum();
        let wanted = 1.0 / (power + 1) as f64;
        assert!((sum - wanted).abs() <= tolerance, "{} points, power {power}: {sum} {wanted}", rule.len());
    }
    // Not by chance: one degree more is too much.
    let more = degree as i32 + 1;
    let sum: f64 = rule.iter().map(|point| point.weight * point.t.powi(more)).sum();
    assert!(rule.len() > 8 || (sum - 1.0 / f64::from(more + 1)).abs() > 1e-12, "{} points", rule.len());
    assert!(rule.windows(2).all(|pair| pair[0].t < pair[1].t));
    assert!(rule.iter().all(|point| (0.0..1.0).contains(&point.t) && point.weight > 0.0));
}

#[test]
fn rules_are_exact() {
    for count in (1..40).chain([100, 512]) {
        assert_exact(&gauss_legendre(count), 2 * count - 1);
        assert_exact(&gauss_radau(count), 2 * count - 2);
        assert_eq!(gauss_radau(count)[0].t, 0.0);
    }
}
