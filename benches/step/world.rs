//! A lane's memory in full swing, and what each piece of the step is given: everything that comes before the piece, done once.

use needle::commands::assembly::Assembly;
use needle::config::Config;
use needle::lane::outbox::Outbox;
use needle::lane::shard::{InputState, Shard};
use needle::lane::step::Step;
use needle::lane::tally::Tally;
use needle::lead::facts::Facts;
use needle::lead::fold::Said;
use needle::lead::leads::Leads;
use needle::model::{Explanation, Reasons, Scored, Scratch};
use needle::touchpoint::{Reader, Touchpoint};
use needle::wire::decode::Decoder;
use needle::wire::event::{Campaign, Event, EventType, Page};
use needle::wire::record::OwnedRecord;

use crate::support::leads::{Generator, Plan};

/// How much of everything.
#[derive(Clone, Copy)]
pub struct Size {
    pub leads: usize,
    /// Events that are in the leads before anything is measured.
    pub history: usize,
    pub chunks: usize,
    /// Events that one measurement runs over; chunks take turns, so that leads are distinct.
    pub chunk: usize,
}

impl Size {
    pub const FULL: Size = Size { leads: 100_000, history: 800_000, chunks: 16, chunk: 2048 };
    /// For a run that only shows that all of it works.
    pub const SMALL: Size = Size { leads: 500, history: 2_000, chunks: 2, chunk: 256 };
}

pub struct World {
    pub assembly: Assembly,
    pub step: Step,
    pub shard: Shard,
    pub outbox: Outbox,
    pub tally: Tally,
    pub chunks: Vec<Chunk>,
}

/// Events that no lead has seen yet, and what each piece makes of them.
#[derive(Default)]
pub struct Chunk {
    pub records: Vec<OwnedRecord>,
    pub events: Vec<OwnedEvent>,
    pub touchpoints: Vec<Touchpoint>,
    /// Hash and bytes of each event's key.
    pub keys: Vec<(u64, Vec<u8>)>,
    /// Of each event's lead, as of the event.
    pub facts: Vec<Facts>,
    pub matrix: Vec<f64>,
    pub scored: Vec<Scored>,
    pub changes: Vec<OwnedChange>,
}

/// What a score change says beyond its event and score.
pub struct OwnedChange {
    pub reasons: Vec<OwnedReason>,
    pub base: f64,
    pub other: f64,
}

pub struct OwnedReason {
    pub feature: usize,
    pub value: f64,
    pub points: f64,
    pub text: String,
}

impl World {
    /// By the shipped model.
    pub fn new(toml: &str, size: Size) -> Self {
        Self::of(Assembly::new(Config::from_toml(toml).expect("a configuration")).expect("it fits together"), size)
    }

    pub fn of(assembly: Assembly, size: Size) -> Self {
        let mut world = Self {
            step: assembly.step(1 << 20),
            shard: Shard::new(0, vec![InputState { topic: 0, from: 0, committed: 0, next: 0 }]),
            outbox: Outbox::default(),
            tally: Tally::default(),
            chunks: Vec::new(),
            assembly,
        };
        let events = size.history + size.chunks * size.chunk;
        let mut generator = Generator::new(Plan { seed: 42, leads: size.leads, events, days: 60.0 });
        let mut made = 0..events as i64;
        let mut records = |count: usize| -> Vec<OwnedRecord> {
            made.by_ref().take(count).map(|offset| record(&mut generator, offset)).collect()
        };
        for _ in 0..size.history.div_ceil(size.chunk) {
            world.take_in(&records(size.chunk));
            world.shard.commit();
        }
        world.chunks = (0..size.chunks).map(|_| Chunk::new(records(size.chunk), &world)).collect();
        world
    }

    /// What a lane does with a batch.
    pub fn take_in(&mut self, records: &[OwnedRecord]) {
        let Self { step, shard, outbox, tally, .. } = self;
        outbox.clear();
        tally.clear();
        for record in records {
            step.record(0, &record.as_record(), shard, outbox, tally).expect("room for leads");
        }
        step.finish(shard, outbox, tally).expect("room for leads");
    }
}

fn record(generator: &mut Generator, offset: i64) -> OwnedRecord {
    let mut value = Vec::new();
    let made = generator.next(&mut value);
    OwnedRecord {
        topic: "events".into(),
        partition: 0,
        offset,
        at_ms: made.record_ms,
        key: Some(Generator::key(made.lead).into_bytes()),
        value: Some(value),
        headers: Vec::new(),
    }
}

