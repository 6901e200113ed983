//! The command line: what can be asked of needle, and the help that teaches it.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory as _, Parser, Subcommand, value_parser};

use super::common::{Call, Common};
use super::lead::args::LeadArgs;
use super::models::args::ModelsCommand;
use super::predict::args::PredictArgs;
use super::simulate;
use super::simulate::args::SimulateArgs;
use crate::config::{self, Config, ConfigError, Machine};
use crate::telemetry::logging::Format;

const EXAMPLES: &str = "\
Examples:
  needle demo
      what does it look like? simulated leads, no Kafka, no configuration
  needle run --set kafka.bootstrap.servers=broker:9092
      the service, with everything else by default
  needle replay --events history.jsonl.gz --out scores
      what would have been said, from files
  needle lead default/u-17
      what is known of this lead, and why does it score as it does?
  needle models publish model.txt
      a LightGBM model that was trained on the snapshots takes over
  needle simulate --leads 20000 --days 400 --out history.jsonl.zst --truth truth.parquet
      a history to train on, of leads whose true chances are known
  needle check -c prod.toml --set scoring.reasons=3
      what does this configuration mean, with one key changed?

Every key of the configuration can be said in three places, the later one stronger:
  needle.toml      [scoring]
                   reasons = 3
  environment      NEEDLE_SCORING__REASONS=3     NEEDLE_KAFKA__BOOTSTRAP_SERVERS=broker:9092
  command line     --set scoring.reasons=3       --set kafka.bootstrap.servers=broker:9092
needle.example.toml shows every key with its default.

RUST_LOG=debug shows more of what happens, RUST_LOG=warn less.
Exit codes: 0 done, 1 failed while running, 2 wrong usage or configuration.";

/// Finds the needle in the lead stack, and tells you the moment it moves.
///
/// needle reads engagement events from Kafka, rescores a lead on each of them, and writes score changes and jumps back to
/// Kafka, exactly once, with the reasons.
#[derive(Debug, Parser)]
#[command(name = "needle", version, arg_required_else_help = true, after_help = EXAMPLES, max_term_width = 120)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read the configuration, and print what was understood
    ///
    /// Reads the configuration and every regular expression, theme and rule in it, and prints what they mean; models too, where they
    /// lie in a folder. Nothing is started and nothing connects. All mistakes come in one report, with exit code 2.
    Check(Call<CheckArgs>),
    /// Watch simulated leads, without Kafka and without a configuration
    ///
    /// Thirty days of invented leads through the service's own lanes on a log in memory: leads by score, and jumps with their
    /// reasons as they happen. On a terminal a live view, elsewhere a line for each jump. Ends by itself with a summary, and
    /// leaves nothing behind.
    Demo(DemoArgs),
    /// List every feature: name, version of its meaning, unit, group, sentence
    Features(Call<FeaturesArgs>),
    /// Show one lead: facts, features, score, reasons, last changes
    ///
    /// Restores one lead from the newest snapshot that fits and the input beyond it, up to the positions that the service has committed,
    /// and prints what is known of it, how it scores and why, and what was said of it. It joins no group and disturbs no service.
    #[command(after_help = super::lead::args::EXAMPLES)]
    Lead(Call<LeadArgs>),
    /// List models, publish one that was trained elsewhere, go back to an older one
    ///
    /// Models are kept below models.url, each tenant's in a folder of its own. A running service takes up what is published
    /// without a restart, between two transactions.
    #[command(subcommand)]
    Models(ModelsCommand),
    /// Score rows with a LightGBM text model
    ///
    /// Evaluates any LightGBM text model (formats v2 to v4, all of boosting but linear trees) on rows of CSV, TSV or Parquet, and prints one
    /// line a row, comma-separated, each number the shortest that reads back to the same bits.
    #[command(after_help = super::predict::args::EXAMPLES)]
    Predict(PredictArgs),
    /// Send events from files through the same pipeline, without Kafka
    ///
    /// Reads one event a line, or one record as `kcat -J` prints it, and writes score-changes.jsonl, score-jumps.jsonl and
    /// dead-letters.jsonl: byte for byte what `run` would commit for that order. History becomes scores on day 0.
    Replay(Call<ReplayArgs>),
    /// Run the service: events in from Kafka, score changes out
    ///
    /// Consumes the input topics as a member of the group `service.application`, and commits score changes, jumps, dead letters and
    /// positions together. SIGTERM ends it in good order, a second one at once. Brokers that are away are waited for.
    Run(Call<RunArgs>),
    /// Show how a running process stands: lanes, partitions, lag, restore, models
    ///
    /// Asks the process that listens where `service.listen` says, or at --url, and prints a table. What it says is about a second old.
    /// One lead is shown by the same process: GET /leads/TENANT/LEAD.
    Status(Call<StatusArgs>),
    /// Learn the next model from the snapshots; it takes over if it is better
    ///
    /// Reads the snapshots that `run` and `replay` leave behind, lets contestants learn from them and judges them on later leads, writes a
    /// report, and publishes the winner where it beats the served model beyond noise. Running services take it up by themselves.
    #[command(after_help = TRAIN_EXAMPLES)]
    Train(Call<TrainArgs>),
    /// Write events of simulated leads, whose true chances are known
    ///
    /// Leads arrive over the period, each by its own seed, and live by stated rates; so the probability that one buys can be calculated,
    /// and with it the best AUROC that any model could reach. Any size: memory is for the leads that live at the same time.
    #[command(after_help = simulate::args::HELP)]
    Simulate(Call<SimulateArgs>),
}

