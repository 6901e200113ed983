//! When a lead goes cold: in how many days its score falls below its band if nothing happens.
//!
//! The features are taken as of days to come, by the function that takes them now, and scored by the same model, all rows that are said
//! together. The day is found by bisection: first the last day of the horizon, and where the score has fallen by then, the middle
//! of what is left. That is six rows for thirty days, and none for a lead in the lowest band, which cannot fall.
//!
//! The lead is in its band on the day before, and out of it on the day that is found. Where silence never raises a score, it is
//! the first such day. A model may let a score dip and recover by itself; then an earlier dip may have been passed over.

use std::sync::Arc;

use super::rows::Rows;
use crate::config::Config;
use crate::decision::Bands;
use crate::features::{Schema, TimelineIndex};
use crate::lead::codec::CodecError;
use crate::lead::facts::{DAY_MS, Facts};
use crate::lead::leads::Leads;
use crate::model::served::Room;
use crate::model::{Scored, Served};

/// Leads that are looked at together; what is known of them fits a cache.
const AT_ONCE: usize = 64;

/// Looks ahead. Its buffers are reused.
pub struct Forecast {
    schema: Arc<Schema>,
    bands: Bands,
    horizon_days: u32,
    searches: Vec<Search>,
    /// One to each search, in the order in which they were begun.
    leads: Vec<(Facts, TimelineIndex)>,
    matrix: Vec<f64>,
    places: Vec<usize>,
    scored: Vec<Scored>,
}

/// One lead's day is in `(within, below]`.
struct Search {
    /// Which of the rows that are looked at together.
    said: usize,
    lead: usize,
    place: usize,
    as_of_ms: i64,
    /// The lowest score of its band.
    floor: u8,
    within: u32,
    below: u32,
    /// The day that is looked at next.
    next: u32,
}

impl Forecast {
    pub fn new(config: &Config, schema: &Arc<Schema>) -> Self {
        Self {
            schema: schema.clone(),
            bands: Bands::new(&config.scoring.bands),
            horizon_days: config.scoring.horizon_days,
            searches: Vec::new(),
            leads: Vec::new(),
            matrix: Vec::new(),
            places: Vec::new(),
            scored: Vec::new(),
        }
    }

    /// Replaces `days` by the day of each row in `said`: indices into `rows`, into `scored` and into `places`, the places of the models.
    /// `leads` holds the facts of rows that have none of their own.
    pub fn look(
        &mut self,
        (said, rows, leads): (&[usize], &Rows, &Leads),
        (scored, places): (&[Scored], &[usize]),
        models: &Served,
        room: &mut Room,
        days: &mut Vec<Option<u32>>,
    ) -> Result<(), CodecError> {
        days.clear();
        days.resize(said.len(), None);
        for (said, days) in said.chunks(AT_ONCE).zip(days.chunks_mut(AT_ONCE)) {
            self.searches.clear();
            for (place, &index) in said.iter().enumerate() {
                let floor = self.bands.floor(scored[index].score);
                if floor > 0 {
                    self.begin(place, floor, places[index], rows.row(index).as_of_ms, rows.facts(index, leads))?;
                }
            }
            self.search(rows.width(), models, room, days);
        }
        Ok(())
    }

    fn begin(&mut self, said: usize, floor: u8, place: usize, as_of_ms: i64, facts: &[u8]) -> Result<(), CodecError> {
        let (lead, days) = (self.searches.len(), self.horizon_days);
        if self.leads.len() == lead {
            self.leads.push((Facts::default(), self.schema.index_of(&Facts::default())));
        }
        let (known, index) = &mut self.leads[lead];
        known.decode(facts)?;
        *index = self.schema.index_of(known);
        self.searches.push(Search { said, lead, place, as_of_ms, floor, within: 0, below: days + 1, next: days });
        Ok(())
    }

    /// Goes on with all searches until each has found its day.
    fn search(&mut self, width: usize, models: &Served, room: &mut Room, days: &mut [Option<u32>]) {
        while !self.searches.is_empty() {
            self.score(width, models, room);
            let Self { searches, scored, horizon_days, .. } = self;
            let mut scored = scored.iter();
            searches.retain_mut(|search| {
                let Some(scored) = scored.next() else { return false };
                search.go_on(scored.score, *horizon_days, &mut days[search.said])
            });
        }
    }

    /// Each search's next day, all in one matrix.
    fn score(&mut self, width: usize, models: &Served, room: &mut Room) {
        let Self { schema, searches, leads, matrix, places, scored, .. } = self;
        matrix.resize(searches.len() * width, 0.0);
        places.clear();
        for (search, row) in searches.iter().zip(matrix.chunks_exact_mut(width)) {
            let as_of_ms = search.as_of_ms.saturating_add(i64::from(search.next) * DAY_MS);
            let (facts, index) = &leads[search.lead];
            schema.extract_indexed(facts, index, as_of_ms, row);
            places.push(search.place);
        }
        models.score(matrix, width, places, room, scored);
    }
}

impl Search {
    /// Takes in the score of the day that was looked at. Returns whether there is another to look at; else `found` is the answer.
    fn go_on(&mut self, score: u8, horizon_days: u32, found: &mut Option<u32>) -> bool {
        match score < self.floor {
            true => self.below = self.next,
            false => self.within = self.next,
        }
        if self.below - self.within > 1 {
            self.next = self.within + (self.below - self.within) / 2;
            return true;
        }
        // Where it is still within on the last day, what is below lies beyond it.
        *found = Some(self.below).filter(|day| *day <= horizon_days);
        false
    }
}
