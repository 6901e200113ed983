//! The truth by calculation: the probability that a positive outcome comes within the horizon, for every state a lead can be in.
//!
//! What lies ahead of a lead depends on kind, fit, source, stage, age and interest, and on nothing else; so the probability `V` solves
//! Kolmogorov's backward equation. Along a silence, in which interest decays and age grows, it changes by
//!
//! ```text
//! -dV/dt = visits·(B - V) + met·(V(x + 3) - V) + buys·(1 - V) + called·(V_called - V) - rejected·V        V = 0 at the horizon
//! ```
//!
//! `B` is the value of a visit that begins: steps are independent, each is followed by another with the same chance, so it is solved from
//! the highest interest down. (A visit counts as an instant: it takes minutes, the rates are per day.) The grid is even in the logarithm
//! of interest, and one step of time is one cell of decay, so that silence moves nothing between cells; Heun's method does the
//! rest. Ages in between are interpolated. `tests/simulate/` holds it against what becomes of simulated leads.

use self::grid::{Grid, Place};
use super::habit::{Habit, Kind};
use super::law::{Law, MOST_INTEREST, Stage, called, met, rejected};
use super::person::{FIT, FIT_SHARES, FITS};
use super::site::{MEETING_WEIGHT, QUALITIES, STEPS, Step};

mod grid;

/// Days of a step of time, at most.
const STEP_DAYS: f64 = 0.5;
/// Ages at which the equation is solved, days; beyond the last all leads are as old as can be.
const AGES: [f64; 16] =
    [0.0, 3.0, 7.0, 11.0, 15.0, 20.0, 25.0, 32.0, 40.0, 50.0, 65.0, 90.0, 130.0, 200.0, 350.0, 1_000.0];
/// Kinds that ever buy, the first ones; all others have no outlook.
const BUYERS: [Kind; 2] = [Kind::Evaluator, Kind::Reader];
/// An anonymous lead, then known ones by fit, then called ones by fit.
const STATES: usize = 1 + 2 * FITS;

/// Where a lead stands when it is asked for its outlook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// A visit has begun, and nothing was seen of it yet.
    Begins,
    /// A step was seen; the visit may go on.
    Steps,
    /// No visit.
    Rests,
}

/// What is known of a lead.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    /// Place in [`QUALITIES`].
    pub quality: usize,
    /// Place in [`FIT`]; `None` where no `identify` has told.
    pub fit: Option<usize>,
    pub stage: Stage,
    pub age_days: f64,
    pub interest: f64,
}

/// The probabilities, in tables.
#[derive(Clone, Debug)]
pub struct Outlook {
    horizon_days: f64,
    grid: Grid,
    /// By buyer, quality, age.
    tables: Vec<Values>,
}

/// Of one kind, quality and age: by state, then by cell; at rest, and after a step.
#[derive(Clone, Debug)]
struct Values {
    rests: [Vec<f64>; STATES],
    steps: [Vec<f64>; STATES],
}

impl Outlook {
    /// Solves the equation for every state.
    pub fn new(law: &Law, horizon_days: u32) -> Self {
        let horizon_days = f64::from(horizon_days);
        let time_steps = (horizon_days / STEP_DAYS).ceil() as usize;
        let grid = Grid::new(horizon_days / time_steps as f64);
        let mut tables = Vec::new();
        for kind in BUYERS {
            for quality in QUALITIES {
                let equation = Equation::new(law, kind.habit(), quality, &grid);
                tables.extend(AGES.map(|age| equation.solve(age, time_steps)));
            }
        }
        Self { horizon_days, grid, tables }
    }

    pub fn horizon_days(&self) -> f64 {
        self.horizon_days
    }

    /// The probability for a lead of a kind.
    pub(super) fn of(&self, kind: Kind, standing: &Standing, moment: Moment) -> f64 {
        let Some(buyer) = BUYERS.iter().position(|buyer| *buyer == kind) else { return 0.0 };
        match moment {
            Moment::Begins => self.of_a_visit(kind.habit(), buyer, standing),
            _ => self.looked_up(buyer, standing, moment == Moment::Steps),
        }
    }

