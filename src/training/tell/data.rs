//! Which data was learned from, in the report's form.

use super::Occasion;
use crate::training::dataset::Account;
use crate::training::report::data::{DataAccount, LeftOut, Sampling};
use crate::training::tournament::enough::LEAST;
use crate::training::tournament::outcome::Outcome;

pub fn data(occasion: &Occasion, outcome: &Outcome, account: &Account) -> DataAccount {
    let reasons = [
        (account.after_outcome, "after the outcome", "What is known by then is no foresight."),
        (account.after_contact, "after sales made contact", "From then on it is the call that decides, not the lead."),
        (
            account.too_young,
            "younger than the horizon",
            "Whether they convert in time is not known yet, and that is no \"no\".",
        ),
        (
            account.not_drawn,
            "low and not drawn",
            "Nobody calls them because they are low; those that were called by lot stand for them.",
        ),
        (account.sampled_away, "sampled away", "There were more rows than training.max_rows; others stand for them."),
    ];
    let left_out = reasons.iter().filter(|(rows, ..)| *rows > 0);
    let left = [account.after_outcome, account.after_contact, account.too_young, account.not_drawn].iter().sum::<u64>();
    let negatives = account.instants.saturating_sub(left + account.positives_before_sampling);
    let kept_negatives = account.rows.saturating_sub(account.positives);
    let sampling = (account.sampled_away > 0)
        .then(|| Sampling { max_rows: occasion.max_rows, kept_share: kept_negatives as f64 / negatives.max(1) as f64 });
    DataAccount {
        files: account.files,
        rows_read: account.instants,
        rows_used: account.rows,
        leads: account.leads,
        positive_rows: account.positives,
        positive_leads: outcome.all.positive_leads as u64,
        needed_positive_leads: LEAST as u64,
        features: occasion.features as u64,
        from_ms: account.rows_from_ms,
        to_ms: account.rows_to_ms,
        left_out: left_out
            .map(|(rows, reason, text)| LeftOut { reason: (*reason).to_owned(), text: (*text).to_owned(), rows: *rows })
            .collect(),
        excluded_features: occasion.excluded.clone(),
        sampling,
    }
}
