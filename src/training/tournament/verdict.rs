//! Whether the winner takes over. A model that is served stays unless it is beaten beyond noise, on rows that neither the winner nor its
//! settings have seen.
//!
//! It takes over if, on the holdout,
//! 1. its log loss is below the base rate's, in 97.5 of 100 draws, and out of fold as well: it has learned something. One holdout alone
//!    would let the luckiest of several contestants through now and then;
//! 2. its log loss is below that of the served model, as surely: it says truer probabilities;
//! 3. its AUROC is not below the served model's as surely as that: it ranks no worse.
//!
//! Log loss decides because it is proper: nothing but the true probability is best, and both ranking and calibration count. The served
//! model may have learned from the holdout when it was made, which only makes it harder to beat.

use super::bootstrap::{Figure, Resampled};
use super::outcome::Verdict;

/// What is compared.
pub struct Rivals<'a> {
    pub winner: &'static str,
    pub judged: &'a Resampled,
    pub base_rate: &'a Resampled,
    /// Log loss of the winner less the base rate's, out of fold.
    pub in_folds: Figure,
    /// Version of the served model; `None` where nothing is served.
    pub served: Option<(&'a str, &'a Resampled)>,
}

/// The winner against the base rate and the served model.
pub fn verdict(rivals: &Rivals<'_>) -> Verdict {
    let Rivals { winner, judged, base_rate, in_folds, served } = rivals;
    let against_base_rate = judged.less(base_rate);
    let against_served = served.map(|(_, served)| judged.less(served));
    let learned = against_base_rate.log_loss;
    let (takes_over, reason) = if learned.high >= 0.0 {
        (false, format!("{winner} tells no more than the base rate does, beyond noise (log loss {}).", said(learned)))
    } else if in_folds.high >= 0.0 {
        let why = "tells more than the base rate on the holdout, but not out of fold: that is luck";
        (false, format!("{winner} {why} (log loss {}).", said(*in_folds)))
    } else {
        match (served, against_served) {
            (Some((version, _)), Some(against)) => against_the_served(winner, version, &against),
            _ => (true, format!("{winner} takes over: nothing is being served.")),
        }
    };
    let mut sentences = vec![reason.clone()];
    sentences.push(ranks(winner, judged.figures().auroc));
    if let (Some((version, served)), Some(against)) = (served, &against_served) {
        sentences.push(ranks(version, served.figures().auroc));
        sentences.push(format!("The difference in AUROC is {}.", said(against.auroc)));
    }
    Verdict {
        takes_over,
        winner: Some(winner),
        reason,
        sentences,
        against_served,
        against_base_rate: Some(against_base_rate),
    }
}

fn against_the_served(winner: &str, version: &str, against: &super::metrics::Metrics<Figure>) -> (bool, String) {
    let (loss, auroc) = (against.log_loss, against.auroc);
    if loss.high >= 0.0 {
        return (false, format!("{version} stays: {winner} is not better beyond noise (log loss {}).", said(loss)));
    }
    if auroc.high < 0.0 {
        let why = "says truer probabilities but ranks worse";
        return (false, format!("{version} stays: {winner} {why} (AUROC {}).", said(auroc)));
    }
    (true, format!("{winner} takes over from {version}: log loss {}, AUROC {}.", said(loss), said(auroc)))
}

fn ranks(name: &str, auroc: Figure) -> String {
    let percent = 100.0 * auroc.value;
    format!(
        "{name} puts a lead that converts above one that does not in {percent:.1} of 100 pairs (95 % interval {:.1} to {:.1}).",
        100.0 * auroc.low,
        100.0 * auroc.high
    )
}

/// A difference with its interval.
fn said(figure: Figure) -> String {
    format!("{:+.4}, 95 % interval {:+.4} to {:+.4}", figure.value, figure.low, figure.high)
}
