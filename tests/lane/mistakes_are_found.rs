//! The audit that the other tests rest on can fail: each mistake that a lane could make turns it red.

use crate::lane_support::dice::Fall;
use crate::lane_support::*;
use needle::log::Remedy;
use needle::log::memory::Call;

/// An abort, a commit that fails half-way, a crash, a restore.
fn a_life(bend: Bend) -> Result<(), String> {
    let mut world = World::new(usual(), 2);
    let records = generate(91, 2, 300);
    let half = |from: usize| {
        records.iter().map(|all| all[from * all.len() / 2..][..all.len() / 2].to_vec()).collect::<Vec<_>>()
    };
    let undone = Fall { call: Call::Commit, lost: false, remedy: Remedy::Abort };
    // Where positions go apart from outputs, each odd one of these calls comes between the two.
    let torn = Fall { call: Call::SendOffsets, lost: false, remedy: Remedy::Rejoin };
    let dice = Dice::at(&[(1, undone), (5, torn)]);
    let mut worker = Worker::new(&world, "a").cuts(1, 12).dice(dice.clone()).bend(bend);
    world.pipe_all(&half(0));
    world.try_settle(&mut [&mut worker])?;
    assert_eq!(dice.fell(), [undone, torn]);
    worker.crash();
    world.pipe_all(&half(1));
    let mut heir = Worker::new(&world, "b").bend(bend);
    world.try_settle(&mut [&mut heir])?;
    world.audit()
}

#[test]
fn each_of_them() {
    a_life(Bend::None).expect("nothing is wrong");
    for (bend, sign) in [
        (Bend::ForgetsToSeek, "score changes"),
        (Bend::CommitsWhatIsAborted, "score changes"),
        (Bend::OutputsFirst, "score changes"),
        (Bend::PositionsFirst, "score changes"),
        (Bend::RestoresOneTooFew, "score changes"),
        (Bend::RestoresOneTooMany, "score changes"),
        (Bend::ForgetsDecisions, "score changes"),
    ] {
        let found = a_life(bend).expect_err(&format!("{bend:?} goes unseen"));
        assert!(found.contains(sign), "{bend:?}: {found}");
    }
}
