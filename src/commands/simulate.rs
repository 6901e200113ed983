//! `needle simulate`: events of leads that never were, and what is true of them.
//!
//! [`crate::simulate`] → [`events`] (a file or a topic) and [`truths`] (the file of truth). Everything streams: memory is for the leads
//! that live at the same time.

use std::time::Instant;

use indicatif::ProgressBar;

use self::args::SimulateArgs;
use self::events::{Events, KAFKA};
use self::truths::Truths;
use super::progress::styled;
use super::{Failure, verify};
use crate::config::Config;
use crate::simulate::outlook::Outlook;
use crate::simulate::truth::Ceiling;
use crate::simulate::{DAY_MS, Journeys, Plan, Seen};

pub mod args;
pub mod events;
pub mod packed;
pub mod truths;

/// Between two looks at the progress bar.
const SHOWN_EVERY: u64 = 4_096;

/// Writes the events, and the truth where it is wanted.
///
/// # Errors
/// Files that cannot be written, brokers that do not take the events.
pub fn simulate(config: &Config, args: &SimulateArgs) -> Result<(), Failure> {
    if args.out == KAFKA {
        config.require_brokers()?;
        verify(config)?;
    }
    let (plan, law) = (args.plan(), args.preset.law());
    let mut truths = args.truth.as_deref().map(Truths::create).transpose()?;
    let mut events = Events::create(&args.out, config)?;
    let outlook = truths.as_ref().map(|_| Outlook::new(&law, config.scoring.horizon_days));
    let mut journeys = Journeys::by(&plan, law, outlook);
    let (bar, began) = (progress_bar(&plan), Instant::now());
    let (mut written, mut told, mut ceiling) = (0_u64, 0_u64, Ceiling::default());
    while let Some(seen) = journeys.watch() {
        let truth = match seen {
            Seen::Event(happening, truth) => {
                events.write(&happening)?;
                written += 1;
                if written.is_multiple_of(SHOWN_EVERY) {
                    bar.set_position(((happening.at_ms - plan.start_ms) / DAY_MS) as u64);
                }
                truth
            }
            Seen::Silence(truth) => Some(truth),
        };
        if let (Some(truth), Some(truths)) = (truth, &mut truths) {
            told += 1;
            if !truth.contacted {
                ceiling.add(truth.probability);
            }
            truths.write(truth)?;
        }
    }
    events.finish()?;
    truths.map(Truths::finish).transpose()?;
    bar.finish_and_clear();
    let census = journeys.census();
    tracing::info!(
        leads = census.leads,
        bots = census.bots,
        events = written,
        called = census.called,
        explored = census.explored,
        positive = census.positive,
        negative = census.negative,
        conversion = census.conversion(),
        seconds = began.elapsed().as_secs_f64(),
        "simulated"
    );
    if let Some(auroc) = ceiling.auroc() {
        tracing::info!(rows = told, best_auroc = auroc, "no model can reach more, before the first sales contact");
    }
    Ok(())
}

/// On a terminal; where standard error is none it stays silent.
fn progress_bar(plan: &Plan) -> ProgressBar {
    styled(ProgressBar::new(u64::from(plan.days)), "{wide_bar} day {pos} of {len} {eta} left")
}
