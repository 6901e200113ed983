//! Charts as inline SVG: drawn here, coloured by the page's style, so that they follow light, dark and paper.
//!
//! Made by hand because a page's worth of charts is small, and because every one then has words for who cannot see it, text that stays
//! text, and no colour alone to tell its lines apart.

pub use frame::{Axis, Frame, chart};
pub use strip::{bar, diverging, whisker};
pub use swarm::swarm;
pub use tree::tree;

mod frame;
mod scale;
mod strip;
mod swarm;
mod thin;
mod tree;

pub use scale::{Scale, around};

/// A coordinate: a tenth of a pixel is finer than an eye.
fn px(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}
