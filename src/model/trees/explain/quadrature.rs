//! Quadrature on [0, 1]: `n` points of Gauss and Legendre integrate every polynomial up to degree `2n − 1` exactly, `n` of Gauss and
//! Radau, of which the first is 0, up to `2n − 2`.

/// Where a polynomial is evaluated, and what its value there counts for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// At least 0, less than 1.
    pub t: f64,
    /// Above 0; all of a rule add up to 1.
    pub weight: f64,
}

/// The rule of `count` points (at least 1) strictly between 0 and 1, ascending.
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

/// The rule of `count` points (at least 1) that begins with 0, ascending.
pub fn gauss_radau(count: usize) -> Vec<Point> {
    let n = count as f64;
    let mut points = vec![Point { t: 0.0, weight: 1.0 / (n * n) }; count];
    for (i, point) in points.iter_mut().enumerate().skip(1) {
        let mut x = -(2.0 * std::f64::consts::PI * i as f64 / (2.0 * n - 1.0)).cos();
        for _ in 0..6 {
            let (before, value) = pair(count, x);
            x -= (1.0 - x) / n * (before + value) / (before - value);
        }
        let (before, _) = pair(count, x);
        *point = Point { t: 0.5 * (1.0 + x), weight: 0.5 * (1.0 - x) / (n * before).powi(2) };
    }
    points
}

/// The Legendre polynomial of degree `n` (at least 1) at `x`, and its slope there (`x` not ±1).
fn legendre(n: usize, x: f64) -> (f64, f64) {
    let (before, value) = pair(n, x);
    (value, n as f64 * (x * value - before) / (x * x - 1.0))
}

/// The Legendre polynomials of degrees `n − 1` and `n` (at least 1) at `x`.
fn pair(n: usize, x: f64) -> (f64, f64) {
    let (mut before, mut value) = (1.0, x);
    for k in 2..=n {
        let k = k as f64;
        (before, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k);
    }
    (before, value)
}
