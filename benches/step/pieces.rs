//! The pieces of a step, each runnable alone on the chunks of a world, and beside them what they are measured against.

use std::hint::black_box;
use std::time::{Duration, Instant};

use needle::decision::{Bands, Decisions, Verdict};
use needle::lead::facts::Facts;
use needle::lead::fold::Said;
use needle::lead::leads::Origin;
use needle::model::{Explanation, Reasons, Scored, Scratch};
use needle::snapshot::rows::LeadRow;
use needle::touchpoint::Reader;
use needle::wire::change::{Cause, CausingEvent, InputPosition, Reason, ScoreChange};
use needle::wire::decode::Decoder;
use needle::wire::encode::encode_change;

use crate::support::allocations;
use crate::world::{Chunk, OwnedChange, World};

/// Rows that the step scores, and explains, together by a linear model.
const ROWS: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    Decode,
    Touchpoint,
    /// The lead's facts out of memory, the event into them, and back.
    Fold,
    Features,
    Score,
    /// The lead's decisions out of memory, and back where something is said.
    Decide,
    /// Exact reasons, the strongest of them, their sentences.
    Explain,
    Encode,
    /// All of it, as the lane does it.
    Step,
    /// Not ours: what a reader of JSON that builds values takes.
    SerdeJsonValue,
    /// Not ours: the bare parser that decoding stands on, without looking at what it found.
    SimdJsonTape,
    /// Not ours: touching every byte of the records.
    Copy,
}

impl Piece {
    pub const OURS: [Piece; 9] = [
        Self::Decode,
        Self::Touchpoint,
        Self::Fold,
        Self::Features,
        Self::Score,
        Self::Decide,
        Self::Explain,
        Self::Encode,
        Self::Step,
    ];
    pub const PEERS: [Piece; 3] = [Self::SerdeJsonValue, Self::SimdJsonTape, Self::Copy];

    pub fn name(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Touchpoint => "touchpoint",
            Self::Fold => "fold",
            Self::Features => "features",
            Self::Score => "score",
            Self::Decide => "decide",
            Self::Explain => "explain",
            Self::Encode => "encode",
            Self::Step => "step",
            Self::SerdeJsonValue => "serde_json::Value",
            Self::SimdJsonTape => "simd-json tape",
            Self::Copy => "copy of the bytes",
        }
    }
}

/// Buffers of all pieces, and whose turn it is.
pub struct Bench {
    pub world: World,
    tools: Tools,
    turn: usize,
}

struct Tools {
    decoder: Decoder,
    reader: Reader,
    facts: Facts,
    decisions: Decisions,
    stored_decisions: Vec<u8>,
    verdict: Verdict,
    /// Of [`ROWS`] rows.
    explanations: Vec<Explanation>,
    scratch: Scratch,
    reasons: Reasons,
    sentence: String,
    bands: Bands,
    row: Vec<f64>,
    scored: Vec<Scored>,
    bytes: Vec<u8>,
    json: simd_json::Buffers,
}

/// What one run over a chunk took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    pub time: Duration,
    pub allocations: u64,
}

impl Bench {
    pub fn new(world: World) -> Self {
        let (config, taxonomy) = (&world.assembly.config, &world.assembly.taxonomy);
        let tools = Tools {
            decoder: Decoder::new(config),
            reader: Reader::new(taxonomy),
            facts: Facts::default(),
            decisions: Decisions::default(),
            stored_decisions: Vec::new(),
            verdict: Verdict::default(),
            explanations: vec![Explanation::default(); ROWS],
            scratch: Scratch::default(),
            reasons: Reasons::default(),
            sentence: String::new(),
            bands: Bands::new(&config.scoring.bands),
            row: vec![0.0; world.assembly.schema.width()],
            scored: Vec::new(),
            bytes: Vec::new(),
            json: simd_json::Buffers::default(),
        };
        Self { world, tools, turn: 0 }
    }

    /// Runs a piece over the next chunk. Leads are as before afterwards, so that every run does the same work.
    pub fn run(&mut self, piece: Piece) -> Cost {
        self.turn = (self.turn + 1) % self.world.chunks.len();
        self.run_on(piece, self.turn)
    }

    pub fn run_on(&mut self, piece: Piece, chunk: usize) -> Cost {
        // The borrow checker: a chunk is read while the rest of its world is written.
        let chunk_taken = std::mem::take(&mut self.world.chunks[chunk]);
        let (began, allocations) = (Instant::now(), allocations::count());
        self.work(piece, &chunk_taken);
        let cost = Cost { time: began.elapsed(), allocations: allocations::count() - allocations };
        self.world.chunks[chunk] = chunk_taken;
        self.world.shard.roll_back().expect("room for what was there before");
        cost
    }

    fn work(&mut self, piece: Piece, chunk: &Chunk) {
        match piece {
            Piece::Decode => self.decode(chunk),
            Piece::Touchpoint => self.touchpoint(chunk),
            Piece::Fold => self.fold(chunk),
            Piece::Features => self.features(chunk),
            Piece::Score => self.score(chunk),
            Piece::Decide => self.decide(chunk),
            Piece::Explain => self.explain(chunk),
            Piece::Encode => self.encode(chunk),
            Piece::Step => self.world.take_in(&chunk.records),
            Piece::SerdeJsonValue => each_value(chunk, |value| {
                black_box(serde_json::from_slice::<serde_json::Value>(value).expect("JSON"));
            }),
            Piece::SimdJsonTape => {
                let Tools { bytes, json, .. } = &mut self.tools;
                each_value(chunk, |value| {
                    bytes.clear();
                    bytes.extend_from_slice(value);
                    black_box(simd_json::to_tape_with_buffers(bytes, json).expect("JSON"));
                });
            }
            Piece::Copy => {
                let bytes = &mut self.tools.bytes;
                each_value(chunk, |value| {
                    bytes.clear();
                    bytes.extend_from_slice(value);
                    black_box(&bytes);
                });
            }
        }
    }

