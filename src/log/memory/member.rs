//! The client's side of a group: what it holds, from where it reads, and what it has told the lane.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::broker::{Place, State};
use super::faults::Shared;
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
    /// `Revoked` has been said of them, `release` has not been called.
    revoked: BTreeSet<Input>,
    /// It has taken part in the last rebalance; else the group went on without it.
    rejoined: bool,
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
        let (held, revoked, cursors) = Default::default();
        Member { group, terms, id: None, generation: 0, held, revoked, rejoined: false, cursors, turn: 0 }
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
            Ok(Standing::Awaited) if self.held.is_empty() || (self.terms.cooperative && self.revoked.is_empty()) => {
                self.rejoin(state);
                self.standing(state, id)
            }
            standing => standing,
        };
        match standing {
            Ok(Standing::Awaited) if !self.revoked.is_empty() => Ok(None),
            Ok(Standing::Awaited) => Ok(Some(self.revoke(self.held.clone()))),
            Ok(Standing::Joined) => Ok(None),
            Ok(Standing::Stable(generation)) if generation == self.generation => Ok(None),
            Ok(Standing::Stable(_)) if !self.held.is_empty() && !self.rejoined => Ok(Some(self.lose())),
            Ok(Standing::Stable(generation)) => {
                (self.generation, self.rejoined) = (generation, false);
                let assigned = state.with_group(&self.group, |group, _| self.inputs(group.assignment(id)));
                let moves: BTreeSet<Input> = self.held.difference(&assigned).copied().collect();
                if !moves.is_empty() {
                    // What is new comes with the rebalance that follows.
                    return Ok(Some(self.revoke(moves)));
                }
                let new = assigned.difference(&self.held).copied().collect();
                self.held = assigned;
                Ok(Some(Change::Assigned(new)))
            }
            Err(Refusal::UnknownMemberId) => {
                (self.id, self.generation, self.rejoined) = (None, 0, false);
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

    fn revoke(&mut self, inputs: BTreeSet<Input>) -> Change {
        self.revoked = inputs;
        Change::Revoked(self.revoked.iter().copied().collect())
    }

    fn lose(&mut self) -> Change {
        self.revoked.clear();
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
        let was_revoked = !self.revoked.is_empty();
        for input in inputs {
            self.held.remove(input);
            self.revoked.remove(input);
            self.cursors.remove(input);
        }
        if was_revoked && self.revoked.is_empty() {
            self.rejoin(state);
        }
    }

    /// Takes part in the rebalance that is under way, or asks for one to hand on what was released.
    fn rejoin(&mut self, state: &mut State) {
        let Some(id) = self.id else { return };
        let claims: Vec<Place> = self.held.iter().filter_map(|input| self.place(*input)).collect();
        self.rejoined = true;
        state.with_group(&self.group, |group, now_ms| {
            if self.terms.cooperative { group.hand_on(id, claims, now_ms) } else { group.rejoin(id, claims) }
        });
    }

    pub fn leave(&mut self, state: &mut State) {
        if let Some(id) = self.id.take() {
            state.with_group(&self.group, |group, now_ms| group.leave(id, now_ms));
        }
        (self.generation, self.rejoined) = (0, false);
        self.revoked.clear();
        self.held.clear();
        self.cursors.clear();
    }

    /// Fetches records of the partitions that are owned and resumed, unless some are about to be given up.
    pub fn fetch(&mut self, state: &State, batch: &mut Batch, max: usize, faults: &Shared) -> Result<(), Refusal> {
        if !self.revoked.is_empty() {
            return Ok(());
        }
        let resumed = self.cursors.iter().filter(|(_, cursor)| !cursor.paused);
        let mut served: Vec<(Input, usize)> = resumed.map(|(input, _)| (*input, max)).collect();
        if served.is_empty() {
            return Ok(());
        }
        self.turn = (self.turn + 1) % served.len();
        served.rotate_left(self.turn);
        faults.serve(&mut served);
        for (input, most) in served {
            let (Some(place), Some(cursor)) = (self.place(input), self.cursors.get(&input)) else { continue };
            // A topic that was deleted is waited for, as on Kafka.
            let Ok(partition) = state.partition(&place.topic, place.partition) else { continue };
            let left = max.saturating_sub(batch.len()).min(most);
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
