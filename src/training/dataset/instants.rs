//! Which instants of a state are looked at, what became of the lead after them, and which of them are no rows.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::histories::{Histories, State};
use super::sample::{Instant, Sample};
use super::{Account, Wanted};
use crate::config::Config;
use crate::lead::facts::DAY_MS;
use crate::training::exploration::{Group, Trial};

/// So that the draw of a silence says nothing of any other draw.
const SILENCE: u64 = 0x51_1e_4c_e0;
/// Silences are drawn from so many octaves, of which the last but one ends at twice the horizon.
pub(super) const OCTAVES: u64 = 9;
/// The shortest silence is this part of the horizon.
pub(super) const SHORTEST: i64 = 128;

/// What decides over an instant, besides its lead.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub horizon_ms: i64,
    /// Outcomes can recur.
    pub repeat: bool,
    /// Nothing newer than this is known.
    pub newest_ms: i64,
    pub seed: u64,
    /// One instant for all leads.
    pub at_ms: Option<i64>,
}

impl Rules {
    pub fn new(config: &Config, wanted: &Wanted, newest_ms: i64) -> Self {
        let horizon_ms = i64::from(config.scoring.horizon_days) * DAY_MS;
        let Wanted { seed, at_ms, .. } = *wanted;
        Self { horizon_ms, repeat: config.outcomes.repeat, newest_ms, seed, at_ms }
    }

    /// Looks at all instants of all states.
    pub fn judge(&self, histories: &Histories, account: &mut Account, sample: &mut Sample, trial: &mut Trial) {
        account.leads += histories.leads.len() as u64;
        account.superseded += histories.superseded;
        if let Some(lows) = &histories.lows {
            lows.try_out(histories, self.horizon_ms, self.newest_ms, self.repeat, trial);
        }
        for (place, state) in histories.states.iter().enumerate() {
            if let Some(at_ms) = self.at_ms {
                if (state.at_ms..state.until_ms).contains(&at_ms) {
                    self.judge_one(histories, place, at_ms - state.at_ms, account, sample);
                }
                continue;
            }
            self.judge_one(histories, place, 0, account, sample);
            let silent_ms = silence_ms(histories.leads[state.lead as usize].hash, state.at_ms, self.horizon_ms);
            if state.at_ms + silent_ms < state.until_ms {
                self.judge_one(histories, place, silent_ms, account, sample);
            }
        }
    }

    fn judge_one(
        &self,
        histories: &Histories,
        place: usize,
        silent_ms: i64,
        account: &mut Account,
        sample: &mut Sample,
    ) {
        let state: &State = &histories.states[place];
        let lead = &histories.leads[state.lead as usize];
        let at_ms = state.at_ms + silent_ms;
        // Nothing is known of what comes after the newest instant, not even that nothing came.
        if silent_ms > 0 && at_ms > self.newest_ms {
            return;
        }
        account.instants += 1;
        account.silent += u64::from(silent_ms > 0);
        if !self.repeat && at_ms >= lead.outcome_ms() {
            account.after_outcome += 1;
        } else if at_ms >= lead.contact_ms {
            account.after_contact += 1;
        } else if at_ms + self.horizon_ms > self.newest_ms {
            account.too_young += 1;
        } else {
            let positive = histories.is_positive(state.lead, at_ms, at_ms + self.horizon_ms);
            let lows = histories.lows.as_ref();
            let group = lows.map(|lows| lows.group((state.lead as usize, place), at_ms, self.horizon_ms));
            let mut instant = Instant::new(self.seed, lead.hash, at_ms, silent_ms, state.place, positive);
            instant.group = group.unwrap_or(Group::Any);
            sample.offer(instant);
        }
    }
}

/// How long a state is silent when it is looked at again: in a random octave from 1/128 of the horizon up, at random within it. By integers
/// alone, so that it is the same everywhere.
pub(super) fn silence_ms(lead: u64, at_ms: i64, horizon_ms: i64) -> i64 {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&lead.to_le_bytes());
    key[8..].copy_from_slice(&at_ms.to_le_bytes());
    let drawn = xxh3_64_with_seed(&key, SILENCE);
    let octave = (horizon_ms / SHORTEST) << (drawn % OCTAVES);
    let part = (drawn >> 32) as i64;
    octave + ((i128::from(octave) * i128::from(part)) >> 32) as i64
}
