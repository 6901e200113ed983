//! `needle demo`: simulated leads through the service's own lanes on a log in memory, for people to look at.
//!
//! [`crate::simulate`] → [`pipeline`] (lanes, broker) → [`said`] (outputs, read back) → [`board`] → [`live`] and [`view`] on a terminal,
//! [`plain`] elsewhere.

use std::io::{self, IsTerminal};

use self::stage::Stage;
use super::Failure;
use super::assembly::Assembly;
use super::cli::DemoArgs;
use crate::config::Config;
use crate::simulate::{Plan, START_MS};

pub mod board;
pub mod counts;
pub mod live;
pub mod pipeline;
pub mod plain;
pub mod said;
pub mod stage;
pub mod view;

/// Shows the demo, and a summary when it has ended.
///
/// # Errors
/// Those of the terminal or standard output, and whatever would stop `needle run`.
pub fn demo(args: &DemoArgs) -> Result<(), Failure> {
    let plan = Plan { seed: args.seed, leads: args.leads, start_ms: START_MS, days: args.days };
    let assembly = Assembly::new(Config::from_toml("")?)?;
    let mut stage = Stage::open(&assembly, plan)?;
    if !args.plain && has_screen() {
        live::show(&mut stage, args.seconds)?;
    } else {
        plain::show(&mut stage, &mut io::stdout().lock())?;
    }
    stage.close()?;
    Ok(plain::summary(&stage, &mut io::stdout().lock())?)
}

/// A terminal that can be drawn on, and that keys come from.
fn has_screen() -> bool {
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    io::stdout().is_terminal() && io::stdin().is_terminal() && !is_dumb
}
