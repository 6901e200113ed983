//! The page needs nothing beside itself, and its policy forbids it to ask.

use base64::Engine;
use needle::training::report::html;
use scraper::{Html, Selector};
use sha2::{Digest, Sha256};

use crate::report_support::{day_zero, full};

#[test]
fn nothing_is_fetched() {
    for report in [full(), day_zero()] {
        let page = html(&report);
        for outside in
            ["http:", "https:", "url(", "@import", " src=", "srcset", "<link", "<base", "fetch(", "XMLHttp", "import("]
        {
            assert!(!page.contains(outside), "{outside}");
        }
    }
}

#[test]
fn links_lead_to_places_in_the_page() {
    for report in [full(), day_zero()] {
        let page = Html::parse_document(&html(&report));
        let mut links = 0;
        for link in page.select(&Selector::parse("a").unwrap()) {
            let target = link.attr("href").and_then(|href| href.strip_prefix('#')).expect("a place in the page");
            assert_eq!(page.select(&Selector::parse(&format!("[id='{target}']")).unwrap()).count(), 1, "{target}");
            links += 1;
        }
        assert!(links >= 3);
    }
}

#[test]
fn the_policy_lets_nothing_run_but_what_is_ours() {
    let page = Html::parse_document(&html(&full()));
    let policy = Selector::parse("head > meta[http-equiv='Content-Security-Policy']").unwrap();
    let policy = page.select(&policy).next().and_then(|meta| meta.attr("content")).expect("a policy");
    let hash = |element: &str| {
        let elements: Vec<_> = page.select(&Selector::parse(element).unwrap()).collect();
        assert_eq!(elements.len(), 1, "{element}");
        let text: String = elements[0].text().collect();
        base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text))
    };
    let (style, script) = (hash("style"), hash("script"));
    let expected = format!(
        "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'"
    );
    assert_eq!(policy, expected, "the hashes in page.rs are those of page/style.css and page/slider.js");
    // A style in an attribute has no hash, and would be ignored.
    assert_eq!(page.select(&Selector::parse("[style]").unwrap()).count(), 0);
}
