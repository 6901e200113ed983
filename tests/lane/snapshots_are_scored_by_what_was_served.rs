//! Score and version in a snapshot are those of the models that were served when its copy began, each tenant's its own, whatever is
//! served by the time that its files are written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::clockwork::Clockwork;
use crate::lane_support::worker::Seen;
use crate::lane_support::*;
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type};
use futures::{FutureExt, TryStreamExt};
use needle::commands::assembly::Assembly;
use needle::lane::snapshots::Clock;
use needle::lane::{Lane, Snapshots};
use needle::log::memory::{MemoryLog, Settings};
use needle::model::{Model, Served};
use needle::snapshot::file::Codec;
use needle::snapshot::keeper::Keeper;
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// Models of a round: acme's own, and that of all others.
fn models(assembly: &Assembly, round: usize) -> (BTreeMap<&'static str, Arc<Model>>, Arc<Served>) {
    let model = |tenant: &str, more| another_model(assembly, &format!("{tenant}-{round}"), more);
    let (acme, others) = (model("acme", 0.3 * round as f64), model("others", -0.2 * round as f64));
    let served = Served::new(others.clone(), [("acme".to_owned(), acme.clone())]);
    (BTreeMap::from([("acme", acme), ("bolt", others)]), Arc::new(served))
}

/// Rows of all files that have come since, by file.
fn files(memory: &InMemory, read: &mut BTreeSet<String>) -> Vec<Vec<RecordBatch>> {
    let listed: Vec<_> = memory.list(None).try_collect().now_or_never().expect("at once").expect("a listing");
    let mut files = Vec::new();
    for path in listed.into_iter().map(|object| object.location).filter(|path| path.as_ref().ends_with(".parquet")) {
        if read.insert(path.to_string()) {
            let bytes = memory.get(&path).now_or_never().expect("at once").expect("a file").bytes();
            let bytes = bytes.now_or_never().expect("at once").expect("bytes");
            let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).expect("Parquet").build().expect("a reader");
            files.push(reader.map(|batch| batch.expect("a batch")).collect());
        }
    }
    files
}

/// Every row has the score of its tenant's model. Returns which tenants there were.
fn check(batch: &RecordBatch, assembly: &Assembly, by: &BTreeMap<&str, Arc<Model>>) -> BTreeSet<String> {
    let column = |name: &str| batch.column_by_name(name).expect("a column");
    let names: Vec<_> = assembly.schema.features().iter().map(|feature| feature.name.as_str()).collect();
    let mut tenants = BTreeSet::new();
    for row in 0..batch.num_rows() {
        let tenant = column("tenant").as_string::<i32>().value(row);
        let features: Vec<_> = names.iter().map(|name| column(name).as_primitive::<Float64Type>().value(row)).collect();
        let (model, mut scored) = (&by[tenant], Vec::new());
        model.score(&features, features.len(), &mut Default::default(), &mut scored);
        assert_eq!(column("model_version").as_string::<i32>().value(row), model.version());
        assert_eq!(column("score").as_primitive::<Int32Type>().value(row), i32::from(scored[0].score));
        assert_eq!(column("probability").as_primitive::<Float64Type>().value(row), scored[0].probability);
        tenants.insert(tenant.to_owned());
    }
    tenants
}

#[test]
fn when_the_copy_began() {
    let assembly = assembly("tenancy = { from = \"header:tenant\" }");
    let mut world = World::new(assembly.clone(), 1);
    let config = &assembly.config;
    let codec = Codec::new(config, assembly.schema.clone(), &config.topics.events).expect("columns");
    let (clockwork, memory) = (Arc::new(Clockwork::default()), Arc::new(InMemory::new()));
    let keeper = Keeper::new(memory.clone(), Arc::new(codec), clockwork.clone(), "needle");
    let snapshots = Snapshots { keeper, interval_ms: 1000, clock: Clock::Turns, history_days: 10 };
    let log = MemoryLog::new(&world.broker, Settings::new(GROUP, "a", config.topics.clone())).expect("a log");
    let (mut by, served) = models(&assembly, 0);
    let step = assembly.step_by(&served, DEAD_LETTER_BYTES);
    let mut lane = Lane::new(log, step, 20, BTreeMap::new()).keeping(Some(snapshots));
    let (mut seen, mut read) = (Seen::default(), BTreeSet::new());
    let drafts = generate(9, 1, 600).remove(0);
    let drafts = drafts.into_iter().enumerate().map(|(at, draft)| draft.header("tenant", ["acme", "bolt"][at % 5 % 2]));
    let drafts: Vec<_> = drafts.collect();
    for (round, drafts) in drafts.chunks(200).enumerate() {
        world.pipe(0, 0, drafts);
        let mut next = None;
        for turn in 0.. {
            assert!(turn < 1_000, "no snapshot comes");
            world.advance(10);
            let copying = lane.keep(world.now_ms, &mut seen).expect("a lane that goes on");
            if copying && world.is_settled() && next.is_none() {
                let (after, served) = models(&assembly, round + 1);
                lane.serve(served);
                next = Some((after, seen.saved.len()));
            }
            lane.turn(world.now_ms, Duration::ZERO, &mut seen).expect("a lane that goes on");
            clockwork.run();
            if next.as_ref().is_some_and(|(_, before)| seen.saved.len() > *before) {
                break;
            }
        }
        let files = files(&memory, &mut read);
        let tenants: BTreeSet<_> = files.concat().iter().flat_map(|batch| check(batch, &assembly, &by)).collect();
        assert_eq!(tenants.len(), 2, "round {round}: {tenants:?}");
        by = next.expect("models of the next round").0;
    }
}
