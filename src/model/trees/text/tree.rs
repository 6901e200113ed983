//! One tree of a model file.

use super::super::forest::{CategorySet, Covers, Missing, Split, Test, Tree, ZERO};
use super::error::{TextError, quoted};
use super::lines::{Field, Fields, Lines};
use super::numbers::Number;
use super::shape::Shape;

/// Keys of a tree that count.
type TreeFields<'a> = Fields<'a, 13>;

const KEYS: [&str; 13] = [
    "num_leaves",
    "num_cat",
    "split_feature",
    "threshold",
    "decision_type",
    "left_child",
    "right_child",
    "leaf_value",
    "leaf_count",
    "internal_count",
    "cat_boundaries",
    "cat_threshold",
    "is_linear",
];

/// Bits of a `decision_type`: categorical, default left, and two for what is missing.
const CATEGORICAL: u8 = 1;
const DEFAULT_LEFT: u8 = 2;
const MISSING_SHIFT: u8 = 2;
const LAST_DECISION_TYPE: u8 = 11;

/// Reads the lines of a tree up to one that is empty. `features` are those of a row.
pub(super) fn read(begin: usize, lines: &mut Lines<'_>, features: usize) -> Result<Tree, TextError> {
    let mut fields = Fields::new(begin, KEYS);
    for line in lines.take_while(|line| !line.bytes.is_empty()) {
        let Some((key, value)) = line.split() else {
            let reason = format!("{} in a tree, where `key=value` is expected", quoted(line.bytes));
            return Err(TextError::new(line.number, reason));
        };
        fields.add(line.number, key, value)?;
    }
    understand(&fields, features)
}

fn understand(fields: &TreeFields<'_>, features: usize) -> Result<Tree, TextError> {
    if let Some(linear) = fields.get("is_linear").filter(|linear| linear.value != b"0") {
        return Err(linear.wrong(format!("{}: linear trees are not served", quoted(linear.value))));
    }
    let counted = Counted::new(fields)?;
    let leaf_values = counted.list("leaf_value", counted.leaves)?;
    check_finite(fields.need("leaf_value")?, &leaf_values)?;
    let categories = category_sets(fields)?;
    if counted.leaves == 1 {
        counted.check_no_splits()?;
        return Ok(Tree { splits: Vec::new(), leaf_values, categories, covers: counted.covers(None)? });
    }
    let shape = Shape::read(fields.need("left_child")?, fields.need("right_child")?, counted.leaves, &counted.because)?;
    let splits = counted.splits(features, &categories, &shape)?;
    Ok(Tree { splits, leaf_values, categories, covers: counted.covers(Some(&shape))? })
}

/// A tree's keys, and how many numbers each has.
struct Counted<'a> {
    fields: &'a TreeFields<'a>,
    leaves: usize,
    /// Says why there must be so many numbers.
    because: String,
}

impl<'a> Counted<'a> {
    fn new(fields: &'a TreeFields<'a>) -> Result<Self, TextError> {
        let field = fields.need("num_leaves")?;
        let leaves: u32 = field.number()?;
        if leaves == 0 {
            return Err(field.wrong("a tree has at least one leaf"));
        }
        let because = format!("num_leaves={leaves}");
        Ok(Self { fields, leaves: leaves as usize, because })
    }

    fn list<T: Number>(&self, key: &str, count: usize) -> Result<Vec<T>, TextError> {
        self.fields.need(key)?.list(count, &self.because)
    }

    fn check_no_splits(&self) -> Result<(), TextError> {
        let of_splits = ["split_feature", "threshold", "decision_type", "left_child", "right_child", "internal_count"];
        let said = of_splits.iter().filter_map(|key| self.fields.get(key));
        said.map(|field| field.list::<f64>(0, &self.because)).try_for_each(|list| list.map(drop))
    }

    /// The splits, in the order of `shape`.
    fn splits(&self, features: usize, categories: &[CategorySet], shape: &Shape) -> Result<Vec<Split>, TextError> {
        let count = self.leaves - 1;
        let split_features: Vec<u32> = self.list("split_feature", count)?;
        let thresholds: Vec<f64> = self.list("threshold", count)?;
        let decisions: Option<Vec<u8>> =
            self.fields.get("decision_type").map(|_| self.list("decision_type", count)).transpose()?;
        let mut splits = Vec::with_capacity(count);
        for (place, left, right) in shape.splits() {
            let feature = split_features[place];
            if feature as usize >= features {
                let reason = format!("{feature}, where the model has features 0 to {}", features - 1);
                return Err(self.fields.need("split_feature")?.wrong_at(place, reason));
            }
            let decision = decisions.as_ref().map_or(0, |decisions| decisions[place]);
            let test = self.test(place, decision, thresholds[place], categories)?;
            splits.push(Split { feature, test, left, right });
        }
        Ok(splits)
    }

