//! Whatever LightGBM grows is the same text on one thread and on several.

use needle::training::contestants::{Boosting, Contestant, Context, OneTree, RandomForest, Served};
use needle::training::part::Part;

use crate::tournament_support::{Truth, world};

#[test]
fn the_text_is_the_same_on_any_number_of_threads() {
    // More rows than one thread takes at once.
    let matrix = world(12_000, Truth::Signal, 9);
    let contestants: [Box<dyn Contestant>; 3] =
        [Box::new(Boosting::default()), Box::new(RandomForest), Box::new(OneTree)];
    for contestant in contestants {
        let text = |threads| {
            let context = Context { threads, ..Context::seeded(3) };
            let fitted = contestant.fit(&matrix, &Part::all(&matrix), &context).expect("a model");
            let Served::Trees { text, .. } = fitted.served else { panic!("{} is no forest", contestant.name()) };
            text
        };
        let one = text(1);
        assert!(one.matches("\nTree=").count() >= 1 && one.contains("[num_threads: 0]"), "{}", contestant.name());
        for threads in [2, 3, 8] {
            assert!(text(threads) == one, "{} on {threads} threads is another", contestant.name());
        }
    }
}
