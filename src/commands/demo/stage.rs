//! Simulated time: who moves it moves the leads, the lanes and the board.

use std::iter::Peekable;
use std::time::Instant;

use super::board::{Board, Entry};
use super::pipeline::Pipeline;
use crate::commands::assembly::Assembly;
use crate::simulate::{Journeys, Mishaps, Plan};

pub struct Stage {
    pub plan: Plan,
    /// Names of the jump rules, in their order.
    pub rules: Vec<String>,
    pub pipeline: Pipeline,
    pub board: Board,
    records: Peekable<Mishaps<Journeys>>,
    now_ms: i64,
    opened: Instant,
}

impl Stage {
    pub fn open(assembly: &Assembly, plan: Plan) -> anyhow::Result<Self> {
        Ok(Self {
            rules: assembly.config.jumps.iter().map(|rule| rule.name.clone()).collect(),
            pipeline: Pipeline::start(assembly)?,
            board: Board::default(),
            records: Mishaps::new(Journeys::new(&plan), plan.seed).peekable(),
            now_ms: plan.start_ms,
            plan,
            opened: Instant::now(),
        })
    }

    /// Lets everything happen that happens before `now_ms` (and before the end of the plan), through the lanes to the commit.
    /// Returns the jumps among it, oldest first.
    pub fn advance_to(&mut self, now_ms: i64) -> anyhow::Result<Vec<Entry>> {
        self.now_ms = now_ms.clamp(self.now_ms, self.plan.end_ms());
        while let Some(sent) = self.records.next_if(|sent| sent.at_ms < self.now_ms) {
            self.pipeline.send(&sent)?;
        }
        let mut said = Vec::new();
        self.pipeline.work(|change| said.push(change))?;
        Ok(self.board.take_in(said))
    }

    pub fn close(&mut self) -> anyhow::Result<()> {
        self.pipeline.finish()
    }

    /// The simulated instant.
    pub fn now_ms(&self) -> i64 {
        self.now_ms
    }

    pub fn is_over(&self) -> bool {
        self.now_ms >= self.plan.end_ms()
    }

    /// On the wall clock, since it was opened.
    pub fn seconds(&self) -> f64 {
        self.opened.elapsed().as_secs_f64()
    }
}
