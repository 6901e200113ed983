//! What to serve where `CURRENT` names what will not do, and nothing was served yet.

use object_store::Error;
use object_store::path::Path;

use super::{Bundle, Shelf};

/// Versions that are looked at, and those of them that are read.
const LISTED: usize = 50;
const READ: usize = 5;

/// The newest version that was published before the one that is refused, and will do. Only looked for where nothing is served yet, so that
/// a service that is started anew goes on as it would have done without.
pub(super) async fn older(shelf: &Shelf, folder: &Path, refused: Option<&str>) -> Result<Option<Bundle>, Error> {
    let before_ms = match refused {
        Some(version) => shelf.described(folder, version).await?.ok().map(|described| described.published_ms),
        None => None,
    };
    let mut others = Vec::new();
    for version in shelf.versions(folder).await?.into_iter().rev().take(LISTED) {
        if Some(version.as_str()) != refused
            && let Ok(described) = shelf.described(folder, &version).await?
            && before_ms.is_none_or(|before_ms| described.published_ms <= before_ms)
        {
            others.push((described.published_ms, version));
        }
    }
    others.sort();
    for (_, version) in others.into_iter().rev().take(READ) {
        if let Ok(bundle) = shelf.load(folder, &version).await? {
            return Ok(Some(bundle));
        }
    }
    Ok(None)
}
