//! A score change or jump, read back from its topic as any consumer of it would.

use serde::Deserialize;

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

    /// Sentences of the reasons that speak for the lead, strongest first, at most `most`.
    pub fn because(&self, most: usize) -> String {
        let speaks_for = self.reasons.iter().filter(|reason| reason.points > 0.0);
        speaks_for.take(most).map(|reason| reason.text.as_str()).collect::<Vec<_>>().join(", ")
    }
}

fn instant<'de, D: serde::Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    let text = String::deserialize(from)?;
    crate::wire::instant::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("{text:?} is no instant")))
}
