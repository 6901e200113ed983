//! One tenant's training, from its rows to what is published.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;

use super::bundle::{Made, about, make};
use super::drift::{scores, trained};
use super::moves::moves;
use super::side::Side;
use super::write_file;
use crate::lead::facts::DAY_MS;
use crate::model::day_zero;
use crate::model::scale::log_odds;
use crate::model::{Model, Scored, Scratch};
use crate::registry::{Parcel, version_name};
use crate::telemetry::observe::wall_ms;
use crate::training::contestants::Context;
use crate::training::dataset::{Account, Around, TenantRows};
use crate::training::exploration::Explored;
use crate::training::matrix::Matrix;
use crate::training::part::Part;
use crate::training::report::{self, Report};
use crate::training::tell::drift::Times;
use crate::training::tell::{self, Occasion};
use crate::training::tournament::threshold::Policy;
use crate::training::tournament::{Incumbent, Settings, Tournament, everyone, hold};

/// Settings that a search tries at most.
const CANDIDATES: usize = 24;
/// Rows that are scored at once.
const BLOCK: usize = 1024;
/// A probability is never nearer to 0 or 1 than a double tells.
const SURE: f64 = 1e-15;

pub struct Round<'a> {
    side: &'a Side<'a>,
    tenant: String,
    matrix: Matrix,
    account: Account,
    around: Around,
    explored: Explored,
    served: Arc<Model>,
    /// Calibrated log-odds of the served model, a row each.
    served_says: Vec<f64>,
}

/// What came of a round.
pub struct Told {
    pub tenant: String,
    pub report: Report,
    /// Version that takes over.
    pub version: Option<String>,
    /// Name of the report in the store.
    pub name: String,
}

/// The report in its two forms, written once.
struct Pages {
    html: Bytes,
    json: Bytes,
}

impl<'a> Round<'a> {
    /// Asks the served model first, which knows columns that are not learned from.
    pub fn new(side: &'a Side<'a>, rows: TenantRows) -> anyhow::Result<Self> {
        let TenantRows { tenant, mut matrix, account, mut around, explored } = rows;
        let served = side.models.registry.served().of(&tenant).clone();
        let served_says = says(&served, &matrix);
        around.leave_out(&matrix, &side.excluded);
        matrix.leave_out(&side.excluded);
        Ok(Self { side, tenant, matrix, account, around, explored, served, served_says })
    }

    pub fn play(&self) -> anyhow::Result<Told> {
        let began = Instant::now();
        let tournament = self.tournament()?;
        let made = tournament.winner.as_ref().map(|winner| make(self.side, winner, &self.matrix)).transpose()?;
        let now_ms = wall_ms();
        let version = made.as_ref().map(|made| version_name(&made.model, now_ms));
        let name = version.clone().unwrap_or_else(|| version_name(b"", now_ms));
        let mut report = self.report(&tournament, made.as_ref(), version.clone(), now_ms)?;
        report.meta.run_seconds = Some(began.elapsed().as_secs_f64());
        let pages = Pages { html: report::html(&report).into(), json: report::json(&report).into() };
        self.keep(&pages, &name)?;
        if let (Some(made), Some(version)) = (made, &version) {
            self.publish(made, version, pages, &tournament, now_ms)?;
        }
        Ok(Told { tenant: self.tenant.clone(), report, version, name })
    }

    fn tournament(&self) -> anyhow::Result<Tournament> {
        let Side { assembly, models, shelf, args, until, .. } = self.side;
        let config = &assembly.config;
        let anchor = match config.scoring.anchor_probability {
            Some(anchor) => Some(anchor),
            None => models.threads.wait_for(shelf.first_anchor(&self.tenant))?,
        };
        let policy = match config.training.calls_per_day {
            Some(calls_per_day) => Policy::Capacity { calls_per_day },
            None => Policy::Costs { missed: config.training.cost_missed, wasted: config.training.cost_wasted },
        };
        let settings = Settings {
            horizon_ms: i64::from(config.scoring.horizon_days) * DAY_MS,
            policy,
            anchor_probability: anchor,
            ..Settings::default()
        };
        let threads = match config.training.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let time_is_up = || Instant::now() >= *until;
        let context = Context { seed: args.seed, threads, candidates: CANDIDATES, time_is_up: &time_is_up };
        let incumbent = Incumbent { version: self.served.version(), log_odds: &self.served_says };
        Ok(hold(&self.matrix, everyone(self.rules()), Some(incumbent), &settings, &context))
    }

    /// The hand rules, on those of their features that are learned from.
    fn rules(&self) -> crate::model::bundle::Weights {
        let columns: Vec<_> = self.matrix.columns.iter().map(|column| (column.name.as_str(), column.version)).collect();
        self.side.assembly.subjects(|subjects| day_zero::bundle(&columns, subjects, 0.01).1)
    }

