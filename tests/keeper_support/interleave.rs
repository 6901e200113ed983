//! Every way in which choices can fall.

/// Calls `run` once for each sequence of choices that it can make; a choice is one of so many. Returns how many there are.
pub fn every_interleaving(mut run: impl FnMut(&mut dyn FnMut(usize) -> usize)) -> usize {
    // What was chosen, of how many.
    let mut path: Vec<(usize, usize)> = Vec::new();
    for count in 1.. {
        let mut at = 0;
        run(&mut |options| {
            if at == path.len() {
                path.push((0, options));
            }
            let (chosen, known) = path[at];
            assert_eq!(options, known, "a run that is not determined by its choices");
            at += 1;
            chosen
        });
        while let Some((chosen, options)) = path.pop() {
            if chosen + 1 < options {
                path.push((chosen + 1, options));
                break;
            }
        }
        if path.is_empty() {
            return count;
        }
    }
    unreachable!("counting has no end")
}
