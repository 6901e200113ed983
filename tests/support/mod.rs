//! What the tests against real Kafka stand on: brokers, topics, needle as a process, realistic input, and the audit.

// Every test binary compiles all of this and uses its share.
#![allow(dead_code, unused_imports)]

pub mod audit;
pub mod broker;
pub mod events;
pub mod flow;
pub mod http;
pub mod kafka;
pub mod kcat;
pub mod lead;
pub mod leads;
pub mod needle;
pub mod record;
pub mod replay;
pub mod s3;

use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

pub use broker::{Broker, OwnBroker};
pub use flow::Flow;
pub use needle::{Needle, Settings};
pub use record::{Committed, Draft, Record};
pub use s3::S3;

/// How long anything may take before a test gives up. Generous: it is only ever used up by a failure.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Asks until there is an answer; fails the test where there is none within `within`.
pub fn eventually<T>(what: &str, within: Duration, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < within, "in vain for {within:?}: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[derive(Clone, Copy, Debug)]
pub enum Signal {
    Term,
    Kill,
    Stop,
    Continue,
}

/// Sends a signal to a child of this process that has not been waited for, so that the pid is still its own.
pub fn send_signal(pid: u32, signal: Signal) {
    let name = match signal {
        Signal::Term => "TERM",
        Signal::Kill => "KILL",
        Signal::Stop => "STOP",
        Signal::Continue => "CONT",
    };
    // The shell's own `kill`: a bare machine need not have the program.
    let status = Command::new("sh").args(["-c", &format!("kill -s {name} {pid}")]).status().expect("sh starts");
    assert!(status.success(), "kill -s {name} {pid}");
}

/// Kills a process when this one ends, even by SIGKILL: a shell that waits at a pipe which only we hold.
pub struct Leash {
    shell: Child,
    _pipe: ChildStdin,
}

impl Leash {
    pub fn on(pid: u32) -> Self {
        use std::os::unix::process::CommandExt;
        let mut shell = Command::new("sh")
            .args(["-c", &format!("while read -r _; do :; done; kill -s KILL {pid}")])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0) // Ctrl-C must not end it before its work
            .spawn()
            .expect("sh starts");
        let _pipe = shell.stdin.take().expect("piped");
        Self { shell, _pipe }
    }

    /// To be called before the process is waited for, while its pid cannot be anybody else's.
    pub fn release(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        self.release();
    }
}
