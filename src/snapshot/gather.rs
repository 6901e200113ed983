//! Rows on their way into files: each tenant's together, and no more of them than memory is meant for.

use std::collections::BTreeMap;

use super::rows::Rows;

/// Rows of a file, at most.
pub(super) const FILE_ROWS: usize = 65_536;
/// Bytes of all that is gathered, at most, but for the rows of one offer.
pub(super) const GATHERED_BYTES: usize = 64 << 20;

/// A key that is no `tenant/lead`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NoTenant(pub String);

#[derive(Default)]
pub(super) struct Gather {
    tenants: BTreeMap<String, Rows>,
    bytes: usize,
    /// Full, and not in `bytes` any more.
    full: Vec<(String, Rows)>,
}

impl Gather {
    pub fn add(&mut self, rows: &Rows) -> Result<(), NoTenant> {
        for row in rows.iter() {
            let tenant = tenant_of(row.key).ok_or_else(|| NoTenant(String::from_utf8_lossy(row.key).into_owned()))?;
            if !self.tenants.contains_key(tenant) {
                self.tenants.insert(tenant.to_owned(), Rows::default());
            }
            let Some(theirs) = self.tenants.get_mut(tenant) else { continue };
            let before = theirs.bytes();
            theirs.push(row);
            self.bytes += theirs.bytes() - before;
            if theirs.len() == FILE_ROWS {
                self.take(tenant);
            }
        }
        while self.bytes > GATHERED_BYTES {
            let Some((largest, _)) = self.tenants.iter().max_by_key(|(_, rows)| rows.bytes()) else { break };
            let largest = largest.clone();
            self.take(&largest);
        }
        Ok(())
    }

    fn take(&mut self, tenant: &str) {
        if let Some((tenant, rows)) = self.tenants.remove_entry(tenant) {
            self.bytes -= rows.bytes();
            self.full.push((tenant, rows));
        }
    }

    /// What must be written before more is added.
    pub fn full(&mut self) -> Option<(String, Rows)> {
        self.full.pop()
    }

    /// What is left when there is no more to add.
    pub fn rest(&mut self) -> Option<(String, Rows)> {
        self.full.pop().or_else(|| self.tenants.pop_first())
    }
}

fn tenant_of(key: &[u8]) -> Option<&str> {
    let at = key.iter().position(|byte| *byte == b'/')?;
    std::str::from_utf8(&key[..at]).ok()
}