    /// A visit that begins: its first step may be any.
    fn of_a_visit(&self, habit: &Habit, buyer: usize, standing: &Standing) -> f64 {
        let after = |step: Step| {
            let interest = (standing.interest + step.weight()).min(MOST_INTEREST);
            let stage = if step == Step::Form { at_least_known(standing.stage) } else { standing.stage };
            let after = Standing { interest, stage, ..*standing };
            habit.chance(step, standing.interest) * self.looked_up(buyer, &after, true)
        };
        Step::ALL.into_iter().map(after).sum()
    }

    fn looked_up(&self, buyer: usize, standing: &Standing, steps: bool) -> f64 {
        let cell = self.grid.place(standing.interest);
        let next = AGES.partition_point(|age| *age <= standing.age_days).clamp(1, AGES.len() - 1);
        let (young, old) = (AGES[next - 1], AGES[next]);
        let share = ((standing.age_days - young) / (old - young)).clamp(0.0, 1.0);
        let first = (buyer * QUALITIES.len() + standing.quality) * AGES.len();
        let of = |age: usize| {
            let values = &self.tables[first + age];
            average(standing, |state| cell.of(if steps { &values.steps[state] } else { &values.rests[state] }))
        };
        of(next - 1) * (1.0 - share) + of(next) * share
    }
}

fn at_least_known(stage: Stage) -> Stage {
    if stage == Stage::Anonymous { Stage::Known } else { stage }
}

/// The value of a lead's state, or the mean over the fits it may have.
fn average(standing: &Standing, of: impl Fn(usize) -> f64) -> f64 {
    let first = match standing.stage {
        Stage::Anonymous => return of(0),
        Stage::Known => 1,
        Stage::Called => 1 + FITS,
    };
    match standing.fit {
        Some(fit) => of(first + fit),
        None => (0..FITS).map(|fit| FIT_SHARES[fit] * of(first + fit)).sum(),
    }
}

/// The backward equation of one kind and source.
struct Equation<'a> {
    law: &'a Law,
    habit: &'a Habit,
    grid: &'a Grid,
    /// Factors of the hazard by fit.
    multipliers: [f64; FITS],
    /// By step, then by cell: the chance of the step, and where it leads.
    chances: [Vec<f64>; STEPS],
    jumps: [Vec<Place>; STEPS],
    meetings: Vec<Place>,
}

impl<'a> Equation<'a> {
    fn new(law: &'a Law, habit: &'a Habit, quality: f64, grid: &'a Grid) -> Self {
        let after = |weight: f64| {
            let place = |interest: &f64| grid.place((interest + weight).min(MOST_INTEREST));
            grid.interest.iter().map(place).collect::<Vec<_>>()
        };
        Self {
            law,
            habit,
            grid,
            multipliers: FIT.map(|fit| fit * quality * habit.buys),
            chances: Step::ALL.map(|step| grid.interest.iter().map(|x| habit.chance(step, *x)).collect()),
            jumps: Step::ALL.map(|step| after(step.weight())),
            meetings: after(MEETING_WEIGHT),
        }
    }

    /// From the horizon back to `age_days`.
    fn solve(&self, age_days: f64, time_steps: usize) -> Values {
        let step_days = self.grid.step_days;
        let cells = self.grid.interest.len();
        let mut rests: [Vec<f64>; STATES] = std::array::from_fn(|_| vec![0.0; cells]);
        for step in (0..time_steps).rev() {
            let age = age_days + step as f64 * step_days;
            let late = self.changes(&rests, age + step_days);
            let guess = moved(&rests, &late, &late, 1, step_days);
            let soon = self.changes(&guess, age);
            rests = moved(&rests, &late, &soon, 0, step_days);
        }
        let steps = self.steps(&rests);
        Values { rests, steps }
    }

