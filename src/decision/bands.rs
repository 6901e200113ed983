//! Names for ranges of scores.

/// The configured bands, highest first.
#[derive(Clone, Debug)]
pub struct Bands {
    /// Name, and the lowest score that bears it.
    bands: Vec<(String, u8)>,
}

impl Bands {
    /// In any order; the configuration sees to it that one starts at 0.
    pub fn new(bands: &[(String, u8)]) -> Self {
        let mut bands = bands.to_vec();
        bands.sort_by_key(|(_, lowest)| std::cmp::Reverse(*lowest));
        Self { bands }
    }

    /// The band that a score lies in; empty where none reaches so low.
    pub fn name(&self, score: u8) -> &str {
        self.bands.iter().find(|(_, lowest)| score >= *lowest).map_or("", |(name, _)| name)
    }

    /// The lowest score of the band that a score lies in; 0 where none reaches so low.
    pub fn floor(&self, score: u8) -> u8 {
        self.bands.iter().find(|(_, lowest)| score >= *lowest).map_or(0, |(_, lowest)| *lowest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_starts_at_its_lowest_score() {
        let bands = Bands::new(&[("D".into(), 0), ("A".into(), 80), ("C".into(), 40), ("B".into(), 60)]);
        let names: Vec<_> = [0, 39, 40, 59, 60, 79, 80, 100].iter().map(|&score| bands.name(score)).collect();
        assert_eq!(names, ["D", "D", "C", "C", "B", "B", "A", "A"]);
    }
}
