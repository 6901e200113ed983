//! Small models as LightGBM writes them, by hand. Each test uses its part.
#![allow(dead_code)]

use std::fmt::Write as _;

/// A tree of three leaves: `values[0]` where the first feature is at most its threshold, else by the second one.
#[derive(Clone, Debug)]
pub struct SmallTree {
    /// Place of the feature among the model's, and threshold.
    pub splits: [(usize, f64); 2],
    pub values: [f64; 3],
}

impl SmallTree {
    pub fn value(&self, row: impl Fn(usize) -> f64) -> f64 {
        let passes = |(feature, threshold): (usize, f64)| row(feature) <= threshold;
        match (passes(self.splits[0]), passes(self.splits[1])) {
            (true, _) => self.values[0],
            (false, true) => self.values[1],
            (false, false) => self.values[2],
        }
    }
}

/// A text model of these trees. `header` are further lines of the header, each with its end.
pub fn text(objective: &str, header: &str, names: &[&str], trees: &[SmallTree]) -> String {
    let infos = vec!["[-1e+06:1e+06]"; names.len()].join(" ");
    let mut text = format!(
        "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx={}\nobjective={objective}\n\
         {header}feature_names={}\nfeature_infos={infos}\n\n",
        names.len() - 1,
        names.join(" "),
    );
    for (number, SmallTree { splits: [first, second], values: [a, b, c] }) in trees.iter().enumerate() {
        // Default left, missing are none.
        let _ = write!(
            text,
            "Tree={number}\nnum_leaves=3\nnum_cat=0\nsplit_feature={} {}\nsplit_gain=2 1\nthreshold={:?} {:?}\n\
             decision_type=2 2\nleft_child=-1 -2\nright_child=1 -3\nleaf_value={a:?} {b:?} {c:?}\nleaf_weight=1 1 1\n\
             leaf_count=50 30 20\ninternal_value=0 0\ninternal_weight=2 1\ninternal_count=100 50\nis_linear=0\n\
             shrinkage=0.1\n\n\n",
            first.0, second.0, first.1, second.1
        );
    }
    text + "end of trees\n\nfeature_importances:\n\nparameters:\nend of parameters\n\npandas_categorical:null\n"
}

/// Two trees on features that every configuration has: a lead that comes often is worth more.
pub fn usual(more: f64) -> String {
    let trees = [
        SmallTree { splits: [(0, 2.5), (1, 3.0)], values: [-3.0 + more, -1.0 + more, 0.5 + more] },
        SmallTree { splits: [(2, 0.5), (0, 8.0)], values: [-0.4, 0.1, 0.7] },
    ];
    text("binary sigmoid:1", "", &["touchpoints_count_7d", "hours_since_last", "known"], &trees)
}
