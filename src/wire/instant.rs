//! Instants: RFC 3339 as leniently as real payloads need, epoch milliseconds, and RFC 3339 out.

use super::json::{Number, View};

const DAY_MS: i64 = 86_400_000;
/// 9999-12-31T23:59:59.999Z: the last instant that RFC 3339 can write.
pub const MAX_MS: i64 = 253_402_300_799_999;
/// How far ahead of its record's time an event may claim to be, before it is capped to the record's time.
pub const MAX_SKEW_MS: i64 = 5 * 60_000;

/// When an event happened: the first of `candidates` (strongest first) that can be read and is not before 1970, capped to the
/// record's time where it is more than [`MAX_SKEW_MS`] ahead of it; without any, the record's own time.
/// A record without a time (negative, as in Kafka's oldest format) caps nothing.
pub(super) fn settle(candidates: impl IntoIterator<Item = Option<i64>>, record_ms: i64) -> i64 {
    let claimed = candidates.into_iter().flatten().find(|&ms| ms >= 0);
    let settled = match claimed {
        Some(ms) if record_ms >= 0 && ms > record_ms.saturating_add(MAX_SKEW_MS) => record_ms,
        Some(ms) => ms,
        None => record_ms,
    };
    settled.clamp(0, MAX_MS)
}

/// The instant in a JSON value, milliseconds since 1970: RFC 3339 text, epoch milliseconds as a number or as text.
pub(super) fn read(value: View<'_>) -> Option<i64> {
    match value.number() {
        Some(Number::Signed(ms)) => Some(ms),
        Some(Number::Unsigned(ms)) => Some(i64::try_from(ms).unwrap_or(i64::MAX)),
        // A cast saturates; what is parsed is finite.
        Some(Number::Float(ms)) => Some(ms.floor() as i64),
        None => parse(value.text()?),
    }
}

/// The instant in a text, milliseconds since 1970 (finer parts are cut off).
///
/// RFC 3339, also with a space for the `T`, with an offset without colon, without minutes or altogether (then UTC); a date
/// alone is its midnight; digits alone are epoch milliseconds. Rarer ISO 8601 forms are left to `jiff`.
pub fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    parse_rfc3339(text.as_bytes()).or_else(|| parse_rare(text))
}

fn parse_rfc3339(text: &[u8]) -> Option<i64> {
    let (date, time) = text.split_at_checked(10)?;
    let &[y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = date else { return None };
    let (year, month, day) = (two(y0, y1)? * 100 + two(y2, y3)?, two(m0, m1)?, two(d0, d1)?);
    if !(1..=12).contains(&month) || day == 0 || day > days_in_month(year, month) {
        return None;
    }
    let midnight = days_from_civil(year, month, day) * DAY_MS;
    if time.is_empty() {
        return Some(midnight);
    }
    let (clock, rest) = time.split_at_checked(9)?;
    let &[b'T' | b't' | b' ', h0, h1, b':', m0, m1, b':', s0, s1] = clock else { return None };
    let (hour, minute, second) = (two(h0, h1)?, two(m0, m1)?, two(s0, s1)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (ms, rest) = fraction_ms(rest)?;
    let ms = midnight + ((hour * 60 + minute) * 60 + second) * 1000 + ms;
    Some(ms - offset_minutes(rest)? * 60_000)
}

/// Milliseconds of `.ffffff`, and what follows it; 0 where there is no fraction.
fn fraction_ms(text: &[u8]) -> Option<(i64, &[u8])> {
    let Some(digits) = text.strip_prefix(b".") else { return Some((0, text)) };
    let len = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    let (digits, rest) = digits.split_at(len);
    let ms = digits.iter().chain(b"000").take(3).fold(0, |ms, digit| ms * 10 + i64::from(digit - b'0'));
    (len > 0).then_some((ms, rest))
}

/// Minutes east of Greenwich.
fn offset_minutes(text: &[u8]) -> Option<i64> {
    let (sign, hours, minutes) = match *text {
        [] | [b'Z' | b'z'] => return Some(0),
        [sign, h0, h1] => (sign, two(h0, h1)?, 0),
        [sign, h0, h1, b':', m0, m1] | [sign, h0, h1, m0, m1] => (sign, two(h0, h1)?, two(m0, m1)?),
        _ => return None,
    };
    let east = (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)?;
    match sign {
        b'+' => Some(east),
        b'-' => Some(-east),
        _ => None,
    }
}

#[cold]
fn parse_rare(text: &str) -> Option<i64> {
    if let Ok(ms) = text.parse::<i64>() {
        return Some(ms);
    }
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(instant.as_millisecond());
    }
    let civil: jiff::civil::DateTime = text.parse().ok()?;
    civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp().as_millisecond())
}

