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

/// File systems want names of at most 255 bytes.
const LONGEST_NAME: usize = 200;

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

    /// `leads/tenant=acme/partition=3/increment-000000000042-9f3c6e0b7d21aa54-0.parquet`
    pub fn file(&self, tenant: &str, kind: Kind, number: u64, writer: &str, place: usize, extension: &str) -> Path {
        let kind = match kind {
            Kind::Increment => "increment",
            Kind::Base => "base",
        };
        let file = format!("{kind}-{number:012}-{writer}-{place}.{extension}");
        Path::from_iter([
            PathPart::from("leads"),
            name(&format!("tenant={tenant}")),
            self.partition_name().into(),
            file.into(),
        ])
    }

    fn partition_name(&self) -> String {
        format!("partition={}", self.partition)
    }
}

/// The entry that a data file was written for.
pub fn written_for(file: &Path) -> Option<u64> {
    let (_, rest) = file.filename()?.split_once('-')?;
    number_of(rest.split_once('-')?.0, 12)
}

/// One name, whatever is in it: escaped where paths want it, and ending in its hash where it would be too long.
fn name(text: &str) -> PathPart<'static> {
    let part = PathPart::from(text.to_owned());
    if part.as_ref().len() <= LONGEST_NAME {
        return part;
    }
    // Escaped, a byte becomes three at most.
    let cut = text.floor_char_boundary(LONGEST_NAME / 3 - 17);
    PathPart::from(format!("{}~{:016x}", &text[..cut], xxh3_64(text.as_bytes())))
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
        let file = places.file("acme", Kind::Increment, 42, "9f3c", 0, "parquet");
        assert_eq!(file.as_ref(), "leads/tenant=acme/partition=3/increment-000000000042-9f3c-0.parquet");
        assert_eq!(written_for(&file), Some(42));
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
            assert_eq!(Path::parse(file.as_ref()).ok().as_ref(), Some(file));
            assert!(!files[..at].contains(file), "{file}");
        }
    }
}
