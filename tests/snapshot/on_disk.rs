//! On a real file system and real threads, in Parquet: what was saved comes back, of several writers one has a number, and what a power
//! cut may leave of a file is passed over and stands in nobody's way.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::keeper_support::{Loaded, entry_path, save, wanted};
use crate::snapshot_support::{LISTS, Side};
use needle::lead::arena::Full;
use needle::lead::facts::Facts;
use needle::lead::leads::Origin;
use needle::snapshot::head::Head;
use needle::snapshot::keeper::{Found, Keeper, Load, Loading, Save, SaveHead, Saving};
use needle::snapshot::passed_over::Reason;
use needle::snapshot::rows::{LeadRow, Rows};
use needle::snapshot::sink::Sink;
use needle::storage::runtime::Threads;
use object_store::local::LocalFileSystem;
use tempfile::TempDir;

fn keeper(folder: &TempDir, threads: &Threads) -> Keeper {
    let store = LocalFileSystem::new_with_prefix(folder.path()).expect("a folder").with_fsync(true);
    let codec = Side::new(LISTS).codec;
    Keeper::new(Arc::new(store), Arc::new(codec), threads.runtime(), "needle")
}

fn threads() -> Threads {
    Threads::start("snapshots", 2).expect("threads")
}

/// Leads that nothing is known of but the record that they come from.
fn rows(keys: &[&str], offset: i64) -> Rows {
    let mut facts = Vec::new();
    Facts::default().encode(&mut facts);
    let mut rows = Rows::default();
    for key in keys {
        let origin = Origin { topic: 0, offset };
        rows.push(LeadRow { key: key.as_bytes(), facts: &facts, decisions: b"", origin });
    }
    rows
}

fn start(keeper: &Keeper, head: SaveHead, rows: Rows) -> Save {
    let mut save = keeper.save(head);
    save.offer(rows).expect("room");
    save.close();
    save
}

fn end(mut save: Save) -> Saving {
    loop {
        match save.poll() {
            Saving::Waits => std::thread::yield_now(),
            end => return end,
        }
    }
}

fn saved(keeper: &Keeper, head: SaveHead, rows: Rows) -> Arc<Head> {
    match end(start(keeper, head, rows)) {
        Saving::Done(head, _) => head,
        other => panic!("{other:?}"),
    }
}

/// Which record each lead comes from.
#[derive(Default, Debug)]
struct Origins(BTreeMap<String, i64>);

impl Sink for Origins {
    fn take(&mut self, row: LeadRow<'_>) -> Result<(), Full> {
        self.0.insert(String::from_utf8(row.key.to_vec()).expect("text"), row.origin.offset);
        Ok(())
    }
}

/// Which record each lead comes from, and the rest of what a load says.
fn loaded(mut load: Load<Origins>) -> (Vec<(String, i64)>, Loaded) {
    let mut loaded = Loaded::default();
    loop {
        match load.poll() {
            Loading::Waits => std::thread::yield_now(),
            Loading::Over(over) => loaded.over.push(over),
            Loading::Done(Found { sink, head, known }) => {
                (loaded.head, loaded.known) = (head, known);
                return (sink.0.into_iter().collect(), loaded);
            }
            other => panic!("{other:?}"),
        }
    }
}

fn owned(leads: &[(&str, i64)]) -> Vec<(String, i64)> {
    leads.iter().map(|(key, offset)| (key.to_string(), *offset)).collect()
}

#[test]
fn what_was_saved_comes_back() {
    let (folder, threads) = (TempDir::new().expect("a folder"), threads());
    let keeper = keeper(&folder, &threads);
    assert_eq!(loaded(keeper.load(wanted(10), |_| Origins::default())).1.known, 0, "there is no folder yet");
    let first = saved(&keeper, save(None, 0, 10), rows(&["acme/b", "acme/a", "a b%/ü"], 3));
    let second = saved(&keeper, save(Some(first), 1, 20), rows(&["acme/a"], 15));
    assert!(second.files.iter().all(|file| file.path.ends_with(".parquet") && file.rows > 0), "{second:?}");
    let (leads, loaded) = loaded(keeper.load(wanted(20), |_| Origins::default()));
    assert_eq!(leads, owned(&[("a b%/ü", 3), ("acme/a", 15), ("acme/b", 3)]));
    assert_eq!((loaded.head, loaded.known, loaded.over.len()), (Some(second), 2, 0));
}

