//! Where snapshots and models are kept: a folder, or a bucket of S3, Google Cloud Storage or Azure, rooted at the url's prefix.
//!
//! Credentials come from the environment, in this order; nothing of them is ever in the configuration:
//!
//! - `s3://`: `AWS_ACCESS_KEY_ID` with `AWS_SECRET_ACCESS_KEY` (and `AWS_SESSION_TOKEN`); a web identity
//!   (`AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_ROLE_ARN`); a container's role (`AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`, or `…_FULL_URI`
//!   with `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`); the instance's metadata service. `AWS_REGION` or `AWS_DEFAULT_REGION`, else
//!   us-east-1; `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL` for another server than Amazon's. Unlike Amazon's SDKs it reads no
//!   shared files (`~/.aws`, `AWS_PROFILE`), no SSO, no `credential_process`, no `AWS_CA_BUNDLE` (OpenSSL's `SSL_CERT_FILE` works).
//! - `gs://`: `GOOGLE_APPLICATION_CREDENTIALS` or `GOOGLE_SERVICE_ACCOUNT` name a file, `GOOGLE_SERVICE_ACCOUNT_KEY` holds one; else
//!   gcloud's own default file, else the metadata service.
//! - `az://`: `AZURE_STORAGE_ACCOUNT_NAME` with `AZURE_STORAGE_ACCOUNT_KEY`, a SAS token, a service principal, a workload's federated
//!   token, or a managed identity.
//!
//! What is relied on: a put with `PutMode::Create` succeeds for one writer alone, and what was put is seen by every later read and list.
//! Lists come in no order that all stores share: whoever lists sorts.
//!
//! `AlreadyExists` tells little: the first try's reply may have been lost and the second one have met its own object; and S3 says so
//! too (409) while another writer's put is under way, which may yet fail. So whoever gets it reads what is there, knows its own entry
//! by its nonce, and tries once more where nothing is there.

use std::path::Path as Folder;
use std::sync::Arc;

use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt, PutMode};

/// What is wrong with where snapshots or models are to be kept. Nothing here goes away by trying again.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("must start with file:, s3://, gs:// or az://")]
    Scheme,
    #[error("{0}:// is not in this build of needle: it was made without the Cargo feature `{0}`")]
    Absent(&'static str),
    #[error("the folder {path} cannot be used: {source}")]
    Folder { path: String, source: std::io::Error },
    #[error("the prefix cannot be used: {0}")]
    Prefix(#[from] object_store::path::Error),
    #[error(transparent)]
    Store(#[from] object_store::Error),
}

/// Opens the store that a configured url names, with this process' environment and working directory. Connects to nothing.
pub fn open(url: &str) -> Result<Arc<dyn ObjectStore>, StoreError> {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    open_with(url, &std::env::vars_os().filter_map(text).collect::<Vec<_>>())
}

/// As [`open`], with another environment.
pub fn open_with(url: &str, environment: &[(String, String)]) -> Result<Arc<dyn ObjectStore>, StoreError> {
    if let Some(path) = url.strip_prefix("file:") {
        return folder(path.strip_prefix("//").unwrap_or(path));
    }
    let (scheme, rest) = url.split_once("://").ok_or(StoreError::Scheme)?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let store = match scheme {
        "s3" => s3(bucket, environment)?,
        "gs" => gs(bucket, environment)?,
        "az" => az(bucket, environment)?,
        _ => return Err(StoreError::Scheme),
    };
    let prefix = Path::parse(prefix)?;
    Ok(if prefix.as_ref().is_empty() { store } else { Arc::new(PrefixStore::new(store, prefix)) })
}

/// As [`open`], but makes no folder: `None` where there is none, and so nothing in it.
pub fn open_existing(url: &str) -> Result<Option<Arc<dyn ObjectStore>>, StoreError> {
    if let Some(path) = url.strip_prefix("file:")
        && !Folder::new(path.strip_prefix("//").unwrap_or(path)).exists()
    {
        return Ok(None);
    }
    open(url).map(Some)
}

/// Synchronised to the disk before a put is reported, as a bucket's would be; the folder is made where it is lacking.
fn folder(path: &str) -> Result<Arc<dyn ObjectStore>, StoreError> {
    let failed = |source| StoreError::Folder { path: path.to_owned(), source };
    std::fs::create_dir_all(Folder::new(path)).map_err(failed)?;
    Ok(Arc::new(LocalFileSystem::new_with_prefix(path)?.with_fsync(true)))
}

/// The object whose absence is put to the test.
const PROBE: &str = "put-if-absent.txt";

/// What a probe found.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// A mistake: two writers would both believe that they had won.
    #[error(
        "the store overwrites where it was asked to create (it ignores If-None-Match: *), so snapshots cannot be kept there"
    )]
    Overwrites,
    /// Away, or it does not let this process write. It may come back.
    #[error(transparent)]
    Store(#[from] object_store::Error),
}

