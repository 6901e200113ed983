//! A file that is cut off or altered, and an entry that is, are passed over, and the account says so; everything else is read.

use needle::snapshot::file::Kind;
use needle::snapshot::places::Places;
use object_store::path::Path;

use crate::training_support::{Archive, CONFIG, DAY_MS, START_MS, page};

fn archive() -> Archive {
    let mut archive = Archive::new(CONFIG);
    for (day, lead) in [(0, 0), (1, 1), (2, 2), (300, 3)] {
        archive.fold(page(lead, START_MS + day * DAY_MS));
        archive.increment();
    }
    archive
}

fn file(number: u64) -> Path {
    Places::new("needle", 0).file("default", Kind::Increment, number, &format!("{number:016x}"), 0, "parquet")
}

#[test]
fn files_that_are_not_what_was_written() {
    for (damage, told) in [
        (&(|bytes: &mut Vec<u8>| bytes.truncate(100)) as &dyn Fn(&mut Vec<u8>), "100 bytes"),
        (&|bytes: &mut Vec<u8>| bytes[200] ^= 1, "not those that were written"),
    ] {
        let archive = archive();
        let whole = archive.read();
        let path = file(2);
        let mut bytes = archive.bytes(&path);
        damage(&mut bytes);
        archive.put(&path, bytes);
        let read = archive.read();
        assert_eq!(read.account.leads, whole.account.leads - 1);
        assert_eq!(read.account.passed_over_count, 1);
        let sentence = &read.account.passed_over[0];
        assert!(sentence.contains(path.as_ref()) && sentence.contains(told), "{sentence}");
    }
}

#[test]
fn an_entry_that_is_no_entry() {
    let archive = archive();
    let whole = archive.read();
    archive.put(&Places::new("needle", 0).entry(2), b"{\"format\":1".to_vec());
    let read = archive.read();
    // Its file is named by the next one, too.
    assert_eq!(read.matrix, whole.matrix);
    assert_eq!(read.account.passed_over_count, 1);
    assert!(read.account.passed_over[0].contains("entry 2 of partition 0"), "{:?}", read.account.passed_over);
}
