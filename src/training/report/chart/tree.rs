//! A decision tree, root to the left, `yes` above `no`; and the same as a nested list.

use maud::{Markup, html};

use super::px;
use crate::training::report::data::{Node, Split, Tree};
use crate::training::report::words::{amount, cut, percent};

/// Nodes that are drawn; deeper ones are in the JSON.
const MOST_NODES: usize = 63;
const MOST_DEPTH: usize = 8;
const BOX_WIDTH: f64 = 186.0;
const BOX_HEIGHT: f64 = 54.0;
const COLUMN: f64 = 244.0;
const ROW: f64 = 64.0;
/// Characters of a line of the question.
const LINE: usize = 30;

/// A node in its place.
struct Placed<'a> {
    node: &'a Node,
    x: f64,
    y: f64,
    /// Places, within the list of those placed, of the answers to its question.
    children: Option<(usize, usize)>,
}

/// The drawing, in its natural size, and the list. Nothing where there is no root.
pub fn tree(tree: &Tree) -> Markup {
    let mut placed = Vec::new();
    let mut seen = vec![false; tree.nodes.len()];
    let mut rows = 0.0;
    let Some(root) = place(tree, 0, 0, &mut seen, &mut rows, &mut placed) else {
        return html! {};
    };
    let width = placed.iter().map(|node| node.x).fold(0.0, f64::max) + BOX_WIDTH + 2.0;
    let height = rows * ROW;
    let alt =
        "Decision tree: each box asks a question, its branches are the answers. The same as a list follows below.";
    html! {
        div.wide tabindex="0" role="group" aria-label="Decision tree, can be scrolled" {
            svg.tree viewBox=(format!("0 0 {} {}", px(width), px(height))) width=(px(width)) height=(px(height))
                role="img" aria-label=(alt) {
                @for node in &placed { (branches(node, &placed)) }
                @for node in &placed { (boxed(node, placed[root].node.probability)) }
            }
        }
        details { summary { "The tree as a list" } ul.tree { li { (listed(root, &placed)) } } }
    }
}

/// Puts a node and all below it in place, children first. A place that is nowhere, or was there before, has no node.
fn place<'a>(
    tree: &'a Tree,
    at: usize,
    depth: usize,
    seen: &mut [bool],
    rows: &mut f64,
    placed: &mut Vec<Placed<'a>>,
) -> Option<usize> {
    let node = tree.nodes.get(at)?;
    if std::mem::replace(seen.get_mut(at)?, true) {
        return None;
    }
    let open = depth < MOST_DEPTH && placed.len() + 2 < MOST_NODES;
    let children = node.split.as_ref().filter(|_| open).and_then(|split| {
        let yes = place(tree, split.yes, depth + 1, seen, rows, placed)?;
        Some((yes, place(tree, split.no, depth + 1, seen, rows, placed)?))
    });
    let y = match children {
        Some((yes, no)) => (placed[yes].y + placed[no].y) / 2.0,
        None => {
            *rows += 1.0;
            (*rows - 0.5) * ROW
        }
    };
    placed.push(Placed { node, x: depth as f64 * COLUMN + 1.0, y, children });
    Some(placed.len() - 1)
}

fn branches(node: &Placed, placed: &[Placed]) -> Markup {
    let Some((yes, no)) = node.children else {
        return html! {};
    };
    let start = node.x + BOX_WIDTH;
    html! {
        @for (child, answer) in [(&placed[yes], "yes"), (&placed[no], "no")] {
            @let bend = (start + child.x) / 2.0;
            path.branch d=(format!(
                "M{} {}C{} {} {} {} {} {}",
                px(start), px(node.y), px(bend), px(node.y), px(bend), px(child.y), px(child.x), px(child.y)
            )) {}
            text.answer x=(px(child.x - 5.0)) y=(px(child.y - 5.0)) text-anchor="end" { (answer) }
        }
    }
}

fn boxed(placed: &Placed, usual: f64) -> Markup {
    let Placed { node, x, y, .. } = placed;
    let top = y - BOX_HEIGHT / 2.0;
    let question = node.split.as_ref().filter(|_| placed.children.is_some());
    let kind = if question.is_some() { "asks".into() } else { format!("leaf h{}", heat(node.probability, usual)) };
    let share = format!("{} of {} convert", percent(node.probability), amount(node.rows));
    html! {
        g class=(kind) {
            title { @if let Some(split) = question { (cut(&split.question, 200)) " " } (share) }
            rect x=(px(*x)) y=(px(top)) width=(BOX_WIDTH) height=(BOX_HEIGHT) rx="7" {}
            @match question {
                Some(Split { question, .. }) => {
                    @for (nth, line) in two_lines(question).iter().enumerate() {
                        text x=(px(x + 9.0)) y=(px(top + 17.0 + nth as f64 * 14.0)) { (line) }
                    }
                    text.small x=(px(x + 9.0)) y=(px(top + BOX_HEIGHT - 7.0)) { (share) }
                }
                None => {
                    text.big x=(px(x + 9.0)) y=(px(y - 1.0)) { (percent(node.probability)) " convert" }
                    text.small x=(px(x + 9.0)) y=(px(y + 16.0)) { "of " (amount(node.rows)) " rows" }
                }
            }
        }
    }
}

/// How much more than usual: from 0, a quarter of it or less, to 4, four times as much or more.
fn heat(probability: f64, usual: f64) -> u8 {
    let doublings = (probability / usual).log2();
    if doublings.is_nan() { 2 } else { (doublings.clamp(-2.0, 2.0) + 2.0).round() as u8 }
}

/// Broken at a blank, if there is one; what is still too long is cut.
fn two_lines(text: &str) -> Vec<String> {
    let head: String = text.chars().take(LINE + 1).collect();
    if head.chars().count() <= LINE {
        return vec![head];
    }
    match head.rfind(' ') {
        Some(blank) if blank > 0 => vec![text[..blank].into(), cut(text[blank..].trim_start(), LINE)],
        _ => vec![cut(text, LINE)],
    }
}

fn listed(at: usize, placed: &[Placed]) -> Markup {
    let Placed { node, children, .. } = &placed[at];
    html! {
        @if let (Some(split), Some((yes, no))) = (&node.split, children) {
            bdi { (cut(&split.question, 200)) }
            " (" (percent(node.probability)) " of " (amount(node.rows)) ")"
            ul {
                li { b { "yes: " } (listed(*yes, placed)) }
                li { b { "no: " } (listed(*no, placed)) }
            }
        } @else {
            (percent(node.probability)) " of " (amount(node.rows)) " convert"
        }
    }
}
