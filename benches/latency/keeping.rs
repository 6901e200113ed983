//! What snapshots cost at the interval that they have by default: the share of their threads, and of the lane's copying, in the processor
//! time of a process that is given events at a steady rate.
//!
//! A share within one run: two runs of ten minutes each differ by more than what is looked for.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use needle::config::Config;

use crate::child::{self, Runner};
use crate::contender;
use crate::contest::{self, Size};
use crate::load::{self, Sent};
use crate::tests::{Broker, http};

/// Threads of snapshots begin so.
const THREADS: &str = "snapshots-";
/// How often threads are looked at: one that is idle goes after ten seconds.
const LOOK_EVERY: Duration = Duration::from_millis(500);

pub fn main(size: &Size) {
    let broker = Broker::shared();
    let default_s = Config::from_toml("").expect("the defaults").snapshots.interval_seconds;
    for &rate in &size.rates {
        let seconds = size.warm_seconds + size.seconds;
        let settings = contest::settings(broker, size).set("snapshots", "interval_seconds", default_s as i64);
        let address = contender::free_address();
        let runner = Runner::needle(&settings.clone().set("service", "listen", address.clone()));
        let (pid, events, done) = (runner.pid(), rate * seconds, AtomicBool::new(false));
        let theirs = std::thread::scope(|scope| {
            let watching = scope.spawn(|| watch(pid, &done));
            let ends = load::Ends(&done);
            load::write(broker, &settings.events, rate, events, &Sent::new(events), &AtomicBool::new(true));
            drop(ends);
            watching.join().expect("what threads took")
        });
        let all = child::cpu_seconds(pid).expect("a process that has not ended");
        let (_, metrics) = http::get(&address, "/metrics").expect("metrics");
        let copying = contender::metric(&metrics, &format!("{}_sum", contender::PAUSE));
        println!("{rate}/s for {seconds} s, a snapshot of each partition every {default_s} s");
        println!("    snapshots: {}", contender::snapshots(&address));
        println!(
            "    {all:.1} CPU-seconds, of them {theirs:.2} of the threads of snapshots and {copying:.2} of the lane's copying: {:.2} %",
            100.0 * (theirs + copying) / all
        );
        assert!(runner.terminate(), "needle did not end in good order");
    }
}

/// Processor time of all threads of snapshots there ever were, in seconds.
fn watch(pid: u32, done: &AtomicBool) -> f64 {
    let mut seen = HashMap::new();
    while !done.load(Ordering::Relaxed) {
        std::thread::sleep(LOOK_EVERY);
        let theirs = threads(pid).into_iter().filter(|(_, name, _)| name.starts_with(THREADS));
        // A number may be another thread's later; names are counted up.
        seen.extend(theirs.map(|(number, name, seconds)| ((number, name), seconds)));
    }
    seen.values().sum()
}

/// Number, name, and utime + stime in seconds of each thread that there is.
fn threads(pid: u32) -> Vec<(u32, String, f64)> {
    let Ok(tasks) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    let thread = |path: PathBuf| {
        let number = path.file_name()?.to_str()?.parse().ok()?;
        let name = std::fs::read_to_string(path.join("comm")).ok()?;
        let seconds = child::seconds(&std::fs::read_to_string(path.join("stat")).ok()?)?;
        Some((number, name.trim().to_owned(), seconds))
    };
    tasks.flatten().filter_map(|task| thread(task.path())).collect()
}
