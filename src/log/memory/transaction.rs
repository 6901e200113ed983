//! Transactional producers: epochs, fencing, and transactions over partitions and positions of groups.

use std::collections::{BTreeMap, BTreeSet};

use super::broker::{Place, State};
use super::partition::{NewRecord, ProducerId};
use super::refusal::Refusal;
use crate::log::Position;

/// Kafka's `offset.metadata.max.bytes`.
const MAX_NOTE_BYTES: usize = 4096;

/// What the broker knows about one `transactional.id`.
pub(super) struct Producer {
    id: ProducerId,
    epoch: i32,
    timeout_ms: i64,
    open: Option<Transaction>,
    /// How the last one ended.
    last: Option<End>,
    /// Transactions that were opened so far.
    opened: u64,
    /// Markers of the last transaction that are still on their way.
    markers: Vec<Marker>,
    /// Ends that were asked for and have not arrived.
    late: Vec<Late>,
}

/// The end of a transaction on its way to one place.
struct Marker {
    due_ms: i64,
    end: End,
    to: Target,
}

enum Target {
    Partition(Place),
    /// All positions of one group: they live together.
    Group(String, Vec<(Place, Position)>),
}

/// A request to end a transaction, whose sender has given up waiting.
struct Late {
    due_ms: i64,
    epoch: i32,
    /// Which transaction it is for: it is never taken for one that comes after (KIP-890).
    transaction: u64,
    end: End,
}

struct Transaction {
    since_ms: i64,
    partitions: BTreeSet<Place>,
    /// Positions by group.
    positions: BTreeMap<String, BTreeMap<Place, Position>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Commit,
    Abort,
}

/// Who a client says it is.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub transactional_id: String,
    pub epoch: i32,
}

impl Producer {
    /// Also where not all of its markers are written.
    pub fn is_open(&self) -> bool {
        self.open.is_some() || !self.markers.is_empty()
    }

    /// A topic is deleted: nothing of it is committed any more.
    pub fn forget(&mut self, topic: &str) {
        if let Some(open) = &mut self.open {
            open.partitions.retain(|place| *place.topic != *topic);
            open.positions.values_mut().for_each(|sent| sent.retain(|place, _| *place.topic != *topic));
        }
    }

    /// The open transaction; it begins, and its time runs, with the first thing that is added to it.
    fn opened(&mut self, now_ms: i64) -> &mut Transaction {
        let Self { open, opened, .. } = self;
        open.get_or_insert_with(|| {
            *opened += 1;
            Transaction { since_ms: now_ms, partitions: BTreeSet::new(), positions: BTreeMap::new() }
        })
    }

    /// Whether its open transaction, or a marker on its way, will decide about a position.
    fn holds_back(&self, group: &str, place: &Place) -> bool {
        let sent = self.open.as_ref().and_then(|open| open.positions.get(group));
        let to_come = self.markers.iter().any(|marker| match &marker.to {
            Target::Group(of, positions) => of == group && positions.iter().any(|(at, _)| at == place),
            Target::Partition(_) => false,
        });
        to_come || sent.is_some_and(|positions| positions.contains_key(place))
    }
}

impl State {
    /// `InitProducerId`: aborts what the former epoch had open, and fences it.
    pub fn init_producer(&mut self, transactional_id: &str, timeout_ms: i64) -> Identity {
        let next_id = self.producers.len() as ProducerId;
        if self.producers.contains_key(transactional_id) {
            self.fence(transactional_id);
        }
        let producer = self.producers.entry(transactional_id.to_owned()).or_insert(Producer {
            id: next_id,
            epoch: 0,
            timeout_ms,
            open: None,
            last: None,
            opened: 0,
            markers: Vec::new(),
            late: Vec::new(),
        });
        producer.timeout_ms = timeout_ms;
        Identity { transactional_id: transactional_id.to_owned(), epoch: producer.epoch }
    }

    /// Bumps the epoch and aborts the open transaction.
    fn fence(&mut self, transactional_id: &str) {
        self.write_markers(transactional_id, i64::MAX);
        if let Some(producer) = self.producers.get_mut(transactional_id) {
            producer.epoch += 1;
            self.finish(transactional_id, End::Abort, &[]);
        }
    }

    /// The producer that `by` still is. Nothing begins before the markers of the last transaction are written: a client waits for them.
    fn producer(&mut self, by: &Identity) -> Result<&mut Producer, Refusal> {
        let known = self.producers.get(&by.transactional_id);
        if known.is_none_or(|producer| producer.epoch != by.epoch) {
            return Err(Refusal::ProducerFenced);
        }
        self.write_markers(&by.transactional_id, i64::MAX);
        self.producers.get_mut(&by.transactional_id).ok_or(Refusal::ProducerFenced)
    }

    /// Appends a record to the open transaction of a producer.
    pub fn produce(&mut self, by: &Identity, place: &Place, new: NewRecord) -> Result<i64, Refusal> {
        let now_ms = self.now_ms;
        self.partition(&place.topic, place.partition)?;
        let producer = self.producer(by)?;
        let id = producer.id;
        producer.opened(now_ms).partitions.insert(place.clone());
        Ok(self.partition_mut(&place.topic, place.partition)?.append(new, Some(id)))
    }

