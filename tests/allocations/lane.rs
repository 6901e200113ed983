//! Invariant 9, and the way of one event: once its buffers have their size, a lane allocates nothing for an event that says nothing, and
//! keeps nothing of a transaction that has ended.

use std::cell::RefCell;
use std::time::Duration;

use crate::counting::{ALLOCATIONS, LIVE_BYTES};
use crate::lane_support::worker::Seen;
use crate::lane_support::*;
use needle::commands::assembly::Assembly;
use needle::config::Config;
use needle::lane::outbox::Outbox;
use needle::lane::shard::{InputState, Shard};
use needle::lane::tally::Tally;
use needle::lane::{Lane, State};
use needle::log::file::FileReader;
use needle::log::{Batch, Bounds, Change, Input, Log, LogError, Output, Position, Remedy, Source, Stream};
use needle::wire::record::OwnedRecord;

const LEADS: usize = 50;
const INPUT: Input = Input { topic: 0, partition: 0 };

/// Says something of each lead once, and never again.
fn silent() -> Assembly {
    let rules = "jumps = []\n[scoring]\nchange_threshold = 100\n[[themes]]\nname = \"pricing\"\nurl = [\"^/pricing\"]\n\
                 [[traits]]\nname = \"employees\"\npath = [\"/employees\"]\nkind = \"number\"";
    Assembly::new(Config::from_toml(rules).expect("a configuration")).expect("an assembly")
}

/// Rounds in each of which every lead does one thing, all of them new.
fn records(rounds: usize) -> Vec<OwnedRecord> {
    let of = |index: usize| {
        let (round, lead) = (index / LEADS, index % LEADS);
        let at_ms = 1_763_800_000_000 + index as i64;
        let rest = match round % 4 {
            0 => r#""type":"identify","traits":{"employees":17}"#,
            1 => r#""type":"track","event":"Form Submitted","properties":{"fields_filled":3,"fields_total":6}"#,
            _ => r#""type":"page","properties":{"path":"/pricing","referrer":"https://www.google.com/"}"#,
        };
        let value = format!(r#"{{"userId":"u-{lead}","messageId":"m-{index}","timestamp":{at_ms},{rest}}}"#);
        OwnedRecord {
            topic: "events".into(),
            partition: 0,
            offset: index as i64,
            at_ms,
            key: Some(format!("u-{lead}").into()),
            value: Some(value.into()),
            headers: Vec::new(),
        }
    };
    (0..rounds * LEADS).map(of).collect()
}

#[test]
fn a_step() {
    let assembly = silent();
    let mut shard = Shard::new(0, vec![InputState { topic: 0, from: 0, committed: 0, next: 0 }]);
    let (mut step, mut outbox, mut tally) = (assembly.step(DEAD_LETTER_BYTES), Outbox::default(), Tally::default());
    let mut run = |records: &[OwnedRecord]| {
        let before = ALLOCATIONS.get();
        for record in records {
            step.record(0, &record.as_record(), &mut shard, &mut outbox, &mut tally).expect("a step");
        }
        step.finish(&mut shard, &mut outbox, &mut tally).expect("a step");
        let said = tally.scores.len();
        outbox.clear();
        tally.clear();
        shard.commit();
        (ALLOCATIONS.get() - before, said)
    };
    // The timeline is full after 64 rounds; blocks have their last size soon after.
    let records = records(120);
    let (warm, measured) = records.split_at(80 * LEADS);
    // The last transaction of the warm ones remembers leads of full size for the way back.
    let (most, last) = warm.split_at(79 * LEADS);
    let (allocations, said) = run(most);
    run(last);
    assert!(allocations > 0 && said == LEADS, "the counter counts, each lead was spoken of once");
    assert_eq!(run(measured), (0, 0));
    assert_eq!(run(measured), (0, 0), "duplicates neither");
}

/// Delivers records in order, forgets what is produced, and undoes each commit that it is told to.
struct Belt {
    records: Vec<OwnedRecord>,
    at: usize,
    end: usize,
    undo: bool,
    assigned: bool,
    produced: usize,
}

impl Belt {
    fn new(records: Vec<OwnedRecord>, end: usize) -> Self {
        Self { records, at: 0, end, undo: false, assigned: false, produced: 0 }
    }
}

/// The test keeps the belt.
struct Loan<'a>(&'a RefCell<Belt>);

impl Source for Loan<'_> {
    type Reader = FileReader;

    fn committed(&mut self, inputs: &[Input], _: Duration) -> Result<Vec<Option<Position>>, LogError> {
        Ok(vec![None; inputs.len()])
    }
    fn bounds(&mut self, _: Stream, _: i32) -> Result<Bounds, LogError> {
        Ok(Bounds { low: 0, high: 0 })
    }
    fn topic_id(&mut self, _: Stream) -> Result<String, LogError> {
        Ok(String::new())
    }
    fn reader(&mut self, _: Stream, _: i32, _: i64, _: i64) -> Result<FileReader, LogError> {
        unreachable!("nothing is restored")
    }
}

