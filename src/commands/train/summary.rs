//! What a training says on standard output.

use std::io::{self, Write};

use super::round::Told;
use crate::commands::assembly::Assembly;
use crate::commands::cli::TrainArgs;
use crate::training::report::data::{Contestant, Metric, Severity};

pub fn write(told: &Told, assembly: &Assembly, args: &TrainArgs, out: &mut impl Write) -> io::Result<()> {
    let Told { tenant, report, version, name } = told;
    let data = &report.data;
    writeln!(out, "{tenant}: {}", report.verdict.headline)?;
    for reason in &report.verdict.reasons {
        writeln!(out, "  {reason}")?;
    }
    writeln!(
        out,
        "  learned from {} rows of {} leads, {} of them converted; {} features",
        data.rows_used, data.leads, data.positive_leads, data.features
    )?;
    if let Some(contest) = &report.contest {
        writeln!(out, "  {:<24} {:>24} {:>10}", "on the holdout", "AUROC (95 % interval)", "log loss")?;
        for contestant in &contest.contestants {
            write_contestant(contestant, out)?;
        }
    }
    if let Some(truth) = &report.truth {
        writeln!(
            out,
            "  the truth of these leads allows an AUROC of {:.3} among the known ones; this is {:.3} ({:.1} % of it)",
            truth.best_auroc,
            truth.our_auroc,
            100.0 * truth.share
        )?;
    }
    if let Some(taught) = report.exploration.as_ref().and_then(|exploration| exploration.sentences.first()) {
        writeln!(out, "  exploration: {taught}")?;
    }
    for finding in report.lint.iter().filter(|finding| finding.severity == Severity::Leak) {
        writeln!(out, "  ! {}: {}", finding.feature, finding.text)?;
    }
    match (version, args.dry_run) {
        (Some(_), true) => writeln!(out, "  a dry run: nothing is published")?,
        (Some(version), false) => {
            let seconds = assembly.config.models.poll_seconds;
            writeln!(out, "  published as {version}; services take it up within {seconds} s")?;
        }
        (None, _) => report.verdict.next_steps.iter().try_for_each(|step| writeln!(out, "  next: {step}"))?,
    }
    if let Some(folder) = &args.report {
        writeln!(out, "  report: {}", folder.join(format!("{tenant}.html")).display())?;
    } else if !args.dry_run {
        let url = assembly.config.models.url.trim_end_matches('/');
        writeln!(out, "  report: {url}/{tenant}/reports/{name}.html")?;
    }
    Ok(())
}

fn write_contestant(contestant: &Contestant, out: &mut impl Write) -> io::Result<()> {
    let of = |metric: Metric| contestant.figures.iter().find(|figure| figure.metric == metric).map(|f| f.estimate);
    let (Some(auroc), Some(loss)) = (of(Metric::Auroc), of(Metric::LogLoss)) else {
        let why = contestant.why_not.as_deref().unwrap_or("not tried");
        return writeln!(out, "  {:<24} {why}", contestant.name);
    };
    let (lower, upper) = auroc.interval().unwrap_or((f64::NAN, f64::NAN));
    let mark = if contestant.chosen { "*" } else { "" };
    let name = format!("{}{mark}", contestant.name);
    writeln!(out, "  {name:<24} {:>7.3} ({lower:.3} to {upper:.3}) {:>10.4}", auroc.value, loss.value)
}
