//! When leads were low, and which of them are drawn: what is known beside [`Histories`] where it is explored.

use super::histories::{Histories, Lead, NEVER};
use crate::snapshot::file::states::Scored;
use crate::training::exploration::{Group, Trial};

/// States and leads by their places in [`Histories`].
#[derive(Default)]
pub(super) struct Lows {
    /// From which instant on each state was scored low; [`NEVER`] where it was not.
    states: Vec<i64>,
    leads: Vec<LowLead>,
}

#[derive(Clone, Copy)]
struct LowLead {
    drawn: bool,
    /// The first instant at which it was low, and what the model that served foretold of it then.
    low_ms: i64,
    foretold: f64,
}

impl Lows {
    /// A lead and its newest state, of that instant, as it was saved. A state is saved again where time or a model has moved its score.
    pub fn note(&mut self, (lead, state): (usize, usize), at_ms: i64, drawn: bool, low: Option<Scored>) {
        if self.leads.len() <= lead {
            self.leads.resize(lead + 1, LowLead { drawn: false, low_ms: NEVER, foretold: 0.0 });
        }
        if self.states.len() <= state {
            self.states.resize(state + 1, NEVER);
        }
        self.leads[lead].drawn = drawn;
        // One that is older than what is known was saved again by somebody who had begun anew.
        let Some(scored) = low.filter(|scored| scored.as_of_ms >= at_ms) else { return };
        self.states[state] = self.states[state].min(scored.as_of_ms);
        let lead = &mut self.leads[lead];
        if scored.as_of_ms < lead.low_ms {
            (lead.low_ms, lead.foretold) = (scored.as_of_ms, scored.probability);
        }
    }

    /// Which rows an instant of a state is weighed with. Silence does not lift a score, so what was low stays low until the next event.
    pub fn group(&self, (lead, state): (usize, usize), at_ms: i64, horizon_ms: i64) -> Group {
        match self.leads.get(lead) {
            Some(lead) if self.states.get(state).is_some_and(|from_ms| at_ms >= *from_ms) => {
                Group::low(lead.drawn, at_ms - lead.low_ms, horizon_ms)
            }
            _ => Group::Any,
        }
    }

    /// Takes every lead into the trial for which it is over: that was low while it was open, one horizon or longer ago.
    pub fn try_out(&self, histories: &Histories, horizon_ms: i64, newest_ms: i64, repeat: bool, trial: &mut Trial) {
        for (place, (low, lead)) in self.leads.iter().zip(&histories.leads).enumerate() {
            let Lead { contact_ms, .. } = *lead;
            let LowLead { low_ms, foretold, drawn } = *low;
            let is_open = low_ms < contact_ms && (repeat || low_ms < lead.outcome_ms());
            if low_ms == NEVER || !is_open || low_ms + horizon_ms > newest_ms {
                continue;
            }
            let until_ms = low_ms + horizon_ms;
            let converted = histories.is_positive(place as u32, low_ms, until_ms);
            trial.arm(drawn).note(contact_ms <= until_ms, converted, foretold);
        }
    }
}
