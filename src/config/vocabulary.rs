//! Every key that there is, and the nearest of them to one that there is not.

use super::report::{Mistakes, Origin};
use super::tree::{Node, Table, Value};

/// Dotted keys; sections and lists of tables stand for themselves. Below `kafka` librdkafka's own names follow.
pub const KEYS: &[&str] = &[
    "service",
    "service.application",
    "service.instance",
    "service.lanes",
    "service.commit_interval_ms",
    "service.listen",
    "kafka",
    "topics",
    "topics.events",
    "topics.score_changes",
    "topics.score_jumps",
    "topics.dead_letters",
    "tenancy",
    "tenancy.from",
    "snapshots",
    "snapshots.url",
    "snapshots.interval_seconds",
    "snapshots.history_days",
    "models",
    "models.url",
    "models.poll_seconds",
    "scoring",
    "scoring.horizon_days",
    "scoring.change_threshold",
    "scoring.reasons",
    "scoring.bands",
    "scoring.sweep_seconds",
    "scoring.anchor_probability",
    "training",
    "training.every_hours",
    "training.budget_minutes",
    "training.threads",
    "training.max_rows",
    "training.cost_missed",
    "training.cost_wasted",
    "training.calls_per_day",
    "training.exclude",
    "exploration",
    "exploration.share",
    "limits",
    "limits.record_bytes",
    "limits.blocked_ids",
    "themes",
    "themes.name",
    "themes.url",
    "themes.title",
    "themes.event",
    "themes.high_intent",
    "outcomes",
    "outcomes.positive",
    "outcomes.negative",
    "outcomes.contact",
    "outcomes.repeat",
    "traits",
    "traits.name",
    "traits.path",
    "traits.kind",
    "jumps",
    "jumps.name",
    "jumps.above",
    "jumps.rearm",
    "jumps.rise",
    "jumps.within_hours",
    "jumps.cooldown_hours",
];

/// Whether a dotted key names a section or a list of tables.
pub(super) fn is_section(key: &str) -> bool {
    KEYS.contains(&key) && !key.contains('.')
}

/// Records every key that is none of ours, with the nearest one that is.
pub(super) fn refuse_unknown(root: &Table, mistakes: &Mistakes) {
    for (name, node) in root {
        if !KEYS.contains(&name.as_str()) {
            refuse(name, name, &node.origin, mistakes);
        } else if name != "kafka" {
            match &node.value {
                Value::Table(table) => refuse_unknown_in(table, name, name, mistakes),
                Value::List(items) => {
                    for (index, item) in items.iter().enumerate() {
                        if let Node { value: Value::Table(table), .. } = item {
                            refuse_unknown_in(table, name, &format!("{name}[{index}]"), mistakes);
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

fn refuse_unknown_in(table: &Table, section: &str, shown: &str, mistakes: &Mistakes) {
    for (name, node) in table {
        let key = format!("{section}.{name}");
        if !KEYS.contains(&key.as_str()) {
            refuse(&key, &format!("{shown}.{name}"), &node.origin, mistakes);
        }
    }
}

fn refuse(key: &str, shown: &str, origin: &Origin, mistakes: &Mistakes) {
    // Within a section a key was meant, not a section.
    let known = KEYS.iter().copied().filter(|known| !key.contains('.') || known.contains('.'));
    let what = match nearest(key, known) {
        Some(near) => format!("is not a key; the nearest one is {near}"),
        None => "is not a key".to_owned(),
    };
    mistakes.add(shown, origin, what);
}

/// The nearest of `known`: by the whole name, or by its last part alone (a key put into the wrong section).
fn nearest<'k>(wrong: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let wrong = wrong.to_lowercase();
    let leaf = |key: &str| key.rsplit('.').next().map_or_else(String::new, str::to_owned);
    let wrong_leaf = leaf(&wrong);
    most_similar(known, |key| {
        let whole = strsim::normalized_damerau_levenshtein(&wrong, key);
        // A shade less, so that of two the one with the right section wins.
        whole.max(0.95 * strsim::normalized_damerau_levenshtein(&wrong_leaf, &leaf(key)))
    })
}

/// The one of highest similarity; `None` where there is none to choose from.
pub(super) fn most_similar<'k>(
    known: impl Iterator<Item = &'k str>,
    similarity: impl Fn(&str) -> f64,
) -> Option<&'k str> {
    known.map(|key| (similarity(key), key)).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, key)| key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_key_is_the_one_meant() {
        for (wrong, meant) in [
            ("scoring.resons", "scoring.reasons"),
            ("scoring.Reasons", "scoring.reasons"),
            ("scoring.lanes", "service.lanes"),
            ("lanes", "service.lanes"),
            ("servce", "service"),
            ("theme", "themes"),
            ("bands", "scoring.bands"),
            ("themes.urls", "themes.url"),
            ("jumps.re_arm", "jumps.rearm"),
            ("jumps.within_hour", "jumps.within_hours"),
            ("snapshots.interval", "snapshots.interval_seconds"),
        ] {
            assert_eq!(nearest(wrong, KEYS.iter().copied()), Some(meant), "{wrong}");
        }
    }
}
