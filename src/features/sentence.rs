//! What a value means, in words. Made once per configuration, so that saying it costs no more than the number in it.

use std::fmt::Write;

/// Tenths below this are exact integers.
const EXACT_TENTHS: f64 = (1u64 << 53) as f64;

/// Phrases for a value, each with at most one `{}` in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Sentence {
    many: String,
    /// Where the value, as it is written, is 1.
    one: String,
    /// Where the value, as it is written, is 0.
    zero: String,
    /// Where it is below 0; written without its sign.
    negative: String,
    missing: String,
    show: Show,
}

/// How the value itself is written.
#[derive(Clone, Debug, PartialEq)]
pub enum Show {
    /// At most one decimal.
    Number,
    /// A span of time in the largest unit that suits; the factor makes minutes of the value.
    Span { minutes: f64 },
    /// Hundredths: 0.5 is 50.
    Percent,
    /// A code's word, by number from 0.
    Word(Vec<String>),
}

impl Sentence {
    /// The same phrase for every value.
    pub fn new(show: Show, phrase: impl Into<String>) -> Self {
        let many: String = phrase.into();
        Self { one: many.clone(), zero: many.clone(), negative: many.clone(), missing: many.clone(), many, show }
    }

    /// `no visit …`, `1 visit …`, `3 visits …`; `rest` follows the noun.
    pub fn count(one: &str, many: &str, rest: &str) -> Self {
        Self::new(Show::Number, format!("{{}} {many} {rest}"))
            .one(format!("1 {one} {rest}"))
            .zero(format!("no {one} {rest}"))
    }

    /// `yes` for 1, `no` for 0.
    pub fn flag(yes: impl Into<String>, no: impl Into<String>) -> Self {
        Self::new(Show::Number, yes).zero(no)
    }

    pub fn one(mut self, phrase: impl Into<String>) -> Self {
        self.one = phrase.into();
        self
    }

    pub fn zero(mut self, phrase: impl Into<String>) -> Self {
        self.zero = phrase.into();
        self
    }

    pub fn negative(mut self, phrase: impl Into<String>) -> Self {
        self.negative = phrase.into();
        self
    }

    pub fn missing(mut self, phrase: impl Into<String>) -> Self {
        self.missing = phrase.into();
        self
    }

    /// The phrase for many, with a capital in the value's place: `N visits to pricing in 7 days`.
    pub fn template(&self) -> String {
        let place = match self.show {
            Show::Number | Show::Percent => "N",
            Show::Span { .. } => "T",
            Show::Word(_) => "X",
        };
        self.many.replacen("{}", place, 1)
    }

    /// Appends the sentence; `None` is a missing value.
    pub fn write(&self, value: Option<f64>, out: &mut String) {
        let Some(value) = value else {
            out.push_str(&self.missing);
            return;
        };
        let (phrase, value) = self.phrase(value);
        match phrase.split_once("{}") {
            Some((before, after)) => {
                out.push_str(before);
                self.show.write(value, out);
                out.push_str(after);
            }
            None => out.push_str(phrase),
        }
    }

    fn phrase(&self, value: f64) -> (&str, f64) {
        if !matches!(self.show, Show::Number) {
            return (&self.many, value);
        }
        let tenths = (value.abs() * 10.0).round();
        if tenths == 0.0 {
            (&self.zero, 0.0)
        } else if value < 0.0 && self.negative != self.many {
            (&self.negative, -value)
        } else if value > 0.0 && tenths == 10.0 {
            (&self.one, value)
        } else {
            (&self.many, value)
        }
    }
}

impl Show {
    fn write(&self, value: f64, out: &mut String) {
        match self {
            Self::Number => number(value, out),
            Self::Span { minutes } => span(value * minutes, out),
            Self::Percent => number((value * 100.0).round(), out),
            Self::Word(words) => match words.get(value as usize) {
                Some(word) if value >= 0.0 => out.push_str(word),
                _ => number(value, out),
            },
        }
    }
}

/// At most one decimal, and none that says nothing.
fn number(value: f64, out: &mut String) {
    let tenths = (value * 10.0).round();
    if tenths.abs() >= EXACT_TENTHS || tenths.is_nan() {
        // Writing into a String cannot fail.
        let _ = write!(out, "{value:.0}");
        return;
    }
    // As an integer: formatting a float to one decimal costs several times as much, and every reason has such a number.
    if tenths < 0.0 {
        out.push('-');
    }
    let tenths = tenths.abs() as u64;
    let (whole, tenth) = (tenths / 10, tenths % 10);
    out.push_str(itoa::Buffer::new().format(whole));
    if tenth != 0 {
        out.push('.');
        out.push(char::from(b'0' + tenth as u8));
    }
}

/// A span of time, rounded to whole minutes below 90, to whole hours below two days, else to whole days.
fn span(minutes: f64, out: &mut String) {
    let (count, unit) = if minutes < 1.0 {
        return out.push_str("less than a minute");
    } else if minutes < 90.0 {
        (minutes.round(), "minute")
    } else if minutes < 2880.0 {
        ((minutes / 60.0).round(), "hour")
    } else {
        ((minutes / 1440.0).round(), "day")
    };
    number(count, out);
    out.push(' ');
    out.push_str(unit);
    if count != 1.0 {
        out.push('s');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(sentence: &Sentence, value: impl Into<Option<f64>>) -> String {
        let mut out = String::new();
        sentence.write(value.into(), &mut out);
        out
    }

    #[test]
    fn counts_are_singular_and_plural() {
        let visits = Sentence::count("visit", "visits", "to pricing in 7 days").missing("not known");
        assert_eq!(said(&visits, 0.0), "no visit to pricing in 7 days");
        assert_eq!(said(&visits, 1.0), "1 visit to pricing in 7 days");
        assert_eq!(said(&visits, 3.0), "3 visits to pricing in 7 days");
        assert_eq!(said(&visits, 2.5), "2.5 visits to pricing in 7 days");
        assert_eq!(said(&visits, 0.98), "1 visit to pricing in 7 days");
        assert_eq!(said(&visits, None), "not known");
        assert_eq!(visits.template(), "N visits to pricing in 7 days");
    }

    #[test]
    fn spans_choose_their_unit() {
        let since = Sentence::new(Show::Span { minutes: 60.0 }, "{} ago");
        for (hours, text) in [
            (0.0, "less than a minute ago"),
            (1.0 / 60.0, "1 minute ago"),
            (0.5, "30 minutes ago"),
            (1.0, "60 minutes ago"),
            (2.0, "2 hours ago"),
            (47.9, "48 hours ago"),
            (72.0, "3 days ago"),
        ] {
            assert_eq!(said(&since, hours), text);
        }
    }

    #[test]
    fn a_code_without_a_word_is_said_as_a_number() {
        let words = Sentence::new(Show::Word(vec!["direct".into()]), "came through {}");
        assert_eq!(said(&words, 0.0), "came through direct");
        assert_eq!(said(&words, 7.0), "came through 7");
    }

    #[test]
    fn less_is_said_without_a_sign() {
        let change = Sentence::new(Show::Number, "{} more").negative("{} fewer").zero("as many");
        assert_eq!(said(&change, -1.0), "1 fewer");
        assert_eq!(said(&change, 2.25), "2.3 more");
        assert_eq!(said(&change, -0.01), "as many");
    }
}
