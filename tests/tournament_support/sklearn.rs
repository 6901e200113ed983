//! scikit-learn, asked through `tests/python/venv`.

use std::io::Write;
use std::process::{Command, Stdio};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// What the script answers. `None`, with a word on standard error, where this machine has no Python with its venv module.
pub fn ask<A: DeserializeOwned>(script: &str, question: &impl Serialize) -> Option<A> {
    let mut child = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/venv"))
        .args(["run", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let question = serde_json::to_vec(question).unwrap();
    let mut input = child.stdin.take().unwrap();
    // It reads all before it answers, so nothing is in its way. One that stops at once says why by its code.
    let written = std::thread::spawn(move || input.write_all(&question));
    let output = child.wait_with_output().unwrap();
    let _ = written.join().unwrap();
    if output.status.code() == Some(3) {
        eprintln!("skipped: no python3 with its venv module");
        return None;
    }
    assert!(output.status.success(), "{script}: {}", output.status);
    Some(serde_json::from_slice(&output.stdout).unwrap())
}
