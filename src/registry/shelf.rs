//! The store as a shelf of bundles: what is on it, and one of them read. Nothing is remembered here.

use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{Error, ObjectMeta, ObjectStore, ObjectStoreExt};
use serde::{Deserialize, Serialize};

use super::places::{self, CURRENT};
use super::{CURRENT_BYTES, Ground, MANIFEST_BYTES, Refusal, WEIGHTS_BYTES};
use crate::model::bundle::{MANIFEST, MODEL, Manifest, WEIGHTS};
use crate::model::drift::Trained;
use crate::model::{Model, trees};
use crate::storage::runtime::{Runtime, compute};

/// Cheap to clone. An `Err` of its calls is the store's, and may pass; what is on it may be refused for good.
#[derive(Clone)]
pub struct Shelf {
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) runtime: Arc<dyn Runtime>,
    pub(super) ground: Arc<Ground>,
}

/// A version that can be served.
#[derive(Clone, Debug)]
pub struct Bundle {
    pub described: Described,
    pub model: Arc<Model>,
}

/// What a manifest says of a version.
#[derive(Clone, Debug)]
pub struct Described {
    pub manifest: Manifest,
    /// When it was published, as it says itself, else when its manifest was written; milliseconds since 1970.
    pub published_ms: i64,
    /// How its columns lay in training, where it says.
    pub trained: Option<Arc<Trained>>,
}

/// What a manifest says beside what scoring needs.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Imprint {
    #[serde(default)]
    pub published_at: Option<String>,
}

/// Tells whether the objects of a version have changed: size, time and tag of each that is there.
pub(super) type Marks = [Option<(u64, i64, Option<String>)>; 3];

impl Shelf {
    pub fn new(store: Arc<dyn ObjectStore>, runtime: Arc<dyn Runtime>, ground: Arc<Ground>) -> Self {
        Self { store, runtime, ground }
    }

    /// Tenants that have a folder, in order.
    pub async fn tenants(&self) -> Result<Vec<String>, Error> {
        let listed = self.store.list_with_delimiter(None).await?;
        let mut tenants: Vec<_> = listed.common_prefixes.iter().filter_map(places::tenant_of).collect();
        tenants.sort();
        Ok(tenants)
    }

    /// The version that a tenant is to be served by, if it is to be served by one of its own.
    pub async fn current(&self, tenant: &Path) -> Result<Option<Result<String, Refusal>>, Error> {
        let bytes = match self.object(places::current(tenant), CURRENT, CURRENT_BYTES).await? {
            Ok((bytes, _)) => bytes,
            Err(Refusal::Missing(_)) => return Ok(None),
            Err(refusal) => return Ok(Some(Err(refusal))),
        };
        let name = String::from_utf8_lossy(&bytes);
        let name = name.trim_ascii();
        let named = match name {
            "" => Err(Refusal::Current("is empty: it is to hold the name of a version".to_owned())),
            name if places::is_version(name) => Ok(name.to_owned()),
            name => Err(Refusal::Current(format!("holds {:?}, which is no name of a version", excerpt(name)))),
        };
        Ok(Some(named))
    }

    /// Versions of a tenant, in the order of their names.
    pub async fn versions(&self, tenant: &Path) -> Result<Vec<String>, Error> {
        let listed = self.store.list_with_delimiter(Some(tenant)).await?;
        let names = listed.common_prefixes.iter().filter_map(Path::filename).filter(|name| places::is_version(name));
        let mut versions: Vec<_> = names.map(str::to_owned).collect();
        versions.sort();
        Ok(versions)
    }

    /// What a version says of itself.
    pub async fn described(&self, tenant: &Path, version: &str) -> Result<Result<Described, Refusal>, Error> {
        let path = places::file(tenant, version, MANIFEST);
        Ok(self
            .object(path, MANIFEST, MANIFEST_BYTES)
            .await?
            .and_then(|(bytes, meta)| described(version, &bytes, &meta)))
    }

    /// Reads a version, and binds it to what this process computes.
    pub async fn load(&self, tenant: &Path, version: &str) -> Result<Result<Bundle, Refusal>, Error> {
        let described = match self.described(tenant, version).await? {
            Ok(described) => described,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let file = match described.manifest.file() {
            Ok(file) => file,
            Err(refused) => return Ok(Err(refused.into())),
        };
        let most = if file == MODEL { trees::text::MAX_BYTES as u64 } else { WEIGHTS_BYTES };
        let bytes = match self.object(places::file(tenant, version, file), file, most).await? {
            Ok((bytes, _)) => bytes,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let ground = self.ground.clone();
        let bound = compute(self.runtime.as_ref(), move || {
            let model = ground.bind(&described.manifest, &bytes)?;
            Ok(Bundle { described, model: Arc::new(model) })
        });
        Ok(bound.await.unwrap_or(Err(Refusal::Panicked)))
    }

    /// To be compared with later ones.
    pub(super) async fn marks(&self, tenant: &Path, version: &str) -> Result<Marks, Error> {
        let mut marks = Marks::default();
        for (mark, file) in marks.iter_mut().zip([MANIFEST, MODEL, WEIGHTS]) {
            *mark = match self.store.head(&places::file(tenant, version, file)).await {
                Ok(meta) => Some((meta.size, meta.last_modified.timestamp_micros(), meta.e_tag)),
                Err(Error::NotFound { .. }) => None,
                Err(error) => return Err(error),
            };
        }
        Ok(marks)
    }

    /// An object of at most so many bytes; what is larger is not read.
    async fn object(
        &self,
        path: Path,
        file: &'static str,
        most: u64,
    ) -> Result<Result<(Bytes, ObjectMeta), Refusal>, Error> {
        let found = match self.store.get(&path).await {
            Ok(found) => found,
            Err(Error::NotFound { .. }) => return Ok(Err(Refusal::Missing(file))),
            Err(error) => return Err(error),
        };
        let meta = found.meta.clone();
        if meta.size > most {
            return Ok(Err(Refusal::TooLarge { file, bytes: meta.size, most }));
        }
        Ok(Ok((found.bytes().await?, meta)))
    }
}

fn described(version: &str, bytes: &[u8], meta: &ObjectMeta) -> Result<Described, Refusal> {
    let manifest = Manifest::read(bytes)?;
    if manifest.version != version {
        return Err(Refusal::Renamed(manifest.version));
    }
    // It has been read as JSON before.
    let imprint: Imprint = serde_json::from_slice(bytes).unwrap_or_default();
    let said = imprint.published_at.and_then(|at| at.parse::<jiff::Timestamp>().ok());
    let published_ms = said.map_or_else(|| meta.last_modified.timestamp_millis(), jiff::Timestamp::as_millisecond);
    let trained = Trained::of_manifest(bytes).map(Arc::new);
    Ok(Described { manifest, published_ms, trained })
}

/// Enough of a text to know it again.
fn excerpt(text: &str) -> &str {
    text.char_indices().nth(40).map_or(text, |(end, _)| &text[..end])
}
