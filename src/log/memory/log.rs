//! [`Log`] on a [`Broker`]: one member of a group with one transactional producer.

use std::time::Duration;

use super::broker::{Broker, Place, State};
use super::faults::{Call, Fault, Faults, NoFaults, Shared};
use super::group::Terms;
use super::member::Member;
use super::partition::NewRecord;
use super::reader::MemoryReader;
use super::refusal::Refusal;
use super::transaction::{End, Identity};
use crate::config::Topics;
use crate::log::{Batch, Bounds, Change, Input, Log, LogError, Output, Position, Remedy, Source, Stream};
use crate::wire::record::OwnedHeaders;

/// Who a log is, and what it reads and writes.
#[derive(Clone, Debug)]
pub struct Settings {
    pub group: String,
    /// `group.instance.id`: a member that comes back under it within its session time-out has its partitions again.
    pub static_id: Option<String>,
    pub transactional_id: String,
    pub topics: Topics,
    /// After so long without a call a member is removed from its group.
    pub session_timeout_ms: i64,
    /// So long may a member take to release what was revoked.
    pub rebalance_timeout_ms: i64,
    /// After so long an open transaction is aborted, and its producer fenced.
    pub transaction_timeout_ms: i64,
    /// Incremental rebalances (KIP-429): only what moves is revoked. Otherwise everything is, and dealt out anew.
    pub cooperative: bool,
}

impl Settings {
    /// A dynamic member with the time-outs of a lane on Kafka.
    pub fn new(group: &str, transactional_id: &str, topics: Topics) -> Settings {
        Settings {
            group: group.to_owned(),
            static_id: None,
            transactional_id: transactional_id.to_owned(),
            topics,
            session_timeout_ms: 6_000,
            rebalance_timeout_ms: 60_000,
            transaction_timeout_ms: 10_000,
            cooperative: false,
        }
    }
}

/// How far the lane is with its transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    None,
    Begun,
    /// The broker knows about it: something was produced, or positions were sent.
    Open,
    Ended(End),
}

/// The log of one lane on a [`Broker`].
///
/// Dropping it is a crash: the group finds out by the session time-out, an open transaction stays open until its time-out
/// or until a log with the same `transactional.id` is made.
pub struct MemoryLog {
    broker: Broker,
    faults: Shared,
    topics: Topics,
    identity: Identity,
    member: Member,
    stage: Stage,
    /// Positions of the open transaction are with the broker: a commit that is asked for again does not send them again.
    positions_sent: bool,
}

impl MemoryLog {
    /// Fences the former log of that `transactional.id`, aborts what it had open. Joins the group with the first poll.
    pub fn new(broker: &Broker, settings: Settings) -> Result<MemoryLog, LogError> {
        MemoryLog::with_faults(broker, settings, NoFaults)
    }

    /// The same, where `faults` are asked at every call, this one included.
    pub fn with_faults(
        broker: &Broker,
        settings: Settings,
        faults: impl Faults + 'static,
    ) -> Result<MemoryLog, LogError> {
        let Settings { group, static_id, transactional_id, topics, .. } = settings;
        let terms = Terms {
            static_id,
            topics: topics.events.iter().map(|topic| topic.as_str().into()).collect(),
            session_timeout_ms: settings.session_timeout_ms,
            rebalance_timeout_ms: settings.rebalance_timeout_ms,
            cooperative: settings.cooperative,
        };
        let faults = Shared::new(faults);
        let identity = faults.around(Call::Init, || {
            Ok(broker.state().init_producer(&transactional_id, settings.transaction_timeout_ms))
        })?;
        let member = Member::new(group, terms);
        Ok(MemoryLog {
            broker: broker.clone(),
            faults,
            topics,
            identity,
            member,
            stage: Stage::None,
            positions_sent: false,
        })
    }

    /// Something that asks and changes nothing. Every call is a sign of life to the group.
    fn reading<T>(
        &mut self,
        call: Call,
        doing: &'static str,
        act: impl FnOnce(&mut Self, &mut State) -> Result<T, Refusal>,
    ) -> Result<T, LogError> {
        self.faults.reading(call)?;
        self.call(doing, act)
    }

    /// Something that has an effect.
    fn changing<T>(
        &mut self,
        call: Call,
        doing: &'static str,
        act: impl FnOnce(&mut Self, &mut State) -> Result<T, Refusal>,
    ) -> Result<T, LogError> {
        let faults = self.faults.clone();
        faults.around(call, || self.call(doing, act))
    }