#[test]
fn of_several_writers_one_has_a_number() {
    let (folder, sides) = (TempDir::new().expect("a folder"), [threads(), threads()]);
    let keepers = sides.each_ref().map(|threads| keeper(&folder, threads));
    let saves: Vec<_> = (0..16).map(|n| start(&keepers[n % 2], save(None, 0, 10), rows(&["acme/a"], 3))).collect();
    let ends: Vec<_> = saves.into_iter().map(end).collect();
    let done = ends.iter().filter(|end| matches!(end, Saving::Done(_, 1))).count();
    let overtaken = ends.iter().filter(|end| matches!(end, Saving::Overtaken(1))).count();
    assert_eq!((done, overtaken), (1, 15), "{ends:?}");
    assert_eq!(loaded(keepers[0].load(wanted(10), |_| Origins::default())).0, owned(&[("acme/a", 3)]));
}

#[test]
fn what_a_power_cut_leaves_is_passed_over_and_in_nobodys_way() {
    let (folder, threads) = (TempDir::new().expect("a folder"), threads());
    let keeper = keeper(&folder, &threads);
    let first = saved(&keeper, save(None, 0, 10), rows(&["acme/a"], 3));
    let second = saved(&keeper, save(Some(first.clone()), 1, 20), rows(&["acme/a"], 15));
    let write = |path: &Path, bytes: &[u8]| std::fs::write(folder.path().join(path), bytes).expect("written");

    // A name without content, and a file that was never given its name.
    write(Path::new(&entry_path(3)), b"");
    write(Path::new(&format!("{}#1", entry_path(4))), b"{\"form");
    let (leads, of_empty) = loaded(keeper.load(wanted(30), |_| Origins::default()));
    assert_eq!((leads, of_empty.known), (owned(&[("acme/a", 15)]), 3));
    assert_eq!(of_empty.over[0].reason, Reason::Empty);

    // Zeros where a data file should be.
    let file = &second.files[1];
    write(Path::new(&file.path), &vec![0; file.bytes as usize]);
    let (leads, of_zeros) = loaded(keeper.load(wanted(30), |_| Origins::default()));
    assert_eq!((leads, of_zeros.head, of_zeros.known), (owned(&[("acme/a", 3)]), Some(first.clone()), 3));
    assert!(matches!(of_zeros.over[1].reason, Reason::FileAltered { .. }), "{:?}", of_zeros.over);

    // The next writer goes on, whether it knows of the ruins or not.
    let next = end(start(&keeper, save(Some(first.clone()), 3, 33), rows(&["acme/a"], 25)));
    assert!(matches!(next, Saving::Done(_, 4)), "{next:?}");
    let late = end(start(&keeper, save(Some(first), 1, 31), rows(&["acme/a"], 24)));
    assert!(matches!(late, Saving::Overtaken(4)), "{late:?}");
    assert_eq!(loaded(keeper.load(wanted(33), |_| Origins::default())).0, owned(&[("acme/a", 25)]));
}

#[test]
fn threads_that_end_lose_their_tasks_and_say_so() {
    let (folder, threads) = (TempDir::new().expect("a folder"), threads());
    let keeper = keeper(&folder, &threads);
    let mut save = keeper.save(save(None, 0, 10));
    save.offer(rows(&["acme/a"], 3)).expect("room");
    drop(threads);
    assert!(matches!(end(save), Saving::Lost));
    let mut load = keeper.load(wanted(10), |_| Origins::default());
    assert!(matches!(load.poll(), Loading::Lost));
}
