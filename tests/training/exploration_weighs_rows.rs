//! Rows of flagged low leads stand for those of all low leads, so that the rate at which low leads convert is, on average, the one at which
//! they would if they were called. Weights add up to all rows. Where flags are not heeded, or nobody is flagged, nothing changes.

use needle::training::dataset::{TenantRows, Wanted};
use needle::training::exploration::{Group, HEAVIEST, Strata};

use crate::training_support::called::{LOW, Sales, config, world};
use crate::training_support::{DAY_MS, assembly, read, wanted};

const SHARE: f64 = 0.15;

/// Rows of low leads within so many days, of which no flagged lead is called before half a day is over.
fn low(rows: &TenantRows, days: f64) -> impl Iterator<Item = (f64, bool)> + '_ {
    let place = |name: &str| rows.matrix.columns.iter().position(|column| column.name == name).expect(name);
    let (engaged, age, known) = (place("theme_pricing_count_ever"), place("days_since_first"), place("known"));
    let all = rows.matrix.rows.iter().enumerate();
    let low = all.filter(move |(at, _)| {
        let row = rows.matrix.row(*at);
        row[engaged] == 0.0 && row[known] == 1.0 && row[age] < days
    });
    low.map(|(_, row)| (row.weight, row.positive))
}

fn rate(rows: &TenantRows) -> f64 {
    let (all, positive) = low(rows, 0.5).fold((0.0, 0.0), |(all, positive), (weight, is_positive)| {
        (all + weight, positive + if is_positive { weight } else { 0.0 })
    });
    positive / all
}

#[test]
fn the_rate_of_the_low_ones_is_unbiased() {
    let seeds = 0..12;
    let rates: Vec<f64> = seeds.clone().map(|seed| rate(&world(SHARE, Sales::HeedsFlags, 3000, seed).read())).collect();
    let mean = rates.iter().sum::<f64>() / rates.len() as f64;
    let variance = rates.iter().map(|rate| (rate - mean).powi(2)).sum::<f64>() / (rates.len() - 1) as f64;
    let error = (variance / rates.len() as f64).sqrt();
    assert!((mean - LOW).abs() < 3.5 * error, "{mean} ± {error}, and the truth is {LOW}: {rates:?}");
    assert!(error < 0.1 * LOW, "± {error} would tell nothing");
    // As it is without exploration's weights: nearly nobody.
    let archive = world(SHARE, Sales::HeedsFlags, 3000, 0);
    let plain = &read(archive.store.clone(), &assembly(&config(0.0)), &wanted())[0];
    assert!(rate(plain) < 0.3 * LOW, "{}", rate(plain));
}

#[test]
fn weights_add_up_to_all_rows() {
    let archive = world(SHARE, Sales::HeedsFlags, 3000, 1);
    let weighed = archive.read();
    let plain = &read(archive.store.clone(), &assembly(&config(0.0)), &wanted())[0];
    assert!(weighed.account.not_drawn > 1000, "{:?}", weighed.account);
    assert_eq!(weighed.account.rows + weighed.account.not_drawn, plain.account.rows);
    let sum = |rows: &TenantRows| rows.matrix.rows.iter().map(|row| row.weight).sum::<f64>();
    assert!((sum(&weighed) / plain.account.rows as f64 - 1.0).abs() < 1e-9, "{}", sum(&weighed));
    assert!(weighed.matrix.rows.iter().all(|row| row.weight > 0.0 && row.weight <= HEAVIEST));
    let heaviest = weighed.matrix.rows.iter().map(|row| row.weight).fold(0.0, f64::max);
    assert_eq!(weighed.explored.heaviest, Some(heaviest));
    // The engaged are not weighed, and drawn rows are those that the list names.
    for (at, row) in weighed.matrix.rows.iter().enumerate() {
        assert!(row.weight <= 1.0 || weighed.explored.rows.binary_search(&at).is_ok(), "{row:?}");
    }
    // Of every age as many as there are: drawn leads are called, and their later rows are fewer.
    let early = |rows: &TenantRows, days: f64| low(rows, days).map(|(weight, _)| weight).sum::<f64>();
    for days in [10.0 / 128.0, 40.0 / 128.0, 160.0 / 128.0] {
        let (weighed, all) = (early(&weighed, days), early(plain, days));
        assert!((weighed - all).abs() < 1e-6 * all, "{weighed} for {all} within {days} days");
    }
    // Anonymous leads cannot be called, and are all there.
    let known = weighed.matrix.columns.iter().position(|column| column.name == "known").expect("a column");
    let anonymous = |rows: &TenantRows| {
        let of = (0..rows.matrix.rows.len()).filter(|row| rows.matrix.row(*row)[known] == 0.0);
        of.map(|row| rows.matrix.rows[row]).collect::<Vec<_>>()
    };
    assert!(anonymous(plain).len() > 300 && anonymous(plain) == anonymous(&weighed));
    // A sample stands for as many.
    let sampled = &archive.read_as(&Wanted { max_rows: 800, ..wanted() })[0];
    assert_eq!(sampled.matrix.rows.len(), 800);
    assert!((sum(sampled) / sum(&weighed) - 1.0).abs() < 0.1, "{} for {}", sum(sampled), sum(&weighed));
    let account = &sampled.account;
    let out = account.after_outcome + account.after_contact + account.too_young;
    assert_eq!(account.instants, out + account.not_drawn + account.sampled_away + account.rows);
}

#[test]
fn where_flags_are_not_heeded_nothing_changes() {
    for (share, sales) in [(0.3, Sales::OverlooksFlags), (0.002, Sales::HeedsFlags), (1.0, Sales::HeedsFlags)] {
        let archive = world(share, sales, 3000, 2);
        for max_rows in [1 << 40, 500] {
            let wanted = Wanted { max_rows, ..wanted() };
            let plain = &read(archive.store.clone(), &assembly(&config(0.0)), &wanted)[0];
            let explored = &archive.read_as(&wanted)[0];
            assert_eq!(explored.explored.heaviest.filter(|heaviest| *heaviest > 1.0), None);
            assert_eq!(explored.matrix, plain.matrix);
            assert_eq!(explored.account, plain.account);
            assert!(plain.explored.rows.is_empty() && plain.explored.trial == Default::default());
        }
    }
}

#[test]
fn a_row_stands_for_no_more_than_it_may() {
    let mut strata = Strata::default();
    let horizon_ms = 30 * DAY_MS;
    let early = |drawn| Group::low(drawn, 0, horizon_ms);
    let late = |drawn| Group::low(drawn, 20 * DAY_MS, horizon_ms);
    let latest = |drawn| Group::low(drawn, i64::MAX, horizon_ms);
    for row in 0..1000 {
        strata.count(early(row % 10 == 0), false);
        strata.count(late(row < 5), row % 2 == 0);
        strata.count(latest(false), false);
    }
    let weights = strata.weights();
    assert_eq!([early(false), early(true)].map(|group| weights.of(group)), [0.0, 10.0]);
    let [left, capped] = [late(false), late(true)].map(|group| weights.of(group));
    assert_eq!(capped, HEAVIEST);
    assert!((995.0 * left + 5.0 * capped - 1000.0).abs() < 1e-9, "{left}");
    assert_eq!(weights.of(latest(false)), 1.0);
    assert_eq!(weights.of(Group::Any), 1.0);
    assert_eq!(strata.left(&weights, true) + strata.left(&weights, false), 995 + 1000);
}