impl Chunk {
    fn new(records: Vec<OwnedRecord>, world: &World) -> Self {
        let (assembly, leads) = (&world.assembly, world.shard.leads());
        let mut decoder = Decoder::new(&assembly.config);
        let mut events = Vec::new();
        for record in &records {
            decoder.decode(&record.as_record(), &mut |_, event| events.push(OwnedEvent::new(event)));
        }
        assert_eq!(events.len(), records.len(), "every record holds one event");
        let mut reader = Reader::new(&assembly.taxonomy);
        let touchpoints: Vec<Touchpoint> = events.iter().map(|event| reader.read(&event.as_event())).collect();
        let key = |event: &OwnedEvent| {
            let key = format!("{}/{}", event.tenant, event.lead).into_bytes();
            (Leads::hash(&key), key)
        };
        let keys: Vec<(u64, Vec<u8>)> = events.iter().map(key).collect();
        let kinds: Vec<_> = assembly.config.traits.iter().map(|t| t.kind).collect();
        let fold = |((hash, key), touchpoint): (&(u64, Vec<u8>), &Touchpoint)| {
            let mut facts = Facts::default();
            facts.decode(leads.get(*hash, key).expect("every lead is known").facts).expect("facts");
            facts.fold(*touchpoint, Said { known: true, ..Said::default() }, &kinds);
            facts
        };
        let facts: Vec<Facts> = keys.iter().zip(&touchpoints).map(fold).collect();
        let width = assembly.schema.width();
        let mut matrix = vec![0.0; width * facts.len()];
        for (facts, row) in facts.iter().zip(matrix.chunks_exact_mut(width)) {
            assembly.schema.extract(facts, facts.newest_ms(), row);
        }
        let mut scored = Vec::new();
        let mut scratch = Scratch::default();
        assembly.model.score(&matrix, width, &mut scratch, &mut scored);
        let changes = matrix
            .chunks_exact(width)
            .zip(&scored)
            .map(|(row, scored)| OwnedChange::new(assembly, row, *scored, &mut scratch))
            .collect();
        Self { records, events, touchpoints, keys, facts, matrix, scored, changes }
    }
}

impl OwnedChange {
    fn new(assembly: &Assembly, row: &[f64], scored: Scored, scratch: &mut Scratch) -> Self {
        let (mut explanation, mut reasons) = (Explanation::default(), Reasons::default());
        assembly.model.explain(row, row.len(), scratch, std::slice::from_mut(&mut explanation));
        reasons.choose(&explanation, scored.points, assembly.config.scoring.reasons);
        let reason = |&(feature, points): &(usize, f64)| {
            let mut text = String::new();
            assembly.schema.sentence(feature, row[feature], &mut text);
            OwnedReason { feature, value: row[feature], points, text }
        };
        Self { reasons: reasons.strongest.iter().map(reason).collect(), base: reasons.base, other: reasons.other }
    }
}

/// An event that outlives its record. Those of the generator bring no traits, forms or referrers.
pub struct OwnedEvent {
    pub tenant: String,
    pub lead: String,
    pub kind: EventType,
    pub id: String,
    pub name: Option<String>,
    pub at_ms: i64,
    page: [Option<String>; 5],
    campaign: [Option<String>; 3],
}

impl OwnedEvent {
    fn new(event: &Event<'_>) -> Self {
        let (page, campaign) = (event.page, event.campaign);
        let own = |text: Option<&str>| text.map(str::to_owned);
        Self {
            tenant: event.tenant.into(),
            lead: event.lead.into(),
            kind: event.kind,
            id: event.id.into(),
            name: own(event.name),
            at_ms: event.at_ms,
            page: [page.url, page.path, page.search, page.title, page.referrer].map(own),
            campaign: [campaign.source, campaign.medium, campaign.name].map(own),
        }
    }

    pub fn as_event(&self) -> Event<'_> {
        let [url, path, search, title, referrer] = self.page.each_ref().map(Option::as_deref);
        let [source, medium, name] = self.campaign.each_ref().map(Option::as_deref);
        Event {
            tenant: &self.tenant,
            lead: &self.lead,
            known: true,
            kind: self.kind,
            id: &self.id,
            name: self.name.as_deref(),
            at_ms: self.at_ms,
            page: Page { url, path, search, title, referrer },
            campaign: Campaign { source, medium, name },
            offline: false,
            form_completeness: None,
            traits: &[],
        }
    }
}
