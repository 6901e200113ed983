//! Score changes and score jumps, written as JSON.

use super::change::{CausingEvent, Moved, Reason, ScoreChange};
pub use super::instant::event_time;

/// Appends the value of a score change to `out`; with [`ScoreChange::jump`], that of a score jump.
///
/// Fields come in the order of `schemas/score-change.json`. Numbers are in the shortest form that reads back as the same
/// double, whole ones without `.0`; a number that JSON cannot say (no feature or score is one) would be `null`.
/// Allocates nothing but what `out` grows by.
pub fn encode_change(change: &ScoreChange<'_>, out: &mut Vec<u8>) {
    let mut json = Json(out);
    json.raw("{\"tenant\":").text(change.tenant);
    json.raw(",\"lead\":").text(change.lead);
    json.raw(",\"score\":").integer(change.score.into());
    json.raw(",\"previous\":").optional(change.previous, |json, score| json.integer(score.into()));
    json.raw(",\"band\":").text(change.band);
    json.raw(",\"probability\":").number(change.probability);
    json.raw(",\"cause\":").text(change.cause.name());
    reasons(&mut json, change.reasons);
    json.raw(",\"base\":").number(change.base);
    json.raw(",\"other\":").number(change.other);
    json.raw(",\"moved\":").optional(change.moved.as_ref(), moved);
    json.raw(",\"cold_in_days\":").optional(change.cold_in_days, |json, days| json.integer(days.into()));
    if let Some(propensity) = change.explore {
        json.raw(",\"explore\":{\"propensity\":").number(propensity).raw("}");
    }
    json.raw(",\"model\":{\"version\":").text(change.model_version);
    json.raw(",\"kind\":").text(change.model_kind);
    json.raw("},\"event\":").optional(change.event.as_ref(), causing_event);
    json.raw(",\"as_of\":").instant(change.as_of_ms);
    json.raw(",\"input\":{\"topic\":").text(change.input.topic);
    json.raw(",\"partition\":").integer(change.input.partition.into());
    json.raw(",\"offset\":").integer(change.input.offset).raw("}");
    if let Some(jump) = &change.jump {
        json.raw(",\"rule\":").text(jump.rule);
        json.raw(",\"from\":").optional(jump.from, |json, (score, at_ms)| {
            json.raw("{\"score\":").integer(score.into());
            json.raw(",\"at\":").instant(at_ms).raw("}")
        });
    }
    json.raw("}");
}

/// The field `reasons`, a comma before it.
fn reasons(json: &mut Json<'_>, reasons: &[Reason<'_>]) {
    json.raw(",\"reasons\":[");
    for (index, reason) in reasons.iter().enumerate() {
        json.raw(if index == 0 { "" } else { "," });
        json.raw("{\"feature\":").text(reason.feature);
        json.raw(",\"value\":").number(reason.value);
        json.raw(",\"points\":").number(reason.points);
        json.raw(",\"text\":").text(reason.text).raw("}");
    }
    json.raw("]");
}

fn moved<'j, 'o>(json: &'j mut Json<'o>, moved: &Moved<'_>) -> &'j mut Json<'o> {
    json.raw("{\"since\":").instant(moved.since_ms);
    json.raw(",\"points\":").number(moved.points);
    reasons(json, moved.reasons);
    json.raw(",\"other\":").number(moved.other).raw("}")
}

fn causing_event<'j, 'o>(json: &'j mut Json<'o>, event: &CausingEvent<'_>) -> &'j mut Json<'o> {
    json.raw("{\"id\":").text(event.id);
    json.raw(",\"type\":").text(event.kind.name());
    json.raw(",\"name\":").optional(event.name, Json::text);
    json.raw(",\"at\":").instant(event.at_ms).raw("}")
}

/// Appends pieces of JSON.
pub(super) struct Json<'o>(pub &'o mut Vec<u8>);

impl<'o> Json<'o> {
    pub fn raw(&mut self, json: &str) -> &mut Self {
        self.0.extend_from_slice(json.as_bytes());
        self
    }

    pub fn text(&mut self, text: &str) -> &mut Self {
        // Most texts need no escape; without an early exit the compiler looks at many bytes at once.
        let is_plain = text.bytes().fold(true, |plain, b| plain & (b >= b' ') & (b != b'"') & (b != b'\\'));
        if is_plain {
            self.0.reserve(text.len() + 2);
            return self.raw("\"").raw(text).raw("\"");
        }
        let written = serde_json::to_writer(&mut *self.0, text);
        debug_assert!(written.is_ok(), "neither a text nor a Vec can fail");
        self
    }

    pub fn integer(&mut self, number: i64) -> &mut Self {
        let mut room = [0; 20];
        let mut start = room.len();
        let mut left = number.unsigned_abs();
        loop {
            start -= 1;
            room[start] = b'0' + (left % 10) as u8;
            left /= 10;
            if left == 0 {
                break;
            }
        }
        if number < 0 {
            start -= 1;
            room[start] = b'-';
        }
        self.0.extend_from_slice(&room[start..]);
        self
    }

    pub fn number(&mut self, number: f64) -> &mut Self {
        if !number.is_finite() {
            return self.raw("null");
        }
        let whole = number as i64;
        if whole.unsigned_abs() < 1 << 53 && (whole as f64).to_bits() == number.to_bits() {
            return self.integer(whole);
        }
        let mut room = ryu::Buffer::new();
        let text = room.format_finite(number);
        self.raw(text.strip_suffix(".0").unwrap_or(text))
    }

    pub fn instant(&mut self, at_ms: i64) -> &mut Self {
        self.0.push(b'"');
        event_time(at_ms, self.0);
        self.0.push(b'"');
        self
    }

    pub fn optional<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T) -> &mut Self) -> &mut Self {
        match value {
            Some(value) => write(self, value),
            None => self.raw("null"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_have_no_fraction() {
        let mut out = Vec::new();
        let mut json = Json(&mut out);
        for number in [3.0, -0.0, 0.0812, 1e16, 1e-7, f64::MAX, f64::NAN] {
            json.number(number).raw(" ");
        }
        json.integer(0).raw(" ").integer(i64::MIN).raw(" ").integer(i64::MAX);
        let text = String::from_utf8(out).expect("ASCII");
        assert_eq!(
            text,
            "3 -0 0.0812 1e16 1e-7 1.7976931348623157e308 null 0 -9223372036854775808 9223372036854775807"
        );
    }
}