fn two(tens: u8, ones: u8) -> Option<i64> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month, day; the inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// Appends `at_ms` as `2026-11-21T09:14:03.120Z`. What lies outside 1970–9999 is written as the nearest end.
pub fn event_time(at_ms: i64, out: &mut Vec<u8>) {
    let at_ms = at_ms.clamp(0, MAX_MS);
    let (year, month, day) = civil_from_days(at_ms / DAY_MS);
    let ms = at_ms % DAY_MS;
    let mut text = *b"0000-00-00T00:00:00.000Z";
    let mut put = |at: usize, digits: usize, mut number: i64| {
        for slot in text[at..at + digits].iter_mut().rev() {
            *slot = b'0' + (number % 10) as u8;
            number /= 10;
        }
    };
    put(0, 4, year);
    put(5, 2, month);
    put(8, 2, day);
    put(11, 2, ms / 3_600_000);
    put(14, 2, ms / 60_000 % 60);
    put(17, 2, ms / 1000 % 60);
    put(20, 3, ms % 1000);
    out.extend_from_slice(&text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lenient_forms() {
        let t = 1_795_252_443_120; // 2026-11-21T09:14:03.120Z
        for text in [
            "2026-11-21T09:14:03.120Z",
            "2026-11-21t09:14:03.12z",
            " 2026-11-21 09:14:03.120 ",
            "2026-11-21T09:14:03.120",
            "2026-11-21T09:14:03.120999999Z",
            "2026-11-21T14:44:03.120+05:30",
            "2026-11-21T14:44:03.120+0530",
            "2026-11-21T04:14:03.120-05",
            "2026-11-21T09:14:03,120Z",
            "20261121T091403.120Z",
            "2026-11-21T10:14:03.120+01:00[Europe/Berlin]",
            "1795252443120",
        ] {
            assert_eq!(parse(text), Some(t), "{text}");
        }
        assert_eq!(parse("2026-11-21"), Some(t - t % DAY_MS));
        assert_eq!(parse("1969-12-31T23:59:59.999Z"), Some(-1));
        assert_eq!(parse("2016-12-31T23:59:60Z"), Some(1_483_228_799_000), "a leap second is the second before");
        assert_eq!(parse("2024-02-29"), Some(1_709_164_800_000));
    }

    #[test]
    fn unreadable() {
        for text in [
            "",
            "now",
            "2026-11-ThT09:14:03Z",
            "2026-13-01",
            "2026-02-29",
            "2026-11-31T00:00:00Z",
            "2026-00-10",
            "2026-11-21T24:00:00Z",
            "2026-11-21T09:60:00Z",
            "2026-11-21T09:14:03.Z",
            "2026-11-21T09:14:03+5:30",
            "2026-11-21T09:14:03+26:00",
            "2026-11-21T09:14:03 PST",
            "١٢",
            "2026-11-21T09:14:03Zé",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn written_instants_are_read_back_and_are_what_jiff_says() {
        let mut ms: i64 = 0;
        while ms <= MAX_MS {
            let mut out = Vec::new();
            event_time(ms, &mut out);
            let text = std::str::from_utf8(&out).expect("ASCII");
            assert_eq!(parse_rfc3339(&out), Some(ms), "{text}");
            assert_eq!(text.parse::<jiff::Timestamp>().map(|t| t.as_millisecond()).ok(), Some(ms), "{text}");
            ms += 31 * DAY_MS / 3 + 12_345_678;
        }
        let mut out = Vec::new();
        event_time(i64::MAX, &mut out);
        event_time(-1, &mut out);
        assert_eq!(out, b"9999-12-31T23:59:59.999Z1970-01-01T00:00:00.000Z");
    }
}
