//! needle as its users run it: a process with a configuration file, log lines, HTTP and signals.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use toml::{Table, Value};

use super::{Broker, Leash, PATIENCE, Signal, eventually, http, send_signal};

/// A configuration for one application with topics of its own; `instance` makes it that of one process.
#[derive(Clone, Debug)]
pub struct Settings {
    pub table: Table,
    /// `group.id`.
    pub application: String,
    pub events: String,
    pub score_changes: String,
    pub score_jumps: String,
    pub dead_letters: String,
    /// Where all processes of the application keep their snapshots.
    pub snapshots: Arc<tempfile::TempDir>,
}

impl Settings {
    /// Creates the input topic; needle creates the others. The rules fit what `events` generates.
    pub fn new(broker: &Broker, name: &str, partitions: i32) -> Self {
        let application = broker.unique_topic(name);
        let events = format!("{application}-events");
        broker.create_topic(&events, partitions, &[]);
        Self::on(broker, application, events, RULES).set("service", "lanes", 1)
    }

    /// On an input topic that is there, under rules of its own as TOML.
    pub fn on(broker: &Broker, application: String, events: String, rules: &str) -> Self {
        let named = |part: &str| format!("{application}-{part}");
        let score_changes = named("score-changes");
        let (score_jumps, dead_letters) = (named("score-jumps"), named("dead-letters"));
        let snapshots = Arc::new(tempfile::tempdir().expect("a directory"));
        let url = format!("file:{}", snapshots.path().display());
        let table: Table = rules.parse().expect("TOML");
        let empty = Self { table, application, events, score_changes, score_jumps, dead_letters, snapshots };
        let named = empty.clone();
        empty
            .set("service", "application", named.application)
            .set("snapshots", "url", url)
            .set("kafka", "bootstrap.servers", broker.plain.clone())
            .set("topics", "events", vec![named.events])
            .set("topics", "score_changes", named.score_changes)
            .set("topics", "score_jumps", named.score_jumps)
            .set("topics", "dead_letters", named.dead_letters)
    }

    /// Sets a key of a section, both as the file has them: `set("kafka.producer", "linger.ms", 2)`.
    pub fn set(mut self, section: &str, key: &str, value: impl Into<Value>) -> Self {
        let mut table = &mut self.table;
        for name in section.split('.') {
            let next = table.entry(name).or_insert_with(|| Value::Table(Table::new()));
            table = next.as_table_mut().expect("a section");
        }
        table.insert(key.into(), value.into());
        self
    }

    pub fn instance(self, instance: u32) -> Self {
        self.set("service", "instance", instance.to_string())
    }

    /// The three topics that needle writes.
    pub fn outputs(&self) -> [&str; 3] {
        [&self.score_changes, &self.score_jumps, &self.dead_letters]
    }

    /// Where its snapshots are.
    pub fn snapshots_url(&self) -> &str {
        self.table["snapshots"]["url"].as_str().expect("a url")
    }

    pub fn toml(&self) -> String {
        toml::to_string(&self.table).expect("TOML")
    }
}

const RULES: &str = r#"
[scoring]
change_threshold = 1
sweep_seconds = 0
[[themes]]
name = "pricing"
url = ["^/pricing"]
high_intent = true
[[themes]]
name = "docs"
url = ["^/docs"]
[[themes]]
name = "security"
url = ["/security"]
title = ["(?i)security"]
[[traits]]
name = "employees"
path = ["/company/employee_count", "/employees"]
kind = "number"
[[traits]]
name = "title"
path = ["/title"]
kind = "title"
[[jumps]]
name = "hot"
above = 60
rearm = 55
[[jumps]]
name = "surge"
rise = 10
within_hours = 24
cooldown_hours = 24
"#;

/// A running (or ended) process. Killed on drop, and when the test process ends in any other way.
pub struct Needle {
    child: Child,
    leash: Leash,
    log: Arc<Lines>,
    output: Arc<Lines>,
    readers: Vec<JoinHandle<()>>,
    exit: Option<Exit>,
    /// `host:port` of its HTTP server.
    pub address: String,
    /// Its working directory, with `needle.toml` and `data/`.
    pub directory: tempfile::TempDir,
}

/// How a process ended: its exit code, or none where a signal ended it.
pub type Exit = Option<i32>;

impl Needle {
    /// Starts `needle ARGS… --config needle.toml` in a directory of its own; HTTP on a free port.
    pub fn spawn(settings: &Settings, args: &[&str]) -> Self {
        Self::spawn_in(tempfile::tempdir().expect("a directory"), settings, args)
    }

    /// As `spawn`, with more in its environment.
    pub fn spawn_with(environment: &[(String, String)], settings: &Settings, args: &[&str]) -> Self {
        Self::start(tempfile::tempdir().expect("a directory"), environment, settings, args)
    }

    /// As `spawn`, in a directory that an earlier process left behind.
    pub fn spawn_in(directory: tempfile::TempDir, settings: &Settings, args: &[&str]) -> Self {
        Self::start(directory, &[], settings, args)
    }

