//! What is broken, half there, too large or needs what this binary lacks is refused with its reason, and what was served is served on;
//! once it is mended it is taken up.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::registry_support::*;
use needle::registry::{Registry, Shelf};
use needle::storage::runtime::Threads;
use needle::storage::store;

/// A folder with version v1 of default, which is served, and v2, which is like it.
struct Folder {
    root: tempfile::TempDir,
    threads: Threads,
    registry: Registry,
}

impl Folder {
    fn new() -> Self {
        let (root, threads) = (tempfile::tempdir().expect("a folder"), Threads::start("models", 1).expect("threads"));
        let (url, ground) = (format!("file:{}", root.path().display()), ground(""));
        let shelf = Shelf::new(store::open(&url).expect("a store"), threads.runtime(), ground.clone());
        let publish = |version| threads.wait_for(shelf.publish(&draft("default", version, usual(0.0)), NOW_MS));
        publish("v2").expect("published");
        publish("v1").expect("published");
        let registry = Registry::open(&url, threads.runtime(), Arc::clone(&ground)).expect("a registry");
        Self { root, threads, registry }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.root.path().join("default").join(name)
    }

    fn look(&mut self, told: &mut Told) -> bool {
        let looked = self.threads.wait_for(self.registry.look(told));
        assert_eq!(looked.trouble, None);
        looked.changed
    }
}

fn change(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).expect("text");
    assert!(text.contains(from), "{from} is in {}", path.display());
    fs::write(path, text.replacen(from, to, 1)).expect("written");
}

fn cut(path: &Path) {
    let text = fs::read(path).expect("a file");
    fs::write(path, &text[..text.len() / 2]).expect("written");
}

/// A file that takes no room on the disk.
fn stretch(path: &Path, bytes: u64) {
    File::options().write(true).open(path).and_then(|file| file.set_len(bytes)).expect("stretched");
}

type Damage = fn(&Folder);
const CASES: [(&str, &str, Damage); 15] = [
    ("missing", "manifest.json is not there", |f| fs::remove_file(f.file("v2/manifest.json")).expect("gone")),
    ("missing", "model.txt is not there", |f| fs::remove_file(f.file("v2/model.txt")).expect("gone")),
    ("missing", "manifest.json is not there", |f| fs::write(f.file("CURRENT"), "v3\n").expect("written")),
    ("unreadable", "manifest.json: EOF", |f| cut(&f.file("v2/manifest.json"))),
    ("unreadable", "model.txt: line ", |f| cut(&f.file("v2/model.txt"))),
    ("too_large", "manifest.json has 4194305 bytes, and at most 4194304 are read", |f| {
        stretch(&f.file("v2/manifest.json"), (4 << 20) + 1);
    }),
    ("too_large", "model.txt has 268435457 bytes, and at most 268435456 are read", |f| {
        stretch(&f.file("v2/model.txt"), (256 << 20) + 1);
    }),
    ("too_large", "CURRENT has 1025 bytes, and at most 1024 are read", |f| stretch(&f.file("CURRENT"), 1025)),
    ("current", "CURRENT is empty", |f| fs::write(f.file("CURRENT"), "").expect("written")),
    ("current", "CURRENT holds \"../v2\", which is no name of a version", |f| {
        fs::write(f.file("CURRENT"), "../v2\n").expect("written");
    }),
    ("renamed", "manifest.json is that of version \"v9\"", |f| {
        change(&f.file("v2/manifest.json"), "\"version\": \"v2\"", "\"version\": \"v9\"");
    }),
    ("kind", "of kind \"neurons\", which this binary does not know", |f| {
        change(&f.file("v2/manifest.json"), "\"trees\"", "\"neurons\"");
    }),
    ("features", "needs touchpoints_count_7d in version 2, where this binary computes version 1", |f| {
        change(&f.file("v2/manifest.json"), "\"version\": 1", "\"version\": 2");
    }),
    ("features", "needs karma, which this binary does not have", |f| {
        change(&f.file("v2/manifest.json"), "\"known\"", "\"karma\"");
    }),
    ("objective", "model v2 has the objective poisson", |f| {
        change(&f.file("v2/model.txt"), "binary sigmoid:1", "poisson")
    }),
];

