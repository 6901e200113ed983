//! In a whole tournament a contestant is asked about leads that it has not learned from, and later than the outcomes that it learned by; what it
//! says of the folds knows nothing of the holdout; and what takes over has learned from every row.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

use needle::training::contestants::{Class, Contestant, Context, Fitted, Scorer, Served, Tuned, Unfit};
use needle::training::matrix::{ColumnKind, Matrix};
use needle::training::part::Part;
use needle::training::tournament::plan::Plan;
use needle::training::tournament::platt::{Observed, fit};
use needle::training::tournament::{Settings, hold};

use crate::tournament_support::{DAY_MS, Truth, column, log_odds, rules, world};

/// What was learned from, and which rows were asked about then.
#[derive(Clone, Default)]
struct Session {
    learned: Vec<usize>,
    asked: Rc<RefCell<Vec<usize>>>,
}

/// Says the truth, and remembers what it was shown.
#[derive(Clone, Default)]
struct Spy {
    tuned: Rc<RefCell<Vec<Session>>>,
    fitted: Rc<RefCell<Vec<Session>>>,
}

impl Contestant for Spy {
    fn name(&self) -> &'static str {
        "spy"
    }

    fn sentence(&self) -> &'static str {
        "Looks on."
    }

    fn class(&self) -> Class {
        Class::Linear
    }

    fn tuned(&self, _: &Matrix, train: &Part, later: &Part, _: &Context<'_>) -> Result<Option<Tuned>, Unfit> {
        let asked = Rc::new(RefCell::new(later.rows.clone()));
        self.tuned.borrow_mut().push(Session { learned: train.rows.clone(), asked });
        Ok(None)
    }

    fn fit(&self, _: &Matrix, part: &Part, _: &Context<'_>) -> Result<Fitted, Unfit> {
        let session = Session { learned: part.rows.clone(), ..Session::default() };
        self.fitted.borrow_mut().push(session.clone());
        Ok(Fitted { scorer: Box::new(session), served: Served::Linear(rules()) })
    }
}

impl Scorer for Session {
    fn margins(&self, rows: &[f64], width: usize, margins: &mut [f64]) {
        for (row, margin) in rows.chunks_exact(width).zip(margins) {
            self.asked.borrow_mut().push(row[width - 1] as usize);
            *margin = log_odds(row);
        }
    }
}

/// Rows that know their number.
fn numbered() -> Matrix {
    let Matrix { mut columns, values, rows } = world(2500, Truth::Signal, 1);
    let width = columns.len();
    columns.push(column("number", ColumnKind::Number, false));
    let with_number = |(number, row): (usize, &[f64])| [row, &[number as f64]].concat();
    let values = values.chunks_exact(width).enumerate().flat_map(with_number).collect();
    Matrix { columns, values, rows }
}

const HORIZON_MS: i64 = 10 * DAY_MS;

/// No lead on both sides, and every outcome known before anything is asked.
fn is_fair(matrix: &Matrix, Session { learned, asked }: &Session) {
    let asked = asked.borrow();
    let leads = |rows: &[usize]| rows.iter().map(|row| matrix.rows[*row].lead).collect::<HashSet<_>>();
    assert!(leads(learned).is_disjoint(&leads(&asked)), "a lead is on both sides");
    let known_ms = learned.iter().map(|row| matrix.rows[*row].at_ms + HORIZON_MS).max().expect("rows");
    let first_ms = asked.iter().map(|row| matrix.rows[*row].at_ms).min().expect("rows");
    assert!(known_ms < first_ms, "an outcome of {known_ms} was not known at {first_ms}");
}

#[test]
fn leads_and_outcomes_are_new_to_whoever_is_judged() {
    let (matrix, spy) = (numbered(), Spy::default());
    let settings = Settings { horizon_ms: HORIZON_MS, ..Settings::default() };
    let context = Context::seeded(1);
    let tournament = hold(&matrix, vec![Box::new(spy.clone())], None, &settings, &context);
    let fitted = spy.fitted.borrow();
    let [folds @ .., holdout, all] = &fitted[..] else { panic!("{} fits", fitted.len()) };
    assert_eq!(folds.len(), settings.folds);
    spy.tuned.borrow().iter().chain(folds).chain([holdout]).for_each(|session| is_fair(&matrix, session));
    assert_eq!(*holdout.asked.borrow(), tournament.holdout.rows);
    // And every row is accounted for.
    let (shown, left_out) = (holdout.learned.len() + tournament.holdout.len(), tournament.outcome.left_out);
    assert!(left_out.in_gap > 0 && left_out.other_side > 0, "{left_out:?}");
    assert_eq!(shown + left_out.in_gap + left_out.other_side, matrix.rows.len());

    let known: HashSet<usize> = holdout.learned.iter().copied().collect();
    for Session { learned, asked } in spy.tuned.borrow().iter().chain(folds) {
        assert!(
            learned.iter().chain(&*asked.borrow()).all(|row| known.contains(row)),
            "a row is of the holdout's time"
        );
    }

    let winner = tournament.winner.expect("the truth takes over");
    assert_eq!(all.learned, Part::all(&matrix).rows, "what is published has learned from all");
    assert!(all.asked.borrow().is_empty());

    // Calibrated by everything that was said of rows not learned from: the figures by the folds, what is published by the holdout as well.
    let plan = Plan::new(&matrix, &settings, context.seed).expect("a plan");
    let line = |parts: &[&Part]| {
        let rows: Vec<usize> = parts.iter().flat_map(|part| part.rows.iter().copied()).collect();
        let margins: Vec<f64> = rows.iter().map(|row| log_odds(matrix.row(*row))).collect();
        let labels: Vec<bool> = rows.iter().map(|row| matrix.rows[*row].positive).collect();
        let weights: Vec<f64> = parts.iter().flat_map(|part| part.weights.iter().copied()).collect();
        fit(Observed { margins: &margins, labels: &labels, weights: &weights })
    };
    let said: Vec<usize> = folds.iter().flat_map(|session| session.asked.borrow().clone()).collect();
    assert_eq!(said, plan.judged.rows);
    assert_eq!(tournament.outcome.contestants[0].calibration, line(&[&plan.judged]));
    assert_eq!(Some(winner.calibration), line(&[&plan.judged, &plan.holdout.later]));
}
