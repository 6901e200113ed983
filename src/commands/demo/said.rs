//! A score change or jump, read back from its topic as any consumer of it would.

use serde::Deserialize;

/// Whoever is scored upon an event was seen just now: true of every score, so no news of any.
const NO_NEWS: &str = "hours_since_last";

/// What the demo shows of one.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Said {
    pub lead: String,
    pub score: u8,
    pub band: String,
    /// Strongest first, for and against together.
    pub reasons: Vec<Reason>,
    #[serde(rename = "as_of", deserialize_with = "instant")]
    pub as_of_ms: i64,
    /// Of a jump.
    pub rule: Option<String>,
    /// What a jump is measured from; `None` where nothing had been said of the lead.
    pub from: Option<From>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Reason {
    pub feature: String,
    pub points: f64,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct From {
    pub score: u8,
}

impl Said {
    pub fn read(value: &[u8]) -> anyhow::Result<Self> {
        Ok(serde_json::from_slice(value)?)
    }

    /// Sentences of the reasons that speak for the lead, strongest first; one for each subject: who came to pricing three times this
    /// week did so this month as well.
    pub fn because(self) -> Vec<String> {
        let mut subjects: Vec<String> = Vec::new();
        let mut sentences = Vec::new();
        for Reason { feature, points, text } in self.reasons {
            let subject = feature.split_once("_count_").map_or(feature.as_str(), |(subject, _)| subject);
            if points > 0.0 && feature != NO_NEWS && !subjects.iter().any(|known| known == subject) {
                subjects.push(subject.to_owned());
                sentences.push(text);
            }
        }
        sentences
    }
}

fn instant<'de, D: serde::Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    let text = String::deserialize(from)?;
    crate::wire::instant::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("{text:?} is no instant")))
}
