//! How rules stand with a lead, as people ask: it says just when a rule could fire again.

use needle::config::Config;
use needle::decision::{Decisions, Rules, Standing, Verdict};

const HOUR_MS: i64 = 3_600_000;

#[test]
fn a_rule_is_armed_unless_it_was_said_and_its_way_back_is_not_over() {
    let jumps = r#"
        [[jumps]]
        name = "hot"
        above = 80
        rearm = 70
        [[jumps]]
        name = "surge"
        rise = 30
        within_hours = 24
        cooldown_hours = 10
    "#;
    let rules = Rules::new(1.0, &Config::from_toml(jumps).unwrap().jumps).unwrap();
    let (mut decisions, mut verdict) = (Decisions::default(), Verdict::default());
    let quiet = Standing::Quiet { until_ms: 12 * HOUR_MS };
    for (hour, score, hot, surge) in [
        (1, 20, Standing::Armed, Standing::Armed),
        (2, 90, Standing::Disarmed, quiet),
        (3, 75, Standing::Disarmed, quiet),
        (4, 60, Standing::Armed, quiet),
        (11, 61, Standing::Armed, quiet),
        (12, 62, Standing::Armed, Standing::Armed),
    ] {
        rules.decide(&mut decisions, score, hour * HOUR_MS, &mut verdict);
        let standings: Vec<_> = rules.standings(&decisions, hour * HOUR_MS).collect();
        assert_eq!(standings, [("hot", hot), ("surge", surge)], "hour {hour}");
    }
}
