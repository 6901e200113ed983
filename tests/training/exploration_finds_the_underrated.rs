//! Leads that convert more often than any others if they are called, and that nobody calls because their score is low: with exploration the
//! next model ranks them above the others, as they are; without it, it goes on to say that they never convert.

use needle::model::scale::probability;
use needle::training::contestants::{Boosting, Contestant, Context};
use needle::training::dataset::TenantRows;
use needle::training::part::Part;

use crate::training_support::called::{ENGAGED, READS_DOCS, Sales, config, world};
use crate::training_support::{Archive, assembly, read, wanted};

/// What a model learned from the rows says on average of leads that read the docs, and of engaged ones, on their first day.
fn learned(rows: &TenantRows) -> (f64, f64) {
    let matrix = &rows.matrix;
    let part = Part::all(matrix);
    let fitted = Boosting::default().fit(matrix, &part, &Context::seeded(1)).expect("a model");
    let margins = fitted.margins(matrix, &part.rows);
    let place = |name: &str| matrix.columns.iter().position(|column| column.name == name).expect(name);
    let (docs, pricing, age) =
        (place("theme_docs_count_ever"), place("theme_pricing_count_ever"), place("days_since_first"));
    let mean = |of: usize| {
        let rows = part.rows.iter().filter(|row| matrix.row(**row)[of] > 0.0 && matrix.row(**row)[age] < 0.5);
        let said: Vec<f64> = rows.map(|row| probability(margins[*row])).collect();
        said.iter().sum::<f64>() / said.len() as f64
    };
    (mean(docs), mean(pricing))
}

fn plain(archive: &Archive) -> TenantRows {
    read(archive.store.clone(), &assembly(&config(0.0)), &wanted()).remove(0)
}

#[test]
fn exploration_shows_what_is_missed() {
    let without = learned(&plain(&world(0.0, Sales::HeedsFlags, 4000, 3)));
    assert!(without.0 < 0.03 && without.1 > 0.1, "{without:?}");
    let explored = world(0.15, Sales::HeedsFlags, 4000, 3);
    let with = learned(&explored.read());
    assert!(with.0 > with.1, "{with:?}");
    assert!((with.0 / READS_DOCS - 1.0).abs() < 0.35 && (with.1 / ENGAGED - 1.0).abs() < 0.35, "{with:?}");
    // Calls by lot alone do not do it: unweighed, the few are lost among those that were not called.
    let unweighed = learned(&plain(&explored));
    assert!(unweighed.0 < unweighed.1, "{unweighed:?}");
}
