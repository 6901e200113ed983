//! Strikes one fault. Whatever is waited for is waited for with a bound: another fault may have taken it away.

use std::time::Duration;

use super::cluster::Cluster;
use super::plan::{Fault, PHASES, PROCESSES, TIMEOUT_MS};
use super::store::Trouble;
use crate::support::{PATIENCE, Signal, eventually};

/// How long a process may take to come to a phase; where it has no partition just now, the fault strikes it so.
const PROVOKED: Duration = Duration::from_secs(4);
/// Long enough for session and transaction to end meanwhile.
const TOO_LONG: Duration = Duration::from_millis(TIMEOUT_MS + TIMEOUT_MS / 4);
/// How long the broker is away.
const AWAY: Duration = Duration::from_millis(300);
/// How many faults it takes until a store, or a clock, is as it should be again.
const TROUBLED: usize = 2;

impl Cluster {
    /// Whether it could be struck: not every machine can make every trouble.
    pub fn strike(&mut self, fault: Fault) -> bool {
        let extra = PROCESSES;
        match fault {
            Fault::Kill { who, phase } => {
                self.await_phase(who, phase);
                self.kill(who);
                self.spawn(who);
            }
            Fault::Zombie { who, phase } => {
                self.await_phase(who, phase);
                self.suspend(who, TOO_LONG);
            }
            Fault::Hiccup { who, ms } => self.suspend(who, Duration::from_millis(ms)),
            Fault::Terminate { who } => {
                self.terminate(who);
                self.spawn(who);
            }
            Fault::Upgrade => {
                for who in 0..PROCESSES {
                    self.terminate(who);
                    self.spawn(who);
                    self.await_owning(who);
                }
            }
            Fault::Join => self.spawn(extra),
            Fault::Leave { killed: true } => self.kill(extra),
            Fault::Leave { killed: false } => self.terminate(extra),
            Fault::KillInRestore { who } => {
                self.restore(who);
                self.kill(who);
                self.spawn(who);
            }
            Fault::ZombieInRestore { who } => {
                self.restore(who);
                self.suspend(who, TOO_LONG);
            }
            Fault::JoinInRestore { who } => {
                self.restore(who);
                self.spawn(extra);
            }
            Fault::BrokerKill => {
                self.broker.kill9();
                std::thread::sleep(AWAY);
                self.broker.restart();
            }
            Fault::BrokerHang { ms } => {
                self.broker.suspend();
                std::thread::sleep(Duration::from_millis(ms));
                self.broker.resume();
            }
            Fault::Store { trouble, killed } => return self.trouble(trouble, killed),
            Fault::Poison { records } => self.feed.as_ref().expect("it flows").poison(records),
            Fault::Partition => {
                self.partitions += 1;
                self.broker.grow_topic(&self.settings.events, self.partitions);
                self.feed.as_ref().expect("it flows").widen(self.partitions);
            }
            Fault::ClockStep { seconds } => {
                let Some(clock) = &self.clock else { return false };
                clock.step(seconds).expect("a file of ours");
                self.troubled = TROUBLED;
            }
        }
        true
    }

    fn trouble(&mut self, trouble: Trouble, killed: Option<usize>) -> bool {
        if !self.store.knows(trouble) {
            return false;
        }
        self.heal();
        eventually("trouble for the store", PATIENCE, || self.store.harm(trouble).ok());
        self.troubled = TROUBLED;
        if let Some(who) = killed {
            self.kill(who);
            self.spawn(who);
        }
        true
    }

    /// Kills a process; a new one is being given its partitions when this returns.
    fn restore(&mut self, who: usize) {
        self.kill(who);
        self.spawn(who);
        self.await_owning(who);
    }

    /// Until a transaction of this process comes to the phase.
    fn await_phase(&mut self, who: usize, phase: usize) {
        let needle = self.needle(who);
        needle.logged(needle.mark(), PHASES[phase], PROVOKED);
    }

    /// Until a new process has partitions.
    fn await_owning(&mut self, who: usize) {
        self.needle(who).logged(0, "partitions assigned", PROVOKED);
    }

    fn suspend(&mut self, who: usize, length: Duration) {
        self.needle(who).signal(Signal::Stop);
        std::thread::sleep(length);
        self.needle(who).signal(Signal::Continue);
    }
}