    /// `TxnOffsetCommit`: the positions are pending until the transaction ends. Whether the sender is still a member of
    /// the group has been asked before.
    pub fn send_positions(
        &mut self,
        by: &Identity,
        group: &str,
        positions: Vec<(Place, Position)>,
    ) -> Result<(), Refusal> {
        if positions.iter().any(|(_, position)| position.note.len() > MAX_NOTE_BYTES) {
            return Err(Refusal::OffsetMetadataTooLarge);
        }
        for (place, _) in &positions {
            self.partition(&place.topic, place.partition)?;
        }
        let now_ms = self.now_ms;
        let open = self.producer(by)?.opened(now_ms);
        open.positions.entry(group.to_owned()).or_default().extend(positions);
        Ok(())
    }

    /// `EndTxn`; once more after it has ended that way, it is true. Its markers come so many milliseconds later, one after the other; without delays, at once.
    pub fn end(&mut self, by: &Identity, end: End, delays_ms: &[i64]) -> Result<(), Refusal> {
        let producer = self.producer(by)?;
        match (&producer.open, producer.last) {
            (Some(_), _) => self.finish(&by.transactional_id, end, delays_ms),
            (None, Some(last)) if last == end => {}
            (None, _) => return Err(Refusal::InvalidTxnState),
        }
        Ok(())
    }

    /// `EndTxn` that arrives later.
    pub fn end_later(&mut self, by: &Identity, end: End, delay_ms: i64) {
        let due_ms = self.now_ms.saturating_add(delay_ms);
        if let Ok(producer) = self.producer(by)
            && producer.open.is_some()
        {
            producer.late.push(Late { due_ms, epoch: by.epoch, transaction: producer.opened, end });
        }
    }

    /// Decides the open transaction.
    fn finish(&mut self, transactional_id: &str, end: End, delays_ms: &[i64]) {
        let now_ms = self.now_ms;
        let Some(producer) = self.producers.get_mut(transactional_id) else { return };
        let Some(Transaction { partitions, positions, .. }) = producer.open.take() else { return };
        let partitions = partitions.into_iter().map(Target::Partition);
        let groups =
            positions.into_iter().map(|(group, positions)| Target::Group(group, positions.into_iter().collect()));
        let mut delays_ms = delays_ms.iter().cycle();
        let markers = partitions.chain(groups).map(|to| {
            let due_ms = now_ms.saturating_add(delays_ms.next().copied().unwrap_or(0));
            Marker { due_ms, end, to }
        });
        producer.markers = markers.collect();
        producer.last = Some(end);
        self.write_markers(transactional_id, now_ms);
    }

    /// Writes the markers that are due.
    fn write_markers(&mut self, transactional_id: &str, until_ms: i64) {
        let Some(producer) = self.producers.get_mut(transactional_id) else { return };
        let id = producer.id;
        let due: Vec<Marker> = producer.markers.extract_if(.., |marker| marker.due_ms <= until_ms).collect();
        for Marker { end, to, .. } in due {
            match to {
                Target::Partition(place) => {
                    if let Ok(partition) = self.partition_mut(&place.topic, place.partition) {
                        partition.end_transaction(id, end == End::Commit);
                    }
                }
                Target::Group(group, positions) if end == End::Commit => {
                    let group = self.groups.entry(group).or_default();
                    positions.into_iter().for_each(|(place, position)| group.commit(place, position));
                }
                Target::Group(..) => {}
            }
        }
    }

    /// Whether a transaction is pending on the position of a group.
    pub fn is_unstable(&self, group: &str, place: &Place) -> bool {
        self.producers.values().any(|producer| producer.holds_back(group, place))
    }

    /// What is due by now: ends that arrive late, markers, and the end of transactions that have been open for longer than their
    /// time-out, whose producers are fenced.
    pub fn pass_transactions(&mut self) {
        let now_ms = self.now_ms;
        let busy = |producer: &Producer| producer.is_open() || !producer.late.is_empty();
        let ids = self.producers.iter().filter(|(_, producer)| busy(producer)).map(|(id, _)| id.clone());
        for id in ids.collect::<Vec<_>>() {
            self.end_late(&id);
            self.write_markers(&id, now_ms);
            let expired = |open: &Transaction, timeout_ms: i64| now_ms - open.since_ms > timeout_ms;
            let producer = self.producers.get(&id);
            if producer.is_some_and(|p| p.open.as_ref().is_some_and(|open| expired(open, p.timeout_ms))) {
                self.fence(&id);
            }
        }
    }

    fn end_late(&mut self, transactional_id: &str) {
        let now_ms = self.now_ms;
        let Some(producer) = self.producers.get_mut(transactional_id) else { return };
        let (epoch, opened) = (producer.epoch, producer.opened);
        let mut arrived = producer.late.extract_if(.., |late| late.due_ms <= now_ms);
        let valid = arrived.find(|late| late.epoch == epoch && late.transaction == opened);
        drop(arrived);
        if let Some(Late { end, .. }) = valid {
            self.finish(transactional_id, end, &[]);
        }
    }
}
