//! A model file that says what cannot be is refused, with the line and the reason.

use crate::trees_support::small::{MODEL, line_of, read, refused, sized, with};
use needle::model::trees::forest::Forest;

#[test]
fn what_is_no_model_is_refused() {
    let first = |text: &str| read(text).unwrap_err();
    assert_eq!(first("\n\n<html>\n"), "line 3: `<html>` is not how a LightGBM text model begins: `tree` is expected");
    assert_eq!(first("\u{feff}tree\n").split(": ").next(), Some("line 1"));
    assert!(first("{\"name\":\"tree\"}").starts_with("line 1: this is JSON"));
    assert_eq!(read(&with(2, "version=v5")).unwrap_err(), "line 2: `version`: `v5` is not read, v2, v3 and v4 are");
    assert_eq!(read(&with(2, "")).unwrap_err(), "line 1: `version=` is missing from what begins here");
    let long = format!("tree\n{}\n", "x".repeat(10_000_000));
    assert_eq!(first(&long), "line 2: the file ends before its first tree: `Tree=0` is expected");
}

#[test]
fn headers_that_contradict_themselves_are_refused() {
    let header = |line: usize, new: &str| read(&with(line, new)).unwrap_err();
    assert_eq!(header(3, "num_class=0"), "line 3: `num_class`: a model has at least one class");
    assert_eq!(header(3, "num_class=2"), "line 4: `num_tree_per_iteration`: `1` here, where num_class is 2");
    let not_whole = "is not a whole number from 0 to 4294967295";
    assert_eq!(header(3, "num_class=1,0"), format!("line 3: `num_class`: `1,0` {not_whole}"));
    assert_eq!(header(6, "max_feature_idx=-1"), format!("line 6: `max_feature_idx`: `-1` {not_whole}"));
    assert_eq!(
        header(6, "max_feature_idx=4000000000").split(", where").next(),
        Some("line 8: `feature_names`: 3 words")
    );
    assert_eq!(header(6, "max_feature_idx=3"), "line 8: `feature_names`: 3 words, where max_feature_idx=3 asks for 4");
    assert_eq!(header(9, "feature_infos=none"), "line 9: `feature_infos`: 1 words, where max_feature_idx=2 asks for 3");
    assert_eq!(header(9, "version=v4"), "line 9: `version` stands on line 2 already");
    assert_eq!(header(7, "objective=oracle"), "line 7: `objective`: `oracle` is not known");
    assert_eq!(header(7, "objective="), "line 7: `objective`: `` is not known");
    assert_eq!(header(7, "objective=binary"), "line 7: `objective`: `sigmoid:` is missing");
    for sigmoid in ["0", "-1", "x", "nan", "inf", "1e999", "0,7", "1e-999"] {
        let expected = format!("line 7: `objective`: sigmoid is `{sigmoid}`, not a number above 0");
        assert_eq!(header(7, &format!("objective=binary sigmoid:{sigmoid}")), expected);
    }
    assert_eq!(
        header(7, "objective=multiclass num_class:3"),
        "line 7: `objective`: num_class is `3` here, 1 in the header"
    );
    assert_eq!(header(5, "average_output=0"), "line 5: `average_output`: it stands alone, and has no value");
    let classes = MODEL.replace("num_class=1\nnum_tree_per_iteration=1", "num_class=3\nnum_tree_per_iteration=3");
    assert_eq!(read(&classes).unwrap_err(), "line 7: `objective`: `binary` has one class, not 3");
    let classes = classes.replace("objective=binary sigmoid:1", "objective=multiclass num_class:3");
    assert_eq!(
        read(&classes).unwrap_err(),
        "line 43: the last of 2 trees ends here, and that is no multiple of 3 classes"
    );
    let names = MODEL.as_bytes().iter().map(|&byte| if byte == b'v' { 0xff } else { byte }).collect::<Vec<_>>();
    assert_eq!(Forest::from_text(&names).unwrap_err().line, 1, "`version` is gone");
    let mut bytes = MODEL.as_bytes().to_vec();
    bytes[MODEL.find("visits").unwrap()] = 0xff;
    let expected = "line 8: `feature_names`: `\u{fffd}isits source age` is not UTF-8";
    assert_eq!(Forest::from_text(&bytes).unwrap_err().to_string(), expected);
}