    /// By how much values change a day, but for decay.
    fn changes(&self, rests: &[Vec<f64>; STATES], age_days: f64) -> [Vec<f64>; STATES] {
        let steps = self.steps(rests);
        std::array::from_fn(|state| {
            let stage = stage_of(state);
            let multiplier = if state == 0 { 0.0 } else { self.multipliers[(state - 1) % FITS] };
            let own = &rests[state];
            let change = |(cell, interest): (usize, &f64)| {
                let (value, interest) = (own[cell], *interest);
                let visits = self.habit.visits(interest) * (self.begins(steps[state][cell], value) - value);
                let meets = met(stage) * (self.meetings[cell].of(own) - value);
                let buys = self.law.buys(stage, age_days, interest, multiplier) * (1.0 - value);
                let calls = called(stage, interest);
                let is_called = if calls > 0.0 { calls * (rests[state + FITS][cell] - value) } else { 0.0 };
                visits + meets + buys + is_called - rejected(stage) * value
            };
            self.grid.interest.iter().enumerate().map(change).collect()
        })
    }

    /// The value of a visit that begins: what follows a step, but for the chance that nothing does.
    fn begins(&self, step: f64, rest: f64) -> f64 {
        (step - (1.0 - self.habit.goes_on) * rest) / self.habit.goes_on
    }

    /// After a step; who sends a form is known by it.
    fn after(&self, steps: &[Vec<f64>; STATES], state: usize, step: Step, place: Place) -> f64 {
        if state == 0 && step == Step::Form {
            return (0..FITS).map(|fit| FIT_SHARES[fit] * place.of(&steps[1 + fit])).sum();
        }
        place.of(&steps[state])
    }

    /// Values after a step, when the visit may go on, by those at rest. Every step leads up, so the highest cell comes first; where one
    /// does not leave its cell, its value stands on both sides of the sum.
    fn steps(&self, rests: &[Vec<f64>; STATES]) -> [Vec<f64>; STATES] {
        let goes_on = self.habit.goes_on;
        let cells = self.grid.interest.len();
        let mut steps: [Vec<f64>; STATES] = std::array::from_fn(|_| vec![0.0; cells]);
        // Anonymous leads last: what they come to is known leads' values.
        for state in (0..STATES).rev() {
            for cell in (0..cells).rev() {
                let (mut others, mut own) = (0.0, 0.0);
                for step in Step::ALL {
                    let (chance, place) = (self.chances[step as usize][cell], self.jumps[step as usize][cell]);
                    // The cell's own value is still 0, and left out by that.
                    others += chance * self.after(&steps, state, step, place);
                    if !(state == 0 && step == Step::Form) {
                        own += chance * place.share_of(cell);
                    }
                }
                steps[state][cell] = ((1.0 - goes_on) * rests[state][cell] + goes_on * others) / (1.0 - goes_on * own);
            }
        }
        steps
    }
}

/// Values a step of time earlier, by half of each change. Silence takes a lead from one cell to the one below: there lies what it will be
/// worth, and how that changes; the changes sooner, `soon`, are taken as many cells below.
fn moved(
    rests: &[Vec<f64>; STATES],
    late: &[Vec<f64>; STATES],
    soon: &[Vec<f64>; STATES],
    soon_below: usize,
    step_days: f64,
) -> [Vec<f64>; STATES] {
    std::array::from_fn(|state| {
        let soon = &soon[state][1 - soon_below..];
        let changes = late[state].iter().zip(soon).map(|(late, soon)| step_days * (late + soon) / 2.0);
        let below = rests[state].iter().zip(changes).map(|(value, change)| value + change);
        // Below the lowest cell a lead is gone.
        std::iter::once(0.0).chain(below).take(rests[state].len()).collect()
    })
}

fn stage_of(state: usize) -> Stage {
    match state {
        0 => Stage::Anonymous,
        state if state <= FITS => Stage::Known,
        _ => Stage::Called,
    }
}
