//! The table under the slider says what the report says, and the slider has nothing else to show.

use needle::training::report::data::{ThresholdRow, ThresholdRule};
use needle::training::report::html;
use scraper::{ElementRef, Html, Selector};

use crate::report_support::full;

fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

/// The cell's number, as a reader would take it.
fn number(element: &ElementRef, key: &str) -> f64 {
    let cell = element.select(&Selector::parse(&format!("[data-key={key}], [data-show={key}]")).unwrap()).next();
    let text: String = cell.unwrap_or_else(|| panic!("{key}")).text().collect();
    let digits = text.trim_end_matches("\u{202f}%").replace(',', "");
    let value = if digits == "–" { f64::NAN } else { digits.parse().unwrap_or_else(|_| panic!("{text}")) };
    if text.ends_with('%') { value / 100.0 } else { value }
}

fn assert_says(element: &ElementRef, row: &ThresholdRow) {
    let c = row.confusion;
    let counts =
        [("tp", c.true_positives), ("fp", c.false_positives), ("fn", c.false_negatives), ("tn", c.true_negatives)];
    for (key, count) in counts {
        assert_eq!(number(element, key), count, "{key} at {}", row.score);
    }
    let called = c.true_positives + c.false_positives;
    let precision = c.true_positives / called;
    let recall = c.true_positives / (c.true_positives + c.false_negatives);
    let shares = [
        ("precision", precision),
        ("recall", recall),
        ("f1", 2.0 * precision * recall / (precision + recall)),
        ("calls", row.calls_per_day),
    ];
    for (key, share) in shares {
        let said = number(element, key);
        let near = (said - share).abs() <= 0.005 * share.abs() || said.is_nan() && share.is_nan();
        // Where nobody who converts is called precision has no say, and F1 is 0.
        assert!(near || key == "f1" && said == 0.0, "{key} at {}: {said} for {share}", row.score);
    }
    assert_eq!(number(element, "cost"), (c.false_negatives * 10.0 + c.false_positives).round());
}

#[test]
fn each_row_says_its_numbers() {
    let thresholds = full().thresholds.unwrap();
    let page = Html::parse_document(&html(&full()));
    let rows = all(&page, "#threshold-table tbody tr");
    assert_eq!(rows.len(), thresholds.rows.len());
    for (element, row) in rows.iter().zip(&thresholds.rows) {
        assert_says(element, row);
        assert_eq!(element.attr("data-score").and_then(|score| score.parse().ok()), Some(row.score));
    }
}

#[test]
fn what_is_seen_at_first_is_the_chosen_row() {
    let thresholds = full().thresholds.unwrap();
    let page = Html::parse_document(&html(&full()));
    assert_says(&all(&page, "#threshold-panel")[0], &thresholds.rows[thresholds.chosen]);
    let slider = all(&page, "#threshold-slider")[0];
    assert_eq!(slider.attr("value"), Some(thresholds.chosen.to_string().as_str()));
    assert_eq!(slider.attr("max"), Some((thresholds.rows.len() - 1).to_string().as_str()));
    let current = all(&page, "#threshold-table tr[aria-current=true]");
    assert_eq!(current.len(), 1);
    assert_eq!(
        current[0].attr("data-score").and_then(|score| score.parse().ok()),
        Some(thresholds.rows[thresholds.chosen].score)
    );
}

#[test]
fn the_slider_finds_a_cell_for_all_it_shows() {
    let mut report = full();
    for rule in [
        ThresholdRule::BestF1,
        ThresholdRule::Capacity { calls_per_day: 40.0 },
        report.thresholds.clone().unwrap().rule,
    ] {
        report.thresholds.as_mut().unwrap().rule = rule;
        let page = Html::parse_document(&html(&report));
        let keys = |selector, name| -> Vec<_> {
            let mut keys: Vec<_> = all(&page, selector).iter().filter_map(|e| e.attr(name)).map(String::from).collect();
            keys.sort();
            keys
        };
        let shown = keys("#threshold-panel [data-show]", "data-show");
        let mut cells = keys("#threshold-table tbody tr:first-child [data-key]", "data-key");
        cells.retain(|key| key != "score");
        assert_eq!(shown, cells);
        assert_eq!(shown.contains(&"cost".to_string()), matches!(rule, ThresholdRule::Costs { .. }));
    }
}

#[test]
fn with_many_thresholds_the_chosen_one_is_kept() {
    let mut report = full();
    let thresholds = report.thresholds.as_mut().unwrap();
    let row = thresholds.rows[40];
    thresholds.rows = (0..5000).map(|n| ThresholdRow { score: f64::from(n) / 50.0, ..row }).collect();
    thresholds.chosen = 3333;
    let page = Html::parse_document(&html(&report));
    let current = all(&page, "#threshold-table tr[aria-current=true]");
    assert_eq!(current.len(), 1);
    assert_eq!(current[0].attr("data-score"), Some("66.66"));
    let rows = all(&page, "#threshold-table tbody tr");
    let place = all(&page, "#threshold-slider")[0].attr("value").and_then(|place| place.parse::<usize>().ok()).unwrap();
    assert_eq!(rows[place].attr("data-score"), Some("66.66"));
}
