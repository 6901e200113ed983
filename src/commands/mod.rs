//! What a person can ask of needle. Results go to standard output, everything else to standard error.

use std::io;
use std::process::ExitCode;

use crate::config::{Config, ConfigError};
use crate::log::kafka::settings;
use crate::telemetry::logging::LoggingError;

pub use cli::{Cli, Command};

pub mod assembly;
pub mod check;
pub mod cli;
mod common;
pub mod demo;
pub mod features;
pub mod lead;
pub mod models;
mod pause;
pub mod predict;
mod progress;
pub mod replay;
pub mod run;
pub mod serving;
pub mod simulate;
pub mod status;
pub mod train;

/// Why a command did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Configuration(#[from] ConfigError),
    #[error(transparent)]
    Logging(#[from] LoggingError),
    #[error("{0}")]
    Usage(String),
    #[error("standard output: {0}")]
    Output(#[from] io::Error),
    #[error("{0:#}")]
    Running(#[from] anyhow::Error),
}

/// Does what was asked for.
///
/// # Errors
/// What kept it from that; [`exit_code`] says it to the caller.
pub fn execute(cli: &Cli) -> Result<(), Failure> {
    match &cli.command {
        Command::Check(_) => {
            let config = cli.config()?;
            verify(&config)?;
            check::check(&config, &mut io::stdout().lock())
        }
        Command::Demo(args) => demo::demo(args),
        Command::Features(call) => Ok(features::features(&cli.config()?, call.own.json, &mut io::stdout().lock())?),
        Command::Lead(call) => {
            let config = cli.config()?;
            config.require_brokers()?;
            verify(&config)?;
            lead::lead(config, &call.own, &mut io::stdout().lock())
        }
        Command::Models(command) => models::models(cli.config()?, command, &mut io::stdout().lock()),
        Command::Predict(args) => predict::predict(&args.model, &args.rows, args.kind(), io::stdout().lock()),
        Command::Replay(call) => Ok(replay::replay(cli.config()?, &call.own.events, call.own.out.as_deref())?),
        Command::Run(call) => {
            let config = cli.config()?;
            config.require_brokers()?;
            verify(&config)?;
            Ok(run::run(config, call.arguments())?)
        }
        Command::Train(call) => Ok(train::train(cli.config()?, &call.own, &mut io::stdout().lock())?),
        Command::Status(call) => status::status(&cli.config()?, &call.own, &mut io::stdout().lock()),
        Command::Simulate(call) => simulate::simulate(&cli.config()?, &call.own),
    }
}

/// What only librdkafka sees: properties that contradict each other, files of theirs that are not there.
fn verify(config: &Config) -> Result<(), ConfigError> {
    let refused = |words| ConfigError::one(None, "kafka", format!("is refused by librdkafka: {words}"));
    settings::verify(config).map_err(refused)
}

/// Reports a failure on standard error. 0: done, 1: failed while running, 2: wrong usage or configuration.
pub fn exit_code(result: Result<(), Failure>) -> ExitCode {
    let code = match &result {
        Ok(()) => return ExitCode::SUCCESS,
        // Whoever read the results has had enough, as `head` has: no failure of ours.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
        Err(Failure::Configuration(_) | Failure::Logging(_) | Failure::Usage(_)) => 2,
        Err(Failure::Output(_) | Failure::Running(_)) => 1,
    };
    if let Err(failure) = result {
        eprintln!("needle: {failure}");
    }
    ExitCode::from(code)
}
