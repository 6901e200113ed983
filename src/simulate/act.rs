//! What may happen to a lead, and the event that tells it.

use super::law::{Stage, intensity};
use super::segment::Actor;
use super::site::{Page, Source, Step};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Act {
    Identify,
    View {
        step: Step,
        page: &'static Page,
        source: &'static Source,
    },
    UseCalculator,
    StartForm,
    SubmitForm {
        /// Of six fields.
        filled: u8,
    },
    /// Off line, by this name.
    Meet(&'static str),
    /// Sales calls; `explores`: whatever the lead did.
    Call {
        explores: bool,
    },
    Win,
    Reject,
    /// What customers do after they have bought.
    Onboard,
    /// Gone for ever, without a word.
    Fade,
}

impl Act {
    /// The event; `None` where there is none. `before`: the page before, on the same visit.
    pub fn written(self, actor: &Actor<'_>, stage: Stage, interest: f64, before: Option<&Page>) -> Option<Vec<u8>> {
        const OFFLINE: &str = r#"{"offline":true}"#;
        Some(match self {
            Self::Identify => actor.identify(),
            Self::View { page, source, .. } => actor.page(page, source, before),
            Self::UseCalculator => actor.track("Pricing Calculator Used", r#"{"seats":25}"#),
            Self::StartForm => actor.track("Form Started", r#"{"form":"demo"}"#),
            Self::SubmitForm { filled } => {
                let form = format!(r#"{{"form":"demo","fields_completed":{filled},"fields_total":6}}"#);
                actor.track("Form Submitted", &form)
            }
            Self::Meet(name) => actor.track(name, OFFLINE),
            Self::Call { explores } => {
                let reason = if explores { "exploration" } else { "engagement" };
                let engagement = (100.0 * intensity(interest)).round();
                let why = format!(r#"{{"offline":true,"reason":"{reason}","engagement":{engagement}}}"#);
                actor.track("Sales Contacted", &why)
            }
            // Sales accepts whom it has called; others buy by themselves.
            Self::Win if stage == Stage::Called => actor.track("Lead Accepted", OFFLINE),
            Self::Win => actor.track("Opportunity Won", OFFLINE),
            Self::Reject => actor.track("Lead Rejected", OFFLINE),
            Self::Onboard => actor.track("Onboarding Step Completed", "{}"),
            Self::Fade => return None,
        })
    }
}
