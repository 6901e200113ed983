//! A put that is done and answered by an error is found to be done: published once, under its own number, and never taken back.

use crate::keeper_support::shelf::{Fate, Op};
use crate::keeper_support::{World, leads, rows, save, wanted};
use needle::snapshot::keeper::Saving;

#[test]
fn each_reply_lost_changes_nothing() {
    // Two files, then the entry.
    for lost in 0..3 {
        let world = World::new();
        let (keeper, shelf) = world.keeper();
        let mut count = 0;
        shelf.judge(move |call| {
            let writes = matches!(call.op, Op::Put | Op::Create);
            count += usize::from(writes);
            if writes && count == lost + 1 { Fate::ReplyLost } else { Fate::Done }
        });
        let mut handle = keeper.save(save(None, 0, 10));
        handle.offer(rows(&[("acme/a", "one"), ("zeta/a", "one")])).expect("room");
        handle.close();
        let (end, troubles) = world.end_of_save(&mut handle);
        assert!(matches!(&end, Saving::Done(head, 1) if head.number == 1), "{lost}: {end:?}");
        assert_eq!(troubles.len(), 1, "{troubles:?}");
        assert_eq!((world.true_entries().len(), world.strays().len(), world.files().len()), (1, 0, 2));
        assert_eq!(world.loaded(wanted(10)).leads, leads(&[("acme/a", "one"), ("zeta/a", "one")]));
    }
}

#[test]
fn who_gives_up_without_knowing_leaves_the_files() {
    let world = World::new();
    let (keeper, shelf) = world.keeper();
    shelf.judge(|call| if call.op == Op::Create { Fate::ReplyLost } else { Fate::Done });
    let mut handle = keeper.save(save(None, 0, 10));
    handle.offer(rows(&[("acme/a", "one")])).expect("room");
    handle.close();
    world.clockwork.run();
    assert!(matches!(handle.poll(), Saving::Struggling(_)));
    drop(handle);
    world.clockwork.run();
    assert_eq!(world.clockwork.tasks(), 0);
    // It was published, after all.
    assert_eq!(world.true_entries().len(), 1);
    assert_eq!(world.loaded(wanted(10)).leads, leads(&[("acme/a", "one")]));
}
