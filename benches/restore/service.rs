//! `needle run` as its users start it, with its log kept.

use std::fs::File;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;

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
    /// From the first assignment to the last partition that is back.
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
            std::thread::sleep(Duration::from_millis(2));
        }
        let ready = self.began.elapsed();
        let cpu_seconds = cpu_seconds(self.child.id()).expect("a process");
        let (assigned, back) = (self.times("partitions assigned"), self.times("partition restored"));
        assert_eq!(back.len(), partitions, "every partition is restored");
        let restore = back.iter().max().expect("one").duration_since(*assigned.iter().min().expect("one"));
        self.terminate();
        Restored { restore: restore.unsigned_abs(), ready, cpu_seconds }
    }

    /// When something was logged.
    fn times(&self, message: &str) -> Vec<Timestamp> {
        let log = std::fs::read_to_string(self.directory.path().join("log")).expect("a log");
        let lines = log.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let said = lines.filter(|line| line["fields"]["message"] == message || line["message"] == message);
        said.map(|line| line["timestamp"].as_str().expect("a time").parse().expect("a time")).collect()
    }

    /// SIGTERM.
    pub fn terminate(mut self) {
        send_signal(self.child.id(), Signal::Term);
        let ended = self.child.wait().expect("a child");
        assert!(ended.success(), "{ended}");
    }
}
