//! What happens to events on their way: some come twice, some late, some not as they were sent.

use std::collections::BTreeMap;

use super::{DAY_MS, Happening};
use crate::random::Random;

/// Shares of events: how many come a second time, come late, or come with something broken beside them.
const DUPLICATED: f64 = 0.015;
const LATE: f64 = 0.02;
const BROKEN: f64 = 0.004;

/// What a record was meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Each event comes once like this.
    Event,
    /// An event that came before comes again.
    Duplicate,
    /// No event can be read out of it.
    Broken,
}

/// A record for the input topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// When the record is written, milliseconds since 1970; it never goes back.
    pub at_ms: i64,
    pub key: String,
    pub value: Vec<u8>,
    pub fate: Fate,
}

/// Sends what happens, as a network does.
pub struct Mishaps<I: Iterator<Item = Happening>> {
    happenings: std::iter::Peekable<I>,
    random: Random,
    /// Records that come later, by instant and number.
    held: BTreeMap<(i64, u64), Sent>,
    number: u64,
}

impl<I: Iterator<Item = Happening>> Mishaps<I> {
    pub fn new(happenings: I, seed: u64) -> Self {
        Self {
            happenings: happenings.peekable(),
            random: Random::stream(seed, u64::MAX),
            held: BTreeMap::new(),
            number: 0,
        }
    }

    fn send(&mut self, happening: Happening) {
        let Happening { at_ms, key, event } = happening;
        let value = event;
        // A phone without a net.
        let late_ms = if self.random.chance(LATE) { self.random.between(60_000, DAY_MS / 4) } else { 0 };
        if self.random.chance(BROKEN) {
            let broken = broken(&value, &mut self.random);
            self.hold(Sent { at_ms, key: key.clone(), value: broken, fate: Fate::Broken });
        }
        if self.random.chance(DUPLICATED) {
            let again_ms = at_ms + late_ms + self.random.between(500, 120_000);
            self.hold(Sent { at_ms: again_ms, key: key.clone(), value: value.clone(), fate: Fate::Duplicate });
        }
        self.hold(Sent { at_ms: at_ms + late_ms, key, value, fate: Fate::Event });
    }

    fn hold(&mut self, sent: Sent) {
        self.held.insert((sent.at_ms, self.number), sent);
        self.number += 1;
    }
}

impl<I: Iterator<Item = Happening>> Iterator for Mishaps<I> {
    type Item = Sent;

    fn next(&mut self) -> Option<Sent> {
        while let Some(happening) = self.happenings.peek() {
            if self.held.keys().next().is_some_and(|(at_ms, _)| *at_ms < happening.at_ms) {
                break;
            }
            if let Some(happening) = self.happenings.next() {
                self.send(happening);
            }
        }
        self.held.pop_first().map(|(_, sent)| sent)
    }
}

/// What only the dead letters can take.
fn broken(event: &[u8], random: &mut Random) -> Vec<u8> {
    match random.between(0, 4) {
        // The connection broke.
        0 => event[..event.len() / 2].to_vec(),
        1 => b"<html><body>502 Bad Gateway</body></html>".to_vec(),
        2 => br#"{"type":"page","userId":null,"anonymousId":"undefined"}"#.to_vec(),
        3 => br#"{"type":"purchase","userId":"u-1","properties":{"total":12}}"#.to_vec(),
        _ => b"{\"type\":\"track\",\"event\":\"Caf\xe9 Visited\",\"userId\":\"u-1\"}".to_vec(),
    }
}