    fn call<T>(
        &mut self,
        doing: &'static str,
        act: impl FnOnce(&mut Self, &mut State) -> Result<T, Refusal>,
    ) -> Result<T, LogError> {
        let broker = self.broker.clone();
        let mut state = broker.state();
        self.member.heartbeat(&mut state);
        act(self, &mut state).map_err(|refusal| refusal.during(doing))
    }

    /// Something local about a partition that must be owned.
    fn steer(
        &mut self,
        call: Call,
        doing: &'static str,
        input: Input,
        act: impl FnOnce(&mut Member) -> bool,
    ) -> Result<(), LogError> {
        let steered = self.changing(call, doing, |log, _| Ok(act(&mut log.member)))?;
        if steered { Ok(()) } else { Err(misuse(doing, format!("{input:?} is not owned"))) }
    }

    fn topic(&self, stream: Stream) -> Option<&str> {
        match stream {
            Stream::Events(index) => self.topics.events.get(index).map(String::as_str),
            Stream::ScoreChanges => Some(&self.topics.score_changes),
            Stream::ScoreJumps => Some(&self.topics.score_jumps),
            Stream::DeadLetters => Some(&self.topics.dead_letters),
        }
    }

    fn place(&self, stream: Stream, partition: i32) -> Result<Place, Refusal> {
        let topic = self.topic(stream).ok_or(Refusal::UnknownTopicOrPartition)?;
        Ok(Place { topic: topic.into(), partition })
    }

    fn in_transaction(&self, doing: &'static str) -> Result<(), LogError> {
        match self.stage {
            Stage::Begun | Stage::Open => Ok(()),
            Stage::None | Stage::Ended(_) => Err(misuse(doing, "no transaction has begun".to_owned())),
        }
    }
}

/// The lane has called what may not be called now: a mistake in the program.
fn misuse(doing: &'static str, cause: String) -> LogError {
    LogError { remedy: Remedy::Crash, doing, cause }
}

impl Source for MemoryLog {
    type Reader = MemoryReader;

    fn committed(&mut self, inputs: &[Input], _: Duration) -> Result<Vec<Option<Position>>, LogError> {
        self.reading(Call::Committed, "asking for committed positions", |log, state| {
            inputs.iter().map(|&input| log.member.committed(state, input)).collect()
        })
    }

    fn bounds(&mut self, stream: Stream, partition: i32) -> Result<Bounds, LogError> {
        self.reading(Call::Bounds, "asking for the bounds of a partition", |log, state| {
            let place = log.place(stream, partition)?;
            Ok(state.partition(&place.topic, place.partition)?.bounds())
        })
    }

    fn topic_id(&mut self, stream: Stream) -> Result<String, LogError> {
        self.reading(Call::TopicId, "asking for the id of a topic", |log, state| {
            let topic = log.topic(stream).and_then(|name| state.topics.get(name));
            topic.map(|topic| topic.id.to_string()).ok_or(Refusal::UnknownTopicOrPartition)
        })
    }

    fn reader(&mut self, stream: Stream, partition: i32, from: i64, to: i64) -> Result<MemoryReader, LogError> {
        self.reading(Call::Reader, "opening a reader", |log, state| {
            let place = log.place(stream, partition)?;
            state.partition(&place.topic, place.partition)?;
            Ok(MemoryReader::with_faults(&log.broker, log.faults.clone(), &place.topic, partition, from..to))
        })
    }
}

impl Log for MemoryLog {
    fn poll(&mut self, batch: &mut Batch, max: usize, _: Duration) -> Result<Option<Change>, LogError> {
        batch.clear();
        self.reading(Call::Poll, "polling", |log, state| {
            let change = log.member.turn(state)?;
            if change.is_none() {
                log.member.fetch(state, batch, max, &log.faults)?;
            }
            Ok(change)
        })
    }

    fn own(&mut self, starts: &[(Input, i64)]) -> Result<(), LogError> {
        let doing = "taking partitions over";
        if let Some((input, _)) = starts.iter().find(|(input, _)| !self.member.holds(*input)) {
            return Err(misuse(doing, format!("{input:?} is not assigned")));
        }
        self.changing(Call::Own, doing, |log, _| {
            starts.iter().for_each(|&(input, offset)| log.member.own(input, offset));
            Ok(())
        })
    }

    fn resume(&mut self, input: Input) -> Result<(), LogError> {
        self.steer(Call::Resume, "resuming a partition", input, |member| member.set_paused(input, false))
    }

    fn pause(&mut self, input: Input) -> Result<(), LogError> {
        self.steer(Call::Pause, "pausing a partition", input, |member| member.set_paused(input, true))
    }

