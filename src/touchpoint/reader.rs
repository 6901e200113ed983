//! From an event to its touchpoint.

use xxhash_rust::xxh3::xxh3_64;

use super::origin::{self, Scratch};
use super::outcome::Outcomes;
use super::theme::{Field, Rules};
use super::{FormStep, Mark, Touchpoint, address, form};
use crate::config::{self, Config, Theme};
use crate::wire::event::{Event, EventType, Page};

/// First instant that a touchpoint cannot hold, milliseconds since 1970: it is stored in 48 bits.
pub const END_MS: i64 = 1 << 48;
/// Most themes that a touchpoint can hold.
pub const THEMES: usize = 64;

/// Why a taxonomy cannot be compiled.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum TaxonomyError {
    #[error("theme `{theme}`: `{rule}` in `{field}` is no regex: {reason}")]
    Rule { theme: String, field: &'static str, rule: String, reason: String },
    #[error("the `{field}` rules of all themes together: {reason}")]
    Rules { field: &'static str, reason: String },
    #[error("{0} themes; at most {THEMES}")]
    TooManyThemes(usize),
}

/// The configured themes and outcomes, compiled once; every lane's [`Reader`] is made from it.
#[derive(Clone, Debug)]
pub struct Taxonomy {
    names: Vec<String>,
    high_intent: u64,
    url: Rules,
    title: Rules,
    event: Rules,
    outcomes: Outcomes,
}

impl Taxonomy {
    pub fn new(config: &Config) -> Result<Self, TaxonomyError> {
        Self::compile(&config.themes, &config.outcomes)
    }

    /// [`Taxonomy::new`] of the two parts of the configuration that it is made of.
    pub fn compile(themes: &[Theme], outcomes: &config::Outcomes) -> Result<Self, TaxonomyError> {
        if themes.len() > THEMES {
            return Err(TaxonomyError::TooManyThemes(themes.len()));
        }
        let high_intent = themes.iter().zip(0u32..).filter(|(theme, _)| theme.high_intent);
        Ok(Self {
            names: themes.iter().map(|theme| theme.name.clone()).collect(),
            high_intent: high_intent.fold(0, |all, (_, bit)| all | 1 << bit),
            url: Rules::new(themes, Field::Url)?,
            title: Rules::new(themes, Field::Title)?,
            event: Rules::new(themes, Field::Event)?,
            outcomes: Outcomes::new(outcomes),
        })
    }

    /// Bit n: theme n is a sign of high intent.
    pub fn high_intent(&self) -> u64 {
        self.high_intent
    }

    /// Names of the themes, at the place of their bits.
    pub fn theme_names(&self) -> &[String] {
        &self.names
    }
}

/// Reads events, one at a time; one for each thread. Once warm it does not allocate.
#[derive(Debug)]
pub struct Reader {
    taxonomy: Taxonomy,
    scratch: Scratch,
    /// Path and query, joined.
    target: String,
}

impl Reader {
    pub fn new(taxonomy: &Taxonomy) -> Self {
        Self { taxonomy: taxonomy.clone(), scratch: Scratch::default(), target: String::new() }
    }

    pub fn taxonomy(&self) -> &Taxonomy {
        &self.taxonomy
    }

    /// What this event means: a function of the event and the taxonomy alone.
    ///
    /// Rules on address and title hold for every type of event that says on which page it happened; forms, outcomes and
    /// rules on event names for `track` alone.
    pub fn read(&mut self, event: &Event<'_>) -> Touchpoint {
        let track = event.name.filter(|_| event.kind == EventType::Track);
        Touchpoint {
            at_ms: event.at_ms.clamp(0, END_MS - 1),
            id: xxh3_64(event.id.as_bytes()),
            kind: event.kind,
            channel: origin::channel(event, &mut self.scratch),
            form: track.map_or(FormStep::None, form::step),
            mark: track.map_or(Mark::None, |name| self.taxonomy.outcomes.mark(name)),
            themes: self.themes(event),
        }
    }

    fn themes(&mut self, event: &Event<'_>) -> u64 {
        let rules = &mut self.taxonomy;
        let mut themes = target(&event.page, &mut self.target).map_or(0, |target| rules.url.themes(target));
        if let Some(title) = event.page.title {
            themes |= rules.title.themes(title);
        }
        themes
            | match (event.kind, event.name) {
                (EventType::Track, Some(name)) => rules.event.themes(name),
                (EventType::Page | EventType::Screen, Some(name)) if event.page.title != Some(name) => {
                    rules.title.themes(name)
                }
                _ => 0,
            }
    }
}

/// Path and query of a page: as sent, else of its address.
fn target<'a>(page: &Page<'a>, buffer: &'a mut String) -> Option<&'a str> {
    let Some(path) = page.path.filter(|path| !path.is_empty()) else {
        return page.url.filter(|url| !url.is_empty()).map(address::path_and_query);
    };
    let query = origin::query(page);
    if query.is_empty() || path.contains('?') {
        return Some(path);
    }
    buffer.clear();
    buffer.push_str(path);
    buffer.push('?');
    buffer.push_str(query);
    Some(buffer)
}
