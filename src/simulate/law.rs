//! What chance depends on: the rates, per active day, of everything that may happen to a lead.
//!
//! A lead's *interest* `x` is a sum over what it did. A touch of weight `w` adds `w` ([`super::site::Step::weight`]: a blog post 0.3, a
//! pricing page 1.5, a form 4), and a touch is worth half after [`HALF_LIFE_DAYS`]:
//!
//! ```text
//! x(t) = Σ w · 2^(-(t - t_touch) / 8 days)        at most MOST_INTEREST; below LEAST_INTEREST a lead is gone for ever
//! i(x) = x / (x + 4)                              its intensity, 0 to 1
//! o(a) = a³ / (a³ + 45³)                          how old the lead is, 0 to 1; a: days since its first touch
//! ```
//!
//! The hazard of a positive outcome, of a lead that is known (nobody buys namelessly):
//!
//! ```text
//! λ = base · m · u · [ fresh·(1 - o) + i²·(young + (old - young)·o) ]
//! m = kind × fit × source      kind: evaluator 1, reader 0.2, applicants and bots 0
//!                              fit: 0.4, 1, 2.5, by title and size of the company, as `identify` tells them
//!                              source: 0.6, 1, 1.6, by where the first visit came from
//! u = 1.5 once sales has called, else 1
//! ```
//!
//! The usual law ([`Law::USUAL`]) has base 0.0047, fresh 0.03, young 0.05, old 3. `old` is far above `young`: the same recent intensity
//! says little of a newcomer, who looks around, and much of an old lead that is back. That is the interaction;
//! [`Law::without_interaction`] takes it away. Silence takes `x` down, and the hazard with it.
//!
//! Sales works down a list by engagement, the simulator's stand-in for a score, since there is none yet: a known lead is called at
//! `0.15 · i⁴/(i⁴ + 0.55⁴)` a day, and, whatever it did, at [`EXPLORED`] a day: exploration. A lead that was called is rejected at
//! [`REJECTED`] a day, until it buys or is gone. Visits come at `quiet + lively·i(x)` a day ([`super::habit`]), and known leads meet sales off line
//! now and then ([`MET`]).

/// A touch is worth half after so many active days.
pub const HALF_LIFE_DAYS: f64 = 8.0;
/// Interest below which a lead is gone for ever, and beyond which nothing is added.
pub const LEAST_INTEREST: f64 = 0.05;
pub const MOST_INTEREST: f64 = 40.0;
/// Interest at half intensity.
const HALF_INTENSITY: f64 = 4.0;
/// Days after which a lead counts as half old.
const HALF_OLD_DAYS: f64 = 45.0;

/// Calls a day whatever a known lead did.
pub const EXPLORED: f64 = 0.002;
const PURSUED: f64 = 0.15;
const PURSUED_FROM: f64 = 0.55;
/// Rejections a day of a lead that was called.
const REJECTED: f64 = 0.04;
/// Meetings off line a day of a known lead.
const MET: f64 = 0.012;
/// By how much a call raises the hazard.
const UPLIFT: f64 = 1.5;

/// How far sales has come with a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Anonymous,
    Known,
    /// Sales has contacted it.
    Called,
}

/// The hazard's coefficients, as the module's page has them. Rates are per active day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Law {
    pub base: f64,
    pub fresh: f64,
    pub young: f64,
    pub old: f64,
}

impl Law {
    /// About 3.5 % of the leads buy within 14 months.
    pub const USUAL: Law = Law { base: 0.0047, fresh: 0.03, young: 0.05, old: 3.0 };

    /// Leads that make up their minds within weeks.
    pub const BRISK: Law = Law { base: 0.3, fresh: 0.04, young: 0.5, old: 3.0 };

    /// The same law `times` as strong.
    pub fn times(self, times: f64) -> Law {
        Law { base: self.base * times, ..self }
    }

    /// Recent intensity matters as much for every age: as it does for a lead that is half old.
    pub fn without_interaction(self) -> Law {
        let gain = (self.young + self.old) / 2.0;
        Law { young: gain, old: gain, ..self }
    }

    /// The hazard of a positive outcome.
    pub fn buys(&self, stage: Stage, age_days: f64, interest: f64, multiplier: f64) -> f64 {
        let uplift = match stage {
            Stage::Anonymous => return 0.0,
            Stage::Known => 1.0,
            Stage::Called => UPLIFT,
        };
        let (old, intensity) = (oldness(age_days), intensity(interest));
        let gain = self.young + (self.old - self.young) * old;
        self.base * multiplier * uplift * (self.fresh * (1.0 - old) + intensity * intensity * gain)
    }

    /// What [`Law::buys`] does not exceed as long as nothing is added to `interest`.
    pub(super) fn buys_at_most(&self, stage: Stage, interest: f64, multiplier: f64) -> f64 {
        let bound = Law { young: self.young.max(self.old), old: self.young.max(self.old), ..*self };
        bound.buys(stage, 0.0, interest, multiplier)
    }
}

/// The intensity of an interest, from 0 to 1.
pub fn intensity(interest: f64) -> f64 {
    interest / (interest + HALF_INTENSITY)
}

/// How old a lead is, from 0 to 1.
fn oldness(age_days: f64) -> f64 {
    let cube = (age_days / HALF_OLD_DAYS).powi(3);
    cube / (cube + 1.0)
}

/// What is left of an interest after so many days of silence.
pub fn decayed(interest: f64, days: f64) -> f64 {
    interest * (-days / HALF_LIFE_DAYS).exp2()
}

/// Days of silence until a lead is gone.
pub fn days_left(interest: f64) -> f64 {
    HALF_LIFE_DAYS * (interest / LEAST_INTEREST).log2().max(0.0)
}

/// Calls a day for what the lead did; [`EXPLORED`] comes on top.
pub fn pursued(stage: Stage, interest: f64) -> f64 {
    let power = |share: f64| share * share * share * share;
    let intensity = power(intensity(interest));
    if stage == Stage::Known { PURSUED * intensity / (intensity + power(PURSUED_FROM)) } else { 0.0 }
}

/// Calls a day.
pub fn called(stage: Stage, interest: f64) -> f64 {
    if stage == Stage::Known { EXPLORED + pursued(stage, interest) } else { 0.0 }
}

/// Rejections a day.
pub fn rejected(stage: Stage) -> f64 {
    if stage == Stage::Called { REJECTED } else { 0.0 }
}

/// Meetings off line a day.
pub fn met(stage: Stage) -> f64 {
    if stage == Stage::Anonymous { 0.0 } else { MET }
}
