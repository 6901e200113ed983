//! Who moves when the new model takes over: every lead as it stands in the newest snapshots, by both models.

use std::collections::BTreeMap;

use super::side::Side;
use crate::decision::Bands;
use crate::features::Schema;
use crate::model::{Explanation, Model, Scored, Scratch};
use crate::storage::store;
use crate::training::dataset::Newest;
use crate::training::report::data::{Move, MoveCause, Moves, Transition};
use crate::wire::tenant::DEFAULT_TENANT;

/// Leads that are named.
const NAMED: usize = 50;
/// Features that are named of each.
const CAUSES: usize = 3;
/// Leads that are scored at once.
const BLOCK: usize = 512;

/// `None` where no lead can be read.
pub fn moves(side: &Side<'_>, tenant: &str, old: &Model, new: &Model) -> anyhow::Result<Option<Moves>> {
    let assembly = side.assembly;
    let config = &assembly.config;
    // `default` serves all that have none of their own; those who are to come are not known.
    let only = (tenant != DEFAULT_TENANT).then_some(tenant);
    let mut counting = Counting::new(assembly.schema.as_ref(), old, new, Bands::new(&config.scoring.bands));
    let newest = match side.newest.get() {
        Some(newest) => newest,
        None => {
            let store = store::open(&config.snapshots.url).map_err(anyhow::Error::from)?;
            let listed = Newest::list(store, config)?;
            side.newest.get_or_init(|| listed)
        }
    };
    newest.each(&assembly.schema, only, &mut |lead, row| counting.lead(lead, row))?;
    Ok(counting.finish(config.scoring.bands.iter().map(|(name, _)| name.clone()).collect()))
}

struct Counting<'a> {
    schema: &'a Schema,
    models: [&'a Model; 2],
    bands: Bands,
    /// Leads that wait to be scored, and their rows.
    names: Vec<String>,
    rows: Vec<f64>,
    scratch: Scratch,
    scores: [Vec<Scored>; 2],
    transitions: BTreeMap<(String, String), u64>,
    compared: u64,
    up: u64,
    down: u64,
    /// The farthest, each with its row.
    farthest: Vec<(Move, Vec<f64>)>,
}

impl<'a> Counting<'a> {
    fn new(schema: &'a Schema, old: &'a Model, new: &'a Model, bands: Bands) -> Self {
        Self {
            schema,
            models: [old, new],
            bands,
            names: Vec::new(),
            rows: Vec::new(),
            scratch: Scratch::default(),
            scores: Default::default(),
            transitions: BTreeMap::new(),
            compared: 0,
            up: 0,
            down: 0,
            farthest: Vec::new(),
        }
    }

    fn lead(&mut self, lead: &str, row: &[f64]) {
        self.names.push(lead.to_owned());
        self.rows.extend_from_slice(row);
        if self.names.len() == BLOCK {
            self.score();
        }
    }

    fn score(&mut self) {
        let width = self.schema.width();
        for (model, scores) in self.models.iter().zip(&mut self.scores) {
            model.score(&self.rows, width, &mut self.scratch, scores);
        }
        let [old, new] = &self.scores;
        for (at, name) in self.names.drain(..).enumerate() {
            let (old, new) = (old[at], new[at]);
            let (from, to) = (self.bands.name(old.score).to_owned(), self.bands.name(new.score).to_owned());
            self.compared += 1;
            if from != to {
                *(if new.score > old.score { &mut self.up } else { &mut self.down }) += 1;
                let moved = Move {
                    lead: name,
                    from_band: from.clone(),
                    to_band: to.clone(),
                    from_score: f64::from(old.score),
                    to_score: f64::from(new.score),
                    because: Vec::new(),
                };
                self.farthest.push((moved, self.rows[at * width..(at + 1) * width].to_vec()));
            }
            *self.transitions.entry((from, to)).or_default() += 1;
        }
        self.rows.clear();
        let far = |(moved, _): &(Move, Vec<f64>)| (moved.to_score - moved.from_score).abs();
        self.farthest.sort_by(|a, b| far(b).total_cmp(&far(a)).then_with(|| a.0.lead.cmp(&b.0.lead)));
        self.farthest.truncate(NAMED);
    }

    fn finish(mut self, bands: Vec<String>) -> Option<Moves> {
        self.score();
        if self.compared == 0 {
            return None;
        }
        let mut leads = Vec::new();
        for (mut moved, row) in std::mem::take(&mut self.farthest) {
            moved.because = self.causes(&row);
            leads.push(moved);
        }
        let transitions = self.transitions.into_iter();
        let transitions = transitions.map(|((from, to), leads)| Transition { from, to, leads }).collect();
        Some(Moves { compared: self.compared, up: self.up, down: self.down, bands, transitions, leads })
    }

    /// The features that the two models see most differently.
    fn causes(&mut self, row: &[f64]) -> Vec<MoveCause> {
        let mut points: BTreeMap<usize, f64> = BTreeMap::new();
        for (model, sign) in self.models.iter().zip([-1.0, 1.0]) {
            let mut explanation = Explanation::default();
            model.explain(row, self.schema.width(), &mut self.scratch, std::slice::from_mut(&mut explanation));
            for (column, share) in explanation.contributions {
                *points.entry(column).or_default() += sign * share;
            }
        }
        let mut points: Vec<_> = points.into_iter().collect();
        points.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        let cause = |&(column, points): &(usize, f64)| {
            let mut text = String::new();
            self.schema.sentence(column, row[column], &mut text);
            MoveCause { feature: self.schema.features()[column].name.clone(), text, points }
        };
        points.iter().take(CAUSES).map(cause).collect()
    }
}
