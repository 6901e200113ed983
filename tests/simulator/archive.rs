//! The audit of the snapshots: every entry that can be seen is true.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use needle::lead::leads::Origin;
use needle::log::memory::Broker;
use needle::snapshot::entry::Entry;
use needle::snapshot::format::Format;
use needle::snapshot::head::FileRef;
use needle::snapshot::plain::Plain;
use object_store::path::Path;
use xxhash_rust::xxh3::xxh3_64;

use super::auditor::Auditor;
use super::lane_support::GROUP;
use super::shelf::Warehouse;
use super::truth::Lead;

pub struct Archive {
    warehouse: Arc<Warehouse>,
    /// Seen, and not found true yet: what they tell of is still on its way.
    pending: Vec<Path>,
    /// As they were found true.
    entries: BTreeMap<Path, (Entry, Vec<u8>)>,
    /// What somebody has damaged: it is nobody's fault that it is not true any more.
    damaged: BTreeSet<Path>,
    /// Published by a saver whose parent's files had gone by then: whoever loads passes them over.
    stranded: BTreeSet<Path>,
    /// Everything was deleted at least once: numbers have gaps.
    wiped: bool,
}

/// Whether it can be said yet.
enum Verdict {
    True,
    NotYet,
}

impl Archive {
    pub fn new(warehouse: &Arc<Warehouse>) -> Self {
        let (pending, entries, damaged, stranded) = Default::default();
        Self { warehouse: warehouse.clone(), pending, entries, damaged, stranded, wiped: false }
    }

    /// Everything that has come since the last step.
    pub fn step(&mut self, auditor: &Auditor, broker: &Broker) -> Result<(), String> {
        self.pending.extend(self.warehouse.landed());
        for path in std::mem::take(&mut self.pending) {
            if self.damaged.contains(&path) {
                continue;
            }
            match self.check(&path, auditor, broker).map_err(|error| format!("{path}: {error}"))? {
                Verdict::True => {}
                Verdict::NotYet => self.pending.push(path),
            }
        }
        Ok(())
    }

    /// Nothing is in doubt any more, and all that was true still is.
    pub fn end(&mut self, auditor: &Auditor, broker: &Broker) -> Result<(), String> {
        self.step(auditor, broker)?;
        if let Some(path) = self.pending.first() {
            return Err(format!("{path}: it tells of what never came"));
        }
        for path in self.entries.keys().cloned().collect::<Vec<_>>() {
            let usable = self.entries.get(&path).is_some_and(|(entry, _)| !self.is_damaged(&path, entry));
            if usable {
                self.check(&path, auditor, broker).map_err(|error| format!("{path}, at the end: {error}"))?;
            }
        }
        Ok(())
    }

    fn check(&mut self, path: &Path, auditor: &Auditor, broker: &Broker) -> Result<Verdict, String> {
        let Some(json) = self.warehouse.read(path) else {
            let swept = self.entries.get(path).is_some_and(|(entry, _)| entry.number < self.horizon(entry.partition));
            return if self.wiped || swept { Ok(Verdict::True) } else { Err("it is gone".to_owned()) };
        };
        if let Some((_, known)) = self.entries.get(path).filter(|(_, known)| *known != json) {
            return Err(format!("it was overwritten: {}", String::from_utf8_lossy(known)));
        }
        let number = path.filename().and_then(|name| name.strip_suffix(".json")?.parse().ok()).ok_or("no number")?;
        let entry = Entry::from_json(&json, number).map_err(|error| error.to_string())?;
        if !self.entries.contains_key(path) {
            self.follows(&entry)?;
        }
        let topics = &auditor.assembly.config.topics;
        let mut positions = Vec::new();
        for reach in &entry.reach {
            let topic = topics.events.iter().position(|name| *name == reach.topic.name).ok_or("an unknown topic")?;
            if broker.is_unstable(GROUP, &reach.topic.name, entry.partition) {
                return Ok(Verdict::NotYet);
            }
            let committed = broker.committed(GROUP, &reach.topic.name, entry.partition);
            let committed = committed.map_or(0, |position| position.offset);
            if reach.from != 0 || committed < reach.to {
                return Err(format!("it reaches from {} to {}, {committed} is committed", reach.from, reach.to));
            }
            positions.push((topic, reach.to));
        }
        let Some(records) = auditor.records_before(entry.partition, &positions) else { return Ok(Verdict::NotYet) };
        let Some(said) = auditor.said_below(entry.partition, entry.said.to) else { return Ok(Verdict::NotYet) };
        let known = auditor.truth(entry.partition).said_by(records)[0];
        if said > known {
            return Err(format!("{said} score changes lie below {}, its leads know {known}", entry.said.to));
        }
        let horizon = self.horizon(entry.partition);
        let first = !self.entries.contains_key(path);
        let lacks = |file: &FileRef| self.warehouse.read(&Path::from(file.path.as_str())).is_none();
        if first && entry.number >= horizon && horizon > 0 && entry.files.iter().any(lacks) {
            self.stranded.insert(path.clone());
        }
        if entry.number >= horizon && !self.is_damaged(path, &entry) {
            self.materialise(&entry, auditor, records)?;
        }
        self.entries.insert(path.clone(), (entry, json.to_vec()));
        Ok(Verdict::True)
    }

