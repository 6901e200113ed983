//! The values of one column, and what the rows of each became.

use std::collections::HashSet;

use super::{JUDGED, JUDGED_NEGATIVES, JUDGED_POSITIVES, LEADS, ODDS, SETTLED, SHARE};
use crate::training::matrix::Matrix;

/// Positive rows that there would be among those of a value, were it like all others, before it is told from all others by having none.
const EXPECTED: f64 = 5.0;

/// Rows that share a value, by weight: `[negative, positive]`, of leads with an even hash and of those with an odd one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Value {
    pub value: f64,
    pub halves: [[f64; 2]; 2],
    /// Not by weight.
    pub rows: usize,
}

impl Value {
    pub fn negative(&self) -> f64 {
        self.halves[0][0] + self.halves[1][0]
    }

    pub fn positive(&self) -> f64 {
        self.halves[0][1] + self.halves[1][1]
    }

    /// Share of its rows that are positive.
    fn rate(&self) -> f64 {
        self.positive() / (self.positive() + self.negative())
    }
}

/// The values of a column, ascending.
pub(super) fn by_value(matrix: &Matrix, rows: &[usize], place: usize) -> Vec<Value> {
    let mut sorted: Vec<(f64, usize)> = rows.iter().map(|row| (matrix.row(*row)[place], *row)).collect();
    sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut values: Vec<Value> = Vec::new();
    for (value, row) in sorted {
        let row = &matrix.rows[row];
        if values.last().is_none_or(|last| last.value != value) {
            values.push(Value { value, halves: [[0.0; 2]; 2], rows: 0 });
        }
        if let Some(last) = values.last_mut() {
            last.halves[(row.lead & 1) as usize][usize::from(row.positive)] += row.weight;
            last.rows += 1;
        }
    }
    values
}

/// How many leads have a positive row with that value.
pub(super) fn leads_with(matrix: &Matrix, rows: &[usize], place: usize, value: f64) -> usize {
    let positive = rows.iter().filter(|row| matrix.rows[**row].positive && matrix.row(**row)[place] == value);
    positive.map(|row| matrix.rows[*row].lead).collect::<HashSet<_>>().len()
}

/// All rows that are looked at.
pub(super) struct Totals {
    negative: f64,
    positive: f64,
    /// Leads with a positive row, and with a negative one.
    leads: [usize; 2],
}

impl Totals {
    pub fn of(matrix: &Matrix, rows: &[usize]) -> Self {
        let of = |positive| rows.iter().map(|row| &matrix.rows[*row]).filter(move |row| row.positive == positive);
        let weight = |positive| of(positive).map(|row| row.weight).sum();
        let leads = |positive| of(positive).map(|row| row.lead).collect::<HashSet<_>>().len();
        Self { negative: weight(false), positive: weight(true), leads: [leads(true), leads(false)] }
    }

    pub fn are_enough(&self) -> bool {
        self.leads.iter().all(|leads| *leads >= LEADS)
    }

    /// How many times the odds of all rows a value's are.
    fn odds_ratio(&self, value: &Value) -> f64 {
        (value.positive() / value.negative()) / (self.positive / self.negative)
    }

    /// The surest value that a large part of the positive rows has: its rate, and a sentence's end.
    pub fn settles(&self, values: &[Value], leads: impl Fn(f64) -> usize) -> Option<(f64, String)> {
        let sure = |value: &&Value| {
            value.rate() > SETTLED && self.odds_ratio(value) >= ODDS && value.positive() >= SHARE * self.positive
        };
        let surest = values.iter().filter(sure).max_by(|a, b| a.rate().total_cmp(&b.rate()))?;
        let enough = leads(surest.value) >= LEADS;
        let (rate, share, all) = (surest.rate(), surest.positive() / self.positive, self.positive + self.negative);
        let sentence = format!(
            "is {} in {:.0} % of the rows that convert, and {:.1} % of the rows with that value convert ({:.1} % of all): it may be \
             the outcome by another name",
            surest.value,
            100.0 * share,
            100.0 * rate,
            100.0 * self.positive / all
        );
        enough.then_some((rate, sentence))
    }

    /// The share of all rows whose value is a verdict, where there are verdicts of both kinds.
    pub fn judges(&self, values: &[Value]) -> Option<(f64, String)> {
        let (mut won, mut lost) = ([0.0; 2], [0.0; 2]);
        let all = self.positive + self.negative;
        // Of many rare values some are all of a kind by accident.
        let is_told = |value: &&Value| value.rows >= LEADS;
        for value in values.iter().filter(is_told) {
            let expected = value.rows as f64 * self.positive / all;
            let verdict = if value.rate() >= JUDGED && self.odds_ratio(value) >= ODDS {
                &mut won
            } else if self.odds_ratio(value) <= 1.0 / ODDS && expected >= EXPECTED {
                &mut lost
            } else {
                continue;
            };
            verdict[0] += value.negative();
            verdict[1] += value.positive();
        }
        let judged = (won[0] + won[1] + lost[0] + lost[1]) / all;
        let verdicts = won[1] >= JUDGED_POSITIVES * self.positive && lost[0] >= JUDGED_NEGATIVES * self.negative;
        let sentence = format!(
            "has values whose rows nearly all convert ({:.0} % of the rows that do) and others whose rows nearly never do ({:.0} % of \
             those that do not): it may be somebody's verdict, given when the outcome was known",
            100.0 * won[1] / self.positive,
            100.0 * lost[0] / self.negative
        );
        verdicts.then_some((judged, sentence))
    }
}