impl Log for Loan<'_> {
    fn poll(&mut self, batch: &mut Batch, max: usize, _: Duration) -> Result<Option<Change>, LogError> {
        let mut belt = self.0.borrow_mut();
        batch.clear();
        if !std::mem::replace(&mut belt.assigned, true) {
            return Ok(Some(Change::Assigned(vec![INPUT])));
        }
        let to = belt.end.min(belt.at + max).max(belt.at);
        belt.records[belt.at..to].iter().for_each(|record| batch.push(INPUT, &record.as_record()));
        belt.at = to;
        Ok(None)
    }
    fn own(&mut self, _: &[(Input, i64)]) -> Result<(), LogError> {
        Ok(())
    }
    fn resume(&mut self, _: Input) -> Result<(), LogError> {
        Ok(())
    }
    fn pause(&mut self, _: Input) -> Result<(), LogError> {
        Ok(())
    }
    fn release(&mut self, _: &[Input]) -> Result<(), LogError> {
        Ok(())
    }
    fn seek(&mut self, _: Input, offset: i64) -> Result<(), LogError> {
        self.0.borrow_mut().at = offset as usize;
        Ok(())
    }
    fn end(&self, _: Input) -> Option<i64> {
        None
    }
    fn begin(&mut self) -> Result<(), LogError> {
        Ok(())
    }
    fn produce(&mut self, _: Output<'_>) -> Result<(), LogError> {
        self.0.borrow_mut().produced += 1;
        Ok(())
    }
    fn commit(&mut self, _: &[(Input, Position)]) -> Result<(), LogError> {
        if self.0.borrow().undo {
            return Err(LogError { remedy: Remedy::Abort, doing: "testing", cause: String::new() });
        }
        Ok(())
    }
    fn abort(&mut self) -> Result<(), LogError> {
        Ok(())
    }
    fn leave(&mut self) -> Result<(), LogError> {
        Ok(())
    }
}

const INTERVAL_MS: i64 = 1000;

struct Run<'a> {
    belt: &'a RefCell<Belt>,
    lane: Lane<Loan<'a>>,
    now_ms: i64,
    seen: Seen,
}

impl<'a> Run<'a> {
    fn new(belt: &'a RefCell<Belt>, assembly: &Assembly) -> Self {
        let lane = Lane::new(Loan(belt), assembly.step(DEAD_LETTER_BYTES), INTERVAL_MS, Default::default());
        Self { belt, lane, now_ms: 0, seen: Seen::default() }
    }

    fn turn(&mut self) -> usize {
        self.lane.turn(self.now_ms, Duration::ZERO, &mut self.seen).expect("a turn")
    }

    /// Takes in all that is on the belt, and returns the allocations that it took after the first turn.
    fn take_in(&mut self, end: usize) -> usize {
        self.belt.borrow_mut().end = end;
        self.turn();
        let before = ALLOCATIONS.get();
        while self.belt.borrow().at < end {
            self.turn();
        }
        ALLOCATIONS.get() - before
    }

    fn end_transaction(&mut self) {
        self.belt.borrow_mut().end = 0;
        self.now_ms += INTERVAL_MS;
        self.turn();
        self.turn();
    }
}

#[test]
fn a_turn() {
    let belt = RefCell::new(Belt::new(records(160), 0));
    let mut run = Run::new(&belt, &silent());
    run.turn();
    run.turn();
    assert_eq!(run.lane.state(), State::Running);
    assert!(run.take_in(80 * LEADS) > 0, "the counter counts");
    run.end_transaction();
    assert_eq!((run.seen.commits, belt.borrow().produced), (1, LEADS));
    assert_eq!(run.take_in(120 * LEADS), 0);
    assert_eq!(run.seen.commits, 1, "all in one transaction");
    run.end_transaction();
    assert_eq!((run.seen.commits, run.seen.events), (2, 120 * LEADS as u64));
}

const ROUNDS: usize = 8;
const TRANSACTIONS: usize = 30;

/// Transactions that are undone, and ones that are committed, of leads that stay as they are.
#[test]
fn nothing_is_left_of_a_transaction() {
    let belt = RefCell::new(Belt::new(records(ROUNDS), 0));
    let mut run = Run::new(&belt, &talkative());
    run.turn();
    run.turn();
    belt.borrow_mut().undo = true;
    let mut live = Vec::with_capacity(TRANSACTIONS);
    for _ in 0..TRANSACTIONS {
        run.take_in(ROUNDS * LEADS);
        run.end_transaction();
        live.push(LIVE_BYTES.get());
    }
    assert_eq!(
        (run.seen.aborts, run.seen.commits, run.lane.shards().map(|shard| shard.leads().len()).sum()),
        (TRANSACTIONS, 0, 0_usize)
    );
    assert!(belt.borrow().produced >= TRANSACTIONS * ROUNDS * LEADS, "each of them said something");
    assert_eq!(live[TRANSACTIONS / 4], live[TRANSACTIONS - 1], "after undone ones");
    belt.borrow_mut().undo = false;
    live.clear();
    for _ in 0..TRANSACTIONS {
        belt.borrow_mut().at = 0;
        run.take_in(ROUNDS * LEADS);
        run.end_transaction();
        live.push(LIVE_BYTES.get());
    }
    assert_eq!(run.seen.commits, TRANSACTIONS);
    assert_eq!(live[TRANSACTIONS / 4], live[TRANSACTIONS - 1], "after committed ones");
}
