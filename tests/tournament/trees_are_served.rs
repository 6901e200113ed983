//! The margins of trees are LightGBM's own, to the bit, for the text that would be published.

use needle::training::contestants::vocabulary::Vocabulary;
use needle::training::contestants::{Boosting, Contestant, Context, OneTree, RandomForest, Served};
use needle::training::matrix::Matrix;
use needle::training::part::Part;

use crate::tournament_support::{Truth, world};
use crate::trees_support::lightgbm::{Booster, Kind};

#[test]
fn lightgbm_says_the_same_of_the_text() {
    let (learned, new) = (world(1500, Truth::Signal, 1), world(700, Truth::Signal, 2));
    let contestants: [Box<dyn Contestant>; 3] =
        [Box::new(Boosting::default()), Box::new(RandomForest), Box::new(OneTree)];
    for contestant in contestants {
        let fitted = contestant.fit(&learned, &Part::all(&learned), &Context::seeded(1)).unwrap();
        let Served::Trees { text, vocabularies } = &fitted.served else { panic!("{} is no forest", contestant.name()) };
        assert_eq!(vocabularies.len(), 1, "one column has large codes");
        let theirs = Booster::from_text(text).predict(Kind::Raw, &mapped(&new, &vocabularies[0]), new.width());
        // LightGBM gives a random forest's raw score as a sum, what is served is its mean.
        let trees = if text.contains("average_output") { text.matches("\nTree=").count() as f64 } else { 1.0 };
        let theirs: Vec<f64> = theirs.iter().map(|sum| if trees > 1.0 { sum / trees } else { *sum }).collect();
        let ours = fitted.margins(&new, &Part::all(&new).rows);
        let same = ours.iter().zip(&theirs).filter(|(ours, theirs)| ours.to_bits() == theirs.to_bits()).count();
        assert_eq!(same, ours.len(), "{}: other margins", contestant.name());
        let differ = ours.iter().any(|margin| *margin != ours[0]);
        assert!(differ, "{}: it has learned nothing", contestant.name());
    }
}

/// By hand: the place of a code, 0 for another, what is missing stays.
fn mapped(matrix: &Matrix, vocabulary: &Vocabulary) -> Vec<f64> {
    let mut values = matrix.values.clone();
    for row in values.chunks_exact_mut(matrix.width()) {
        let code = row[vocabulary.column];
        let place = vocabulary.codes.iter().position(|known| f64::from(*known) == code);
        row[vocabulary.column] = if code < 0.0 { code } else { place.map_or(0.0, |place| place as f64 + 1.0) };
    }
    values
}
