//! Numbers and names as people read them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};

/// What stands for a number that is not known.
pub const UNKNOWN: &str = "–";
/// Between a number and its unit: narrow, and never broken.
const SPACE: char = '\u{202f}';
/// Longest name and longest sentence that are written whole, in characters.
const NAME: usize = 120;
const SENTENCE: usize = 600;

/// Three significant digits; whole above a thousand, with separators.
pub fn figure(value: f64) -> String {
    if !value.is_finite() {
        return UNKNOWN.into();
    }
    let size = value.abs();
    if size == 0.0 {
        return "0".into();
    }
    if size < 1e-4 {
        return minus(&format!("{value:.2e}"));
    }
    // 9.996 has as many digits before the point as 10.0, which it is written as.
    let digits = |value: f64| value.log10().floor() as i32;
    let before = digits(size).max(digits(size * (1.0 + 5e-4)));
    if before >= 3 {
        return grouped(value);
    }
    minus(&format!("{value:.*}", (2 - before).max(0) as usize))
}

/// A share as a percentage, three significant digits.
pub fn percent(share: f64) -> String {
    if !share.is_finite() {
        return UNKNOWN.into();
    }
    format!("{}{SPACE}%", figure(share * 100.0))
}

/// A share where little room is: `5 %`, `2.5 %`.
pub fn short_percent(share: f64) -> String {
    format!("{}{SPACE}%", short(share * 100.0))
}

/// A number where little room is: `0.25`, `20`. No zeros at the end.
pub fn short(value: f64) -> String {
    if !value.is_finite() {
        return UNKNOWN.into();
    }
    if value.abs() >= 1000.0 {
        return grouped(value);
    }
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if matches!(text, "-0" | "") { "0".into() } else { minus(text) }
}

/// What was counted.
pub fn count(value: u64) -> String {
    separated(&value.to_string())
}

/// What was weighed: whole, or with one decimal where it is small and not whole.
pub fn amount(value: f64) -> String {
    if !value.is_finite() {
        return UNKNOWN.into();
    }
    if value.fract() == 0.0 || value.abs() >= 100.0 { grouped(value) } else { minus(&format!("{value:.1}")) }
}

/// Points with their sign, one decimal.
pub fn points(value: f64) -> String {
    if !value.is_finite() {
        return UNKNOWN.into();
    }
    let text = format!("{value:+.1}");
    if text == "-0.0" || text == "+0.0" { "0.0".into() } else { minus(&text) }
}

/// `28 Nov 2026`.
pub fn day(at_ms: i64) -> String {
    instant(at_ms, "%-d %b %Y")
}

/// `28 Nov 2026, 13:32 UTC`.
pub fn minute(at_ms: i64) -> String {
    instant(at_ms, "%-d %b %Y, %H:%M UTC")
}

/// A span of time in the units that suit.
pub fn seconds(value: f64) -> String {
    if !value.is_finite() || value < 0.0 {
        return UNKNOWN.into();
    }
    let whole = value.round() as u64;
    match whole {
        0..60 => format!("{}{SPACE}s", figure(value)),
        60..3600 => format!("{}{SPACE}min {}{SPACE}s", whole / 60, whole % 60),
        _ => format!("{}{SPACE}h {}{SPACE}min", whole / 3600, whole % 3600 / 60),
    }
}

/// `1 lead`, `2 leads`.
pub fn many(value: u64, one: &str, more: &str) -> String {
    format!("{} {}", count(value), if value == 1 { one } else { more })
}

/// Somebody else's name: whatever it holds, it does not turn the text around it.
pub fn name(text: &str) -> Markup {
    html! { bdi { (cut(text, NAME)) } }
}

/// Somebody else's sentence.
pub fn sentence(text: &str) -> Markup {
    html! { bdi { (cut(text, SENTENCE)) } }
}

/// At most `most` characters of it; an ellipsis says that there are more.
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.into(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// Without what has no place in HTML, or turns the direction of what follows: such characters become U+FFFD.
pub fn neutral(html: String) -> String {
    let harmful = |c: char| match c {
        '\n' | '\t' => false,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        // Noncharacters: a validator minds them.
        '\u{fdd0}'..='\u{fdef}' => true,
        _ => c.is_control() || c as u32 & 0xfffe == 0xfffe,
    };
    if html.contains(harmful) { html.replace(harmful, "\u{fffd}") } else { html }
}

fn instant(at_ms: i64, form: &str) -> String {
    match Timestamp::from_millisecond(at_ms) {
        Ok(at) => at.to_zoned(TimeZone::UTC).strftime(form).to_string(),
        Err(_) => UNKNOWN.into(),
    }
}

fn grouped(value: f64) -> String {
    let text = format!("{value:.0}");
    match text.strip_prefix('-') {
        Some("0") => "0".into(),
        Some(digits) => format!("−{}", separated(digits)),
        None => separated(&text),
    }
}

/// Commas between thousands of plain digits.
fn separated(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A real minus sign: as wide as a plus, and not broken after.
fn minus(text: &str) -> String {
    match text.strip_prefix('-') {
        Some(rest) => format!("−{rest}"),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits() {
        for (value, text) in [
            (0.0, "0"),
            (0.79912, "0.799"),
            (-0.5, "−0.500"),
            (9.996, "10.0"),
            (99.96, "100"),
            (999.6, "1,000"),
            (12.345, "12.3"),
            (1234567.8, "1,234,568"),
            (0.0000123, "1.23e-5"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(figure(value), text, "{value}");
        }
    }

    #[test]
    fn other_numbers_are_for_people_too() {
        assert_eq!(count(1234), "1,234");
        assert_eq!(count(123), "123");
        assert_eq!(amount(12.34), "12.3");
        assert_eq!(amount(1234.5), "1,234");
        assert_eq!(points(-0.04), "0.0");
        assert_eq!(points(2.0), "+2.0");
        assert_eq!(short(0.25), "0.25");
        assert_eq!(short(-20.0), "−20");
        assert_eq!(percent(0.0352), "3.52\u{202f}%");
        assert_eq!(seconds(192.4), "3\u{202f}min 12\u{202f}s");
        assert_eq!(day(1_795_872_720_000), "28 Nov 2026");
        assert_eq!(day(i64::MAX), "–");
    }

    #[test]
    fn control_and_direction_are_taken_out() {
        assert_eq!(neutral("a\0b\u{202e}c\nd".into()), "a\u{fffd}b\u{fffd}c\nd");
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("abcd", 4), "abcd");
    }
}