    fn decode(&mut self, chunk: &Chunk) {
        for record in &chunk.records {
            let decoded = self.tools.decoder.decode(&record.as_record(), &mut |_, event| {
                black_box(event);
            });
            black_box(decoded.good);
        }
    }

    fn touchpoint(&mut self, chunk: &Chunk) {
        for event in &chunk.events {
            black_box(self.tools.reader.read(&event.as_event()));
        }
    }

    fn fold(&mut self, chunk: &Chunk) {
        let Tools { facts, bytes, stored_decisions, .. } = &mut self.tools;
        let shard = &mut self.world.shard;
        for ((hash, key), touchpoint) in chunk.keys.iter().zip(&chunk.touchpoints) {
            let kept = shard.leads().get(*hash, key).expect("every lead is known");
            facts.decode(kept.facts).expect("facts");
            stored_decisions.clear();
            stored_decisions.extend_from_slice(kept.decisions);
            black_box(facts.fold(*touchpoint, Said { known: true, ..Said::default() }, &[]));
            bytes.clear();
            facts.encode(bytes);
            let row = LeadRow { key, facts: bytes, decisions: stored_decisions, origin: Origin::default() };
            shard.write(*hash, row).expect("room for leads");
        }
    }

    fn features(&mut self, chunk: &Chunk) {
        let row = &mut self.tools.row;
        for facts in &chunk.facts {
            self.world.assembly.schema.extract(facts, facts.newest_ms(), row);
            black_box(&row);
        }
    }

    fn score(&mut self, chunk: &Chunk) {
        let assembly = &self.world.assembly;
        let width = assembly.schema.width();
        for rows in chunk.matrix.chunks(ROWS * width) {
            assembly.model.score(rows, width, &mut self.tools.scratch, &mut self.tools.scored);
            black_box(&self.tools.scored);
        }
    }

    fn decide(&mut self, chunk: &Chunk) {
        let Tools { decisions, verdict, bytes, stored_decisions, .. } = &mut self.tools;
        let World { assembly, shard, .. } = &mut self.world;
        for (((hash, key), facts), scored) in chunk.keys.iter().zip(&chunk.facts).zip(&chunk.scored) {
            let kept = shard.leads().get(*hash, key).expect("every lead is known");
            decisions.decode_into(kept.decisions).expect("decisions");
            assembly.rules.decide(decisions, scored.score, facts.newest_ms(), verdict);
            if verdict.say {
                stored_decisions.clear();
                decisions.encode(stored_decisions);
                shard.write_decisions(*hash, key, stored_decisions, bytes).expect("room for leads");
            }
        }
    }

    fn explain(&mut self, chunk: &Chunk) {
        let Tools { explanations, scratch, reasons, sentence, .. } = &mut self.tools;
        let assembly = &self.world.assembly;
        let width = assembly.schema.width();
        for (rows, scored) in chunk.matrix.chunks(ROWS * width).zip(chunk.scored.chunks(ROWS)) {
            let explanations = &mut explanations[..scored.len()];
            assembly.model.explain(rows, width, scratch, explanations);
            for ((row, explanation), scored) in rows.chunks_exact(width).zip(&*explanations).zip(scored) {
                reasons.choose(explanation, scored.points, assembly.config.scoring.reasons);
                for (feature, _) in &reasons.strongest {
                    sentence.clear();
                    assembly.schema.sentence(*feature, row[*feature], sentence);
                    black_box(&sentence);
                }
            }
        }
    }

    fn encode(&mut self, chunk: &Chunk) {
        let bytes = &mut self.tools.bytes;
        let assembly = &self.world.assembly;
        let features = assembly.schema.features();
        let places = chunk.records.iter().zip(&chunk.events).zip(&chunk.facts);
        for (((record, event), facts), (scored, change)) in places.zip(chunk.scored.iter().zip(&chunk.changes)) {
            let OwnedChange { reasons, base, other } = change;
            let none = Reason { feature: "", value: 0.0, points: 0.0, text: "" };
            let mut room = [none; 16];
            for (slot, r) in room.iter_mut().zip(reasons) {
                *slot = Reason { feature: &features[r.feature].name, value: r.value, points: r.points, text: &r.text };
            }
            bytes.clear();
            let change = ScoreChange {
                tenant: &event.tenant,
                lead: &event.lead,
                score: scored.score,
                previous: Some(50),
                band: self.tools.bands.name(scored.score),
                probability: scored.probability,
                cause: Cause::Event,
                reasons: &room[..reasons.len()],
                base: *base,
                other: *other,
                moved: None,
                cold_in_days: None,
                explore: None,
                model_version: assembly.model.version(),
                model_kind: assembly.model.kind(),
                event: Some(CausingEvent {
                    id: &event.id,
                    kind: event.kind,
                    name: event.name.as_deref(),
                    at_ms: event.at_ms,
                }),
                as_of_ms: facts.newest_ms(),
                input: InputPosition { topic: &record.topic, partition: record.partition, offset: record.offset },
                jump: None,
            };
            encode_change(&change, bytes);
            black_box(&bytes);
        }
    }
}

fn each_value(chunk: &Chunk, mut visit: impl FnMut(&[u8])) {
    chunk.records.iter().filter_map(|record| record.value.as_deref()).for_each(&mut visit);
}
