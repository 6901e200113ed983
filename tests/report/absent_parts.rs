//! A part that is not there leaves no heading, no link, no empty table.

use needle::training::report::{Report, html};
use scraper::{Html, Selector};

use crate::report_support::full;

/// Place on the page, and how the part is taken out.
type Part = (&'static str, fn(&mut Report));

const PARTS: [Part; 12] = [
    ("learned", |report| report.learned = None),
    ("factors", |report| report.learned = None),
    ("bands", |report| report.bands.clear()),
    ("threshold", |report| report.thresholds = None),
    ("moves", |report| report.moves = None),
    ("exploration", |report| report.exploration = None),
    ("contest", |report| report.contest = None),
    ("curves", |report| report.curves = None),
    ("tree", |report| report.tree = None),
    ("lint", |report| report.lint.clear()),
    ("drift", |report| report.drift = None),
    ("truth", |report| report.truth = None),
];

fn texts(page: &Html, selector: &str) -> Vec<String> {
    page.select(&Selector::parse(selector).unwrap()).map(|element| element.text().collect()).collect()
}

#[test]
fn what_is_absent_is_not_spoken_of() {
    let whole = Html::parse_document(&html(&full()));
    for (id, take_out) in PARTS {
        let title = texts(&whole, &format!("#{id} > h2"));
        assert_eq!(title.len(), 1, "{id} is in the whole report");
        let mut report = full();
        take_out(&mut report);
        let page = Html::parse_document(&html(&report));
        assert!(texts(&page, &format!("#{id}")).is_empty(), "{id}");
        assert!(!texts(&page, "h2, nav a").contains(&title[0]), "{id}");
    }
}

#[test]
fn curves_are_absent_one_by_one() {
    let mut report = full();
    let curves = report.curves.as_mut().unwrap();
    curves.roc.clear();
    curves.learning = None;
    let titles = texts(&Html::parse_document(&html(&report)), "#curves h3");
    assert_eq!(titles, ["Precision and recall", "Gain", "Calibration", "Scores by outcome"]);
}

#[test]
fn without_a_model_what_is_always_known_is_said() {
    let page = Html::parse_document(&html(&Report::default()));
    assert_eq!(texts(&page, "main > section > h2").len(), 3, "verdict, data, words");
    assert!(texts(&page, "table").is_empty());
}