    fn start(
        directory: tempfile::TempDir,
        environment: &[(String, String)],
        settings: &Settings,
        args: &[&str],
    ) -> Self {
        let address = free_address();
        write_settings(directory.path(), &settings.clone().set("service", "listen", address.clone()));
        let mut child = command(directory.path())
            .args(args)
            .args(["--config", "needle.toml"])
            // Phases of transactions are told at this level; faults are timed by them.
            .env("RUST_LOG", "info,needle=trace")
            .envs(environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("needle starts");
        let leash = Leash::on(child.id());
        let (log, output) = (Arc::new(Lines::default()), Arc::new(Lines::default()));
        let readers = vec![
            Lines::collect(&log, child.stderr.take().expect("piped")),
            Lines::collect(&output, child.stdout.take().expect("piped")),
        ];
        Self { child, leash, log, output, readers, exit: None, address, directory }
    }

    /// Waits until `/readyz` says 200.
    pub fn await_ready(&mut self) {
        let start = Instant::now();
        while !http::get(&self.address, "/readyz").is_ok_and(|(status, _)| status == 200) {
            let ended = self.child.try_wait().expect("a child");
            assert!(ended.is_none(), "needle ended ({ended:?}) before it was ready:\n{}", self.log());
            assert!(start.elapsed() < PATIENCE, "needle was never ready:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Everything logged so far.
    pub fn log(&self) -> String {
        self.log.text()
    }

    /// What went to standard output so far.
    pub fn output(&self) -> String {
        self.output.text()
    }

    /// Number of lines logged so far, for `await_log`.
    pub fn mark(&self) -> usize {
        self.log.state.lock().expect("not poisoned").lines.len()
    }

    /// Waits for a log line at or after `mark` that contains `text`, and returns it.
    pub fn await_log(&self, mark: usize, text: &str) -> String {
        self.log
            .wait_for(mark, text, PATIENCE)
            .unwrap_or_else(|| panic!("nothing logged with {text:?}:\n{}", self.log()))
    }

    /// As `await_log`, but `None` where nothing of the kind was logged `within`, or the process has ended.
    pub fn logged(&self, mark: usize, text: &str, within: Duration) -> Option<String> {
        self.log.wait_for(mark, text, within)
    }

    /// Whether it has ended by itself, and how.
    pub fn ended(&mut self) -> Option<Exit> {
        self.child.try_wait().expect("a child").map(|_| self.wait())
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn get(&self, path: &str) -> (u16, String) {
        http::get(&self.address, path).unwrap_or_else(|e| panic!("GET {path}: {e}\n{}", self.log()))
    }

    /// A metric by its full name with labels, as `/metrics` prints it.
    pub fn metric(&self, name: &str) -> Option<f64> {
        let (_, body) = self.get("/metrics");
        body.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse().ok())
    }

    pub fn signal(&self, signal: Signal) {
        assert!(self.exit.is_none(), "needle has ended");
        send_signal(self.child.id(), signal);
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> Exit {
        if let Some(exit) = self.exit {
            return exit;
        }
        let poll = || self.child.try_wait().expect("a child");
        let status = eventually("the end of needle", PATIENCE, poll);
        self.leash.release();
        for reader in self.readers.drain(..) {
            reader.join().expect("a reader of lines");
        }
        *self.exit.insert(status.code())
    }

    /// SIGTERM, and its exit code.
    pub fn terminate(&mut self) -> Exit {
        self.signal(Signal::Term);
        self.wait()
    }

    /// SIGKILL, and gone when this returns.
    pub fn kill9(&mut self) {
        self.signal(Signal::Kill);
        self.wait();
    }
}

impl Drop for Needle {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- needle's log:\n{}---", self.log());
        }
        if self.exit.is_none() {
            self.leash.release();
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// The binary under test in a directory, without what the environment of the tests says.
pub fn command(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_needle"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("NEEDLE_")) {
        command.env_remove(name);
    }
    command.current_dir(directory);
    command
}

pub fn write_settings(directory: &Path, settings: &Settings) -> PathBuf {
    let file = directory.join("needle.toml");
    std::fs::write(&file, settings.toml()).expect("written");
    file
}

/// A port that nobody listens on, below both the kernel's own range and the test brokers', so that it stays free.
pub fn free_address() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = (std::process::id() % 2000) as u16;
    let address = |_| format!("127.0.0.1:{}", 10_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 2000);
    let free = |address: &String| TcpListener::bind(address).is_ok();
    (0..2000).map(address).find(free).expect("a free port")
}

/// Lines of a pipe, as they come.
#[derive(Default)]
struct Lines {
    state: Mutex<LineState>,
    more: Condvar,
}

#[derive(Default)]
struct LineState {
    lines: Vec<String>,
    ended: bool,
}

impl Lines {
    fn collect(lines: &Arc<Self>, pipe: impl Read + Send + 'static) -> JoinHandle<()> {
        let lines = Arc::clone(lines);
        std::thread::spawn(move || {
            for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
                lines.state.lock().expect("not poisoned").lines.push(super::record::lossy(&line));
                lines.more.notify_all();
            }
            lines.state.lock().expect("not poisoned").ended = true;
            lines.more.notify_all();
        })
    }

    fn text(&self) -> String {
        self.state.lock().expect("not poisoned").lines.iter().map(|line| format!("{line}\n")).collect()
    }

    fn wait_for(&self, mark: usize, text: &str, within: Duration) -> Option<String> {
        let found = |state: &LineState| state.lines.iter().skip(mark).find(|line| line.contains(text)).cloned();
        let state = self.state.lock().expect("not poisoned");
        let lacking = |state: &mut LineState| !state.ended && found(state).is_none();
        let (state, _) = self.more.wait_timeout_while(state, within, lacking).expect("not poisoned");
        found(&state)
    }
}
