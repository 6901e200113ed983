//! A base that was published while a save was under way holds the parent's leads in fewer files: the save goes on from it.

use crate::keeper_support::{World, leads, rows, save, wanted};
use needle::snapshot::file::Kind;
use needle::snapshot::keeper::Saving;

#[test]
fn only_a_base_of_the_very_parent() {
    // The base itself; one that stands elsewhere; an increment at the same place.
    for (to, kind, taken) in [(20, Kind::Base, true), (10, Kind::Base, false), (20, Kind::Increment, false)] {
        let world = World::new();
        let first = world.saved(save(None, 0, 10), &[("acme/a", "one"), ("acme/b", "one")]);
        let parent = world.saved(save(Some(first), 1, 20), &[("acme/a", "two")]);
        let base = world.saved(save(None, 2, to), &[("acme/a", "two"), ("acme/b", "one")]);
        world.rewrite(3, |entry| entry.kind = kind);

        let mut handle = world.keeper().0.save(save(Some(parent.clone()), 2, 30));
        handle.offer(rows(&[("acme/b", "three")])).expect("room");
        handle.close();
        let (Saving::Done(head, 4), _) = world.end_of_save(&mut handle) else { panic!("not saved") };
        let before = if taken { &base.files } else { &parent.files };
        assert_eq!(head.files[..head.files.len() - 1], before[..]);
        assert_eq!(world.entry(4).added, 1);
        assert_eq!(world.loaded(wanted(30)).leads, leads(&[("acme/a", "two"), ("acme/b", "three")]));
    }
}
