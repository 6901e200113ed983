//! Rows on their way into a file: taken in one by one, handed on as columns.

use std::sync::Arc;

use arrow_array::types::{Float64Type, Int32Type, Int64Type, TimestampMillisecondType};
use arrow_array::{ArrayRef, BinaryArray, Int32Array, PrimitiveArray, RecordBatch, StringArray};
use arrow_schema::ArrowError;

use super::touchpoints::{Touchpoints, dictionary, offsets, words};
use super::{Codec, WriteError};
use crate::decision::Glance;
use crate::lead::facts::{Facts, Outcomes};
use crate::model::{Model, Scored, Scratch};
use crate::snapshot::rows::LeadRow;

/// Rows that are scored together; their vectors fit a cache.
const BLOCK: usize = 64;

/// Values of any length, one after the other.
#[derive(Default)]
struct Bytes {
    ends: Vec<i32>,
    bytes: Vec<u8>,
}

impl Bytes {
    fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.ends.push(self.bytes.len() as i32);
    }

    fn binary(self) -> Result<ArrayRef, ArrowError> {
        Ok(Arc::new(BinaryArray::try_new(offsets(self.ends), self.bytes.into(), None)?))
    }

    fn text(self) -> Result<ArrayRef, ArrowError> {
        Ok(Arc::new(StringArray::try_new(offsets(self.ends), self.bytes.into(), None)?))
    }
}

pub(super) struct Batch<'a> {
    codec: &'a Codec,
    model: &'a Model,
    columns: Columns,
    /// Vectors of the rows that are not scored yet, one after the other.
    matrix: Vec<f64>,
    scratch: Scratch,
    scored: Vec<Scored>,
    facts: Facts,
}

/// Those that are not the same for all rows.
#[derive(Default)]
struct Columns {
    lead: Bytes,
    as_of: Vec<i64>,
    topic: Vec<i32>,
    offset: Vec<i64>,
    score: Vec<i32>,
    probability: Vec<f64>,
    outcome: Vec<Option<i32>>,
    outcome_at: Vec<Option<i64>>,
    contact_at: Vec<Option<i64>>,
    touchpoints: Touchpoints,
    features: Vec<Vec<f64>>,
    state: Bytes,
    decision: Bytes,
}

impl<'a> Batch<'a> {
    pub fn new(codec: &'a Codec, model: &'a Model) -> Self {
        let (columns, matrix, scratch, scored, facts) = Default::default();
        Self { codec, model, columns, matrix, scratch, scored, facts }
    }

    pub fn len(&self) -> usize {
        self.columns.as_of.len()
    }

    /// `lead` is what the key says after the tenant; `number` is the row's, for errors.
    pub fn push(&mut self, number: usize, lead: &[u8], row: LeadRow<'_>) -> Result<(), WriteError> {
        let Self { codec, columns, matrix, facts, .. } = self;
        let LeadRow { facts: state, decisions, origin, .. } = row;
        if usize::from(origin.topic) >= codec.topics.len() {
            return Err(WriteError::Topic { row: number, topic: origin.topic });
        }
        facts.decode(state).map_err(|error| WriteError::Facts { row: number, error })?;
        // As of when it was scored last: a sweep may have come after the newest event.
        let as_of_ms = facts.newest_ms().max(Glance::said_at_ms(decisions));
        let width = codec.schema.width();
        columns.lead.push(lead);
        columns.as_of.push(as_of_ms);
        columns.topic.push(origin.topic.into());
        columns.offset.push(origin.offset);
        let outcome = outcome(&facts.outcomes);
        columns.outcome.push(outcome.map(|(place, _)| place));
        columns.outcome_at.push(outcome.map(|(_, at_ms)| at_ms));
        columns.contact_at.push(facts.outcomes.contact_ms);
        columns.touchpoints.push(facts, &codec.columns.words);
        columns.state.push(state);
        columns.decision.push(decisions);
        let start = matrix.len();
        matrix.resize(start + width, 0.0);
        codec.schema.extract(facts, as_of_ms, &mut matrix[start..]);
        if matrix.len() >= BLOCK * width {
            self.score();
        }
        Ok(())
    }

    /// Scores the open block, and turns its rows into columns.
    fn score(&mut self) {
        let Self { codec, model, columns, matrix, scratch, scored, .. } = self;
        let Columns { features, score, probability, .. } = columns;
        let width = codec.schema.width();
        model.score(matrix, width, scratch, scored);
        score.extend(scored.iter().map(|scored| i32::from(scored.score)));
        probability.extend(scored.iter().map(|scored| scored.probability));
        features.resize_with(width, Vec::new);
        for (place, column) in features.iter_mut().enumerate() {
            column.extend(matrix.iter().skip(place).step_by(width));
        }
        matrix.clear();
    }

    /// The rows as columns; empties the batch.
    pub fn take(&mut self, tenant: &str, partition: i32) -> Result<RecordBatch, ArrowError> {
        self.score();
        let rows = self.len();
        let Self { codec, model, columns: taken, .. } = self;
        let (schema, words_of) = (&codec.columns.batch, &codec.columns.words);
        let same = || Int32Array::from_value(0, rows);
        let mut columns: Vec<ArrayRef> = vec![
            dictionary(same(), &words([tenant]))?,
            std::mem::take(&mut taken.lead).text()?,
            instants(std::mem::take(&mut taken.as_of).into()),
            dictionary(std::mem::take(&mut taken.topic).into(), &words_of.topics)?,
            Arc::new(Int32Array::from_value(partition, rows)),
            Arc::new(PrimitiveArray::<Int64Type>::from(std::mem::take(&mut taken.offset))),
            Arc::new(PrimitiveArray::<Int32Type>::from(std::mem::take(&mut taken.score))),
            Arc::new(PrimitiveArray::<Float64Type>::from(std::mem::take(&mut taken.probability))),
            dictionary(same(), &words([model.version()]))?,
            dictionary(std::mem::take(&mut taken.outcome).into(), &words_of.outcomes)?,
            instants(std::mem::take(&mut taken.outcome_at).into()),
            instants(std::mem::take(&mut taken.contact_at).into()),
        ];
        columns.push(taken.touchpoints.take(schema.field(columns.len()), words_of)?);
        for column in &mut taken.features {
            columns.push(Arc::new(PrimitiveArray::<Float64Type>::from(std::mem::take(column))));
        }
        columns.push(std::mem::take(&mut taken.state).binary()?);
        columns.push(std::mem::take(&mut taken.decision).binary()?);
        RecordBatch::try_new(schema.clone(), columns)
    }
}

fn instants(instants: PrimitiveArray<TimestampMillisecondType>) -> ArrayRef {
    Arc::new(instants.with_timezone("UTC"))
}

/// The first outcome: its place among the words, and when it was. Of two at one instant the positive one.
fn outcome(outcomes: &Outcomes) -> Option<(i32, i64)> {
    let of = |place, at_ms: Option<i64>| at_ms.map(|at_ms| (place, at_ms));
    let both = [of(0, outcomes.positive_ms), of(1, outcomes.negative_ms)];
    both.into_iter().flatten().min_by_key(|(_, at_ms)| *at_ms)
}
