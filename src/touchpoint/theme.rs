//! Themes: buckets of the URL and content taxonomy, by the configured rules.
//!
//! All rules are regexes and match anywhere in their text unless they are anchored; a plain event name (`Pricing Viewed`) is
//! a regex as well. Case counts unless a rule says `(?i)`.
//!
//! One pass over a text finds every rule of a field: a lazy DFA of all of them at once, whose states are built when they are first
//! met. `regex::RegexSet` runs the same automaton, but allocates its answer and takes its cache from a pool on every call.

use std::sync::Arc;

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::meta::{BuildError, Regex};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::{Input, MatchKind, PatternSet};

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

/// The rules of one field, compiled. A clone shares the programs and has caches of its own, so that no two threads meet in them.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    fast: Option<(DFA, Cache)>,
    /// For a text that the DFA cannot finish: one with letters outside ASCII, where a rule has `\b`.
    sure: Regex,
    matched: PatternSet,
    /// Bit of the theme that each rule belongs to.
    themes: Arc<[u64]>,
}

impl Rules {
    /// Compiles one field's rules of all themes; the place of a theme in the list is its bit.
    pub(super) fn new(themes: &[Theme], field: Field) -> Result<Self, TaxonomyError> {
        let of =
            |(theme, bit): (&'_ Theme, u32)| field.rules(theme).iter().map(move |_| 1 << bit).collect::<Vec<u64>>();
        let patterns: Vec<&str> = themes.iter().flat_map(|theme| field.rules(theme)).map(String::as_str).collect();
        let sure = Regex::builder()
            .configure(Regex::config().match_kind(MatchKind::All).which_captures(WhichCaptures::None))
            .build_many(&patterns)
            .map_err(|error| refusal(themes, field, &error))?;
        // Both as `regex::RegexSet` builds them. The DFA's own limits are narrower; without it everything is right, and slower.
        let fast = build_dfa(&patterns).map(|dfa| {
            let cache = dfa.create_cache();
            (dfa, cache)
        });
        let matched = PatternSet::new(sure.pattern_len());
        Ok(Self { fast, sure, matched, themes: themes.iter().zip(0..).flat_map(of).collect() })
    }

    /// Bits of the themes that have a rule which matches.
    pub(super) fn themes(&mut self, text: &str) -> u64 {
        if self.themes.is_empty() {
            return 0;
        }
        let fast = self.fast.as_mut().and_then(|(dfa, cache)| scan(dfa, cache, &self.themes, text));
        fast.unwrap_or_else(|| {
            self.matched.clear();
            self.sure.which_overlapping_matches(&Input::new(text), &mut self.matched);
            self.matched.iter().fold(0, |all, rule| all | self.themes[rule.as_usize()])
        })
    }
}

/// One pass of the DFA; `None` where it cannot finish.
fn scan(dfa: &DFA, cache: &mut Cache, themes: &[u64], text: &str) -> Option<u64> {
    let mut found = 0;
    let mut state = dfa.start_state_forward(cache, &Input::new(text)).ok()?;
    for &byte in text.as_bytes() {
        // Nearly every step leads from an untagged state to another one, and has a shorter way.
        let from = state;
        if !from.is_tagged() {
            state = dfa.next_state_untagged(cache, from, byte);
            if !state.is_tagged() {
                continue;
            }
        }
        if from.is_tagged() || state.is_unknown() {
            state = dfa.next_state(cache, from, byte).ok()?;
        }
        if state.is_match() {
            found |= matches(dfa, cache, state, themes);
        } else if state.is_dead() {
            return Some(found);
        } else if state.is_quit() {
            return None;
        }
    }
    // A match is told one byte late, so the last one is told at the end of the text.
    state = dfa.next_eoi_state(cache, state).ok()?;
    if state.is_match() {
        found |= matches(dfa, cache, state, themes);
    }
    Some(found)
}

fn matches(dfa: &DFA, cache: &Cache, state: LazyStateID, themes: &[u64]) -> u64 {
    let rules = (0..dfa.match_len(cache, state)).map(|n| dfa.match_pattern(cache, state, n));
    rules.fold(0, |all, rule| all | themes[rule.as_usize()])
}

fn build_dfa(patterns: &[&str]) -> Option<DFA> {
    let config = DFA::config().match_kind(MatchKind::All).unicode_word_boundary(true);
    let program = thompson::Config::new().which_captures(WhichCaptures::None).nfa_size_limit(Some(10 << 20));
    DFA::builder().configure(config).thompson(program).build_many(patterns).ok()
}

fn refusal(themes: &[Theme], field: Field, error: &BuildError) -> TaxonomyError {
    let mut rules = themes.iter().flat_map(|theme| field.rules(theme).iter().map(move |rule| (theme, rule)));
    let culprit = error.pattern().and_then(|pattern| rules.nth(pattern.as_usize()));
    let reason = error.syntax_error().map_or_else(|| error.to_string(), ToString::to_string);
    let field = field.name();
    match culprit {
        Some((theme, rule)) => TaxonomyError::Rule { theme: theme.name.clone(), field, rule: rule.clone(), reason },
        None => TaxonomyError::Rules { field, reason },
    }
}
