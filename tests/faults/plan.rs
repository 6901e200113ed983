//! What a seed decides: which faults strike, in what order, whom, and with what pauses between them.

use super::store::Trouble;
use crate::support::events::Random;

/// What is logged when a phase of a transaction begins.
pub const PHASES: [&str; 5] =
    ["transaction begun", "outputs produced", "adding positions", "committing", "transaction committed"];
/// Partitions of the input to begin with.
pub const PARTITIONS: i32 = 4;
/// Processes that are always there, but for their faults; one more comes and goes.
pub const PROCESSES: usize = 2;
/// How long a process may live silently, and a transaction stay open: short, so that faults are.
pub const TIMEOUT_MS: u64 = 2000;
/// The longest pause before a fault.
const PAUSE_MS: usize = 600;

/// Everything that is drawn.
pub struct Plan {
    /// Snapshots are kept in a bucket, else in a folder.
    pub bucket: bool,
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
    /// Killed once it is being given partitions, while they are restored.
    KillInRestore { who: usize },
    /// Suspended then, past the time-outs.
    ZombieInRestore { who: usize },
    /// Another one joins then.
    JoinInRestore { who: usize },
    /// The broker is killed, and comes back.
    BrokerKill,
    /// Broker and coordinators keep their connections and do not answer.
    BrokerHang { ms: u64 },
    /// The store of the snapshots; and a process that has to restore from it, or does not come to it any more.
    Store { trouble: Trouble, killed: Option<usize> },
    /// So many records that nobody can read, in one go.
    Poison { records: usize },
    /// The input gets one partition more.
    Partition,
    /// The wall clocks of all processes jump.
    ClockStep { seconds: i64 },
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
            Self::KillInRestore { .. } => "SIGKILL in a restore".into(),
            Self::ZombieInRestore { .. } => "SIGSTOP in a restore".into(),
            Self::JoinInRestore { .. } => "join in a restore".into(),
            Self::BrokerKill => "broker: SIGKILL".into(),
            Self::BrokerHang { ms } if ms > TIMEOUT_MS => "broker: SIGSTOP past the time-outs".into(),
            Self::BrokerHang { .. } => "broker: SIGSTOP for a moment".into(),
            Self::Store { trouble, .. } => format!("store: {trouble:?}"),
            Self::Poison { .. } => "poison records".into(),
            Self::Partition => "partition added".into(),
            Self::ClockStep { .. } => "clock step".into(),
        }
    }
}

impl Plan {
    /// Every kind of fault comes, in an order of the seed's own.
    pub fn draw(seed: u64) -> Self {
        let mut random = Random(seed);
        let bucket = seed % 2 == 1;
        let mut faults = deck(&mut random);
        for left in (1..faults.len()).rev() {
            faults.swap(left, random.below(left + 1));
        }
        let blow = |fault| Blow { pause_ms: random.below(PAUSE_MS) as u64, fault };
        Self { bucket, blows: faults.into_iter().map(blow).collect() }
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
    let long_ms = TIMEOUT_MS + 200 + random.below(1000) as u64;
    faults.extend([
        Fault::Upgrade,
        Fault::KillInRestore { who: random.below(PROCESSES) },
        Fault::ZombieInRestore { who: random.below(PROCESSES) },
        Fault::JoinInRestore { who: random.below(PROCESSES) },
        Fault::BrokerKill,
        Fault::BrokerHang { ms: 100 + random.below(900) as u64 },
        Fault::BrokerHang { ms: long_ms },
        Fault::Poison { records: 5 + random.below(40) },
        Fault::Partition,
    ]);
    let troubles = [
        Trouble::Gone,
        Trouble::Full,
        Trouble::ReadOnly,
        Trouble::Slow,
        Trouble::Torn,
        Trouble::Corrupt,
        Trouble::HalfWritten,
    ];
    for trouble in troubles {
        let harms_files = matches!(trouble, Trouble::Corrupt | Trouble::HalfWritten);
        let killed = (harms_files || random.below(2) == 0).then(|| random.below(PROCESSES));
        faults.push(Fault::Store { trouble, killed });
    }
    for _ in 0..2 {
        let sign = if random.below(2) == 0 { 1 } else { -1 };
        faults.push(Fault::ClockStep { seconds: sign * [2, 90, 4_000, 90_000][random.below(4)] });
    }
    faults
}
