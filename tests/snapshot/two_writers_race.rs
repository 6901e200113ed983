//! Two writers want the same place in the log. In whatever order their calls reach the store, every entry is whole at every moment, no
//! loser leaves a file behind, and what is loaded then is the farthest that was saved.

use crate::keeper_support::interleave::every_interleaving;
use crate::keeper_support::{Leads, World, leads, reach, rows, save, topic, wanted};
use needle::snapshot::head::Reach;
use needle::snapshot::keeper::{Keeper, SaveHead, Saving};

/// How each of two ended.
type Ends = [Saving; 2];

/// Runs two saves to their ends in every order, from a log that `before` makes; `audit` sees each outcome.
fn race(
    before: impl Fn(&World) -> [SaveHead; 2],
    offers: [&[(&str, &str)]; 2],
    mut audit: impl FnMut(&World, Ends),
) -> usize {
    every_interleaving(|choose| {
        let world = World::new();
        let heads = before(&world);
        let sides = [world.keeper(), world.keeper()];
        let mut saves: Vec<_> = std::iter::zip(&sides, heads)
            .zip(offers)
            .map(|(((keeper, shelf), head), offer)| {
                shelf.hold();
                start(keeper, head, offer)
            })
            .collect();
        loop {
            world.clockwork.run();
            let waiting: Vec<_> = sides.iter().filter(|(_, shelf)| shelf.waits()).collect();
            if waiting.is_empty() {
                break;
            }
            waiting[choose(waiting.len())].1.let_one();
            world.clockwork.run();
            // Half a snapshot would fail here.
            world.true_entries();
        }
        let ends = [saves.remove(0), saves.remove(0)].map(|mut save| save.poll());
        assert_eq!(world.clockwork.tasks(), 0);
        assert_eq!(world.strays(), Vec::<String>::new());
        audit(&world, ends);
    })
}

fn start(keeper: &Keeper, head: SaveHead, offer: &[(&str, &str)]) -> needle::snapshot::keeper::Save {
    let mut save = keeper.save(head);
    save.offer(rows(offer)).expect("room");
    save.close();
    save
}

const OLD: &[(&str, &str)] = &[("acme/a", "one"), ("acme/b", "one")];
const NEAR: &[(&str, &str)] = &[("acme/a", "two"), ("zeta/z", "two")];
const FAR: &[(&str, &str)] = &[("acme/a", "three"), ("zeta/z", "three")];

fn over(earlier: &[(&str, &str)], later: &[(&str, &str)]) -> Leads {
    let mut all = leads(earlier);
    all.extend(leads(later));
    all
}

#[test]
fn of_two_equal_saves_one_is_published() {
    let mut won = [0, 0];
    let runs = race(
        |world| {
            let parent = world.saved(save(None, 0, 10), OLD);
            [save(Some(parent.clone()), 1, 20), save(Some(parent), 1, 20)]
        },
        [NEAR, NEAR],
        |world, ends| {
            match ends {
                [Saving::Done(_, 2), Saving::Overtaken(2)] => won[0] += 1,
                [Saving::Overtaken(2), Saving::Done(_, 2)] => won[1] += 1,
                other => panic!("{other:?}"),
            }
            assert_eq!(world.true_entries().len(), 2);
            assert_eq!(world.loaded(wanted(20)).leads, over(OLD, NEAR));
        },
    );
    // Four calls of each decide; whoever wins makes one more.
    assert_eq!((runs, won), (392, [196, 196]));
}

#[test]
fn the_farther_one_is_always_published_and_found() {
    let mut both = 0;
    let runs = race(
        |world| {
            let parent = world.saved(save(None, 0, 10), OLD);
            [save(Some(parent.clone()), 1, 20), save(Some(parent), 1, 30)]
        },
        [NEAR, FAR],
        |world, ends| {
            let near_too = match ends {
                [Saving::Done(_, 2), Saving::Done(_, 3)] => true,
                [Saving::Overtaken(2), Saving::Done(_, 2)] => false,
                other => panic!("{other:?}"),
            };
            both += usize::from(near_too);
            let loaded = world.loaded(wanted(30));
            assert_eq!((loaded.leads, &loaded.head.expect("a head").reach), (over(OLD, FAR), &reach(30)));
            // Either is true: where the farther one reaches too far, the nearer serves.
            let expected = if near_too { over(OLD, NEAR) } else { leads(OLD) };
            assert_eq!(world.loaded(wanted(29)).leads, expected);
        },
    );
    assert_eq!((runs, both), (392, 196));
}

#[test]
fn where_neither_covers_the_other_both_are_published() {
    let two = |one, other| {
        let more = Reach { topic: topic("more"), from: 0, to: other };
        SaveHead { reach: [reach(one), vec![more]].concat(), ..save(None, 0, one) }
    };
    race(
        |_| [two(20, 5), two(10, 10)],
        [NEAR, FAR],
        |world, ends| {
            let numbers = ends.map(|end| match end {
                Saving::Done(head, known) if head.number == known => known,
                other => panic!("{other:?}"),
            });
            assert!(numbers == [1, 2] || numbers == [2, 1], "{numbers:?}");
            assert_eq!(world.true_entries().len(), 2);
        },
    );
}
