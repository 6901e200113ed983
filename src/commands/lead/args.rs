//! What `needle lead` is told.

use clap::{Args, value_parser};

use super::question::{At, LeadName};

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