#[test]
fn counts_that_lie_are_refused() {
    let leaves = line_of("leaf_value");
    assert_eq!(
        refused("num_leaves", "1000000000"),
        format!("line {leaves}: `leaf_value`: 4 numbers, where num_leaves=1000000000 asks for 1000000000")
    );
    assert_eq!(
        refused("num_leaves", "5000000000"),
        "line 13: `num_leaves`: `5000000000` is not a whole number from 0 to 4294967295"
    );
    assert_eq!(refused("num_leaves", "0"), "line 13: `num_leaves`: a tree has at least one leaf");
    assert_eq!(refused("num_leaves", "-4"), "line 13: `num_leaves`: `-4` is not a whole number from 0 to 4294967295");
    for key in ["split_feature", "threshold", "decision_type", "left_child", "right_child", "internal_count"] {
        let expected = format!("line {}: `{key}`: 2 numbers, where num_leaves=4 asks for 3", line_of(key));
        assert_eq!(refused(key, "1 2"), expected);
    }
    let expected = format!("line {}: `leaf_count`: 5 numbers, where num_leaves=4 asks for 4", line_of("leaf_count"));
    assert_eq!(refused("leaf_count", "1 2 3 4 5"), expected);
    assert_eq!(
        read(&with(36, "leaf_value=0.5\nsplit_feature=0")).unwrap_err(),
        "line 37: `split_feature`: 1 numbers, where num_leaves=1 asks for 0"
    );
    let boundaries = line_of("cat_boundaries");
    assert_eq!(
        refused("num_cat", "4000000000"),
        format!("line {boundaries}: `cat_boundaries`: 2 numbers, where num_cat=4000000000 asks for 4000000001")
    );
    let sizes = |sizes: &str| read(&MODEL.replace("353 90", sizes)).unwrap_err();
    assert_eq!(sizes("353"), "line 10: `tree_sizes`: 1 numbers, where the file has 2 trees");
    assert_eq!(sizes("353 90 90"), "line 10: `tree_sizes`: 3 numbers, where the file has 2 trees");
    let (first, second) = (MODEL.find("Tree=0").unwrap() + 20, MODEL.find("Tree=1").unwrap());
    assert_eq!(
        sizes("20 90"),
        format!("line 33: byte {} of the file, where `tree_sizes` puts this tree at {}", second - 1, first - 1)
    );
    assert!(sizes("18446744073709551615 18446744073709551615").starts_with("line 33: byte"));
    assert_eq!(sizes("353 x"), "line 10: `tree_sizes[1]`: `x` is not a whole number from 0 on");
    assert_eq!(read(&with(33, "Tree=2")).unwrap_err(), "line 33: `Tree=2` follows, where `Tree=1` is expected");
}

#[test]
fn children_that_make_no_tree_are_refused() {
    let left = |value: &str| refused("left_child", value).replace(&format!("line {}: ", line_of("left_child")), "");
    assert_eq!(left("3 -1 -2"), "`left_child[0]`: 3 is split 3, where the tree has 3 of them");
    assert_eq!(left("1 -5 -2"), "`left_child[1]`: -5 is leaf 4, where the tree has 4 of them");
    assert_eq!(
        left("1 -2147483648 -2"),
        "`left_child[1]`: -2147483648 is leaf 2147483647, where the tree has 4 of them"
    );
    assert_eq!(left("1 -2147483649 -2"), "`left_child[1]`: `-2147483649` is not a whole number of at most 32 bits");
    assert_eq!(left("1 0 -2"), "`left_child[1]`: 0 is the root, which is nobody's child");
    assert_eq!(left("2 -1 -2"), "line 20: `right_child[0]`: 2 is split 2, which has a parent already");
    assert_eq!(left("1 -3 -2"), "line 20: `right_child[1]`: -3 is leaf 2, which has a parent already");
    // Splits 1 and 2 hang on each other, and the root has two leaves.
    let circle = with(19, "left_child=-1 2 1").replace("right_child=2 -3 -4", "right_child=-2 -3 -4");
    assert_eq!(
        read(&sized(circle)).unwrap_err(),
        "line 19: `left_child`: split 1 is its own ancestor, so the root does not lead to it"
    );
}

