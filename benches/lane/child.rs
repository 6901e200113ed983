//! Processes that are measured: this program again in another role, and what the kernel says of any of them.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use needle::config::{Config, Machine};
use tempfile::TempDir;

use crate::tests::needle::{command, write_settings};
use crate::tests::{Leash, Settings, Signal, send_signal};

pub const PASS_THROUGH: &str = "pass-through";
pub const UNTRANSACTED: &str = "untransacted";

/// Runs `work` on a thread for each lane; ends when one of them panics.
pub fn on_each_lane(config: &Config, work: impl Fn(usize) + Sync) {
    std::thread::scope(|scope| {
        for lane in 0..config.service.lanes {
            let work = &work;
            scope.spawn(move || {
                let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(lane)));
                std::process::exit(i32::from(ended.is_err()));
            });
        }
    });
}

pub fn config_of(file: &str) -> Config {
    needle::config::load(Some(Path::new(file)), [], [], &Machine::here()).expect("a configuration")
}

/// A process that is measured. Killed on drop, and when this process ends in any other way.
pub struct Runner {
    child: Child,
    leash: Leash,
    /// Its working directory.
    _directory: TempDir,
}

impl Runner {
    /// This program in another role, on a configuration.
    pub fn role(role: &str, settings: &Settings, arguments: &[&str]) -> Self {
        let mut program = Command::new(std::env::current_exe().expect("a path"));
        program.arg(role);
        Self::spawn(program, settings, arguments)
    }

    /// The release binary as its users start it.
    pub fn needle(settings: &Settings) -> Self {
        let mut program = command(Path::new("."));
        let level = std::env::var("RUST_LOG").unwrap_or_else(|_| "warn".to_owned());
        program.args(["run", "--config"]).env("RUST_LOG", level);
        Self::spawn(program, settings, &[])
    }

    /// Its configuration's file is put between the program's arguments and these.
    fn spawn(mut program: Command, settings: &Settings, arguments: &[&str]) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let file = write_settings(directory.path(), settings);
        let child = program.arg(file).args(arguments).stdin(Stdio::null()).spawn().expect("it starts");
        let leash = Leash::on(child.id());
        Self { child, leash, _directory: directory }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// SIGTERM; whether it ended in good order.
    pub fn terminate(mut self) -> bool {
        send_signal(self.child.id(), Signal::Term);
        self.child.wait().expect("a child").success()
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.leash.release();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// utime + stime so far, in seconds; `None` once the process has ended.
pub fn cpu_seconds(pid: u32) -> Option<f64> {
    seconds(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// utime + stime of a `stat`, a process's or a thread's. The kernel counts in hundredths on all that Rust runs on.
pub fn seconds(stat: &str) -> Option<f64> {
    // The name, in parentheses, may hold anything; after it come state, …, utime (14th), stime (15th).
    let after_name = stat.rsplit_once(')')?.1;
    let mut fields = after_name.split_whitespace();
    if fields.next()? == "Z" {
        return None;
    }
    let ticks = |field: Option<&str>| field?.parse::<u64>().ok();
    let user = ticks(fields.nth(10))?;
    Some((user + ticks(fields.next())?) as f64 / 100.0)
}

/// The most memory that the process ever had, in MB.
pub fn peak_mb(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? / 1024)
}
