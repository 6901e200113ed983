//! A model file with chance changes is read soundly or refused: nothing panics, hangs or goes out of bounds.

use crate::trees_support::small::MODEL;
use crate::trees_support::sound::assert_sound;
use needle::model::trees::forest::Forest;
use proptest::prelude::*;

/// As `from_text` must leave it, whatever it was given.
fn read_soundly(bytes: &[u8]) {
    match Forest::from_text(bytes) {
        Ok(forest) => assert_sound(&forest),
        Err(error) => {
            let lines = bytes.iter().filter(|&&byte| byte == b'\n').count() + 1;
            assert!((1..=lines).contains(&error.line), "{error}");
            assert!(error.reason.len() < 1_000 && !error.reason.contains('\n'), "{error}");
        }
    }
}

/// A change to a model.
#[derive(Clone, Debug)]
enum Mutation {
    Byte { place: usize, byte: u8 },
    Remove { place: usize, count: usize },
    Repeat { place: usize, count: usize },
    Word { place: usize, word: &'static str },
}

fn mutation() -> impl Strategy<Value = Mutation> {
    const WORDS: [&str; 16] =
        ["nan", "-1", "0", "1", "2", "3", "4294967295", "1e999", "-5", "inf", "0,5", "\n", "\n\n", "\r", "=", "Tree=2"];
    let place = 0..MODEL.len();
    prop_oneof![
        (place.clone(), any::<u8>()).prop_map(|(place, byte)| Mutation::Byte { place, byte }),
        (place.clone(), 1..80_usize).prop_map(|(place, count)| Mutation::Remove { place, count }),
        (place.clone(), 1..400_usize).prop_map(|(place, count)| Mutation::Repeat { place, count }),
        (place, prop::sample::select(&WORDS[..])).prop_map(|(place, word)| Mutation::Word { place, word }),
    ]
}

impl Mutation {
    fn apply(&self, text: &mut Vec<u8>) {
        let within = |place: usize| place.min(text.len());
        match *self {
            Self::Byte { place, byte } => {
                if let Some(old) = text.get_mut(place) {
                    *old = byte;
                }
            }
            Self::Remove { place, count } => {
                let range = within(place)..within(place + count);
                text.drain(range);
            }
            Self::Repeat { place, count } => {
                let copy = text[within(place)..within(place + count)].to_vec();
                let at = within(place);
                text.splice(at..at, copy);
            }
            // In the place of the word that stands there.
            Self::Word { place, word } => {
                let is_end = |byte: &u8| b" =\n".contains(byte);
                let begin = text[..within(place)].iter().rposition(is_end).map_or(0, |end| end + 1);
                let end = text[begin..].iter().position(is_end).map_or(text.len(), |length| begin + length);
                text.splice(begin..end, word.bytes());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn mutated_models_are_read_soundly_or_refused(mutations in prop::collection::vec(mutation(), 1..6)) {
        // Without the trees' lengths, which would give nearly all changes away.
        let mut text = MODEL.replace("tree_sizes=353 90\n", "").into_bytes();
        mutations.iter().for_each(|mutation| mutation.apply(&mut text));
        read_soundly(&text);
    }
}