#[test]
fn until_it_is_mended() {
    for (class, reason, damage) in CASES {
        let mut folder = Folder::new();
        let mut told = Told::default();
        assert!(folder.look(&mut told), "v1 is new");
        let kept: Vec<_> = ["v2/manifest.json", "v2/model.txt"].map(|name| (name, fs::read(folder.file(name)))).into();
        fs::write(folder.file("CURRENT"), "v2\n").expect("written");
        damage(&folder);
        for look in 1..=2 {
            assert!(!folder.look(&mut told), "{reason}");
            assert_eq!(version(&folder.registry, "default"), "v1", "{reason}");
            // Each look counts.
            assert_eq!(told.refused, vec![("default".to_owned(), class); look], "{reason}");
            let reasons = reasons(&folder.registry);
            assert!(reasons.len() == 1 && reasons[0].contains(reason), "{reasons:?}, not {reason}");
        }
        for (name, bytes) in kept {
            fs::write(folder.file(name), bytes.expect("a file")).expect("written");
        }
        fs::write(folder.file("CURRENT"), "v2").expect("written");
        assert!(folder.look(&mut told), "{reason}");
        assert_eq!((version(&folder.registry, "default").as_str(), reasons(&folder.registry).len()), ("v2", 0));
        assert_eq!(told.refused.len(), 2, "{reason}");
        assert_eq!(
            told.standing.iter().map(|s| (&*s.tenant, &*s.version, s.kind)).collect::<Vec<_>>(),
            [("default", "v2", "trees")]
        );
    }
}

/// Files come one after the other, and not in the order that we would write them in.
#[test]
fn half_written_is_not_there_yet() {
    let mut folder = Folder::new();
    let mut told = Told::default();
    folder.look(&mut told);
    let (manifest, model) =
        ["v2/manifest.json", "v2/model.txt"].map(|name| fs::read(folder.file(name)).expect("a file")).into();
    fs::remove_dir_all(folder.file("v2")).expect("gone");
    fs::write(folder.file("CURRENT"), "v2").expect("written");
    assert!(!folder.look(&mut told));
    fs::create_dir(folder.file("v2")).expect("made");
    assert!(!folder.look(&mut told));
    fs::write(folder.file("v2/manifest.json"), &manifest).expect("written");
    assert!(!folder.look(&mut told));
    assert_eq!(reasons(&folder.registry), ["model.txt is not there"]);
    fs::write(folder.file("v2/model.txt"), &model[..model.len() / 3]).expect("written");
    assert!(!folder.look(&mut told));
    assert_eq!(version(&folder.registry, "default"), "v1");
    fs::write(folder.file("v2/model.txt"), &model).expect("written");
    assert!(folder.look(&mut told));
    assert_eq!(version(&folder.registry, "default"), "v2");
}

/// One tenant's trouble is no other's.
#[test]
fn the_others_change_meanwhile() {
    let mut folder = Folder::new();
    fs::create_dir_all(folder.root.path().join("acme/v1")).expect("made");
    for file in ["manifest.json", "model.txt"] {
        fs::copy(folder.file("v1").join(file), folder.root.path().join("acme/v1").join(file)).expect("copied");
    }
    fs::write(folder.root.path().join("acme/CURRENT"), "v1").expect("written");
    let mut told = Told::default();
    folder.look(&mut told);
    fs::write(folder.root.path().join("acme/CURRENT"), "v7").expect("written");
    fs::write(folder.file("CURRENT"), "v2").expect("written");
    assert!(folder.look(&mut told));
    let versions = ["acme", "default", "bolt"].map(|tenant| version(&folder.registry, tenant));
    assert_eq!(versions, ["v1", "v2", "v2"]);
    assert_eq!(told.refused, [("acme".to_owned(), "missing")]);
    // Without a `CURRENT` it has none of its own.
    fs::remove_file(folder.root.path().join("acme/CURRENT")).expect("gone");
    assert!(folder.look(&mut told));
    assert_eq!(version(&folder.registry, "acme"), "v2");
}
