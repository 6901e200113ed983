//! ROC, precision and recall, gain, calibration, the histogram of scores, and how training went on.

use maud::{Markup, html};

use super::metric::told;
use super::{Section, Swatch, figure, legend};
use crate::training::report::chart::{Axis, around, chart};
use crate::training::report::data::{CalibrationBin, Curves, LearningCurve, Line, Report, ScoreBin};
use crate::training::report::words::{amount, percent, short, short_percent};

/// Lines of one chart: as many as can be told apart.
const MOST_LINES: usize = 4;
/// Bins of calibration and histogram: more than there is room for.
const MOST_BINS: usize = 50;

pub fn section(report: &Report) -> Option<Section> {
    let curves = report.curves.as_ref()?;
    let (bins, scores) = (first(&curves.calibration), first(&curves.histogram));
    let drawn = [
        (!curves.roc.is_empty()).then(|| roc(curves)),
        (!curves.precision_recall.is_empty()).then(|| precision_recall(curves)),
        (!curves.gain.is_empty()).then(|| gain(curves)),
        (!bins.is_empty()).then(|| calibration(bins)),
        (!scores.is_empty()).then(|| histogram(scores)),
        curves.learning.as_ref().map(learning),
    ];
    let drawn: Vec<Markup> = drawn.into_iter().flatten().collect();
    if drawn.is_empty() {
        return None;
    }
    let body = html! {
        div.charts { @for chart in drawn { (chart) } }
        @if !bins.is_empty() { (calibration_table(bins)) }
        @if !scores.is_empty() { (histogram_table(scores)) }
    };
    Some(Section::new("curves", "Curves", body))
}

fn first<T>(bins: &[T]) -> &[T] {
    &bins[..bins.len().min(MOST_BINS)]
}

fn share<'a>(label: &'a str) -> Axis<'a> {
    Axis { label, from: 0.0, to: 1.0, show: short_percent }
}

fn lines_of(lines: &[Line]) -> Markup {
    let names: Vec<&str> = lines.iter().take(MOST_LINES).map(|line| line.name.as_str()).collect();
    legend(Swatch::Line, &names)
}

/// The first line last, so that it lies on top.
fn lines(frame: &crate::training::report::chart::Frame, lines: &[Line]) -> Markup {
    html! {
        @for (nth, line) in lines.iter().take(MOST_LINES).enumerate().rev() {
            (frame.line(&line.points, &format!("s{nth}")))
        }
    }
}

fn roc(curves: &Curves) -> Markup {
    let alt = "ROC curve: the higher above the diagonal, the better. The area under it is the AUROC in the table of contestants.";
    let drawn = chart(alt, &share("false positive rate"), &share("true positive rate"), |frame| {
        html! { (frame.reference([0.0, 0.0], [1.0, 1.0])) (lines(frame, &curves.roc)) }
    });
    figure("ROC", "The area below is the AUROC. The diagonal is a coin.", lines_of(&curves.roc), drawn)
}

fn precision_recall(curves: &Curves) -> Markup {
    let alt = format!(
        "Precision-recall curve: the farther up and right, the better. Chance lies at {}.",
        percent(curves.base_rate)
    );
    let drawn = chart(&alt, &share("recall"), &share("precision"), |frame| {
        html! {
            (frame.reference([0.0, curves.base_rate], [1.0, curves.base_rate]))
            (lines(frame, &curves.precision_recall))
        }
    });
    let reading = format!(
        "The more conversions are to be caught, the less sure is each call. A coin stays at {}.",
        percent(curves.base_rate)
    );
    figure("Precision and recall", &reading, lines_of(&curves.precision_recall), drawn)
}

fn gain(curves: &Curves) -> Markup {
    let fifth = curves.gain.first().and_then(|line| at(&line.points, 0.2));
    let alt = match fifth {
        Some(y) => format!("Gain curve: the best-scored fifth of leads holds {} of all conversions.", percent(y)),
        None => "Gain curve: share of conversions by share of leads called, best first.".into(),
    };
    let drawn =
        chart(&alt, &share("share of leads called, best first"), &share("share of conversions reached"), |frame| {
            html! {
                (frame.reference([0.0, 0.0], [1.0, 1.0]))
                (lines(frame, &curves.gain))
                @if let Some(y) = fifth {
                    (frame.note(0.2, &format!("20 % reach {}, lift {}", percent(y), short((y * 50.0).round() / 10.0))))
                }
            }
        });
    figure(
        "Gain",
        "How many conversions are reached by calling the best first. The diagonal calls at random; lift is the multiple of it.",
        lines_of(&curves.gain),
        drawn,
    )
}

/// The height of a line at x, between its points.
fn at(points: &[[f64; 2]], x: f64) -> Option<f64> {
    let after = points.iter().position(|point| point[0] >= x)?;
    let [right, high] = *points.get(after)?;
    let Some([left, low]) = after.checked_sub(1).and_then(|before| points.get(before)).copied() else {
        return Some(high);
    };
    Some(if right > left { low + (high - low) * (x - left) / (right - left) } else { high })
}

