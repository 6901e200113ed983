//! Data files on their way to the store and back: what a save, a base and a load have in common.

use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt};
use xxhash_rust::xxh3::xxh3_64;

use super::file::About;
use super::format::{Format, FormatError, Reading};
use super::head::FileRef;
use super::keeper::Shared;
use super::passed_over::Reason;
use super::patience::{Gone, Patience};
use super::rows::{LeadRow, Rows};
use crate::model::Served;
use crate::storage::runtime::compute;

/// A file that is to be written.
pub(super) struct Encoded {
    pub file: FileRef,
    pub path: Path,
    pub bytes: Bytes,
}

/// Makes a file of sorted rows, where that keeps nobody waiting; there `rows` is called as well. It is the `place`th of its writer's;
/// score and probability in it are those of `models`.
pub(super) async fn encode(
    shared: &Shared,
    about: About,
    tenant: String,
    models: &Arc<Served>,
    (writer, place): (&str, usize),
    rows: impl FnOnce() -> Rows + Send + 'static,
) -> Result<Encoded, FormatError> {
    let (partition, kind, number) = (about.partition, about.kind, about.number);
    let (format, of, models) = (shared.format.clone(), tenant.clone(), models.clone());
    let encoded = compute(shared.runtime.as_ref(), move || {
        let rows = rows();
        let bytes = format.encode(&about, &of, &rows, models.of(&of))?;
        let xxh3 = digits(&bytes);
        Ok((bytes, rows.len() as u64, xxh3))
    });
    let panicked = || Err(FormatError("its writer panicked".into()));
    let (bytes, rows, xxh3) = encoded.await.unwrap_or_else(panicked)?;
    let path = shared.places(partition).file(&tenant, kind, number, writer, place, shared.format.extension());
    let file = FileRef { path: path.to_string(), tenant, rows, bytes: bytes.len() as u64, xxh3 };
    Ok(Encoded { file, path, bytes })
}

/// A file of the length that it should have.
pub(super) async fn fetch<M>(
    store: &dyn ObjectStore,
    file: &FileRef,
    mut patience: Patience<'_, M>,
) -> Result<Result<Bytes, Reason>, Gone> {
    let path = match Path::parse(&file.path) {
        Ok(path) => path,
        Err(error) => return Ok(Err(unreadable(file, error))),
    };
    loop {
        match fetch_once(store, &path, file).await {
            Ok(fetched) => return Ok(fetched),
            Err(Error::NotFound { .. }) => return Ok(Err(Reason::FileMissing { path: file.path.clone() })),
            Err(error) => patience.wait("reading", &path, &error).await?,
        }
    }
}

/// The length is compared before the bytes come: an object of another size may be of any size.
async fn fetch_once(store: &dyn ObjectStore, path: &Path, file: &FileRef) -> Result<Result<Bytes, Reason>, Error> {
    let found = store.get(path).await?;
    if found.meta.size != file.bytes {
        let (path, expected, found) = (file.path.clone(), file.bytes, found.meta.size);
        return Ok(Err(Reason::FileLength { path, expected, found }));
    }
    Ok(Ok(found.bytes().await?))
}

/// A file whose bytes are those that were written.
pub(super) fn open(format: &dyn Format, file: &FileRef, bytes: Bytes) -> Result<Open, Reason> {
    let found = digits(&bytes);
    if found != file.xxh3 {
        return Err(Reason::FileAltered { path: file.path.clone(), expected: file.xxh3.clone(), found });
    }
    let reading = format.open(bytes).map_err(|error| unreadable(file, error))?;
    Ok(Open { reading, file: file.clone() })
}

pub(super) struct Open {
    reading: Box<dyn Reading>,
    file: FileRef,
}

impl Open {
    /// Hands over the next rows, a few thousand at most; none at the end.
    pub fn read(&mut self, visit: &mut dyn FnMut(LeadRow<'_>)) -> Result<(), Reason> {
        self.reading.read(visit).map(drop).map_err(|error| unreadable(&self.file, error))
    }
}

pub(super) fn unreadable(file: &FileRef, cause: impl ToString) -> Reason {
    Reason::FileUnreadable { path: file.path.clone(), cause: cause.to_string() }
}

/// XXH3-64, as a [`FileRef`] has it.
fn digits(bytes: &[u8]) -> String {
    format!("{:016x}", xxh3_64(bytes))
}
