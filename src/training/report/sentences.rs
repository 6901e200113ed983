//! What was learned, in plain sentences: from importance, direction and effects of the strongest features.
//!
//! A feature's own sentence has a capital for its value (`N visits to pricing in 7 days`). What is said around it fits whatever it is,
//! so that a trait or theme that somebody names tomorrow reads as well.

use super::data::{Direction, Effect, Factor};
use super::words::{figure, points};

/// Features that are told of.
const MOST: usize = 8;
/// Those with less than this share of the strongest one's points are not worth a sentence.
const LEAST_SHARE: f64 = 0.1;

/// Sentences on the strongest of `factors`, which are in order of importance; a sentence each.
pub fn sentences(factors: &[Factor]) -> Vec<String> {
    let strongest = factors.iter().map(|factor| factor.mean_abs_points).fold(0.0, f64::max);
    let worth = |factor: &&Factor| factor.mean_abs_points > 0.0 && factor.mean_abs_points >= strongest * LEAST_SHARE;
    let told = factors.iter().filter(worth).take(MOST).enumerate();
    told.map(|(nth, factor)| capital(&sentence(factor, nth == 0))).collect()
}

fn sentence(factor: &Factor, first: bool) -> String {
    let most = if first { " most of all" } else { "" };
    format!("{}{most}: {}.", claim(factor), evidence(factor))
}

/// What the feature does.
fn claim(factor: &Factor) -> String {
    let subject = open(&factor.text);
    let counted = factor.text.strip_prefix("N ").filter(|rest| !rest.starts_with('%'));
    let verb = match factor.direction {
        Direction::Raises => "raise",
        Direction::Lowers => "lower",
        Direction::Mixed => return format!("the score goes up and down with {subject}"),
        Direction::Unordered => return format!("the score depends on {subject}"),
    };
    let way = if verb == "raise" { "the higher" } else { "the lower" };
    match counted {
        Some(rest) => format!("more {rest} {verb} the score"),
        None if factor.unit == "flag" => format!("{subject} {verb}s the score"),
        None if has_place(&factor.text, "T") => format!("the longer, {way} the score, in {subject}"),
        None => format!("the more, {way} the score, in {subject}"),
    }
}

/// The highest and the lowest of its effects, or how much it moves scores on average.
fn evidence(factor: &Factor) -> String {
    let known = || factor.effects.iter().filter(|effect| effect.mean_points.is_finite() && effect.rows > 0.0);
    let by_points = |a: &&Effect, b: &&Effect| a.mean_points.total_cmp(&b.mean_points);
    match (known().max_by(by_points), known().min_by(by_points)) {
        (Some(high), Some(low)) if high.label != low.label => format!(
            "{} points at “{}”, {} at “{}”",
            points(high.mean_points),
            high.label,
            points(low.mean_points),
            low.label
        ),
        _ => format!("{} points up or down on average", figure(factor.mean_abs_points)),
    }
}

/// The feature's own sentence in quotation marks, dots in the value's place.
fn open(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        if matches!(bare(word), "N" | "T" | "X") { word.replace(['N', 'T', 'X'], "…") } else { word.into() }
    });
    format!("“{}”", words.collect::<Vec<String>>().join(" "))
}

fn has_place(text: &str, capital: &str) -> bool {
    text.split(' ').any(|word| bare(word) == capital)
}

/// Without the marks that may follow a word.
fn bare(word: &str) -> &str {
    word.trim_end_matches([',', ':', '.', ')'])
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factor(text: &str, unit: &str, direction: Direction, effects: &[(&str, f64)]) -> Factor {
        let effects =
            effects.iter().map(|(label, points)| Effect { label: (*label).into(), mean_points: *points, rows: 10.0 });
        let (text, unit, effects) = (text.into(), unit.into(), effects.collect());
        Factor { text, unit, direction, effects, mean_abs_points: 5.0, ..Factor::default() }
    }

    #[test]
    fn each_kind_of_feature_reads_well() {
        use Direction::*;
        let pricing = [("0", -4.13), ("1", 2.0), ("5 or more", 14.2)];
        let said = sentences(&[
            factor("N visits to pricing in 7 days", "visits", Raises, &pricing),
            factor("last touchpoint T ago", "hours", Lowers, &[("up to 24", 9.6), ("700 or more", -11.8)]),
            factor("employees: N", "as sent", Mixed, &[("up to 49", -0.8), ("50 to 500", 5.7)]),
            factor("first touchpoint from X", "code", Unordered, &[("referral", 4.4), ("display", -5.2)]),
            factor("a known person", "flag", Raises, &[("no", -1.0), ("yes", 2.5)]),
            factor("last form filled to N %", "share", Raises, &[]),
        ]);
        assert_eq!(
            said,
            [
                "More visits to pricing in 7 days raise the score most of all: +14.2 points at “5 or more”, −4.1 at “0”.",
                "The longer, the lower the score, in “last touchpoint … ago”: +9.6 points at “up to 24”, −11.8 at “700 or more”.",
                "The score goes up and down with “employees: …”: +5.7 points at “50 to 500”, −0.8 at “up to 49”.",
                "The score depends on “first touchpoint from …”: +4.4 points at “referral”, −5.2 at “display”.",
                "“a known person” raises the score: +2.5 points at “yes”, −1.0 at “no”.",
                "The more, the higher the score, in “last form filled to … %”: 5.00 points up or down on average.",
            ]
        );
    }

    #[test]
    fn what_hardly_matters_is_not_told() {
        let strong = factor("N visits", "visits", Direction::Raises, &[]);
        let weak = Factor { mean_abs_points: 0.4, ..strong.clone() };
        assert_eq!(sentences(&[strong.clone(), weak]).len(), 1);
        assert_eq!(sentences(&vec![strong; 20]).len(), MOST);
        assert!(sentences(&[]).is_empty());
        assert!(sentences(&[Factor::default()]).is_empty());
    }
}
