//! When a score is said, and when it is a jump.
//!
//! - A score is **said** when nothing was said before, when it is `change_threshold` or more away from what was last said, or when a
//!   jump fires.
//! - A **crossing** fires while its rule is armed and the score is `above` or more; then it is disarmed until a score below `rearm` is
//!   said. A lead's very first score can be a crossing.
//! - A said score is **in force** from its instant to the one at which the next is said, both included; what was last said is in
//!   force until now.
//! - A **surge** fires when the score is `rise` or more above the lowest score in force within the window, however long ago that was
//!   said, unless the same rule fired less than the cool-down ago. Within the window is what was in force at some instant later than
//!   now less the window, and always what was last said. Once fired, the rule measures from the score it fired at and what is said
//!   later, so that one climb is not announced again when the cool-down ends before the window.

use xxhash_rust::xxh3::xxh3_64;

use super::state::{Decisions, RuleState, Said};
use crate::config::{JumpRule, JumpWhen};

/// What to say of one score. Reused from score to score.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the score change is said.
    pub say: bool,
    /// What was last said; `None` at first.
    pub previous: Option<u8>,
    /// Jumps to say beside it, in the order of the rules. None without `say`.
    pub jumps: Vec<FiredJump>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FiredJump {
    /// Place of the rule in the configuration's `[[jumps]]`.
    pub rule: usize,
    /// What the jump is measured from: for a crossing what was last said, for a surge the low. Score, and when it was said.
    pub from: Option<(u8, i64)>,
}

/// How a rule stands with a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It fires as soon as its condition holds.
    Armed,
    /// A crossing that was said: armed again once a score below `rearm` is said.
    Disarmed,
    /// A surge that was said: silent until then.
    Quiet { until_ms: i64 },
}

/// When to say something: the configuration's threshold and jumps.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Points.
    change_threshold: f64,
    rules: Vec<Rule>,
    /// The largest of the surge windows; `None` without a surge rule.
    window_ms: Option<i64>,
}

#[derive(Clone, Debug)]
struct Rule {
    name: String,
    hash: u32,
    when: When,
}

#[derive(Clone, Copy, Debug)]
enum When {
    Crossing { above: f64, rearm: f64 },
    Surge { rise: f64, window_ms: i64, cooldown_ms: i64 },
}

/// Two rules whose names have the same hash: decisions could not tell them apart.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("jumps {0:?} and {1:?} cannot be told apart once they are stored: rename one of them")]
pub struct SameHash(pub String, pub String);

impl Rules {
    pub fn new(change_threshold: f64, jumps: &[JumpRule]) -> Result<Self, SameHash> {
        let mut rules: Vec<Rule> = Vec::with_capacity(jumps.len());
        for jump in jumps {
            let rule = Rule::new(jump);
            if let Some(same) = rules.iter().find(|other| other.hash == rule.hash) {
                return Err(SameHash(same.name.clone(), rule.name));
            }
            rules.push(rule);
        }
        let window_ms = rules.iter().filter_map(Rule::window_ms).max();
        Ok(Self { change_threshold, rules, window_ms })
    }

    /// Name of a fired jump's rule.
    pub fn name(&self, rule: usize) -> &str {
        &self.rules[rule].name
    }

    /// How each rule stands as of an instant of the lead, in the order of the configuration.
    pub fn standings(&self, decisions: &Decisions, as_of_ms: i64) -> impl Iterator<Item = (&str, Standing)> {
        self.rules.iter().map(move |rule| (rule.name.as_str(), rule.standing(decisions, as_of_ms)))
    }

    /// Replaces `verdict` by what to say of `score` (0–100) as of an instant of the lead, which never goes back. `decisions` change
    /// if and only if something is said.
    pub fn decide(&self, decisions: &mut Decisions, score: u8, as_of_ms: i64, verdict: &mut Verdict) {
        // What the stored form relies on, whatever a caller does.
        let as_of_ms = as_of_ms.max(decisions.said.map_or(0, |said| said.at_ms));
        let now = Said { score, at_ms: as_of_ms };
        verdict.previous = decisions.said.map(|said| said.score);
        verdict.jumps.clear();
        for (place, rule) in self.rules.iter().enumerate() {
            if let Some(from) = rule.fires(decisions, now) {
                verdict.jumps.push(FiredJump { rule: place, from: from.map(|from| (from.score, from.at_ms)) });
            }
        }
        verdict.say =
            !verdict.jumps.is_empty() || verdict.previous.is_none_or(|previous| self.has_moved(previous, score));
        if verdict.say {
            self.note(decisions, now, &verdict.jumps);
        }
    }

