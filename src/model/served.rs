//! Which model serves which tenant.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Model, Scored};

/// The models that are served together, each to its tenants. Never changed, and shared between threads: whoever holds one has one answer
/// for as long as he holds it, and a swap is another set.
#[derive(Clone, Debug)]
pub struct Served {
    /// The first one serves every tenant that has none of its own.
    models: Vec<Arc<Model>>,
    /// Tenants that have one, and its place.
    own: HashMap<String, usize>,
}

/// Buffers for [`Served::score`], reused from batch to batch.
#[derive(Default)]
pub struct Room {
    rows: Vec<f64>,
    scored: Vec<Scored>,
}

impl Served {
    /// One model for all.
    pub fn one(model: Arc<Model>) -> Self {
        Self { models: vec![model], own: HashMap::new() }
    }

    /// `others` serves whoever is not named.
    pub fn new(others: Arc<Model>, named: impl IntoIterator<Item = (String, Arc<Model>)>) -> Self {
        let mut served = Self::one(others);
        for (tenant, model) in named {
            served.own.insert(tenant, served.models.len());
            served.models.push(model);
        }
        served
    }

    /// The place of a tenant's model, for [`Served::model`] and [`Served::score`].
    pub fn place(&self, tenant: &str) -> usize {
        // Most services have one model for all.
        if self.own.is_empty() { 0 } else { self.own.get(tenant).copied().unwrap_or(0) }
    }

    /// The model at a place that [`Served::place`] of this very set has given.
    pub fn model(&self, place: usize) -> &Model {
        &self.models[place]
    }

    pub fn of(&self, tenant: &str) -> &Arc<Model> {
        &self.models[self.place(tenant)]
    }

    /// Replaces `out` by what each of `rows` is worth to its own tenant's model. `rows` is a matrix, row after row, with `width` values
    /// each; `places` has one place for each of them. Rows of one model are scored together.
    pub fn score(&self, rows: &[f64], width: usize, places: &[usize], room: &mut Room, out: &mut Vec<Scored>) {
        out.clear();
        let Some(&first) = places.first() else { return };
        if places.iter().all(|place| *place == first) {
            return self.models[first].score(rows, width, out);
        }
        out.resize(places.len(), Scored::default());
        for (row, place) in places.iter().enumerate() {
            if places[..row].contains(place) {
                continue;
            }
            let its = || (row..places.len()).filter(|row| places[*row] == *place);
            room.rows.clear();
            its().for_each(|row| room.rows.extend_from_slice(&rows[row * width..][..width]));
            self.models[*place].score(&room.rows, width, &mut room.scored);
            its().zip(&room.scored).for_each(|(row, scored)| out[row] = *scored);
        }
    }
}
