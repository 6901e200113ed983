//! How completely a form was filled, where the event tells.

use super::json::View;

/// What a `properties` object says about a form.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Form<'a> {
    /// `form_completeness`, else `completeness`.
    pub completeness: Option<View<'a>>,
    pub fields_completed: Option<View<'a>>,
    pub fields_total: Option<View<'a>>,
    pub fields: Option<View<'a>>,
}

impl Form<'_> {
    /// 0–1. The first of these that makes sense: a stated share (0–1; above 1 and up to 100 it is percent),
    /// `fields_completed` of `fields_total`, the share of `fields` that are filled.
    pub fn share(&self) -> Option<f64> {
        self.stated().or_else(|| self.counted()).or_else(|| self.fields.and_then(filled_share))
    }

    fn stated(&self) -> Option<f64> {
        match number(self.completeness)? {
            share @ 0.0..=1.0 => Some(share),
            percent if percent > 1.0 && percent <= 100.0 => Some(percent / 100.0),
            _ => None,
        }
    }

    fn counted(&self) -> Option<f64> {
        let (completed, total) = (number(self.fields_completed)?, number(self.fields_total)?);
        (total > 0.0 && (0.0..=total).contains(&completed)).then(|| completed / total)
    }
}

fn number(value: Option<View<'_>>) -> Option<f64> {
    let value = value?;
    match value.number() {
        Some(number) => Some(number.to_f64()),
        None => value.text()?.trim().parse().ok(),
    }
}

/// `fields` is an object (name: value), or an array of objects with a `value`.
fn filled_share(fields: View<'_>) -> Option<f64> {
    let (mut total, mut filled) = (0u32, 0u32);
    let mut count = |value: Option<View<'_>>| {
        total += 1;
        filled += u32::from(value.is_some_and(is_filled));
    };
    for (_, value) in fields.fields() {
        count(Some(value));
    }
    for field in fields.elements().filter(|field| field.is_object()) {
        count(field.get("value"));
    }
    (total > 0).then(|| f64::from(filled) / f64::from(total))
}

/// Null, blank text and empty containers are not filled; `false` and 0 are answers.
fn is_filled(value: View<'_>) -> bool {
    match value.text() {
        Some(text) => !text.trim().is_empty(),
        None if value.is_object() => value.fields().next().is_some(),
        None if value.is_array() => value.elements().next().is_some(),
        None => !value.is_null(),
    }
}
