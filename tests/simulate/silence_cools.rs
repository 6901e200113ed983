//! Day by day of silence a lead's probability falls, and at the end it is nothing; a touch raises it.

use std::collections::HashMap;

use needle::simulate::law::{LEAST_INTEREST, Law, decayed};
use needle::simulate::outlook::Outlook;
use needle::simulate::truth::Truth;
use needle::simulate::{Journeys, Seen};

use crate::support::{HORIZON_DAYS, plan};

#[test]
fn silence_cools() {
    let plan = plan(12, 600, 200);
    let law = Law::USUAL.times(4.0);
    let mut journeys = Journeys::by(&plan, law, Some(Outlook::new(&law, HORIZON_DAYS)));
    let mut last: HashMap<String, Truth> = HashMap::new();
    let (mut falls, mut rises, mut gone) = (0, 0, 0);
    while let Some(seen) = journeys.watch() {
        match seen {
            Seen::Event(_, truth) => {
                last.extend(truth.map(|truth| (truth.lead.clone(), truth)));
            }
            Seen::Silence(truth) => {
                let before = last.insert(truth.lead.clone(), truth.clone()).expect("silence after something");
                // A day is no more than a day, whatever ends it.
                assert!((1..=86_400_000).contains(&(truth.at_ms - before.at_ms)), "{truth:?} after {before:?}");
                falls += u32::from(truth.probability < before.probability);
                // Weekends give and take some active time; and a lead gets older, which raises what is left.
                rises += u32::from(truth.probability > 1.15 * before.probability);
                gone += u32::from(truth.probability == 0.0);
            }
        }
    }
    let silences = falls + rises;
    assert!(silences > 5_000 && rises * 50 < silences, "{rises} of {silences} rose");
    assert!(gone > 200, "{gone}");
    assert!(decayed(1.0, 8.0) == 0.5 && decayed(LEAST_INTEREST, 1.0) < LEAST_INTEREST);
}
