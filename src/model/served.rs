//! Which model serves which tenant.

use std::collections::HashMap;
use std::sync::Arc;

use super::drift::Trained;
use super::{Explanation, Model, Scored, Scratch};
use crate::wire::tenant::DEFAULT_TENANT;

/// The models that are served together, each to its tenants. Never changed, and shared between threads: whoever holds one has one answer
/// for as long as he holds it, and a swap is another set.
#[derive(Clone, Debug)]
pub struct Served {
    /// The first one serves every tenant that has none of its own.
    models: Vec<Arc<Model>>,
    /// Of each of them, how its columns lay in training, where its bundle says.
    trained: Vec<Option<Arc<Trained>>>,
    /// Tenants that have one, and its place.
    own: HashMap<String, usize>,
}

/// Buffers for [`Served::score`] and [`Served::explain`], reused from batch to batch.
#[derive(Default)]
pub struct Room {
    rows: Vec<f64>,
    scored: Vec<Scored>,
    explanations: Vec<Explanation>,
    scratch: Scratch,
}

impl Served {
    /// One model for all.
    pub fn one(model: Arc<Model>) -> Self {
        Self { models: vec![model], trained: vec![None], own: HashMap::new() }
    }

    /// `others` serves whoever is not named.
    pub fn new(others: Arc<Model>, named: impl IntoIterator<Item = (String, Arc<Model>)>) -> Self {
        let mut served = Self::one(others);
        for (tenant, model) in named {
            served.own.insert(tenant, served.models.len());
            served.models.push(model);
            served.trained.push(None);
        }
        served
    }

    /// The same, that knows how the columns of a tenant's own model lay in training.
    pub fn trained_on(mut self, tenant: &str, trained: Arc<Trained>) -> Self {
        let place = if tenant == DEFAULT_TENANT { Some(0) } else { self.own.get(tenant).copied() };
        if let Some(place) = place {
            self.trained[place] = Some(trained);
        }
        self
    }

    /// How the columns of each model lay in training, by place.
    pub fn trained(&self) -> impl Iterator<Item = Option<&Arc<Trained>>> {
        self.trained.iter().map(Option::as_ref)
    }

    /// The tenant whose own the model at a place is; that of all others is the default tenant's.
    pub fn owner(&self, place: usize) -> &str {
        self.own.iter().find(|(_, own)| **own == place).map_or(DEFAULT_TENANT, |(tenant, _)| tenant)
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

    /// Every tenant that has a model of its own, in order, and its model.
    pub fn own(&self) -> Vec<(&str, &Arc<Model>)> {
        let mut own: Vec<_> = self.own.iter().map(|(tenant, place)| (tenant.as_str(), &self.models[*place])).collect();
        own.sort_by_key(|(tenant, _)| *tenant);
        own
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
            return self.models[first].score(rows, width, &mut room.scratch, out);
        }
        out.resize(places.len(), Scored::default());
        for row in firsts(places) {
            room.gather(rows, width, places, row);
            self.models[places[row]].score(&room.rows, width, &mut room.scratch, &mut room.scored);
            same(places, row).zip(&room.scored).for_each(|(row, scored)| out[row] = *scored);
        }
    }

    /// Replaces each of `out`, one to a row, by why that row is worth its points to its own tenant's model; otherwise as
    /// [`Served::score`].
    pub fn explain(&self, rows: &[f64], width: usize, places: &[usize], room: &mut Room, out: &mut [Explanation]) {
        let Some(&first) = places.first() else { return };
        if places.iter().all(|place| *place == first) {
            return self.models[first].explain(rows, width, &mut room.scratch, out);
        }
        for row in firsts(places) {
            let count = room.gather(rows, width, places, row);
            room.explanations.resize_with(room.explanations.len().max(count), Explanation::default);
            let made = &mut room.explanations[..count];
            self.models[places[row]].explain(&room.rows, width, &mut room.scratch, made);
            same(places, row).zip(&mut room.explanations).for_each(|(row, made)| std::mem::swap(&mut out[row], made));
        }
    }

    /// Whether any of them is a forest.
    pub fn explains_by_trees(&self) -> bool {
        self.models.iter().any(|model| matches!(**model, Model::Trees(_)))
    }

    /// Replaces each of `out`, one to a row, by its base alone: for whoever wants no reasons, which take longer than all else.
    pub fn explain_nothing(&self, places: &[usize], out: &mut [Explanation]) {
        for (place, explanation) in places.iter().zip(out) {
            explanation.base = self.models[*place].base();
            explanation.contributions.clear();
        }
    }
}

impl Room {
    /// Replaces `self.rows` by those of the same model as `row`, which is the first of them; their number.
    fn gather(&mut self, rows: &[f64], width: usize, places: &[usize], row: usize) -> usize {
        self.rows.clear();
        same(places, row).for_each(|row| self.rows.extend_from_slice(&rows[row * width..][..width]));
        self.rows.len() / width
    }
}

/// The first row of each model.
fn firsts(places: &[usize]) -> impl Iterator<Item = usize> {
    (0..places.len()).filter(|&row| !places[..row].contains(&places[row]))
}

/// This row, and those after it that have the same model.
fn same(places: &[usize], row: usize) -> impl Iterator<Item = usize> {
    (row..places.len()).filter(move |&other| places[other] == places[row])
}
