//! The lint names leaks that were planted, each by its sign, and no honest feature beside them.

use needle::training::dataset::{Around, Pairs};
use needle::training::lint::{Finding, Sign, changes_after, too_good};
use needle::training::matrix::{Column, ColumnKind, Matrix, Row};

const ROWS: usize = 4000;

/// A few bits of a number, at random as far as anybody sees.
fn dice(row: usize, salt: u64) -> f64 {
    let mixed = xxhash_rust::xxh3::xxh3_64_with_seed(&row.to_le_bytes(), salt);
    (mixed >> 11) as f64 / (1u64 << 53) as f64
}

fn column(name: &str, kind: ColumnKind, group: &str) -> Column {
    Column { name: name.to_owned(), version: 1, kind, group: group.to_owned(), unit: String::new(), can_miss: true }
}

type Values<'a> = &'a dyn Fn(usize, bool) -> f64;

/// A row in ten is positive, in each fifth of the leads alike; every column is a function of row and label.
fn matrix(columns: &[(&str, ColumnKind, Values<'_>)]) -> Matrix {
    let named = columns.iter().map(|(name, kind, _)| column(name, *kind, "trait")).collect();
    let mut matrix = Matrix { columns: named, ..Matrix::default() };
    for row in 0..ROWS {
        let positive = dice(row, 1) < 0.1;
        let lead = xxhash_rust::xxh3::xxh3_64(&row.to_le_bytes());
        matrix.rows.push(Row { lead, at_ms: row as i64, positive, weight: 1.0, silent_ms: 0 });
        matrix.values.extend(columns.iter().map(|(_, _, value)| value(row, positive)));
    }
    matrix
}

fn named(findings: &[Finding]) -> Vec<(&str, Sign)> {
    findings.iter().map(|finding| (finding.feature.as_str(), finding.sign)).collect()
}

/// Categories that nobody has planted anything in: 2,000 of them, two rows each.
fn rare(row: usize, _: bool) -> f64 {
    (dice(row, 3) * 2000.0).floor()
}

/// One in twenty rows, of which two thirds are positive, as a good lead source is.
fn source(row: usize, positive: bool) -> f64 {
    let good = dice(row, 4) < if positive { 0.4 } else { 0.02 };
    f64::from(u8::from(good)) + 10.0
}

/// Better where positive, by a good deal: an AUROC of about 0.9.
fn engagement(row: usize, positive: bool) -> f64 {
    dice(row, 5) + dice(row, 6) + dice(row, 7) + if positive { 1.0 } else { 0.0 }
}

#[test]
fn planted_leaks_alone() {
    use ColumnKind::{Category, Flag, Number};
    let matrix = matrix(&[
        ("engagement", Number, &engagement),
        ("deal_value", Number, &|row, positive| dice(row, 8) + if positive { 0.9 } else { 0.0 }),
        ("rare", Category, &rare),
        ("days_left", Number, &|row, positive| dice(row, 9) - if positive { 0.9 } else { 0.0 }),
        ("source", Category, &source),
        ("won_flag", Flag, &|row, positive| f64::from(u8::from(positive && dice(row, 10) < 0.4))),
        ("stage", Category, &|row, positive| match (positive, dice(row, 11)) {
            (true, ..0.15) => 7.0,
            (false, ..0.3) => 8.0,
            _ => 9.0,
        }),
        // Nobody of the largest company buys; the others have a lead each, of whom some do.
        ("company", Category, &|row, positive| if !positive && dice(row, 13) < 0.3 { 8.0 } else { 100.0 + row as f64 }),
        ("noise", Number, &|row, _| dice(row, 12)),
        ("constant", Flag, &|_, _| 0.0),
    ]);
    let findings = too_good(&matrix);
    let must = [
        ("deal_value", Sign::Foretells),
        ("days_left", Sign::Foretells),
        ("won_flag", Sign::Settles),
        ("stage", Sign::Judges),
    ];
    assert_eq!(named(&findings), must, "{findings:#?}");
    assert!(findings[0].figure > 0.98 && findings[0].sentence.contains("`deal_value` alone"), "{:?}", findings[0]);
    assert!(findings[2].sentence.contains("100.0 % of the rows with that value convert"), "{:?}", findings[2]);
}

#[test]
fn few_leads_prove_nothing() {
    let mut matrix = matrix(&[("won", ColumnKind::Flag, &|_, positive| f64::from(u8::from(positive)))]);
    assert!(!too_good(&matrix).is_empty());
    // The same rows, all of a few leads.
    matrix.rows.iter_mut().for_each(|row| row.lead %= 15);
    assert_eq!(too_good(&matrix), []);
}

#[test]
fn a_value_of_few_leads_settles_nothing() {
    let flag = |row, positive| f64::from(u8::from(positive && dice(row, 21) < 0.4));
    let mut matrix = matrix(&[("flag", ColumnKind::Flag, &flag)]);
    assert_eq!(named(&too_good(&matrix)), [("flag", Sign::Settles)]);
    for at in (0..ROWS).filter(|at| flag(*at, true) == 1.0) {
        matrix.rows[at].lead %= 10;
    }
    assert_eq!(too_good(&matrix), []);
}

#[test]
fn weights_count() {
    // By rows it is sure; by weight the few exceptions stand for many.
    let flag = |row: usize, positive: bool| f64::from(u8::from(dice(row, 20) < if positive { 0.8 } else { 0.003 }));
    let mut matrix = matrix(&[("flag", ColumnKind::Flag, &flag)]);
    assert_eq!(named(&too_good(&matrix)), [("flag", Sign::Settles)]);
    matrix.rows.iter_mut().filter(|row| !row.positive).for_each(|row| row.weight = 50.0);
    assert_eq!(too_good(&matrix), []);
}

/// `LEADS` pairs of three traits and a count: the first changes in `share` of the pairs, the second in a tenth, the third never; the
/// count always.
fn pairs(share: f64, salt: u64) -> Pairs {
    const LEADS: usize = 300;
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for lead in 0..LEADS {
        let changes = |salt, share| f64::from(u8::from(dice(lead, salt) < share));
        before.extend([-1.0, 5.0, 3.0, lead as f64]);
        after.extend([-1.0 + changes(salt, share), 5.0 + changes(salt + 1, 0.1), 3.0, lead as f64 + 1.0]);
    }
    Pairs { before, after }
}

#[test]
fn traits_that_change_with_the_outcome() {
    let columns = [("tag", "trait"), ("title", "trait"), ("industry", "trait"), ("count_ever", "total")];
    let columns = columns.map(|(name, group)| column(name, ColumnKind::Number, group));
    let around = Around { outcome: pairs(0.6, 30), control: pairs(0.05, 40) };
    let findings = changes_after(&columns, &around);
    assert_eq!(named(&findings), [("tag", Sign::ChangesAfter)], "{findings:#?}");
    assert!((findings[0].figure - 0.6).abs() < 0.1, "{:?}", findings[0]);
    // Where it changes as often in leads without an outcome, the outcome is not why.
    let around = Around { outcome: pairs(0.6, 30), control: pairs(0.5, 40) };
    assert_eq!(changes_after(&columns, &around), []);
}
