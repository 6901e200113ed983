//! What increments held that are gone is read from the oldest base that is left; a base whose files are all there is not read again; and
//! what no entry names is not read at all.

use needle::snapshot::file::Kind;
use needle::snapshot::places::Places;
use object_store::path::Path;

use crate::training_support::{Archive, CONFIG, DAY_MS, START_MS, hash, page};

/// Leads 0 and 1 on the first days, lead 2 later; a base after the third increment, another one after the fifth.
fn archive() -> Archive {
    let mut archive = Archive::new(CONFIG);
    for (day, lead) in [(0, 0), (1, 1), (2, 0)] {
        archive.fold(page(lead, START_MS + day * DAY_MS));
        archive.increment();
    }
    archive.base();
    for (day, lead) in [(30, 2), (300, 2)] {
        archive.fold(page(lead, START_MS + day * DAY_MS));
        archive.increment();
    }
    archive
}

/// Lead and day of rows on events.
fn on_events(archive: &Archive) -> Vec<(u64, i64)> {
    let rows = archive.read().matrix.rows;
    let on_events = rows.iter().filter(|row| row.silent_ms == 0);
    on_events.map(|row| (row.lead, (row.at_ms - START_MS) / DAY_MS)).collect()
}

fn of(rows: &[(u8, i64)]) -> Vec<(u64, i64)> {
    rows.iter().map(|(lead, day)| (hash("default", *lead), *day)).collect()
}

#[test]
fn a_base_of_what_is_there_is_not_read() {
    let archive = archive();
    assert_eq!(on_events(&archive), of(&[(0, 0), (1, 1), (0, 2), (2, 30)]));
    let account = archive.read().account;
    assert_eq!((account.files, account.rows_read, account.superseded), (5, 5, 0));
}

#[test]
fn a_base_stands_for_what_is_gone() {
    let archive = archive();
    for number in 1..=3 {
        archive.delete_entry(number);
        archive.delete(&file(number, number));
    }
    // What the leads were on the first day is nowhere any more.
    assert_eq!(on_events(&archive), of(&[(1, 1), (0, 2), (2, 30)]));
    let account = archive.read().account;
    assert_eq!((account.files, account.rows_read, account.superseded), (3, 4, 0));
}

#[test]
fn a_base_beside_some_of_its_files_adds_what_they_lack() {
    let archive = archive();
    archive.delete(&file(2, 2));
    assert_eq!(on_events(&archive), of(&[(0, 0), (1, 1), (0, 2), (2, 30)]));
    let account = archive.read().account;
    assert_eq!((account.files, account.rows_read, account.superseded), (5, 6, 1));
}

#[test]
fn what_nobody_names_is_not_read() {
    let archive = archive();
    let before = archive.read();
    // Whole files of a lead that no entry knows, as a writer leaves them that has died.
    let mut other = Archive::new(CONFIG);
    other.fold(page(9, START_MS));
    other.increment();
    let bytes = other.bytes(&file(1, 1));
    for number in [1, 5, 6] {
        archive.put(&file(number, 0xf00d), bytes.clone());
    }
    assert_eq!(archive.read().matrix, before.matrix);
    assert_eq!(archive.read().account, before.account);
}

fn file(number: u64, writer: u64) -> Path {
    Places::new("needle", 0).file("default", Kind::Increment, number, &format!("{writer:016x}"), 0, "parquet")
}
