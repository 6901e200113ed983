//! What `needle models` is told.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand};

use crate::commands::common::{Call, Common};
use crate::model::scale::{Calibration, Scale};

const LIST_EXAMPLES: &str = "\
Examples:
  needle models list
      every tenant's versions, oldest first; * is what is served
  needle models list --json | jq -r '.[] | select(.served) | .version'
      for programs

A tenant that is not listed is served as `default` is, and that by day-0, the
shipped model, where nothing was published. What CURRENT names but is refused
has a !, and its reason beside it: what was served before is served on.";

const PUBLISH_EXAMPLES: &str = "\
Examples:
  needle models publish model.txt
      for all tenants that have no model of their own
  needle models publish model.txt --tenant acme --calibration 0.93,-0.12
      for one of them, with a calibration that was fitted on rows not trained on

How such a model is made, with Python:
  rows = duckdb.sql(\"SELECT * FROM 'data/snapshots/leads/**/*.parquet'\").df()
  names = [f[\"name\"] for f in json.loads(check_output([\"needle\", \"features\", \"--json\"]))]
  data = lightgbm.Dataset(rows[names], label=...)
  lightgbm.train({\"objective\": \"binary\"}, data).save_model(\"model.txt\")

Its columns have to be named as `needle features` names them, in any order, and
its objective has to be binary or cross_entropy: a score is made of log-odds.
The model is checked before anything is written, as a service will check it, and
becomes a version of its own; nothing is ever overwritten. Running services take
it up between two transactions.";

const ROLLBACK_EXAMPLES: &str = "\
Examples:
  needle models rollback 2026-11-20T06-00-00Z-5f0c
      the version that `needle models list` shows, for default
  needle models rollback day-0 --tenant acme
      the shipped model

The version is read and checked first. One that would not be served leaves
everything as it is.";

/// `needle models`
#[derive(Debug, Subcommand)]
pub enum ModelsCommand {
    /// List the versions of every tenant, and which of them is served
    #[command(after_help = LIST_EXAMPLES)]
    List(Call<ListArgs>),
    /// Publish a LightGBM text model that was trained on the snapshots' columns
    #[command(after_help = PUBLISH_EXAMPLES)]
    Publish(Call<PublishArgs>),
    /// Serve a version that was published before
    #[command(after_help = ROLLBACK_EXAMPLES)]
    Rollback(Call<RollbackArgs>),
}

impl ModelsCommand {
    pub(in crate::commands) fn common(&self) -> &Common {
        match self {
            Self::List(call) => &call.common,
            Self::Publish(call) => &call.common,
            Self::Rollback(call) => &call.common,
        }
    }
}

/// `needle models list`
#[derive(Debug, Args)]
pub struct ListArgs {
    /// This tenant alone
    #[arg(long, value_name = "TENANT")]
    pub tenant: Option<String>,
    /// A JSON array of objects instead of a table
    #[arg(long)]
    pub json: bool,
}

/// `needle models publish`
#[derive(Debug, Args)]
pub struct PublishArgs {
    /// A text model, as LightGBM's `save_model` writes it
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Whose model it is; default's serves every tenant that has none
    #[arg(long, value_name = "TENANT", default_value = "default")]
    pub tenant: String,
    /// What it is called [default: the time and the first digits of its hash, as in 2026-11-20T06-00-00Z-5f0c]
    #[arg(long, value_name = "NAME")]
    pub version: Option<String>,
    /// Platt's: log-odds are SLOPE times the raw score plus INTERCEPT
    #[arg(long, value_name = "SLOPE,INTERCEPT", default_value = "1,0", allow_hyphen_values = true)]
    pub calibration: CalibrationArg,
    /// The probability that scores 50 [default: that of the model that serves the tenant now, else 0.01]; a configured one wins
    #[arg(long, value_name = "P")]
    pub anchor: Option<Anchor>,
}

/// `needle models rollback`
#[derive(Debug, Args)]
pub struct RollbackArgs {
    /// As `needle models list` shows it
    #[arg(value_name = "VERSION")]
    pub version: String,
    /// Whose model is changed
    #[arg(long, value_name = "TENANT", default_value = "default")]
    pub tenant: String,
}

#[derive(Clone, Copy, Debug)]
pub struct CalibrationArg(pub Calibration);

impl FromStr for CalibrationArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text.split_once(',').and_then(|(slope, intercept)| {
            Some(Calibration { slope: slope.trim().parse().ok()?, intercept: intercept.trim().parse().ok()? })
        });
        let calibration = parsed.ok_or("two numbers are wanted, as in 0.93,-0.12")?;
        match calibration.slope > 0.0 && calibration.slope.is_finite() && calibration.intercept.is_finite() {
            true => Ok(Self(calibration)),
            false => Err("the slope has to be above 0, and both have to be finite".to_owned()),
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Anchor(pub f64);

impl FromStr for Anchor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let anchor = text.parse().ok().filter(|anchor| Scale::new(*anchor).is_some());
        anchor.map(Self).ok_or_else(|| "it has to be more than 0 and less than 1".to_owned())
    }
}
