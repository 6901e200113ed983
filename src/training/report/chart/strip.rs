//! Small charts within the rows of a table, all on one scale.

use maud::{Markup, html};

use super::px;
use super::scale::Scale;

/// A bar from the left, `value` of `most`. The number stands beside it, so it is hidden from who listens.
pub fn bar(value: f64, most: f64, class: &str) -> Markup {
    let length = Scale::new(0.0, most, 0.0, 100.0).px(value.max(0.0));
    html! {
        svg class=(format!("bar {class}")) viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" {
            rect.track width="100" height="10" {}
            @if length > 0.0 { rect.fill width=(px(length)) height="10" {} }
        }
    }
}

/// A bar to the left for less than nothing, to the right for more.
pub fn diverging(value: f64, most: f64) -> Markup {
    let at = Scale::new(-most, most, 0.0, 100.0).px(if value.is_finite() { value } else { 0.0 });
    let class = if value < 0.0 { "down" } else { "up" };
    html! {
        svg.bar viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" {
            rect class=(class) x=(px(at.min(50.0))) width=(px((at - 50.0).abs())) height="10" {}
            rect.zero x="49.75" width="0.5" height="10" {}
        }
    }
}

/// A dot with its interval, on a scale shared by all rows; `reference` is an upright line across them.
pub fn whisker(value: f64, interval: Option<(f64, f64)>, range: (f64, f64), reference: Option<f64>) -> Markup {
    let x = Scale::new(range.0, range.1, 6.0, 214.0);
    html! {
        svg.whisker viewBox="0 0 220 22" aria-hidden="true" {
            line.track x1="0" x2="220" y1="11" y2="11" {}
            @if let Some(at) = reference.filter(|at| at.is_finite()) {
                line.reference x1=(px(x.px(at))) x2=(px(x.px(at))) y1="0" y2="22" {}
            }
            @if let Some((lower, upper)) = interval {
                line.interval x1=(px(x.px(lower))) x2=(px(x.px(upper))) y1="11" y2="11" {}
            }
            @if value.is_finite() { circle cx=(px(x.px(value))) cy="11" r="4.5" {} }
        }
    }
}
