//! Invariant 3: whichever call fails, with or without its effect, and whatever its remedy: leads and positions go back to the last
//! commit, nothing is said twice, nothing is left out, nothing stays open.

use std::collections::BTreeSet;

use crate::lane_support::dice::Fall;
use crate::lane_support::*;
use needle::log::Remedy;
use needle::log::memory::Call;

const PARTITIONS: i32 = 3;

/// A lane takes over what another has left, gives half of it to a third one for a while, and has it all at the end.
fn a_life(dice: &Dice) -> Result<(), String> {
    let mut world = World::new(usual(), PARTITIONS);
    world.tick_ms = 60;
    let input = generate(11, PARTITIONS, 80);
    let piece = |from: usize, to: usize| -> Vec<Vec<Draft>> {
        input.iter().map(|records| records[(from * records.len() / 4)..(to * records.len() / 4)].to_vec()).collect()
    };
    world.pipe_all(&piece(0, 1));
    let mut former = Worker::new(&world, "former");
    world.settle(&mut [&mut former]);
    former.finish(world.now_ms);
    let mut worker = Worker::new(&world, "worker").interval(150).cuts(3, 9).dice(dice.clone());
    world.pipe_all(&piece(1, 2));
    world.try_settle(&mut [&mut worker])?;
    let mut guest = Worker::new(&world, "guest").cuts(5, 9);
    for _ in 0..2 {
        world.turn(&mut [&mut worker, &mut guest]);
    }
    world.pipe_all(&piece(2, 3));
    world.turn_until(&mut [&mut worker, &mut guest], |world, _| world.is_settled())?;
    guest.finish(world.now_ms);
    world.pipe_all(&piece(3, 4));
    world.try_settle(&mut [&mut worker])?;
    worker.finish(world.now_ms);
    world.audit()
}

/// Every way in which a call may fail.
fn falls(call: Call) -> impl Iterator<Item = Fall> {
    let of = move |lost| [Remedy::Retry, Remedy::Abort, Remedy::Rejoin].map(|remedy| Fall { call, lost, remedy });
    // A producer numbers its records: what it lost it never asks for again.
    let impossible = Fall { call: Call::Produce, lost: true, remedy: Remedy::Retry };
    [false, true].into_iter().flat_map(of).filter(move |fall| *fall != impossible)
}

#[test]
fn every_call_once() {
    let calls = [
        Call::Init,
        Call::Poll,
        Call::Committed,
        Call::Own,
        Call::Resume,
        Call::Release,
        Call::Bounds,
        Call::Reader,
        Call::Read,
        Call::Begin,
        Call::Produce,
        Call::SendOffsets,
        Call::Commit,
        Call::Leave,
    ];
    let calm = Dice::default();
    a_life(&calm).expect("undisturbed");
    let mut wrong = Vec::new();
    for call in calls {
        let made = calm.seen(call);
        assert!(made > 0, "{call:?} is called");
        // The first one, one in between, the last one.
        for passed in BTreeSet::from([0, made / 2, made - 1]).into_iter().filter(|passed| *passed < made) {
            for fall in falls(call) {
                let dice = Dice::at(&[(passed, fall)]);
                if let Err(error) = a_life(&dice) {
                    wrong.push(format!("{fall:?} after {passed}: {error}"));
                }
                assert_eq!(dice.fell(), [fall]);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What follows on an abort fails as well.
#[test]
fn the_way_back_too() {
    let undone = Fall { call: Call::Commit, lost: false, remedy: Remedy::Abort };
    let calm = Dice::at(&[(2, undone)]);
    a_life(&calm).expect("undone once");
    assert!(calm.seen(Call::Abort) > 0);
    assert!(calm.seen(Call::Seek) > 0);
    let mut wrong = Vec::new();
    for (call, places) in
        [(Call::Abort, 0..calm.seen(Call::Abort)), (Call::Seek, 0..calm.seen(Call::Seek)), (Call::Poll, 0..8)]
    {
        for passed in places {
            for fall in falls(call) {
                let dice = Dice::at(&[(2, undone), (passed, fall)]);
                if let Err(error) = a_life(&dice) {
                    wrong.push(format!("{fall:?} after {passed}: {error}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
