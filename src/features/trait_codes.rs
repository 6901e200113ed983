//! A category as a number: the same text gives the same code everywhere and for ever.

use xxhash_rust::xxh3::xxh3_64;

/// Longest text that is looked at, in bytes: facts keep 64, and lower-casing lengthens by a half at most.
const LONGEST: usize = 96;

/// Code of a category: the low 31 bits of XXH3-64 over the trimmed, lower-cased text in UTF-8; never negative, exact in f64.
///
/// A vocabulary learned in training maps codes to categories. Two of some hundred categories share a code with a chance of 1 in 10^5.
pub fn category_code(text: &str) -> f64 {
    let text = text.trim();
    let mut folded = [0u8; LONGEST];
    let length = if text.is_ascii() { fold_ascii(text, &mut folded) } else { fold_unicode(text, &mut folded) };
    (xxh3_64(&folded[..length]) & 0x7fff_ffff) as f64
}

fn fold_ascii(text: &str, folded: &mut [u8; LONGEST]) -> usize {
    let length = text.len().min(LONGEST);
    folded[..length].copy_from_slice(&text.as_bytes()[..length]);
    folded[..length].make_ascii_lowercase();
    length
}

fn fold_unicode(text: &str, folded: &mut [u8; LONGEST]) -> usize {
    let mut length = 0;
    for c in text.chars().flat_map(char::to_lowercase) {
        let end = length + c.len_utf8();
        if end > LONGEST {
            break;
        }
        c.encode_utf8(&mut folded[length..end]);
        length = end;
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_and_case_do_not_matter() {
        assert_eq!(category_code("  Retail "), category_code("retail"));
        assert_eq!(category_code("ÖKO"), category_code("öko"));
        assert_ne!(category_code("retail"), category_code("retailer"));
    }

    #[test]
    fn codes_never_change() {
        // XXH3-64 of "" is 0x2d06800538d394c2 (test vector of the xxHash project).
        assert_eq!(category_code(""), f64::from(0x2d06_8005_38d3_94c2_u64 as u32 & 0x7fff_ffff));
        assert_eq!(category_code("software").to_bits(), category_code(&"software".to_uppercase()).to_bits());
    }

    #[test]
    fn a_text_of_any_length_has_a_code() {
        for text in ["x".repeat(1000), "İ".repeat(1000)] {
            assert!((0.0..2_147_483_648.0).contains(&category_code(&text)));
        }
    }
}