/// Whether the store can be written, and creates an object only once. Leaves one small object that nobody deletes, so that every
/// later probe is one request, and probes of several processes do not disturb each other.
pub async fn probe(store: &dyn ObjectStore) -> Result<(), ProbeError> {
    let path = Path::from(PROBE);
    for _ in 0..2 {
        let words = "Made to see that this store creates an object only once.\n";
        match store.put_opts(&path, words.into(), PutMode::Create.into()).await {
            Ok(_) => {}
            Err(object_store::Error::AlreadyExists { .. }) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
    // Only a store that ignores the condition takes both. It is not left with what would look like success to a later probe; where that
    // fails, what was seen stands.
    let _ = store.delete(&path).await;
    Err(ProbeError::Overwrites)
}

/// Tries of one request: enough for a hiccup. Whoever asks goes on asking with patience of its own, and says so in the log; the
/// default of three minutes would hide that. A put that is tried again may meet itself: see above.
#[cfg(feature = "cloud")]
fn retries() -> object_store::RetryConfig {
    use std::time::Duration;
    let backoff = object_store::BackoffConfig {
        init_backoff: Duration::from_millis(100),
        max_backoff: Duration::from_secs(2),
        base: 2.0,
    };
    object_store::RetryConfig { backoff, max_retries: 3, retry_timeout: Duration::from_secs(20) }
}

/// A builder with our time-outs, over them what the environment says (empty values say nothing, as in the SDKs), and HTTP allowed
/// where the endpoint is named with it.
#[cfg(feature = "cloud")]
fn configure<B, K: std::str::FromStr>(
    builder: B,
    environment: &[(String, String)],
    (prefix, endpoints): (&str, &[&str]),
    with: impl Fn(B, K, &str) -> B,
    client: impl Fn(object_store::ClientConfigKey) -> K,
) -> B {
    use object_store::ClientConfigKey::{AllowHttp, ConnectTimeout, Timeout};
    let mut builder = with(builder, client(ConnectTimeout), "5 seconds");
    // Of a whole request: a file of a base goes up within it at half a megabyte a second.
    builder = with(builder, client(Timeout), "60 seconds");
    for (name, value) in environment.iter().filter(|(name, value)| name.starts_with(prefix) && !value.is_empty()) {
        if endpoints.contains(&name.as_str()) && value.starts_with("http://") {
            builder = with(builder, client(AllowHttp), "true");
        }
        if let Ok(key) = name.to_ascii_lowercase().parse() {
            builder = with(builder, key, value);
        }
    }
    builder
}

#[cfg(feature = "s3")]
fn s3(bucket: &str, environment: &[(String, String)]) -> Result<Arc<dyn ObjectStore>, StoreError> {
    use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, S3ConditionalPut};
    let names: (&str, &[&str]) = ("AWS_", &["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"]);
    let with = |builder: AmazonS3Builder, key, value: &str| builder.with_config(key, value);
    let builder = configure(AmazonS3Builder::new(), environment, names, with, AmazonS3ConfigKey::Client)
        .with_bucket_name(bucket)
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        .with_retry(retries());
    Ok(Arc::new(builder.build()?))
}

#[cfg(feature = "gs")]
fn gs(bucket: &str, environment: &[(String, String)]) -> Result<Arc<dyn ObjectStore>, StoreError> {
    use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
    let names: (&str, &[&str]) = ("GOOGLE_", &["GOOGLE_BASE_URL"]);
    let with = |builder: GoogleCloudStorageBuilder, key, value: &str| builder.with_config(key, value);
    let builder = configure(GoogleCloudStorageBuilder::new(), environment, names, with, GoogleConfigKey::Client)
        .with_bucket_name(bucket)
        .with_retry(retries());
    Ok(Arc::new(builder.build()?))
}

#[cfg(feature = "az")]
fn az(container: &str, environment: &[(String, String)]) -> Result<Arc<dyn ObjectStore>, StoreError> {
    use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
    let names: (&str, &[&str]) = ("AZURE_", &["AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"]);
    let with = |builder: MicrosoftAzureBuilder, key, value: &str| builder.with_config(key, value);
    let builder = configure(MicrosoftAzureBuilder::new(), environment, names, with, AzureConfigKey::Client)
        .with_container_name(container)
        .with_retry(retries());
    Ok(Arc::new(builder.build()?))
}

#[cfg(not(feature = "s3"))]
fn s3(_: &str, _: &[(String, String)]) -> Result<Arc<dyn ObjectStore>, StoreError> {
    Err(StoreError::Absent("s3"))
}

#[cfg(not(feature = "gs"))]
fn gs(_: &str, _: &[(String, String)]) -> Result<Arc<dyn ObjectStore>, StoreError> {
    Err(StoreError::Absent("gs"))
}

#[cfg(not(feature = "az"))]
fn az(_: &str, _: &[(String, String)]) -> Result<Arc<dyn ObjectStore>, StoreError> {
    Err(StoreError::Absent("az"))
}
