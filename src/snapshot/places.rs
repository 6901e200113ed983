//! Where entries and data files lie below the store's root.

use object_store::path::{Path, PathPart};
use xxhash_rust::xxh3::xxh3_64;

use super::file::Kind;

/// So many numbers share a folder, so that the newest entry is found in two listings of a thousand names, however long the log has
/// become. Stores list in ascending order only, if in any.
const FOLDER: u64 = 1000;

/// A file written for entry `n` is introduced by one of the entries `n ..= n + SLIP`, or by none: once there is one beyond, whoever keeps
/// house may take away what none of them names.
pub const SLIP: u64 = 8;

/// As [`SLIP`], of a base: merging takes its time, and the log goes on meanwhile.
pub const BASE_SLIP: u64 = 1000;

/// File systems want names of at most 255 bytes.
const LONGEST_NAME: usize = 200;
/// So much is kept of a name that is longer; escaped, it takes three times as much.
const KEPT: usize = 48;

/// The log of one partition.
#[derive(Clone, Debug)]
pub struct Places {
    application: String,
    partition: i32,
}

impl Places {
    pub fn new(application: &str, partition: i32) -> Self {
        Self { application: application.to_owned(), partition }
    }

    pub fn application(&self) -> &str {
        &self.application
    }

    pub fn partition(&self) -> i32 {
        self.partition
    }

    /// `log/needle/partition=3`
    pub fn log(&self) -> Path {
        Path::from_iter(["log".into(), name(&self.application), self.partition_name().into()])
    }

    /// `log/needle`: where the logs of all partitions lie.
    pub fn logs(application: &str) -> Path {
        Path::from_iter(["log".into(), name(application)])
    }

    /// The partition whose log a folder is, where it is one.
    pub fn partition_of(folder: &Path) -> Option<i32> {
        let digits = folder.filename()?.strip_prefix("partition=")?;
        digits.parse().ok().filter(|partition: &i32| partition.to_string() == digits)
    }

    /// `log/needle/partition=3/000000000/000000000042.json`
    pub fn entry(&self, number: u64) -> Path {
        self.folder(number / FOLDER).join(format!("{number:012}.json"))
    }

    /// The folder of the numbers `1000 × thousand ..`
    pub(super) fn folder(&self, thousand: u64) -> Path {
        self.log().join(format!("{thousand:09}"))
    }

    /// The folder's number, where it is one.
    pub(super) fn thousand_of(folder: &Path) -> Option<u64> {
        number_of(folder.filename()?, 9)
    }

    /// The entry's number, where it is one and lies in this folder.
    pub(super) fn number_of(thousand: u64, entry: &Path) -> Option<u64> {
        let number = number_of(entry.filename()?.strip_suffix(".json")?, 12)?;
        (number / FOLDER == thousand).then_some(number)
    }

    /// `log/needle/partition=3/horizon/000000000040`: a number that whoever keeps house has noted.
    pub(super) fn mark(&self, mark: Mark, number: u64) -> Path {
        self.marks(mark).join(format!("{number:012}"))
    }

    pub(super) fn marks(&self, mark: Mark) -> Path {
        let folder = match mark {
            Mark::Horizon => "horizon",
            Mark::Swept => "swept",
        };
        self.log().join(folder)
    }

    /// The number of a mark, where it is one.
    pub(super) fn marked(mark: &Path) -> Option<u64> {
        number_of(mark.filename()?, 12)
    }

    /// The tenant's folder of this partition, below a folder of `leads`.
    pub(super) fn files_of(&self, tenant: &Path) -> Path {
        tenant.clone().join(self.partition_name())
    }

    /// `leads/tenant=acme/partition=3/needle-increment-000000000042-9f3c6e0b7d21aa54-0.parquet`. The application is in it, because
    /// several may keep their leads below one url, and each keeps its own house.
    pub fn file(&self, tenant: &str, kind: Kind, number: u64, writer: &str, place: usize, extension: &str) -> Path {
        let kind = kind_name(kind);
        let file = format!("{}-{kind}-{number:012}-{writer}-{place}.{extension}", name(&self.application).as_ref());
        Path::from_iter([
            PathPart::from(LEADS),
            name(&format!("tenant={tenant}")),
            self.partition_name().into(),
            file.into(),
        ])
    }

