//! A whole bundle on its way to the store: checked as services will check it, its manifest last.

use bytes::Bytes;
use jiff::Timestamp;
use object_store::path::Path;
use object_store::{Error, ObjectStoreExt, PutMode};
use serde::Serialize;
use serde_json::{Map, Value};

use super::shelf::Imprint;
use super::{PublishError, Refusal, Shelf, places};
use crate::model::bundle::{MANIFEST, Manifest};

/// What is to be stored.
#[derive(Clone, Debug)]
pub struct Parcel {
    pub tenant: String,
    pub manifest: Manifest,
    /// What the manifest says beside, for people and later trainings: metrics, thresholds, what it was trained on.
    pub about: Map<String, Value>,
    /// The file that the manifest's kind asks for.
    pub model: Bytes,
    /// Others that lie with it, by name: the report.
    pub beside: Vec<(&'static str, Bytes)>,
}

/// `manifest.json` as it is written here.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    manifest: &'a Manifest,
    #[serde(flatten)]
    imprint: Imprint,
    needle: &'static str,
    #[serde(flatten)]
    about: &'a Map<String, Value>,
}

impl Shelf {
    /// Stores a version that is not there yet. Nobody is served by it until it is promoted.
    pub async fn store(&self, parcel: &Parcel, now_ms: i64) -> Result<(), PublishError> {
        let Parcel { manifest, about, .. } = parcel;
        let folder = folder(&parcel.tenant)?;
        // Whatever a service would refuse is refused here.
        self.ground.bind(manifest, &parcel.model).map_err(Refusal::from)?;
        let file = manifest.file().map_err(Refusal::from)?;
        let published_at = Some(Timestamp::from_millisecond(now_ms).unwrap_or_default().to_string());
        let imprint = Imprint { published_at };
        let written = Written { manifest, imprint, needle: env!("CARGO_PKG_VERSION"), about };
        let json = serde_json::to_vec_pretty(&written).map_err(PublishError::Manifest)?;
        // The manifest is what is looked for first, so it comes last: a version without one is not there.
        self.put_new(&folder, &manifest.version, file, parcel.model.clone()).await?;
        for (name, bytes) in &parcel.beside {
            self.put_new(&folder, &manifest.version, name, bytes.clone()).await?;
        }
        self.put_new(&folder, &manifest.version, MANIFEST, json.into()).await
    }

    /// From now on the tenant is served by this version: whoever serves it takes it up with the next look. Returns what `CURRENT` named
    /// before.
    pub async fn promote(&self, tenant: &str, version: &str) -> Result<Option<String>, PublishError> {
        let folder = folder(tenant)?;
        let before = self.current(&folder).await?.and_then(Result::ok);
        self.store.put(&places::current(&folder), format!("{version}\n").into()).await?;
        Ok(before)
    }

    /// The configuration's themes, where one of these features holds their codes: what a manifest of them has to record.
    pub fn themes_of(&self, features: &[String]) -> Vec<String> {
        super::publish::themes(&self.ground, features)
    }

    /// Keeps a file of a training's report, by name.
    pub async fn keep_report(&self, tenant: &str, name: &str, bytes: Bytes) -> Result<(), PublishError> {
        self.store.put(&places::report(&folder(tenant)?, name), bytes.into()).await?;
        Ok(())
    }

    /// An object that is not there yet, or is the same.
    async fn put_new(
        &self,
        folder: &Path,
        version: &str,
        file: &'static str,
        bytes: Bytes,
    ) -> Result<(), PublishError> {
        let path = places::file(folder, version, file);
        match self.store.put_opts(&path, bytes.clone().into(), PutMode::Create.into()).await {
            Ok(_) => Ok(()),
            Err(error @ (Error::AlreadyExists { .. } | Error::Precondition { .. })) => {
                // Perhaps it is this very put's, whose answer was lost.
                let Ok(there) = self.store.get(&path).await else { return Err(error.into()) };
                let same = there.meta.size == bytes.len() as u64 && there.bytes().await? == bytes;
                if same { Ok(()) } else { Err(PublishError::Taken(version.to_owned())) }
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The tenant's folder.
pub(super) fn folder(tenant: &str) -> Result<Path, PublishError> {
    places::tenant(tenant).ok_or_else(|| PublishError::Tenant(tenant.to_owned()))
}

/// `2026-11-20T06-00-00Z-5f0c`: when, and the first digits of what.
pub fn version_name(model: &[u8], now_ms: i64) -> String {
    let at = Timestamp::from_millisecond(now_ms).unwrap_or_default();
    let digits = xxhash_rust::xxh3::xxh3_64(model) >> 48;
    format!("{}-{digits:04x}", at.strftime("%Y-%m-%dT%H-%M-%SZ"))
}
