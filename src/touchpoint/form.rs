//! A visitor's step in a form, read from the name of a `track` event.
//!
//! There is no standard name. GA4 measures `form_start` and `form_submit` by itself and recommends `generate_lead`; Segment,
//! RudderStack and HubSpot users write `Form Viewed`, `Form Submitted`, `Lead Form Completed`, `formSubmission`. So a name is
//! read word by word: it speaks of a form, and the words beside it tell the step.

use super::FormStep;

/// Longest word that means something here.
const WORD: usize = 12;

/// Step of a form that a `track` event of this name stands for.
///
/// | words beside `form` or `forms` | step |
/// |---|---|
/// | failed, error, invalid, abandoned, field, step … | `Started`, whatever else is said: it is not sent |
/// | submitted, submission, completed, sent, success … | `Submitted` |
/// | viewed, started, opened, shown, filled … | `Started` |
/// | none of them | `None` |
///
/// `generate_lead` is `Submitted`: by GA4's definition somebody sent a form.
pub(super) fn step(name: &str) -> FormStep {
    let (mut form, mut started, mut unsent, mut sent) = (false, false, false, false);
    let (mut generate, mut lead) = (false, false);
    for_words(name.as_bytes(), |word| match word {
        b"form" | b"forms" => form = true,
        b"view" | b"viewed" | b"start" | b"started" | b"begin" | b"began" | b"begun" | b"open" | b"opened"
        | b"show" | b"shown" | b"seen" | b"display" | b"displayed" | b"fill" | b"filled" | b"focus" | b"focused"
        | b"impression" | b"interaction" | b"interacted" => started = true,
        b"fail" | b"failed" | b"failure" | b"error" | b"errors" | b"invalid" | b"abandon" | b"abandoned" | b"field"
        | b"step" => unsent = true,
        b"submit" | b"submits" | b"submitted" | b"submission" | b"complete" | b"completed" | b"completion"
        | b"send" | b"sent" | b"success" | b"finished" => sent = true,
        b"generate" | b"generated" => generate = true,
        b"lead" => lead = true,
        _ => {}
    });
    match (form, generate && lead) {
        (false, true) => FormStep::Submitted,
        (true, _) if sent && !unsent => FormStep::Submitted,
        (true, _) if sent || unsent || started => FormStep::Started,
        _ => FormStep::None,
    }
}

/// Calls `each` with every word in lower case: runs of letters, cut where `camelCase` sets in; words that are too long are left out.
fn for_words(name: &[u8], mut each: impl FnMut(&[u8])) {
    let mut word = [0; WORD];
    let mut length = 0;
    let mut after_lower = false;
    for &byte in name {
        if length > 0 && (!byte.is_ascii_alphabetic() || after_lower && byte.is_ascii_uppercase()) {
            if let Some(word) = word.get(..length) {
                each(word);
            }
            length = 0;
        }
        if byte.is_ascii_alphabetic() {
            if let Some(place) = word.get_mut(length) {
                *place = byte.to_ascii_lowercase();
            }
            length += 1;
        }
        after_lower = byte.is_ascii_lowercase();
    }
    if let Some(word) = word.get(..length) {
        each(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        use FormStep::{None, Started, Submitted};
        for (name, wanted) in [
            ("form_start", Started),
            ("form_submit", Submitted),
            ("generate_lead", Submitted),
            ("Form Viewed", Started),
            ("Form Started", Started),
            ("Form Submitted", Submitted),
            ("form submission", Submitted),
            ("Form Completed", Submitted),
            ("Lead Form Submitted", Submitted),
            ("FORM_SUBMITTED", Submitted),
            ("formSubmit", Submitted),
            ("gtm.formSubmit", Submitted),
            ("submitted-form", Submitted),
            ("hubspot-form-success", Submitted),
            ("Form Submission Failed", Started),
            ("Form Field Completed", Started),
            ("Form Abandoned", Started),
            ("Form", None),
            ("Information Submitted", None),
            ("Platform Started", None),
            ("Order Completed", None),
            ("Lead Accepted", None),
            ("Formulaire envoyé", None),
            ("", None),
        ] {
            assert_eq!(step(name), wanted, "{name}");
        }
    }
}
