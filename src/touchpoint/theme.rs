//! Themes: buckets of the URL and content taxonomy, by the configured rules.
//!
//! All rules are regexes and match anywhere in their text unless they are anchored; a plain event name (`Pricing Viewed`) is
//! a regex as well. Case counts unless a rule says `(?i)`. One pass over a text finds every rule of a field, by the engine
//! beneath the `regex` crate, which can note its matches in a set that is reused.

use std::sync::Arc;

use regex_automata::meta::{BuildError, Regex};
use regex_automata::{Input, MatchKind, PatternSet, util::syntax};

use super::TaxonomyError;
use crate::config::Theme;

/// What a rule is matched against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// Path and query of the page as one text, as sent (nothing is decoded), without scheme, host and fragment. So `$` is the
    /// end of the query where there is one.
    Url,
    /// Title of the page; name of a `page` or `screen`.
    Title,
    /// Name of a `track` event.
    Event,
}

impl Field {
    fn rules(self, theme: &Theme) -> &[String] {
        match self {
            Self::Url => &theme.url,
            Self::Title => &theme.title,
            Self::Event => &theme.event,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Title => "title",
            Self::Event => "event",
        }
    }
}

/// The rules of one field, compiled. A clone shares the program and has a cache of its own, so that no two threads meet in it.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    regex: Regex,
    matched: PatternSet,
    /// Bit of the theme that each rule belongs to.
    themes: Arc<[u64]>,
}

impl Rules {
    /// Compiles one field's rules of all themes; the place of a theme in the list is its bit.
    pub(super) fn new(themes: &[Theme], field: Field) -> Result<Self, TaxonomyError> {
        let rules = || {
            themes
                .iter()
                .zip(0u32..)
                .flat_map(|(theme, bit)| field.rules(theme).iter().map(move |rule| (rule, theme, bit)))
        };
        let patterns: Vec<&str> = rules().map(|(rule, ..)| rule.as_str()).collect();
        let regex = build(&patterns).map_err(|error| {
            let culprit = error.pattern().and_then(|pattern| rules().nth(pattern.as_usize()));
            let reason = error.syntax_error().map_or_else(|| error.to_string(), ToString::to_string);
            match culprit {
                Some((rule, theme, _)) => {
                    TaxonomyError::Rule { theme: theme.name.clone(), field: field.name(), rule: rule.clone(), reason }
                }
                None => TaxonomyError::Rules { field: field.name(), reason },
            }
        })?;
        let matched = PatternSet::new(regex.pattern_len());
        Ok(Self { regex, matched, themes: rules().map(|(.., bit)| 1 << bit).collect() })
    }

    /// Bits of the themes that have a rule which matches.
    pub(super) fn themes(&mut self, text: &str) -> u64 {
        if self.themes.is_empty() {
            return 0;
        }
        self.matched.clear();
        self.regex.which_overlapping_matches(&Input::new(text), &mut self.matched);
        self.matched.iter().map(|rule| self.themes[rule.as_usize()]).fold(0, |all, theme| all | theme)
    }
}

/// As `regex::RegexSet` builds it.
fn build(patterns: &[&str]) -> Result<Regex, BuildError> {
    let config =
        Regex::config().match_kind(MatchKind::All).which_captures(regex_automata::nfa::thompson::WhichCaptures::None);
    Regex::builder().configure(config).syntax(syntax::Config::new()).build_many(patterns)
}
