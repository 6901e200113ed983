//! Rows laid down as they are. It is fast and says nothing to anybody else, which is what a simulator wants that writes thousands of
//! snapshots a second.
//!
//! ```text
//! "needle rows 1\n" │ tenant length u16 │ tenant │ rows u32 │ row … │ XXH3-64 of all before u64
//! row: key length u32 │ facts length u32 │ decisions length u32 │ topic u16 │ offset i64 │ key │ facts │ decisions
//! ```
//!
//! Little-endian, without padding. The topic is its place in the configuration, so that a file is good for that configuration alone.

use bytes::Bytes;
use xxhash_rust::xxh3::xxh3_64;

use super::file::About;
use super::format::{Format, FormatError, Reading};
use super::rows::{LeadRow, Rows};
use crate::lead::leads::Origin;
use crate::model::Model;

const MAGIC: &[u8] = b"needle rows 1\n";
const CHECK: usize = 8;
const ROWS_AT_ONCE: usize = 4096;

/// Rows as they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plain;

impl Format for Plain {
    fn extension(&self) -> &'static str {
        "rows"
    }

    fn encode(&self, _: &About, tenant: &str, rows: &Rows, _: &Model) -> Result<Bytes, FormatError> {
        let mut file = Vec::with_capacity(MAGIC.len() + tenant.len() + 16 + rows.bytes() + rows.len() * 22);
        file.extend_from_slice(MAGIC);
        let tenant_len = u16::try_from(tenant.len()).map_err(|_| too_long("the tenant", tenant.len()))?;
        file.extend_from_slice(&tenant_len.to_le_bytes());
        file.extend_from_slice(tenant.as_bytes());
        put_u32(&mut file, "the number of rows", rows.len())?;
        for row in rows.iter() {
            put_u32(&mut file, "a key", row.key.len())?;
            put_u32(&mut file, "a lead's facts", row.facts.len())?;
            put_u32(&mut file, "a lead's decisions", row.decisions.len())?;
            file.extend_from_slice(&row.origin.topic.to_le_bytes());
            file.extend_from_slice(&row.origin.offset.to_le_bytes());
            for part in [row.key, row.facts, row.decisions] {
                file.extend_from_slice(part);
            }
        }
        let check = xxh3_64(&file);
        file.extend_from_slice(&check.to_le_bytes());
        Ok(file.into())
    }

    fn open(&self, file: Bytes) -> Result<Box<dyn Reading>, FormatError> {
        let mut rest = sound(&file)?;
        let tenant = take_array(&mut rest).map(u16::from_le_bytes)?;
        take(&mut rest, usize::from(tenant))?;
        let left = take_u32(&mut rest)?;
        let at = file.len() - CHECK - rest.len();
        Ok(Box::new(Opened { file, at, left }))
    }
}

struct Opened {
    file: Bytes,
    /// Where the next row begins, and how many there are from there on.
    at: usize,
    left: usize,
}

impl Reading for Opened {
    fn read(&mut self, visit: &mut dyn FnMut(LeadRow<'_>)) -> Result<bool, FormatError> {
        let end = self.file.len() - CHECK;
        let mut rest = &self.file[self.at..end];
        let now = self.left.min(ROWS_AT_ONCE);
        for _ in 0..now {
            visit(row(&mut rest)?);
        }
        self.left -= now;
        self.at = end - rest.len();
        match (self.left, rest.len()) {
            (0, 1..) => Err(FormatError(format!("{} bytes follow the last row", rest.len()))),
            _ => Ok(now > 0),
        }
    }
}

fn row<'b>(rest: &mut &'b [u8]) -> Result<LeadRow<'b>, FormatError> {
    let [key, facts, decisions] = [take_u32(rest)?, take_u32(rest)?, take_u32(rest)?];
    let topic = take_array(rest).map(u16::from_le_bytes)?;
    let offset = take_array(rest).map(i64::from_le_bytes)?;
    let origin = Origin { topic, offset };
    Ok(LeadRow { key: take(rest, key)?, facts: take(rest, facts)?, decisions: take(rest, decisions)?, origin })
}

/// What stands between the first bytes and the check.
fn sound(file: &[u8]) -> Result<&[u8], FormatError> {
    let rest = file.strip_prefix(MAGIC).ok_or_else(|| FormatError("it does not begin as rows do".into()))?;
    let (_, check) = rest.split_last_chunk::<CHECK>().ok_or_else(cut_off)?;
    let found = xxh3_64(&file[..file.len() - CHECK]);
    if found != u64::from_le_bytes(*check) {
        return Err(FormatError("its bytes are not those that were written".into()));
    }
    Ok(&rest[..rest.len() - CHECK])
}

fn put_u32(file: &mut Vec<u8>, what: &str, number: usize) -> Result<(), FormatError> {
    let number = u32::try_from(number).map_err(|_| too_long(what, number))?;
    file.extend_from_slice(&number.to_le_bytes());
    Ok(())
}

fn too_long(what: &str, len: usize) -> FormatError {
    FormatError(format!("{what} is too long: {len}"))
}

fn take<'b>(rest: &mut &'b [u8], len: usize) -> Result<&'b [u8], FormatError> {
    let (taken, after) = rest.split_at_checked(len).ok_or_else(cut_off)?;
    *rest = after;
    Ok(taken)
}

fn take_array<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], FormatError> {
    let (taken, after) = rest.split_first_chunk().ok_or_else(cut_off)?;
    *rest = after;
    Ok(*taken)
}

fn take_u32(rest: &mut &[u8]) -> Result<usize, FormatError> {
    take_array(rest).map(|bytes| u32::from_le_bytes(bytes) as usize)
}

fn cut_off() -> FormatError {
    FormatError("it ends too early".into())
}
