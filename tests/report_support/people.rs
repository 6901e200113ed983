//! Who moves, what drifts, what exploration taught: invented.

use needle::training::report::data::{
    Compared, Drift, Estimate, Exploration, FeatureDrift, Move, MoveCause, Moves, Transition,
};

use super::crowd::Dice;

pub fn moves() -> Moves {
    let transition = |(from, to, leads): (&str, &str, u64)| Transition { from: from.into(), to: to.into(), leads };
    let transitions = [
        ("A", "A", 201),
        ("A", "B", 48),
        ("B", "A", 97),
        ("B", "B", 1102),
        ("B", "C", 181),
        ("C", "B", 289),
        ("C", "C", 2408),
        ("C", "D", 90),
        ("D", "C", 26),
        ("D", "D", 1558),
    ];
    Moves {
        compared: 6000,
        up: 412,
        down: 319,
        bands: ["A", "B", "C", "D"].map(String::from).into(),
        transitions: transitions.map(transition).into(),
        leads: leads(),
    }
}

fn leads() -> Vec<Move> {
    let causes = [
        ("theme_pricing_count_7d", "6 visits to pricing in 7 days", 11.2),
        ("trait_employees", "employees 240", 5.9),
        ("path_1_channel", "first touchpoint through referral", 3.1),
        ("hours_since_last", "last touchpoint 19 days ago", -8.4),
        ("high_intent_count_30d", "no visit to high-intent themes in 30 days", -6.6),
    ];
    let cause = |nth: usize| {
        let (feature, text, points) = causes[nth % causes.len()];
        MoveCause { feature: feature.into(), text: text.into(), points }
    };
    let mut dice = Dice(3);
    let mut lead = |nth: usize| {
        let up = nth % 5 < 3;
        let (from_band, to_band) = if up { ("C", "B") } else { ("B", "C") };
        let from_score = if up { 44.0 + (dice.roll() * 15.0).round() } else { 62.0 + (dice.roll() * 15.0).round() };
        let by = 16.0 + (dice.roll() * 6.0).round() - nth as f64 / 6.0;
        Move {
            lead: format!("u-{}", 10_000 + nth * 977 % 9973),
            from_band: from_band.into(),
            to_band: to_band.into(),
            from_score,
            to_score: (from_score + if up { by } else { -by }).round(),
            because: vec![
                cause(if up { nth % 3 } else { 3 + nth % 2 }),
                cause(if up { (nth + 1) % 3 } else { 4 - nth % 2 }),
            ],
        }
    };
    (0..60).map(&mut lead).collect()
}

pub fn drift() -> Drift {
    let feature =
        |(feature, text, psi): (&str, &str, f64)| FeatureDrift { feature: feature.into(), text: text.into(), psi };
    let features = [
        ("path_1_channel", "first touchpoint through X", 0.312),
        ("trait_employees", "employees N", 0.141),
        ("hours_since_last", "last touchpoint T ago", 0.072),
        ("theme_pricing_count_7d", "N visits to pricing in 7 days", 0.034),
    ];
    Drift {
        compared: "the last 14 days against the days of training".into(),
        score_psi: Some(0.058),
        features: features.map(feature).into(),
    }
}

pub fn exploration() -> Exploration {
    Exploration {
        share: 0.05,
        flagged: 287,
        contacted: 204,
        converted: 9,
        conversion: Estimate::between(0.0314, 0.0166, 0.0585),
        foretold: Some(0.0112),
        others: Some(Compared {
            leads: 5311,
            contacted: 57,
            converted: 46,
            conversion: Estimate::between(0.0087, 0.0065, 0.0115),
        }),
        difference: Some(Estimate::between(0.0227, 0.0078, 0.0499)),
        heaviest: Some(19.5),
        sentences: vec![
            "Leads of band D that first came through a partner's page convert four times as often as was foretold: the new model gives them 9 points more.".into(),
            "Otherwise low-scored leads convert as seldom as was foretold.".into(),
        ],
    }
}
