//! Consumer groups by Kafka's classic protocol: eager and cooperative rebalances, range assignment, static members.
//!
//! A rebalance waits until every member has joined again, or until its time is over; then a new generation begins and all
//! partitions are dealt out anew. An eager member gives up what it owns before it joins again. A cooperative one states what it
//! owns, and goes on with it: what another member is to have of it is nobody's in that generation; its owner gives it up and asks
//! for one more.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::broker::{Place, Topic, Topics};
use super::refusal::Refusal;
use crate::log::Position;

pub(super) type MemberId = u64;

#[derive(Default)]
pub(super) struct Group {
    generation: i32,
    next_member: MemberId,
    members: BTreeMap<MemberId, Member>,
    /// Until when a rebalance waits for its members; `None`: the group is stable.
    deadline_ms: Option<i64>,
    positions: BTreeMap<Place, Position>,
}

struct Member {
    terms: Terms,
    last_seen_ms: i64,
    /// It waits for the rebalance to complete.
    joined: bool,
    assignment: Vec<Place>,
    /// What it owned when it joined, and does not give up before it is asked to.
    claims: Vec<Place>,
}

/// What a member states when it joins.
#[derive(Clone)]
pub(super) struct Terms {
    /// `group.instance.id`.
    pub static_id: Option<String>,
    pub topics: Vec<Arc<str>>,
    pub session_timeout_ms: i64,
    pub rebalance_timeout_ms: i64,
    pub cooperative: bool,
}

/// How a member stands in its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// A rebalance waits for it: give everything up, join again.
    Awaited,
    /// It has joined, and waits for the others.
    Joined,
    /// It has an assignment of this generation.
    Stable(i32),
}

impl Group {
    pub fn generation(&self) -> i32 {
        self.generation
    }

    pub fn committed(&self, place: &Place) -> Option<Position> {
        self.positions.get(place).cloned()
    }

    pub fn commit(&mut self, place: Place, position: Position) {
        self.positions.insert(place, position);
    }

    /// A topic is deleted.
    pub fn forget(&mut self, topic: &str) {
        self.positions.retain(|place, _| *place.topic != *topic);
    }

    /// A new member. One that comes under the static id of another takes over its place and partitions, and fences it;
    /// nothing moves unless it asks for other topics, or the other one has died before it could hand something on.
    pub fn join(&mut self, terms: &Terms, now_ms: i64) -> MemberId {
        let id = self.next_member;
        self.next_member += 1;
        let former = self.static_member(terms.static_id.as_deref()).and_then(|former| self.members.remove(&former));
        let stays = former.as_ref().is_some_and(|former| {
            former.terms.topics == terms.topics && former.claims.iter().all(|place| former.assignment.contains(place))
        });
        let assignment = former.map(|former| former.assignment).unwrap_or_default();
        let member =
            Member { terms: terms.clone(), last_seen_ms: now_ms, joined: false, assignment, claims: Vec::new() };
        self.members.insert(id, member);
        if !stays {
            self.rebalance(now_ms);
        }
        self.rejoin(id, Vec::new());
        id
    }

    fn static_member(&self, static_id: Option<&str>) -> Option<MemberId> {
        let static_id = static_id?;
        self.members.iter().find(|(_, m)| m.terms.static_id.as_deref() == Some(static_id)).map(|(id, _)| *id)
    }

    /// The member has given up what it owned, but for `claims`.
    pub fn rejoin(&mut self, id: MemberId, claims: Vec<Place>) {
        if self.deadline_ms.is_some()
            && let Some(member) = self.members.get_mut(&id)
        {
            (member.joined, member.claims) = (true, claims);
        }
    }

    /// The member has given up what another one is to have, and asks for a new generation.
    pub fn hand_on(&mut self, id: MemberId, claims: Vec<Place>, now_ms: i64) {
        if self.members.contains_key(&id) {
            self.rebalance(now_ms);
            self.rejoin(id, claims);
        }
    }

    /// A dynamic member leaves at once. A static one does not say good-bye, as in Kafka: it may come back, and its
    /// session time-out decides.
    pub fn leave(&mut self, id: MemberId, now_ms: i64) {
        if self.members.get(&id).is_some_and(|member| member.terms.static_id.is_none()) {
            self.members.remove(&id);
            self.rebalance(now_ms);
        }
    }