    fn occasion(&self, version: Option<String>, now_ms: i64) -> Occasion {
        let config = &self.side.assembly.config;
        Occasion {
            tenant: self.tenant.clone(),
            made_at_ms: now_ms,
            horizon_days: f64::from(config.scoring.horizon_days),
            outcomes: config.outcomes.positive.clone(),
            version,
            served_version: Some(self.served.version().to_owned()),
            seed: self.side.args.seed,
            excluded: self.side.excluded.clone(),
            features: self.matrix.width(),
            max_rows: self.side.args.max_rows.unwrap_or(config.training.max_rows),
            draws: Settings::default().draws,
            bands: config.scoring.bands.clone(),
        }
    }

    fn report(
        &self,
        tournament: &Tournament,
        made: Option<&Made>,
        version: Option<String>,
        now_ms: i64,
    ) -> anyhow::Result<Report> {
        let Tournament { outcome, holdout, .. } = tournament;
        let (schema, occasion) = (&self.side.assembly.schema, self.occasion(version, now_ms));
        let mut report = tell::report(&occasion, outcome);
        report.data = tell::data::data(&occasion, outcome, &self.account);
        let share = self.side.assembly.config.exploration.share;
        report.exploration = tell::exploration::exploration(share, &self.explored, &self.matrix);
        report.lint = tell::lint::lint(&self.matrix, &self.around);
        report.tree = tournament.one_tree.as_ref().and_then(|text| tell::tree::tree(text, schema));
        let learned_to_ms = outcome.learned_from.as_ref().map(|learned| learned.to_ms);
        let times = learned_to_ms.and_then(|to_ms| Times::new(&self.matrix, holdout, to_ms));
        report.drift = times.map(|times| {
            let scores = made.and_then(|made| {
                let of = |part: &Part| scores(made, schema, &self.matrix, &part.rows);
                Some([of(&times.earlier)?, of(&times.later)?])
            });
            tell::drift::drift(&self.matrix, &times, scores)
        });
        let winner = tournament.log_odds.iter().find(|(name, _)| Some(*name) == outcome.verdict.winner);
        if let Some((_, log_odds)) = winner {
            let (histogram, bands) = tell::curves::scores(&occasion, outcome, &self.matrix, holdout, log_odds);
            report.bands = bands;
            let truths = self.side.truths.as_ref();
            report.truth = truths.and_then(|truths| truths.compare(&self.tenant, &self.matrix, holdout, log_odds));
            report.curves = report.curves.map(|curves| report::data::Curves { histogram, ..curves });
        }
        if let Some(made) = made {
            report.learned = tell::learned::learned(&made.bound, schema, &self.matrix, holdout);
            report.moves = moves(self.side, &self.tenant, &self.served, &made.bound)?;
        }
        Ok(report)
    }

    /// Keeps what there is to say, whether a model came of it or not.
    fn keep(&self, Pages { html, json }: &Pages, name: &str) -> anyhow::Result<()> {
        let Side { models, shelf, args, .. } = self.side;
        if let Some(folder) = &args.report {
            // A tenant's name may have anything in it, but no slash.
            write_file(folder, &format!("{}.html", self.tenant), html)?;
            write_file(folder, &format!("{}.json", self.tenant), json)?;
        }
        if !args.dry_run {
            for (ending, text) in [("html", html), ("json", json)] {
                let name = format!("{name}.{ending}");
                models.threads.wait_for(shelf.keep_report(&self.tenant, &name, text.clone()))?;
            }
        }
        Ok(())
    }

    fn publish(
        &self,
        made: Made,
        version: &str,
        pages: Pages,
        tournament: &Tournament,
        now_ms: i64,
    ) -> anyhow::Result<()> {
        let Side { models, shelf, args, .. } = self.side;
        if args.dry_run {
            return Ok(());
        }
        let drift = trained(&made, &self.side.assembly.schema, &self.matrix);
        let about = about(tournament, &self.account, drift.as_ref());
        let mut manifest = made.manifest;
        version.clone_into(&mut manifest.version);
        let parcel = Parcel {
            tenant: self.tenant.clone(),
            manifest,
            about,
            model: made.model,
            beside: vec![("report.html", pages.html), ("report.json", pages.json)],
        };
        models.threads.wait_for(shelf.store(&parcel, now_ms))?;
        models.threads.wait_for(shelf.promote(&self.tenant, version))?;
        Ok(())
    }
}

/// Calibrated log-odds of every row.
fn says(model: &Model, matrix: &Matrix) -> Vec<f64> {
    let width = matrix.width();
    let (mut scratch, mut scored, mut says) = (Scratch::default(), Vec::new(), Vec::with_capacity(matrix.rows.len()));
    for rows in matrix.values.chunks(BLOCK * width.max(1)) {
        model.score(rows, width, &mut scratch, &mut scored);
        says.extend(scored.iter().map(|Scored { probability, .. }| log_odds(probability.clamp(SURE, 1.0 - SURE))));
    }
    says
}
