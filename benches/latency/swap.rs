//! What a model that takes over costs those who wait for an answer: the time after it beside as much time before, in one run.
//!
//! `needle run` scores by 300 trees; halfway through another 300 are published, taken within a second, and every lead is scored anew by
//! them, beside the events. Answers to the sweep are not timed, but counted.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::child::Runner;
use crate::contest::{self, Size, percentiles};
use crate::load::{self, Sent};
use crate::probe::{self, Answer};
use crate::published::Published;
use crate::tests::{Broker, PATIENCE, eventually};
use crate::world;

/// Percentiles in milliseconds: of all events before it, of all after it, of the worst second after it.
struct Halves {
    before: [f64; 3],
    after: [f64; 3],
    worst: [f64; 3],
}

pub fn main(size: &Size, world: world::Size) {
    let broker = Broker::shared();
    let mut models = Published::new(world);
    for &rate in &size.rates {
        let mut ratios: Vec<f64> = Vec::new();
        for round in 0..size.rounds {
            let Halves { before, after, worst } = once(broker, &mut models, size, rate);
            println!("round {}, {rate}/s, {} s each; p50, p99, p99.9 in ms", round + 1, size.seconds);
            for (name, [p50, p99, p999]) in [("without", before), ("with a swap", after), ("its worst second", worst)] {
                println!("    {name:<16} {p50:8.1} {p99:8.1} {p999:8.1}");
            }
            ratios.push(after[1] / before[1]);
        }
        ratios.sort_by(f64::total_cmp);
        println!("{rate}/s: p99 with a swap {:.2} times that without (median)\n", ratios[ratios.len() / 2]);
    }
}

fn once(broker: &Broker, models: &mut Published, size: &Size, rate: usize) -> Halves {
    let settings = models.found_by(contest::settings(broker, size));
    let [old, new] = [models.train(), models.train()];
    models.publish(&settings, &old);
    let runner = Runner::needle(&settings);
    let events = rate * (size.warm_seconds + 2 * size.seconds);
    let (sent, answered, all_sent) = (Sent::new(events), AtomicBool::new(false), AtomicBool::new(false));
    let swap_after = Duration::from_secs((size.warm_seconds + size.seconds) as u64);
    let (seen, began) = std::thread::scope(|scope| {
        let probe = scope.spawn(|| probe::read(broker, &settings.score_changes, &sent, &answered, &all_sent));
        let sending = load::Ends(&all_sent);
        let writing = scope.spawn(|| load::write(broker, &settings.events, rate, events, &sent, &answered));
        eventually("the first answer", PATIENCE, || answered.load(Ordering::Relaxed).then_some(()));
        std::thread::sleep(swap_after);
        models.publish(&settings, &new);
        let began = writing.join().expect("all is sent");
        drop(sending);
        (probe.join().expect("a probe that reads to the end"), began)
    });
    assert!(runner.terminate(), "needle did not end in good order");
    settings.outputs().into_iter().chain([settings.events.as_str()]).for_each(|topic| broker.delete_topic(topic));
    println!("{} leads were scored anew", seen.swept);
    let at = |seconds: usize| began + seconds as u64 * 1_000_000;
    let (warm, half) = (at(size.warm_seconds), size.warm_seconds + size.seconds);
    let between = |from: u64, to: u64| {
        let of = |answer: &&Answer| (from..to).contains(&answer.sent);
        percentiles(seen.answers.iter().filter(of))
    };
    let seconds = (half..half + size.seconds).map(|second| between(at(second), at(second + 1)));
    let worst = seconds.max_by(|a, b| a[1].total_cmp(&b[1])).expect("a second");
    Halves { before: between(warm, at(half)), after: between(at(half), u64::MAX), worst }
}
