//! All pieces in one run, taking turns, so that a noisy machine troubles them alike.

use std::time::Duration;

use crate::pieces::{Bench, Cost, Piece};

const WARM_UP: usize = 3;

/// Once buffers have their size, the free lists of the leads' memory among them, an event that says nothing allocates nothing.
pub fn assert_silence_allocates_nothing(silent: &mut Bench) {
    for chunk in 0..silent.world.chunks.len() {
        for _ in 0..WARM_UP {
            silent.run_on(Piece::Step, chunk);
        }
        let events = silent.world.chunks[chunk].records.len();
        let cost = silent.run_on(Piece::Step, chunk);
        assert_eq!(silent.world.tally.score_changes, [0; 3], "events that should say nothing");
        assert_eq!(silent.world.tally.record_times_ms.len(), events);
        assert_eq!(cost.allocations, 0, "allocations in {events} events that say nothing");
    }
}

pub fn print(saying: &mut Bench, silent: &mut Bench, rounds: usize) {
    let pieces: Vec<Piece> = Piece::OURS.into_iter().chain(Piece::PEERS).collect();
    let mut costs = vec![Vec::new(); pieces.len()];
    let (mut of_silence, mut said, mut events) = (Vec::new(), 0, 0);
    for _ in 0..rounds {
        for chunk in 0..saying.world.chunks.len() {
            for (piece, costs) in pieces.iter().zip(&mut costs) {
                costs.push(saying.run_on(*piece, chunk));
            }
            said += saying.world.tally.score_changes.iter().sum::<u64>();
            events += saying.world.chunks[chunk].records.len() as u64;
            of_silence.push(silent.run_on(Piece::Step, chunk));
        }
    }
    let chunk = saying.world.chunks[0].records.len();
    let bytes: usize = saying.world.chunks[0].records.iter().filter_map(|r| r.value.as_ref()).map(Vec::len).sum();
    let said = said as f64 / events as f64;
    let step = quick_ns(&mut costs[Piece::OURS.len() - 1], chunk);
    println!(
        "{} leads, {} bytes a lead, events of {} bytes, {:.0} % of them say something\n",
        saying.world.shard.leads().len(),
        saying.world.shard.leads().state_bytes() / saying.world.shard.leads().len(),
        bytes / chunk,
        said * 100.0,
    );
    println!("| piece | ns | events/s | allocations | of the step |\n|---|---:|---:|---:|---:|");
    for (piece, costs) in pieces.iter().zip(&mut costs) {
        // These two run for what is said only.
        let often = if matches!(piece, Piece::Explain | Piece::Encode) { said } else { 1.0 };
        line(piece.name(), costs, chunk, Some(often / step).filter(|_| Piece::OURS.contains(piece)));
    }
    line("step, nothing said", &mut of_silence, chunk, Some(1.0 / step));
    let decode = quick_ns(&mut costs[0], chunk);
    for (peer, costs) in pieces.iter().zip(&mut costs).skip(Piece::OURS.len()) {
        println!("{} / decode: {:.2}", peer.name(), quick_ns(costs, chunk) / decode);
    }
    println!();
}

fn line(name: &str, costs: &mut [Cost], events: usize, share: Option<f64>) {
    let ns = quick_ns(costs, events);
    let allocations = costs.iter().map(|cost| cost.allocations).sum::<u64>() as f64 / (costs.len() * events) as f64;
    let share = share.map_or_else(String::new, |share| format!("{:.0} %", share * ns * 100.0));
    println!("| {name} | {ns:.0} | {:.0} | {allocations:.2} | {share} |", 1e9 / ns);
}

/// The lower quartile: what a busy machine leaves alone.
fn quick_ns(costs: &mut [Cost], events: usize) -> f64 {
    costs.sort_by_key(|cost| cost.time);
    costs.get(costs.len() / 4).map_or(Duration::ZERO, |cost| cost.time).as_secs_f64() * 1e9 / events as f64
}
