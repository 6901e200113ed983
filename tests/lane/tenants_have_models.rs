//! Each tenant's leads are scored by its own model, and those of a tenant without one by the model for all others: whatever mixture of
//! tenants a batch holds, each hears what it would hear alone.

use std::sync::Arc;

use crate::lane_support::said::truth;
use crate::lane_support::*;
use needle::commands::assembly::Assembly;
use needle::log::memory::StoredRecord;
use needle::model::{Model, Served};

const TENANTS: [&str; 4] = ["acme", "bolt", "core", "default"];

/// The usual rules, tenants by header, these models.
fn served(models: Served) -> Assembly {
    let usual = assembly("tenancy = { from = \"header:tenant\" }");
    let Assembly { config, taxonomy, schema, model, rules, .. } = &*usual;
    let (config, taxonomy, schema) = (config.clone(), taxonomy.clone(), schema.clone());
    Assembly { config, taxonomy, schema, model: model.clone(), models: Arc::new(models), rules: rules.clone() }
}

/// Events whose tenants come in no order.
fn events() -> Vec<StoredRecord> {
    let mut world = World::new(usual(), 1);
    let drafts = generate(3, 1, 800).remove(0);
    let tenants = drafts.into_iter().enumerate().map(|(at, draft)| draft.header("tenant", TENANTS[at % 7 % 4]));
    world.pipe(0, 0, &tenants.collect::<Vec<_>>());
    world.piped(0, 0).to_vec()
}

fn said(models: Served, records: &[StoredRecord]) -> Said {
    truth(&served(models), 0, records.iter().map(|record| (0, record))).0
}

/// What one tenant hears of it.
fn heard(said: &Said, tenant: &str) -> Vec<Line> {
    let key = format!("{tenant}/");
    let its = |line: &&Line| line.key.as_deref().is_some_and(|of| of.starts_with(key.as_bytes()));
    said.changes.iter().chain(&said.jumps).filter(its).cloned().collect()
}

#[test]
fn as_if_it_were_alone() {
    let model = |version: &str, more| another_model(&usual(), version, more);
    let (acme, bolt, others) = (model("a", 0.7), model("b", -0.4), model("rest", 0.2));
    let named = [("acme".to_owned(), acme.clone()), ("bolt".to_owned(), bolt.clone())];
    let records = events();
    let together = batches(Served::new(others.clone(), named), &records);
    let by: [(&str, &Arc<Model>); 4] = [("acme", &acme), ("bolt", &bolt), ("core", &others), ("default", &others)];
    for (tenant, model) in by {
        let alone = said(Served::one(model.clone()), &records);
        let (heard, must) = (heard(&together, tenant), heard(&alone, tenant));
        assert!(must.len() > 20, "{tenant} hears {}", must.len());
        assert_eq!(heard, must, "{tenant}");
        let version = model.version();
        assert!(heard.iter().all(|line| line.json()["model"]["version"] == version), "{tenant}");
    }
}

/// As `said`, in batches as large as a step takes them.
fn batches(models: Served, records: &[StoredRecord]) -> Said {
    use needle::lane::{outbox::Outbox, shard::InputState, shard::Shard, tally::Tally};
    let mut shard = Shard::new(0, vec![InputState { topic: 0, from: 0, committed: 0, next: 0 }]);
    let (mut step, mut outbox, mut tally) =
        (served(models).step(DEAD_LETTER_BYTES), Outbox::default(), Tally::default());
    for record in records {
        step.record(0, &record.record(), &mut shard, &mut outbox, &mut tally).expect("a step");
    }
    step.finish(&mut shard, &mut outbox, &mut tally).expect("a step");
    let mut said = Said::default();
    said.take(&outbox, 0);
    said
}
