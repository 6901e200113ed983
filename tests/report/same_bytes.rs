//! The same report gives the same bytes.

use needle::training::report::{html, json};

use crate::report_support::{day_zero, full};

#[test]
fn twice_is_once() {
    for make in [full, day_zero] {
        let (one, two) = (make(), make());
        assert_eq!(html(&one), html(&two));
        assert_eq!(json(&one), json(&two));
    }
}

#[test]
fn another_number_gives_other_bytes() {
    let mut other = full();
    other.meta.seed += 1;
    assert_ne!(html(&other), html(&full()));
    assert_ne!(json(&other), json(&full()));
}
