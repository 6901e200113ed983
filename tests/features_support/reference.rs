//! What each feature means, said as plainly as can be, over the plain list of all touchpoints.

use std::collections::{BTreeMap, BTreeSet};

use needle::config::{Theme, Trait, TraitKind};
use needle::lead::facts::{DAY_MS, TraitValue};
use needle::touchpoint::{FormStep, Touchpoint, read_title};
use needle::wire::event::EventType;
use xxhash_rust::xxh3::xxh3_64;

use super::{HOUR_MS, Lead, MINUTE_MS};

const CHANNELS: &str = "unassigned direct cross_network paid_shopping paid_search paid_social paid_video display \
    paid_other organic_shopping organic_social organic_video organic_search email affiliates referral audio sms \
    mobile_push offline";

type Values = BTreeMap<String, f64>;

/// Value of every feature by its name.
pub fn reference(lead: &Lead, themes: &[Theme], traits: &[Trait], as_of_ms: i64) -> Values {
    let mut values = Values::new();
    let counts = Counts { lead, as_of_ms };
    let one = |_: &Touchpoint| 1;
    counts.all(&mut values, "touchpoints", &["1h", "1d", "7d", "30d", "ever"], one);
    for kind in EventType::ALL {
        let of = move |t: &Touchpoint| u32::from(t.kind == kind);
        counts.all(&mut values, &format!("type_{}", kind.name()), &["7d", "30d", "ever"], of);
    }
    for (step, word) in [(FormStep::Started, "started"), (FormStep::Submitted, "submitted")] {
        let of = move |t: &Touchpoint| u32::from(t.form == step);
        counts.all(&mut values, &format!("forms_{word}"), &["7d", "30d", "ever"], of);
    }
    for (code, name) in CHANNELS.split_whitespace().enumerate() {
        let of = move |t: &Touchpoint| u32::from(t.channel as usize == code);
        counts.all(&mut values, &format!("channel_{name}"), &["30d", "ever"], of);
    }
    for (bit, theme) in themes.iter().enumerate() {
        let of = move |t: &Touchpoint| u32::from(t.themes >> bit & 1 == 1);
        counts.all(&mut values, &format!("theme_{}", theme.name), &["1h", "1d", "7d", "30d", "ever"], of);
        let last = lead.timeline().iter().rev().find(|t| of(t) == 1);
        let since = last.map_or(-1.0, |t| (as_of_ms - t.at_ms) as f64 / DAY_MS as f64);
        values.insert(format!("theme_{}_days_since_last", theme.name), since);
    }
    let high_bits: Vec<usize> = (0..themes.len()).filter(|bit| themes[*bit].high_intent).collect();
    let high = |t: &Touchpoint| high_bits.iter().filter(|bit| t.themes >> **bit & 1 == 1).count() as u32;
    counts.all(&mut values, "high_intent", &["1h", "1d", "7d", "30d", "ever"], high);
    let momentum = |of: &dyn Fn(&Touchpoint) -> u32| counts.days(0..=6, of) - counts.days(7..=27, of) / 3.0;
    values.insert("momentum_touchpoints".into(), momentum(&one));
    values.insert("momentum_high_intent".into(), momentum(&high));
    let last = lead.timeline().iter().rev().find(|t| high(t) > 0);
    let since = last.map_or(-1.0, |t| (as_of_ms - t.at_ms) as f64 / HOUR_MS as f64);
    values.insert("hours_since_high_intent".into(), since);

    spread(lead, themes.len(), as_of_ms, &mut values);
    gaps(lead.timeline(), &mut values);
    sessions(lead.timeline(), as_of_ms, &mut values);
    steps(lead, themes.len(), as_of_ms, &mut values);
    person(lead, traits, &mut values);
    values
}

struct Counts<'a> {
    lead: &'a Lead,
    as_of_ms: i64,
}

