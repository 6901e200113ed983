//! A small model as text, to be spoilt line by line.

use needle::model::trees::forest::Forest;

/// Two trees. Line 1 is `tree`.
pub const MODEL: &str = "\
tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=2
objective=binary sigmoid:1
feature_names=visits source age
feature_infos=[0:9] 1:2:40 [0:99]
tree_sizes=353 90

Tree=0
num_leaves=4
num_cat=1
split_feature=0 1 2
split_gain=3 2 1
threshold=1.5 0 30
decision_type=2 1 8
left_child=1 -1 -2
right_child=2 -3 -4
leaf_value=0.1 -0.2 0.3 -0.4
leaf_weight=1 2 3 4
leaf_count=10 20 30 40
internal_value=0 0 0
internal_weight=10 4 6
internal_count=100 40 60
cat_boundaries=0 2
cat_threshold=2 256
is_linear=0
shrinkage=0.1


Tree=1
num_leaves=1
num_cat=0
leaf_value=0.5
leaf_weight=1
leaf_count=100
is_linear=0
shrinkage=1


end of trees

feature_importances:
visits=1

parameters:
[boosting: gbdt]
end of parameters
";

pub fn read(text: &str) -> Result<Forest, String> {
    Forest::from_text(text.as_bytes()).map_err(|error| error.to_string())
}

/// The model with another line in place of one.
pub fn with(line: usize, new: &str) -> String {
    let lines = MODEL.lines().enumerate().map(|(n, old)| if n + 1 == line { new } else { old });
    sized(lines.collect::<Vec<_>>().join("\n") + "\n")
}

/// Says anew how long the first tree is, where that is said at all.
pub fn sized(model: String) -> String {
    let place = |line| model.find(line).unwrap_or_default();
    let size = place("\nTree=1").saturating_sub(place("\nTree=0"));
    let (before, after) = (model.find("tree_sizes="), model.find(" 90\n"));
    match before.zip(after) {
        Some((before, after)) => format!("{}tree_sizes={size}{}", &model[..before], &model[after..]),
        None => model,
    }
}

/// Replaces the line of `key` in the first tree, and says what is wrong then.
pub fn refused(key: &str, value: &str) -> String {
    read(&with(line_of(key), &format!("{key}={value}"))).unwrap_err()
}

/// The line where `key` stands first.
pub fn line_of(key: &str) -> usize {
    let line = MODEL.lines().position(|line| line.starts_with(&format!("{key}=")));
    line.unwrap() + 1
}
