//! What `needle lead` is told.

use std::str::FromStr;

use clap::{Args, value_parser};

pub const EXAMPLES: &str = "\
Examples:
  needle lead default/u-17
      now: as of what the service has committed
  needle lead acme/u-17 --at events:2:48113
      right after that record; and is what was said then what is computed now?
  needle lead acme/u-17 --at web:2:48113 --at crm:2:907
      the same with two input topics: web up to there, then crm's record
  needle lead acme/u-17 --partition 2 --json | jq .partitions[0].score
      for programs, and in one partition alone

All partitions are searched, one after the other: which one a lead's events
lie on is their producers' business. Each that holds the lead is shown; an
anonymous lead and its known self may lie on two. Without a snapshot that fits,
the input is read from where its fold began; where retention has deleted that,
the partition is left out, and that is said.
Exit codes: 0 found, 1 not found or failed, 2 wrong usage or configuration.";

/// `needle lead`
#[derive(Debug, Args)]
pub struct LeadArgs {
    /// As the keys of score changes have it
    #[arg(value_name = "TENANT/LEAD")]
    pub lead: LeadName,
    /// Right after this input record was taken in, as `input` of a score change names it; one for each input topic that counts
    ///
    /// Topics that are not named stay where the snapshot stands that is begun with, since nobody knows how far they had come; without
    /// one, nothing of them is taken in. The record named last is taken in last: what is computed for it is compared with what was said.
    #[arg(long, value_name = "TOPIC:PARTITION:OFFSET")]
    pub at: Vec<At>,
    /// Search this partition alone; without it, or --at, all of them
    #[arg(long, value_name = "N", value_parser = value_parser!(i32).range(0..), conflicts_with = "at")]
    pub partition: Option<i32>,
    /// One JSON object, as schemas/lead.json describes it
    #[arg(long)]
    pub json: bool,
    /// List features that are at their default, too
    #[arg(long)]
    pub all_features: bool,
    /// How many of the newest score changes are shown
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub changes: usize,
}

/// `TENANT/LEAD`; a lead may have slashes of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadName {
    pub tenant: String,
    pub lead: String,
}

impl LeadName {
    /// As the records of score changes are keyed.
    pub fn key(&self) -> Vec<u8> {
        format!("{}/{}", self.tenant, self.lead).into_bytes()
    }
}

impl FromStr for LeadName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('/') {
            Some((tenant, lead)) if !tenant.is_empty() && !lead.is_empty() => {
                Ok(Self { tenant: tenant.to_owned(), lead: lead.to_owned() })
            }
            _ => Err(format!("a tenant and a lead are wanted, as the keys of score changes have them: default/{text}")),
        }
    }
}

/// `TOPIC:PARTITION:OFFSET`: right after that record was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    pub topic: String,
    pub partition: i32,
    pub offset: i64,
}

impl FromStr for At {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let at = || {
            // No topic's name has a colon.
            let (rest, offset) = text.rsplit_once(':')?;
            let (topic, partition) = rest.rsplit_once(':')?;
            let (partition, offset) = (partition.parse().ok()?, offset.parse().ok()?);
            let possible = !topic.is_empty() && partition >= 0 && offset >= 0;
            possible.then(|| Self { topic: topic.to_owned(), partition, offset })
        };
        at().ok_or_else(|| "a position is TOPIC:PARTITION:OFFSET, as in events:2:48113".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_positions_are_read() {
        let lead = |text: &str| text.parse::<LeadName>().map(|name| (name.tenant, name.lead)).ok();
        assert_eq!(lead("acme/u-17"), Some(("acme".into(), "u-17".into())));
        assert_eq!(lead("acme/a/b"), Some(("acme".into(), "a/b".into())));
        for wrong in ["", "u-17", "/u-17", "acme/"] {
            assert_eq!(lead(wrong), None, "{wrong}");
        }
        let at = |text: &str| text.parse::<At>().map(|at| (at.topic, at.partition, at.offset)).ok();
        assert_eq!(at("web.events-1:2:48113"), Some(("web.events-1".into(), 2, 48_113)));
        for wrong in ["", "events", "events:2", ":2:3", "events:2:", "events:-1:3", "events:2:-3", "events:2:x"] {
            assert_eq!(at(wrong), None, "{wrong}");
        }
    }
}