    /// Whether a score is so far away from what was last said that it is said.
    pub(super) fn has_moved(&self, previous: u8, score: u8) -> bool {
        f64::from(previous.abs_diff(score)) >= self.change_threshold
    }

    /// Whether some rule would fire.
    pub(super) fn would_jump(&self, decisions: &Decisions, now: Said) -> bool {
        self.rules.iter().any(|rule| rule.fires(decisions, now).is_some())
    }

    /// Every crossing whose line the score has reached counts as said.
    pub(super) fn disarm(&self, decisions: &mut Decisions, now: Said) {
        for rule in &self.rules {
            match rule.when {
                When::Crossing { above, .. } if f64::from(now.score) >= above => {
                    decisions.set_rule(rule.hash, RuleState::Disarmed);
                }
                _ => {}
            }
        }
    }

    /// The largest of the surge windows.
    pub(super) fn window_ms(&self) -> Option<i64> {
        self.window_ms
    }

    /// Forgets of the rules what makes no difference any more, now that a score was said.
    pub(super) fn remember(&self, decisions: &mut Decisions, now: Said) {
        decisions.rules.retain(|(hash, state)| {
            let rule = self.rules.iter().find(|rule| rule.hash == *hash);
            rule.is_some_and(|rule| rule.remembers(*state, now))
        });
    }

    fn note(&self, decisions: &mut Decisions, now: Said, jumps: &[FiredJump]) {
        decisions.say(now, self.window_ms);
        self.remember(decisions, now);
        for jump in jumps {
            let rule = &self.rules[jump.rule];
            let state = match rule.when {
                When::Crossing { .. } => RuleState::Disarmed,
                // At most `LOWS`.
                When::Surge { .. } => RuleState::Surged { at_ms: now.at_ms, before: decisions.lows.len() as u8 },
            };
            decisions.set_rule(rule.hash, state);
        }
    }
}

impl Rule {
    fn new(jump: &JumpRule) -> Self {
        let when = match jump.when {
            JumpWhen::Crossing { above, rearm } => When::Crossing { above, rearm },
            JumpWhen::Surge { rise, within_hours, cooldown_hours } => {
                When::Surge { rise, window_ms: hours_ms(within_hours), cooldown_ms: hours_ms(cooldown_hours) }
            }
        };
        Self { name: jump.name.clone(), hash: xxh3_64(jump.name.as_bytes()) as u32, when }
    }

    fn window_ms(&self) -> Option<i64> {
        match self.when {
            When::Crossing { .. } => None,
            When::Surge { window_ms, .. } => Some(window_ms),
        }
    }

    /// Whether the rule fires, and from what.
    fn fires(&self, decisions: &Decisions, now: Said) -> Option<Option<Said>> {
        let state = decisions.rule(self.hash);
        match self.when {
            When::Crossing { above, .. } => {
                let armed = state != Some(RuleState::Disarmed);
                (armed && f64::from(now.score) >= above).then_some(decisions.said)
            }
            When::Surge { rise, window_ms, cooldown_ms } => {
                let before = match state {
                    Some(RuleState::Surged { at_ms, .. }) if now.at_ms - at_ms < cooldown_ms => return None,
                    Some(RuleState::Surged { before, .. }) => before,
                    _ => 0,
                };
                let low = decisions.low(before, now.at_ms.saturating_sub(window_ms))?;
                (f64::from(now.score) - f64::from(low.score) >= rise).then_some(Some(low))
            }
        }
    }

    fn standing(&self, decisions: &Decisions, as_of_ms: i64) -> Standing {
        match (self.when, decisions.rule(self.hash)) {
            (When::Crossing { .. }, Some(RuleState::Disarmed)) => Standing::Disarmed,
            (When::Surge { cooldown_ms, .. }, Some(RuleState::Surged { at_ms, .. }))
                if as_of_ms - at_ms < cooldown_ms =>
            {
                Standing::Quiet { until_ms: at_ms.saturating_add(cooldown_ms) }
            }
            _ => Standing::Armed,
        }
    }

    /// Whether the state still makes a difference now that a score was said. A state of another kind of rule, from before the
    /// configuration changed, does not.
    fn remembers(&self, state: RuleState, now: Said) -> bool {
        match (self.when, state) {
            (When::Crossing { rearm, .. }, RuleState::Disarmed) => f64::from(now.score) >= rearm,
            (When::Surge { cooldown_ms, .. }, RuleState::Surged { at_ms, before }) => {
                before > 0 || now.at_ms - at_ms < cooldown_ms
            }
            _ => false,
        }
    }
}

/// Hours to the nearest millisecond.
fn hours_ms(hours: f64) -> i64 {
    (hours * 3_600_000.0).round() as i64
}
