//! A plot with two axes, and what is drawn into it.

use maud::{Markup, html};

use super::px;
use super::scale::Scale;
use super::thin::thinned;

/// Pixels, where the page shows it in its natural size.
const WIDTH: f64 = 352.0;
const HEIGHT: f64 = 264.0;
const LEFT: f64 = 50.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 28.0;
const BOTTOM: f64 = 44.0;
/// How far a line may be from its points.
const TOLERANCE: f64 = 0.2;

/// One axis: what it measures with the unit, from where to where, and how its numbers are written.
pub struct Axis<'a> {
    pub label: &'a str,
    pub from: f64,
    pub to: f64,
    pub show: fn(f64) -> String,
}

/// Where values lie.
pub struct Frame {
    pub x: Scale,
    pub y: Scale,
}

/// A plot. `alt` says what is to be seen to who cannot see it.
pub fn chart(alt: &str, x: &Axis, y: &Axis, layers: impl FnOnce(&Frame) -> Markup) -> Markup {
    let frame =
        Frame { x: Scale::new(x.from, x.to, LEFT, WIDTH - RIGHT), y: Scale::new(y.from, y.to, HEIGHT - BOTTOM, TOP) };
    let size = format!("0 0 {WIDTH} {HEIGHT}");
    html! {
        svg.chart viewBox=(size) role="img" aria-label=(alt) {
            g.grid aria-hidden="true" {
                @for tick in frame.y.ticks(5) {
                    @let at = px(frame.y.px(tick));
                    line x1=(LEFT) x2=(WIDTH - RIGHT) y1=(at) y2=(at) {}
                    text x=(LEFT - 7.0) y=(at) dy="0.32em" text-anchor="end" { ((y.show)(tick)) }
                }
                @for tick in frame.x.ticks(5) {
                    @let at = px(frame.x.px(tick));
                    line.tick x1=(at) x2=(at) y1=(HEIGHT - BOTTOM) y2=(HEIGHT - BOTTOM + 4.0) {}
                    text x=(at) y=(HEIGHT - BOTTOM + 17.0) text-anchor="middle" { ((x.show)(tick)) }
                }
                line.axis x1=(LEFT) x2=(WIDTH - RIGHT) y1=(HEIGHT - BOTTOM) y2=(HEIGHT - BOTTOM) {}
            }
            text.label x="4" y="14" { (y.label) }
            text.label x=(WIDTH - RIGHT) y=(HEIGHT - 8.0) text-anchor="end" { (x.label) " →" }
            (layers(&frame))
        }
    }
}

impl Frame {
    /// A line through `[x, y]`.
    pub fn line(&self, points: &[[f64; 2]], class: &str) -> Markup {
        let places = points.iter().filter(|[x, y]| x.is_finite() && y.is_finite());
        let places = places.map(|[x, y]| (self.x.px(*x), self.y.px(*y))).collect();
        let mut path = String::new();
        for (nth, (x, y)) in thinned(places, TOLERANCE).into_iter().enumerate() {
            path.push_str(if nth == 0 { "M" } else { "L" });
            path.push_str(&px(x));
            path.push(' ');
            path.push_str(&px(y));
        }
        html! { path class=(format!("line {class}")) d=(path) {} }
    }

    /// A faint straight line between two points: what chance, or perfection, would look like.
    pub fn reference(&self, from: [f64; 2], to: [f64; 2]) -> Markup {
        html! {
            line.reference x1=(px(self.x.px(from[0]))) y1=(px(self.y.px(from[1])))
                x2=(px(self.x.px(to[0]))) y2=(px(self.y.px(to[1]))) {}
        }
    }

    /// An upright line that a script may move along the x axis; not to be seen before.
    pub fn movable(&self) -> Markup {
        let (from, to) = (px(LEFT), px(WIDTH - RIGHT));
        html! {
            g.mark.moving data-from=(from) data-to=(to) hidden { line x1=(from) x2=(from) y1=(TOP) y2=(HEIGHT - BOTTOM) {} }
        }
    }

    /// An upright line at x, with words at its upper end.
    pub fn mark(&self, x: f64, words: &str) -> Markup {
        self.upright(x, words, "chosen", TOP + 10.0)
    }

    /// The same, less loud, with words at its lower end.
    pub fn note(&self, x: f64, words: &str) -> Markup {
        self.upright(x, words, "note", HEIGHT - BOTTOM - 7.0)
    }

    fn upright(&self, x: f64, words: &str, class: &str, words_y: f64) -> Markup {
        if !x.is_finite() {
            return html! {};
        }
        let at = self.x.px(x);
        let (anchor, shift) = if at > (WIDTH + LEFT) / 2.0 { ("end", -5.0) } else { ("start", 5.0) };
        html! {
            g class=(format!("mark {class}")) {
                line x1=(px(at)) x2=(px(at)) y1=(TOP) y2=(HEIGHT - BOTTOM) {}
                text x=(px(at + shift)) y=(words_y) text-anchor=(anchor) { (words) }
            }
        }
    }

    /// A dot, and the interval in which it could as well lie.
    pub fn dot(&self, x: f64, y: f64, interval: Option<(f64, f64)>, radius: f64, words: &str) -> Markup {
        if !(x.is_finite() && y.is_finite()) {
            return html! {};
        }
        let at = px(self.x.px(x));
        html! {
            g.dot {
                title { (words) }
                @if let Some((lower, upper)) = interval {
                    line x1=(at) x2=(at) y1=(px(self.y.px(lower))) y2=(px(self.y.px(upper))) {}
                }
                circle cx=(at) cy=(px(self.y.px(y))) r=(px(radius)) {}
            }
        }
    }

    /// A column from `from` to `to` on the x axis, between two heights.
    pub fn column(&self, (from, to): (f64, f64), (low, high): (f64, f64), class: &str, words: &str) -> Markup {
        let (left, right) = (self.x.px(from), self.x.px(to));
        let (bottom, top) = (self.y.px(low), self.y.px(high));
        html! {
            rect class=(class) x=(px(left + 0.6)) width=(px((right - left - 1.2).max(0.4)))
                y=(px(top)) height=(px((bottom - top).max(0.0))) { title { (words) } }
        }
    }
}
