//! The lists of tables: themes, traits, jumps.

use std::collections::BTreeSet;

use super::defaults;
use super::names::{above, feature_part, identifier_part, json_pointer, regex, words};
use super::read::Section;
use super::{JumpRule, JumpWhen, Theme, Trait, TraitKind};

/// A touchpoint has one bit for each theme.
pub const MAX_THEMES: usize = 64;
/// So many traits at most are kept of a lead.
pub const MAX_TRAITS: usize = 256;
/// So many rules at most are armed or disarmed for a lead.
pub const MAX_JUMPS: usize = 32;
const MAX_HOURS: f64 = 24.0 * 366.0;

pub(super) fn themes(all: &Section<'_>) -> Vec<Theme> {
    let Some(tables) = all.tables("themes") else { return defaults::themes() };
    refuse_beyond(&tables, MAX_THEMES, "theme");
    let pattern = |text: &str| words(text).and_then(|()| regex(text));
    let mut names = Names::default();
    tables
        .iter()
        .map(|table| {
            let theme = Theme {
                name: names.read(table, "theme", feature_part),
                url: table.texts("url", &[], pattern),
                title: table.texts("title", &[], pattern),
                event: table.texts("event", &[], pattern),
                high_intent: table.flag("high_intent", false),
            };
            if ["url", "title", "event"].iter().all(|key| table.lacks(key)) {
                table.refuse_whole("matches nothing: give it regular expressions for url, title or event");
            }
            theme
        })
        .collect()
}

pub(super) fn traits(all: &Section<'_>) -> Vec<Trait> {
    let Some(tables) = all.tables("traits") else { return defaults::traits() };
    refuse_beyond(&tables, MAX_TRAITS, "trait");
    let mut names = Names::default();
    tables
        .iter()
        .map(|table| {
            if table.lacks("path") {
                table.refuse("path", "must name at least one place, as in [\"/company/employee_count\"]");
            }
            Trait {
                name: names.read(table, "trait", feature_part),
                path: table.texts("path", &[], json_pointer),
                kind: kind(table),
            }
        })
        .collect()
}

fn kind(table: &Section<'_>) -> TraitKind {
    const KINDS: [(&str, TraitKind); 4] = [
        ("number", TraitKind::Number),
        ("category", TraitKind::Category),
        ("flag", TraitKind::Flag),
        ("title", TraitKind::Title),
    ];
    let find = |word: &str| KINDS.iter().find(|(name, _)| *name == word).map(|(_, kind)| *kind);
    let word = table.text("kind", "category", |word| match find(word) {
        Some(_) => Ok(()),
        None => Err(format!("must be \"number\", \"category\", \"flag\" or \"title\", not {word:?}")),
    });
    find(&word).unwrap_or(TraitKind::Category)
}

pub(super) fn jumps(all: &Section<'_>) -> Vec<JumpRule> {
    let Some(tables) = all.tables("jumps") else { return defaults::jumps() };
    refuse_beyond(&tables, MAX_JUMPS, "jump");
    let mut names = Names::default();
    tables
        .iter()
        .filter_map(|table| {
            let name = names.read(table, "jump", identifier_part);
            when(table).map(|when| JumpRule { name, when })
        })
        .collect()
}

/// `None` where mistakes left no rule.
fn when(table: &Section<'_>) -> Option<JumpWhen> {
    match (table.has("above"), table.has("rise")) {
        (true, false) => {
            refuse_foreign(table, &["within_hours", "cooldown_hours"], "rise");
            crossing(table)
        }
        (false, true) => {
            refuse_foreign(table, &["rearm"], "above");
            surge(table)
        }
        (true, true) => {
            table.refuse("rise", "stands beside `above`: a jump is a crossing or a rise; make it two");
            // Both are still read, so that what is wrong within them is said as well.
            let _ = (crossing(table), surge(table));
            None
        }
        (false, false) => {
            table.refuse_whole("is a jump without `above` or `rise`");
            None
        }
    }
}

fn crossing(table: &Section<'_>) -> Option<JumpWhen> {
    let above = table.number_if_said("above", above(0.0, 100.0));
    let rearm = table.number_if_said("rearm", super::names::within(0.0, 100.0));
    let above = above?;
    if let Some(rearm) = rearm.filter(|rearm| *rearm > above) {
        table.refuse("rearm", format!("must be at most `above`: {rearm} is more than {above}"));
    }
    Some(JumpWhen::Crossing { above, rearm: rearm.unwrap_or_else(|| defaults::rearm(above)) })
}

fn surge(table: &Section<'_>) -> Option<JumpWhen> {
    let rise = table.number_if_said("rise", above(0.0, 100.0));
    let within_hours = table.number("within_hours", defaults::WITHIN_HOURS, above(0.0, MAX_HOURS));
    let cooldown_hours = table.number("cooldown_hours", defaults::COOLDOWN_HOURS, above(0.0, MAX_HOURS));
    Some(JumpWhen::Surge { rise: rise?, within_hours, cooldown_hours })
}

fn refuse_foreign(table: &Section<'_>, keys: &[&str], owner: &str) {
    for key in keys.iter().filter(|key| table.has(key)) {
        table.refuse(key, format!("belongs to `{owner}`, which this jump has not"));
    }
}

fn refuse_beyond(tables: &[Section<'_>], most: usize, what: &str) {
    if let Some(first) = tables.get(most) {
        first.refuse_whole(format!("is one {what} too many: there are {}, and at most {most} count", tables.len()));
    }
}

/// Names of one list, of which each must be its own.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Names {
    fn read(&mut self, table: &Section<'_>, what: &str, check: impl Fn(&str) -> Result<(), String>) -> String {
        if !table.has("name") {
            table.refuse_whole(format!("has no name: every {what} needs one"));
            return String::new();
        }
        let name = table.text_if_said("name", check).unwrap_or_default();
        if !name.is_empty() && !self.0.insert(name.clone()) {
            table.refuse("name", format!("is given twice: another {what} is called {name:?}"));
        }
        name
    }
}
