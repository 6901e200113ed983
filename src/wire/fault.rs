//! Why a record goes to the dead letters.

/// The closed set of reasons. Their names are values of a metric label and of the header `needle_reason`: never rename one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Reason {
    /// A tombstone.
    NullValue,
    /// No bytes, or white space only.
    EmptyValue,
    /// More bytes than `limits.record_bytes`.
    TooLarge,
    /// More levels of nesting than [`super::decode::MAX_DEPTH`].
    TooDeep,
    /// No JSON text: syntax, UTF-8, a number that no double can hold, half of a surrogate pair.
    InvalidJson,
    /// JSON, but no object.
    NotAnObject,
    /// A CloudEvent in structured mode whose data cannot be reached.
    InvalidCloudevent,
    /// Neither a usable `userId` nor a usable `anonymousId`.
    MissingId,
    /// The id that names the lead is longer than 256 bytes.
    IdTooLong,
    MissingType,
    /// A `type` that is none of Segment's six.
    UnknownType,
    /// A `track` without `event`.
    MissingEventName,
    /// A tenant that is empty, too long, or cannot be part of a key or a path.
    InvalidTenant,
}

impl Reason {
    pub const ALL: [Reason; 13] = [
        Self::NullValue,
        Self::EmptyValue,
        Self::TooLarge,
        Self::TooDeep,
        Self::InvalidJson,
        Self::NotAnObject,
        Self::InvalidCloudevent,
        Self::MissingId,
        Self::IdTooLong,
        Self::MissingType,
        Self::UnknownType,
        Self::MissingEventName,
        Self::InvalidTenant,
    ];

    /// The stable name, in snake case.
    pub fn name(self) -> &'static str {
        match self {
            Self::NullValue => "null_value",
            Self::EmptyValue => "empty_value",
            Self::TooLarge => "too_large",
            Self::TooDeep => "too_deep",
            Self::InvalidJson => "invalid_json",
            Self::NotAnObject => "not_an_object",
            Self::InvalidCloudevent => "invalid_cloudevent",
            Self::MissingId => "missing_id",
            Self::IdTooLong => "id_too_long",
            Self::MissingType => "missing_type",
            Self::UnknownType => "unknown_type",
            Self::MissingEventName => "missing_event_name",
            Self::InvalidTenant => "invalid_tenant",
        }
    }
}

/// What is wrong with a record. In a batch: the first bad item's reason, and a detail that names the bad items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub reason: Reason,
    /// A sentence for people, never longer than a few hundred bytes.
    pub detail: String,
}

impl Fault {
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}

/// Bad items that a detail names one by one; the rest are counted.
const NAMED_ITEMS: usize = 20;

/// Gathers the bad items of one batch into one fault.
#[derive(Default)]
pub(super) struct BadItems {
    first: Option<Fault>,
    count: usize,
}

impl BadItems {
    pub fn add(&mut self, item: u32, fault: Fault) {
        use std::fmt::Write;

        let Fault { reason, detail } = fault;
        self.count += 1;
        let all = self.first.get_or_insert_with(|| Fault::new(reason, String::new()));
        if self.count <= NAMED_ITEMS {
            let separator = if self.count == 1 { "" } else { "; " };
            // Writing to a String never fails.
            let _ = write!(all.detail, "{separator}item {item}: {}: {}", reason.name(), excerpt(&detail));
        }
    }

    pub fn into_fault(self) -> Option<Fault> {
        let mut fault = self.first?;
        if self.count > NAMED_ITEMS {
            fault.detail.push_str(&format!("; and {} more items", self.count - NAMED_ITEMS));
        }
        Some(fault)
    }
}

/// The first bytes of `text`, for a detail: what a stranger sent must not swell a header.
pub(super) fn excerpt(text: &str) -> std::borrow::Cow<'_, str> {
    const BYTES: usize = 120;
    if text.len() <= BYTES {
        return text.into();
    }
    let end = (0..=BYTES).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
    format!("{}…", &text[..end]).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_in_snake_case() {
        let mut names: Vec<_> = Reason::ALL.iter().map(|r| r.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Reason::ALL.len());
        assert!(names.iter().all(|n| n.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')));
    }

    #[test]
    fn a_fault_of_many_items_names_twenty_and_counts_the_rest() {
        let mut bad = BadItems::default();
        for item in 0..25 {
            bad.add(item * 2, Fault::new(Reason::MissingId, "x".repeat(500)));
        }
        let fault = bad.into_fault().expect("bad items");
        assert!(fault.detail.starts_with("item 0: missing_id: x"), "{}", fault.detail);
        assert!(fault.detail.contains("; item 38: ") && !fault.detail.contains("item 40"));
        assert!(fault.detail.ends_with("; and 5 more items"));
        assert!(fault.detail.len() < 4096);
    }
}
