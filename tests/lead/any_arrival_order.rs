//! Facts are the fold of a set: any order of arrival gives the same bytes, also where every event comes to facts that were read back
//! from their bytes.

use crate::lead_support::{bytes, decoded, events, fold, fold_one, shuffled};
use needle::lead::facts::Facts;
use needle::lead::fold::Folded;
use proptest::prelude::*;

proptest! {
    #[test]
    fn any_arrival_order((events, arrived) in events(1..300).prop_flat_map(shuffled)) {
        let facts = fold(&events);
        prop_assert_eq!(&fold(&arrived), &facts);
        prop_assert_eq!(bytes(&fold(&arrived)), bytes(&facts));
    }

    #[test]
    fn through_bytes_after_every_event((events, arrived) in events(1..150).prop_flat_map(shuffled)) {
        let mut kept = bytes(&Facts::default());
        for event in &arrived {
            let mut facts = decoded(&kept);
            prop_assert_eq!(fold_one(&mut facts, event), Folded::New);
            kept = bytes(&facts);
        }
        prop_assert_eq!(kept, bytes(&fold(&events)));
    }
}
