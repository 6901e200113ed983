//! Kinds of leads, and how each behaves: one table of judgement, shaped after what sales teams tell of their visitors.

use super::random::Random;
use super::site::{SECTIONS, Section};

/// How a kind of lead behaves. Ranges include both ends.
pub(super) struct Habit {
    /// How common the kind is, relative to the others.
    pub share: f64,
    pub visits: (i64, i64),
    /// Mean days between visits.
    pub gap_days: f64,
    /// How much shorter the last gap is than the first: 0 not at all, 0.9 to a tenth.
    pub quickens: f64,
    /// Chance of one silence of weeks between two visits.
    pub falls_silent: f64,
    pub pages: (i64, i64),
    /// Mean seconds on a page.
    pub page_seconds: f64,
    /// What is looked at on the first visit and on the last one, by [`Section`].
    pub first: [f64; SECTIONS],
    pub last: [f64; SECTIONS],
    /// Chance that a visit to a page of high intent ends in a form; it grows from nothing to this over the visits.
    pub form: f64,
    /// Of those who sent a form, how many sales takes over.
    pub accepted: f64,
    /// How many are known from the first visit on.
    pub known: f64,
    pub is_bot: bool,
}

impl Habit {
    pub fn draw(random: &mut Random) -> &'static Habit {
        &HABITS[random.weighted(HABITS.iter().map(|habit| habit.share))]
    }

    /// What to look at next; `warmth` goes from 0 at the first visit to 1 at the last.
    pub fn section(&self, warmth: f64, random: &mut Random) -> Section {
        let weights = self.first.iter().zip(&self.last).map(|(first, last)| first + (last - first) * warmth);
        Section::ALL[random.weighted(weights)]
    }

    pub fn gap_days(&self, warmth: f64) -> f64 {
        self.gap_days * (1.0 - self.quickens * warmth)
    }
}

//                              home blog product pricing demo careers
const BUYER: Habit = Habit {
    share: 0.13,
    visits: (4, 9),
    gap_days: 5.0,
    quickens: 0.85,
    falls_silent: 0.25,
    pages: (2, 5),
    page_seconds: 70.0,
    first: [3.0, 4.0, 2.0, 0.1, 0.0, 0.0],
    last: [1.2, 0.4, 4.0, 1.5, 0.7, 0.0],
    form: 0.55,
    accepted: 0.75,
    known: 0.7,
    is_bot: false,
};

const EVALUATOR: Habit = Habit {
    share: 0.25,
    visits: (2, 6),
    gap_days: 5.0,
    quickens: 0.3,
    falls_silent: 0.2,
    pages: (2, 7),
    page_seconds: 90.0,
    first: [2.0, 2.0, 4.0, 0.1, 0.0, 0.1],
    last: [1.0, 1.0, 6.0, 0.7, 0.1, 0.0],
    form: 0.12,
    accepted: 0.35,
    known: 0.6,
    is_bot: false,
};

const READER: Habit = Habit {
    share: 0.45,
    visits: (1, 5),
    gap_days: 7.0,
    quickens: 0.0,
    falls_silent: 0.1,
    pages: (1, 3),
    page_seconds: 110.0,
    first: [1.0, 6.0, 0.5, 0.05, 0.0, 0.05],
    last: [1.0, 6.0, 0.7, 0.1, 0.0, 0.05],
    form: 0.02,
    accepted: 0.1,
    known: 0.35,
    is_bot: false,
};

const APPLICANT: Habit = Habit {
    share: 0.1,
    visits: (1, 4),
    gap_days: 3.0,
    quickens: 0.2,
    falls_silent: 0.0,
    pages: (2, 5),
    page_seconds: 60.0,
    first: [1.0, 0.5, 0.5, 0.0, 0.0, 4.0],
    last: [0.5, 0.2, 0.5, 0.0, 0.0, 6.0],
    form: 0.0,
    accepted: 0.0,
    known: 0.2,
    is_bot: false,
};

const BOT: Habit = Habit {
    share: 0.03,
    visits: (2, 5),
    gap_days: 6.0,
    quickens: 0.0,
    falls_silent: 0.0,
    pages: (15, 40),
    page_seconds: 1.5,
    first: [1.0, 8.0, 6.0, 0.1, 0.0, 1.0],
    last: [1.0, 8.0, 6.0, 0.1, 0.0, 1.0],
    form: 0.0,
    accepted: 0.0,
    known: 0.0,
    is_bot: true,
};

const HABITS: [Habit; 5] = [BUYER, EVALUATOR, READER, APPLICANT, BOT];
