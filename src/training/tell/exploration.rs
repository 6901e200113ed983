//! What exploration taught, in the report's form.

use super::estimate;
use crate::training::exploration::differs::{Difference, differs};
use crate::training::exploration::{Arm, Explored, HEAVIEST, LEAST, difference, share};
use crate::training::matrix::Matrix;
use crate::training::report::data::{Compared, Estimate, Exploration};
use crate::training::tournament::bootstrap::Figure;

/// `None` where nobody is drawn. `of_low`: share of the low-scored leads that are.
pub fn exploration(of_low: f64, explored: &Explored, matrix: &Matrix) -> Option<Exploration> {
    if of_low <= 0.0 {
        return None;
    }
    let trial = &explored.trial;
    let (drawn, others) = (&trial.drawn, &trial.others);
    let more = difference((drawn.converted, drawn.leads), (others.converted, others.leads));
    let mut sentences = vec![heed(explored)];
    if drawn.contacted >= LEAST {
        sentences.extend(beside_foretold(drawn));
        sentences.extend(more.map(beside_others));
        sentences.extend(differs(matrix, &explored.rows).iter().map(said));
    }
    Some(Exploration {
        share: of_low,
        flagged: drawn.leads,
        contacted: drawn.contacted,
        converted: drawn.converted,
        conversion: conversion(drawn),
        foretold: foretold(drawn),
        others: (others.leads > 0).then(|| Compared {
            leads: others.leads,
            contacted: others.contacted,
            converted: others.converted,
            conversion: conversion(others),
        }),
        difference: more.map(estimate),
        heaviest: explored.heaviest,
        sentences,
    })
}

fn conversion(arm: &Arm) -> Estimate {
    share(arm.converted, arm.leads).map_or(Estimate::exact(f64::NAN), estimate)
}

fn foretold(arm: &Arm) -> Option<f64> {
    (arm.leads > 0).then(|| arm.foretold / arm.leads as f64)
}

/// Whether and how training goes by it.
fn heed(explored: &Explored) -> String {
    let (drawn, others) = (&explored.trial.drawn, &explored.trial.others);
    let rate = |arm: &Arm| 100.0 * arm.contacted as f64 / arm.leads.max(1) as f64;
    if let Some(heaviest) = explored.heaviest {
        let capped = if heaviest >= HEAVIEST { ", which is the most" } else { "" };
        return format!(
            "Flagged leads stand for all low-scored ones in training and in every figure here: each row of theirs for up to {heaviest:.0} \
             rows{capped}."
        );
    }
    if drawn.contacted < LEAST {
        return format!(
            "Too few to say: {} flagged leads whose time is over have been contacted, and from {LEAST} on training goes by them. Until then \
             it does not.",
            drawn.contacted
        );
    }
    format!(
        "Sales contacts {:.1} % of the flagged leads and {:.1} % of the other low-scored ones, which is no more beyond noise: the flag \
         (explore in score changes) does not reach those who call, and training does not go by it.",
        rate(drawn),
        rate(others)
    )
}

fn beside_foretold(drawn: &Arm) -> Option<String> {
    let (Figure { low, high, .. }, foretold) = (share(drawn.converted, drawn.leads)?, foretold(drawn)?);
    Some(if foretold < low {
        "Flagged leads convert more often than was foretold: the model that served underrates low-scored leads."
            .to_owned()
    } else if foretold > high {
        "Flagged leads convert less often than was foretold: calling low-scored leads is worth even less than the model thought.".to_owned()
    } else {
        "Flagged leads convert as often as was foretold, as far as their number tells.".to_owned()
    })
}

fn beside_others(more: Figure) -> String {
    let Figure { value, low, high } = more;
    if low > 0.0 {
        let (low, high) = (100.0 * low, 100.0 * high);
        format!("A flag makes {low:.1} to {high:.1} in a hundred low-scored leads convert that otherwise would not.")
    } else if high < 0.0 {
        "Flagged leads convert less often than other low-scored ones: a call seems to do harm.".to_owned()
    } else {
        let value = 100.0 * value;
        format!(
            "Whether a flag makes low-scored leads convert cannot be told yet ({value:+.1} in a hundred, within noise)."
        )
    }
}

fn said(difference: &Difference) -> String {
    let Difference { feature, converted, others, deviations } = difference;
    let (name, side) = (feature.replace('_', " "), if *deviations > 0.0 { "higher" } else { "lower" });
    format!(
        "Of the flagged leads, those that converted have a {side} “{name}”: {converted:.2} on average, the others {others:.2}."
    )
}
