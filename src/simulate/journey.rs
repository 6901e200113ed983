//! One lead's way from the first visit to an outcome, or to a silence that does not end.
//!
//! A journey is planned one step ahead: what it does next is drawn from what it is now, by [`super::law`] and [`super::habit`].

use std::collections::VecDeque;

use super::act::Act;
use super::belief::Belief;
use super::clock::Clock;
use super::habit::Kind;
use super::law::{Law, MOST_INTEREST, Stage, decayed};
use super::outlook::{Moment, Outlook, Standing};
use super::person::Person;
use super::segment::Actor;
use super::site::{MEETING_WEIGHT, Page, Source, Step};
use super::truth::Truth;
use super::{Census, DAY_MS, Happening, Plan};
use crate::random::Random;

mod draw;

/// What all journeys of a simulation share.
pub(super) struct World {
    pub plan: Plan,
    pub law: Law,
    pub clock: Clock,
    /// Where the truth is wanted.
    pub outlook: Option<Outlook>,
}

/// What comes of a turn: something happens, or a day of silence has gone by; and what is true then.
pub(super) struct Turn {
    pub happening: Option<Happening>,
    pub truth: Option<Truth>,
}

pub(super) struct Journey {
    person: Person,
    kind: Kind,
    random: Random,
    index: u32,
    stage: Stage,
    /// Whether `identify` has told who it is.
    identified: bool,
    /// [`Source::quality`] of the first visit.
    quality: usize,
    /// Interest, and the active day as of which it is that.
    interest: f64,
    at_days: f64,
    first_days: f64,
    belief: Belief,
    visiting: bool,
    /// The next step is the first of a visit.
    enters: bool,
    /// It is on its first visit.
    newcomer: bool,
    source: &'static Source,
    before: Option<&'static Page>,
    /// Visits, and pages of a visit, that a bot still has before it.
    bot_visits: i64,
    bot_pages: i64,
    over: bool,
    events: u32,
    /// The last instant at which anything was said of it.
    said_ms: i64,
    queue: VecDeque<(i64, Act)>,
}

impl Journey {
    /// `arrival`: share of the plan's time before the first visit.
    pub fn new(world: &World, index: u32, arrival: f64, census: &mut Census) -> Self {
        let mut random = Random::stream(world.plan.seed, u64::from(index));
        let person = Person::new(world.plan.seed, index, &mut random);
        let kind = Kind::draw(&mut random);
        let known = random.chance(kind.habit().known);
        let source = if kind == Kind::Bot { &Source::NONE } else { Source::draw(known, &mut random) };
        let start_ms = world.plan.start_ms;
        let start_days = world.clock.active_days(start_ms);
        let passed = arrival * f64::from(world.plan.days);
        let at_ms = match kind {
            Kind::Bot => start_ms + (passed * DAY_MS as f64) as i64,
            _ => world.clock.instant_ms(start_days + passed).max(start_ms),
        };
        let first_days = world.clock.active_days(at_ms);
        census.leads += 1;
        census.bots += u64::from(kind == Kind::Bot);
        let mut journey = Self {
            person,
            kind,
            bot_visits: random.between(2, 5),
            random,
            index,
            stage: if known { Stage::Known } else { Stage::Anonymous },
            identified: false,
            quality: source.quality,
            interest: 0.0,
            at_days: first_days,
            first_days,
            belief: Belief::new(known),
            visiting: true,
            enters: true,
            newcomer: true,
            source,
            before: None,
            bot_pages: 0,
            over: false,
            events: 0,
            said_ms: at_ms,
            queue: VecDeque::new(),
        };
        journey.begin(at_ms, known);
        journey
    }

    /// When there is something to say of the lead next; `None` where there never is within the plan.
    pub fn due_ms(&self, world: &World) -> Option<i64> {
        let (next_ms, _) = self.queue.front()?;
        let due_ms = if self.is_silent_day(world, *next_ms) { self.said_ms + DAY_MS } else { *next_ms };
        (due_ms < world.plan.end_ms()).then_some(due_ms)
    }

    /// Whether a day of silence is over before something happens at `next_ms`.
    fn is_silent_day(&self, world: &World, next_ms: i64) -> bool {
        let is_watched = world.outlook.is_some() && !self.over && self.kind != Kind::Bot;
        is_watched && self.said_ms + DAY_MS < next_ms
    }

    /// Does what is due.
    pub fn take(&mut self, world: &World, census: &mut Census) -> Option<Turn> {
        let (next_ms, act) = *self.queue.front()?;
        if self.is_silent_day(world, next_ms) {
            self.pass(world, self.said_ms + DAY_MS);
            let truth = self.truth(world, Some(Moment::Rests), true);
            return Some(Turn { happening: None, truth });
        }
        self.queue.pop_front();
        self.pass(world, next_ms);
        let moment = self.undergo(act, census);
        let happening = self.said(world, act);
        let truth = self.truth(world, moment, act == Act::Fade);
        if self.queue.is_empty() && !self.over {
            self.plan(world);
        }
        Some(Turn { happening, truth })
    }

