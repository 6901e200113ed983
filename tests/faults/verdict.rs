//! What a run comes to, once nothing disturbs it any more: everything said once, and no lead lost.

use super::cluster::Cluster;
use super::feed::chapter;
use super::plan::PROCESSES;
use crate::support::audit::differences;
use crate::support::leads::{self, kept};
use crate::support::replay::replay_with_leads;

/// A chapter that the flow never comes to: last words of all leads.
const LAST_WORDS: u64 = 99;

impl Cluster {
    /// All that is left comes to its end; then everybody ends, comes back from what was kept, and hears of every lead once more.
    pub fn calm(&mut self, seed: u64) {
        self.heal();
        self.tend();
        (0..PROCESSES).for_each(|who| self.spawn(who));
        self.feed.take().expect("it flows until now").stop();
        self.await_consumed();
        (0..=PROCESSES).for_each(|who| self.terminate(who));
        (0..PROCESSES).for_each(|who| self.spawn(who));
        for (partition, drafts) in chapter(seed, LAST_WORDS, self.partitions as usize).iter().enumerate() {
            self.broker.produce(&self.settings.events, partition as i32, drafts);
        }
        self.await_consumed();
        (0..PROCESSES).for_each(|who| self.terminate(who));
    }

    /// Everything that is not as an undisturbed run would have left it.
    pub fn audit(&self) -> Vec<String> {
        let input = self.broker.read_committed_all(&self.settings.events);
        let (said, leads) = replay_with_leads(&self.settings, &input);
        let mut found = differences(&self.broker, &self.settings, &input, &said);
        for (partition, must) in (0..).zip(&leads) {
            match kept(&self.settings, (&self.store.url, &self.store.direct()), (&self.settings.events, partition)) {
                Ok(seen) => found.extend(leads::differences(partition, &seen, must)),
                Err(error) => found.push(format!("the snapshots of partition {partition}: {error}")),
            }
        }
        found
    }
}
