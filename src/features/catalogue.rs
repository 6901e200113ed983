//! Every feature: name, unit, sentence and slot in one place, so that they cannot part.
//!
//! Those of every configuration come first, then themes, then traits: a new theme moves no name, version or value.

use super::layout::{Layout, ThemeSlots, TraitSlots};
use super::sentence::{Sentence, Show};
use super::table::{Noun, Table, category, flag, maybe, number, snake};
use super::{Feature, Group, MISSING};
use crate::config::{Theme, Trait, TraitKind};
use crate::lead::facts::FIRSTS;
use crate::touchpoint::{Channel, Department, FormStep, Rank};
use crate::wire::event::EventType;

const TOUCHPOINT: Noun = Noun::new("touchpoint", "touchpoints");
const VISIT: Noun = Noun::new("visit", "visits");
const FORM: Noun = Noun::new("form", "forms");

/// What each [`EventType`] is to people.
const TYPES: [Noun; 6] = [
    Noun::new("page view", "page views"),
    Noun::new("tracked action", "tracked actions"),
    Noun::new("identification", "identifications"),
    Noun::new("group call", "group calls"),
    Noun::new("alias call", "alias calls"),
    Noun::new("screen view", "screen views"),
];

const ORDINALS: [&str; FIRSTS] = ["first", "second", "third", "fourth", "fifth"];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const NOTHING_YET: &str = "no touchpoint yet";

/// The features of at most 64 themes, and where extraction writes them.
pub fn build(themes: &[Theme], traits: &[Trait]) -> (Vec<Feature>, Layout) {
    let themes = &themes[..themes.len().min(64)];
    let mut table = Table::default();
    table.totals();
    table.recency();
    table.gaps();
    table.momentum();
    table.sessions();
    table.forms();
    table.types_and_channels();
    table.path(themes);
    table.last(themes);
    for (bit, theme) in themes.iter().enumerate() {
        table.theme(bit as u32, theme);
    }
    for t in traits {
        table.one_trait(t);
    }
    table.layout.defaults = table.features.iter().map(|f| f.default).collect();
    table.layout.place_older();
    (table.features, table.layout)
}

impl Table {
    fn totals(&mut self) {
        let g = Group::Total;
        self.layout.all = self.counts(g, "touchpoints", TOUCHPOINT, "");
        self.layout.high = self.counts(Group::Intent, "high_intent", VISIT, "to high-intent themes");
        let active = |rest| Sentence::count("day", "days", rest);
        let week = number("active_days_7d", g, "days", active("with a touchpoint in 7 days"));
        let month = number("active_days_30d", g, "days", active("with a touchpoint in 30 days"));
        self.layout.slots.active_days_7d = self.add(week);
        self.layout.slots.active_days_30d = self.add(month);
        let channels = Sentence::count("channel", "different channels", "so far");
        let themes = Sentence::count("theme", "different themes", "so far");
        self.layout.slots.distinct_channels = self.add(number("channels_distinct_ever", g, "channels", channels));
        self.layout.slots.distinct_themes = self.add(number("themes_distinct_ever", g, "themes", themes));
        let known = Sentence::flag("a known person", "still anonymous");
        self.layout.slots.known = self.add(flag("known", g, known));
    }

    fn recency(&mut self) {
        let g = Group::Recency;
        let last = span(60.0, "last touchpoint {} ago", NOTHING_YET);
        let first = span(1440.0, "first touchpoint {} ago", NOTHING_YET);
        let high = "last visit to a high-intent theme {} ago";
        let high = span(60.0, high, "no recent visit to a high-intent theme");
        self.layout.slots.hours_since_last = self.add(maybe("hours_since_last", g, "hours", last));
        self.layout.slots.days_since_first = self.add(maybe("days_since_first", g, "days", first));
        self.layout.slots.hours_since_high_intent = self.add(maybe("hours_since_high_intent", g, "hours", high));
    }

    fn gaps(&mut self) {
        let g = Group::Rhythm;
        let gap = |phrase| span(60.0, phrase, "too few touchpoints for a gap");
        let mean = gap("{} between touchpoints on average");
        let min = gap("{} between touchpoints at least");
        let last = gap("{} between the last two touchpoints");
        // The newer half's mean gap as a share of both halves' means: below a half, touchpoints come faster.
        let trend = Sentence::new(Show::Percent, "newer gaps make {} % of newer and older ones together")
            .missing("too few touchpoints for a trend");
        self.layout.slots.gap_mean = self.add(maybe("gap_mean_hours", g, "hours", mean));
        self.layout.slots.gap_min = self.add(maybe("gap_min_hours", g, "hours", min));
        self.layout.slots.gap_last = self.add(maybe("gap_last_hours", g, "hours", last));
        self.layout.slots.gap_trend = self.add(maybe("gap_trend", g, "share", trend));
    }

