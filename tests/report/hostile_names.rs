//! Names of tenants, leads and features may hold anything: none becomes markup, and none turns the text around it.

use needle::training::report::html;
use scraper::{Html, Selector};

use crate::report_support::hostile::{PAYLOAD, hostile};
use crate::report_support::{day_zero, full};

fn count(page: &Html, selector: &str) -> usize {
    page.select(&Selector::parse(selector).unwrap()).count()
}

#[test]
fn no_name_becomes_markup() {
    for report in [full(), day_zero()] {
        let (plain, hostile) = (Html::parse_document(&html(&report)), Html::parse_document(&html(&hostile(&report))));
        for element in ["script", "style", "title", "h1", "main", "section", "form", "a"] {
            assert_eq!(count(&plain, element), count(&hostile, element), "{element}");
        }
        for forbidden in ["img", "iframe", "object", "embed", "link", "base", "script[src]"] {
            assert_eq!(count(&hostile, forbidden), 0, "{forbidden}");
        }
        for element in hostile.select(&Selector::parse("*").unwrap()) {
            for (name, _) in element.value().attrs() {
                assert!(!name.starts_with("on") && name != "style" && !name.contains(['<', '"', '\'']), "{name}");
            }
        }
    }
}

#[test]
fn names_are_said_as_they_are() {
    let page = Html::parse_document(&html(&hostile(&full())));
    let said = PAYLOAD.replace(['\u{202e}', '\0', '\u{8}'], "\u{fffd}");
    for selector in ["h1", "table.leads th.lead", "ul.findings code", "ul.causes li bdi", "#verdict h2"] {
        let selector = Selector::parse(selector).unwrap();
        let mut texts = page.select(&selector).map(|element| element.text().collect::<String>()).peekable();
        assert!(texts.peek().is_some(), "{selector:?}");
        assert!(texts.all(|text| text == said), "{selector:?}");
    }
}

#[test]
fn nothing_turns_the_direction() {
    let page = html(&hostile(&full()));
    assert!(
        !page.contains(|c: char| c.is_control() && c != '\n' && c != '\t' || ('\u{202a}'..='\u{202e}').contains(&c))
    );
}