const TRAIN_EXAMPLES: &str = "\
Examples:
  needle train
      learn from all snapshots; what is better takes over, what is not is told
  needle train --tenant acme --dry-run --report out
      what would come of it for one tenant: the report, and nothing published
  needle train --set training.calls_per_day=40
      the threshold by what sales can call in a day

Every tenant with enough outcomes gets a model of its own; where there is more
than one tenant, `default` is learned from all of them and serves the others.
Reports lie at <models.url>/<tenant>/reports, as HTML and as JSON.
Exit codes: 0 a model took over, or the report says why not; 1 failed; 2 wrong
usage or configuration.";

/// `needle check`
#[derive(Debug, Args)]
pub struct CheckArgs {}

/// `needle run`
#[derive(Debug, Args)]
pub struct RunArgs {}

/// `needle features`
#[derive(Debug, Args)]
pub struct FeaturesArgs {
    /// A JSON array of objects instead of a table
    #[arg(long)]
    pub json: bool,
}

/// `needle demo`
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// How long the live view lasts; lines come at full speed
    #[arg(long, value_name = "N", default_value_t = 25, value_parser = value_parser!(u32).range(1..=3_600))]
    pub seconds: u32,
    /// How many people there are
    #[arg(long, value_name = "N", default_value_t = 600, value_parser = value_parser!(u32).range(1..=32_000))]
    pub leads: u32,
    /// How many days of their lives are simulated
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = value_parser!(u32).range(1..=366))]
    pub days: u32,
    /// Another seed, other leads; the same seed, the same leads
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Lines, on a terminal too
    #[arg(long)]
    pub plain: bool,
}

/// `needle train`
#[derive(Debug, Args)]
pub struct TrainArgs {
    /// This tenant alone
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,
    /// At most so many rows, in place of training.max_rows; others stand for those that are left out
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(1..))]
    pub max_rows: Option<u64>,
    /// Of all that is drawn by chance: the same seed and snapshots give the same model
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Write the reports into this folder, too: TENANT.html and TENANT.json
    #[arg(long, value_name = "DIR")]
    pub report: Option<PathBuf>,
    /// Publish nothing and keep no report in the store
    #[arg(long)]
    pub dry_run: bool,
    /// The truth beside simulated leads, as `needle simulate --truth` wrote it: the report says how near to the best possible it comes
    #[arg(long, value_name = "FILE")]
    pub truth: Option<PathBuf>,
}

/// `needle status`
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Where to ask, in place of service.listen on this machine
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// One JSON object, as schemas/status.json describes it
    #[arg(long)]
    pub json: bool,
}

/// `needle replay`
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// Files of events, one JSON a line, in this order; `-` is standard input; .gz and .zst too
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    pub events: Vec<String>,
    /// Where the results are written; without it, score changes go to standard output
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

impl Cli {
    /// Reads this process's arguments; ends the process where they make no sense, or ask for help.
    pub fn read() -> Self {
        let cli = Self::parse();
        if cli.command.common().is_none() && (cli.common.config.is_some() || !cli.common.set.is_empty()) {
            let why = "this command takes no configuration: --config and --set say nothing to it";
            Self::command().error(ErrorKind::ArgumentConflict, why).exit();
        }
        cli
    }

    pub fn log_format(&self) -> Format {
        let own = self.command.common().and_then(|common| common.log_format);
        own.or(self.common.log_format).unwrap_or_default()
    }

    /// Filter of the logs where nobody says otherwise; `None` is the usual one. Beside the demo, and a lead, nothing is to be read but
    /// bad news; the partition of a replay is none of its reader's business.
    pub fn log_filter(&self) -> Option<&'static str> {
        match self.command {
            Command::Demo(_) | Command::Lead(_) => Some("warn"),
            // What is refused stands in what is printed.
            Command::Check(_) | Command::Models(_) => Some("warn,needle::registry=error"),
            Command::Replay(_) => Some("info,needle::lane=warn"),
            _ => None,
        }
    }

    /// The configuration that this call means: its file, this process's environment, its `--set`s in their order.
    ///
    /// # Errors
    /// As [`config::load`].
    pub fn config(&self) -> Result<Config, ConfigError> {
        let own = self.command.common();
        let file = own.and_then(|own| own.config.as_deref()).or(self.common.config.as_deref());
        let settings = self.common.set.iter().chain(own.iter().flat_map(|own| &own.set)).map(String::as_str);
        config::load(file, config::variables(), settings, &Machine::here())
    }
}

impl Command {
    /// `None` for a command without a configuration.
    fn common(&self) -> Option<&Common> {
        match self {
            Command::Check(call) => Some(&call.common),
            Command::Demo(_) | Command::Predict(_) => None,
            Command::Features(call) => Some(&call.common),
            Command::Lead(call) => Some(&call.common),
            Command::Models(command) => Some(command.common()),
            Command::Replay(call) => Some(&call.common),
            Command::Run(call) => Some(&call.common),
            Command::Status(call) => Some(&call.common),
            Command::Train(call) => Some(&call.common),
            Command::Simulate(call) => Some(&call.common),
        }
    }
}
