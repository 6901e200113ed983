//! One run: a storm of faults, a calm, an audit.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::cluster::Cluster;
use super::plan::{Fault, Plan};

/// A fault that has struck, and when.
pub struct Strike {
    pub ordinal: usize,
    pub at: Duration,
    pub fault: Fault,
}

pub struct Outcome {
    pub ended: Result<(), String>,
    pub struck: Vec<Strike>,
    /// Records that came in.
    pub records: usize,
    /// Processes that ended by themselves, and came back.
    pub gave_up: Vec<String>,
    /// Where the logs of a failed run are.
    pub logs: Option<PathBuf>,
    pub took: Duration,
}

/// `only`: ordinals of the faults that strike, where not all do.
pub fn run(seed: u64, only: Option<&BTreeSet<usize>>, mut tell: impl FnMut(&Strike)) -> Outcome {
    let began = Instant::now();
    let plan = Plan::draw(seed);
    let mut cluster = Cluster::start(seed, &plan);
    let (mut struck, mut records) = (Vec::new(), 0);
    let whole = AssertUnwindSafe(|| {
        for (ordinal, blow) in plan.blows.iter().enumerate() {
            std::thread::sleep(Duration::from_millis(blow.pause_ms));
            if only.is_some_and(|only| !only.contains(&ordinal)) {
                continue;
            }
            cluster.tend();
            let strike = Strike { ordinal, at: began.elapsed(), fault: blow.fault };
            tell(&strike);
            if cluster.strike(blow.fault) {
                struck.push(strike);
            }
            cluster.troubled = cluster.troubled.saturating_sub(1);
            if cluster.troubled == 0 {
                cluster.heal();
            }
        }
        records = cluster.feed.as_ref().map_or(0, |feed| feed.written());
        cluster.calm(seed);
        cluster.audit()
    });
    let ended = match catch_unwind(whole) {
        Ok(differences) if differences.is_empty() => Ok(()),
        Ok(differences) => Err(differences.join("\n")),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            Err(text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked").to_owned())
        }
    };
    let logs = ended.is_err().then(|| keep(seed, &cluster));
    Outcome { ended, struck, records, gave_up: cluster.gave_up, logs, took: began.elapsed() }
}

/// Writes the logs of all processes where they can be read.
fn keep(seed: u64, cluster: &Cluster) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("faults-{seed}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for logs");
    for (name, log) in cluster.logs() {
        std::fs::write(folder.join(name + ".log"), log).expect("written");
    }
    folder
}
