//! Where a model's features are among a file's columns.

use anyhow::bail;

/// How many names a message lists.
const NAMED: usize = 5;

/// The column of each feature, found by name. Columns that no feature is named after are of no concern.
///
/// LightGBM writes `_` where a feature's name had a blank; so a column's blanks count as `_`.
pub fn places<'a>(features: &[String], columns: impl Iterator<Item = &'a str>) -> anyhow::Result<Vec<usize>> {
    let columns: Vec<String> = columns.map(|name| name.replace(' ', "_")).collect();
    let mut sorted: Vec<(&str, usize)> =
        columns.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
    sorted.sort_unstable();
    let mut lacking = Vec::new();
    let mut places = Vec::with_capacity(features.len());
    for feature in features {
        let begin = sorted.partition_point(|(name, _)| *name < feature.as_str());
        match sorted[begin..].iter().take_while(|(name, _)| name == feature).collect::<Vec<_>>()[..] {
            [] => lacking.push(feature),
            [(_, place)] => places.push(*place),
            _ => bail!("several columns are named `{feature}`"),
        }
    }
    if lacking.is_empty() {
        return Ok(places);
    }
    let named: Vec<String> = lacking.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
    let more = if lacking.len() > NAMED { format!(" and {} more", lacking.len() - NAMED) } else { String::new() };
    bail!("no column is named {}{more}, as the model's features are", named.join(", "))
}
