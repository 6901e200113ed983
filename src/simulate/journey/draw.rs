//! What a lead does next, drawn from what it is now.

use super::super::DAY_MS;
use super::super::act::Act;
use super::super::habit::Kind;
use super::super::law::{self, Stage, decayed};
use super::super::person::FIT;
use super::super::site::{MEETINGS, QUALITIES, Source, Step};
use super::{Journey, World};

const HOUR_MS: i64 = 3_600_000;

impl Journey {
    /// What a lead that has just come does first.
    pub(super) fn begin(&mut self, at_ms: i64, known: bool) {
        if self.kind == Kind::Bot {
            return self.next_of_a_bot(at_ms);
        }
        if known {
            self.add(at_ms, Act::Identify);
        }
        self.next_step(at_ms + 400);
    }

    /// Draws what comes after all that was planned.
    pub(super) fn plan(&mut self, world: &World) {
        if self.kind == Kind::Bot {
            return self.next_of_a_bot(self.said_ms);
        }
        let habit = self.kind.habit();
        if self.visiting && self.random.chance(habit.goes_on) {
            let seconds = 0.5 + self.random.wait(habit.page_seconds);
            return self.next_step(self.said_ms + (1_000.0 * seconds) as i64);
        }
        if std::mem::take(&mut self.visiting) {
            self.newcomer = false;
            self.belief.left();
        }
        self.rest(world);
    }

    fn next_step(&mut self, mut at_ms: i64) {
        let step = self.kind.habit().step(self.interest, &mut self.random);
        let Some(page) = step.page(&mut self.random) else {
            self.add(at_ms, Act::StartForm);
            at_ms += self.random.between(30_000, 120_000);
            if self.stage == Stage::Anonymous {
                self.add(at_ms, Act::Identify);
            }
            let filled = self.random.between(4, 6) as u8;
            return self.add(at_ms + 1, Act::SubmitForm { filled });
        };
        // Only the first address of a visit has the campaign's parameters.
        let source = if self.enters { self.source } else { &Source::NONE };
        self.add(at_ms, Act::View { step, page, source });
        if step == Step::Pricing && self.random.chance(0.2) {
            self.add(at_ms + 15_000, Act::UseCalculator);
        }
    }

    /// Draws how a silence ends: rates fall as interest does, so that the first one bounds them all.
    fn rest(&mut self, world: &World) {
        let habit = self.kind.habit();
        let multiplier = habit.buys * FIT[self.person.fit()] * QUALITIES[self.quality];
        let (mut days, mut interest, stage) = (self.at_days, self.interest, self.stage);
        let rates = |interest: f64, buys: f64| {
            [habit.visits(interest), law::met(stage), law::called(stage, interest), law::rejected(stage), buys]
        };
        while world.clock.instant_ms(days) < world.plan.end_ms() {
            let most: f64 = rates(interest, world.law.buys_at_most(stage, interest, multiplier)).iter().sum();
            let wait = self.random.wait(1.0 / most);
            if wait >= law::days_left(interest) {
                return self.fade(world, days + law::days_left(interest));
            }
            days += wait;
            interest = decayed(interest, wait);
            let buys = world.law.buys(stage, days - self.first_days, interest, multiplier);
            let mut left = self.random.unit() * most;
            for (what, rate) in rates(interest, buys).into_iter().enumerate() {
                left -= rate;
                if left < 0.0 {
                    let at_ms = world.clock.instant_ms(days).max(self.said_ms + 1);
                    return self.ends_silence(what, at_ms, interest);
                }
            }
        }
        self.fade(world, days);
    }

    /// What ended a silence, by its place among the rates.
    fn ends_silence(&mut self, what: usize, at_ms: i64, interest: f64) {
        match what {
            0 => {
                (self.visiting, self.enters, self.before) = (true, true, None);
                self.source = Source::draw(self.stage != Stage::Anonymous, &mut self.random);
                self.next_step(at_ms);
            }
            1 => {
                let meeting: &&str = self.random.pick(&MEETINGS);
                self.add(at_ms, Act::Meet(meeting));
            }
            2 => {
                let explores = self.random.chance(law::EXPLORED / law::called(self.stage, interest));
                self.add(at_ms, Act::Call { explores });
            }
            3 => self.add(at_ms, Act::Reject),
            _ => {
                self.add(at_ms, Act::Win);
                // What customers do, and nobody else: a model that sees it has seen the future.
                for day in 1..=self.random.between(0, 3) {
                    let hours_ms = self.random.between(0, 4 * HOUR_MS);
                    self.add(at_ms + day * DAY_MS + hours_ms, Act::Onboard);
                }
            }
        }
    }

    /// It never comes back, or not within the plan: worth a word to those only who watch the truth.
    fn fade(&mut self, world: &World, days: f64) {
        if world.outlook.is_some() {
            self.add(world.clock.instant_ms(days).max(self.said_ms + 1), Act::Fade);
        }
    }

    /// Bots come by no clock: all sections alike, within a minute or so.
    fn next_of_a_bot(&mut self, at_ms: i64) {
        if self.bot_pages == 0 {
            if self.bot_visits == 0 {
                return;
            }
            self.bot_visits -= 1;
            self.bot_pages = self.random.between(15, 40);
            self.before = None;
        }
        self.bot_pages -= 1;
        let habit = self.kind.habit();
        let is_first = self.events == 0 && self.queue.is_empty();
        let wait_ms = match self.before {
            Some(_) => (1_000.0 * (0.5 + self.random.wait(habit.page_seconds))) as i64,
            None if is_first => 0,
            None => HOUR_MS + (self.random.wait(1.0 / habit.visits(0.0)) * DAY_MS as f64) as i64,
        };
        let step = habit.step(0.0, &mut self.random);
        if let Some(page) = step.page(&mut self.random) {
            self.add(at_ms + wait_ms, Act::View { step, page, source: &Source::NONE });
        }
    }

    fn add(&mut self, at_ms: i64, act: Act) {
        self.queue.push_back((at_ms, act));
    }
}