    fn test(&self, place: usize, decision: u8, threshold: f64, categories: &[CategorySet]) -> Result<Test, TextError> {
        if decision > LAST_DECISION_TYPE {
            let reason = format!("{decision} is not a decision that is known, 0 to {LAST_DECISION_TYPE} are");
            return Err(self.fields.need("decision_type")?.wrong_at(place, reason));
        }
        let wrong = |reason: String| Err(self.fields.need("threshold")?.wrong_at(place, reason));
        if decision & CATEGORICAL != 0 {
            let known = threshold >= 0.0 && threshold < categories.len() as f64 && threshold.fract() == 0.0;
            return match known {
                true => Ok(Test::Categories { set: threshold as u32 }),
                false => wrong(format!("{threshold} is not one of the tree's {} sets of categories", categories.len())),
            };
        }
        if threshold.is_nan() {
            return wrong("NaN, with which nothing compares".to_owned());
        }
        let missing = match decision >> MISSING_SHIFT {
            0 => Missing::None,
            1 => Missing::Zero,
            _ => Missing::Nan,
        };
        let default_left = decision & DEFAULT_LEFT != 0;
        Ok(Test::AtMost { threshold: of_rows(threshold), missing, default_left })
    }

    /// Training rows by node, where the file has both kinds of node.
    fn covers(&self, shape: Option<&Shape>) -> Result<Option<Covers>, TextError> {
        let said = |key: &str, count: usize| match self.fields.get(key) {
            // A tree of one leaf that no row came to has an empty list.
            Some(field) if !field.value.is_empty() => self.list(key, count).map(Some),
            _ => Ok(None),
        };
        let Some(leaves) = said("leaf_count", self.leaves)? else { return Ok(None) };
        let inner: Option<Vec<u32>> = said("internal_count", self.leaves - 1)?;
        Ok(match (shape, inner) {
            (None, _) => Some(Covers { splits: Vec::new(), leaves }),
            (Some(shape), Some(inner)) => {
                let splits = shape.splits().map(|(place, ..)| inner[place]).collect();
                Some(Covers { splits, leaves })
            }
            (Some(_), None) => None,
        })
    }
}

/// The threshold for a row as it is.
///
/// Before LightGBM asks a tree, it makes 0 of every value no farther from 0 than [`ZERO`]; so all of them fall on one side of a
/// threshold. Where that is itself as near to 0, it moves to the edge that puts them there, and rows need not be changed.
fn of_rows(threshold: f64) -> f64 {
    if threshold.abs() > ZERO {
        threshold
    } else if threshold >= 0.0 {
        ZERO
    } else {
        (-ZERO).next_down()
    }
}

fn check_finite(field: Field<'_>, values: &[f64]) -> Result<(), TextError> {
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(place) => {
            Err(field.wrong_at(place, format!("{} is not finite, as what is summed must be", values[place])))
        }
    }
}

fn category_sets(fields: &TreeFields<'_>) -> Result<Vec<CategorySet>, TextError> {
    let count: u32 = fields.need("num_cat")?.number()?;
    if count == 0 {
        return Ok(Vec::new());
    }
    let field = fields.need("cat_boundaries")?;
    let boundaries: Vec<u32> = field.list(count as usize + 1, &format!("num_cat={count}"))?;
    if boundaries[0] != 0 {
        return Err(field.wrong_at(0, format!("{} is not 0", boundaries[0])));
    }
    if let Some(place) = boundaries.windows(2).position(|pair| pair[0] > pair[1]) {
        return Err(field.wrong_at(place + 1, format!("{} comes after {}", boundaries[place + 1], boundaries[place])));
    }
    let end = boundaries[count as usize];
    let words: Vec<u32> =
        fields.need("cat_threshold")?.list(end as usize, &format!("the last of cat_boundaries, {end},"))?;
    let set = |pair: &[u32]| CategorySet { words: words[pair[0] as usize..pair[1] as usize].to_vec() };
    Ok(boundaries.windows(2).map(set).collect())
}
