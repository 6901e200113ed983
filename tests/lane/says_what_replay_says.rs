//! Invariant 11: the same records through memory and through files give the same bytes.

use std::io::Write;

use crate::lane_support::*;
use needle::commands::replay::replay;
use needle::log::memory::StoredRecord;
use needle::wire::kcat::write_line;

#[test]
fn a_partition_through_files() {
    let mut world = World::new(usual(), 2);
    world.pipe_all(&generate(31, 2, 500));
    let mut worker = Worker::new(&world, "a").cuts(1, 20);
    world.settle(&mut [&mut worker]);
    for partition in 0..2 {
        let directory = tempfile::tempdir().expect("a directory");
        let (events, out) = (directory.path().join("events.jsonl"), directory.path().join("said"));
        write(&events, world.piped(0, partition));
        let config = (*world.assembly.config).clone();
        replay(config, &[events.to_str().expect("a path").to_owned()], Some(&out)).expect("replayed");
        let lines = |name: &str| -> Vec<Vec<u8>> {
            let text = std::fs::read(out.join(name)).expect("results");
            String::from_utf8(text).expect("UTF-8").lines().map(|line| line.as_bytes().to_vec()).collect()
        };
        let said = world.said(partition);
        let values = |lines: &[Line]| -> Vec<Vec<u8>> {
            lines.iter().map(|line| line.value.clone().expect("a value")).collect()
        };
        assert_eq!(values(&said.changes), lines("score-changes.jsonl"));
        assert_eq!(values(&said.jumps), lines("score-jumps.jsonl"));
        assert_eq!(said.letters.len(), lines("dead-letters.jsonl").len());
        assert!(said.changes.len() > 50 && !said.jumps.is_empty() && said.letters.len() > 5, "the input is worth it");
    }
}

fn write(file: &std::path::Path, records: &[StoredRecord]) {
    let mut bytes = Vec::new();
    records.iter().for_each(|record| write_line(&record.record(), None, &mut bytes));
    std::fs::File::create(file).expect("a file").write_all(&bytes).expect("written");
}