    fn release(&mut self, inputs: &[Input]) -> Result<(), LogError> {
        self.changing(Call::Release, "releasing partitions", |log, state| {
            log.member.release(state, inputs);
            Ok(())
        })
    }

    fn seek(&mut self, input: Input, offset: i64) -> Result<(), LogError> {
        self.steer(Call::Seek, "seeking", input, |member| member.seek(input, offset))
    }

    fn end(&self, input: Input) -> Option<i64> {
        let topic = self.topics.events.get(input.topic)?;
        self.broker.last_stable(topic, input.partition).ok()
    }

    fn begin(&mut self) -> Result<(), LogError> {
        let doing = "beginning a transaction";
        if self.stage == Stage::Open {
            return Err(misuse(doing, "one is open already".to_owned()));
        }
        // Whoever begins anew takes the former end for granted.
        (self.stage, self.positions_sent) = (Stage::None, false);
        self.changing(Call::Begin, doing, |log, _| {
            log.stage = Stage::Begun;
            Ok(())
        })
    }

    fn produce(&mut self, output: Output<'_>) -> Result<(), LogError> {
        let doing = "producing a record";
        self.in_transaction(doing)?;
        self.changing(Call::Produce, doing, |log, state| {
            let place = log.place(output.stream, output.partition)?;
            let headers = (0..output.headers.len()).map(|index| output.headers.get(index));
            let headers: OwnedHeaders = headers.map(|(n, v)| (n.to_vec(), v.map(<[u8]>::to_vec))).collect();
            let (key, value) = (output.key.map(<[u8]>::to_vec), output.value.map(<[u8]>::to_vec));
            state.produce(&log.identity, &place, NewRecord { at_ms: state.now_ms, key, value, headers })?;
            log.stage = Stage::Open;
            Ok(())
        })
    }

    fn commit(&mut self, positions: &[(Input, Position)]) -> Result<(), LogError> {
        let doing = "committing a transaction";
        if self.stage != Stage::Ended(End::Commit) && !self.positions_sent {
            self.in_transaction(doing)?;
            self.changing(Call::SendOffsets, "sending positions to a transaction", |log, state| {
                log.send_positions(state, positions)
            })?;
            self.positions_sent = true;
        }
        self.ending(Call::Commit, doing, End::Commit)
    }

    fn abort(&mut self) -> Result<(), LogError> {
        // Also where `begin` has failed: there is nothing to undo then.
        self.ending(Call::Abort, "aborting a transaction", End::Abort)
    }

    fn leave(&mut self) -> Result<(), LogError> {
        self.changing(Call::Leave, "leaving the group", |log, state| {
            log.member.leave(state);
            Ok(())
        })
    }
}

impl MemoryLog {
    fn ending(&mut self, call: Call, doing: &'static str, end: End) -> Result<(), LogError> {
        match self.faults.at(call) {
            Fault::None => self.call(doing, |log, state| log.end(state, end, &[])),
            Fault::Scattered(delays_ms) => self.call(doing, |log, state| log.end(state, end, &delays_ms)),
            Fault::Before(error) => Err(error),
            Fault::After(error) => self.call(doing, |log, state| log.end(state, end, &[])).and(Err(error)),
            Fault::Later(error, delay_ms) => {
                if self.stage == Stage::Open {
                    self.broker.state().end_later(&self.identity, end, delay_ms);
                }
                Err(error)
            }
        }
    }

    fn send_positions(&mut self, state: &mut State, positions: &[(Input, Position)]) -> Result<(), Refusal> {
        if positions.is_empty() {
            return Ok(());
        }
        self.member.may_commit(state)?;
        let place = |(input, position): &(Input, Position)| Some((self.member.place(*input)?, position.clone()));
        let positions: Option<Vec<_>> = positions.iter().map(place).collect();
        let positions = positions.ok_or(Refusal::UnknownTopicOrPartition)?;
        state.send_positions(&self.identity, self.member.group(), positions)?;
        self.stage = Stage::Open;
        Ok(())
    }

    /// Ends the transaction, of which the broker may not have heard. The same end once more follows a lost
    /// acknowledgement, and is true.
    fn end(&mut self, state: &mut State, end: End, delays_ms: &[i64]) -> Result<(), Refusal> {
        match self.stage {
            Stage::Open => state.end(&self.identity, end, delays_ms)?,
            Stage::Ended(other) if other != end => return Err(Refusal::InvalidTxnState),
            Stage::None | Stage::Begun | Stage::Ended(_) => {}
        }
        self.stage = Stage::Ended(end);
        Ok(())
    }
}
