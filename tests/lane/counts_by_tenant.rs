//! What metrics count by tenant is what was said: each score and each jump once, under the tenant of its lead, and nothing of it is left
//! for the next transaction.

use crate::lane_support::*;
use needle::lane::outbox::Outbox;
use needle::lane::shard::{InputState, Shard};
use needle::lane::tally::{ByTenant, Tally};

const TENANTS: [&str; 4] = ["acme", "b", "core", "default"];

/// Tenant and score of each line, or tenant and rule.
fn lines(lines: &[Line], what: &str) -> Vec<(String, String)> {
    let of = |line: &Line| {
        let said = line.json();
        (said["tenant"].as_str().expect("a tenant").to_owned(), said[what].to_string().replace('"', ""))
    };
    lines.iter().map(of).collect()
}

#[test]
fn each_score_and_each_jump_once() {
    let assembly = assembly("tenancy = { from = \"header:tenant\" }");
    let mut world = World::new(usual(), 1);
    let drafts = generate(3, 1, 800).remove(0);
    // In no order, and one after the other as well.
    let drafts = drafts.into_iter().enumerate().map(|(at, draft)| draft.header("tenant", TENANTS[at % 7 % 4]));
    world.pipe(0, 0, &drafts.collect::<Vec<_>>());

    let mut shard = Shard::new(0, vec![InputState { topic: 0, from: 0, committed: 0, next: 0 }]);
    let (mut step, mut outbox, mut tally) = (assembly.step(DEAD_LETTER_BYTES), Outbox::default(), Tally::default());
    for record in world.piped(0, 0) {
        step.record(0, &record.record(), &mut shard, &mut outbox, &mut tally).expect("a step");
    }
    step.finish(&mut shard, &mut outbox, &mut tally).expect("a step");
    let mut said = Said::default();
    said.take(&outbox, 0);

    let scores = tally.by_tenant.scores().map(|(tenant, score)| (tenant.to_owned(), score.to_string()));
    assert_eq!(scores.collect::<Vec<_>>(), lines(&said.changes, "score"));
    let rule = |rule: usize| assembly.config.jumps[rule].name.clone();
    let jumps = tally.by_tenant.jumps().map(|(tenant, index)| (tenant.to_owned(), rule(index)));
    assert_eq!(jumps.collect::<Vec<_>>(), lines(&said.jumps, "rule"));
    for tenant in TENANTS {
        assert!(lines(&said.jumps, "rule").iter().any(|(of, _)| of == tenant), "no jump of {tenant}");
    }

    tally.clear();
    assert_eq!(tally.by_tenant, ByTenant::default());
}
