//! The paths that probes and scrapers ask for are served by `needle run`, and say what they mean while no broker is there: alive, not ready.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use crate::ops_support::*;

/// A needle without brokers. Killed on drop.
struct Needle {
    child: Child,
    address: String,
    _directory: tempfile::TempDir,
}

impl Needle {
    fn start() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("an address").to_string();
        drop(free);
        let directory = tempfile::tempdir().expect("a directory");
        let mut command = Command::new(env!("CARGO_BIN_EXE_needle"));
        // Nobody listens on port 1.
        let settings = ["kafka.\"bootstrap.servers\"=127.0.0.1:1".to_owned(), format!("service.listen={address}")];
        command.arg("run").args(settings.iter().flat_map(|it| ["--set", it]));
        let child = command
            .current_dir(directory.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("needle starts");
        Self { child, address, _directory: directory }
    }

    /// Status and body, as soon as somebody listens.
    fn get(&mut self, path: &str) -> (u16, String) {
        let mut stream = loop {
            assert!(self.child.try_wait().expect("a child").is_none(), "needle has ended");
            if let Ok(stream) = TcpStream::connect(&self.address) {
                break stream;
            }
            std::thread::yield_now();
        };
        write!(stream, "GET {path} HTTP/1.0\r\nHost: needle\r\nConnection: close\r\n\r\n").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("HTTP");
        (head.split(' ').nth(1).expect("a status").parse().expect("a number"), body.to_owned())
    }
}

impl Drop for Needle {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn probes_and_scrapers_ask_for_what_is_served() {
    let mut needle = Needle::start();
    let container = &the(WHOLE, "StatefulSet")["spec"]["template"]["spec"]["containers"][0];
    let path = |probe: &str| container[probe]["httpGet"]["path"].as_str().expect("a path").to_owned();
    // A broker that is away is waited for: a restart would not bring it back.
    assert_eq!(needle.get(&path("livenessProbe")).0, 200);
    // What nobody has assigned cannot be ready.
    let (status, body) = needle.get(&path("readinessProbe"));
    assert_eq!(status, 503, "{body}");
    let scraped = the(WHOLE, "ServiceMonitor")["spec"]["endpoints"][0]["path"].as_str().expect("a path").to_owned();
    let (status, body) = needle.get(&scraped);
    assert_eq!(status, 200);
    assert!(body.contains("# HELP needle_transactions_total"), "{body}");
    assert_eq!(needle.get("/nowhere").0, 404, "or none of this would mean anything");
}
