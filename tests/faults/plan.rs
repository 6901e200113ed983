//! What a seed decides: which faults strike, in what order, whom, and with what pauses between them.

use crate::support::events::Random;

/// What is logged when a phase of a transaction begins.
pub const PHASES: [&str; 5] =
    ["transaction begun", "outputs produced", "adding positions", "committing", "transaction committed"];
/// Partitions of the input to begin with.
pub const PARTITIONS: i32 = 4;
/// Processes that are always there, but for their faults; one more comes and goes.
pub const PROCESSES: usize = 2;
/// The longest pause before a fault.
const PAUSE_MS: usize = 600;

/// Everything that is drawn.
pub struct Plan {
    pub seed: u64,
    pub blows: Vec<Blow>,
}

/// A fault, and how long events flow undisturbed before it.
#[derive(Clone, Copy, Debug)]
pub struct Blow {
    pub pause_ms: u64,
    pub fault: Fault,
}

/// `who` is one of [`PROCESSES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// SIGKILL in this phase of a transaction.
    Kill { who: usize, phase: usize },
    /// SIGSTOP in this phase, for longer than session and transaction may last, then SIGCONT.
    Zombie { who: usize, phase: usize },
    /// SIGSTOP for less than that.
    Hiccup { who: usize, ms: u64 },
    /// SIGTERM; the process comes back at once.
    Terminate { who: usize },
    /// SIGTERM and a new process, one after the other, as when a new version is rolled out.
    Upgrade,
    /// One more process joins the group.
    Join,
    /// It leaves, in good order or not.
    Leave { killed: bool },
}

impl Fault {
    /// What it is counted as.
    pub fn kind(self) -> String {
        match self {
            Self::Kill { phase, .. } => format!("SIGKILL at {:?}", PHASES[phase]),
            Self::Zombie { .. } => "SIGSTOP past the time-outs".into(),
            Self::Hiccup { .. } => "SIGSTOP for a moment".into(),
            Self::Terminate { .. } => "SIGTERM".into(),
            Self::Upgrade => "rolling restart".into(),
            Self::Join => "join".into(),
            Self::Leave { killed: false } => "leave".into(),
            Self::Leave { killed: true } => "leave by SIGKILL".into(),
        }
    }
}

impl Plan {
    /// Every kind of fault comes, in an order of the seed's own.
    pub fn draw(seed: u64) -> Self {
        let mut random = Random(seed);
        let mut faults = deck(&mut random);
        for left in (1..faults.len()).rev() {
            faults.swap(left, random.below(left + 1));
        }
        let blow = |fault| Blow { pause_ms: random.below(PAUSE_MS) as u64, fault };
        Self { seed, blows: faults.into_iter().map(blow).collect() }
    }
}

fn deck(random: &mut Random) -> Vec<Fault> {
    let mut faults: Vec<Fault> =
        (0..PHASES.len()).map(|phase| Fault::Kill { who: random.below(PROCESSES), phase }).collect();
    for _ in 0..2 {
        faults.extend([
            Fault::Zombie { who: random.below(PROCESSES), phase: random.below(PHASES.len()) },
            Fault::Hiccup { who: random.below(PROCESSES), ms: 50 + random.below(700) as u64 },
            Fault::Terminate { who: random.below(PROCESSES) },
            Fault::Join,
            Fault::Leave { killed: random.below(2) == 0 },
        ]);
    }
    faults.push(Fault::Upgrade);
    faults
}
