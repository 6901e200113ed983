//! Bots click every section, many pages in a minute or two; none is ever called or buys, and the truth says 0 of them.

use std::collections::{BTreeMap, BTreeSet};

use needle::simulate::law::Law;
use needle::simulate::outlook::Outlook;
use needle::simulate::{Journeys, Seen};

use crate::support::{HORIZON_DAYS, plan, says};

#[test]
fn bots_click_and_never_buy() {
    let plan = plan(8, 1_500, 90);
    let outlook = Outlook::new(&Law::BRISK, HORIZON_DAYS);
    let mut journeys = Journeys::by(&plan, Law::BRISK, Some(outlook));
    let mut pages: BTreeMap<String, u32> = BTreeMap::new();
    let mut sections: BTreeSet<String> = BTreeSet::new();
    while let Some(seen) = journeys.watch() {
        let Seen::Event(happening, truth) = seen else { continue };
        if !says(&happening, "ExampleBot") {
            continue;
        }
        assert!(says(&happening, r#""type":"page""#), "{happening:?}");
        let text = String::from_utf8(happening.event).expect("UTF-8");
        let (_, path) = text.split_once(r#""path":"/"#).expect("a path");
        sections.insert(path.split(['/', '"']).next().expect("a section").to_owned());
        *pages.entry(happening.key).or_default() += 1;
        assert_eq!(truth.map(|truth| truth.probability), Some(0.0));
    }
    assert_eq!(pages.len() as u64, journeys.census().bots);
    // Of 1,500 leads 3 % are bots: 45, within four standard deviations of 6.6.
    assert!((19..=71).contains(&pages.len()), "{}", pages.len());
    // A bot that came shortly before the end has had no second visit.
    assert!(pages.values().all(|pages| *pages >= 15), "{pages:?}");
    for section in ["pricing", "demo", "careers", "blog", "product", "contact-sales"] {
        assert!(sections.contains(section), "{section} is not among {sections:?}");
    }
}
