//! Every version of every tenant, and what would become of it.

use std::io::{self, Write};

use object_store::Error;
use serde::Serialize;

use super::instant;
use crate::commands::serving::Models;
use crate::model::day_zero;
use crate::registry::{Refusal, Shelf, Standing, places};
use crate::wire::tenant::DEFAULT_TENANT;

/// One version of one tenant.
#[derive(Debug, Serialize)]
pub struct Row {
    tenant: String,
    version: String,
    kind: Option<String>,
    /// A service that looks now serves it.
    served: bool,
    /// `CURRENT` names it.
    current: bool,
    /// Null of the shipped model, and where its manifest cannot be read.
    published_at: Option<String>,
    features: Option<usize>,
    /// Why it is not, or would not be, served.
    refused: Option<String>,
}

/// All versions, the shipped model first and then the oldest; of one tenant alone where it is named.
///
/// # Errors
/// In words, where the store cannot be read.
pub fn rows(models: &mut Models, only: Option<&str>) -> Result<Vec<Row>, String> {
    if let Some(trouble) = models.look(&mut ()).trouble {
        return Err(trouble);
    }
    let standing = models.registry.standing();
    let shelf = models.registry.shelf().map_err(|error| error.to_string())?;
    let mut tenants = match &shelf {
        Some(shelf) => models.threads.wait_for(shelf.tenants()).map_err(|error| error.to_string())?,
        None => Vec::new(),
    };
    if !tenants.iter().any(|tenant| tenant == DEFAULT_TENANT) {
        tenants.push(DEFAULT_TENANT.to_owned());
    }
    tenants.sort_by_key(|tenant| (tenant != DEFAULT_TENANT, tenant.clone()));
    let mut rows = Vec::new();
    for tenant in tenants.iter().filter(|tenant| only.is_none_or(|only| only == *tenant)) {
        let served = standing.iter().find(|standing| standing.tenant == *tenant);
        rows.extend(shipped(tenant, served));
        if let Some(shelf) = &shelf {
            let read = models.threads.wait_for(of_tenant(shelf, tenant, served));
            rows.extend(read.map_err(|error| format!("tenant {tenant}: {error}"))?);
        }
    }
    Ok(rows)
}

/// The shipped model is default's at least.
fn shipped(tenant: &str, served: Option<&Standing>) -> Option<Row> {
    let served = served.is_some_and(|standing| standing.version == day_zero::VERSION);
    (served || tenant == DEFAULT_TENANT).then(|| Row {
        tenant: tenant.to_owned(),
        version: day_zero::VERSION.to_owned(),
        kind: Some("linear".to_owned()),
        served,
        current: served,
        published_at: None,
        features: None,
        refused: None,
    })
}

async fn of_tenant(shelf: &Shelf, tenant: &str, served: Option<&Standing>) -> Result<Vec<Row>, Error> {
    let Some(folder) = places::tenant(tenant) else { return Ok(Vec::new()) };
    let (current, broken) = match shelf.current(&folder).await? {
        None => (None, None),
        Some(Ok(version)) => (Some(version), None),
        Some(Err(refusal)) => (None, Some(refusal)),
    };
    let mut versions = shelf.versions(&folder).await?;
    // Named, and not there.
    let lost = |version: &&String| *version != day_zero::VERSION && !versions.contains(version);
    if let Some(lost) = current.as_ref().filter(lost).cloned() {
        versions.push(lost);
    }
    let mut rows = Vec::new();
    for version in versions {
        let described = shelf.described(&folder, &version).await?;
        let served = served.is_some_and(|standing| standing.version == version);
        // What is served was read already.
        let refused = match &described {
            Err(refusal) => Some(refusal.clone()),
            Ok(_) if served => None,
            Ok(_) => shelf.load(&folder, &version).await?.err(),
        };
        let described = described.ok();
        let row = Row {
            tenant: tenant.to_owned(),
            kind: described.as_ref().map(|described| described.manifest.kind.clone()),
            served,
            current: current.as_ref() == Some(&version),
            published_at: described.as_ref().map(|described| instant(described.published_ms)),
            features: described.as_ref().map(|described| described.manifest.features.len()),
            refused: refused.as_ref().map(Refusal::to_string),
            version,
        };
        rows.push((described.map(|described| described.published_ms), row));
    }
    rows.sort_by_key(|(published_ms, _)| *published_ms);
    let mut rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
    rows.extend(broken.map(|refusal| unnamed(tenant, &refusal)));
    Ok(rows)
}

/// `CURRENT` names no version.
fn unnamed(tenant: &str, refusal: &Refusal) -> Row {
    Row {
        tenant: tenant.to_owned(),
        version: places::CURRENT.to_owned(),
        kind: None,
        served: false,
        current: true,
        published_at: None,
        features: None,
        refused: Some(refusal.to_string()),
    }
}

pub fn as_json(rows: &[Row], out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, rows)?;
    writeln!(out)
}

pub fn as_table(rows: &[Row], out: &mut impl Write) -> io::Result<()> {
    const HEAD: [&str; 7] = ["tenant", "version", "kind", "served", "published", "features", "refused"];
    let cells = |row: &Row| {
        let mark = match (row.served, row.current) {
            (true, _) => "*",
            (false, true) => "!",
            (false, false) => "",
        };
        [
            row.tenant.clone(),
            row.version.clone(),
            row.kind.clone().unwrap_or_default(),
            mark.to_owned(),
            row.published_at.clone().unwrap_or_default(),
            row.features.map(|count| count.to_string()).unwrap_or_default(),
            row.refused.clone().unwrap_or_default(),
        ]
    };
    let lines: Vec<[String; 7]> = std::iter::once(HEAD.map(str::to_owned)).chain(rows.iter().map(cells)).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 7] = std::array::from_fn(width);
    for line in &lines {
        let padded = line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect::<Vec<_>>();
        writeln!(out, "{}", padded.join("  ").trim_end())?;
    }
    Ok(())
}
