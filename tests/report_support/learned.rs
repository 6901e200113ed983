//! What an invented model has learned.

use needle::training::report::data::{Direction, Dot, Effect, Factor, GroupShare, Learned, Node, Split, Tree};

use needle::training::report::sentences::sentences;

use super::crowd::Dice;

/// Feature, sentence, group, unit, importance, direction, how strongly points follow the value.
type Line = (&'static str, &'static str, &'static str, &'static str, f64, Direction);

const FACTORS: [Line; 10] = [
    ("theme_pricing_count_7d", "N visits to pricing in 7 days", "theme", "visits", 6.82, Direction::Raises),
    ("hours_since_last", "last touchpoint T ago", "recency", "hours", 5.91, Direction::Lowers),
    ("high_intent_count_30d", "N visits to high-intent themes in 30 days", "intent", "visits", 4.37, Direction::Raises),
    ("trait_employees", "employees N", "trait", "employees", 3.12, Direction::Mixed),
    ("form_completeness", "N % of the steps of forms taken", "form", "share", 2.64, Direction::Raises),
    ("path_1_channel", "first touchpoint through X", "path", "code", 2.21, Direction::Unordered),
    (
        "momentum_touchpoints",
        "touchpoints in 7 days: N more than in a usual week of the three before",
        "rhythm",
        "touchpoints per week",
        1.83,
        Direction::Raises,
    ),
    ("trait_title_rank", "rank X", "trait", "code", 1.44, Direction::Unordered),
    ("gap_trend", "newer gaps make N % of newer and older ones together", "rhythm", "share", 0.92, Direction::Lowers),
    ("weekday", "a X", "calendar", "code", 0.31, Direction::Unordered),
];

pub fn learned() -> Learned {
    let mut dice = Dice(11);
    let factor = |(feature, text, group, unit, size, direction): &Line| Factor {
        feature: feature.to_string(),
        text: text.to_string(),
        group: group.to_string(),
        unit: unit.to_string(),
        mean_abs_points: *size,
        direction: *direction,
        effects: effects(feature),
        dots: (0..200).map(|_| dot(&mut dice, *size, *direction)).collect(),
    };
    let group =
        |(group, size, features): (&str, f64, u64)| GroupShare { group: group.into(), mean_abs_points: size, features };
    let factors: Vec<Factor> = FACTORS.iter().map(factor).collect();
    Learned {
        sentences: sentences(&factors),
        factors,
        groups: [
            ("theme", 7.9, 36),
            ("recency", 6.4, 3),
            ("intent", 4.6, 5),
            ("trait", 4.1, 12),
            ("path", 2.9, 10),
            ("form", 2.7, 4),
            ("rhythm", 2.5, 6),
        ]
        .map(group)
        .into(),
        rows: 6000,
        base_points: 41.7,
    }
}

fn dot(dice: &mut Dice, size: f64, direction: Direction) -> Dot {
    let rank = dice.roll();
    let noise = 0.35 * size * dice.bell();
    let points = match direction {
        Direction::Raises => 3.4 * size * (rank * rank - 0.33) + noise,
        Direction::Lowers => 3.0 * size * (0.45 - rank) + noise,
        _ => 1.25 * size * dice.bell(),
    };
    Dot { rank: (direction != Direction::Unordered).then_some(rank), points }
}

fn effects(feature: &str) -> Vec<Effect> {
    let effects: &[(&str, f64, f64)] = match feature {
        "theme_pricing_count_7d" => &[
            ("0", -4.1, 4410.0),
            ("1", 2.3, 802.0),
            ("2", 6.9, 377.0),
            ("3 to 4", 10.4, 281.0),
            ("5 or more", 14.2, 130.0),
        ],
        "hours_since_last" => &[
            ("up to 1 day", 9.6, 911.0),
            ("1 to 7 days", 3.8, 1604.0),
            ("7 to 30 days", -3.3, 1894.0),
            ("over 30 days", -11.8, 1591.0),
        ],
        "trait_employees" => &[
            ("not known", -1.9, 2810.0),
            ("up to 49", -0.8, 1290.0),
            ("50 to 500", 5.7, 1244.0),
            ("over 500", -2.2, 656.0),
        ],
        "path_1_channel" => &[
            ("referral", 4.4, 611.0),
            ("paid search", 2.6, 1208.0),
            ("organic search", 0.7, 2044.0),
            ("email", -0.9, 1301.0),
            ("display", -5.2, 836.0),
        ],
        _ => &[],
    };
    effects
        .iter()
        .map(|(label, points, rows)| Effect { label: label.to_string(), mean_points: *points, rows: *rows })
        .collect()
}

pub fn tree() -> Tree {
    let ask = |feature: &str, question: &str, yes, no, rows, probability| Node {
        split: Some(Split { feature: feature.into(), question: question.into(), yes, no }),
        rows,
        probability,
    };
    let leaf = |rows, probability| Node { split: None, rows, probability };
    let nodes = vec![
        ask("theme_pricing_count_7d", "at least 2 visits to pricing in 7 days?", 1, 6, 340_113.0, 0.0352),
        ask("hours_since_last", "last touchpoint less than 26 hours ago?", 2, 5, 41_208.0, 0.142),
        ask("form_completeness", "at least half of the steps of a form taken?", 3, 4, 17_411.0, 0.221),
        leaf(5_102.0, 0.348),
        leaf(12_309.0, 0.168),
        leaf(23_797.0, 0.0842),
        ask("high_intent_count_30d", "at least 1 visit to a high-intent theme in 30 days?", 7, 10, 298_905.0, 0.0205),
        ask("trait_employees", "more than 48 employees?", 8, 9, 71_400.0, 0.0473),
        leaf(20_911.0, 0.0804),
        leaf(50_489.0, 0.0336),
        ask("hours_since_last", "last touchpoint less than 9 days ago?", 11, 12, 227_505.0, 0.0121),
        leaf(88_320.0, 0.0213),
        leaf(139_185.0, 0.0063),
    ];
    Tree { nodes }
}
