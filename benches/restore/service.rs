//! `needle run` as its users start it, with its log kept.

use std::collections::BTreeSet;
use std::fs::File;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::Value;

use crate::child::{cpu_seconds, peak_mb};
use crate::contender::free_address;
use crate::tests::needle::{command, write_settings};
use crate::tests::{Leash, Settings, Signal, http, send_signal};

pub struct Service {
    child: Child,
    _leash: Leash,
    directory: tempfile::TempDir,
    address: String,
    began: Instant,
}

/// How it came back.
pub struct Restored {
    /// In which at least one partition was assigned, and neither back nor given up. Where the group deals twice, one lane may be through
    /// before another has anything to do, and that is not counted.
    pub restore: Duration,
    /// From the start of the process to `/readyz`.
    pub ready: Duration,
    /// Of the whole process, until it was ready.
    pub cpu_seconds: f64,
}

impl Service {
    pub fn start(settings: &Settings) -> Self {
        let (directory, address) = (tempfile::tempdir().expect("a directory"), free_address());
        let file = write_settings(directory.path(), &settings.clone().set("service", "listen", address.clone()));
        let log = File::create(directory.path().join("log")).expect("a file");
        let mut program = command(directory.path());
        program.args(["run", "--log-format", "json", "--config"]).arg(file).env("RUST_LOG", "info");
        let began = Instant::now();
        let child = program.stdin(Stdio::null()).stderr(log).spawn().expect("it starts");
        let leash = Leash::on(child.id());
        Self { child, _leash: leash, directory, address, began }
    }

    /// Resident memory in MB: now, at most.
    pub fn memory_mb(&self) -> (u64, u64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("a process");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a figure");
        let kb: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
        (kb / 1024, peak_mb(self.child.id()).expect("a process"))
    }

    /// Waits until `partitions` are back, and ends it.
    pub fn restored(self, partitions: usize) -> Restored {
        while !http::get(&self.address, "/readyz").is_ok_and(|(status, _)| status == 200) {
            std::thread::sleep(Duration::from_millis(5));
        }
        let ready = self.began.elapsed();
        let cpu_seconds = cpu_seconds(self.child.id()).expect("a process");
        let restore = self.restoring(partitions);
        self.terminate();
        Restored { restore, ready, cpu_seconds }
    }

    /// The time in which a partition was assigned, and neither back nor given up.
    fn restoring(&self, partitions: usize) -> Duration {
        assert!(self.logged("partition restored").len() >= partitions, "every partition is restored");
        let dealt = |line: &Value| serde_json::from_str::<Vec<i64>>(line["partitions"].as_str().unwrap_or("[]"));
        let all = |message| self.logged(message).into_iter().map(|line| (at(&line), dealt(&line).unwrap_or_default()));
        let back = self.logged("partition restored").into_iter().map(|line| (at(&line), line["partition"].as_i64()));
        let begins = all("partitions assigned").map(|(at, dealt)| (at, dealt, true));
        let ends = all("partitions given up").chain(all("partitions lost")).map(|(at, dealt)| (at, dealt, false));
        let ends = ends.chain(back.map(|(at, partition)| (at, partition.into_iter().collect(), false)));
        let mut turns: Vec<(Timestamp, Vec<i64>, bool)> = begins.chain(ends).collect();
        turns.sort_by_key(|(at, ..)| *at);
        let (mut together, mut waiting, mut since) = (Duration::ZERO, BTreeSet::new(), Timestamp::MIN);
        for (at, partitions, begins) in turns {
            if !waiting.is_empty() {
                together += at.duration_since(since).unsigned_abs();
            }
            since = at;
            for partition in partitions {
                if begins {
                    waiting.insert(partition)
                } else {
                    waiting.remove(&partition)
                };
            }
        }
        together
    }

    /// Lines of the log with this message.
    fn logged(&self, message: &str) -> Vec<Value> {
        let log = std::fs::read_to_string(self.directory.path().join("log")).expect("a log");
        let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.filter(|line| line["message"] == message).collect()
    }

    /// SIGTERM.
    pub fn terminate(mut self) {
        send_signal(self.child.id(), Signal::Term);
        let ended = self.child.wait().expect("a child");
        assert!(ended.success(), "{ended}");
    }
}

/// When a line was logged.
fn at(line: &Value) -> Timestamp {
    line["timestamp"].as_str().expect("a time").parse().expect("a time")
}
