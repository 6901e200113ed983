//! The page is valid, and says in words what it shows.

use std::collections::HashSet;

use needle::training::report::data::Decision;
use needle::training::report::{Report, html};
use scraper::{ElementRef, Html, Selector};

use crate::report_support::hostile::hostile;
use crate::report_support::{day_zero, full};

fn reports() -> Vec<Report> {
    let mut stays = full();
    stays.verdict.decision = Decision::Stays;
    vec![full(), stays, day_zero(), Report::default(), hostile(&full())]
}

fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

#[test]
fn a_strict_parser_minds_nothing() {
    for report in reports() {
        let page = Html::parse_document(&html(&report));
        assert!(page.errors.is_empty(), "{:?}", page.errors);
    }
}

#[test]
fn ids_are_unique_and_labels_lead_to_them() {
    for report in reports() {
        let page = Html::parse_document(&html(&report));
        let ids: Vec<_> = all(&page, "[id]").iter().filter_map(|element| element.attr("id")).collect();
        let unique: HashSet<_> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len());
        for label in all(&page, "[aria-labelledby]") {
            assert!(unique.contains(label.attr("aria-labelledby").unwrap()));
        }
        for label in all(&page, "label, output") {
            assert!(label.attr("for").is_some_and(|id| unique.contains(id)));
        }
    }
}

#[test]
fn who_cannot_see_is_told() {
    for report in reports() {
        let page = Html::parse_document(&html(&report));
        for svg in all(&page, "svg") {
            let named =
                svg.attr("role") == Some("img") && svg.attr("aria-label").is_some_and(|words| !words.is_empty());
            assert!(named || svg.attr("aria-hidden") == Some("true"), "{}", svg.html());
        }
        for table in all(&page, "table") {
            let heads = |scope: &str| table.select(&Selector::parse(&format!("th[scope={scope}]")).unwrap()).count();
            let rows = table.select(&Selector::parse("tbody tr").unwrap()).count();
            assert!(heads("col") >= 2 && heads("row") == rows, "{}", table.html());
        }
        for region in all(&page, "[tabindex], progress") {
            assert!(region.attr("aria-label").is_some_and(|words| !words.is_empty()), "{}", region.html());
        }
        assert_eq!(all(&page, "h1").len(), 1);
    }
}