fn calibration(bins: &[CalibrationBin]) -> Markup {
    let highs = bins
        .iter()
        .flat_map(|bin| [bin.foretold, bin.observed.interval().map_or(bin.observed.value, |(_, upper)| upper)]);
    let most = (highs.filter(|high| high.is_finite()).fold(0.01, f64::max) * 1.05).min(1.0);
    let rows = bins.iter().map(|bin| bin.rows).fold(1.0, f64::max);
    let axis = |label| Axis { label, from: 0.0, to: most, show: short_percent };
    let drawn = chart(
        "Calibration: foretold probability against the share that converted. See the table below.",
        &axis("foretold probability"),
        &axis("share that converted"),
        |frame| {
            html! {
                (frame.reference([0.0, 0.0], [most, most]))
                @for bin in bins {
                    @let words = format!("foretold {}, came {} of {}", percent(bin.foretold), percent(bin.observed.value), amount(bin.rows));
                    (frame.dot(bin.foretold, bin.observed.value, bin.observed.interval(), 3.0 + 4.0 * (bin.rows / rows).max(0.0).sqrt(), &words))
                }
            }
        },
    );
    figure(
        "Calibration",
        "On the diagonal, leads convert as often as was foretold. Larger dots are more leads; the bars are the intervals.",
        html! {},
        drawn,
    )
}

fn histogram(bins: &[ScoreBin]) -> Markup {
    let all =
        |part: fn(&ScoreBin) -> f64| bins.iter().map(part).filter(|rows| rows.is_finite()).sum::<f64>().max(1e-12);
    let (positives, negatives) = (all(|bin| bin.positives), all(|bin| bin.negatives));
    let shares = bins.iter().flat_map(|bin| [bin.positives / positives, bin.negatives / negatives]);
    let most = shares.filter(|share| share.is_finite()).fold(0.01, f64::max) * 1.05;
    let y = Axis { label: "share of each group", from: 0.0, to: most, show: short_percent };
    let x = Axis { label: "score", from: 0.0, to: 100.0, show: short };
    let drawn = chart("Histogram of scores by outcome. See the table below.", &x, &y, |frame| {
        html! {
            @for bin in bins {
                @let words = format!("score {} to {}: {} converted, {} did not", short(bin.from), short(bin.to), amount(bin.positives), amount(bin.negatives));
                @let middle = (bin.from + bin.to) / 2.0;
                (frame.column((bin.from, middle), (0.0, bin.positives / positives), "fill s0", &words))
                (frame.column((middle, bin.to), (0.0, bin.negatives / negatives), "fill s1", &words))
            }
        }
    });
    figure(
        "Scores by outcome",
        "Where the two lie apart, the model tells them apart. Each group adds up to 100 %.",
        legend(Swatch::Area, &["Converted", "Did not"]),
        drawn,
    )
}

fn learning(curve: &LearningCurve) -> Markup {
    let metric = told(curve.metric);
    let all = || curve.train.iter().chain(&curve.validation);
    let (low, high) = around(all().map(|point| point[1]));
    let last = all().map(|point| point[0]).filter(|x| x.is_finite()).fold(1.0, f64::max);
    let y = Axis { label: metric.name, from: low, to: high, show: short };
    let x = Axis { label: &curve.unit, from: 0.0, to: last, show: short };
    let alt = format!("{} by {}, on the data learned from and on a later part that was not.", metric.name, curve.unit);
    let drawn = chart(&alt, &x, &y, |frame| {
        html! {
            (frame.line(&curve.train, "s1"))
            (frame.line(&curve.validation, "s0"))
            @if let Some(stop) = curve.stopped_at { (frame.mark(stop, &format!("stopped at {}", short(stop)))) }
        }
    });
    let reading = format!("{}. Where the two part, it learns by heart. {}", curve.name, metric.better());
    figure("How training went on", &reading, legend(Swatch::Line, &["Validation", "Training"]), drawn)
}

fn calibration_table(bins: &[CalibrationBin]) -> Markup {
    html! {
        details {
            summary { "Calibration as a table" }
            div.wide tabindex="0" role="group" aria-label="Calibration" {
                table.numbers {
                    thead { tr { @for head in ["Foretold", "Came true", "Interval", "Rows"] { th scope="col" { (head) } } } }
                    tbody {
                        @for bin in bins {
                            tr {
                                th scope="row" { (percent(bin.foretold)) }
                                td { (percent(bin.observed.value)) }
                                td { @if let Some((lower, upper)) = bin.observed.interval() { (percent(lower)) " to " (percent(upper)) } }
                                td { (amount(bin.rows)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn histogram_table(bins: &[ScoreBin]) -> Markup {
    html! {
        details {
            summary { "Scores by outcome as a table" }
            div.wide tabindex="0" role="group" aria-label="Scores by outcome" {
                table.numbers {
                    thead { tr { @for head in ["Score", "Converted", "Did not", "Conversion"] { th scope="col" { (head) } } } }
                    tbody {
                        @for bin in bins {
                            tr {
                                th scope="row" { (short(bin.from)) "–" (short(bin.to)) }
                                td { (amount(bin.positives)) }
                                td { (amount(bin.negatives)) }
                                td { (percent(bin.positives / (bin.positives + bin.negatives))) }
                            }
                        }
                    }
                }
            }
        }
    }
}