    /// A sign of life.
    pub fn heartbeat(&mut self, id: MemberId, now_ms: i64) {
        if let Some(member) = self.members.get_mut(&id) {
            member.last_seen_ms = now_ms;
        }
    }

    pub fn standing(&self, id: MemberId, static_id: Option<&str>) -> Result<Standing, Refusal> {
        match self.members.get(&id) {
            Some(_) if self.deadline_ms.is_none() => Ok(Standing::Stable(self.generation)),
            Some(member) if member.joined => Ok(Standing::Joined),
            Some(_) => Ok(Standing::Awaited),
            None if self.static_member(static_id).is_some() => Err(Refusal::FencedInstanceId),
            None => Err(Refusal::UnknownMemberId),
        }
    }

    /// Whether a member may commit under a generation. It may while a rebalance waits for it, but not after that.
    pub fn may_commit(&self, id: MemberId, static_id: Option<&str>, generation: i32) -> Result<(), Refusal> {
        self.standing(id, static_id)?;
        if generation == self.generation { Ok(()) } else { Err(Refusal::IllegalGeneration) }
    }

    pub fn assignment(&self, id: MemberId) -> &[Place] {
        self.members.get(&id).map_or(&[], |member| &member.assignment)
    }

    /// Starts a rebalance, where none is under way.
    fn rebalance(&mut self, now_ms: i64) {
        if self.deadline_ms.is_none() {
            self.deadline_ms = Some(now_ms.saturating_add(self.patience_ms()));
            self.members.values_mut().for_each(|member| member.joined = false);
        }
    }

    /// The longest time that one of the members may take to give up what it owns.
    fn patience_ms(&self) -> i64 {
        self.members.values().map(|member| member.terms.rebalance_timeout_ms).max().unwrap_or(0)
    }

    /// Removes members that have been silent for too long, and goes on without those that a rebalance waits for in vain.
    /// Of the latter a static one keeps its place, as in Kafka: its session time-out decides.
    pub fn expire(&mut self, now_ms: i64) {
        let before = self.members.len();
        self.members.retain(|_, member| now_ms - member.last_seen_ms <= member.terms.session_timeout_ms);
        if self.members.len() < before {
            self.rebalance(now_ms);
        }
        if self.deadline_ms.is_some_and(|deadline| now_ms > deadline) {
            self.members.retain(|_, member| member.joined || member.terms.static_id.is_some());
            if self.members.values().any(|member| member.joined) {
                self.members.values_mut().for_each(|member| member.joined = true);
            } else {
                self.deadline_ms = Some(now_ms.saturating_add(self.patience_ms()));
            }
        }
    }

    /// Completes a rebalance that waits for nobody any more.
    pub fn settle(&mut self, topics: &Topics) {
        if self.deadline_ms.is_some() && self.members.values().all(|member| member.joined) {
            self.deadline_ms = None;
            self.generation += 1;
            self.assign_ranges(topics);
        }
    }

    /// Kafka's range assignor: of each topic, consecutive partitions to the members in order of their ids, the first ones
    /// get one more where it does not come out even. So topics with equal partition counts are co-partitioned.
    fn assign_ranges(&mut self, topics: &Topics) {
        let mut order: Vec<(Option<String>, MemberId)> =
            self.members.iter().map(|(id, member)| (member.terms.static_id.clone(), *id)).collect();
        order.sort_by(|a, b| (a.0.is_none(), a).cmp(&(b.0.is_none(), b)));
        self.members.values_mut().for_each(|member| member.assignment.clear());
        for (topic, Topic { partitions, .. }) in topics {
            let count = partitions.len();
            let wants = |id: &MemberId| self.members.get(id).is_some_and(|m| m.terms.topics.contains(topic));
            let takers: Vec<MemberId> = order.iter().map(|(_, id)| *id).filter(wants).collect();
            let mut next = 0..count as i32;
            for (rank, id) in takers.iter().enumerate() {
                let share = count / takers.len() + usize::from(rank < count % takers.len());
                let places = next.by_ref().take(share).map(|partition| Place { topic: topic.clone(), partition });
                let free = |place: &Place| {
                    self.members.iter().all(|(other, member)| other == id || !member.claims.contains(place))
                };
                let places: Vec<Place> = places.filter(free).collect();
                if let Some(member) = self.members.get_mut(id) {
                    member.assignment.extend(places);
                }
            }
        }
    }
}