    /// 7 days less the mean of the three weeks before: a difference, because a ratio says nothing of leads that just came.
    fn momentum(&mut self) {
        let g = Group::Rhythm;
        let said = |what: &str| {
            let than = "than in a usual week of the three before";
            Sentence::new(Show::Number, format!("{what} in 7 days: {{}} more {than}"))
                .negative(format!("{what} in 7 days: {{}} fewer {than}"))
                .zero(format!("as many {what} in 7 days as in a usual week of the three before"))
        };
        let all = said("touchpoints");
        let high = said("visits to high-intent themes");
        self.layout.slots.momentum = self.add(number("momentum_touchpoints", g, "touchpoints per week", all));
        self.layout.slots.momentum_high = self.add(number("momentum_high_intent", g, "visits per week", high));
    }

    fn sessions(&mut self) {
        let g = Group::Session;
        let count = |rest| Sentence::count("session", "sessions", rest);
        let minutes = |phrase| span(1.0, phrase, "no session yet");
        let pages = |rest| Sentence::count("page", "pages", rest).missing("no session yet");
        let week = count("in 7 days");
        let month = count("in 30 days");
        let recent = count("in the newest 64 touchpoints");
        let last_minutes = minutes("last session of {}");
        let mean_minutes = minutes("usual session of {}");
        let last_pages = pages("in the last session");
        let mean_pages = pages("in a usual session");
        self.layout.slots.sessions_week = self.add(number("sessions_count_7d", g, "sessions", week));
        self.layout.slots.sessions_month = self.add(number("sessions_count_30d", g, "sessions", month));
        self.layout.slots.sessions = self.add(number("sessions_count_recent", g, "sessions", recent));
        self.layout.slots.session_last_minutes = self.add(maybe("session_last_minutes", g, "minutes", last_minutes));
        self.layout.slots.session_mean_minutes = self.add(maybe("session_mean_minutes", g, "minutes", mean_minutes));
        self.layout.slots.session_last_pages = self.add(maybe("session_last_pages", g, "pages", last_pages));
        self.layout.slots.session_mean_pages = self.add(maybe("session_mean_pages", g, "pages", mean_pages));
    }

    fn forms(&mut self) {
        let g = Group::Form;
        self.layout.forms[FormStep::Started as usize] = self.counts(g, "forms_started", FORM, "started");
        self.layout.forms[FormStep::Submitted as usize] = self.counts(g, "forms_submitted", FORM, "submitted");
        let filled = |phrase: &str| Sentence::new(Show::Percent, phrase).missing("no form seen being filled");
        let best = filled("most complete form filled to {} %");
        let last = filled("last form filled to {} %");
        self.layout.slots.form_best = self.add(maybe("form_completeness_best", g, "share", best));
        self.layout.slots.form_last = self.add(maybe("form_completeness_last", g, "share", last));
    }

    fn types_and_channels(&mut self) {
        for (kind, noun) in EventType::ALL.into_iter().zip(TYPES) {
            let stem = format!("type_{}", kind.name());
            self.layout.kinds[kind as usize] = self.counts(Group::Type, &stem, noun, "");
        }
        for (code, channel) in Channel::ALL.into_iter().enumerate() {
            let name = channel.name();
            let by = if code == 0 { "of no known channel".to_string() } else { format!("from {}", words(name)) };
            self.layout.channels[code] = self.counts(Group::Channel, &format!("channel_{name}"), TOUCHPOINT, &by);
        }
    }

    fn path(&mut self, themes: &[Theme]) {
        let slots = ORDINALS.iter().enumerate().map(|(step, ordinal)| {
            let none = format!("no {ordinal} touchpoint");
            let channel = word(channel_words(), &format!("{ordinal} touchpoint from {{}}"), &none);
            let theme = word(theme_words(themes), &format!("{ordinal} touchpoint on {{}}"), &none);
            let channel = self.add(category(&format!("path_{}_channel", step + 1), Group::Path, channel));
            let theme = self.add(category(&format!("path_{}_theme", step + 1), Group::Path, theme));
            (channel, theme)
        });
        self.layout.path = slots.collect();
    }

