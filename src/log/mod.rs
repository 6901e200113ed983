//! The log that a lane lives on: what came in, what goes out, and nothing else.
//!
//! A lane is stepped from outside, so that no implementation of [`Log`] is ever called concurrently, and the lane itself
//! neither sleeps nor reads a clock. Three implementations: `kafka`, `memory`, `file`.

use std::time::Duration;

use crate::wire::record::Headers;

pub use batch::{Batch, interval_end_ms};

pub mod batch;
pub mod file;
pub mod kafka;
pub mod memory;

/// One partition of one input topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Input {
    /// Index into the configuration's `topics.events`.
    pub topic: usize,
    pub partition: i32,
}

/// Where a record may be read from or written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stream {
    Events(usize),
    ScoreChanges,
    ScoreJumps,
    DeadLetters,
}

/// A position of the group: the next offset to read, and a note that was committed with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    pub offset: i64,
    /// At most a few hundred bytes; ours says from where the partition's facts were folded.
    pub note: String,
}

/// What happened to the lane's share of the input. The lane answers with [`Log::own`] or [`Log::release`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Assigned(Vec<Input>),
    /// Still ours until released: commit first.
    Revoked(Vec<Input>),
    /// Already somebody else's: abort.
    Lost(Vec<Input>),
}

/// Offsets that a partition holds: `[low, high)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The oldest offset that retention has left.
    pub low: i64,
    /// One past the newest record, of open transactions too.
    pub high: i64,
}

/// A record to write. Key and value are kept until the transaction ends by the log, not by the caller.
#[derive(Clone, Copy)]
pub struct Output<'a> {
    pub stream: Stream,
    pub partition: i32,
    pub key: Option<&'a [u8]>,
    pub value: Option<&'a [u8]>,
    pub headers: &'a dyn Headers,
    /// Time of the input record that caused it; `None` where nothing did.
    pub caused_at_ms: Option<i64>,
}

/// Reads one partition of one stream, committed records only, up to a bound. It belongs to no group.
pub trait Reader {
    /// Replaces `batch` by at most `max` records that are at hand; waits no longer than `wait` for the first.
    /// Returns whether the bound is reached: all committed records below it have been handed over.
    fn poll(&mut self, batch: &mut Batch, max: usize, wait: Duration) -> Result<bool, LogError>;
    /// The next offset to read.
    fn position(&self) -> i64;
}

/// What can be known and read of a log by whoever only looks: it joins no group, and disturbs nobody who has.
pub trait Source {
    type Reader: Reader;

    /// Committed positions of the group, once no transaction is pending on them: with [`Remedy::Retry`] one still is after `wait`.
    /// `None`: never committed.
    fn committed(&mut self, inputs: &[Input], wait: Duration) -> Result<Vec<Option<Position>>, LogError>;
    fn bounds(&mut self, stream: Stream, partition: i32) -> Result<Bounds, LogError>;
    /// The id of a topic: another one, should the topic be deleted and made again. Empty where the log gives no ids.
    fn topic_id(&mut self, stream: Stream) -> Result<String, LogError>;
    /// A reader of `[from, to)`.
    fn reader(&mut self, stream: Stream, partition: i32, from: i64, to: i64) -> Result<Self::Reader, LogError>;
}

/// Input with group membership, output with transactions.
///
/// Calls come in this order: `poll` → (`own` | `release`) …; `begin` → `produce`* → `commit` | `abort`.
/// After an error whose remedy is [`Remedy::Abort`], `abort`; after [`Remedy::Rejoin`] drop the log and make a new one.
pub trait Log: Source {
    /// Replaces `batch` by at most `max` records of owned, resumed partitions; waits no longer than `wait` for the first.
    /// A change comes alone: records that were fetched before it have been handed over by earlier polls.
    fn poll(&mut self, batch: &mut Batch, max: usize, wait: Duration) -> Result<Option<Change>, LogError>;

    /// Takes the partitions over, each from the offset given, all paused.
    fn own(&mut self, starts: &[(Input, i64)]) -> Result<(), LogError>;
    fn resume(&mut self, input: Input) -> Result<(), LogError>;
    /// Stops delivery of `input` until `resume`.
    fn pause(&mut self, input: Input) -> Result<(), LogError>;
    /// Gives the partitions up.
    fn release(&mut self, inputs: &[Input]) -> Result<(), LogError>;
    fn seek(&mut self, input: Input, offset: i64) -> Result<(), LogError>;

    /// The last known end of an input, without asking anybody; for metrics.
    fn end(&self, input: Input) -> Option<i64>;

    fn begin(&mut self) -> Result<(), LogError>;
    fn produce(&mut self, output: Output<'_>) -> Result<(), LogError>;
    /// Commits what was produced since `begin`, and the positions, as one.
    fn commit(&mut self, positions: &[(Input, Position)]) -> Result<(), LogError>;
    /// Undoes what was produced since `begin`. Delivered records are not delivered again: `seek`.
    fn abort(&mut self) -> Result<(), LogError>;
    /// Leaves the group in good order.
    fn leave(&mut self) -> Result<(), LogError>;
}

/// What to do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The same call again, with the same arguments.
    Retry,
    /// Abort the transaction, undo, seek back, go on.
    Abort,
    /// Fenced, or of unknown outcome: drop the log, make a new one, restore.
    Rejoin,
    /// Another member goes by our name, or the group took us for one: join anew, and stop where it happens again at once.
    Displaced,
    /// Stop, loudly.
    Crash,
}

#[derive(Debug, thiserror::Error)]
#[error("{doing}: {cause}")]
pub struct LogError {
    pub remedy: Remedy,
    /// What was attempted, for people: `committing a transaction`.
    pub doing: &'static str,
    pub cause: String,
}

impl LogError {
    /// Whether a question may simply be asked again: a member that the group does not know any more will hear of it.
    pub fn passes(&self) -> bool {
        matches!(self.remedy, Remedy::Retry | Remedy::Abort)
    }
}
