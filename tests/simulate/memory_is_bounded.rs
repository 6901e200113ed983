//! What is kept is the leads that live: it grows with how many come within a month, not with how long the simulation is.

use needle::simulate::Journeys;
use needle::simulate::law::Law;

use crate::support::plan;

/// The most that was kept at once, and leads in all.
fn most_kept(leads: u32, days: u32) -> usize {
    let mut journeys = Journeys::by(&plan(9, leads, days), Law::USUAL, None);
    let mut most = 0;
    while journeys.watch().is_some() {
        most = most.max(journeys.kept());
    }
    assert_eq!(journeys.census().leads, u64::from(leads));
    most
}

#[test]
fn memory_is_bounded() {
    let (short, long) = (most_kept(1_000, 200), most_kept(8_000, 1_600));
    // As many a day in both: the same leads live at once, and the window of arrivals is a 64th of all.
    assert!(long < 2 * short + 8_000 / 64, "{long} are kept of 8,000 leads, {short} of 1,000");
    assert!(long < 8_000 / 5, "{long}");
}