    /// Numbers leave nothing out.
    fn follows(&self, entry: &Entry) -> Result<(), String> {
        let mut numbers = self
            .entries
            .values()
            .filter(|(other, _)| other.partition == entry.partition)
            .map(|(other, _)| other.number);
        let pending = self.pending.len() + self.damaged.len();
        match entry.number == 1 || self.wiped || pending > 0 || numbers.any(|number| number + 1 == entry.number) {
            true => Ok(()),
            false => Err(format!("nothing has number {}", entry.number - 1)),
        }
    }

    /// Later rows over earlier ones are the leads after so many records.
    fn materialise(&self, entry: &Entry, auditor: &Auditor, records: usize) -> Result<(), String> {
        let mut leads: BTreeMap<Vec<u8>, Lead> = BTreeMap::new();
        for file in &entry.files {
            let named = |error: String| format!("{}: {error}", file.path);
            let path = Path::from(file.path.as_str());
            let bytes = self.warehouse.read(&path).ok_or_else(|| named("it is not there".to_owned()))?;
            if bytes.len() as u64 != file.bytes || format!("{:016x}", xxh3_64(&bytes)) != file.xxh3 {
                return Err(named("it is not what the entry tells".to_owned()));
            }
            let mut reading = Plain.open(bytes).map_err(|error| named(error.to_string()))?;
            let mut rows = 0;
            let mut keep = |row: needle::snapshot::rows::LeadRow<'_>| {
                rows += 1;
                let lead = Lead { facts: row.facts.to_vec(), decisions: row.decisions.to_vec(), origin: row.origin };
                leads.insert(row.key.to_vec(), lead);
            };
            while reading.read(&mut keep).map_err(|error| named(error.to_string()))? {}
            if rows != file.rows {
                return Err(named(format!("{rows} rows, not {}", file.rows)));
            }
        }
        let mixed = auditor.is_mixed();
        let alike = |lead: &Lead| if mixed { Lead { origin: Origin::default(), ..lead.clone() } } else { lead.clone() };
        let mut must: BTreeMap<&[u8], Lead> =
            auditor.truth(entry.partition).leads_after(records).map(|(key, lead)| (key, alike(lead))).collect();
        for (key, lead) in &leads {
            let name = String::from_utf8_lossy(key);
            match must.remove(key.as_slice()) {
                Some(must) if must == alike(lead) => {}
                Some(must) if must.facts != lead.facts => return Err(format!("facts of {name} differ")),
                Some(must) if must.decisions != lead.decisions => return Err(format!("decisions of {name} differ")),
                Some(must) => {
                    return Err(format!("{name} comes from {:?}, must be {:?}", lead.origin, must.origin));
                }
                None => return Err(format!("{name} is not known after {records} records")),
            }
        }
        match must.first_key_value() {
            None => Ok(()),
            Some((key, _)) => Err(format!("{} is missing", String::from_utf8_lossy(key))),
        }
    }

    /// Somebody deletes everything.
    pub fn wipe(&mut self) {
        self.wiped = true;
        self.pending.clear();
        self.entries.clear();
        self.warehouse.landed();
        for path in self.warehouse.paths() {
            self.warehouse.delete(&path);
            // An entry that is to come may name it.
            if path.extension() != Some("json") {
                self.damaged.insert(path);
            }
        }
    }

    /// Somebody deletes an object, cuts it, or changes a byte. Returns which.
    pub fn damage(&mut self, choose: &mut dyn FnMut(usize) -> usize) -> Option<Path> {
        let paths = self.warehouse.paths();
        if paths.is_empty() {
            return None;
        }
        let path = paths[choose(paths.len())].clone();
        let mut bytes = self.warehouse.read(&path)?.to_vec();
        match choose(3) {
            0 => self.warehouse.delete(&path),
            1 => {
                bytes.truncate(choose(bytes.len()));
                self.warehouse.put(&path, bytes);
            }
            _ => {
                let at = choose(bytes.len());
                bytes[at] ^= 1 << choose(8);
                self.warehouse.put(&path, bytes);
            }
        }
        self.damaged.insert(path.clone());
        Some(path)
    }

    fn is_damaged(&self, path: &Path, entry: &Entry) -> bool {
        let file_is = |file: &FileRef| self.damaged.contains(&Path::from(file.path.as_str()));
        self.damaged.contains(path) || self.stranded.contains(path) || entry.files.iter().any(file_is)
    }

    /// What lies before it may go, as whoever keeps house has noted; 0: nothing.
    fn horizon(&self, partition: i32) -> u64 {
        let folder = Path::from(format!("log/needle/partition={partition}/horizon"));
        let noted = self.warehouse.paths_below(&folder);
        noted.iter().filter_map(|path| path.filename()?.parse().ok()).max().unwrap_or(0)
    }

    /// How far the newest snapshot of a partition reaches on a topic: what lies before may go.
    pub fn reach(&self, partition: i32, topic: &str) -> Option<i64> {
        let of = self
            .entries
            .iter()
            .filter(|(path, (entry, _))| entry.partition == partition && !self.is_damaged(path, entry));
        let (_, (newest, _)) = of.max_by_key(|(_, (entry, _))| entry.number)?;
        newest.reach.iter().find(|reach| reach.topic.name == topic).map(|reach| reach.to)
    }
}
