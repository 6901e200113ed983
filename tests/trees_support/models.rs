//! Models of all kinds, trained here and now. Small, so that a test can afford all of them.

use needle::model::trees::forest::Forest;

use super::lightgbm::{Booster, Data};
use super::random::Random;

/// A model as LightGBM has it, and as we read it.
pub struct Model {
    pub name: &'static str,
    pub booster: Booster,
    pub text: String,
    pub forest: Forest,
    /// Values of a row.
    pub width: usize,
}

/// How a model is made.
struct Recipe {
    name: &'static str,
    columns: Columns,
    label: Label,
    parameters: &'static str,
    rounds: usize,
}

/// What rows are made of.
#[derive(Clone, Copy, PartialEq)]
enum Columns {
    /// All there.
    Whole,
    /// An eighth of the values is NaN, an eighth is 0.
    Missing,
    /// The first three are categories, of 12, 70 and 300 kinds; as for the rest [`Self::Missing`].
    Categorical,
    /// No farther from 0 than a few times LightGBM's zero threshold.
    Tiny,
    /// 300 of them.
    Wide,
}

#[derive(Clone, Copy)]
enum Label {
    Real,
    Positive,
    Share,
    Binary,
    /// One of so many; the last one never comes up.
    Class(usize),
    /// Grades in groups of 20.
    Grade,
}

const ROWS: usize = 600;

#[rustfmt::skip]
const RECIPES: &[Recipe] = {
    use Columns::{Categorical, Missing, Tiny, Whole, Wide};
    use Label::{Binary, Class, Grade, Positive, Real, Share};
    const fn recipe(name: &'static str, columns: Columns, label: Label, parameters: &'static str, rounds: usize) -> Recipe {
        Recipe { name, columns, label, parameters, rounds }
    }
    &[
        recipe("missing is NaN", Missing, Binary, "objective=binary num_leaves=31 min_data_in_leaf=3", 40),
        recipe("missing is zero", Missing, Binary, "objective=binary zero_as_missing=true num_leaves=31 min_data_in_leaf=3", 40),
        recipe("missing is nothing", Missing, Binary, "objective=binary use_missing=false num_leaves=31 min_data_in_leaf=3", 40),
        recipe("nothing is missing", Whole, Binary, "objective=binary sigmoid=1.23457 num_leaves=15", 20),
        recipe("categories", Categorical, Binary, "objective=binary categorical_feature=0,1,2 num_leaves=31 min_data_in_leaf=3 min_data_per_group=2 cat_smooth=1 cat_l2=1", 40),
        recipe("categories, one at a time", Categorical, Real, "objective=regression categorical_feature=0,1,2 max_cat_to_onehot=400 num_leaves=31 min_data_in_leaf=3", 30),
        recipe("tiny values", Tiny, Real, "objective=regression num_leaves=31 min_data_in_leaf=3 min_data_in_bin=1", 20),
        recipe("tiny values, missing is zero", Tiny, Real, "objective=regression zero_as_missing=true num_leaves=31 min_data_in_leaf=3 min_data_in_bin=1", 20),
        recipe("dart", Missing, Binary, "objective=binary boosting=dart drop_rate=0.5 num_leaves=15", 30),
        recipe("goss", Missing, Binary, "objective=binary data_sample_strategy=goss num_leaves=15", 30),
        recipe("random forest", Missing, Binary, "objective=binary boosting=rf bagging_freq=1 bagging_fraction=0.7 num_leaves=31 min_data_in_leaf=3", 30),
        recipe("random forest of classes", Categorical, Class(4), "objective=multiclass num_class=4 boosting=rf bagging_freq=1 bagging_fraction=0.7 categorical_feature=0,1,2 num_leaves=15", 10),
        recipe("one tree", Missing, Real, "objective=regression num_leaves=31", 1),
        recipe("2,000 trees", Whole, Real, "objective=regression num_leaves=4 learning_rate=0.01", 2000),
        recipe("deep", Missing, Real, "objective=regression num_leaves=400 min_data_in_leaf=1 min_sum_hessian_in_leaf=0", 10),
        recipe("wide", Wide, Binary, "objective=binary num_leaves=31 min_data_in_leaf=3", 20),
        recipe("64 leaves", Missing, Real, "objective=regression num_leaves=64 min_data_in_leaf=1", 10),
        recipe("65 leaves", Missing, Real, "objective=regression num_leaves=65 min_data_in_leaf=1", 10),
        recipe("stumps", Missing, Binary, "objective=binary num_leaves=2", 30),
        recipe("no splits", Whole, Binary, "objective=binary min_data_in_leaf=10000", 3),
        recipe("classes", Categorical, Class(5), "objective=multiclass num_class=5 categorical_feature=0,1,2 num_leaves=15", 15),
        recipe("classes, one against all", Missing, Class(3), "objective=multiclassova num_class=3 sigmoid=0.7 num_leaves=15", 15),
        recipe("square roots", Missing, Real, "objective=regression reg_sqrt=true num_leaves=15", 20),
        recipe("absolute", Missing, Real, "objective=regression_l1 num_leaves=15", 20),
        recipe("huber", Missing, Real, "objective=huber num_leaves=15", 10),
        recipe("fair", Missing, Real, "objective=fair num_leaves=15", 10),
        recipe("quantile", Missing, Real, "objective=quantile alpha=0.9 num_leaves=15", 10),
        recipe("mape", Missing, Positive, "objective=mape num_leaves=15", 10),
        recipe("poisson", Missing, Positive, "objective=poisson num_leaves=15", 20),
        recipe("gamma", Missing, Positive, "objective=gamma num_leaves=15", 20),
        recipe("tweedie", Missing, Positive, "objective=tweedie tweedie_variance_power=1.3 num_leaves=15", 20),
        recipe("cross entropy", Missing, Share, "objective=cross_entropy num_leaves=15", 20),
        recipe("cross entropy, lambda", Missing, Share, "objective=cross_entropy_lambda num_leaves=15", 20),
        recipe("ranks", Missing, Grade, "objective=lambdarank num_leaves=15", 20),
        recipe("ranks, xendcg", Missing, Grade, "objective=rank_xendcg num_leaves=15", 10),
    ]
};

