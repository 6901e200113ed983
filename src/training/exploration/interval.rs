//! How sure a share of leads is, and how sure the difference of two.

use crate::training::tournament::bootstrap::Figure;

/// Of the normal distribution: 95 of 100 lie within.
const Z: f64 = 1.959_963_984_540_054;

/// `count` of `all` with its 95 % interval (Wilson 1927), which is sound for a handful, and for none. `None` of none.
pub fn share(count: u64, all: u64) -> Option<Figure> {
    let (count, all) = ((all > 0).then_some(count as f64)?, all as f64);
    let value = count / all;
    let (centre, squared) = (value + Z * Z / (2.0 * all), 1.0 + Z * Z / all);
    let half = Z * (value * (1.0 - value) / all + Z * Z / (4.0 * all * all)).sqrt();
    let (low, high) = ((centre - half) / squared, (centre + half) / squared);
    Some(Figure { value, low: low.clamp(0.0, value), high: high.clamp(value, 1.0) })
}

/// How much larger the first share is than the second, each `(count, all)`, with its 95 % interval (Newcombe 1998, method 10).
pub fn difference(one: (u64, u64), other: (u64, u64)) -> Option<Figure> {
    let (a, b) = (share(one.0, one.1)?, share(other.0, other.1)?);
    let value = a.value - b.value;
    let low = value - (a.value - a.low).hypot(b.high - b.value);
    let high = value + (a.high - a.value).hypot(b.value - b.low);
    Some(Figure { value, low, high })
}
