//! A sample has no more rows than are wanted, is the same for the same seed, and its weights add up to all rows, of each label; tenants share
//! what is wanted, and who wants less leaves more for the others.

use std::collections::{BTreeMap, BTreeSet};

use needle::touchpoint::Mark;
use needle::training::dataset::{TenantRows, Wanted};

use crate::training_support::{Archive, CONFIG, DAY_MS, HOUR_MS, START_MS, marked, page, wanted};

/// Several tenants, with so many leads each, of whom every tenth wins.
fn tenants(leads: &[(&str, u8)]) -> Archive {
    let mut archive = Archive::new(CONFIG);
    for day in 0..6 {
        for (tenant, leads) in leads {
            for lead in 0..*leads {
                archive.fold_of(tenant, page(lead, START_MS + day * DAY_MS + i64::from(lead) * HOUR_MS / 60));
            }
        }
        archive.increment();
    }
    for (tenant, leads) in leads {
        for lead in (0..*leads).step_by(10) {
            archive.fold_of(tenant, marked(lead, START_MS + 8 * DAY_MS, Mark::Positive));
        }
        archive.fold_of(tenant, page(0, START_MS + 300 * DAY_MS));
    }
    archive.increment();
    archive
}

/// The sum of weights of rows with a label.
fn weight(rows: &TenantRows, positive: bool) -> f64 {
    rows.matrix.rows.iter().filter(|row| row.positive == positive).map(|row| row.weight).sum()
}

#[test]
fn weights_add_up_to_all_rows() {
    let archive = tenants(&[("default", 200)]);
    let all = archive.read();
    let counts = [false, true].map(|positive| weight(&all, positive));
    assert!(counts[1] > 100.0 && counts[0] > 1000.0, "{counts:?}");
    for max_rows in [1, 2, 7, 100, 150, 1000, counts[0] as u64 + counts[1] as u64 - 1] {
        let sample = &archive.read_as(&Wanted { max_rows, ..wanted() })[0];
        assert_eq!(sample.matrix.rows.len() as u64, max_rows);
        assert_eq!(sample.account.rows, max_rows);
        assert_eq!(sample.account.sampled_away, all.account.rows - max_rows);
        assert_eq!(sample.account.positives_before_sampling, all.account.positives);
        let kinds: &[bool] = if max_rows == 1 { &[false] } else { &[false, true] };
        for positive in kinds {
            let all = counts[usize::from(*positive)];
            let sum = weight(sample, *positive);
            let there = sample.matrix.rows.iter().any(|row| row.positive == *positive);
            assert!(!there || (sum - all).abs() < 1e-6 * all, "{max_rows} rows: {sum} for {all}");
        }
        if max_rows > 2 {
            let positives = sample.account.positives;
            let half = max_rows.div_ceil(2).min(all.account.positives);
            assert_eq!(positives, half.max(max_rows.saturating_sub(counts[0] as u64)));
        }
    }
}

#[test]
fn another_seed_is_another_sample_of_the_same_rows() {
    let archive = tenants(&[("default", 200)]);
    let keys = |rows: &TenantRows| -> BTreeMap<(u64, i64), Vec<u64>> {
        let values = |at| rows.matrix.row(at).iter().map(|value: &f64| value.to_bits()).collect();
        rows.matrix.rows.iter().enumerate().map(|(at, row)| ((row.lead, row.at_ms), values(at))).collect()
    };
    let sample = |seed| keys(&archive.read_as(&Wanted { max_rows: 200, seed, ..wanted() })[0]);
    let all = keys(&archive.read());
    let (one, two) = (sample(1), sample(2));
    assert_eq!(one, sample(1));
    assert_ne!(one, two);
    for (key, values) in one.iter().chain(&two) {
        assert_eq!(all.get(key), Some(values));
    }
    // Shares of a sample are about those of all: a row is chosen for nothing that is in it.
    let mean = |rows: &TenantRows| {
        let weight = |silent| -> f64 {
            rows.matrix.rows.iter().filter(|row| (row.silent_ms > 0) == silent).map(|row| row.weight).sum()
        };
        weight(true) / (weight(true) + weight(false))
    };
    let samples: Vec<f64> =
        (0..20).map(|seed| mean(&archive.read_as(&Wanted { max_rows: 400, seed, ..wanted() })[0])).collect();
    let (sampled, whole) = (samples.iter().sum::<f64>() / 20.0, mean(&archive.read()));
    assert!((sampled / whole - 1.0).abs() < 0.05, "{sampled} of a sample, {whole} of all");
}

#[test]
fn tenants_share_what_is_wanted() {
    let archive = tenants(&[("large", 200), ("middle", 60), ("small", 5)]);
    let all: Vec<u64> = archive.read_as(&wanted()).iter().map(|tenant| tenant.account.rows).collect();
    let max_rows = all[2] + 2 * (all[1] - 10);
    let sample = archive.read_as(&Wanted { max_rows, ..wanted() });
    let names: Vec<&str> = sample.iter().map(|tenant| tenant.tenant.as_str()).collect();
    assert_eq!(names, ["large", "middle", "small"]);
    let rows: Vec<u64> = sample.iter().map(|tenant| tenant.matrix.rows.len() as u64).collect();
    assert_eq!(rows, [all[1] - 10, all[1] - 10, all[2]]);
    let alone = archive.read_as(&Wanted { tenant: Some("middle".to_owned()), ..wanted() });
    assert_eq!(alone.len(), 1);
    assert_eq!((alone[0].tenant.as_str(), alone[0].account.rows), ("middle", all[1]));
}

#[test]
fn how_leads_are_cut_into_files_changes_nothing() {
    let events: Vec<_> = (0..400u16)
        .map(|n| {
            let at_ms = START_MS + i64::from(n) * 2 * HOUR_MS;
            if n % 37 == 36 { marked((n % 23) as u8, at_ms, Mark::Positive) } else { page((n % 23) as u8, at_ms) }
        })
        .collect();
    // In one partition; and in three, whose logs are read one after the other.
    let mut one = Archive::new(CONFIG);
    let mut three: Vec<Archive> = (0..3).map(|at| Archive::beside(CONFIG, Default::default(), at)).collect();
    let store = three[0].store.clone();
    three[1].store = store.clone();
    three[2].store = store;
    for event in &events {
        one.fold(*event);
        one.increment();
        let of = &mut three[usize::from(2 - event.lead % 3)];
        of.fold(*event);
        of.increment();
    }
    let wanted = Wanted { max_rows: 150, ..wanted() };
    let (one, three) = (one.read_as(&wanted), three[0].read_as(&wanted));
    assert_eq!(one[0].matrix, three[0].matrix);
    assert_eq!(one[0].account.instants, three[0].account.instants);
    let leads: BTreeSet<u64> = one[0].matrix.rows.iter().map(|row| row.lead).collect();
    assert_eq!(leads.len(), 23);
}
