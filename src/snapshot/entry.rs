//! An entry of the log: how far it reaches, and all files that hold its leads. JSON on one line, sealed by a hash of itself.
//!
//! ```text
//! {"format":1,"number":42,"kind":"increment",…,"files":[…],"added":2,…,"xxh3":"0123456789abcdef"}
//! ```

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::file::Kind;
use super::head::{FileRef, Head, Reach, SaidUpTo};
use super::passed_over::Reason;

/// Entries of a newer format are left alone.
pub const FORMAT: u64 = 1;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub format: u64,
    pub number: u64,
    pub kind: Kind,
    pub application: String,
    pub partition: i32,
    /// One for each input topic.
    pub reach: Vec<Reach>,
    pub said: SaidUpTo,
    /// All files whose rows, later over earlier, are the partition's leads there.
    pub files: Vec<FileRef>,
    /// How many of the last files are new.
    pub added: usize,
    /// How many leads there are, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leads: Option<u64>,
    /// RFC 3339, for people; nothing is decided by it.
    pub written_at: String,
    /// Its writer's nonce.
    pub writer: String,
    /// The needle that wrote it.
    pub needle: String,
}

/// `,"xxh3":"0123456789abcdef"}`, in place of the closing brace.
const SEAL: &str = r#","xxh3":""#;
const SEAL_LEN: usize = SEAL.len() + 16 + 2;

impl Entry {
    /// As it is written.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut json = serde_json::to_vec(self)?;
        json.pop();
        let seal = format!("{SEAL}{:016x}\"}}", xxh3_64(&json));
        json.extend_from_slice(seal.as_bytes());
        Ok(json)
    }

    /// Reads what was written, as number `number`.
    pub fn from_json(json: &[u8], number: u64) -> Result<Self, Reason> {
        if json.is_empty() {
            return Err(Reason::Empty);
        }
        let format: FormatOnly = serde_json::from_slice(json).map_err(malformed)?;
        if format.format > FORMAT {
            return Err(Reason::NewerFormat { known: FORMAT, found: format.format, needle: format.needle });
        }
        unsealed(json)?;
        let entry: Self = serde_json::from_slice(json).map_err(malformed)?;
        entry.holds_together(number).map_err(|cause| Reason::Malformed { cause })?;
        Ok(entry)
    }

    /// What nothing that wrote it would have got wrong.
    fn holds_together(&self, number: u64) -> Result<(), String> {
        let known_twice =
            |(at, one): (usize, &Reach)| self.reach[..at].iter().any(|other| other.topic.name == one.topic.name);
        if self.number != number {
            return Err(format!("it lies in place of number {number} and calls itself number {}", self.number));
        }
        if self.reach.is_empty() {
            return Err("it names no input".into());
        }
        if let Some(reach) = self.reach.iter().find(|reach| !(0..=reach.to).contains(&reach.from)) {
            return Err(format!("its input `{}` reaches from {} to {}", reach.topic.name, reach.from, reach.to));
        }
        if let Some((_, reach)) = self.reach.iter().enumerate().find(|one| known_twice(*one)) {
            return Err(format!("it names the input `{}` twice", reach.topic.name));
        }
        if self.added > self.files.len() {
            return Err(format!("{} of its {} files are new", self.added, self.files.len()));
        }
        Ok(())
    }

    pub fn head(&self) -> Head {
        Head { number: self.number, reach: self.reach.clone(), said: self.said.clone(), files: self.files.clone() }
    }

    /// Whether it reaches at least as far on every input, from the same beginning.
    pub fn covers(&self, reach: &[Reach]) -> bool {
        let covered = |mine: &Reach| {
            let same = self.reach.iter().find(|its| its.topic == mine.topic && its.from == mine.from);
            same.is_some_and(|its| its.to >= mine.to)
        };
        reach.iter().all(covered)
    }

    /// Whether its files hold the very leads of `head` in fewer files.
    pub fn is_base_of(&self, head: &Head) -> bool {
        self.kind == Kind::Base && self.reach == head.reach && self.said == head.said
    }
}

#[derive(Deserialize)]
struct FormatOnly {
    format: u64,
    #[serde(default)]
    needle: String,
}

fn malformed(error: serde_json::Error) -> Reason {
    Reason::Malformed { cause: error.to_string() }
}

fn unsealed(json: &[u8]) -> Result<(), Reason> {
    let no_seal = || Reason::Malformed { cause: "its `xxh3` is not where it belongs, at its end".into() };
    let at = json.len().checked_sub(SEAL_LEN).ok_or_else(no_seal)?;
    let (sealed, seal) = json.split_at(at);
    let expected = seal.strip_prefix(SEAL.as_bytes()).and_then(|seal| seal.strip_suffix(b"\"}"));
    let expected = expected.ok_or_else(no_seal)?;
    let found = format!("{:016x}", xxh3_64(sealed));
    if expected != found.as_bytes() {
        return Err(Reason::Altered { expected: String::from_utf8_lossy(expected).into_owned(), found });
    }
    Ok(())
}
