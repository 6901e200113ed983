//! Beeswarm: each dot a row, to the right what it adds to the score, its shade how high the value is.

use maud::{Markup, html};

use super::px;
use super::scale::Scale;
use crate::training::report::data::Dot;

const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 34.0;
/// Dots that are drawn of a feature; more say no more, and make the page large.
const MOST: usize = 200;
/// Room of a dot.
const CELL: f64 = 3.4;
/// Shades of the values from low to high, and one for those without.
const SHADES: usize = 5;

/// The dots of one feature; `most` is the largest |points| of all features.
///
/// A shade's dots are one path of points without length, which round caps make dots: a tenth of the bytes of circles.
pub fn swarm(dots: &[Dot], most: f64, alt: &str) -> Markup {
    let x = Scale::new(-most, most, 4.0, WIDTH - 4.0);
    let mut paths: [String; SHADES + 1] = Default::default();
    let mut stacked = vec![0usize; (WIDTH / CELL) as usize + 1];
    for dot in evenly(dots) {
        let cell = ((x.px(dot.points) / CELL) as usize).min(stacked.len() - 1);
        let y = place(stacked[cell]);
        stacked[cell] += 1;
        let path = &mut paths[dot.rank.map_or(SHADES, shade)];
        path.push_str(&format!("M{} {}h0", px((cell as f64 + 0.5) * CELL), px(y)));
    }
    html! {
        svg.swarm viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(alt) {
            line.zero x1=(px(x.px(0.0))) x2=(px(x.px(0.0))) y1="0" y2=(HEIGHT) {}
            @for (shade, path) in paths.iter().enumerate().filter(|(_, path)| !path.is_empty()) {
                path class=(format!("v{shade}")) d=(path) {}
            }
        }
    }
}

/// Finite dots, at most [`MOST`], evenly from the whole of them.
fn evenly(dots: &[Dot]) -> impl Iterator<Item = &Dot> {
    let step = dots.len().div_ceil(MOST).max(1);
    dots.iter().step_by(step).filter(|dot| dot.points.is_finite())
}

fn shade(rank: f64) -> usize {
    ((rank.clamp(0.0, 1.0) * SHADES as f64) as usize).min(SHADES - 1)
}

/// The first in the middle, the next above and below in turn; where a stack is full its dots lie over each other.
fn place(nth: usize) -> f64 {
    let away = nth.div_ceil(2) as f64 * CELL;
    let y = if nth.is_multiple_of(2) { HEIGHT / 2.0 + away } else { HEIGHT / 2.0 - away };
    y.clamp(CELL / 2.0, HEIGHT - CELL / 2.0)
}
