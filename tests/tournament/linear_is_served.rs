//! A linear contestant's margins are, to the bit, those of the bundle that it would be published as.

use needle::model::Model;
use needle::model::bundle::{Columns, LINEAR, Manifest, NeededFeature};
use needle::model::scale::Calibration;
use needle::training::contestants::{Contestant, Context, Logistic, Recency, Served};
use needle::training::part::Part;

use crate::tournament_support::{Truth, world};

#[test]
fn the_bundle_scores_as_the_contestant_did() {
    let matrix = world(800, Truth::Signal, 1);
    let contestants: [Box<dyn Contestant>; 2] = [Box::new(Logistic::default()), Box::new(Recency)];
    for contestant in contestants {
        let fitted = contestant.fit(&matrix, &Part::all(&matrix), &Context::seeded(1)).unwrap();
        let Served::Linear(weights) = &fitted.served else { panic!("{} is not linear", contestant.name()) };
        let features: Vec<_> = matrix.columns.iter().map(|column| (column.name.as_str(), column.version)).collect();
        let needed =
            weights.terms.iter().map(|term| NeededFeature { name: term.feature.clone(), version: 1 }).collect();
        let manifest = Manifest {
            version: "v1".to_owned(),
            kind: LINEAR.to_owned(),
            features: needed,
            themes: Vec::new(),
            vocabularies: Vec::new(),
            calibration: Calibration::IDENTITY,
            anchor_probability: 0.5,
        };
        // By way of the file.
        let file = serde_json::to_vec(weights).unwrap();
        let model = Model::from_bundle(&manifest, &file, Columns::of(&features), None).unwrap();
        let mut scored = Vec::new();
        model.score(&matrix.values, matrix.width(), &mut Default::default(), &mut scored);
        let margins = fitted.margins(&matrix, &Part::all(&matrix).rows);
        for (margin, scored) in margins.iter().zip(&scored) {
            assert_eq!(needle::model::scale::probability(*margin), scored.probability);
        }
    }
}
