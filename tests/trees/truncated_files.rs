//! A model file that ends before its last tree does is refused, wherever it ends.

use crate::trees_support::given;
use crate::trees_support::small::{MODEL, read};
use needle::model::trees::forest::Forest;

#[test]
fn every_truncation_is_refused_where_it_ends() {
    let end = MODEL.find("end of trees").unwrap();
    let whole = MODEL.find("\n\nfeature_importances").unwrap();
    let lines = |text: &str| text.lines().count().max(1);
    for cut in (0..end).chain(end + 1..whole) {
        let text = &MODEL[..cut];
        let error = Forest::from_text(text.as_bytes()).unwrap_err();
        assert!((1..=lines(text)).contains(&error.line), "{error}");
    }
    assert!(read(&MODEL[..whole]).is_ok());
    let cut_before = |line: &str| read(&MODEL[..MODEL.find(line).unwrap()]).unwrap_err();
    assert_eq!(cut_before("tree\n"), "line 1: the file is empty: a LightGBM text model begins with `tree`");
    assert_eq!(cut_before("Tree=0"), "line 11: the file ends before its first tree: `Tree=0` is expected");
    assert_eq!(cut_before("num_leaves=4"), "line 12: `num_leaves=` is missing from what begins here");
    assert_eq!(cut_before("leaf_value="), "line 12: `leaf_value=` is missing from what begins here");
    let behind = "the file ends behind a tree, where `Tree=` or `end of trees` is expected";
    assert_eq!(cut_before("Tree=1"), format!("line 32: {behind}"));
    assert_eq!(cut_before("end of trees"), format!("line 42: {behind}"));
    assert_eq!(
        read(&MODEL[..whole - 1]).unwrap_err(),
        "line 43: `end of tree` behind a tree, where `Tree=` or `end of trees` is expected"
    );
}

#[test]
fn given_models_are_refused_when_cut_at_any_line() {
    for (name, bytes) in given::models() {
        let place = |end: &[u8]| bytes.windows(end.len()).position(|window| window == end);
        let end = place(b"\nend of trees").or_else(|| place(b"\nfeature importances:"));
        let ends: Vec<usize> = (0..end.unwrap()).filter(|&place| bytes[place] == b'\n').collect();
        // All of a small file's, 300 of a large one's.
        for &cut in ends.iter().step_by(ends.len().div_ceil(300)) {
            assert!(Forest::from_text(&bytes[..cut]).is_err(), "{name}, {cut} bytes");
        }
    }
}
