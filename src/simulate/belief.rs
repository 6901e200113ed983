//! Which kind a lead is, as far as what it has done tells: Bayes' rule, by the law that leads follow.
//!
//! No event says that a lead is an evaluator or a reader. The best that any model could know is the probability of each, by the pages
//! looked at, the visits paid and the days let go by; the truth is stated by that, not by what only the simulator knows.

use super::habit::{Kind, PEOPLE};
use super::law::{Law, decayed};
use super::outlook::{Moment, Outlook, Standing};
use super::person::FIT;
use super::site::{QUALITIES, Step};

/// The probability of each kind of people; they add up to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Belief([f64; PEOPLE]);

impl Belief {
    /// Of a lead that has just come.
    pub fn new(known: bool) -> Self {
        let mut belief = Self([1.0; PEOPLE]);
        belief.times(|kind| {
            let habit = kind.habit();
            habit.share * if known { habit.known } else { 1.0 - habit.known }
        });
        belief
    }

    /// It came for a visit after a silence.
    pub fn came(&mut self, interest: f64) {
        self.times(|kind| kind.habit().visits(interest));
    }

    /// It went on with its visit.
    pub fn went_on(&mut self) {
        self.times(|kind| kind.habit().goes_on);
    }

    pub fn left(&mut self) {
        self.times(|kind| 1.0 - kind.habit().goes_on);
    }

    /// It did something; `interest` is what it had before.
    pub fn did(&mut self, step: Step, interest: f64) {
        self.times(|kind| kind.habit().chance(step, interest));
    }

    /// Nothing came of it for some days from `standing` on. Whatever does not depend on the kind says nothing about it.
    pub fn waited(&mut self, law: &Law, standing: &Standing, days: f64) {
        self.times(|kind| {
            let habit = kind.habit();
            let multiplier = standing.fit.map_or(0.0, |fit| FIT[fit] * QUALITIES[standing.quality] * habit.buys);
            let rate = |after: f64| {
                let interest = decayed(standing.interest, after);
                let buys = law.buys(standing.stage, standing.age_days + after, interest, multiplier);
                habit.visits(interest) + buys
            };
            // Simpson's rule; spans are a day or so, and the rates are smooth.
            (-days / 6.0 * (rate(0.0) + 4.0 * rate(days / 2.0) + rate(days))).exp()
        });
    }

    /// The probability of a positive outcome within the horizon.
    pub fn outlook(&self, outlook: &Outlook, standing: &Standing, moment: Moment) -> f64 {
        let sum: f64 = self.0.iter().sum();
        let of = |(kind, weight): (Kind, &f64)| weight / sum * outlook.of(kind, standing, moment);
        Kind::PEOPLE.into_iter().zip(&self.0).map(of).sum()
    }

    fn times(&mut self, likelihood: impl Fn(Kind) -> f64) {
        for (kind, weight) in Kind::PEOPLE.into_iter().zip(&mut self.0) {
            *weight *= likelihood(kind);
        }
        let sum: f64 = self.0.iter().sum();
        // Kept from vanishing over a long life.
        if sum > 0.0 {
            self.0.iter_mut().for_each(|weight| *weight /= sum);
        }
    }
}
