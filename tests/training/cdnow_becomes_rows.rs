//! Real purchases, replayed day by day, become rows: at New Year's 1998 every customer is one, and those are positive who buy within the 90
//! days after, as the list of purchases says. How long ago the last purchase was ranks them as it does in the yardstick (.793), and a model of what is
//! known by then as well as the yardstick's.
//!
//! The purchases are in `../shared/data/cdnow`; where that is absent the test is skipped.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use needle::training::contestants::{Boosting, Contestant, Context};
use needle::training::dataset::Wanted;
use needle::training::matrix::Matrix;
use needle::training::part::Part;
use needle::training::tournament::metrics::metrics;
use needle::training::tournament::ranking::Ranking;

use crate::training_support::replayed::{Replayed, shared};
use crate::training_support::{DAY_MS, wanted};

const RULES: &str = r#"
scoring = { horizon_days = 90, change_threshold = 100 }
outcomes = { positive = ["Order Completed"], repeat = true }
"#;

/// Customer and instant, noon of the day, in order of time.
fn purchases(text: &str) -> Vec<(String, i64)> {
    let read = |line: &str| {
        let mut words = line.split_whitespace();
        let (customer, date) = (words.next()?.to_owned(), words.next()?);
        let date = jiff::civil::Date::strptime("%Y%m%d", date).ok()?;
        let noon = date.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some((customer, noon.timestamp().as_millisecond()))
    };
    let mut purchases: Vec<_> = text.lines().skip(1).filter_map(read).collect();
    purchases.sort_by_key(|(_, at_ms)| *at_ms);
    purchases
}

fn events(purchases: &[(String, i64)]) -> String {
    let mut lines = String::new();
    for (number, (customer, at_ms)) in purchases.iter().enumerate() {
        let event = r#""type":"track","event":"Order Completed""#;
        writeln!(
            lines,
            r#"{{{event},"messageId":"m{number}","userId":"{customer}","timestamp":{at_ms},"receivedAt":{at_ms}}}"#
        )
        .expect("room");
    }
    lines
}

/// AUROC of the rows ranked by a column, the least first.
fn auroc(matrix: &Matrix, column: &str) -> f64 {
    let place = matrix.columns.iter().position(|c| c.name == column).expect("a column");
    let mut by_value: BTreeMap<u64, [f64; 2]> = BTreeMap::new();
    for (at, row) in matrix.rows.iter().enumerate() {
        // Bits of numbers that are not negative are in their order.
        by_value.entry(matrix.row(at)[place].to_bits()).or_default()[usize::from(row.positive)] += 1.0;
    }
    let (mut above, mut negatives, mut positives) = (0.0, 0.0, 0.0);
    for [negative, positive] in by_value.into_values() {
        above += negative * (positives + positive / 2.0);
        negatives += negative;
        positives += positive;
    }
    above / negatives / positives
}

#[test]
fn each_customer_at_new_year() {
    let Some(text) = shared("cdnow/CDNOW_master.txt") else { return };
    let purchases = purchases(&text);
    assert_eq!(purchases.len(), 69_659);
    let replayed = Replayed::new(&events(&purchases), RULES, 86_400);
    let new_year: jiff::Timestamp = "1998-01-01T00:00:00Z".parse().expect("an instant");
    let (from_ms, until_ms) = (new_year.as_millisecond(), new_year.as_millisecond() + 90 * DAY_MS);
    let all = replayed.read(&Wanted { at_ms: Some(from_ms), ..wanted() });
    let buyers: BTreeSet<&String> =
        purchases.iter().filter(|(_, at_ms)| from_ms < *at_ms && *at_ms <= until_ms).map(|(who, _)| who).collect();
    assert_eq!(all.matrix.rows.len(), 23_570, "{:?}", all.account);
    assert_eq!(all.matrix.positives(), buyers.len());
    let recency = auroc(&all.matrix, "hours_since_last");
    assert!((recency - 0.793).abs() < 0.01, "{recency}");

    // As training takes them.
    let rows = replayed.read(&Wanted { max_rows: 20_000, ..wanted() });
    let account = &rows.account;
    assert_eq!(account.rows, 20_000);
    assert_eq!(account.leads, 23_570);
    assert_eq!(account.after_outcome + account.after_contact, 0, "outcomes repeat: none ends anything");
    let states: BTreeSet<&(String, i64)> = purchases.iter().collect();
    assert_eq!(account.instants - account.silent, states.len() as u64, "a state for each customer and day");
    let weights: f64 = rows.matrix.rows.iter().map(|row| row.weight).sum();
    assert!((weights / (account.rows + account.sampled_away) as f64 - 1.0).abs() < 1e-9);

    // What is known by New Year's ranks the customers as well as the yardstick's LightGBM does (.799), or better.
    let mut known = replayed.read(&wanted()).matrix;
    let keep: Vec<usize> =
        (0..known.rows.len()).filter(|row| known.rows[*row].at_ms + 90 * DAY_MS <= from_ms).collect();
    let values = keep.iter().flat_map(|row| known.row(*row).to_vec()).collect();
    let rows = keep.iter().map(|row| known.rows[*row]).collect();
    known = Matrix { columns: known.columns, values, rows };
    let fitted = Boosting::default().fit(&known, &Part::all(&known), &Context::seeded(1)).expect("it learns");
    let every: Vec<usize> = (0..all.matrix.rows.len()).collect();
    let margins = fitted.margins(&all.matrix, &every);
    let ranked = metrics(&Ranking::of(&all.matrix, &Part::all(&all.matrix), &margins), &[], 0.5).expect("both").auroc;
    println!("AUROC {ranked:.4}");
    assert!(ranked > 0.789, "{ranked}");
}
