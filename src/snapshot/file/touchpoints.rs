//! The column of touchpoints, and the words of all columns that have few.

use std::sync::Arc;

use arrow_array::types::{Int32Type, TimestampMillisecondType, UInt64Type};
use arrow_array::{ArrayRef, DictionaryArray, ListArray, PrimitiveArray, StringArray, StructArray};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, Field, Fields};

use super::metadata::Lists;
use crate::lead::facts::Facts;
use crate::touchpoint::{Channel, FormStep, Mark, Touchpoint};
use crate::wire::event::EventType;

/// Words by place, shared by all batches.
pub(super) struct Words {
    pub topics: ArrayRef,
    pub outcomes: ArrayRef,
    kinds: ArrayRef,
    channels: ArrayRef,
    forms: ArrayRef,
    marks: ArrayRef,
    themes: ArrayRef,
    /// Bits that have a name.
    named: u64,
}

impl Words {
    pub fn new(lists: &Lists, topics: &[String]) -> Self {
        let named = 1u64.checked_shl(lists.themes.len() as u32).map_or(u64::MAX, |beyond| beyond - 1);
        Self {
            topics: words(topics),
            outcomes: words(["positive", "negative"]),
            kinds: words(EventType::ALL.map(EventType::name)),
            channels: words(Channel::ALL.map(Channel::name)),
            forms: words(["started", "submitted"]),
            marks: words(["positive", "negative", "contact"]),
            themes: words(&lists.themes),
            named,
        }
    }
}

pub(super) fn words<T: AsRef<str>>(words: impl IntoIterator<Item = T>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(words))
}

/// Places of words, as a column.
pub(super) fn dictionary(places: PrimitiveArray<Int32Type>, words: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    Ok(Arc::new(DictionaryArray::try_new(places, words.clone())?))
}

/// Touchpoints of many leads, field by field.
#[derive(Default)]
pub(super) struct Touchpoints {
    /// Of each lead.
    ends: Vec<i32>,
    at_ms: Vec<i64>,
    id: Vec<u64>,
    kind: Vec<i32>,
    channel: Vec<i32>,
    form: Vec<Option<i32>>,
    mark: Vec<Option<i32>>,
    /// Of each touchpoint.
    theme_ends: Vec<i32>,
    themes: Vec<i32>,
}

impl Touchpoints {
    /// The first of a lead and the newest, oldest first.
    pub fn push(&mut self, facts: &Facts, words: &Words) {
        facts.older.firsts.iter().chain(&facts.timeline).for_each(|touchpoint| self.push_one(touchpoint, words));
        self.ends.push(self.at_ms.len() as i32);
    }

    fn push_one(&mut self, touchpoint: &Touchpoint, words: &Words) {
        let Touchpoint { at_ms, id, kind, channel, form, mark, themes } = *touchpoint;
        self.at_ms.push(at_ms);
        self.id.push(id);
        self.kind.push(kind as i32);
        self.channel.push(channel as i32);
        self.form.push((form != FormStep::None).then_some(form as i32 - 1));
        self.mark.push((mark != Mark::None).then_some(mark as i32 - 1));
        let mut themes = themes & words.named;
        while themes != 0 {
            self.themes.push(themes.trailing_zeros() as i32);
            themes &= themes - 1;
        }
        self.theme_ends.push(self.themes.len() as i32);
    }

    /// The column, of that type; empties these.
    pub fn take(&mut self, column: &Field, words: &Words) -> Result<ArrayRef, ArrowError> {
        let Self { ends, at_ms, id, kind, channel, form, mark, theme_ends, themes } = std::mem::take(self);
        let (element, fields) = element(column)?;
        let theme = match fields.last().map(|field| field.data_type()) {
            Some(DataType::List(theme)) => theme.clone(),
            _ => return Err(not_touchpoints()),
        };
        let themes = dictionary(themes.into(), &words.themes)?;
        let columns: Vec<ArrayRef> = vec![
            Arc::new(PrimitiveArray::<TimestampMillisecondType>::new(at_ms.into(), None).with_timezone("UTC")),
            Arc::new(PrimitiveArray::<UInt64Type>::new(id.into(), None)),
            dictionary(kind.into(), &words.kinds)?,
            dictionary(channel.into(), &words.channels)?,
            dictionary(form.into(), &words.forms)?,
            dictionary(mark.into(), &words.marks)?,
            Arc::new(ListArray::try_new(theme, offsets(theme_ends), themes, None)?),
        ];
        let touchpoints = StructArray::try_new(fields.clone(), columns, None)?;
        Ok(Arc::new(ListArray::try_new(element.clone(), offsets(ends), Arc::new(touchpoints), None)?))
    }
}

fn element(column: &Field) -> Result<(&Arc<Field>, &Fields), ArrowError> {
    let DataType::List(element) = column.data_type() else { return Err(not_touchpoints()) };
    let DataType::Struct(fields) = element.data_type() else { return Err(not_touchpoints()) };
    Ok((element, fields))
}

fn not_touchpoints() -> ArrowError {
    ArrowError::SchemaError("touchpoints are a list of structs that end with a list".to_owned())
}

/// Offsets of lists, from their ends.
pub(super) fn offsets(mut ends: Vec<i32>) -> OffsetBuffer<i32> {
    ends.insert(0, 0);
    // Each end is a length that only grows.
    OffsetBuffer::new(ScalarBuffer::from(ends))
}
