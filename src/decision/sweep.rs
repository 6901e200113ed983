//! What to say of a lead to whom nothing has happened: another model rates it, or time has passed.
//!
//! A sweep never jumps. A jump is an answer to something that the lead has done, and a new model would let thousands of them out at
//! once. But what a sweep says stays true of the rules: a lead that it has brought above a crossing's line is disarmed as if the
//! crossing had been said, so that an event which has nothing to do with it does not let it out later; one that it has brought below
//! `rearm` is armed again.
//!
//! - Under **another model** a score is said where it has moved by `change_threshold`, and also where a rule would fire: what is
//!   not said could not be remembered. The lows that surges are measured from move with it: a surge goes on from where the lead
//!   stood, and no part of it is the model's.
//! - As **time** passes a score is said where it has moved by `change_threshold`, and by a point at least. What it has fallen to is a
//!   low like any other: a lead that has gone cold and comes back surges.

use super::decide::{Rules, Verdict};
use super::state::{Decisions, Low, Said};

/// Why a lead is rescored to whom nothing has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// What was last said, another model has said.
    Model,
    /// Time has passed.
    Time,
}

impl Rules {
    /// As [`Rules::decide`], where no event is the cause.
    pub fn decide_silently(
        &self,
        decisions: &mut Decisions,
        score: u8,
        as_of_ms: i64,
        occasion: Occasion,
        verdict: &mut Verdict,
    ) {
        let Some(last) = decisions.said else { return self.decide(decisions, score, as_of_ms, verdict) };
        let now = Said { score, at_ms: as_of_ms.max(last.at_ms) };
        verdict.previous = Some(last.score);
        verdict.jumps.clear();
        let moved = self.has_moved(last.score, score);
        verdict.say = match occasion {
            Occasion::Model => moved || self.would_jump(decisions, now),
            Occasion::Time => moved && last.score != score,
        };
        if verdict.say {
            match occasion {
                Occasion::Model => decisions.rebase(now),
                Occasion::Time => decisions.say(now, self.window_ms()),
            }
            self.remember(decisions, now);
            self.disarm(decisions, now);
        }
    }
}

impl Decisions {
    /// Another model rates the lead so: all that was said before counts as if it had rated it all along.
    fn rebase(&mut self, now: Said) {
        let Some(last) = self.said else { return };
        let moved = i16::from(now.score) - i16::from(last.score);
        for Low { said, .. } in &mut self.lows {
            // Below `now`'s, as they were below the last one's.
            said.score = (i16::from(said.score) + moved).clamp(0, 100) as u8;
        }
        // What has come to the floor is one low, the newest.
        let floor = self.lows.iter().take_while(|low| low.said.score == 0).count();
        self.forget(0..if now.score == 0 { floor } else { floor.saturating_sub(1) });
        self.said = Some(now);
    }
}
