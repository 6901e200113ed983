//! Gauss–Legendre quadrature on [0, 1]: `n` points integrate every polynomial up to degree `2n − 1` exactly.

/// Where a polynomial is evaluated, and what its value there counts for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Strictly between 0 and 1.
    pub t: f64,
    /// Above 0; all of a rule add up to 1.
    pub weight: f64,
}

/// The rule of `count` points (at least 1), ascending.
pub fn gauss_legendre(count: usize) -> Vec<Point> {
    let mut points = vec![Point { t: 0.5, weight: 1.0 }; count];
    for i in 0..count.div_ceil(2) {
        let (x, slope) = root(count, i);
        let weight = 1.0 / ((1.0 - x * x) * slope * slope);
        points[i] = Point { t: 0.5 * (1.0 - x), weight };
        points[count - 1 - i] = Point { t: 0.5 * (1.0 + x), weight };
    }
    points
}

/// The `i`-th largest root of the Legendre polynomial of degree `n`, and the slope there: Newton's method from Tricomi's estimate.
fn root(n: usize, i: usize) -> (f64, f64) {
    let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (n as f64 + 0.5)).cos();
    // Converges quadratically from an estimate that is good to three digits.
    for _ in 0..6 {
        let (value, slope) = legendre(n, x);
        x -= value / slope;
    }
    (x, legendre(n, x).1)
}

/// The Legendre polynomial of degree `n` (at least 1) at `x`, and its slope there (`x` not ±1).
fn legendre(n: usize, x: f64) -> (f64, f64) {
    let (mut before, mut value) = (1.0, x);
    for k in 2..=n {
        let k = k as f64;
        (before, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k);
    }
    (value, n as f64 * (x * value - before) / (x * x - 1.0))
}