impl Counts<'_> {
    fn all(&self, values: &mut Values, stem: &str, windows: &[&str], of: impl Fn(&Touchpoint) -> u32) {
        for window in windows {
            let younger = |ms: i64| self.lead.timeline().iter().filter(move |t| self.as_of_ms - t.at_ms < ms);
            let n = match *window {
                "1h" => younger(HOUR_MS).map(&of).sum::<u32>().into(),
                "1d" => younger(DAY_MS).map(&of).sum::<u32>().into(),
                "7d" => self.days(0..=6, &of),
                "30d" => self.days(0..=29, &of),
                _ => self.lead.touchpoints.iter().map(&of).sum::<u32>().into(),
            };
            values.insert(format!("{stem}_count_{window}"), n);
        }
    }

    fn days(&self, ages: std::ops::RangeInclusive<i64>, of: &dyn Fn(&Touchpoint) -> u32) -> f64 {
        let day = |ms: i64| ms / DAY_MS;
        let within = |t: &&Touchpoint| ages.contains(&(day(self.as_of_ms) - day(t.at_ms)));
        self.lead.touchpoints.iter().filter(within).map(of).sum::<u32>().into()
    }
}

fn spread(lead: &Lead, themes: usize, as_of_ms: i64, values: &mut Values) {
    let all = &lead.touchpoints;
    let active: BTreeSet<i64> = all.iter().map(|t| as_of_ms / DAY_MS - t.at_ms / DAY_MS).collect();
    values.insert("active_days_7d".into(), active.iter().filter(|age| **age <= 6).count() as f64);
    values.insert("active_days_30d".into(), active.iter().filter(|age| **age <= 29).count() as f64);
    let channels: BTreeSet<u8> = all.iter().map(|t| t.channel as u8).collect();
    values.insert("channels_distinct_ever".into(), channels.len() as f64);
    let seen = (0..themes).filter(|bit| all.iter().any(|t| t.themes >> bit & 1 == 1));
    values.insert("themes_distinct_ever".into(), seen.count() as f64);
}

fn gaps(timeline: &[Touchpoint], values: &mut Values) {
    let gaps: Vec<f64> = timeline.windows(2).map(|w| (w[1].at_ms - w[0].at_ms) as f64 / HOUR_MS as f64).collect();
    let mean = |gaps: &[f64]| gaps.iter().sum::<f64>() / gaps.len() as f64;
    let known = !gaps.is_empty();
    values.insert("gap_mean_hours".into(), if known { mean(&gaps) } else { -1.0 });
    values.insert("gap_min_hours".into(), gaps.iter().copied().reduce(f64::min).unwrap_or(-1.0));
    values.insert("gap_last_hours".into(), gaps.last().copied().unwrap_or(-1.0));
    let trend = if gaps.len() < 2 {
        -1.0
    } else {
        let (older, newer) = gaps.split_at(gaps.len() / 2);
        if mean(&gaps) == 0.0 { 0.5 } else { mean(newer) / (mean(newer) + mean(older)) }
    };
    values.insert("gap_trend".into(), trend);
}

fn sessions(timeline: &[Touchpoint], as_of_ms: i64, values: &mut Values) {
    let sessions: Vec<&[Touchpoint]> = timeline.chunk_by(|a, b| b.at_ms - a.at_ms <= 30 * MINUTE_MS).collect();
    let ended = |days: i64| {
        let within = |s: &&&[Touchpoint]| as_of_ms / DAY_MS - s[s.len() - 1].at_ms / DAY_MS < days;
        sessions.iter().filter(within).count() as f64
    };
    values.insert("sessions_count_7d".into(), ended(7));
    values.insert("sessions_count_30d".into(), ended(30));
    values.insert("sessions_count_recent".into(), sessions.len() as f64);
    let minutes = |s: &[Touchpoint]| (s[s.len() - 1].at_ms - s[0].at_ms) as f64 / MINUTE_MS as f64;
    let pages =
        |s: &[Touchpoint]| s.iter().filter(|t| matches!(t.kind, EventType::Page | EventType::Screen)).count() as f64;
    let mean = |of: &dyn Fn(&[Touchpoint]) -> f64| {
        if sessions.is_empty() { -1.0 } else { sessions.iter().map(|s| of(s)).sum::<f64>() / sessions.len() as f64 }
    };
    values.insert("session_mean_minutes".into(), mean(&minutes));
    values.insert("session_mean_pages".into(), mean(&pages));
    values.insert("session_last_minutes".into(), sessions.last().map_or(-1.0, |s| minutes(s)));
    values.insert("session_last_pages".into(), sessions.last().map_or(-1.0, |s| pages(s)));
}