    fn last(&mut self, themes: &[Theme]) {
        let types = TYPES.iter().map(|noun| noun.one.to_string()).collect();
        let kind = word(types, "last touchpoint: {}", NOTHING_YET);
        let channel = word(channel_words(), "last touchpoint from {}", NOTHING_YET);
        let theme = word(theme_words(themes), "last theme: {}", "no recent visit to a theme");
        self.layout.slots.last_type = self.add(category("last_type", Group::Path, kind));
        self.layout.slots.last_channel = self.add(category("last_channel", Group::Path, channel));
        self.layout.slots.last_theme = self.add(category("last_theme", Group::Path, theme));
        let hours = (0..24).map(|hour| hour.to_string()).collect();
        let hour = word(hours, "last active at {} o'clock UTC", NOTHING_YET);
        let weekday = word(WEEKDAYS.map(String::from).to_vec(), "last active on a {} (UTC)", NOTHING_YET);
        self.layout.slots.last_hour = self.add(maybe("last_hour", Group::Calendar, "hour of day", hour));
        self.layout.slots.last_weekday = self.add(category("last_weekday", Group::Calendar, weekday));
    }

    fn theme(&mut self, bit: u32, theme: &Theme) {
        let (stem, name) = (format!("theme_{}", snake(&theme.name)), &theme.name);
        let counts = self.counts(Group::Theme, &stem, VISIT, &format!("to {name}"));
        let since = span(1440.0, &format!("last visit to {name} {{}} ago"), &format!("no recent visit to {name}"));
        let since = self.add(maybe(&format!("{stem}_days_since_last"), Group::Theme, "days", since));
        self.layout.themes.push(ThemeSlots { counts, since });
        self.layout.theme_bits |= 1 << bit;
        self.layout.high_bits |= u64::from(theme.high_intent) << bit;
    }

    fn one_trait(&mut self, t: &Trait) {
        let (stem, name, g) = (format!("trait_{}", snake(&t.name)), &t.name, Group::Trait);
        let none = format!("{name} not known");
        let value = match t.kind {
            TraitKind::Number => {
                let said = Sentence::new(Show::Number, format!("{name}: {{}}")).missing(&none);
                self.add(maybe(&stem, g, "as sent", said))
            }
            TraitKind::Flag => {
                let said = Sentence::flag(format!("{name}: yes"), format!("{name}: no")).missing(&none);
                self.add(Feature { default: MISSING, can_miss: true, ..flag(&stem, g, said) })
            }
            TraitKind::Category => {
                let said = Sentence::new(Show::Number, format!("{name} is known")).missing(&none);
                self.add(category(&stem, g, said))
            }
            TraitKind::Title => {
                let rank = Rank::ALL.map(|rank| rank.name().to_owned()).to_vec();
                let rank = word(rank, &format!("{name}: rank {{}}"), &none);
                let department = Department::ALL.map(|department| department.name().to_owned()).to_vec();
                let department = word(department, &format!("{name}: department {{}}"), &none);
                let slot = self.add(maybe(&format!("{stem}_rank"), g, "rank", rank));
                self.add(category(&format!("{stem}_department"), g, department));
                slot
            }
        };
        let said = Sentence::flag(&none, format!("{name} is known"));
        let missing = self.add(Feature { default: 1.0, ..flag(&format!("{stem}_missing"), g, said) });
        self.layout.traits.push(TraitSlots { kind: t.kind, value, missing });
    }
}

/// A span of time; `minutes` are in one unit of the value.
fn span(minutes: f64, phrase: &str, none: &str) -> Sentence {
    Sentence::new(Show::Span { minutes }, phrase).missing(none)
}

fn word(table: Vec<String>, phrase: &str, none: &str) -> Sentence {
    Sentence::new(Show::Word(table), phrase).missing(none)
}

/// A channel's name for people.
fn words(name: &str) -> String {
    name.replace('_', " ")
}

fn channel_words() -> Vec<String> {
    Channel::ALL.iter().map(|channel| words(channel.name())).collect()
}

/// As theme codes are: 0 is none, then the configuration's themes.
fn theme_words(themes: &[Theme]) -> Vec<String> {
    std::iter::once("no theme").chain(themes.iter().map(|t| t.name.as_str())).map(String::from).collect()
}