/// All of them.
pub fn all() -> impl Iterator<Item = Model> {
    RECIPES.iter().map(Recipe::make)
}

/// One of them.
pub fn named(name: &str) -> Model {
    RECIPES.iter().find(|recipe| recipe.name == name).unwrap().make()
}

impl Recipe {
    fn make(&self) -> Model {
        let mut random = Random(11);
        let width = if self.columns == Columns::Wide { 300 } else { 8 };
        let rows: Vec<f64> = (0..ROWS * width).map(|place| self.columns.value(place % width, &mut random)).collect();
        let labels: Vec<f32> = rows.chunks(width).map(|row| self.label.of(self.columns, row, &mut random)).collect();
        let groups = if matches!(self.label, Label::Grade) { vec![20; ROWS / 20] } else { Vec::new() };
        let data = Data { rows: &rows, width, labels: &labels, groups: &groups, names: &[] };
        let booster = Booster::train(data, self.parameters, self.rounds);
        let text = booster.to_text();
        let forest = Forest::from_text(text.as_bytes()).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        Model { name: self.name, booster, text, forest, width }
    }
}

impl Columns {
    fn value(self, column: usize, random: &mut Random) -> f64 {
        const KINDS: [usize; 3] = [12, 70, 300];
        match self {
            Self::Categorical if column < 3 && random.below(16) > 0 => random.below(KINDS[column]) as f64,
            Self::Missing | Self::Categorical => match random.below(8) {
                0 => f64::NAN,
                1 => 0.0,
                _ => random.normal(),
            },
            Self::Tiny => random.normal() * 1e-35,
            Self::Whole | Self::Wide => random.normal(),
        }
    }
}

impl Label {
    /// Depends on the row and on chance, and on what is missing.
    fn of(self, columns: Columns, row: &[f64], random: &mut Random) -> f32 {
        let scale = if columns == Columns::Tiny { 1e35 } else { 1.0 };
        let part = |place: usize, if_missing: f64| match row[place] {
            value if value.is_nan() => if_missing,
            0.0 => 0.4 - if_missing,
            value if columns == Columns::Categorical && place < 3 => f64::from((value * 7.3) as i32 % 5) - 2.0,
            value => value * scale,
        };
        let sum = part(0, 2.0) - part(1, -2.0) + part(2, 3.0) * part(3, -1.0) + part(4, 0.5) + random.normal() * 0.3;
        let value = match self {
            Self::Real => sum,
            Self::Positive => (0.3 * sum).exp(),
            Self::Share => 1.0 / (1.0 + (-sum).exp()),
            Self::Binary => f64::from(sum > 0.0),
            Self::Class(classes) => (sum.abs() as usize % (classes - 1)) as f64,
            Self::Grade => sum.abs().min(4.0).floor(),
        };
        value as f32
    }
}
