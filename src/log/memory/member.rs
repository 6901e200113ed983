//! The client's side of a group: what it holds, from where it reads, and what it has told the lane.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::broker::{Place, State};
use super::group::{MemberId, Standing, Terms};
use super::refusal::Refusal;
use crate::log::{Batch, Change, Input, Position};

pub(super) struct Member {
    group: String,
    terms: Terms,
    id: Option<MemberId>,
    /// That of the last assignment.
    generation: i32,
    /// Assigned and not yet released or lost.
    held: BTreeSet<Input>,
    /// `Revoked` has been said, `release` has not been called.
    revoked: bool,
    /// Held and taken over by `own`.
    cursors: BTreeMap<Input, Cursor>,
    /// Where the next poll begins, so that no partition starves another.
    turn: usize,
}

struct Cursor {
    position: i64,
    paused: bool,
}

impl Member {
    pub fn new(group: String, terms: Terms) -> Member {
        let (held, cursors) = (BTreeSet::new(), BTreeMap::new());
        Member { group, terms, id: None, generation: 0, held, revoked: false, cursors, turn: 0 }
    }

    fn static_id(&self) -> Option<&str> {
        self.terms.static_id.as_deref()
    }

    pub fn heartbeat(&self, state: &mut State) {
        if let Some(id) = self.id {
            state.with_group(&self.group, |group, now_ms| group.heartbeat(id, now_ms));
        }
    }

    /// Takes part in the group: joins, and tells what has changed.
    pub fn turn(&mut self, state: &mut State) -> Result<Option<Change>, Refusal> {
        let id = self.joined(state)?;
        let standing = match self.standing(state, id) {
            Ok(Standing::Awaited) if self.held.is_empty() => {
                state.with_group(&self.group, |group, _| group.rejoin(id));
                self.standing(state, id)
            }
            standing => standing,
        };
        match standing {
            Ok(Standing::Awaited) if self.revoked => Ok(None),
            Ok(Standing::Awaited) => {
                self.revoked = true;
                Ok(Some(Change::Revoked(self.held.iter().copied().collect())))
            }
            Ok(Standing::Joined) => Ok(None),
            Ok(Standing::Stable(generation)) if generation == self.generation => Ok(None),
            Ok(Standing::Stable(_)) if !self.held.is_empty() => Ok(Some(self.lose())),
            Ok(Standing::Stable(generation)) => {
                self.generation = generation;
                self.held = state.with_group(&self.group, |group, _| self.inputs(group.assignment(id)));
                Ok(Some(Change::Assigned(self.held.iter().copied().collect())))
            }
            Err(Refusal::UnknownMemberId) => {
                (self.id, self.generation) = (None, 0);
                Ok((!self.held.is_empty()).then(|| self.lose()))
            }
            Err(refusal) => Err(refusal),
        }
    }

    fn joined(&mut self, state: &mut State) -> Result<MemberId, Refusal> {
        if let Some(id) = self.id {
            return Ok(id);
        }
        if self.terms.topics.iter().any(|topic| !state.topics.contains_key(topic)) {
            return Err(Refusal::UnknownTopicOrPartition);
        }
        let id = state.with_group(&self.group, |group, now_ms| group.join(&self.terms, now_ms));
        self.id = Some(id);
        Ok(id)
    }

    fn standing(&self, state: &mut State, id: MemberId) -> Result<Standing, Refusal> {
        state.with_group(&self.group, |group, _| group.standing(id, self.static_id()))
    }

    fn lose(&mut self) -> Change {
        self.revoked = false;
        self.cursors.clear();
        Change::Lost(std::mem::take(&mut self.held).into_iter().collect())
    }

    fn inputs(&self, places: &[Place]) -> BTreeSet<Input> {
        let input = |place: &Place| {
            let topic = self.terms.topics.iter().position(|topic| *topic == place.topic)?;
            Some(Input { topic, partition: place.partition })
        };
        places.iter().filter_map(input).collect()
    }

    /// `None` where the index is none of the configured topics.
    pub fn place(&self, input: Input) -> Option<Place> {
        let topic: &Arc<str> = self.terms.topics.get(input.topic)?;
        Some(Place { topic: topic.clone(), partition: input.partition })
    }

    pub fn holds(&self, input: Input) -> bool {
        self.held.contains(&input)
    }

    pub fn own(&mut self, input: Input, position: i64) {
        self.cursors.insert(input, Cursor { position, paused: true });
    }

    /// Whether `input` is owned: then it is paused or resumed.
    pub fn set_paused(&mut self, input: Input, paused: bool) -> bool {
        self.cursors.get_mut(&input).map(|cursor| cursor.paused = paused).is_some()
    }

    /// Whether `input` is owned: then it goes on from `position`.
    pub fn seek(&mut self, input: Input, position: i64) -> bool {
        self.cursors.get_mut(&input).map(|cursor| cursor.position = position).is_some()
    }

    pub fn release(&mut self, state: &mut State, inputs: &[Input]) {
        for input in inputs {
            self.held.remove(input);
            self.cursors.remove(input);
        }
        if self.held.is_empty() && std::mem::take(&mut self.revoked) {
            self.rejoin(state);
        }
    }

    fn rejoin(&self, state: &mut State) {
        if let Some(id) = self.id {
            state.with_group(&self.group, |group, _| group.rejoin(id));
        }
    }

    pub fn leave(&mut self, state: &mut State) {
        if let Some(id) = self.id.take() {
            state.with_group(&self.group, |group, now_ms| group.leave(id, now_ms));
        }
        (self.generation, self.revoked) = (0, false);
        self.held.clear();
        self.cursors.clear();
    }

    /// Fetches records of the partitions that are owned, resumed, and not about to be given up.
    pub fn fetch(&mut self, state: &State, batch: &mut Batch, max: usize) -> Result<(), Refusal> {
        if self.revoked || self.cursors.is_empty() {
            return Ok(());
        }
        let count = self.cursors.len();
        self.turn = (self.turn + 1) % count;
        let (first, second) = (self.turn..count, 0..self.turn);
        let inputs: Vec<Input> = self.cursors.keys().copied().collect();
        for index in first.chain(second) {
            let input = inputs[index];
            let (Some(place), Some(cursor)) = (self.place(input), self.cursors.get(&input)) else { continue };
            if cursor.paused {
                continue;
            }
            // A topic that was deleted is waited for, as on Kafka.
            let Ok(partition) = state.partition(&place.topic, place.partition) else { continue };
            let left = max.saturating_sub(batch.len());
            let next = partition.fetch(cursor.position, i64::MAX, left, |record| {
                batch.push(input, &record.record());
            })?;
            self.seek(input, next);
        }
        Ok(())
    }

    /// Whether positions may be sent under the generation of the last assignment.
    pub fn may_commit(&self, state: &mut State) -> Result<(), Refusal> {
        let id = self.id.ok_or(Refusal::UnknownMemberId)?;
        state.with_group(&self.group, |group, _| group.may_commit(id, self.static_id(), self.generation))
    }

    pub fn committed(&self, state: &mut State, input: Input) -> Result<Option<Position>, Refusal> {
        let place = self.place(input).ok_or(Refusal::UnknownTopicOrPartition)?;
        state.partition(&place.topic, place.partition)?;
        if state.is_unstable(&self.group, &place) {
            return Err(Refusal::UnstableOffsetCommit);
        }
        Ok(state.with_group(&self.group, |group, _| group.committed(&place)))
    }

    pub fn group(&self) -> &str {
        &self.group
    }
}
