//! Kinds of leads, and how each behaves: one table of judgement, shaped after what sales teams tell of their visitors.

use super::law::intensity;
use super::site::{STEPS, Step};
use crate::random::Random;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Evaluator,
    Reader,
    Applicant,
    /// Clicks everything at once, and never buys. Its user agent says what it is.
    Bot,
}

/// Kinds that are people, the first ones.
pub(super) const PEOPLE: usize = 3;

impl Kind {
    const ALL: [Kind; PEOPLE + 1] = [Self::Evaluator, Self::Reader, Self::Applicant, Self::Bot];
    pub const PEOPLE: [Kind; PEOPLE] = [Self::Evaluator, Self::Reader, Self::Applicant];

    pub fn draw(random: &mut Random) -> Self {
        Self::ALL[random.weighted(HABITS.iter().map(|habit| habit.share))]
    }

    pub fn habit(self) -> &'static Habit {
        &HABITS[self as usize]
    }
}

/// How a kind of lead behaves.
pub(super) struct Habit {
    /// How common the kind is: these add up to 1.
    pub share: f64,
    /// Visits a day: so many, and so many more by the lead's intensity.
    quiet: f64,
    lively: f64,
    /// Chance, after each step of a visit, that it goes on.
    pub goes_on: f64,
    /// Mean seconds on a page.
    pub page_seconds: f64,
    /// What is done at no intensity and at full one, by [`Step`]; each adds up to 1.
    cold: [f64; STEPS],
    warm: [f64; STEPS],
    /// How many are known from the first visit on.
    pub known: f64,
    /// Factor of the hazard.
    pub buys: f64,
}

impl Habit {
    /// Visits a day.
    pub fn visits(&self, interest: f64) -> f64 {
        self.quiet + self.lively * intensity(interest)
    }

    /// The chance that the next step of a visit is this one.
    pub fn chance(&self, step: Step, interest: f64) -> f64 {
        let (cold, warm) = (self.cold[step as usize], self.warm[step as usize]);
        cold + (warm - cold) * intensity(interest)
    }

    /// What is done next on a visit.
    pub fn step(&self, interest: f64, random: &mut Random) -> Step {
        Step::ALL[random.weighted(Step::ALL.iter().map(|step| self.chance(*step, interest)))]
    }
}

/// By [`Kind`].
const HABITS: [Habit; PEOPLE + 1] = [
    Habit {
        share: 0.37,
        quiet: 0.025,
        lively: 0.4,
        goes_on: 0.68,
        page_seconds: 80.0,
        //     home  blog  prod. price demo  jobs  form
        cold: [0.26, 0.28, 0.39, 0.04, 0.01, 0.01, 0.01],
        warm: [0.13, 0.07, 0.49, 0.18, 0.07, 0.01, 0.05],
        known: 0.6,
        buys: 1.0,
    },
    Habit {
        share: 0.48,
        quiet: 0.025,
        lively: 0.35,
        goes_on: 0.45,
        page_seconds: 110.0,
        cold: [0.14, 0.75, 0.08, 0.02, 0.0, 0.01, 0.0],
        warm: [0.12, 0.69, 0.12, 0.04, 0.01, 0.01, 0.01],
        known: 0.4,
        buys: 0.2,
    },
    Habit {
        share: 0.12,
        quiet: 0.01,
        lively: 0.5,
        goes_on: 0.65,
        page_seconds: 60.0,
        cold: [0.17, 0.09, 0.10, 0.01, 0.0, 0.63, 0.0],
        warm: [0.08, 0.04, 0.10, 0.01, 0.0, 0.77, 0.0],
        known: 0.2,
        buys: 0.0,
    },
    // A bot's visits and pages are counted out by its journey.
    Habit {
        share: 0.03,
        quiet: 0.15,
        lively: 0.0,
        goes_on: 1.0,
        page_seconds: 1.5,
        cold: [1.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0, 0.0],
        warm: [1.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0, 0.0],
        known: 0.0,
        buys: 0.0,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_add_up_to_one() {
        let sums = |chances: &[f64]| (chances.iter().sum::<f64>() - 1.0).abs() < 1e-12;
        assert!(sums(&HABITS.each_ref().map(|habit| habit.share)));
        for habit in &HABITS {
            assert!(sums(&habit.cold) && sums(&habit.warm));
        }
    }
}
