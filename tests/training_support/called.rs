//! A world in which nobody converts whom sales does not call, and sales calls whom the score tells it to: engaged leads, and of the others those
//! that are flagged. So nothing shows what is missed but exploration.

use needle::decision::Explorer;
use needle::lead::fold::Said;
use needle::random::Random;
use needle::touchpoint::Mark;

use super::{Archive, CONFIG, DAY_MS, HOUR_MS, START_MS};

/// The bits of the themes of `CONFIG`.
const PRICING: u64 = 1;
const DOCS: u64 = 2;

/// Chances to convert, of a lead that is called.
pub const ENGAGED: f64 = 0.2;
pub const READS_DOCS: f64 = 0.35;
pub const NEITHER: f64 = 0.02;
/// Of the leads that are not engaged, so many in ten read the docs.
const READERS: usize = 2;
/// The chance of a low lead that is called.
pub const LOW: f64 = (READERS as f64 * READS_DOCS + (10 - READERS) as f64 * NEITHER) / 10.0;

/// What sales does with flags.
#[derive(Clone, Copy, PartialEq)]
pub enum Sales {
    HeedsFlags,
    /// Now and then it calls somebody who is low, by whatever rule of its own.
    OverlooksFlags,
}

pub fn config(share: f64) -> String {
    format!("{CONFIG}\n[exploration]\nshare = {share:?}\n")
}

/// `leads` known leads of three weeks, a fifth of them engaged, and a tenth as many anonymous ones. Each comes back once or twice; calls come within half a day and three days, and three
/// days later the outcome.
pub fn world(share: f64, sales: Sales, leads: usize, seed: u64) -> Archive {
    world_until(60, share, sales, leads, seed)
}

/// As [`world`], after so many days.
pub fn world_until(days: i64, share: f64, sales: Sales, leads: usize, seed: u64) -> Archive {
    let mut archive = Archive::new(&config(share));
    let explorer = Explorer::new(&archive.assembly.config);
    let mut events = Vec::new();
    for lead in 0..leads {
        let mut random = Random::fork(seed, lead as u64);
        let name = format!("u{seed}-{lead}");
        let (engaged, reads) = (random.below(5) == 0, random.below(10) < READERS);
        let (themes, chance) = match (engaged, reads) {
            (true, _) => (PRICING, ENGAGED),
            (false, true) => (DOCS, READS_DOCS),
            (false, false) => (0, NEITHER),
        };
        let first_ms = START_MS + random.below(21 * 24) as i64 * HOUR_MS + 1;
        let mut visits = vec![first_ms, first_ms + DAY_MS + random.below(4) as i64 * HOUR_MS];
        if engaged {
            visits.extend((1..8).map(|minute| first_ms + minute * 60_000));
        }
        let is_called = match sales {
            _ if engaged => true,
            Sales::HeedsFlags => explorer.draws(&format!("default/{name}")),
            Sales::OverlooksFlags => random.below(10) == 0,
        };
        let called_ms = first_ms + (12 + random.below(60) as i64) * HOUR_MS;
        if is_called {
            events.push((called_ms, name.clone(), Mark::Contact, 0));
            if random.unit() < chance {
                events.push((called_ms + 3 * DAY_MS, name.clone(), Mark::Positive, 0));
            }
        }
        events.extend(visits.into_iter().map(|at_ms| (at_ms, name.clone(), Mark::None, themes)));
    }
    // Nobody can call whom nobody knows.
    for lead in 0..leads / 10 {
        let mut random = Random::fork(!seed, lead as u64);
        let at_ms = START_MS + random.below(21 * 24) as i64 * HOUR_MS + 2;
        events.push((at_ms, format!("a{seed}-{lead}"), Mark::None, 0));
    }
    events.sort();
    events.truncate(events.partition_point(|(at_ms, ..)| *at_ms < START_MS + days * DAY_MS));
    let mut next_ms = START_MS;
    for (at_ms, name, mark, themes) in events {
        while at_ms >= next_ms {
            archive.increment();
            next_ms += 6 * HOUR_MS;
        }
        let known = Said { known: !name.starts_with('a'), ..Said::default() };
        archive.fold_named("default", &name, at_ms, mark, themes, known);
    }
    // The clock goes on.
    archive.fold_named("default", "last", START_MS + days * DAY_MS, Mark::None, 0, Said::default());
    archive.increment();
    archive
}