    /// Lets time go by.
    fn pass(&mut self, world: &World, at_ms: i64) {
        let days = (world.clock.active_days(at_ms) - self.at_days).max(0.0);
        if world.outlook.is_some() && !self.visiting && !self.over && self.kind != Kind::Bot {
            self.belief.waited(&world.law, &self.standing(), days);
        }
        self.interest = decayed(self.interest, days);
        self.at_days += days;
        self.said_ms = at_ms;
    }

    /// What an act does to the lead. Returns how the lead stands after it; `None` where nothing is left to be predicted.
    fn undergo(&mut self, act: Act, census: &mut Census) -> Option<Moment> {
        match act {
            _ if self.kind == Kind::Bot => Some(Moment::Rests),
            Act::Identify => {
                (self.identified, self.stage) = (true, at_least_known(self.stage));
                Some(if self.events == 0 { Moment::Begins } else { Moment::Steps })
            }
            Act::View { step, .. } => self.step(step),
            Act::StartForm => self.step(Step::Form),
            Act::UseCalculator | Act::SubmitForm { .. } => Some(Moment::Steps),
            Act::Meet(_) => {
                self.interest = (self.interest + MEETING_WEIGHT).min(MOST_INTEREST);
                Some(Moment::Rests)
            }
            Act::Call { explores } => {
                self.stage = Stage::Called;
                census.called += 1;
                census.explored += u64::from(explores);
                Some(Moment::Rests)
            }
            Act::Win | Act::Reject => {
                self.over = true;
                census.positive += u64::from(act == Act::Win);
                census.negative += u64::from(act == Act::Reject);
                None
            }
            Act::Fade => {
                self.over = true;
                Some(Moment::Rests)
            }
            Act::Onboard => None,
        }
    }

    fn step(&mut self, step: Step) -> Option<Moment> {
        match (std::mem::take(&mut self.enters), self.newcomer) {
            (true, false) => self.belief.came(self.interest),
            (false, _) => self.belief.went_on(),
            // Everybody comes once.
            (true, true) => {}
        }
        self.belief.did(step, self.interest);
        self.interest = (self.interest + step.weight()).min(MOST_INTEREST);
        Some(Moment::Steps)
    }

    /// The act as an event.
    fn said(&mut self, world: &World, act: Act) -> Option<Happening> {
        let known = self.stage != Stage::Anonymous;
        let actor = Actor {
            person: &self.person,
            known,
            is_bot: self.kind == Kind::Bot,
            at_ms: self.said_ms,
            seed: world.plan.seed,
            lead: self.index,
            number: self.events,
        };
        let event = act.written(&actor, self.stage, self.interest, self.before)?;
        if let Act::View { page, .. } = act {
            self.before = Some(page);
        }
        self.events += 1;
        Some(Happening { at_ms: self.said_ms, key: self.key(), event })
    }

    /// The lead, as its records are keyed.
    fn key(&self) -> String {
        if self.stage == Stage::Anonymous { self.person.anonymous_id() } else { self.person.user_id() }
    }

    fn truth(&self, world: &World, moment: Option<Moment>, is_silent: bool) -> Option<Truth> {
        let (outlook, moment) = (world.outlook.as_ref()?, moment?);
        let mut standing = self.standing();
        // A form that was started is sent, by somebody who is known then.
        if self.queue.front().is_some_and(|(_, act)| *act == Act::Identify) && self.events > 0 {
            standing.stage = at_least_known(standing.stage);
        }
        let probability = if self.kind == Kind::Bot { 0.0 } else { self.belief.outlook(outlook, &standing, moment) };
        // The tables are for as many active days; a span that begins on a Friday has fewer than one that begins on a Sunday.
        let horizon_ms = (outlook.horizon_days() * DAY_MS as f64) as i64;
        let days = world.clock.active_days(self.said_ms + horizon_ms) - world.clock.active_days(self.said_ms);
        let probability = 1.0 - (1.0 - probability).powf(days / outlook.horizon_days());
        let contacted = self.stage == Stage::Called;
        Some(Truth { lead: self.key(), at_ms: self.said_ms, probability, contacted, silent: is_silent })
    }

    fn standing(&self) -> Standing {
        Standing {
            quality: self.quality,
            fit: self.identified.then(|| self.person.fit()),
            stage: self.stage,
            age_days: self.at_days - self.first_days,
            interest: self.interest,
        }
    }
}

fn at_least_known(stage: Stage) -> Stage {
    if stage == Stage::Anonymous { Stage::Known } else { stage }
}