#[test]
fn numbers_that_are_none_are_refused() {
    let expect = |key: &str, value: &str, reason: &str| {
        assert_eq!(refused(key, value), format!("line {}: `{key}{reason}", line_of(key)), "{key}={value}");
    };
    expect("threshold", "1.5 0 NaN", "[2]`: NaN, with which nothing compares");
    expect("threshold", "1,5 0 30", "[0]`: `1,5` has a comma; a decimal point is expected");
    expect("threshold", "1\u{202f}500 0 30", "[0]`: `1\\u{202f}500` is not a number");
    expect("threshold", "1.5 0.5 30", "[1]`: 0.5 is not one of the tree's 1 sets of categories");
    expect("threshold", "1.5 1 30", "[1]`: 1 is not one of the tree's 1 sets of categories");
    expect("threshold", "1.5 -1 30", "[1]`: -1 is not one of the tree's 1 sets of categories");
    expect("threshold", "1.5 nan 30", "[1]`: NaN is not one of the tree's 1 sets of categories");
    expect("leaf_value", "0,1 -0,2 0,3 -0,4", "[0]`: `0,1` has a comma; a decimal point is expected");
    expect("leaf_value", "0.1 inf 0.3 0.4", "[1]`: inf is not finite, as what is summed must be");
    expect("leaf_value", "0.1 1 1e999 0.4", "[2]`: inf is not finite, as what is summed must be");
    expect("leaf_value", "0.1 1 0.3 nan", "[3]`: NaN is not finite, as what is summed must be");
    expect("split_feature", "0 1 3", "[2]`: 3, where the model has features 0 to 2");
    expect("split_feature", "0 1 -1", "[2]`: `-1` is not a whole number from 0 to 4294967295");
    expect("decision_type", "2 1 12", "[2]`: 12 is not a decision that is known, 0 to 11 are");
    expect("decision_type", "2 1 256", "[2]`: `256` is not a whole number from 0 to 255");
    expect("leaf_count", "10 20 30 -40", "[3]`: `-40` is not a whole number from 0 to 4294967295");
    expect("cat_boundaries", "1 2", "[0]`: 1 is not 0");
    expect("cat_threshold", "2 4294967296", "[1]`: `4294967296` is not a whole number from 0 to 4294967295");
    let order = with(27, "cat_boundaries=0 2 1").replace("num_cat=1", "num_cat=2");
    assert_eq!(read(&order).unwrap_err(), "line 27: `cat_boundaries[2]`: 1 comes after 2");
    let threshold = line_of("cat_threshold");
    assert_eq!(
        refused("cat_boundaries", "0 4294967295"),
        format!(
            "line {threshold}: `cat_threshold`: 2 numbers, where the last of cat_boundaries, 4294967295, asks for 4294967295"
        )
    );
}

#[test]
fn linear_trees_and_odd_lines_are_refused() {
    assert_eq!(
        refused("is_linear", "1"),
        format!("line {}: `is_linear`: `1`: linear trees are not served", line_of("is_linear"))
    );
    assert_eq!(
        read(&with(30, "shrinkage")).unwrap_err(),
        "line 30: `shrinkage` in a tree, where `key=value` is expected"
    );
    assert_eq!(read(&with(30, "num_cat=1")).unwrap_err(), "line 30: `num_cat` stands on line 14 already");
    let odd = "\u{1b}[2J".repeat(1_000);
    let expected = format!("line 30: `{}…` in a tree, where `key=value` is expected", "\\u{1b}[2J".repeat(10));
    assert_eq!(read(&with(30, &odd)).unwrap_err(), expected);
    assert!(read(&with(30, &format!("note={}", "x".repeat(5_000_000)))).is_ok(), "what is of no concern may be long");
}
