//! When snapshots were being written, by the files that they left.

use std::path::Path;
use std::time::SystemTime;

use crate::load::Sent;
use crate::probe::Answer;

/// How long before a file is there it is being made.
const MAKING_MICROS: u64 = 1_000_000;

/// When each file below a folder was written, in microseconds since the beginning.
pub fn written(folder: &Path, sent: &Sent) -> Vec<u64> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut times = Vec::new();
    for entry in entries.flatten() {
        match entry.metadata() {
            Ok(of) if of.is_dir() => times.extend(written(&entry.path(), sent)),
            Ok(of) => times.extend(of.modified().ok().and_then(|at: SystemTime| sent.at_wall(at))),
            Err(_) => {}
        }
    }
    times
}

/// Answers to events that were sent while one of them was being made.
pub fn during<'a>(answers: &'a [Answer], times: &'a [u64]) -> impl Iterator<Item = &'a Answer> {
    let made = |answer: &&Answer| times.iter().any(|at| (answer.sent..answer.sent + MAKING_MICROS).contains(at));
    answers.iter().filter(made)
}
