//! Too little data chooses a simpler kind, by stated rules; with next to none nothing is fitted, and it is said why.

use needle::training::contestants::{Class, Context};
use needle::training::matrix::Matrix;
use needle::training::tournament::enough::{LEAST, LINEAR_BELOW, NO_SEARCH_BELOW, Stage};
use needle::training::tournament::outcome::{Outcome, Status};
use needle::training::tournament::{Settings, Tournament, everyone, hold};

use crate::tournament_support::{DAY_MS, Truth, rules, world};

fn settings() -> Settings {
    Settings { horizon_ms: 5 * DAY_MS, ..Settings::default() }
}

fn held(matrix: &Matrix) -> Tournament {
    hold(matrix, everyone(rules()), None, &settings(), &Context { candidates: 4, ..Context::seeded(3) })
}

fn ran(outcome: &Outcome) -> Vec<Class> {
    let ran = outcome.contestants.iter().filter(|entry| entry.status == Status::Ran);
    let mut classes: Vec<Class> = ran.map(|entry| entry.class).collect();
    classes.dedup();
    classes
}

/// The rarer outcome, of just so many leads: those that convert convert in all of their rows, the others in none.
fn with_positives(leads: usize, positives: usize) -> Matrix {
    let mut matrix = world(leads, Truth::Signal, 1);
    let each = leads / positives;
    for row in &mut matrix.rows {
        row.positive = (row.lead as usize).is_multiple_of(each) && (row.lead as usize / each) < positives;
    }
    matrix
}

#[test]
fn stages_begin_where_they_are_said_to() {
    assert_eq!(Stage::of(LEAST - 1), Stage::Rules);
    assert_eq!(Stage::of(LEAST), Stage::Linear);
    assert_eq!(Stage::of(LINEAR_BELOW - 1), Stage::Linear);
    assert_eq!(Stage::of(LINEAR_BELOW), Stage::Trees);
    assert_eq!(Stage::of(NO_SEARCH_BELOW - 1), Stage::Trees);
    assert_eq!(Stage::of(NO_SEARCH_BELOW), Stage::Everything);
}

#[test]
fn below_the_least_nothing_is_fitted_and_nothing_takes_over() {
    // It can be divided soundly, so it is the rule that forbids.
    let tournament = held(&with_positives(1200, 39));
    let Tournament { outcome, winner, .. } = &tournament;
    assert_eq!(outcome.all.positive_leads, 39);
    assert!(winner.is_none() && !outcome.verdict.takes_over);
    let fitted = ran(outcome).into_iter().filter(|class| *class > Class::Rules).count();
    assert_eq!(fitted, 0, "{:?}", ran(outcome));
    assert!(ran(outcome).contains(&Class::Rules), "what is not fitted runs in any case");
    assert!(outcome.verdict.reason.contains("39"), "{}", outcome.verdict.reason);
}

#[test]
fn a_little_more_allows_what_is_linear() {
    let outcome = held(&with_positives(1500, 100)).outcome;
    assert_eq!(ran(&outcome), [Class::Baseline, Class::Rules, Class::Unsupervised, Class::Linear]);
}

#[test]
fn more_allows_trees_but_no_search() {
    let outcome = held(&with_positives(2000, 400)).outcome;
    assert!(ran(&outcome).contains(&Class::Ensemble) && !ran(&outcome).contains(&Class::Network));
    let boosting = outcome.contestants.iter().find(|entry| entry.name == "gradient boosting").unwrap();
    assert_eq!((boosting.tried, boosting.candidates), (1, 1));
}

#[test]
fn much_allows_everything() {
    let outcome = held(&with_positives(4000, 1000)).outcome;
    assert!(outcome.contestants.iter().all(|entry| entry.status == Status::Ran), "{:?}", ran(&outcome));
    let boosting = outcome.contestants.iter().find(|entry| entry.name == "gradient boosting").unwrap();
    assert_eq!((boosting.tried, boosting.candidates), (4, 4));
}

#[test]
fn a_history_shorter_than_its_horizon_is_told_apart_from_no_signal() {
    let matrix = world(3000, Truth::Signal, 1);
    let settings = Settings { horizon_ms: 400 * DAY_MS, ..Settings::default() };
    let outcome = hold(&matrix, everyone(rules()), None, &settings, &Context::seeded(3)).outcome;
    assert!(!outcome.verdict.takes_over && ran(&outcome).is_empty());
    assert_eq!(outcome.contestants.len(), everyone(rules()).len(), "each is named, with the reason");
    assert!(outcome.verdict.reason.contains("horizon"), "{}", outcome.verdict.reason);
}

#[test]
fn nothing_at_all_is_no_panic() {
    let outcome = held(&Matrix::default()).outcome;
    assert!(!outcome.verdict.takes_over);
    assert_eq!(outcome.all.rows, 0);
}

#[test]
fn used_up_time_leaves_the_costly_ones_out() {
    let matrix = world(1500, Truth::Signal, 1);
    let context = Context { time_is_up: &|| true, ..Context::seeded(3) };
    let outcome = hold(&matrix, everyone(rules()), None, &settings(), &context).outcome;
    let forest = outcome.contestants.iter().find(|entry| entry.name == "random forest").unwrap();
    assert_eq!(forest.status, Status::LeftOut("the time was used up".to_owned()));
    assert!(ran(&outcome).contains(&Class::Linear), "the simple ones run in any case");
}
