//! Who takes the rows of a snapshot in.

use super::rows::LeadRow;
use crate::lead::arena::Full;
use crate::lead::leads::bulk::Bulk;

/// Takes rows in where they are read, one after the other. It is dropped where the snapshot that they are of turns out to be of no use.
pub trait Sink: Send + 'static {
    /// Rows of later calls stand over those of earlier ones.
    ///
    /// # Errors
    /// There is no room for it. The sink is of no use any more.
    fn take(&mut self, row: LeadRow<'_>) -> Result<(), Full>;

    /// Those were all. Called where rows are taken in, for whatever is better done there; not of a sink that is to stay empty.
    fn end(&mut self) {}
}

impl Sink for Bulk {
    fn take(&mut self, row: LeadRow<'_>) -> Result<(), Full> {
        self.put(row.kept(0))
    }

    fn end(&mut self) {
        self.index();
    }
}
