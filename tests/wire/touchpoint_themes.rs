//! A touchpoint has every theme that a rule over its address, title or name gives it, and no other.

use needle::config::{Outcomes, Theme};
use needle::touchpoint::{Reader, Taxonomy, TaxonomyError};
use needle::wire::event::{Campaign, Event, EventType, Page};
use proptest::prelude::*;

fn theme(name: &str, url: &[&str], title: &[&str], event: &[&str]) -> Theme {
    let owned = |rules: &[&str]| rules.iter().map(|rule| rule.to_string()).collect();
    Theme {
        name: name.into(),
        url: owned(url),
        title: owned(title),
        event: owned(event),
        high_intent: name == "pricing",
    }
}

fn compile(themes: &[Theme]) -> Result<Taxonomy, TaxonomyError> {
    Taxonomy::compile(themes, &Outcomes { positive: vec![], negative: vec![], contact: vec![], repeat: false })
}

fn event<'a>(kind: EventType, name: Option<&'a str>, page: Page<'a>) -> Event<'a> {
    Event {
        tenant: "default",
        lead: "u-1",
        known: true,
        kind,
        id: "m-1",
        name,
        at_ms: 0,
        page,
        campaign: Campaign::default(),
        offline: false,
        form_completeness: None,
        traits: &[],
    }
}

fn themes() -> Vec<Theme> {
    vec![
        theme("docs", &["^/docs\\b"], &[], &[]),
        theme("pricing", &["^/pricing", "/plans", "[?&]tab=pricing"], &["(?i)price"], &["Pricing Viewed"]),
        theme("silent", &[], &[], &[]),
        theme("security", &["security"], &["Security", "Prices"], &["^Security "]),
    ]
}

#[test]
fn rules_over_address_title_and_name() {
    use EventType::{Identify, Page as View, Screen, Track};
    let taxonomy = compile(&themes()).expect("good rules");
    assert_eq!((taxonomy.high_intent(), taxonomy.theme_names().len()), (0b0010, 4));
    let mut reader = Reader::new(&taxonomy);
    let none = Page::default();
    let url = |url| Page { url: Some(url), ..none };
    let path =
        |path, search| Page { path: Some(path), search: Some(search), url: Some("https://acme.com/other"), ..none };
    let title = |title| Page { title: Some(title), ..none };
    for (event, wanted) in [
        (event(View, None, url("https://acme.com/pricing")), 0b0010),
        (event(View, None, url("https://acme.com/docs/plans?q=security#x")), 0b1011),
        (event(View, None, url("https://acme.com/docs#security")), 0b0001),
        (event(View, None, url("https://security.acme.com")), 0),
        (event(View, None, path("/docs", "?tab=pricing")), 0b0011),
        (event(View, None, path("/docs", "tab=pricing")), 0b0011),
        (event(View, None, path("/x?tab=pricing", "security")), 0b0010),
        (event(View, None, path("/x/pricing", "")), 0),
        (event(View, None, title("Our Prices")), 0b1010),
        (event(View, Some("Security"), title("Our price")), 0b1010),
        (event(Screen, Some("Price list"), none), 0b0010),
        (event(Track, Some("Pricing Viewed"), url("/docs")), 0b0011),
        (event(Track, Some("pricing viewed"), none), 0),
        (event(Track, Some("Security Audit Requested"), none), 0b1000),
        (event(Track, Some("Prices"), none), 0),
        (event(View, Some("Pricing Viewed"), none), 0),
        (event(Identify, Some("Prices"), url("https://acme.com/plans")), 0b0010),
    ] {
        assert_eq!(reader.read(&event).themes, wanted, "{event:?}");
    }
}

#[test]
fn bad_rules_are_named() {
    let error = compile(&[theme("good", &["a"], &[], &[]), theme("bad", &["b"], &["ok", "(x"], &[])])
        .expect_err("an open group");
    assert!(
        matches!(&error, TaxonomyError::Rule { theme, field: "title", rule, reason }
            if theme == "bad" && rule == "(x" && reason.contains("unclosed group")),
        "{error}"
    );
    let huge = theme("huge", &["\\w{5000}{100}"], &[], &[]);
    assert!(matches!(compile(&[huge]), Err(TaxonomyError::Rules { field: "url", .. } | TaxonomyError::Rule { .. })));
    let many: Vec<Theme> = (0..65).map(|n| theme(&n.to_string(), &["x"], &[], &[])).collect();
    assert_eq!(compile(&many).expect_err("a 65th theme"), TaxonomyError::TooManyThemes(65));
    let full = compile(&many[..64]).expect("64 themes");
    assert_eq!(
        Reader::new(&full).read(&event(EventType::Page, None, Page { path: Some("x"), ..Page::default() })).themes,
        u64::MAX
    );
}

proptest! {
    /// One pass over all rules says what each rule says by itself.
    #[test]
    fn one_pass_equals_rule_by_rule(paths in proptest::collection::vec("(/(docs|pricing|plans|é|[a-z?&=]{0,6})){0,4}", 1..8)) {
        let themes = themes();
        let mut reader = Reader::new(&compile(&themes).expect("good rules"));
        for path in paths.iter().filter(|path| !path.is_empty()) {
            let wanted = themes.iter().zip(0..).fold(0, |all, (theme, bit)| {
                let hit = theme.url.iter().any(|rule| regex::Regex::new(rule).expect("a regex").is_match(path));
                all | u64::from(hit) << bit
            });
            let page = Page { path: Some(path), ..Page::default() };
            prop_assert_eq!(reader.read(&event(EventType::Page, None, page)).themes, wanted, "{}", path);
        }
    }
}