    /// What the name of a data file says; `None` where it is not one of this application's.
    pub(super) fn file_name<'p>(&self, file: &'p str) -> Option<FileName<'p>> {
        let (_, file) = file.rsplit_once('/')?;
        let rest = file.strip_prefix(name(&self.application).as_ref())?.strip_prefix('-')?;
        let (kind, rest) = rest.split_once('-')?;
        let kind = [Kind::Increment, Kind::Base].into_iter().find(|known| kind_name(*known) == kind)?;
        let (number, rest) = rest.split_once('-')?;
        let (writer, place) = rest.split_once('-')?;
        let (place, _) = place.split_once('.')?;
        let sound = writer.len() == 16 && u64::from_str_radix(writer, 16).is_ok() && place.parse::<usize>().is_ok();
        sound.then_some(FileName { kind, number: number_of(number, 12)?, writer })
    }

    fn partition_name(&self) -> String {
        format!("partition={}", self.partition)
    }
}

/// Where all tenants' folders lie.
pub(super) const LEADS: &str = "leads";

/// A number that whoever keeps house has noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Files that no entry from this one on names may be gone.
    Horizon,
    /// Files that were written for entries before this one have been looked through.
    Swept,
}

/// What the name of a data file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileName<'p> {
    pub kind: Kind,
    /// The entry that it was written for.
    pub number: u64,
    pub writer: &'p str,
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Increment => "increment",
        Kind::Base => "base",
    }
}

/// One name, whatever is in it: escaped where paths want it, and ending in its hash where it would be too long.
fn name(text: &str) -> PathPart<'static> {
    let part = PathPart::from(text.to_owned());
    if part.as_ref().len() <= LONGEST_NAME {
        return part;
    }
    let kept: String = text
        .chars()
        .scan(0, |len, c| {
            *len += c.len_utf8();
            (*len <= KEPT).then_some(c)
        })
        .collect();
    PathPart::from(format!("{kept}~{:016x}", xxh3_64(text.as_bytes())))
}

/// A number that is written with at least `len` digits, and in no second way.
fn number_of(digits: &str, len: usize) -> Option<u64> {
    let number: u64 = digits.parse().ok()?;
    (format!("{number:0len$}") == digits).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        let places = Places::new("needle", 3);
        assert_eq!(places.entry(42).as_ref(), "log/needle/partition=3/000000000/000000000042.json");
        assert_eq!(places.entry(1_234_567).as_ref(), "log/needle/partition=3/000001234/000001234567.json");
        assert_eq!(Places::thousand_of(&places.folder(1234)), Some(1234));
        assert_eq!(Places::number_of(1234, &places.entry(1_234_567)), Some(1_234_567));
        assert_eq!(Places::number_of(1233, &places.entry(1_234_567)), None);
        let writer = "9f3c6e0b7d21aa54";
        let file = places.file("acme", Kind::Increment, 42, writer, 0, "parquet");
        let expected = "leads/tenant=acme/partition=3/needle-increment-000000000042-9f3c6e0b7d21aa54-0.parquet";
        assert_eq!(file.as_ref(), expected);
        assert_eq!(places.file_name(expected), Some(FileName { kind: Kind::Increment, number: 42, writer }));
        for other in ["needle-increment", "needle-increment-000000000042", "other", "needle-x", "needl", ""] {
            let theirs = Places::new(other, 3).file("acme", Kind::Base, 42, writer, 0, "parquet");
            assert_eq!(places.file_name(theirs.as_ref()), None, "{theirs}");
        }
        for other in ["a/000000000042.json.tmp", "a/42.json", "a/00000000004x.json"] {
            assert_eq!(Places::number_of(0, &Path::from(other)), None, "{other}");
        }
    }

    #[test]
    fn any_tenant_is_one_name_of_its_own() {
        let places = Places::new("needle", 3);
        let tenants = ["..".to_owned(), "a b".into(), "%".into(), "ü".repeat(128), "ü".repeat(127), "x".repeat(256)];
        let files: Vec<_> = tenants.iter().map(|t| places.file(t, Kind::Base, 1, "9f3c", 0, "rows")).collect();
        for (at, file) in files.iter().enumerate() {
            assert_eq!(file.parts().count(), 4, "{file}");
            assert!(file.parts().all(|part| part.as_ref().len() <= 255), "{file}");
            assert_eq!(Path::parse(file.as_ref()).expect("a path"), *file);
            assert!(!files[..at].contains(file), "{file}");
        }
    }
}
