//! One lead's way from the first visit to silence or an outcome.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::habit::Habit;
use super::person::Person;
use super::random::Random;
use super::segment::Act;
use super::site::{Page, Section, Source};
use super::{DAY_MS, Happening, Plan};

const HOUR_MS: i64 = 3_600_000;
const SECOND_MS: f64 = 1_000.0;
/// So much of the plan's time goes by before the last leads come.
const ARRIVALS: f64 = 0.85;

/// What a lead is about to do, planned one visit ahead.
pub(super) struct Journey {
    person: Person,
    habit: &'static Habit,
    random: Random,
    seed: u64,
    index: u32,
    end_ms: i64,
    /// Whether the lead's events carry its `userId` by now.
    known: bool,
    /// A form was sent: what follows is up to sales.
    in_hands: bool,
    visits: i64,
    visit: i64,
    next_visit_ms: Option<i64>,
    events: u32,
    /// By instant and number.
    upcoming: BTreeMap<(i64, u32), Happening>,
}

impl Journey {
    pub fn new(plan: &Plan, index: u32) -> Self {
        let mut random = Random::fork(plan.seed, u64::from(index));
        let person = Person::new(plan.seed, index, &mut random);
        let habit = Habit::draw(&mut random);
        let known = random.chance(habit.known);
        let visits = random.between(habit.visits.0, habit.visits.1);
        let arrival_days = random.unit() * ARRIVALS * f64::from(plan.days);
        let first_ms = moment(plan.start_ms + days_ms(arrival_days), habit.is_bot, &mut random).max(plan.start_ms);
        Self {
            person,
            habit,
            random,
            seed: plan.seed,
            index,
            end_ms: plan.end_ms(),
            known,
            in_hands: false,
            visits,
            visit: 0,
            next_visit_ms: Some(first_ms),
            events: 0,
            upcoming: BTreeMap::new(),
        }
    }

    /// When the lead does something next; `None` where it never does within the plan.
    pub fn due_ms(&mut self) -> Option<i64> {
        loop {
            let next = self.upcoming.keys().next().map(|(at_ms, _)| *at_ms);
            match self.next_visit_ms {
                // A visit that begins before what is upcoming may come between.
                Some(at_ms) if next.is_none_or(|next| at_ms <= next) && at_ms < self.end_ms => self.pay_visit(at_ms),
                _ => return next.filter(|at_ms| *at_ms < self.end_ms),
            }
        }
    }

    pub fn take(&mut self) -> Option<Happening> {
        self.upcoming.pop_first().map(|(_, happening)| happening)
    }

    /// From 0 at the first visit to 1 at the last.
    fn warmth(&self) -> f64 {
        self.visit as f64 / (self.visits - 1).max(1) as f64
    }

    /// Plans a visit, and when the next one is.
    fn pay_visit(&mut self, start_ms: i64) {
        let warmth = self.warmth();
        let mut at_ms = start_ms;
        if self.visit == 0 && self.known {
            self.add(at_ms, |act| act.identify());
            at_ms += 400;
        }
        at_ms = self.view_pages(at_ms, warmth);
        self.visit += 1;
        self.next_visit_ms = (self.visit < self.visits).then(|| {
            let mut days = 0.1 + self.random.wait(self.habit.gap_days(warmth));
            if self.random.chance(self.habit.falls_silent / self.visits as f64) {
                days += 12.0 + self.random.wait(4.0);
            }
            moment(at_ms + days_ms(days), self.habit.is_bot, &mut self.random).max(at_ms + HOUR_MS)
        });
    }

    /// Views pages, and may send a form at the end. Returns when the lead is gone.
    fn view_pages(&mut self, mut at_ms: i64, warmth: f64) -> i64 {
        let source = if self.habit.is_bot { &Source::NONE } else { Source::draw(self.known, &mut self.random) };
        let mut before: Option<&'static Page> = None;
        let mut intent = false;
        for _ in 0..self.random.between(self.habit.pages.0, self.habit.pages.1) {
            let section = self.habit.section(warmth, &mut self.random);
            let page = section.page(&mut self.random);
            // Only the first address of a visit has the campaign's parameters.
            let source = if before.is_none() { source } else { &Source::NONE };
            self.add(at_ms, |act| act.page(page, source, before));
            if section == Section::Pricing && self.random.chance(0.2) {
                at_ms += 15_000;
                self.add(at_ms, |act| act.track("Pricing Calculator Used", json!({"seats": 25})));
            }
            before = Some(page);
            intent |= section.is_high_intent();
            at_ms += (SECOND_MS * (0.5 + self.random.wait(self.habit.page_seconds))) as i64;
        }
        if intent && !self.in_hands && self.random.chance(self.habit.form * warmth) {
            at_ms = self.send_form(at_ms);
        }
        at_ms
    }

    fn send_form(&mut self, mut at_ms: i64) -> i64 {
        let filled = self.random.between(4, 6);
        self.add(at_ms, |act| act.track("Form Started", json!({"form": "demo"})));
        at_ms += self.random.between(30_000, 120_000);
        self.known = true;
        self.add(at_ms, |act| act.identify());
        let fields = json!({"form": "demo", "fields_completed": filled, "fields_total": 6});
        self.add(at_ms + 1, |act| act.track("Form Submitted", fields));
        self.in_hands = true;
        // From here on they talk to people rather than to pages.
        self.visits = self.visits.min(self.visit + 2);
        self.hand_to_sales(at_ms);
        at_ms + 2
    }

    /// Somebody calls within two days, and decides within a week.
    fn hand_to_sales(&mut self, at_ms: i64) {
        let call_ms = moment(at_ms + days_ms(0.2 + self.random.unit()), false, &mut self.random).max(at_ms + HOUR_MS);
        self.add(call_ms, |act| act.track("Sales Contacted", json!({"offline": true})));
        let days = 0.5 + 4.0 * self.random.unit();
        let decided_ms = moment(call_ms + days_ms(days), false, &mut self.random).max(call_ms + HOUR_MS);
        let accepted = self.random.chance(self.habit.accepted);
        let outcome = if accepted { "Lead Accepted" } else { "Lead Rejected" };
        self.add(decided_ms, |act| act.track(outcome, json!({"offline": true})));
    }

    fn add(&mut self, at_ms: i64, event: impl FnOnce(Act<'_>) -> Value) {
        let (person, known, is_bot) = (&self.person, self.known, self.habit.is_bot);
        let id = format!("m-{:x}-{}-{}", self.seed, self.index, self.events);
        let event = event(Act { person, known, is_bot, at_ms, id });
        let key = if known { &person.user_id } else { &person.anonymous_id };
        self.upcoming.insert((at_ms, self.events), Happening { at_ms, key: key.clone(), event });
        self.events += 1;
    }
}

fn days_ms(days: f64) -> i64 {
    (days * DAY_MS as f64) as i64
}

/// A likely moment on the day of `at_ms`: people come at work, seldom on weekends; bots come at any time.
fn moment(at_ms: i64, is_bot: bool, random: &mut Random) -> i64 {
    if is_bot {
        return at_ms;
    }
    let mut day = at_ms.div_euclid(DAY_MS);
    // 1970-01-01 was a Thursday: 2 and 3 days later it was the weekend.
    let weekday = day.rem_euclid(7);
    if (weekday == 2 || weekday == 3) && random.chance(0.75) {
        day += 4 - weekday;
    }
    // Two draws: noon is likelier than morning and evening.
    let hours = 7.0 + 6.0 * (random.unit() + random.unit());
    day * DAY_MS + (hours * HOUR_MS as f64) as i64
}