fn steps(lead: &Lead, themes: usize, as_of_ms: i64, values: &mut Values) {
    let theme = |t: &Touchpoint| (0..themes).find(|bit| t.themes >> bit & 1 == 1).map_or(0.0, |bit| (bit + 1) as f64);
    for step in 0..5 {
        let t = lead.touchpoints.get(step);
        values.insert(format!("path_{}_channel", step + 1), t.map_or(-1.0, |t| f64::from(t.channel as u8)));
        values.insert(format!("path_{}_theme", step + 1), t.map_or(-1.0, theme));
    }
    let (first, last) = (lead.touchpoints.first(), lead.touchpoints.last());
    let mut of_last = |name: &str, of: &dyn Fn(&Touchpoint) -> f64| {
        values.insert(name.into(), last.map_or(-1.0, of));
    };
    of_last("hours_since_last", &|t| (as_of_ms - t.at_ms) as f64 / HOUR_MS as f64);
    of_last("last_type", &|t| f64::from(t.kind as u8));
    of_last("last_channel", &|t| f64::from(t.channel as u8));
    of_last("last_hour", &|t| clock(t).hour().into());
    of_last("last_weekday", &|t| clock(t).weekday().to_monday_zero_offset().into());
    let themed = lead.timeline().iter().rev().map(theme).find(|code| *code > 0.0);
    values.insert("last_theme".into(), themed.unwrap_or(-1.0));
    values.insert("days_since_first".into(), first.map_or(-1.0, |t| (as_of_ms - t.at_ms) as f64 / DAY_MS as f64));
}

fn clock(t: &Touchpoint) -> jiff::Zoned {
    jiff::Timestamp::from_millisecond(t.at_ms).expect("in range").to_zoned(jiff::tz::TimeZone::UTC)
}

fn person(lead: &Lead, traits: &[Trait], values: &mut Values) {
    values.insert("known".into(), f64::from(u8::from(lead.known)));
    let share = |thousandths: Option<u16>| thousandths.map_or(-1.0, |n| f64::from(n) / 1000.0);
    values.insert("form_completeness_best".into(), share(lead.form.best));
    values.insert("form_completeness_last".into(), share(lead.form.last.map(|(_, _, n)| n)));
    for (index, t) in traits.iter().enumerate() {
        let fact = lead.traits.iter().find(|fact| usize::from(fact.index) == index).map(|fact| &fact.value);
        let value = match fact {
            Some(TraitValue::Number(number)) if t.kind == TraitKind::Number && number.is_finite() => Some(*number),
            Some(TraitValue::Flag(flag)) if t.kind == TraitKind::Flag => Some(f64::from(u8::from(*flag))),
            Some(TraitValue::Text(text)) if t.kind == TraitKind::Category => {
                Some((xxh3_64(text.trim().to_lowercase().as_bytes()) % (1 << 31)) as f64)
            }
            _ => None,
        };
        if t.kind == TraitKind::Title {
            let title = match fact {
                Some(TraitValue::Text(title)) => Some(read_title(title)),
                _ => None,
            };
            values.insert(format!("trait_{}_rank", t.name), title.map_or(-1.0, |(rank, _)| f64::from(rank as u8)));
            let department = title.map_or(-1.0, |(_, department)| f64::from(department as u8));
            values.insert(format!("trait_{}_department", t.name), department);
            values.insert(format!("trait_{}_missing", t.name), f64::from(u8::from(title.is_none())));
            continue;
        }
        values.insert(format!("trait_{}", t.name), value.unwrap_or(-1.0));
        values.insert(format!("trait_{}_missing", t.name), f64::from(u8::from(value.is_none())));
    }
}
