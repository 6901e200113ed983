//! A real Kafka broker: the suite's own, or one that a test may stop, kill, suspend and restart.

use std::io::{BufRead, BufReader};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;

use super::{Signal, send_signal};

/// User of the TLS listener.
pub const USER: &str = "needle";
pub const PASSWORD: &str = "needle-secret";

/// Where a broker listens.
#[derive(Clone, Debug)]
pub struct Broker {
    /// `host:port` of the listener without any protection.
    pub plain: String,
    /// `host:port` of the listener with TLS and SCRAM-SHA-512.
    pub tls: String,
    /// PEM file of the certificate to trust.
    pub ca: PathBuf,
}

impl Broker {
    /// The suite's broker: named by the environment (`make test`), else started once for this process and gone with it.
    pub fn shared() -> &'static Broker {
        static SHARED: OnceLock<Broker> = OnceLock::new();
        // Never dropped: the pipe to its watch closes when this process ends, and that kills it.
        static STARTED: OnceLock<OwnBroker> = OnceLock::new();
        SHARED.get_or_init(|| {
            let named = |name| std::env::var(name).ok();
            let told = (named("NEEDLE_TEST_KAFKA"), named("NEEDLE_TEST_KAFKA_TLS"), named("NEEDLE_TEST_KAFKA_CA"));
            match told {
                (Some(plain), Some(tls), Some(ca)) => Broker { plain, tls, ca: ca.into() },
                _ => STARTED.get_or_init(Broker::own).broker.clone(),
            }
        })
    }

    /// What one of Kafka's own tools prints of this broker.
    pub fn tool(&self, class: &str, arguments: &[&str]) -> String {
        let mut tool = script();
        tool.args(["tool", class, "--bootstrap-server", &self.plain]).args(arguments).stderr(Stdio::inherit());
        let ran = tool.output().expect("the broker script starts");
        assert!(ran.status.success(), "{class} {arguments:?}");
        String::from_utf8(ran.stdout).expect("text")
    }

    /// A broker that nobody else uses.
    pub fn own() -> OwnBroker {
        let made = script().arg("create").stderr(Stdio::inherit()).output().expect("the broker script starts");
        assert!(made.status.success(), "no broker could be made");
        let line = String::from_utf8(made.stdout).expect("text");
        let mut words = line.trim_end().splitn(3, ' ').map(str::to_owned);
        let mut word = || words.next().expect("plain listener, TLS listener, directory");
        let (plain, tls, directory) = (word(), word(), PathBuf::from(word()));
        let ca = directory.join("../../tls.pem");
        let running = Some(Running::start(&directory));
        OwnBroker { broker: Broker { plain, tls, ca }, directory, running }
    }
}

fn script() -> Command {
    Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kafka/broker"))
}

/// A broker of one test's own. Restarted, it keeps its data and its ports. Killed and removed on drop.
pub struct OwnBroker {
    broker: Broker,
    directory: PathBuf,
    running: Option<Running>,
}

impl Deref for OwnBroker {
    type Target = Broker;
    fn deref(&self) -> &Broker {
        &self.broker
    }
}

impl OwnBroker {
    /// SIGTERM: an orderly end.
    pub fn stop(&mut self) {
        self.end(Signal::Term);
    }

    /// SIGKILL: what was not flushed to the kernel is lost, clients see connections break.
    pub fn kill9(&mut self) {
        self.end(Signal::Kill);
    }

    /// SIGSTOP: connections stay open and nothing answers.
    pub fn suspend(&self) {
        self.signal(Signal::Stop);
    }

    /// SIGCONT after `suspend`.
    pub fn resume(&self) {
        self.signal(Signal::Continue);
    }

    /// Starts it (after `stop`, `kill9`; otherwise stops it first) and returns when it serves.
    pub fn restart(&mut self) {
        if self.running.is_some() {
            self.stop();
        }
        self.running = Some(Running::start(&self.directory));
    }

    /// What the broker wrote to its own log since it was last started.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.directory.join("broker.log")).unwrap_or_default()
    }

    fn signal(&self, signal: Signal) {
        send_signal(self.running.as_ref().expect("the broker runs").pid, signal);
    }

    fn end(&mut self, signal: Signal) {
        self.signal(signal);
        let running = self.running.take().expect("the broker runs");
        running.ended();
    }
}

impl Drop for OwnBroker {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.abandon();
        }
        // A failed test's broker log is kept, where the next day's suite removes it.
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.directory);
        }
    }
}

/// One life of a broker.
struct Running {
    /// The broker itself; a child of `script`, which waits for it.
    pid: u32,
    script: Child,
    /// When it closes, the script kills the broker: at the latest with this process, however that ends.
    owner: ChildStdin,
}

impl Running {
    fn start(directory: &Path) -> Self {
        let mut script =
            script().arg("run").arg(directory).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("starts");
        let owner = script.stdin.take().expect("piped");
        let mut said = BufReader::new(script.stdout.take().expect("piped")).lines().map(|line| line.expect("text"));
        let pid = said.next().and_then(|line| line.strip_prefix("pid ")?.parse().ok()).expect("its pid comes first");
        assert_eq!(said.next().as_deref(), Some("ready"), "the broker in {} did not start", directory.display());
        Self { pid, script, owner }
    }

    /// Waits for the end that a signal has brought about. The pipe stays open until then: the data must stay.
    fn ended(mut self) {
        self.script.wait().expect("the script ends with its broker");
        drop(self.owner);
    }

    /// Lets go: the script kills the broker and removes its data.
    fn abandon(mut self) {
        drop(self.owner);
        let _ = self.script.wait();
    }
}
