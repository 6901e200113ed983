//! What is unusual in a model file, and right, is read.

use crate::trees_support::small::{MODEL, line_of, read, sized, with};
use crate::trees_support::sound::assert_sound;

#[test]
fn the_model_itself_is_read() {
    let forest = read(MODEL).unwrap();
    assert_sound(&forest);
    let sum = |row: [f64; 3]| {
        let mut sum = [0.0];
        forest.sums(&row, &mut sum);
        sum[0]
    };
    let rows = [[1.0, 1.0, 0.0], [1.0, 40.0, 0.0], [1.0, 2.0, 0.0], [2.0, 0.0, 30.0], [2.0, 0.0, f64::NAN]];
    assert_eq!(rows.map(sum), [0.6, 0.6, 0.8, 0.3, -0.4 + 0.5]);
}

#[test]
fn windows_line_ends_are_read() {
    assert_eq!(read(&MODEL.replace('\n', "\r\n")), read(MODEL));
    let line = line_of("threshold");
    let wrong = with(line, "threshold=1.5 0 x").replace('\n', "\r\n");
    assert_eq!(read(&wrong).unwrap_err(), format!("line {line}: `threshold[2]`: `x` is not a number"));
}

/// Where the trees of a file stand in another order than parents first.
#[test]
fn splits_are_renumbered_and_leaves_are_not() {
    // The root's left child is split 2, whose own left child is split 1.
    let text = with(19, "left_child=2 -1 1").replace("right_child=2 -3 -4", "right_child=-2 -3 -4");
    let forest = read(&sized(text)).unwrap();
    assert_sound(&forest);
    let tree = &forest.trees[0];
    assert_eq!(tree.splits.iter().map(|split| split.feature).collect::<Vec<_>>(), [0, 2, 1]);
    assert_eq!(tree.covers.as_ref().unwrap().splits, [100, 60, 40]);
    assert_eq!(tree.leaf(&[9.0, 0.0, 0.0]), 1);
    assert_eq!(tree.leaf(&[0.0, 0.0, 31.0]), 3);
    assert_eq!(tree.leaf(&[0.0, 40.0, 0.0]), 0);
    assert_eq!(tree.leaf(&[0.0, 2.0, 0.0]), 2);
}

/// A chain of splits as deep as the file is long is walked without a stack of its own.
#[test]
fn a_chain_of_100_000_splits_is_read() {
    const SPLITS: i64 = 100_000;
    let downwards = (1..SPLITS).chain([-1]);
    let upwards = [SPLITS - 1, -1].into_iter().chain(1..SPLITS - 1);
    for left in [list(downwards), list(upwards)] {
        let [features, thresholds] = [list((0..SPLITS).map(|_| 0)), list(0..SPLITS)];
        let [right, values] = [list((0..SPLITS).map(|split| -2 - split)), list(0..=SPLITS)];
        let forest = read(&format!(
            "tree\nversion=v4\nnum_class=1\nmax_feature_idx=0\nfeature_names=x\n\n\
             Tree=0\nnum_leaves={}\nnum_cat=0\nsplit_feature={features}\nthreshold={thresholds}\n\
             left_child={left}\nright_child={right}\nleaf_value={values}\n\nend of trees\n",
            SPLITS + 1
        ));
        let tree = &forest.unwrap().trees[0];
        assert_eq!([tree.leaf(&[-1.0]), tree.leaf(&[0.5])], [0, 1]);
    }
}

fn list(numbers: impl Iterator<Item = i64>) -> String {
    numbers.map(|number| number.to_string()).collect::<Vec<_>>().join(" ")
}
