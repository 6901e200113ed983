//! What an event costs as everything around it grows: ten times the leads, ten times the history of each, ten times the themes.
//!
//! `cargo bench --bench growth [-- CASE]`: events per second of the whole step on distinct events, all cases in turn, chunk by chunk; the table
//! has medians over the chunks, and each case's rate as a share of the small one's. A case by a word of its name runs alone, for a
//! profiler. Under `cargo test` it runs once, small.

#[path = "../support/mod.rs"]
mod support;
#[allow(dead_code)]
#[path = "../step/world.rs"]
mod world;

use std::time::{Duration, Instant};

use crate::world::{Size, World};

struct Case {
    name: &'static str,
    world: World,
    times: Vec<Duration>,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let full = arguments.iter().any(|argument| argument == "--bench");
    let alone = arguments.iter().find(|word| full && !word.starts_with('-'));
    let (leads, chunks) = if full { (20_000, 100) } else { (100, 2) };
    let history = 8;
    let cases = [
        ("small", leads, history, 6),
        ("10 times the leads", 10 * leads, history, 6),
        ("10 times the history", leads, 10 * history, 6),
        ("10 times the themes", leads, history, 60),
    ];
    let chosen = cases.into_iter().filter(|(name, ..)| alone.is_none_or(|word| name.contains(word.as_str())));
    let mut cases: Vec<Case> = chosen
        .map(|(name, leads, history, themes)| {
            let size = Size { leads, history: leads * history, chunks, chunk: 1024 };
            Case { name, world: World::new(&rules(themes), size), times: Vec::new() }
        })
        .collect();
    for chunk in 0..chunks {
        cases.iter_mut().for_each(|case| case.run(chunk));
    }
    println!("{leads} leads of {history} events, 6 themes; {chunks} chunks of 1024 events in turn");
    let Some(small) = cases.first_mut().map(Case::rate) else { return println!("there is no such case") };
    for case in &mut cases {
        let (rate, leads) = (case.rate(), case.world.shard.leads());
        let bytes = leads.state_bytes() as f64 / leads.len() as f64;
        println!(
            "{:<22} {rate:>9.0} events/s {:>5.2} of the small one's, {bytes:>5.0} bytes a lead",
            case.name,
            rate / small
        );
    }
}

impl Case {
    fn run(&mut self, chunk: usize) {
        let records = std::mem::take(&mut self.world.chunks[chunk].records);
        let began = Instant::now();
        self.world.take_in(&records);
        self.world.shard.commit();
        self.times.push(began.elapsed());
    }

    /// Events a second, by the median chunk.
    fn rate(&mut self) -> f64 {
        self.times.sort();
        1024.0 / self.times[self.times.len() / 2].as_secs_f64()
    }
}

/// Themes over the generator's pages; the others are of pages that nobody visits.
fn rules(themes: usize) -> String {
    let pages = ["pricing", "docs", "security", "case-studies", "integrations", "webinar"];
    let theme = |number: usize| {
        let page = pages.get(number).map_or_else(|| format!("campaign-{number}"), |page| (*page).to_owned());
        let name = page.replace('-', "_");
        format!("[[themes]]\nname = \"{name}\"\nurl = [\"^/{page}\"]\nhigh_intent = {}\n", number == 0)
    };
    (0..themes).map(theme).collect()
}
