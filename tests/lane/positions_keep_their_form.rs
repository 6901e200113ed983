//! What is committed with a position is read by every later needle: a change of its form needs a new number, `needle/2`.

use needle::lane::shard::{InputState, folded_from, swept};
use needle::log::Position;

/// Where the fold began, how many sweeps have spoken, and the note that says so.
const GOLDEN: &str = include_str!("../golden/position_1.txt");

fn stored() -> impl Iterator<Item = (i64, u64, &'static str)> {
    GOLDEN.lines().map(|line| {
        let mut words = line.splitn(3, ' ');
        let mut number = |name| words.next().and_then(|word| word.strip_prefix(name)).expect("a number").to_owned();
        let (from, swept) = (number("from="), number("swept="));
        (from.parse().expect("an offset"), swept.parse().expect("a count"), words.next().expect("a note"))
    })
}

#[test]
fn stored_notes_are_read() {
    let mut read = 0;
    for (from, sweeps, note) in stored() {
        let position = Position { offset: 50_000, note: note.to_owned() };
        assert_eq!((folded_from(&position), swept(&position)), (Some(from), sweeps), "{note}");
        read += 1;
    }
    assert_eq!(read, 4);
}

#[test]
fn notes_are_written_as_they_were() {
    for (from, sweeps, note) in stored() {
        let state = InputState { topic: 0, from, committed: 60_000, next: 70_000 };
        assert_eq!(state.position(sweeps), Position { offset: 70_000, note: note.to_owned() });
    }
}

#[test]
fn a_note_of_anybody_else_says_nothing() {
    for note in ["", "from=3", "needle/2 from=3", "needle/1 from=", "needle/1 from=x swept=1", "needle/1 from=3 else=4"]
    {
        let position = Position { offset: 5, note: note.to_owned() };
        assert_eq!(folded_from(&position), None, "{note}");
    }
}
