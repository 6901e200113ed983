//! Numbers as LightGBM writes them: in plain ASCII, one blank apart.
//!
//! Room is taken by what is there, never by what is declared.

use std::str::FromStr;

use super::error::{TextError, quoted};
use super::lines::Field;

/// A kind of number, and what it is called.
pub(super) trait Number: FromStr {
    const CALLED: &str;
}

impl Number for f64 {
    const CALLED: &str = "a number";
}

impl Number for u8 {
    const CALLED: &str = "a whole number from 0 to 255";
}

impl Number for u32 {
    const CALLED: &str = "a whole number from 0 to 4294967295";
}

impl Number for u64 {
    const CALLED: &str = "a whole number from 0 on";
}

impl Number for i32 {
    const CALLED: &str = "a whole number of at most 32 bits";
}

impl<'a> Field<'a> {
    /// The words of a list. As in LightGBM, more than one blank between them is no word.
    pub fn words(&self) -> Result<impl Iterator<Item = &'a str> + use<'a>, TextError> {
        Ok(self.text()?.split(' ').filter(|word| !word.is_empty()))
    }

    /// The one number.
    pub fn number<T: Number>(&self) -> Result<T, TextError> {
        self.text()?.parse().map_err(|_| self.wrong(format!("{} is not {}", quoted(self.value), T::CALLED)))
    }

    /// A list of exactly `count` numbers; `because` says why so many.
    pub fn list<T: Number>(&self, count: usize, because: &str) -> Result<Vec<T>, TextError> {
        // A number and the blank behind it.
        let mut list = Vec::with_capacity(count.min(self.value.len().div_ceil(2)));
        for word in self.words()? {
            list.push(word.parse().map_err(|_| self.no_number::<T>(list.len(), word))?);
        }
        if list.len() != count {
            return Err(self.wrong(format!("{} numbers, where {because} asks for {count}", list.len())));
        }
        Ok(list)
    }

    fn no_number<T: Number>(&self, place: usize, word: &str) -> TextError {
        let found = quoted(word.as_bytes());
        if word.contains(',') {
            return self.wrong_at(place, format!("{found} has a comma; a decimal point is expected"));
        }
        self.wrong_at(place, format!("{found} is not {}", T::CALLED))
    }

    /// Says what is wrong with one value of a list, counted from 0.
    pub fn wrong_at(&self, place: usize, reason: impl std::fmt::Display) -> TextError {
        TextError::new(self.line, format!("`{}[{place}]`: {reason}", self.key))
    }
}
