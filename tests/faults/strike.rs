//! Strikes one fault. Whatever is waited for is waited for with a bound: another fault may have taken it away.

use std::time::Duration;

use super::cluster::{Cluster, TIMEOUT};
use super::plan::{Fault, PHASES, PROCESSES};
use crate::support::Signal;

/// How long a process may take to come to a phase; where it has no partition just now, the fault strikes it so.
const PROVOKED: Duration = Duration::from_secs(4);

impl Cluster {
    pub fn strike(&mut self, fault: Fault) {
        let extra = PROCESSES;
        match fault {
            Fault::Kill { who, phase } => {
                self.await_phase(who, phase);
                self.kill(who);
                self.spawn(who);
            }
            Fault::Zombie { who, phase } => {
                self.await_phase(who, phase);
                self.suspend(who, TIMEOUT + TIMEOUT / 4);
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
        }
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
